// What a terminal asks of its host besides trades: sign-off, echo, master key, lists; and what the host asks for in
// its header.
#include "support/lane/lane_rig.hpp"
#include "unit/acquiring/pos_vectors.hpp"
#include "unit/pos_exchanges.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cipherlane::tests {
namespace {

using acquiring::service;
using acquiring::service_report;

result<service_report> ask(lane_rig& rig, service what) {
    return acquiring::host_service(rig.lane()).run(acquiring::service_request(what), soon());
}

std::size_t messages(const lane_rig& rig, const std::string& network) {
    std::size_t count = 0;
    for (const auto& one : rig.host.requests)
        count += to_hex(one).find("0011"
                                  "00000001" +
                                  network) != std::string::npos
                     ? 1
                     : 0;
    return count;
}

TEST(Service, SendsTheBytesLaidOutByHand) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    const std::map<service, std::string> wanted{{service::sign_off, "sign-off"}, {service::echo, "echo"},
        {service::master_key, "master key download"}, {service::contactless, "download"}};
    for (const auto& [what, name] : wanted) {
        SCOPED_TRACE(name);
        lane_rig rig(settings);
        rig.host.master_key = std::string(32, '0') + "01020304";
        (void)ask(rig, what);
        ASSERT_FALSE(rig.host.requests.empty());
        EXPECT_EQ(to_hex(rig.host.requests.front()), pos_exchange_of(name).request);
    }
}

TEST(Service, AfterASignOffTheNextTradeSignsIn) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    ASSERT_TRUE(ask(rig, service::sign_off));
    const auto before = messages(rig, "003");
    ASSERT_TRUE(rig.sell("two", 1)->ok());
    EXPECT_EQ(messages(rig, "003"), before + 1);
    EXPECT_EQ(rig.books.taken(), 2);
}

TEST(Service, ARefusalNamesTheCode) {
    lane_rig rig;
    rig.host.mood.service_code = "12";
    for (const auto what : {service::sign_off, service::echo, service::ca_keys}) {
        const auto end = ask(rig, what);
        ASSERT_FALSE(end);
        EXPECT_EQ(end.error().code(), acquiring_errc::service_refused);
        EXPECT_EQ(end.error().peer_code(), "12");
    }
}

TEST(Download, ComesPageByPageAndReplacesTheOldListAtItsEnd) {
    lane_rig rig;
    rig.host.pages["394"] = {"2first", "2second", "1third"};
    const auto report = ask(rig, service::contactless);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->entries, 3U);
    EXPECT_EQ(report->messages, 4U) << "and the end";
    const auto list = rig.journal->find_list("TEST0001", "contactless parameters", soon()).value();
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->complete);
    ASSERT_EQ(list->entries.size(), 3U);
    EXPECT_EQ(as_text(list->entries[1]), "second");
    EXPECT_EQ(rig.pinpad.lists["contactless parameters"], list->entries) << "the kernel has it, too";

    rig.host.pages["394"] = {"2newer"};
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.equals(62, "101")) rig.host.mood.answer_lost = true;
    };
    EXPECT_TRUE(ask(rig, service::contactless).error().is(condition::timed_out));
    EXPECT_EQ(*rig.journal->find_list("TEST0001", "contactless parameters", soon()).value(), *list)
        << "half a list is none";
    rig.host.mood = host_mood();
    rig.host.watch = {};
    rig.restart();
    rig.host.pages["394"] = {"1end"};
    const auto resumed = ask(rig, service::contactless);
    ASSERT_TRUE(resumed) << resumed.error();
    EXPECT_TRUE(resumed->resumed);
    EXPECT_EQ(resumed->messages, 2U) << "the page that was missing, and the end";
    const auto newer = rig.journal->find_list("TEST0001", "contactless parameters", soon()).value();
    EXPECT_EQ(as_text(newer->entries.front()), "newer");
}

TEST(Download, AsksForEachKeyThatTheQueryLists) {
    lane_rig rig;
    const auto text = [](const std::string& hex) { return std::string(as_text(from_hex(hex).value())); };
    // Two keys of one scheme, with their expiry, over two answers.
    rig.host.pages["372"] = {"2" + text("9F0605A0000003339F220102DF05083230333031323331"),
        "1" + text("9F0605A0000003339F220103DF05083230333031323331")};
    rig.host.pages["370"] = {"1" + text("9F0605A000000333DF0201AA"), "1" + text("9F0605A000000333DF0201BB")};
    std::vector<std::string> asked;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.value(60).substr(8) == "370") asked.push_back(to_hex(as_bytes(view.value(62))));
    };
    const auto report = ask(rig, service::ca_keys);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(asked, (std::vector<std::string>{"9F0605A0000003339F220102", "9F0605A0000003339F220103"}));
    EXPECT_EQ(report->entries, 2U);
    EXPECT_EQ(messages(rig, "371"), 1U);
    rig.host.pages["372"] = {"1\x9F"};
    EXPECT_EQ(ask(rig, service::ca_keys).error().code(), acquiring_errc::bad_answer);
    rig.host.pages["372"] = {"9"};
    EXPECT_EQ(ask(rig, service::ca_keys).error().code(), acquiring_errc::bad_answer);
    rig.host.pages["372"] = {"0"};
    EXPECT_EQ(ask(rig, service::ca_keys)->entries, 0U);
}

