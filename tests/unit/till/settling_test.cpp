// That a batch is settled: what reminds of it, and the till that does it by itself.
#include "background_thread.hpp"
#include "settlement_desk.hpp"
#include "shop.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/settlement_reminder.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

namespace cipherlane::tests {
namespace {

class Settling : public Shop {};

TEST(SettlementReminder, IsDueAtTheFirstSuchHourAfterTheFirstPayment) {
    using std::chrono::sys_days;
    using namespace std::chrono;
    const auto day = sys_days(year{2026} / 11 / 30);
    const auto china = [&](hours h, minutes m) { return day + h + m - 8h; };
    EXPECT_EQ(acquiring::settlement_due(china(9h, 0min), 23h), china(23h, 0min));
    EXPECT_EQ(acquiring::settlement_due(china(23h, 0min), 23h), china(47h, 0min)) << "not at once";
    EXPECT_EQ(acquiring::settlement_due(china(23h, 30min), 23h), china(47h, 0min));
    EXPECT_EQ(acquiring::settlement_due(china(1h, 0min), 2h), china(2h, 0min));
    EXPECT_EQ(acquiring::time_of_day("23:59"), 23h + 59min);
    for (const char* wrong : {"", "24:00", "23:60", "9:00", "09-00", "ab:cd"})
        EXPECT_FALSE(acquiring::time_of_day(wrong)) << wrong;
}

TEST_F(Settling, RemindsOfTheSettlementInEveryAnswerUntilItIsDone) {
    settings.terminals.front().settlement.remind_at = "23:00";
    const auto overdue = [&] {
        const auto alerts = rig.seen.alerts();
        return std::count_if(alerts.begin(), alerts.end(),
            [](const auto& one) { return one.kind == acquiring::alert_kind::settlement_overdue; });
    };
    auto till = open();
    const auto first = till.sale({"a", amount(100)}, soon()).value();
    EXPECT_FALSE(first.settlement_overdue);
    EXPECT_FALSE(till.status(soon())->settlement_overdue);
    rig.clock.time += 24h;
    EXPECT_TRUE(till.status(soon())->settlement_overdue);
    EXPECT_TRUE(till.sale({"b", amount(100)}, soon())->settlement_overdue);
    EXPECT_TRUE(till.sale({"c", amount(100)}, soon())->settlement_overdue);
    EXPECT_EQ(overdue(), 1) << "one alert for a batch";
    ASSERT_TRUE(till.settle(soon()));
    EXPECT_FALSE(till.sale({"d", amount(100)}, soon())->settlement_overdue);
    EXPECT_FALSE(till.status(soon())->settlement_overdue);
}

/// What the till has done and could not tell the host yet is to be settled, too.
TEST_F(Settling, RemindsOfABatchOfStoredPaymentsAlone) {
    settings.terminals.front().settlement.remind_at = "23:00";
    auto till = open();
    const auto held = till.trade({ports::trade::pre_auth, "room", amount(5000)}, soon()).value();
    ASSERT_TRUE(till.settle(soon()));
    rig.host.mood.answer_lost = true;
    const auto stored = till.trade({ports::trade::completion_advice, "bill", amount(1000), held.handle}, soon());
    ASSERT_TRUE(stored) << stored.error();
    ASSERT_EQ(stored->outcome, verdict::stored);
    EXPECT_FALSE(stored->settlement_overdue);
    rig.clock.time += 24h;
    EXPECT_TRUE(till.status(soon())->settlement_overdue);
}

/// What runs on a thread of its own, and is let go by whom it calls there.
struct looked_after {
    explicit looked_after(std::shared_ptr<std::promise<bool>> tell)
        : gone(std::move(tell)) {}
    looked_after(const looked_after&) = delete;
    looked_after& operator=(const looked_after&) = delete;
    ~looked_after() { gone->set_value(thread.is_this_thread()); }
    const std::shared_ptr<std::promise<bool>> gone;
    assembly::background_thread thread;
};

TEST(BackgroundThread, EndsBehindAnOwnerThatIsLetGoOnIt) {
    const auto gone = std::make_shared<std::promise<bool>>();
    auto told = gone->get_future();
    auto* const one = std::make_unique<looked_after>(gone).release();
    std::promise<void> started; // nobody is let go before it is all there
    const auto ready = started.get_future().share();
    one->thread.start([one, gone, ready](const std::stop_token& stop) {
        ready.wait();
        one->thread.end_with(std::unique_ptr<looked_after>(one));
        EXPECT_TRUE(stop.stop_requested());
        EXPECT_EQ(one->gone, gone) << "it is there until the look has ended";
        return monotonic_clock::now();
    });
    started.set_value();
    ASSERT_EQ(told.wait_for(60s), std::future_status::ready);
    EXPECT_TRUE(told.get()) << "nobody else waits for it";
}

TEST(BackgroundThread, EndsAtOnceWhateverALookThrows) {
    const auto gone = std::make_shared<std::promise<bool>>();
    std::promise<void> looked;
    auto one = std::make_unique<looked_after>(gone);
    one->thread.start([&](const std::stop_token&) -> monotonic_clock::time_point {
        looked.set_value();
        throw std::runtime_error("a full disk");
    });
    ASSERT_EQ(looked.get_future().wait_for(60s), std::future_status::ready);
    const auto begun = monotonic_clock::now();
    one.reset();
    EXPECT_LT(monotonic_clock::now() - begun, 30s) << "not after its pause";
    EXPECT_FALSE(gone->get_future().get());
}

/// The scheduler looked at by hand, over the rig's own lane.
class SettlementAtItsTime : public testing::Test {
  protected:
    /// Its application has asked what the last run left.
    void begin() {
        watch();
        ASSERT_TRUE(rig.recover());
    }
    void watch() {
        assembly::settlement_desk::hearers told;
        told.settled = [this](const std::string&, const acquiring::settlement_report& what) {
            settled.push_back(what.batch);
        };
        told.overdue = [this](const ports::journal_record& about) { overdue.push_back(about.batch); };
        desk.emplace(*rig.journal, rig.clock, std::move(told), logger::none());
        desk->add({rig.settings.terminal_id, rig.settings.merchant_id, 23h, &rig.lane()});
    }
    void sell(const std::string& key, std::int64_t minor) {
        const auto paid = rig.sell(key, minor);
        ASSERT_TRUE(paid && paid->ok());
        ASSERT_TRUE(rig.lane().acknowledge(paid->handle, soon()));
    }
    /// How many requests of a type have left: it stands behind TPDU and header, in BCD.
    [[nodiscard]] std::size_t sent(std::uint8_t high, std::uint8_t low = 0) const {
        return static_cast<std::size_t>(std::count_if(rig.host.requests.begin(), rig.host.requests.end(),
            [&](const bytes& one) { return one.size() > 12 && one[11] == high && one[12] == low; }));
    }

