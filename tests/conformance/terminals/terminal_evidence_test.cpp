// MIS-POS and ECR17 terminals whose host may know more than they do: what is no proof is left to a person, and what
// is with the host is seen to its end.
#include "terminal-sim/terminal_model.hpp"
#include "terminal_day.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_frame.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stop_token>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using acquiring::alert_kind;
using acquiring::verdict;
using ports::trade;
using tests::day;
using tests::mishap;
using tests::raised;
using tests::terminal_case_of;

result<bytes> silence(const call& /*bounds*/) {
    return error(make_error_code(drivers::drivers_errc::no_answer), layer::drivers);
}

bytes any_answer() {
    return {0x60, 0x00, 0x03};
}

tests::terminal_case described(std::string file) {
    auto made = terminal_case_of("mispos_tcp");
    made.description = std::move(file);
    return made;
}

/// The terminal has said that the bank was silent: that it has stored nothing proves nothing, however old it is and
/// whichever run of the till asks.
TEST(TerminalEvidence, ASilentBankIsNoRefusal) {
    day today(terminal_case_of("mispos_tcp"));
    ASSERT_TRUE(today.run(trade::sale, "before", 100));
    today.card("6212345678900000017", "98");
    const auto end = today.run(trade::sale, "key", 1234);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << *end;
    EXPECT_EQ(today.record("key")->host_code, "98") << "durable";
    EXPECT_TRUE(today.record("key")->device_unsure);
    EXPECT_FALSE(today.record("before")->device_unsure);
    EXPECT_TRUE(raised(today, alert_kind::terminal_unknown));
    today.world.pause(day::patience());
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
    today.die();
    ASSERT_TRUE(today.recover());
    today.world.pause(day::patience());
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
    EXPECT_EQ(today.record("key")->host_code, "98");
}

/// The same where the terminal's word was lost, too: the till has passed its message on.
TEST(TerminalEvidence, WhatWentToTheHostThroughTheTillIsNoRefusal) {
    day today(terminal_case_of("mispos_serial"));
    ASSERT_TRUE(today.run(trade::sale, "before", 100));
    today.world.host_does(silence);
    today.fault({{"kind", "no_answer"}, {"match", "result"}, {"times", -1}});
    const auto end = today.run(trade::sale, "key", 1234);
    ASSERT_TRUE(end) << end.error();
    today.no_faults();
    ASSERT_TRUE(today.recover());
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
    today.die();
    ASSERT_TRUE(today.recover());
    ASSERT_TRUE(today.recover());
    EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
}

/// The cashier cancels, or the time is up, while the host has the message: its answer goes back to the terminal.
TEST(TerminalEvidence, NothingAbandonsWhatIsWithTheHost) {
    for (const bool cancelled : {true, false}) {
        day today(terminal_case_of("mispos_serial"));
        std::stop_source cashier;
        today.world.host_does([&](const call& bounds) -> result<bytes> {
            if (cancelled) cashier.request_stop();
            EXPECT_FALSE(bounds.stopped());
            EXPECT_GE(bounds.until().left(), 60s) << "the host's own time";
            today.world.pause(call(40s));
            return any_answer();
        });
        const auto end = acquiring::trade(*today.lane)
                             .run({trade::sale, "key", amount(1234, tests::euro)}, call(30s, cashier.get_token()));
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::approved) << *end;
        EXPECT_EQ(today.world.passed().size(), 1U);
        EXPECT_EQ(today.world.model().counted("aborts"), 0U);
    }
}

/// Our ACK is lost and the terminal says it again while the host is silent: that is no second message.
TEST(TerminalEvidence, ARepeatedMessageGoesToASilentHostOnce) {
    bool happened = true;
    for (int at = 0; happened; ++at) {
        const testing::ScopedTrace where(__FILE__, __LINE__, "loss of frame " + std::to_string(at));
        day today(terminal_case_of("mispos_serial"));
        today.world.host_does([&](const call&) {
            today.world.pause(call(20s));
            return silence(call(0s));
        });
        today.world.arm({mishap::kind::lost, at});
        (void)today.run(trade::sale, "key", 1234);
        happened = today.world.happened();
        EXPECT_LE(today.world.passed().size(), 1U);
        if (!happened) {
            EXPECT_EQ(today.world.passed().size(), 1U);
        }
    }
}