/// A card comes soon, so that a call of these tests has time for a wish.
acquiring::terminal_settings quick_card() {
    auto settings = rig_settings();
    settings.timers.card = std::chrono::seconds(1);
    return settings;
}

TEST(HeaderWish, IsKeptOverARestartAndObeyedBeforeTheNextTrade) {
    const std::map<char, std::string> wanted{{'1', "360"}, {'2', "362"}, {'4', "372"}, {'5', "382"}};
    for (const auto& [digit, network] : wanted) {
        SCOPED_TRACE(digit);
        lane_rig rig(quick_card());
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.header_request = digit;
        ASSERT_TRUE(rig.sell("one", 1)->ok());
        EXPECT_EQ(messages(rig, network), 0U);
        rig.host.mood = host_mood();
        rig.restart();
        rig.host.pages[network] = {"0"};
        ASSERT_TRUE(rig.sell("two", 1)->ok());
        EXPECT_EQ(messages(rig, network), 1U);
        ASSERT_TRUE(rig.sell("three", 1)->ok());
        EXPECT_EQ(messages(rig, network), 1U) << "done";
        EXPECT_EQ(rig.books.taken(), 3);
    }
}

TEST(HeaderWish, ThatCannotBeDoneHoldsNoTradeUpAndStays) {
    lane_rig rig(quick_card());
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '4';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    rig.host.mood.service_code = "96";
    ASSERT_TRUE(rig.sell("two", 1)->ok());
    ASSERT_TRUE(rig.sell("three", 1)->ok());
    EXPECT_EQ(messages(rig, "372"), 2U);
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->wishes, 1U << 4U);
}

TEST(HeaderWish, TakesNoTimeThatTheTradeNeeds) {
    lane_rig rig(quick_card());
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '4';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    rig.host.pages["372"] = {"0"};
    const auto sale = [&](const std::string& key, std::chrono::milliseconds within) {
        return acquiring::sale(rig.lane()).run({key, amount(1)}, call(within));
    };
    ASSERT_TRUE(sale("two", std::chrono::milliseconds(900))->ok());
    EXPECT_EQ(messages(rig, "372"), 0U);
    // A host that is silent to the wish has its one response time, and the trade goes on.
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0820"; };
    ASSERT_TRUE(rig.sell("three", 1)->ok());
    EXPECT_EQ(messages(rig, "372"), 1U);
    EXPECT_EQ(rig.books.taken(), 3);
}

TEST(HeaderWish, NeedsNoMoreThanWhatTheTradeLeaves) {
    auto settings = rig_settings();
    settings.timers.card = std::chrono::seconds(10);
    lane_rig rig(settings);
    rig.host.time = std::chrono::seconds(5);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '4';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    rig.host.pages["372"] = {"0"};
    // Two seconds beside card and answer: less than the host may take, enough for a host that is there.
    ASSERT_TRUE(acquiring::sale(rig.lane()).run({"two", amount(1)}, call(std::chrono::seconds(17)))->ok());
    EXPECT_EQ(messages(rig, "372"), 1U);
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->wishes, 0U);
}

TEST(HeaderWish, OfAHostThatDoesNotAnswerIsLeftAloneForAWhile) {
    lane_rig rig(quick_card());
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '4';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0820"; };
    for (const char* key : {"two", "three", "four"})
        ASSERT_TRUE(rig.sell(key, 1)->ok());
    EXPECT_EQ(messages(rig, "372"), 1U);
    rig.clock.time += std::chrono::minutes(6);
    rig.host.watch = {};
    rig.host.mood = host_mood();
    rig.host.pages["372"] = {"0"};
    ASSERT_TRUE(rig.sell("five", 1)->ok());
    EXPECT_EQ(messages(rig, "372"), 2U);
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->wishes, 0U);
}

TEST(HeaderWish, IsFulfilledThoughThePadDoesNotTakeTheList) {
    lane_rig rig(quick_card());
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '1';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    rig.host.pages["360"] = {"1first"};
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view call) { return call == "pinpad list"; };
    ASSERT_TRUE(rig.sell("two", 1)->ok());
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->wishes, 0U);
    EXPECT_EQ(rig.journal->find_list("TEST0001", "parameters", soon()).value()->entries.size(), 1U);
}

