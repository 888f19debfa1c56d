// Orders chosen among two gateways over real sockets: what is in doubt stays, the next goes elsewhere.
#include "support/lane/simulated_lane.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/route_hand.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

/// Two gateways that take the same codes: "near" is the cheaper one.
class RoutedGateways : public testing::Test {
  protected:
    RoutedGateways() {
        auto& all = near.settings;
        all.gateway.name = "near";
        all.gateway.fee_ppm = 3000;
        auto other = far.settings.gateway;
        other.name = "far";
        other.fee_ppm = 6000;
        all.more_gateways.push_back(other);
        all.routing.gateways = {"near", "far"};
        all.routing.how.stay = 0ms;
        all.routing.how.first_trial = 400ms;
        all.routing.how.longest_trial = 800ms;
        all.routing.how.trials_up = 1;
        for (auto& terminal : all.terminals)
            terminal.gateway.response_time = 3s; // of those that answer, on a busy machine
        // Whoever is shown a code pays it, at whichever gateway it is.
        near.seen.watch = [this](const acquiring::stage_event& what) {
            if (what.at != acquiring::stage::scanning || !pays) return;
            for (auto* at : {&near, &far})
                for (const auto& one : all_orders(*at))
                    if (one.at("status") == "waiting") at->pay(one.at("order_number"));
        };
    }
    static call enough() { return call(30s); }
    void open() { opened.emplace(near.open()); }
    till::parts parts(logger log) {
        till::parts with;
        with.pinpad = lend(near.reader);
        with.display = lend(near.display);
        with.observer = lend(near.seen);
        with.log = std::move(log);
        return with;
    }
    payment sell(const std::string& key, std::int64_t minor = 500) {
        const auto sold = opened->qr_sale({key, amount(minor)}, enough());
        EXPECT_TRUE(sold) << sold.error();
        return sold ? *sold : payment{};
    }
    payment charge(const std::string& key) {
        acquiring::trade_request wish(ports::trade::qr_charge, key, amount(500));
        wish.payment_code = "28571234567890" + std::to_string(1000 + ++codes);
        const auto charged = opened->trade(wish, enough());
        EXPECT_TRUE(charged) << charged.error();
        return charged ? *charged : payment{};
    }
    static nlohmann::json all_orders(simulated_lane& at) {
        return at.gateway({{"cmd", "orders"}}).at("orders"); // a copy: the answer goes
    }
    /// How many orders a gateway has got.
    static std::size_t orders(simulated_lane& at) { return all_orders(at).size(); }
    static std::int64_t paid(simulated_lane& at) {
        std::int64_t sum = 0;
        for (const auto& one : all_orders(at))
            if (one.at("status") == "paid") sum += one.at("amount").get<std::int64_t>();
        return sum;
    }
    /// Where one is silent: so long it is waited for.
    void wait_briefly() {
        for (auto& terminal : near.settings.terminals)
            terminal.gateway.response_time = 1s;
    }
    void silence_near() {
        near.gateway_faults({{{"kind", "no_answer"}, {"match", "POST"}, {"times", -1}},
            {{"kind", "no_answer"}, {"match", "GET"}, {"times", -1}}});
    }
    route_report route(const std::string& name) {
        const auto all = opened->gateway_routes(enough()).value();
        for (const auto& one : all)
            if (one.host == name) return one;
        return {};
    }

    simulated_lane near;
    simulated_lane far;
    bool pays = true;
    int codes = 0;
    std::optional<till> opened;
};

