// What every PIN pad must do, whatever it speaks: on its model, or on a real one that the environment names
// (CIPHERLANE_DEVICE_PSBC=/dev/serial/by-id/…), which holds the published test key 0123456789ABCDEFFEDCBA9876543210
// as master key 0, and at which somebody types 1234 whenever it asks.
#include "integration/devices/io_thread.hpp"
#include "pinpad-sim/pinpad_models.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/pin_block.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/transport/serial.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using crypto::algorithm;
using drivers::drivers_errc;
using nlohmann::json;

constexpr const char* account = "4761739001010119";
constexpr const char* pin = "1234";

bytes hex(std::string_view digits) {
    return from_hex(digits).value();
}

/// A family as the suite runs it.
struct pad_case {
    std::string name;
    algorithm cipher = algorithm::tdes;
    std::size_t key_size = 16;
    enum class proof { none, proves } of_keys = proof::none;
    enum class cancel { untold, told } of_cardholder = cancel::untold;

    friend void PrintTo(const pad_case& one, std::ostream* out) { *out << one.name; }
};

std::vector<pad_case> pad_cases() {
    using proof = pad_case::proof;
    using cancel = pad_case::cancel;
    return {
        {"abecs", algorithm::tdes, 16, proof::none, cancel::told},
        {"psbc", algorithm::tdes, 16, proof::proves},
        {"psbc-sm4", algorithm::sm4, 16},
        {"h002", algorithm::tdes, 16, proof::proves},
        {"guoguang", algorithm::des, 8},
        {"zt588", algorithm::tdes, 16, proof::proves, cancel::told},
        {"epp", algorithm::tdes, 16, proof::none, cancel::told},
        {"pp1000se", algorithm::des, 8, proof::none, cancel::told},
        {"pp791", algorithm::tdes, 16, proof::none, cancel::told},
    };
}

/// "CIPHERLANE_DEVICE_PSBC_SM4".
std::string variable_of(const std::string& name) {
    auto variable = "CIPHERLANE_DEVICE_" + name;
    for (auto& one : variable)
        one = one == '-' ? '_' : static_cast<char>(one >= 'a' && one <= 'z' ? one - 'a' + 'A' : one);
    return variable;
}

/// The pad's own arithmetic, by the library that stands outside its driver.
bytes enciphered(algorithm cipher, byte_view key, byte_view data) {
    auto made = crypto::block_cipher::create(cipher, key).value();
    bytes out(data.size());
    EXPECT_TRUE(made.encrypt_ecb(data, out));
    return out;
}

class pinpad : public ::testing::TestWithParam<pad_case> {
  protected:
    pinpad() {
        const char* device = std::getenv(variable_of(GetParam().name).c_str());
        if (device != nullptr) {
            address_ = device;
            return;
        }
        address_ = (std::filesystem::temp_directory_path() /
                    ("cipherlane-pad-" + std::to_string(::getpid()) + "-" + GetParam().name))
                       .string();
        sim::master_keys keys;
        keys[0] = secret_bytes(master());
        sim::pad_model::settings with;
        with.silence = 20ms;
        model_ = std::make_unique<sim::device_simulator>(
            there_.context(), sim::pinpad_maker(GetParam().name, with, std::move(keys), logger::none()), address_);
        ask({{"cmd", "plug"}});
    }
    ~pinpad() override {
        pad_.reset();
        there_.stop();
        model_.reset();
    }