TEST(HeaderWish, ForARemoteUpdateIsRaised) {
    lane_rig rig(quick_card());
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.header_request = '6';
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.mood = host_mood();
    ASSERT_TRUE(rig.sell("two", 1)->ok());
    const auto alerts = rig.seen.alerts();
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_EQ(alerts.front().kind, acquiring::alert_kind::update_wanted);
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->wishes, 0U);
}

/// A new TMK under the published one, as the host would send it.
std::string wrapped_master_key(const std::string& clear_hex, const std::string& under_hex) {
    auto under = crypto::block_cipher::create(crypto::algorithm::tdes, from_hex(under_hex).value()).value();
    const auto clear = from_hex(clear_hex).value();
    bytes wrapped(clear.size());
    (void)under.encrypt_ecb(clear, wrapped);
    auto fresh = crypto::block_cipher::create(crypto::algorithm::tdes, clear).value();
    bytes check(8);
    (void)fresh.encrypt_ecb(bytes(8, 0), check);
    return to_hex(wrapped) + to_hex(byte_view(check).first(4));
}

TEST(MasterKey, IsTakenKeptAndInForceAfterARestart) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    const std::string second = "0123456789ABCDEFFEDCBA9876543210";
    rig.host.master_key = wrapped_master_key(second, test_tmk);
    ASSERT_TRUE(ask(rig, service::master_key));
    // The host goes back to the first key, under the second: the chain of both holds over a restart.
    rig.host.master_key = wrapped_master_key(test_tmk, second);
    const auto report = ask(rig, service::master_key);
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->master_keys.size(), 2U);
    rig.restart();
    ASSERT_TRUE(rig.sell("two", 1)->ok()) << "signed in under the key in force";
    EXPECT_EQ(to_hex(rig.pinpad.master_key), rig.host.master_key.substr(0, 32)) << "the pad has the last one";
}

TEST(MasterKey, ChainIsGivenToAPadThatHasMissedSeveral) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    const std::string chain[] = {
        test_tmk, "0123456789ABCDEFFEDCBA9876543210", "FEDCBA98765432100123456789ABCDEF", test_tmk};
    for (std::size_t i = 1; i < std::size(chain); ++i) {
        rig.host.master_key = wrapped_master_key(chain[i], chain[i - 1]);
        ASSERT_TRUE(ask(rig, service::master_key));
    }
    ASSERT_TRUE(rig.sell("two", 1)->ok());
    rig.pinpad.master_keys_given = 0;
    rig.restart();
    ASSERT_TRUE(rig.sell("three", 1)->ok());
    EXPECT_EQ(rig.pinpad.master_keys_given, 1) << "it has missed none";
    rig.pinpad.replace();
    rig.restart();
    ASSERT_TRUE(rig.sell("four", 1)->ok());
    EXPECT_EQ(to_hex(rig.pinpad.master_key), rig.host.master_key.substr(0, 32));
    EXPECT_EQ(to_hex(rig.pinpad.clear_master), chain[3]);
}

TEST(MasterKey, IsNotFollowedByAnotherBeforeThePadHasIt) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    const std::string second = "0123456789ABCDEFFEDCBA9876543210";
    rig.host.master_key = wrapped_master_key(second, test_tmk);
    ASSERT_TRUE(ask(rig, service::master_key));
    rig.faults.kind = fault_kind::link_lost;
    rig.faults.fails = [](std::string_view call) { return call == "pinpad open"; };
    rig.host.master_key = wrapped_master_key(test_tmk, second);
    EXPECT_TRUE(ask(rig, service::master_key).error().is(condition::link_lost));
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->master_keys.size(), 1U);
    rig.faults.fails = {};
    ASSERT_TRUE(ask(rig, service::master_key));
    EXPECT_EQ(rig.journal->terminal("TEST0001", soon())->master_keys.size(), 2U);
}

TEST(MasterKey, LetsTheLaneOpenAfterAnotherWasLoadedByHand) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.master_key = wrapped_master_key("0123456789ABCDEFFEDCBA9876543210", test_tmk);
    ASSERT_TRUE(ask(rig, service::master_key));
    rig.restart();
    rig.use_master_key("FEDCBA98765432100123456789ABCDEF");
    EXPECT_EQ(rig.sell("two", 1).error().code(), acquiring_errc::check_value_wrong)
        << "the lane is open, and signs in";
}

/// As a PIN pad that has not been opened yet: it does not know whether it takes master keys.
class untold_sealer final : public ports::sealer {
  public:
    explicit untold_sealer(bool takes) noexcept
        : takes_(takes) {}
    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key&, const call&) override { return {}; }
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key&, const call&) override { return {}; }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override {
        given.push_back(to_hex(key.cryptogram));
        return takes_ ? result<void>() : ports::sealer::load_master_key(key, bounds);
    }
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view, const call&) override { return ports::mac_field{}; }
    [[nodiscard]] result<bool> verify_mac(byte_view, const ports::mac_field&, const call&) override { return true; }

    std::vector<std::string> given;

  private:
    bool takes_;
};