TEST_F(RoutedGateways, KeepsADoubtfulOrderWhereItIsAndComesBackByATrial) {
    wait_briefly();
    open();
    EXPECT_EQ(sell("before").outcome, verdict::approved);
    EXPECT_EQ(orders(near), 1U) << "the cheaper one";
    silence_near();
    const auto doubt = sell("doubt", 700);
    EXPECT_EQ(doubt.outcome, verdict::unknown);
    EXPECT_FALSE(route("near").state.up) << "at once";
    EXPECT_EQ(route("near").undecided, 1U);
    EXPECT_EQ(sell("next").outcome, verdict::approved) << "what is open at one gateway keeps no other from work";
    EXPECT_EQ(paid(far), 500);
    EXPECT_EQ(sell("doubt", 700).handle, doubt.handle) << "its key stays there";
    EXPECT_EQ(orders(far), 1U) << "and is tried nowhere else";

    near.gateway_faults(nlohmann::json::array());
    int later = 0;
    while (!route("near").state.up && later < 500)
        EXPECT_EQ(sell("later" + std::to_string(++later), 1).outcome, verdict::approved);
    ASSERT_TRUE(route("near").state.up) << "a trial has brought it back";
    EXPECT_NE(opened->lookup("doubt", enough()).value()->outcome, verdict::unknown)
        << "the trial has asked first what had become of it";
    const auto at_far = orders(far);
    EXPECT_EQ(sell("after").outcome, verdict::approved);
    EXPECT_EQ(orders(far), at_far);
}

TEST_F(RoutedGateways, PassesOverAGatewayThatCannotBeReached) {
    near.settings.gateway.address = "127.0.0.1:1";
    open();
    EXPECT_EQ(sell("one").outcome, verdict::approved) << "under the same key, as nothing had left";
    EXPECT_EQ(orders(far), 1U);
    EXPECT_FALSE(route("near").state.up);
    EXPECT_EQ(route("near").undecided, 0U);
    const auto again = sell("one");
    EXPECT_EQ(again.told, acquiring::told::recorded);
    EXPECT_EQ(charge("two").outcome, verdict::approved) << "the payer's own code, too";
    const auto back = opened->refund({"back", again.handle, amount(200)}, enough());
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::approved) << "where its payment is";
}

/// What a gateway has done lately is read from the journal at the start.
TEST_F(RoutedGateways, BeginWithWhatIsExpectedWhereARecordOfLongAgoIsDamaged) {
    open();
    EXPECT_EQ(sell("whole-record").outcome, verdict::approved);
    opened.reset();
    const auto& file = near.settings.journal.file;
    auto bytes = whole_file(file);
    std::size_t found = 0;
    for (auto at = bytes.find("whole-record"); at != std::string::npos; at = bytes.find("whole-record", at)) {
        bytes.replace(at, 5, "spoil");
        ++found;
    }
    ASSERT_GT(found, 0U);
    std::ofstream(file, std::ios::binary) << bytes;
    open();
    EXPECT_EQ(sell("next").outcome, verdict::approved);
    EXPECT_EQ(orders(near), 2U);
}

/// Services and other languages ask so.
TEST_F(RoutedGateways, ChoosesForAsynchronousCallsToo) {
    near.settings.gateway.address = "127.0.0.1:1";
    open();
    acquiring::trade_request wish(ports::trade::qr_sale, "one", amount(500));
    auto told = opened->async_trade(wish, enough(), boost::asio::use_future);
    const auto end = told.get();
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(orders(far), 1U);
    ASSERT_TRUE(route_hand::of(near.settings)->close("far"));
    ASSERT_TRUE(route_hand::of(near.settings)->close("near"));
    const auto none = opened->async_qr_sale({"two", amount(500)}, enough(), boost::asio::use_future).get();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), till_errc::no_route);
}

TEST_F(RoutedGateways, GoesWhereSomebodySaysSoOverARestart) {
    near.settings.routing.how.first_trial = near.settings.routing.how.longest_trial = 1h;
    wait_briefly();
    open();
    const auto hand = route_hand::of(near.settings).value(); // as another process says it
    ASSERT_TRUE(hand.pin("far"));
    EXPECT_EQ(sell("one").outcome, verdict::approved);
    EXPECT_EQ(orders(far), 1U);
    EXPECT_TRUE(route("far").pinned);
    ASSERT_TRUE(hand.pin({}));
    EXPECT_EQ(sell("two").outcome, verdict::approved);
    EXPECT_EQ(orders(near), 1U);
    silence_near();
    EXPECT_EQ(sell("doubt").outcome, verdict::unknown);
    opened.reset();
    open();
    EXPECT_FALSE(route("near").state.up) << "what is open there is on file";
    EXPECT_EQ(route("far").state.payments, 1U) << "and so is what was served";
    near.gateway_faults(nlohmann::json::array());
    EXPECT_EQ(sell("three").outcome, verdict::approved);
    EXPECT_EQ(orders(far), 2U);
    ASSERT_TRUE(hand.close("near"));
    ASSERT_TRUE(hand.close("far"));
    const auto none = opened->qr_sale({"none", amount(5)}, enough());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), till_errc::no_route);
    acquiring::qr_sale_request named("none", amount(5));
    named.gateway = "near";
    ASSERT_TRUE(opened->qr_sale(named, enough())) << "whoever names one has chosen";
    EXPECT_EQ(hand.pin("nowhere").error().code(), till_errc::no_route);
}