    [[nodiscard]] bool is_model() const noexcept { return model_ != nullptr; }
    json ask(const json& request) {
        return there_.call_there([&] { return model_->control(request); });
    }
    [[nodiscard]] int counted(const std::string& what) {
        const auto counters = ask({{"cmd", "counters"}}).at("counters");
        return counters.value(what, 0);
    }
    /// How often the pad has asked for a PIN.
    [[nodiscard]] int asked() { return counted(GetParam().name == "abecs" ? "command GPN" : "asked"); }
    /// Types once the pad asks anew: what is typed before belongs to what was asked before.
    [[nodiscard]] std::thread typist(const std::string& keys) {
        const int before = is_model() ? asked() : 0;
        return std::thread([this, keys, before] {
            if (!is_model()) return;
            for (const auto end = deadline::in(20s); asked() == before && !end.passed();)
                std::this_thread::sleep_for(5ms);
            ask({{"cmd", "press"}, {"keys", keys}});
        });
    }
    void type(const std::string& keys) {
        if (is_model()) ask({{"cmd", "press"}, {"keys", keys}, {"when_asked", true}});
    }
    /// A single-length key has a single-length master key above it.
    [[nodiscard]] bytes master() const {
        auto key = hex("0123456789ABCDEFFEDCBA9876543210");
        if (GetParam().cipher == algorithm::des) key.resize(8);
        return key;
    }
    [[nodiscard]] bytes clear_key() const {
        auto key = hex("89E92F15C46D3A73DC31A1B5AE4F2C08");
        key.resize(GetParam().key_size);
        return key;
    }
    [[nodiscard]] ports::wrapped_key wrapped(byte_view clear) const {
        ports::wrapped_key key;
        key.cryptogram = enciphered(GetParam().cipher, master(), clear);
        const auto sm4 = GetParam().cipher == algorithm::sm4;
        const auto own = sm4 ? algorithm::sm4 : clear.size() == 8 ? algorithm::des : algorithm::tdes;
        key.check_value = enciphered(own, clear, bytes(own == algorithm::sm4 ? 16 : 8));
        return key;
    }
    ports::pinpad& opened() {
        auto made = drivers::open_pinpad(here_.get_executor(), GetParam().name, address_, {}, call(10s));
        if (!made) throw std::runtime_error(made.error().to_string());
        pad_ = *std::move(made);
        return *pad_;
    }
    result<secret_bytes> enter(ports::pinpad& pad, const call& bounds) {
        return pad.enter_pin(ports::pin_request(account_, wrapped(clear_key()), amount(1234)), bounds);
    }
    /// The block that this PIN, account and key make.
    [[nodiscard]] bytes right_block() const {
        const auto format = GetParam().cipher == algorithm::sm4 ? crypto::pin_block_format::unionpay_sm4
                                                                : crypto::pin_block_format::iso_0;
        const auto typed = crypto::clear_pin::parse(pin).value();
        const auto block = crypto::pin_block_codec::encode(format, typed, account).value();
        return enciphered(GetParam().cipher, clear_key(), block.expose());
    }
    [[nodiscard]] bool right(const secret_bytes& block) const {
        return !is_model() || std::ranges::equal(block.expose(), right_block());
    }

    std::string address_;
    boost::asio::io_context here_;
    tests::io_thread there_;
    std::unique_ptr<sim::device_simulator> model_;
    std::unique_ptr<ports::pinpad> pad_;
    pan account_ = pan::parse(account).value();
};

