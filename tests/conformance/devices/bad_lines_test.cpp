// Whatever a line makes of what a device says, for every family that answers: the call ends in its time, nothing is
// told done that was not, and the next call works.
#include "bad_line.hpp"
#include "display-sim/display_model.hpp"
#include "pinpad-sim/pinpad_models.hpp"
#include "scanner-sim/scanner_model.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/drivers/printer/escpos_receipt_printer.hpp>
#include <cipherlane/drivers/scanner/device_scanner.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using crypto::algorithm;
using nlohmann::json;
using tests::bad_line;
using tests::damage;
using wrong = damage::kind;

constexpr auto patience = 90s;
constexpr auto own_rules = 60s;  ///< in which a device that talks for ever is given up
constexpr auto plugging = 2s;    ///< of a device that was away
constexpr int calls_to_mend = 2; ///< what still stands on a line may cost one

/// What a family can notice of it.
enum class guarded : std::uint8_t {
    frames,  ///< each byte, by a checksum
    shapes,  ///< a length, or words that it knows
    nothing, ///< bytes are what they are
};

/// One thing that is asked of a device: the right bytes, or none.
using asked = std::function<result<bytes>(bad_line&, const call&)>;

struct subject {
    std::string name;
    guarded by;
    bad_line::maker model;
    std::function<asked(std::unique_ptr<net::transport>)> drive;
    enum class waits : std::uint8_t { for_device, for_person } how = waits::for_device;

    friend void PrintTo(const subject& one, std::ostream* out) { *out << one.name; }
};

enum class lasts : std::uint8_t { once, for_ever };

struct damage_rule {
    wrong what;
    int places = 1;
    guarded least = guarded::nothing; ///< what a family must have to see that the bytes are not right
    lasts how_long = lasts::once;
};

constexpr auto damage_rules = std::to_array<damage_rule>({
    {wrong::in_pieces}, {wrong::lost, 1, guarded::shapes}, {wrong::mute},
    {wrong::flipped, damage::places, guarded::frames}, {wrong::shortened, damage::places, guarded::shapes},
    {wrong::lengthened, 1, guarded::shapes}, {wrong::repeated, 1, guarded::shapes},
    {wrong::earlier_before, 1, guarded::frames}, {wrong::earlier_instead, 1, guarded::frames},
    {wrong::noise_before, 1, guarded::frames}, {wrong::endless_noise, 1, guarded::shapes, lasts::for_ever},
    {wrong::endless_answer, 1, guarded::shapes, lasts::for_ever}, {wrong::nak, 1, guarded::shapes},
    {wrong::nak_storm, 1, guarded::shapes, lasts::for_ever}, {wrong::gone},
    {wrong::deaf_bit, 1, guarded::frames}, // of other families nobody can see it
});

// --- PIN pads

struct pad_family {
    const char* name;
    guarded by;
    algorithm cipher;
    std::size_t key_size;
    bool macs;
};

constexpr auto pad_families = std::to_array<pad_family>({
    {"abecs", guarded::frames, algorithm::tdes, 16, false},
    {"psbc", guarded::shapes, algorithm::tdes, 16, true},
    {"psbc-sm4", guarded::shapes, algorithm::sm4, 16, false},
    {"h002", guarded::shapes, algorithm::tdes, 16, false},
    {"guoguang", guarded::shapes, algorithm::des, 8, false},
    {"zt588", guarded::frames, algorithm::tdes, 16, false},
    {"epp", guarded::frames, algorithm::tdes, 16, false},
    {"pp1000se", guarded::frames, algorithm::des, 8, true},
    {"pp791", guarded::frames, algorithm::tdes, 16, true},
});

bytes published_key(algorithm cipher) {
    auto key = from_hex("0123456789ABCDEFFEDCBA9876543210").value();
    if (cipher == algorithm::des) key.resize(8);
    return key;
}

bytes enciphered_by(algorithm cipher, byte_view key, byte_view data) {
    bytes out(data.size());
    EXPECT_TRUE(crypto::block_cipher::create(cipher, key).value().encrypt_ecb(data, out));
    return out;
}