/// Nobody orders anything there any more.
TEST_F(RoutedGateways, AskWhatBecameOfAnOrderInDoubtWhereOneIsClosedByHand) {
    wait_briefly();
    open();
    silence_near();
    const auto doubt = sell("doubt");
    EXPECT_EQ(doubt.outcome, verdict::unknown);
    ASSERT_TRUE(route_hand::of(near.settings)->close("near"));
    std::this_thread::sleep_for(1s); // it may be asked meanwhile, and says nothing
    EXPECT_EQ(opened->lookup("doubt", enough()).value()->outcome, verdict::unknown);
    EXPECT_EQ(sell("next").outcome, verdict::approved) << "at the other one";
    near.gateway_faults(nlohmann::json::array());
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!opened->lookup("doubt", enough()).value()->decided() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(50ms);
    EXPECT_EQ(opened->lookup("doubt", enough()).value()->outcome, verdict::declined) << "closed, as nobody had paid";
    EXPECT_EQ(route("near").undecided, 0U);
    for (const auto& one : all_orders(near))
        EXPECT_NE(one.at("status"), "waiting");
}

/// What nobody waits for costs nobody the time that a silent gateway takes, and no screen shows it.
TEST_F(RoutedGateways, AskASilentOneOnlyUntilACustomerComes) {
    near.settings.routing.how.first_trial = 200ms;
    for (auto& terminal : near.settings.terminals) {
        terminal.gateway.response_time = 20s;
        terminal.qr.closing_tries = 1;
    }
    open();
    near.gateway_faults({{{"kind", "server_error"}, {"match", "POST"}, {"times", -1}},
        {{"kind", "server_error"}, {"match", "GET"}, {"times", -1}}});
    EXPECT_EQ(sell("doubt").outcome, verdict::unknown);
    silence_near();
    const auto told = near.seen.stages().size();
    const auto count = [](const auto& all, const auto& is) { return std::count_if(all.begin(), all.end(), is); };
    const auto unknowns = [&] {
        return count(
            near.seen.alerts(), [](const auto& one) { return one.kind == acquiring::alert_kind::order_unknown; });
    };
    const auto questions = [&] {
        return count(near.seen.entries(), [](const auto& one) { return one.what == "cancel order"; });
    };
    const auto asked = questions();
    for (int round = 0; round < 2; ++round) {
        std::this_thread::sleep_for(1s); // it is being asked, most of that time
        const auto begun = std::chrono::steady_clock::now();
        const auto sold = opened->sale({"card" + std::to_string(round), amount(500)}, enough());
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_EQ(sold->outcome, verdict::approved);
        EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s) << "not as long as it is silent";
    }
    EXPECT_GT(questions(), asked);
    for (auto i = told; i < near.seen.stages().size(); ++i)
        EXPECT_EQ(near.seen.stages()[i].key.substr(0, 4), "card") << to_string(near.seen.stages()[i].at);
    EXPECT_EQ(unknowns(), 1) << "it was raised with its order";
    const auto closing = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(1s);
    opened.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - closing, 11s) << "nor is it waited for at the end";
}