INSTANTIATE_TEST_SUITE_P(every, pinpad, ::testing::ValuesIn(pad_cases()), [](const auto& chosen) {
    auto name = chosen.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_P(pinpad, TakesAPinUnderTheHostsKeyAgainAndAgain) {
    auto& pad = opened();
    for (int i = 0; i < 2; ++i) {
        type(std::string(pin) + "E");
        const auto block = enter(pad, call(30s));
        ASSERT_TRUE(block) << block.error();
        EXPECT_TRUE(right(*block));
    }
    EXPECT_TRUE(pad.finish("APPROVED", "THANK YOU", call(5s)));
    EXPECT_TRUE(pad.close(call(5s)));
}

TEST_P(pinpad, MakesTheHostsMacOrSaysThatItCannot) {
    auto& pad = opened();
    const auto* family = drivers::find_pinpad_family(GetParam().name);
    EXPECT_EQ(pad.makes_macs(), family->can.mac);
    const auto message = as_bytes("0200 and what a message says, of no special length");
    if (!family->can.mac) {
        EXPECT_TRUE(pad.make_mac(wrapped(clear_key()), message, call(10s)).error().is(condition::unsupported));
        return;
    }
    const auto sizes = drivers::shipped_keypad(GetParam().name).value().mac_key_sizes;
    for (const std::size_t size : {std::size_t{8}, std::size_t{16}}) {
        auto clear = hex("0123456789ABCDEFFEDCBA9876543210");
        clear.resize(size);
        const auto last = pad.make_mac(wrapped(clear), message, call(10s));
        ASSERT_EQ(last.has_value(), std::ranges::count(sizes, size) == 1) << size;
        if (!last) {
            EXPECT_TRUE(last.error().is(condition::unsupported)) << last.error();
            continue;
        }
        const auto cipher = size == 8 ? algorithm::des : algorithm::tdes;
        auto key = crypto::mac_key::create(cipher, clear, crypto::cup_pos_policy).value();
        const auto expected = crypto::unionpay_mac(key, message, crypto::unionpay_mac_form::ascii8).value();
        EXPECT_EQ(crypto::unionpay_mac_field_of(*last, crypto::unionpay_mac_form::ascii8), expected) << size;
    }
    auto short_key = clear_key();
    short_key.resize(8);
    EXPECT_TRUE(pad.make_mac(wrapped(short_key), message, call(10s))) << "single-length keys work everywhere";
}

TEST_P(pinpad, ProvesAKeyWhereItCan) {
    auto& pad = opened();
    if (GetParam().name == "abecs") {
        EXPECT_TRUE(pad.load_working_key(ports::working_key::pin, wrapped(clear_key()), call(5s))
                        .error()
                        .is(condition::unsupported));
        return;
    }
    auto key = wrapped(clear_key());
    const auto good = pad.load_working_key(ports::working_key::pin, key, call(5s));
    EXPECT_TRUE(good) << good.error();
    if (GetParam().of_keys == pad_case::proof::none) return;
    key.check_value[0] ^= 0x01;
    const auto wrong = pad.load_working_key(ports::working_key::pin, key, call(5s));
    EXPECT_TRUE(wrong.error().is(condition::rejected_by_peer)) << wrong.error();
}

TEST_P(pinpad, TakesAMasterKeyUnderTheOneBefore) {
    if (!is_model()) GTEST_SKIP() << "a real pad would keep it";
    auto& pad = opened();
    if (!pad.takes_master_key()) {
        EXPECT_TRUE(pad.load_master_key(wrapped(clear_key()), call(5s)).error().is(condition::unsupported));
        return;
    }
    const auto next = hex("C1D0F8FB4958670DBA40AB1F3752EF0D");
    const auto key = wrapped(next);
    auto wrong = key;
    wrong.check_value[0] ^= 0x01;
    EXPECT_TRUE(pad.load_master_key(wrong, call(5s)).error().is(condition::rejected_by_peer));
    ASSERT_TRUE(pad.load_master_key(key, call(5s)));
    EXPECT_TRUE(pad.load_master_key(key, call(5s))) << "the one that it has changes nothing";
    ports::wrapped_key working;
    working.cryptogram = enciphered(GetParam().cipher, next, clear_key());
    working.check_value =
        enciphered(GetParam().cipher, clear_key(), bytes(GetParam().cipher == algorithm::sm4 ? 16 : 8));
    type(std::string(pin) + "E");
    const auto block = pad.enter_pin(ports::pin_request(account_, working, amount(1234)), call(10s));
    ASSERT_TRUE(block) << block.error();
    EXPECT_TRUE(right(*block));
}

TEST_P(pinpad, EndsWhenTheTillSaysSoAndWorksAgain) {
    auto& pad = opened();
    std::stop_source stop;
    std::thread cashier([&] {
        std::this_thread::sleep_for(150ms); // somebody at the till changes their mind
        stop.request_stop();
    });
    const auto stopped = enter(pad, call(20s, stop.get_token()));
    cashier.join();
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().is(condition::cancelled)) << stopped.error();
    const auto late = enter(pad, call(150ms));
    EXPECT_TRUE(late.error().is(condition::timed_out)) << late.error();
    auto cardholder = typist(std::string(pin) + "E");
    const auto block = enter(pad, call(30s));
    cardholder.join();
    ASSERT_TRUE(block) << block.error();
    EXPECT_TRUE(right(*block));
}

TEST_P(pinpad, TellsThatTheCardholderCancels) {
    if (!is_model()) GTEST_SKIP() << "nobody presses cancel by program";
    if (GetParam().of_cardholder == pad_case::cancel::untold) GTEST_SKIP() << "this family says nothing of it";
    auto& pad = opened();
    type("12C");
    const auto cancelled = enter(pad, call(10s));
    EXPECT_EQ(cancelled.error().code(), drivers_errc::cardholder_cancelled) << cancelled.error();
    type(std::string(pin) + "E");
    EXPECT_TRUE(enter(pad, call(10s)));
}

/// Opens the pad with timers that suit a test: short ones where a fault is waited for, long ones where the answer
/// comes, however busy the machine is.
class pinpad_under_faults : public pinpad {
  protected:
    std::unique_ptr<ports::pinpad> quick() { return timed(60ms, call(300ms)); }
    std::unique_ptr<ports::pinpad> patient() { return timed(5s, call(20s)); }
    std::unique_ptr<ports::pinpad> timed(std::chrono::milliseconds answers, const call& bounds) {
        auto made = GetParam().name == "abecs" ? timed_abecs(answers) : timed_keypad(answers);
        // A line that talks for ever, or a broken first answer, is the fault that is tried.
        (void)made->open(bounds);
        return made;
    }
    std::unique_ptr<ports::pinpad> timed_abecs(std::chrono::milliseconds answers) {
        drivers::abecs_profile profile;
        profile.timing.acknowledge = profile.timing.inter_byte = profile.timing.answer = answers;
        profile.timing.silence = 20ms;
        return std::make_unique<drivers::abecs_pinpad>(
            line_of(drivers::find_pinpad_family("abecs")->line), std::move(profile));
    }
    std::unique_ptr<net::transport> line_of(drivers::serial_settings line) {
        line.device = address_;
        auto link = drivers::open_serial(here_.get_executor(), line, call(5s));
        if (!link) throw std::runtime_error(link.error().to_string());
        return *std::move(link);
    }
    std::unique_ptr<ports::pinpad> timed_keypad(std::chrono::milliseconds answers) {
        auto of = drivers::shipped_keypad(GetParam().name).value();
        of.acknowledge = of.answer = answers;
        of.quiet = 15ms;
        for (auto& command : of.commands) {
            for (auto& step : command) {
                step.timeout = std::min(step.timeout, of.answer);
                step.pause = std::min(step.pause, 5ms);
            }
        }
        auto link = line_of(of.line);
        return std::make_unique<drivers::keypad_pinpad>(std::move(link), std::move(of));
    }
    /// What can go wrong at a command, and whether it does so before the pad has taken it.
    [[nodiscard]] std::vector<std::pair<std::string, bool>> faults() const {
        if (GetParam().name == "abecs") {
            return {{"silent", true}, {"nak", true}, {"unplug", true}, {"no_answer", false}, {"garbage", false},
                {"bad_crc", false}, {"wrong_answer", false}, {"truncate", false}, {"status", false},
                {"unplug", false}};
        }
        return {{"silent", true}, {"nak", true}, {"unplug", true}, {"no_answer", false}, {"bad_bcc", false},
            {"foreign", false}, {"truncate", false}, {"talk", false}, {"unplug", false}};
    }
    void replug() {
        ask({{"cmd", "unplug"}});
        ask({{"cmd", "plug"}});
    }
    void plan(const json& faults) { ask({{"cmd", "faults"}, {"set", faults}}); }
    /// What is asked of a pad: it gives the right bytes, or none.
    struct work {
        std::function<result<bytes>(ports::pinpad&, const call&)> ask;
        bytes right;
    };
    work a_pin() {
        return {[this](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    type(std::string(pin) + "E");
                    CIPHERLANE_TRY(const auto block, enter(pad, bounds));
                    return bytes(block.expose().begin(), block.expose().end());
                },
            right_block()};
    }
    work a_mac() {
        auto clear = clear_key();
        clear.resize(8); // single-length keys work everywhere
        const auto message = as_bytes("0200 and what a message says");
        auto key = crypto::mac_key::create(algorithm::des, clear, crypto::cup_pos_policy).value();
        constexpr auto form = crypto::unionpay_mac_form::ascii8;
        const auto field = crypto::unionpay_mac(key, message, form).value();
        return {[this, clear, message](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    CIPHERLANE_TRY(const auto last, pad.make_mac(wrapped(clear), message, bounds));
                    const auto made = crypto::unionpay_mac_field_of(last, form);
                    return bytes(made.begin(), made.end());
                },
            bytes(field.begin(), field.end())};
    }
    work a_card() {
        const auto known = as_bytes("47617390010101192212");
        return {[this](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    ask({{"cmd", "card"}, {"kind", "magnetic"}, {"track2", "4761739001010119=22122011143804400000"}});
                    ports::card_request wish(amount(1234));
                    wish.date_time = "260615120000";
                    CIPHERLANE_TRY(const auto card, pad.read_card(wish, bounds));
                    const auto read = std::string(card.account.expose()) + card.expiry;
                    return bytes(read.begin(), read.end());
                },
            bytes(known.begin(), known.end())};
    }
    /// A master key under the one before: it is there where the pad says so, as a PIN under it shows.
    work a_master_key() {
        const auto next = hex("C1D0F8FB4958670DBA40AB1F3752EF0D");
        ports::wrapped_key working;
        working.cryptogram = enciphered(GetParam().cipher, next, clear_key());
        working.check_value =
            enciphered(GetParam().cipher, clear_key(), bytes(GetParam().cipher == algorithm::sm4 ? 16 : 8));
        return {[this, next, working](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    ask({{"cmd", "load_key"}, {"slot", 0}, {"key", to_hex(master())}});
                    CIPHERLANE_CHECK(pad.load_master_key(wrapped(next), bounds));
                    type(std::string(pin) + "E");
                    CIPHERLANE_TRY(
                        const auto block, pad.enter_pin(ports::pin_request(account_, working, amount(1234)), bounds));
                    return bytes(block.expose().begin(), block.expose().end());
                },
            right_block()};
    }
    /// 终端序列号密文 of a published example, under a key of the pad's maker.
    work a_serial_cryptogram() {
        const auto right = as_bytes("01D5E54A");
        return {[this](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    const auto slot = drivers::shipped_keypad(GetParam().name).value().serial_slot;
                    ask({{"cmd", "load_key"}, {"slot", slot}, {"key", "0123456789ABCDEFFEDCBA9876543210"}});
                    CIPHERLANE_TRY(
                        const auto made, pad.make_serial_cryptogram("00000304N7NL01933217", "127026", bounds));
                    return bytes(made.begin(), made.end());
                },
            bytes(right.begin(), right.end())};
    }
    /// Two lines on the pad, which stand there where it says so.
    work a_text() {
        return {[this, count = 0](ports::pinpad& pad, const call& bounds) mutable -> result<bytes> {
                    const auto line = "TEXT " + std::to_string(++count);
                    CIPHERLANE_CHECK(pad.show(line, "SECOND", bounds));
                    const auto shown = ask({{"cmd", "state"}}).dump();
                    const bool both =
                        shown.find(line) != std::string::npos && shown.find("SECOND") != std::string::npos;
                    return bytes{static_cast<std::uint8_t>(both)};
                },
            bytes{1}};
    }
    /// A chip card to its end.
    work a_chip() {
        const auto known = std::string(account) + "approved";
        return {[this](ports::pinpad& pad, const call& bounds) -> result<bytes> {
                    ask({{"cmd", "card"}, {"kind", "chip"}, {"pan", account}, {"expiry", "2212"}, {"sequence", "01"},
                        {"track2", "4761739001010119=22122011143804400000"}, {"emv", {{"95", "0080008000"}}}});
                    type(std::string(pin) + "E");
                    const auto key = wrapped(clear_key());
                    ports::card_request wish(amount(1234));
                    wish.date_time = "260615120000";
                    wish.pin_key = &key;
                    CIPHERLANE_TRY(const auto card, pad.read_card(wish, bounds));
                    ports::chip_verdict verdict(ports::host_verdict::approved);
                    verdict.response_code = "00";
                    CIPHERLANE_TRY(const auto report, pad.finish_chip(verdict, bounds));
                    auto told = std::string(card.account.expose());
                    using decision = ports::chip_report::decision;
                    told += report.outcome == decision::approved ? "approved" : "declined";
                    return bytes(told.begin(), told.end());
                },
            bytes(known.begin(), known.end())};
    }
    /// The commands that it takes, as the model counts them.
    std::vector<std::string> commands_of(const work& what) {
        const auto pad = patient();
        EXPECT_TRUE(what.ask(*pad, call(20s)));
        std::vector<std::string> names;
        const auto counters = ask({{"cmd", "counters"}}).at("counters");
        for (const auto& [name, times] : counters.items()) {
            if (name.starts_with("command ")) names.push_back(name.substr(8));
        }
        return names;
    }
    /// Every fault at every command, before it is taken and at its answer: the right bytes or none, in time, and the
    /// next one is right.
    void break_every_command(const work& what) { break_commands(what, commands_of(what)); }
    /// But for those of `other`, which are tried elsewhere.
    void break_what_is_left(const work& what, const work& other) {
        const auto elsewhere = commands_of(other);
        auto left = commands_of(what);
        std::erase_if(left, [&](const auto& one) { return std::ranges::count(elsewhere, one) > 0; });
        break_commands(what, left);
    }
    void break_commands(const work& what, const std::vector<std::string>& commands) {
        ASSERT_FALSE(commands.empty());
        int failed = 0;
        for (const auto& command : commands) {
            for (const auto& [kind, before] : faults()) {
                const testing::ScopedTrace where(
                    __FILE__, __LINE__, kind + (before ? " before " : " at the answer to ") + command);
                plan(json::array({{{"kind", kind}, {"match", (before ? "frame:" : "") + command}}}));
                auto pad = quick();
                const auto begun = std::chrono::steady_clock::now();
                const auto made = what.ask(*pad, call(250ms));
                EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
                EXPECT_TRUE(!made || *made == what.right);
                failed += made ? 0 : 1;
                plan(json::array());
                pad.reset();
                replug();
                pad = patient();
                const auto next = what.ask(*pad, call(20s));
                ASSERT_TRUE(next) << "afterwards: " << next.error();
                EXPECT_EQ(*next, what.right) << "afterwards";
            }
        }
        EXPECT_GT(failed, 0) << "faults that nobody noticed are none";
    }
};

INSTANTIATE_TEST_SUITE_P(every, pinpad_under_faults, ::testing::ValuesIn(pad_cases()), [](const auto& chosen) {
    auto name = chosen.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_P(pinpad_under_faults, NeverGivesAnotherBlockAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    break_every_command(a_pin());
}

TEST_P(pinpad_under_faults, NeverGivesAnotherMacAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    if (!drivers::find_pinpad_family(GetParam().name)->can.mac) GTEST_SKIP() << "this family makes no MACs";
    break_every_command(a_mac());
}

TEST_P(pinpad_under_faults, NeverReadsAnotherCardAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    const auto read = opened().read_card(ports::card_request(amount(1234)), call(50ms));
    pad_.reset();
    if (!read && read.error().is(condition::unsupported)) GTEST_SKIP() << "this family reads no cards";
    break_every_command(a_card());
}

TEST_P(pinpad_under_faults, NeverTakesAnotherMasterKeyAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    if (!opened().takes_master_key()) GTEST_SKIP() << "this family takes none";
    pad_.reset();
    break_what_is_left(a_master_key(), a_pin());
}

TEST_P(pinpad_under_faults, NeverSaysShownWhatIsNotAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    const auto shown = opened().show("ONE", "TWO", call(5s));
    pad_.reset();
    if (!shown && shown.error().is(condition::unsupported)) GTEST_SKIP() << "this family shows no lines";
    break_every_command(a_text());
}

TEST_P(pinpad_under_faults, NeverEndsAChipCardOtherwiseAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    if (!drivers::find_pinpad_family(GetParam().name)->can.contact) GTEST_SKIP() << "this family reads no chips";
    break_every_command(a_chip());
}

TEST_P(pinpad_under_faults, AStormOfNaksEndsWithinTheProtocolsRepeats) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    plan(json::array({{{"kind", "nak"}, {"times", -1}}}));
    const auto block = enter(*quick(), call(3s));
    ASSERT_FALSE(block);
    EXPECT_FALSE(block.error().is(condition::cancelled)) << block.error();
    plan(json::array());
    type(std::string(pin) + "E");
    EXPECT_TRUE(enter(*patient(), call(20s)));
}

/// Pads with the terminal's own key: what else they do is tried on the family that they are of.
class pinpad_of_the_maker : public pinpad_under_faults {};

INSTANTIATE_TEST_SUITE_P(every, pinpad_of_the_maker,
    ::testing::Values(pad_case{"psbc-sm4-serial", algorithm::sm4, 16}),
    [](const auto&) { return std::string("psbc_sm4_serial"); });

TEST_P(pinpad_of_the_maker, NeverMakesAnotherSerialCryptogramAndAlwaysEnds) {
    if (!is_model()) GTEST_SKIP() << "needs a device that is broken by program";
    ASSERT_TRUE(opened().makes_serial_cryptogram());
    pad_.reset();
    break_every_command(a_serial_cryptogram());
}

/// Digits in clear, from keypads that know no PIN of a card.
class digits_pad : public pinpad_under_faults {
  protected:
    static result<secret_bytes> digits_of(ports::pinpad& pad, const call& bounds) {
        return dynamic_cast<drivers::keypad_pinpad&>(pad).ask_digits(1, 12, bounds);
    }
    [[nodiscard]] bool right(const secret_bytes& digits) const {
        return !is_model() || as_text(digits.expose()) == pin;
    }
};

INSTANTIATE_TEST_SUITE_P(
    every, digits_pad, ::testing::Values(pad_case{"start"}), [](const auto& chosen) { return chosen.param.name; });

TEST_P(digits_pad, TakesDigitsAgainAndAgainAndNeverOthers) {
    auto pad = patient();
    EXPECT_TRUE(enter(*pad, call(1s)).error().is(condition::unsupported)) << "a card's PIN";
    for (int i = 0; i < 2; ++i) {
        type(std::string(pin) + "E");
        const auto digits = digits_of(*pad, call(30s));
        ASSERT_TRUE(digits) << digits.error();
        EXPECT_TRUE(right(*digits));
    }
    EXPECT_TRUE(digits_of(*pad, call(100ms)).error().is(condition::timed_out)) << "nobody types";
    if (!is_model()) return;
    for (const auto& [kind, before] : faults()) {
        // A digit more or less is a digit to a keypad that frames nothing.
        if (kind == "foreign" || kind == "nak") continue;
        pad.reset();
        pad = quick();
        plan(json::array({{{"kind", kind}, {"match", std::string(before ? "frame:" : "") + "82"}}}));
        type(std::string(pin) + "E");
        const auto digits = digits_of(*pad, call(250ms));
        EXPECT_TRUE(!digits || right(*digits)) << kind;
        plan(json::array());
        pad.reset();
        replug();
        pad = patient();
        type(std::string(pin) + "E");
        const auto next = digits_of(*pad, call(20s));
        ASSERT_TRUE(next) << "after " << kind << ": " << next.error();
        EXPECT_TRUE(right(*next)) << "after " << kind;
    }
}

} // namespace
} // namespace cipherlane