    lane_rig rig;
    std::optional<assembly::settlement_desk> desk;
    std::vector<std::uint32_t> settled;
    std::vector<std::uint32_t> overdue;
};

TEST_F(SettlementAtItsTime, SettlesEachBatchOnceAndNoneWithoutPayments) {
    begin();
    rig.clock.time += 24h;
    desk->look({});
    EXPECT_TRUE(settled.empty()) << "nothing was paid";
    sell("a", 100);
    desk->look({});
    EXPECT_TRUE(settled.empty()) << "its hour has not come";
    rig.clock.time += 24h;
    desk->look({});
    desk->look({});
    ASSERT_EQ(settled.size(), 1U);
    EXPECT_EQ(sent(0x05), 1U);
    // What somebody has settled in good time is not settled again.
    sell("b", 100);
    ASSERT_TRUE(rig.settle());
    rig.clock.time += 24h;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U);
    EXPECT_EQ(sent(0x05), 2U);
}

TEST_F(SettlementAtItsTime, LeavesABatchAloneThatSomebodyHasSettledMeanwhile) {
    begin();
    sell("a", 100);
    const auto before = rig.journal->terminal(rig.settings.terminal_id, soon())->batch;
    ASSERT_TRUE(rig.settle());
    acquiring::settlement_request late;
    late.by = acquiring::settling::by_its_time;
    late.only_batch = before;
    const auto end = acquiring::settlement(rig.lane()).run(late, soon());
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(sent(0x05), 1U);
}

TEST_F(SettlementAtItsTime, BeginsNothingWhereTheHostIsSilentAndTellsOnce) {
    begin();
    sell("a", 100);
    rig.clock.time += 24h;
    rig.host.mood.answer_lost = true;
    desk->look({});
    EXPECT_TRUE(settled.empty());
    EXPECT_EQ(overdue.size(), 1U);
    EXPECT_EQ(sent(0x05), 0U);
    EXPECT_EQ(rig.journal->settlement(rig.settings.terminal_id, soon())->step, ports::settlement_step::none);
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto other = rig.sell_by_code("b", 200);
    ASSERT_TRUE(other && other->ok()) << "other payments go on";
    ASSERT_TRUE(rig.lane().acknowledge(other->handle, soon()));
    const auto asked = rig.host.requests.size();
    desk->look({});
    EXPECT_EQ(rig.host.requests.size(), asked) << "not again at once";
    rig.clock.time += 1min;
    desk->look({});
    EXPECT_EQ(rig.host.requests.size(), asked + 1);
    EXPECT_EQ(overdue.size(), 1U) << "one alert for a batch";
    rig.host.mood.answer_lost = false;
    rig.clock.time += 2min;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U);
}