TEST(MasterKey, IsGivenAtTheStartToASealerThatCannotTellYetWhetherItTakesAny) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    const std::string second = "0123456789ABCDEFFEDCBA9876543210";
    std::vector<std::string> chain;
    for (const auto& [clear, under] :
        {std::pair(second, std::string(test_tmk)), std::pair(std::string(test_tmk), second)}) {
        rig.host.master_key = wrapped_master_key(clear, under);
        ASSERT_TRUE(ask(rig, service::master_key));
        chain.push_back(rig.host.master_key.substr(0, 32));
    }
    rig.restart();
    for (const bool takes : {true, false}) {
        untold_sealer sealer(takes);
        EXPECT_FALSE(sealer.takes_master_key());
        acquiring::lane_ports with(*rig.guarded);
        with.host = &rig.host;
        with.sealer = &sealer;
        with.clock = &rig.clock;
        const auto opened = acquiring::lane::open(settings, with, soon(), logger::none());
        EXPECT_TRUE(opened) << "one that takes none has its key by hand";
        if (!takes) chain.pop_back(); // it has said so of the first
        EXPECT_EQ(sealer.given, chain);
    }
}

TEST(MasterKey, ChainIsGivenToTheSameSealerAgain) {
    const std::string second = "0123456789ABCDEFFEDCBA9876543210";
    const auto wrapped = [](const std::string& hex) {
        const auto data = from_hex(hex).value();
        ports::wrapped_key key;
        key.cryptogram.assign(data.begin(), data.begin() + 16);
        key.check_value.assign(data.begin() + 16, data.end());
        return key;
    };
    const auto to_second = wrapped(wrapped_master_key(second, test_tmk));
    const auto to_third = wrapped(wrapped_master_key("FEDCBA98765432100123456789ABCDEF", second));
    const auto sealer = acquiring::software_sealer::create(
        rig_settings().keys, secret_bytes(from_hex(test_tmk).value()), logger::none())
                            .value();
    for (int lanes = 0; lanes < 2; ++lanes) {
        EXPECT_TRUE(sealer->load_master_key(to_second, soon()));
        EXPECT_TRUE(sealer->load_master_key(to_third, soon()));
    }
    EXPECT_FALSE(sealer->load_master_key(to_third, soon())) << "it is under the second";
}

TEST(MasterKey, WithAWrongCheckValueIsNotTaken) {
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sell("one", 1)->ok());
    rig.host.master_key = std::string(32, '0') + "01020304";
    EXPECT_EQ(ask(rig, service::master_key).error().code(), acquiring_errc::check_value_wrong);
    EXPECT_TRUE(rig.journal->terminal("TEST0001", soon())->master_keys.empty());
    EXPECT_TRUE(rig.sell("two", 1)->ok());
    rig.pinpad.takes_keys = false;
    EXPECT_TRUE(ask(rig, service::master_key).error().is(condition::unsupported)) << "the pad would fall behind";
}

TEST(SignInLayouts, AreASettingWithCheckValuesOfFourAndEight) {
    // Field 62 under the published TMK, and how the host divides it.
    const std::string tpk = "6701EAD6A9AD51E51AA406E2C27FCFA9";
    const std::string tak = "B651F9E9BACE9AE1";
    const std::string pad(16, '0');
    const std::map<std::string, std::string> divisions{
        {"16+4 8+4", tpk + "8D0A74B8" + tak + "AB7153CA"},
        {"16+4 16+4", tpk + "8D0A74B8" + tak + pad + "AB7153CA"},
        {"16+8 16+8", tpk + "8D0A74B8C5EF66C6" + tak + pad + "AB7153CA985B10C2"},
        {"16+4 16+4 16+4", tpk + "8D0A74B8" + tak + pad + "AB7153CA" + tpk + "8D0A74B8"},
        {"24+4 24+4 24+4", tpk + pad + "8D0A74B8" + tak + pad + pad + "AB7153CA" + tpk + pad + "8D0A74B8"},
    };
    for (const auto& [division, field62] : divisions) {
        SCOPED_TRACE(division);
        auto settings = rig_settings();
        settings.keys.sign_in_division = division;
        lane_rig rig(settings);
        rig.host.field62 = field62;
        ASSERT_TRUE(rig.sign_in());
        EXPECT_TRUE(rig.sell("one", 1)->ok());
        rig.host.field62.back() = '0'; // the last check value, or the one of a track key that nobody uses
        if (division.size() > 10) continue;
        EXPECT_EQ(rig.sign_in().error().code(), acquiring_errc::check_value_wrong);
    }
}

} // namespace
} // namespace cipherlane::tests