/// It answers late, long after its result was waited for: what is not stored yet is not taken for nothing.
TEST(TerminalEvidence, ALateTradeIsFound) {
    for (const auto& [name, host_time] :
        {std::pair("ecr17_tcp", 200s), std::pair("mispos_tcp", 300s), std::pair("zvt_tcp", 200s)}) {
        day today(terminal_case_of(name), host_time);
        // Where a terminal would take back what its till does not hear of, it does not.
        if (terminal_case_of(name).takes_back) today.fault({{"kind", "keeps"}, {"times", -1}});
        const auto charged = [&](const char* key) {
            (void)today.run(trade::sale, key, 1234);
            for (int turn = 0; turn < 3; ++turn) {
                today.world.pause(call(10s));
                EXPECT_TRUE(today.recover());
            }
            return acquiring::to_payment(*today.record(key)).outcome;
        };
        EXPECT_EQ(charged("before"), verdict::unknown) << "nothing had been stored before: a person's";
        today.world.pause(day::patience()); // it ends at the terminal
        const acquiring::decision_request seen(
            today.record("before")->id, acquiring::finding::paid, "seen on the terminal");
        ASSERT_TRUE(acquiring::decision(*today.lane).run(seen, day::patience()));
        EXPECT_EQ(charged("key"), verdict::approved) << name;
    }
}

/// The cable is cut while the terminal is at its host, which goes on. It tells its last transaction meanwhile, which
/// is the older one, and refuses to be told to stop: that is no refusal of the payment.
TEST(TerminalEvidence, ATerminalAtItsHostIsAskedAgain) {
    for (const bool keeps : {true, false}) {
        bool happened = true;
        for (int at = 0; happened; ++at) {
            const testing::ScopedTrace where(__FILE__, __LINE__, "cut after frame " + std::to_string(at));
            day today(terminal_case_of("zvt_tcp"), 6s);
            ASSERT_TRUE(today.run(trade::sale, "before", 7700));
            if (keeps) today.fault({{"kind", "keeps"}, {"times", -1}});
            today.world.arm({mishap::kind::cut_after, at});
            const auto end = today.run(trade::sale, "key", 7700);
            happened = today.world.happened();
            const auto& entries = today.world.model().books().entries();
            const bool stands = entries.size() > 1 && entries.back().now == sim::sim_entry::state::stored;
            if (!end) continue; // nothing had been asked
            EXPECT_EQ(end->outcome, stands ? verdict::approved : verdict::declined) << *end;
        }
    }
}

/// T asks for the sum of the day that is open, and closes nothing: links-2, B.4.
TEST(TerminalSimulator, TellsItsTotalsAndGoesOn) {
    std::string said;
    const sim::surroundings around{[&](const bytes& data) { said += as_text(data); }, // what waits, waits on
        [](std::chrono::milliseconds span, const std::function<void()>& what) {
            if (span.count() == 0) what();
        },
        [] {}};
    const auto terminal = sim::make_terminal_model("ecr17", {}, around);
    const auto ask = [&](const std::string& message) {
        said.clear();
        const auto check = drivers::ecr17_check::message_etx;
        terminal->receive(drivers::ecr17_frame(message, check));
        terminal->receive(drivers::ecr17_control(drivers::ecr17_byte::ack, check));
        return said;
    };
    const std::string totals = "000000000T00000001" + std::string(8, '0');
    EXPECT_NE(ask(totals).find("290010060T000000000000000000000000"), std::string::npos) << said;
    (void)terminal->control({{"cmd", "card"}, {"pan", "6212345678900000017"}});
    EXPECT_NE(ask("000000000X00000001" + std::string("00000") + "00001234" + std::string(136, '0')).find("0E00"),
        std::string::npos)
        << said;
    for (int times = 0; times < 2; ++times)
        EXPECT_NE(ask(totals).find("290010060T000000000000001234000000"), std::string::npos) << said;
}