/// A working key of so many bytes under master key 0.
ports::wrapped_key working_key_of(const pad_family& of, std::size_t size) {
    auto clear = from_hex("89E92F15C46D3A73DC31A1B5AE4F2C08").value();
    clear.resize(size);
    const auto own = of.cipher == algorithm::sm4 ? of.cipher : size == 8 ? algorithm::des : algorithm::tdes;
    ports::wrapped_key key;
    key.cryptogram = enciphered_by(of.cipher, published_key(of.cipher), clear);
    key.check_value = enciphered_by(own, clear, bytes(own == algorithm::sm4 ? 16 : 8));
    return key;
}

bad_line::maker pad_model_of(const std::string& name, algorithm cipher) {
    return [name, cipher](sim::surroundings around) {
        sim::master_keys keys;
        keys[0] = secret_bytes(published_key(cipher));
        return sim::pinpad_maker(name, {}, std::move(keys), logger::none())(std::move(around));
    };
}

std::shared_ptr<ports::pinpad> pad_at(const std::string& name, std::unique_ptr<net::transport> link) {
    std::shared_ptr<ports::pinpad> made;
    if (name == "abecs") {
        made = std::make_shared<drivers::abecs_pinpad>(std::move(link));
    } else {
        made = std::make_shared<drivers::keypad_pinpad>(std::move(link), drivers::shipped_keypad(name).value());
    }
    EXPECT_TRUE(made->open(call(patience)));
    return made;
}

bytes held_by(const secret_bytes& secret) {
    return {secret.expose().begin(), secret.expose().end()};
}

/// The cardholder types once the pad asks anew.
void type_at(bad_line& line, const std::string& counter) {
    const auto before = line.model().counted(counter);
    line.when([&line, counter, before] { return line.model().counted(counter) != before; },
        [&line] {
            line.model().control({{"cmd", "press"}, {"keys", "1234E"}});
        });
}

std::vector<subject> pads() {
    std::vector<subject> all;
    for (const auto& of : pad_families) {
        const std::string name(of.name);
        all.push_back({name + "_pin", of.by, pad_model_of(name, of.cipher),
            [of, name](auto link) -> asked {
                return [of, name, pad = pad_at(name, std::move(link))](
                           bad_line& line, const call& bounds) -> result<bytes> {
                    type_at(line, name == "abecs" ? "command GPN" : "asked");
                    const auto account = pan::parse("4761739001010119").value();
                    const auto key = working_key_of(of, of.key_size);
                    CIPHERLANE_TRY(
                        const auto block, pad->enter_pin(ports::pin_request(account, key, amount(1234)), bounds));
                    return held_by(block);
                };
            },
            subject::waits::for_person});
        if (!of.macs) continue;
        all.push_back({name + "_mac", of.by, pad_model_of(name, of.cipher), [of, name](auto link) -> asked {
                           return [of, pad = pad_at(name, std::move(link))](bad_line&, const call& bounds) {
                               return pad->make_mac(working_key_of(of, 8), as_bytes("0200 and more"), bounds);
                           };
                       }});
    }
    const auto digits = [](auto link) -> asked {
        return [pad = pad_at("start", std::move(link))](bad_line& line, const call& bounds) -> result<bytes> {
            type_at(line, "asked");
            CIPHERLANE_TRY(const auto typed, dynamic_cast<drivers::keypad_pinpad&>(*pad).ask_digits(1, 12, bounds));
            return held_by(typed);
        };
    };
    all.push_back({"start_digits", guarded::nothing, pad_model_of("start", algorithm::tdes), digits,
        subject::waits::for_person});
    // Lines on the pad, which stand there where it says so.
    for (const auto& [name, by, cipher] : {std::tuple("abecs", guarded::frames, algorithm::tdes),
             std::tuple("pp1000se", guarded::frames, algorithm::des)}) {
        all.push_back(
            {std::string(name) + "_text", by, pad_model_of(name, cipher), [name = name](auto link) -> asked {
                 return [pad = pad_at(name, std::move(link)), count = 0](
                            bad_line& line, const call& bounds) mutable -> result<bytes> {
                     const auto text = "LINE " + std::to_string(++count) + ".";
                     CIPHERLANE_CHECK(pad->show(text, "SECOND", bounds));
                     const auto shown = line.model().control({{"cmd", "state"}}).dump();
                     return bytes{static_cast<std::uint8_t>(shown.find(text) != std::string::npos)};
                 };
             }});
    }
    return all;
}

// --- displays, printers and speakers