TEST_F(SettlementAtItsTime, GoesOnWithWhatItHasBegun) {
    begin();
    sell("a", 100);
    rig.clock.time += 24h;
    rig.host.mood.upload_code = "96";
    rig.host.mood.settles = [](iso8583::settlement_totals& told) { told.domestic.debit_amount = 1; };
    desk->look({});
    EXPECT_TRUE(settled.empty());
    EXPECT_EQ(overdue.size(), 1U);
    EXPECT_EQ(sent(0x05), 1U);
    rig.host.mood.upload_code = "00";
    rig.clock.time += 1min;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U);
    EXPECT_EQ(sent(0x05), 1U) << "the totals were told";
}

/// A battery that is empty, a hand that errs: a batch is settled in time by what the clock says then.
TEST_F(SettlementAtItsTime, AClockThatIsSetCostsNoSettlement) {
    begin();
    sell("a", 100);
    rig.clock.time -= 365 * 24h;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U) << "nobody can say how long it was open";
    EXPECT_FALSE(acquiring::settlement_overdue(*rig.journal, rig.settings, rig.clock, soon()).value());
    sell("b", 100);
    desk->look({});
    EXPECT_EQ(settled.size(), 1U) << "the next one has its hour";
    rig.clock.time += 365 * 24h;
    rig.host.mood.answer_lost = true;
    desk->look({});
    EXPECT_EQ(overdue.size(), 1U);
    rig.host.mood.answer_lost = false;
    rig.clock.time -= 365 * 24h;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U) << "its hour has not come";
    rig.clock.time += 24h;
    desk->look({});
    EXPECT_EQ(settled.size(), 2U) << "tried at once, not in a year";
}

/// A payment was approved and the till was killed before it said so. Settled before anybody asks, it would count as
/// told, and be rung up again.
TEST_F(SettlementAtItsTime, WaitsUntilWhatWasTakenHasBeenTold) {
    ASSERT_TRUE(rig.sell("a", 100)->ok());
    rig.restart();
    rig.clock.time += 24h;
    const auto requests = rig.host.requests.size();
    watch();
    desk->look({});
    EXPECT_EQ(rig.host.requests.size(), requests) << "nothing leaves before somebody asks";
    EXPECT_TRUE(overdue.empty()) << "who has just come has a moment";
    const auto left = rig.recover().value();
    ASSERT_EQ(left.size(), 1U);
    rig.clock.time += 1min;
    desk->look({});
    EXPECT_EQ(sent(0x05), 0U) << "it may not have been told yet";
    EXPECT_EQ(overdue.size(), 1U);
    ASSERT_TRUE(rig.lane().acknowledge(left[0].handle, soon()));
    desk->look({});
    EXPECT_EQ(settled.size(), 1U);
}

/// What moved no money holds nothing up: nobody would ask for it again to harm.
TEST_F(SettlementAtItsTime, DoesNotWaitForWhatMovedNothing) {
    begin();
    sell("a", 100);
    rig.host.mood.code = "51";
    ASSERT_FALSE(rig.sell("b", 100)->ok());
    rig.host.mood = host_mood();
    rig.clock.time += 24h;
    desk->look({});
    EXPECT_EQ(settled.size(), 1U);
}

/// A reservation has no money in the totals.
TEST_F(SettlementAtItsTime, LeavesABatchOfReservationsAlone) {
    begin();
    const auto held = acquiring::trade(rig.lane()).run({ports::trade::pre_auth, "room", amount(5000)}, soon());
    ASSERT_TRUE(held && held->ok());
    ASSERT_TRUE(rig.lane().acknowledge(held->handle, soon()));
    rig.clock.time += 24h;
    EXPECT_FALSE(acquiring::settlement_overdue(*rig.journal, rig.settings, rig.clock, soon()).value());
    desk->look({});
    EXPECT_TRUE(settled.empty());
    EXPECT_EQ(sent(0x05), 0U);
}

/// With its own thread, and with nobody on duty.
TEST_F(Settling, SettlesByItselfAtItsHour) {
    employ();
    settings.terminals.front().settlement.remind_at = "23:00";
    settings.settlement.by_itself = true;
    {
        auto till = open();
        ASSERT_TRUE(till.sign_on("07", secret_of("1234"), soon()));
        const auto paid = till.sale({"a", amount(100)}, soon());
        ASSERT_TRUE(paid && paid->ok());
        ASSERT_TRUE(till.acknowledge(*paid, soon()));
    }
    rig.clock.time += 24h;
    auto till = open(); // it looks when it begins, and then every quarter of a minute
    ASSERT_TRUE(till.recover(soon()));
    for (int i = 0; i < 6'000 && till.status(soon())->settlement_overdue; ++i)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(sent_totals(), 1);
    EXPECT_FALSE(till.status(soon())->settlement_overdue);
}

} // namespace
} // namespace cipherlane::tests