/// Without a code for it no day can be closed: that is said before trades are held up for it. A day that was being
/// closed when there still was a code may be closed: its trades are not counted into the next one.
TEST(TerminalEvidence, ATerminalThatClosesNoDayHoldsUpNoTrade) {
    day today(described(tests::shipped_description("yisheng")));
    ASSERT_FALSE(today.device->capabilities().settle);
    const auto sold = today.run(trade::sale, "key", 100);
    ASSERT_TRUE(sold) << sold.error();
    EXPECT_EQ(sold->outcome, verdict::approved) << *sold;
    const auto refused = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(condition::unsupported)) << refused.error();
    EXPECT_EQ(today.run(trade::sale, "next", 100)->outcome, verdict::approved);
    ports::settlement_progress stuck;
    stuck.batch = sold->batch;
    stuck.step = ports::settlement_step::totals_sent;
    ASSERT_TRUE(today.journal().save_settlement("TEST0001", stuck, day::patience()));
    EXPECT_FALSE(today.run(trade::sale, "held", 100));
    const auto ended = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_TRUE(ended->resumed);
    EXPECT_EQ(ended->host, acquiring::settlement_result::host_error) << "a person compares";
    EXPECT_EQ(ended->batch, sold->batch);
    EXPECT_EQ(today.run(trade::sale, "free", 100)->outcome, verdict::approved);
}

/// The shipped descriptions ask for no last transaction, since its code is published nowhere: a person finds out.
TEST(TerminalEvidence, WithoutAQuestionForTheLastTransactionAPersonFindsOut) {
    for (const char* name : {"ums", "yisheng"}) {
        day today(described(tests::shipped_description(name)));
        ASSERT_FALSE(today.device->capabilities().tells_last);
        EXPECT_TRUE(today.device->status(day::patience()));
        EXPECT_EQ(today.run(trade::sale, "sale", 100)->outcome, verdict::approved) << name;
        today.fault({{"kind", "cut"}, {"match", "result"}});
        const auto end = today.run(trade::sale, "key", 1234);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::unknown) << *end;
        EXPECT_TRUE(raised(today, alert_kind::terminal_unknown));
        ASSERT_TRUE(today.recover());
        EXPECT_EQ(acquiring::to_payment(*today.record("key")).outcome, verdict::unknown);
    }
}

/// It is off, or nothing that the till says gets through: nothing is asked of it, and nobody has to find out what
/// became of that.
TEST(TerminalEvidence, ATerminalThatIsOffIsToldOfNoPayment) {
    auto off = nlohmann::json::array();
    for (const char* what : {"ack", "status", "result"})
        off.push_back({{"kind", "no_answer"}, {"times", -1}, {"match", what}});
    const auto deaf = nlohmann::json::array({{{"kind", "nak"}, {"times", -1}, {"match", "frame"}}});
    for (const auto& faults : {off, deaf}) {
        const testing::ScopedTrace where(__FILE__, __LINE__, faults.dump());
        day today(described(tests::shipped_description("ums")));
        ASSERT_TRUE(today.run(trade::sale, "before", 100));
        (void)today.world.model().control({{"cmd", "faults"}, {"set", faults}});
        const auto end = today.run(trade::sale, "key", 1234);
        if (end) {
            EXPECT_EQ(end->outcome, verdict::not_sent) << *end;
        }
        EXPECT_EQ(today.world.model().books().entries().size(), 1U);
        today.no_faults();
        const auto next = today.run(trade::sale, "next", 1234);
        ASSERT_TRUE(next) << next.error();
        EXPECT_EQ(next->outcome, verdict::approved) << *next;
    }
}

TEST(TerminalEvidence, ADayOfRefundsHasANegativeSum) {
    day today(terminal_case_of("mispos_tcp"));
    const auto sold = today.run(trade::sale, "sale", 1000);
    ASSERT_TRUE(sold) << sold.error();
    ASSERT_TRUE(acquiring::settlement(*today.lane).run({}, day::patience()));
    ASSERT_TRUE(today.run(trade::device_refund, "back", 400, sold->handle));
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->totals.credit.minor, 400);
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
}

/// The acquirer's code for "busy" says nothing of the day whose answer was lost.
TEST(TerminalEvidence, ABusyCodeLeavesTheDayOpen) {
    day today(described(tests::contract_description("busy = [\"B5\"]\n")));
    ASSERT_TRUE(today.run(trade::sale, "key", 100));
    today.fault({{"kind", "cut"}, {"match", "close"}});
    ASSERT_FALSE(acquiring::settlement(*today.lane).run({}, day::patience()));
    today.fault({{"kind", "busy"}, {"times", 1}});
    const auto busy = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code(), drivers::drivers_errc::at_work) << busy.error();
    EXPECT_EQ(busy.error().peer_code(), "B5");
    today.no_faults();
    const auto settled = acquiring::settlement(*today.lane).run({}, day::patience());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_TRUE(settled->resumed);
    EXPECT_EQ(settled->batch, 1U);
}

} // namespace
} // namespace cipherlane