std::unique_ptr<drivers::device_display> display_at(
    const char* family, std::unique_ptr<net::transport> link, const drivers::display_options& options = {}) {
    return std::make_unique<drivers::device_display>(
        std::move(link), drivers::find_display_family(family)->make(options).value());
}

bad_line::maker display_model_of(const char* family) {
    return [family](sim::surroundings around) -> std::unique_ptr<sim::simulated_device> {
        return sim::make_display_model(family, {160, 80, 1'200ms, {}}, std::move(around));
    };
}

/// A broker that has every message which it has acknowledged.
class small_broker final : public sim::simulated_device {
  public:
    explicit small_broker(sim::surroundings around)
        : simulated_device({}, std::move(around)) {}
    void receive(byte_view data) override {
        held_.insert(held_.end(), data.begin(), data.end());
        while (held_.size() > 1 && held_.size() >= 2U + (held_[1] & 0x7FU) + (held_[1] >> 7U)) {
            const bool two = held_[1] > 0x7F; // bytes of length: no message here has more
            const std::size_t size = two ? 3 + (held_[1] & 0x7FU) + 128U * held_[2] : 2U + held_[1];
            if (held_.size() < size) return;
            take(byte_view(held_).first(size).subspan(two ? 3 : 2), held_[0]);
            held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(size));
        }
    }
    void link_lost() override { held_.clear(); }

  private:
    void take(byte_view packet, std::uint8_t kind) {
        if (kind == 0x10) return around().send({0x20, 2, 0, 0});
        if (kind == 0x62) { // given on
            count("spoken");
            return around().send({0x70, 2, packet[0], packet[1]});
        }
        if (kind >> 4U != 3) return;
        const std::size_t behind = 2U + packet[1];
        around().send({0x50, 2, packet[behind], packet[behind + 1]});
    }
    bytes held_;
};

std::vector<subject> displays() {
    std::vector<subject> all;
    for (const auto& [family, model, by] :
        {std::tuple("rcall", "rcall", guarded::shapes), std::tuple("bonrix", "bonrix", guarded::shapes),
            std::tuple("described", "hid-plate", guarded::frames)}) {
        all.push_back(
            {std::string(model) + "_amount", by, display_model_of(model), [family = family](auto link) -> asked {
                 drivers::display_options options;
                 options.words = drivers::wording::english();
                 options.printer = {};
                 const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
                 options.description_file =
                     std::string(root != nullptr ? root : ".") + "/drivers/descriptions/hid-plate.toml";
                 std::shared_ptr<drivers::device_display> screen = display_at(family, std::move(link), options);
                 return [screen, count = 100](bad_line& line, const call& bounds) mutable -> result<bytes> {
                     const amount total(++count);
                     ports::qr_view code;
                     code.payload = "https://pay.example/" + total.to_string();
                     code.total = total;
                     CIPHERLANE_CHECK(screen->show_qr(code, bounds));
                     const auto stands = line.model().control({{"cmd", "state"}}).dump();
                     return bytes{static_cast<std::uint8_t>(stands.find(code.payload) != std::string::npos)};
                 };
             }});
    }
    for (const auto& [family, model] : {std::pair("weact-small", "weact"), std::pair("escpos", "escpos")}) {
        all.push_back({std::string(model) + "_question", guarded::nothing, display_model_of(model),
            [family = family](auto link) -> asked {
                std::shared_ptr<drivers::device_display> screen = display_at(family, std::move(link));
                return [screen](bad_line&, const call& bounds) -> result<bytes> {
                    CIPHERLANE_TRY(const auto name, screen->heartbeat(bounds));
                    return bytes{static_cast<std::uint8_t>(!name.empty())};
                };
            }});
    }
    const auto broker = [](sim::surroundings around) -> std::unique_ptr<sim::simulated_device> {
        return std::make_unique<small_broker>(std::move(around));
    };
    all.push_back({"speaker", guarded::shapes, broker, [](auto link) -> asked {
                       drivers::display_options options;
                       options.speaker.topic = "862000000000001";
                       std::shared_ptr<drivers::device_display> screen =
                           display_at("mqtt-speaker", std::move(link), options);
                       return [screen](bad_line& line, const call& bounds) -> result<bytes> {
                           const auto before = line.model().counted("spoken");
                           CIPHERLANE_CHECK(screen->show_text("tea", "12", bounds));
                           return bytes{static_cast<std::uint8_t>(line.model().counted("spoken") > before)};
                       };
                   }});
    return all;
}

/// A slip that is told printed lies there, whole.
std::vector<subject> printers() {
    std::vector<subject> all;
    for (const auto& [name, proof] :
        {std::pair("printed", drivers::print_proof::printed), std::pair("state", drivers::print_proof::state)}) {
        all.push_back({std::string("printer_") + name, guarded::nothing, display_model_of("escpos"),
            [proof = proof](auto link) -> asked {
                drivers::receipt_printer_profile profile;
                profile.proof = proof;
                auto printer = std::make_shared<drivers::escpos_receipt_printer>(std::move(link), profile);
                return [printer, count = 0](bad_line& line, const call& bounds) mutable -> result<bytes> {
                    ports::print_job job;
                    job.text = "SLIP " + std::to_string(++count) + ".\n";
                    CIPHERLANE_CHECK(printer->print(job, bounds));
                    const auto slips = line.model().control({{"cmd", "slips"}}).dump();
                    EXPECT_NE(slips.find(job.text.substr(0, job.text.size() - 1)), std::string::npos);
                    return bytes{1};
                };
            }});
    }
    return all;
}

// --- scanners

std::unique_ptr<drivers::scan_reader> scan_reader_of(const std::string& family) {
    const drivers::scanner_profile profile;
    if (family == "serial") return std::make_unique<drivers::text_scan_reader>(profile);
    if (family == "wedge") return std::make_unique<drivers::wedge_scan_reader>(profile);
    return std::make_unique<drivers::report_scan_reader>(profile);
}

std::vector<subject> scanners() {
    std::vector<subject> all;
    for (const auto* family : {"serial", "hid-pos", "wedge"}) {
        const auto model = [family](sim::surroundings around) -> std::unique_ptr<sim::simulated_device> {
            return std::make_unique<sim::scanner_model>(sim::scanner_form_named(family), std::move(around));
        };
        all.push_back({std::string("scanner_") + family, guarded::shapes, model,
            [=](auto link) -> asked {
                auto scanner = std::make_shared<drivers::device_scanner>(std::move(link), scan_reader_of(family));
                return [scanner](bad_line& line, const call& bounds) -> result<bytes> {
                    // Once what was read before is dropped.
                    line.plan(100ms, [&line] {
                        line.model().control({{"cmd", "scan"}, {"text", "111111111111111111"}});
                    });
                    CIPHERLANE_TRY(const auto code, scanner->scan(bounds));
                    const auto text = as_bytes(code.text.expose());
                    return bytes(text.begin(), text.end());
                };
            },
            subject::waits::for_person});
    }
    return all;
}

std::vector<subject> subjects() {
    std::vector<subject> all;
    for (auto part : {pads(), displays(), printers(), scanners()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

class bad_lines : public ::testing::TestWithParam<subject> {};

INSTANTIATE_TEST_SUITE_P(every, bad_lines, ::testing::ValuesIn(subjects()), [](const auto& chosen) {
    auto name = chosen.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_P(bad_lines, EndEachCallInItsTimeAndNeverWithAnythingElse) {
    const auto& of = GetParam();
    bad_line line(of.model);
    auto ask = of.drive(line.connect());
    const auto right = ask(line, call(patience));
    ASSERT_TRUE(right) << right.error();
    int runs = 0;
    int failed = 0;
    const auto strike = [&](const damage_rule& rule, int at, int where) {
        const testing::ScopedTrace trace(__FILE__, __LINE__,
            std::string(to_string(rule.what)) + ", thing " + std::to_string(at) + ", place " + std::to_string(where));
        line.arm({rule.what, at, where});
        const auto begun = line.now();
        const auto got = ask(line, call(patience));
        const bool happened = line.happened();
        const bool is_given_up = rule.how_long == lasts::for_ever && of.how == subject::waits::for_device;
        EXPECT_LE(line.now() - begun, is_given_up ? own_rules : patience) << (got ? "" : got.error().to_string());
        if (!happened || rule.what == wrong::in_pieces) {
            EXPECT_TRUE(got) << got.error();
        }
        if (got && (!happened || of.by <= rule.least)) {
            EXPECT_EQ(*got, *right);
        }
        if (!happened) return false;
        failed += got ? 0 : 1;
        line.heal();
        auto next = result<bytes>(error());
        for (int calls = 0; !next && calls < calls_to_mend; ++calls) {
            if (!line.is_up()) {
                line.pause(call(plugging));
                ask = of.drive(line.connect());
            }
            next = ask(line, call(patience));
        }
        EXPECT_TRUE(next) << "afterwards: " << next.error();
        if (next) {
            EXPECT_EQ(*next, *right) << "afterwards";
        }
        return true;
    };
    for (const auto& rule : damage_rules) {
        if (rule.what == wrong::deaf_bit && of.by != guarded::frames) continue;
        for (int where = 0; where < rule.places; ++where) {
            bool happened = true;
            for (int at = 0; happened && !HasFailure(); ++at, ++runs)
                happened = strike(rule, at, where);
        }
    }
    EXPECT_GT(failed, 0);
    RecordProperty("runs", runs);
}

/// One thing in a description that is not as the device has it.
struct slip_of_the_pen {
    const char* family;
    const char* from;
    const char* to;
    const char* command; ///< that the error names
};

constexpr auto slips_of_the_pen = std::to_array<slip_of_the_pen>({
    {"epp", "header = \"02\"", "header = \"03\"", "pin_key"},
    {"epp", "checksum = \"xor8\"", "checksum = \"sum8\"", "pin_key"},
    {"epp", "counts = \"content\"", "counts = \"all\"", "pin_key"},
    {"epp", "send = \"33 ", "send = \"37 ", "pin_key"},
    {"epp", "{key:bytes}\"\ngood = \"{status:bytes:1}\"\n[[", "{key:hex}\"\ngood = \"{status:bytes:1}\"\n[[",
        "pin_key"},
    {"epp", "35 {most:u8} 01 01 00", "35 {most:u8} 01 01", "pin"},
    {"epp", "send = \"42\"", "send = \"43\"", "pin"},
    {"zt588", "length = \"digits3\"", "length = \"be16\"", "open"},
    {"zt588", "checksum_as = \"hex\"", "checksum_as = \"binary\"", "open"},
    {"zt588", "'2' {master:digit2} {slot:digit2}", "'2' {slot:digit2} {master:digit2}", "pin_key"},
    {"zt588", "{skip:bytes:5} {block:hex:16}", "{skip:bytes:4} {block:hex:16}", "pin"},
    {"pp791", "header = \"0F\"", "header = \"0D\"", "pin"},
    {"pp791", "'70.' {account}", "'70' {account}", "pin"},
    {"psbc", "'ku' {master:nibble} {slot:nibble} {blocks:nibble} {key:nibbles}",
        "'ku' {master:nibble} {slot:nibble} {blocks:nibble} {key:hex}", "pin_key"},
    {"psbc", "size = 9\nwaits", "size = 8\nwaits", "pin"},
    {"h002", "1B 'kv'", "1B 'ku'", "pin_key"},
    {"h002", "{most:nibble} {account12}", "{account12}", "pin"},
});

/// Whoever describes a keypad tries: what is wrong is said of the command at which it shows, and no block comes of
/// it.
TEST(KeypadDescribedWrongly, SaysAtWhichCommandInItsTime) {
    for (const auto& [family, from, to, command] : slips_of_the_pen) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(family) + ": " + to);
        const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
        std::ifstream file(
            std::string(root != nullptr ? root : ".") + "/drivers/descriptions/keypads/" + family + ".toml");
        std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos);
        text.replace(at, std::string_view(from).size(), to);
        auto read = drivers::parse_keypad_description(text, family);
        ASSERT_TRUE(read) << read.error();
        const auto* of = std::ranges::find(pad_families, std::string_view(family), &pad_family::name);
        bad_line line(pad_model_of(family, of->cipher));
        drivers::keypad_pinpad pad(line.connect(), *std::move(read));
        const auto begun = line.now();
        type_at(line, "asked");
        const auto account = pan::parse("4761739001010119").value();
        const auto key = working_key_of(*of, of->key_size);
        const auto opened = pad.open(call(patience));
        const auto end = opened ? pad.enter_pin(ports::pin_request(account, key, amount(1234)), call(patience))
                                : result<secret_bytes>(opened.error());
        ASSERT_FALSE(end);
        EXPECT_EQ(end.error().operation(), command) << end.error();
        EXPECT_LE(line.now() - begun, patience) << end.error();
    }
}

} // namespace
} // namespace cipherlane
