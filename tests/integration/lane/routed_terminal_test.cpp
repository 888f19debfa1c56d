// Payments chosen among two acquirers over real sockets: what is in doubt stays, the next goes elsewhere.
#include "hsm-sim/keys/lmk.hpp"
#include "lane/demo_till.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/route_hand.hpp>
#include <cipherlane/till/routed_terminal.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto second_terminal = "TEST0002";

/// Two acquirers: "near" is the cheaper one.
class RoutedTerminal : public testing::Test {
  protected:
    RoutedTerminal() {
        far.host({{"cmd", "terminal"}, {"terminal_id", second_terminal}, {"merchant_id", sim::demo_merchant},
            {"tmk", sim::under_test_lmk("payshield", "tmk", sim::test_keys::terminal_master).value()}});
        auto& all = near.settings;
        all.host.name = "near";
        all.host.fee_ppm = 3000;
        auto other = far.settings.host;
        other.name = "far";
        other.fee_ppm = 6000;
        all.other_hosts.push_back(other);
        auto second = all.terminals.front();
        second.terminal_id = second_terminal;
        second.host_name = "far";
        all.terminals.push_back(second);
        for (auto& one : all.terminals) {
            one.reversal.longest_processing = 1ms;
            one.reversal.sends = 1;
        }
        all.routing.terminals = {std::string(sim::demo_terminal), second_terminal};
        all.routing.how.stay = 0ms;
        all.routing.how.first_trial = 400ms;
        all.routing.how.longest_trial = 800ms;
        all.routing.how.trials_up = 2;
    }
    static call enough() { return call(60s); }
    void open() {
        opened.emplace(near.open());
        routed.emplace(routed_terminal::open(*opened, enough()).value());
    }
    void close() {
        routed.reset();
        opened.reset();
    }
    payment sale(const std::string& key, std::int64_t minor = 500) {
        const auto sold = routed->trade({ports::trade::sale, key, amount(minor)}, enough());
        EXPECT_TRUE(sold) << sold.error();
        return sold ? *sold : payment{};
    }
    void silence_near() {
        near.host_faults({{{"kind", "no_answer"}, {"match", "sale"}, {"times", -1}},
            {{"kind", "no_answer"}, {"match", "reversal"}, {"times", -1}}});
    }
    route_report route(const std::string& host) {
        for (const auto& one : routed->routes(enough()).value())
            if (one.host == host) return one;
        return {};
    }
    bool comes(const std::function<bool()>& what) {
        for (int wait = 0; wait < 1500; ++wait) {
            if (what()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    std::int64_t paid(simulated_lane& at) { return simulated_lane::balance_at_first - at.balance(); }

    simulated_lane near;
    simulated_lane far;
    std::optional<till> opened;
    std::optional<routed_terminal> routed;
};

TEST_F(RoutedTerminal, KeepsADoubtfulPaymentWhereItIsAndComesBackSlowly) {
    open();
    EXPECT_EQ(sale("before").terminal_id, sim::demo_terminal) << "the cheaper one";
    silence_near();
    const auto doubt = sale("doubt", 700);
    EXPECT_EQ(doubt.outcome, verdict::unknown);
    EXPECT_EQ(doubt.terminal_id, sim::demo_terminal);
    const auto next = sale("next");
    EXPECT_EQ(next.outcome, verdict::approved);
    EXPECT_EQ(next.terminal_id, second_terminal);
    EXPECT_EQ(sale("doubt", 700).handle, doubt.handle) << "its key stays there, whatever else is better";
    EXPECT_EQ(paid(far), 500) << "and is tried nowhere else";
    EXPECT_EQ(route("near").undecided, 1U);
    EXPECT_FALSE(route("near").state.up);

    near.host_faults(nlohmann::json::array());
    ASSERT_TRUE(comes([&] { return routed->lookup("doubt", enough()).value()->outcome == verdict::reversed; }))
        << "it is asked for again while nobody waits";
    std::vector<std::string> where;
    ASSERT_TRUE(comes([&] {
        where.push_back(sale("later" + std::to_string(where.size())).terminal_id);
        return route("near").state.up;
    }));
    EXPECT_GE(std::count(where.begin(), where.end(), sim::demo_terminal), 2) << "two payments that try it";
    EXPECT_EQ(sale("after").terminal_id, sim::demo_terminal);
    const auto undone = std::count(where.begin(), where.end(), sim::demo_terminal);
    EXPECT_EQ(paid(near), 500 * (2 + undone)) << "the one in doubt was undone, the others stand";
}

TEST_F(RoutedTerminal, SendsWhatBelongsToAPaymentToItsOwnRoute) {
    open();
    const auto one = sale("one");
    const auto two = sale("two", 900);
    ASSERT_TRUE(routed->pin("far"));
    EXPECT_EQ(sale("three", 100).terminal_id, second_terminal) << "by hand";
    const auto undone = routed->void_payment({"undo", one.handle}, enough());
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->outcome, verdict::approved);
    EXPECT_EQ(undone->terminal_id, sim::demo_terminal);
    const auto back = routed->refund({"back", two.handle, amount(200)}, enough());
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->terminal_id, sim::demo_terminal);
    EXPECT_EQ(paid(near), 700);
    EXPECT_EQ(paid(far), 100);
    for (const auto& name : {std::string(sim::demo_terminal), std::string(second_terminal)}) {
        const auto settled = opened->at(name)->settle(enough());
        ASSERT_TRUE(settled) << settled.error();
        EXPECT_EQ(settled->host, acquiring::settlement_result::balanced) << name << ": each batch is its host's";
    }
}

TEST_F(RoutedTerminal, PassesOverAHostThatCannotBeReached) {
    near.settings.host.address = "127.0.0.1:1";
    open();
    const auto sold = sale("one");
    EXPECT_EQ(sold.outcome, verdict::approved);
    EXPECT_EQ(sold.terminal_id, second_terminal) << "before anybody was asked for a card";
    EXPECT_FALSE(route("near").state.up) << "at once";
    EXPECT_EQ(routed->lookup("one", enough()).value()->handle, sold.handle);
    EXPECT_EQ(sale("one").told, acquiring::told::recorded);
}

TEST_F(RoutedTerminal, KeepsOverARestartWhatWasInDoubtAndWhatWasSaidByHand) {
    open();
    silence_near();
    const auto doubt = sale("doubt", 700);
    ASSERT_EQ(doubt.outcome, verdict::unknown);
    close();
    open();
    EXPECT_EQ(sale("next").terminal_id, second_terminal) << "near has something to undo first";
    EXPECT_EQ(sale("doubt", 700).handle, doubt.handle);
    near.host_faults(nlohmann::json::array());
    ASSERT_TRUE(routed->recover(enough()));
    EXPECT_EQ(routed->lookup("doubt", enough()).value()->outcome, verdict::reversed);

    const auto hand = route_hand::of(near.settings).value(); // as another process says it
    ASSERT_TRUE(hand.close("near"));
    EXPECT_EQ(sale("two").terminal_id, second_terminal);
    ASSERT_TRUE(hand.close("far"));
    const auto none = routed->trade({ports::trade::sale, "none", amount(5)}, enough());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), till_errc::no_route);
    close();
    open();
    EXPECT_FALSE(routed->trade({ports::trade::sale, "none", amount(5)}, enough())) << "kept";
    ASSERT_TRUE(hand.reopen("far"));
    EXPECT_EQ(sale("none", 5).terminal_id, second_terminal);
    EXPECT_EQ(hand.pin("nowhere").error().code(), till_errc::no_route);
    ASSERT_TRUE(hand.pin("far"));
    EXPECT_EQ(hand.read().value(), (route_hand::word{"far", {"near"}})) << "what was said before stands";
}