/// The till's own thread tells it, and cannot wait for itself.
TEST_F(RoutedGateways, MayBeClosedByWhoeverHearsWhatTheTillHasAskedByItself) {
    wait_briefly();
    near.settings.routing.how.first_trial = 200ms;
    std::promise<void> heard;
    std::atomic<bool> armed{false};
    const logger log(log_level::info, [&](log_level, std::string_view, std::string_view line) {
        if (line.find("was in doubt") == std::string_view::npos || !armed.exchange(false)) return;
        opened.reset();
        heard.set_value();
    });
    auto with_ears = [&] { return till::open(near.settings, parts(log), enough()); };
    opened.emplace(with_ears().value());
    silence_near();
    EXPECT_EQ(sell("doubt").outcome, verdict::unknown);
    armed = true;
    near.gateway_faults(nlohmann::json::array());
    ASSERT_EQ(heard.get_future().wait_for(60s), std::future_status::ready);
    const auto end = std::chrono::steady_clock::now() + 30s;
    auto again = with_ears(); // its end comes behind whoever has heard
    for (; !again && std::chrono::steady_clock::now() < end; again = with_ears())
        std::this_thread::sleep_for(20ms);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->lookup("doubt", enough()).value()->outcome, verdict::declined);
}

/// While no flow is there to hear of it.
TEST_F(RoutedGateways, AreNotGoneOnAmongOnceTheCallerHasStoppedIt) {
    near.settings.gateway.address = "127.0.0.1:1";
    open();
    boost::asio::io_context here; // what comes of the first one waits until it is run
    boost::asio::cancellation_signal cancel;
    std::optional<result<payment>> told;
    opened->async_trade(acquiring::trade_request(ports::trade::qr_sale, "one", amount(500)), enough(),
        boost::asio::bind_cancellation_slot(
            cancel.slot(), boost::asio::bind_executor(here, [&](result<payment> end) { told = std::move(end); })));
    const auto end = std::chrono::steady_clock::now() + 30s;
    const auto has_ended = [&] {
        const auto found = opened->lookup("one", enough()).value();
        return found && found->outcome == verdict::not_sent;
    };
    while (!has_ended() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(10ms);
    ASSERT_TRUE(has_ended());
    cancel.emit(boost::asio::cancellation_type::terminal);
    here.run();
    ASSERT_TRUE(told);
    EXPECT_FALSE(*told) << **told;
    EXPECT_EQ(orders(far), 0U) << "the other one has not been asked";
    EXPECT_EQ(sell("two").outcome, verdict::approved) << "which it could have been";
}

/// A payer's code goes to none that does not take it, whatever it would cost.
TEST_F(RoutedGateways, TakesAPayersCodeWhereItIsTaken) {
    near.settings.gateway.takes = {"wechat"};
    near.settings.more_gateways.front().takes = {"wechat", "alipay"};
    open();
    EXPECT_EQ(charge("alipay").outcome, verdict::approved);
    EXPECT_EQ(orders(far), 1U);
    ASSERT_TRUE(route_hand::of(near.settings)->pin("near"));
    EXPECT_EQ(charge("alipay too").outcome, verdict::approved) << "said of what that one takes";
    EXPECT_EQ(orders(far), 2U);
    EXPECT_EQ(sell("shown").outcome, verdict::approved);
    EXPECT_EQ(orders(near), 1U);
}

TEST_F(RoutedGateways, AreJudgedByTheirOwnTerms) {
    near.settings.rules.file = near.folder.file("rules.toml");
    std::ofstream(near.settings.rules.file)
        << "[[rule]]\nname = \"no prepaid\"\nsource = \"the contract\"\nsince = \"2018-04-01\"\nkind = \"code "
           "funding\"\naction = \"refuse\"\nfunding = [\"debit\"]\n"
           "[[rule]]\nname = \"grade C\"\nsource = \"the law\"\nsince = \"2018-04-01\"\nkind = \"payer "
           "grade\"\ngrade = \"C\"\naction = \"refuse\"\nday = 100000\n"
           "[[rule]]\nname = \"credit\"\nsource = \"the order\"\nsince = \"2018-04-01\"\nkind = \"order "
           "credit\"\naction = \"refuse\"\n";
    near.settings.gateway.pays = payment_funds::prepaid;
    near.settings.rules.code_funding = payment_funds::debit;
    near.settings.more_gateways.front().payer_grade = payer_grades::c;
    open();
    const auto refused = [&](const char* gateway, std::int64_t minor) {
        acquiring::qr_sale_request wish("a key", amount(minor));
        wish.gateway = gateway;
        const auto end = opened->qr_sale(wish, enough());
        return end ? std::string() : std::string(end.error().field());
    };
    EXPECT_EQ(refused("near", 500), "no prepaid");
    EXPECT_EQ(refused("far", 100'001), "grade C");
    EXPECT_EQ(orders(near) + orders(far), 0U) << "nothing has left";
    EXPECT_EQ(refused("far", 100'000), "");
    opened.reset();
    near.settings.more_gateways.front().pays = payment_funds::credit;
    near.settings.more_gateways.front().takes_credit = false;
    std::ofstream(near.settings.rules.file)
        << "[[rule]]\nname = \"credit\"\nsource = \"the order\"\nsince = \"2018-04-01\"\nkind = \"order "
           "credit\"\naction = \"refuse\"\n";
    open();
    acquiring::qr_sale_request wish("on credit", amount(500));
    wish.gateway = "far";
    EXPECT_EQ(opened->qr_sale(wish, enough()).error().field(), "credit");
    opened.reset();
    near.settings.gateway.pays = payment_funds::credit;
    open();
    wish.gateway = "near";
    EXPECT_TRUE(opened->qr_sale(wish, enough())) << "it takes credit";
    acquiring::qr_sale_request without("no credit", amount(500));
    without.gateway = "near";
    without.funds = ports::order_funds::no_credit;
    EXPECT_EQ(opened->qr_sale(without, enough()).error().field(), "credit") << "and this order allows none";
    without.gateway.clear();
    near.settings.gateway.pays = near.settings.more_gateways.front().pays = payment_funds::unknown;
    near.settings.more_gateways.front().takes_credit = true;
    near.settings.more_gateways.front().payer_grade = payer_grades::unknown;
    near.settings.rules = {};
    opened.reset();
    open();
    EXPECT_TRUE(opened->qr_sale(without, enough()));
    const auto all = all_orders(near);
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& one) { return one.at("credit") == false; }), 1)
        << "the gateway keeps it out";
}

TEST_F(RoutedGateways, AreRefusedWithSettingsThatCannotBe) {
    const auto refused = [&](const till_settings& all) { return std::string(all.validate().error().field()); };
    auto all = near.settings;
    EXPECT_TRUE(all.validate()) << all.validate().error();
    all.routing.gateways = {"near"};
    EXPECT_EQ(refused(all), "routing.gateways");
    all.routing.gateways = {"near", "nowhere"};
    EXPECT_EQ(refused(all), "routing.gateways");
    all.routing.gateways = {"near", "near"};
    EXPECT_EQ(refused(all), "routing.gateways");
    all.routing = {};
    EXPECT_EQ(refused(all), "routing.gateways") << "fees of what is not chosen among";
    all.gateway.fee_ppm = all.more_gateways.front().fee_ppm = 0;
    EXPECT_EQ(refused(all), "gateway.takes") << "two that take the rest, unless they are chosen among";
    all = near.settings;
    all.gateway.pays = payment_funds::debit;
    EXPECT_EQ(refused(all), "rules.file") << "terms that nobody looks at";
    const auto read = parse_till("[[gateway]]\naddress = \"127.0.0.1:1\"\nname = \"near\"\nfee_ppm = 3000\nfee_minor "
                                 "= 2\npays = \"prepaid\"\npayer_grade = \"B\"\ntakes_credit = false\n"
                                 "[[gateway]]\naddress = \"127.0.0.1:2\"\nname = \"far\"\n"
                                 "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                 "[routing]\ngateways = [\"near\", \"far\"]\n[rules]\nfile = \"rules.toml\"\n");
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->gateway.fee_ppm, 3000U);
    EXPECT_EQ(read->gateway.fee_minor, 2);
    EXPECT_EQ(read->gateway.payer_grade, payer_grades::b);
    EXPECT_FALSE(read->gateway.takes_credit);
    EXPECT_EQ(read->routing.gateways, (std::vector<std::string>{"near", "far"}));
}

} // namespace
} // namespace cipherlane::tests