TEST_F(RoutedTerminal, UndoesFirstWhatIsInDoubtWhereNoOtherIsOpen) {
    open();
    silence_near();
    ASSERT_EQ(sale("doubt", 700).outcome, verdict::unknown);
    ASSERT_TRUE(routed->close("far"));
    const auto none = routed->trade({ports::trade::sale, "next", amount(500)}, enough());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), acquiring_errc::reversal_pending);
    near.host_faults(nlohmann::json::array());
    EXPECT_EQ(sale("next").terminal_id, sim::demo_terminal);
    EXPECT_EQ(paid(near), 500);
    EXPECT_EQ(paid(far), 0) << "closed by hand";
}

/// A key of a terminal that is no route, or none any more, and what is one acquirer's by its nature.
TEST_F(RoutedTerminal, ChoosesForNothingThatIsSomebodysAlready) {
    near.host({{"cmd", "terminal"}, {"terminal_id", "TEST0003"}, {"merchant_id", sim::demo_merchant},
        {"tmk", sim::under_test_lmk("payshield", "tmk", sim::test_keys::terminal_master).value()}});
    auto third = near.settings.terminals.front();
    third.terminal_id = "TEST0003";
    near.settings.terminals.push_back(third);
    open();
    const auto sold = opened->at("TEST0003")->trade({ports::trade::sale, "elsewhere", amount(300)}, enough());
    ASSERT_TRUE(sold) << sold.error();
    const auto again = routed->trade({ports::trade::sale, "elsewhere", amount(300)}, enough());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), acquiring_errc::key_reused);
    const auto reused = routed->void_payment({"elsewhere", sold->handle}, enough());
    ASSERT_FALSE(reused);
    EXPECT_EQ(reused.error().code(), acquiring_errc::key_reused) << "whatever is asked for with it";
    const auto undone = routed->void_payment({"undo", sold->handle}, enough());
    ASSERT_FALSE(undone) << "it is of none of the routes";
    EXPECT_EQ(undone.error().code(), acquiring_errc::no_original);
    acquiring::trade_request told(ports::trade::offline_settlement, "told", amount(300));
    told.authorization = "123456";
    const auto by_telephone = routed->trade(told, enough());
    ASSERT_FALSE(by_telephone);
    EXPECT_EQ(by_telephone.error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(paid(near), 300);
    EXPECT_EQ(paid(far), 0);
}

/// However many ask with one key at once, one of the hosts gets one payment.
TEST_F(RoutedTerminal, GivesOneKeyOnePayment) {
    for (auto& one : near.settings.terminals)
        one.queue = true;
    open();
    auto beside = routed_terminal::open(*opened, enough()).value();
    ASSERT_TRUE(beside.pin("far"));
    std::array both{&*routed, &beside};
    std::atomic<int> fresh{0};
    {
        std::vector<std::jthread> all;
        for (std::size_t i = 0; i < 8; ++i) {
            all.emplace_back([&, at = both[i % 2]] {
                const auto end = at->trade({ports::trade::sale, "one", amount(500)}, enough());
                if (end && end->told == acquiring::told::fresh) ++fresh;
                if (!end) {
                    EXPECT_EQ(end.error().code(), acquiring_errc::busy) << end.error();
                }
            });
        }
    }
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(paid(near) + paid(far), 500);
}

TEST_F(RoutedTerminal, IsRefusedWithSettingsThatCannotBe) {
    const auto refused = [&](const till_settings& all) { return std::string(all.validate().error().field()); };
    auto all = near.settings;
    EXPECT_TRUE(all.validate()) << all.validate().error();
    all.terminals.back().host_name = "nowhere";
    EXPECT_EQ(refused(all), "terminal.host");
    all = near.settings;
    all.terminals.back().host_name = "near";
    EXPECT_EQ(refused(all), "terminal.host") << "nothing is sent to the other one";
    all.terminals.push_back(near.settings.terminals.back());
    all.terminals.back().terminal_id = "TEST0003";
    EXPECT_EQ(refused(all), "routing.terminals") << "two that are chosen among have one host";
    all = near.settings;
    all.routing = {};
    EXPECT_EQ(refused(all), "routing.terminals") << "fees of what is not chosen among";
    all = near.settings;
    all.other_hosts.front().name = "near";
    EXPECT_EQ(refused(all), "host.name");
    all = near.settings;
    all.routing.terminals = {std::string(sim::demo_terminal)};
    EXPECT_EQ(refused(all), "routing.terminals");
    all = near.settings;
    all.journal.store = "postgresql://shop.example/till";
    EXPECT_EQ(refused(all), "routing.terminals");
    const auto read = parse_till("[[host]]\nname = \"near\"\naddress = \"127.0.0.1:1\"\nfee_ppm = 3000\n"
                                 "[[host]]\nname = \"far\"\naddress = \"127.0.0.1:2\"\ntpdu = \"6000040000\"\n"
                                 "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                 "[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000002\"\nhost = \"far\"\n"
                                 "[routing]\nterminals = [\"TEST0001\", \"TEST0002\"]\nfailures_down = 2\n"
                                 "[sealer]\nkey_file = \"tmk.key\"\n");
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->host.fee_ppm, 3000U);
    EXPECT_EQ(read->host_of(read->terminals[1])->address, "127.0.0.1:2");
    EXPECT_EQ(read->terminals[0].host.tpdu, acquiring::host_settings().tpdu);
    EXPECT_EQ(read->terminals[1].host.tpdu, "6000040000");
    EXPECT_EQ(read->routing.how.failures_down, 2U);
    const auto broken = parse_till("[[host]]\nname = \"near\"\naddress = \"127.0.0.1:1\"\n"
                                   "[[host]]\nname = \"far\"\naddress = \"127.0.0.1:2\"\nhttp_path = \"x\"\n"
                                   "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                   "[sealer]\nkey_file = \"tmk.key\"\n");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().field(), "host.http_path");
    EXPECT_EQ(broken.error().offset(), 7U) << broken.error();
}

} // namespace
} // namespace cipherlane::tests
