// Verdicts need evidence: what the till says is what an answer proves, and all else is unknown until somebody
// decides.

#include "support/lane/forward_clock.hpp"
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using acquiring::alert_kind;
using acquiring::verdict;
using ports::record_state;
using namespace std::chrono_literals;

bool raised(const lane_rig& rig, alert_kind kind) {
    const auto all = rig.seen.alerts();
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.kind == kind; });
}

/// A front that sends everything twice: the host does the first copy, and the till hears the answer to the second.
void answer_the_second_copy(lane_rig& rig) {
    rig.host.watch = [&rig](const iso8583::message_view& view) {
        if (view.mti() != "0200") return;
        auto& books = rig.books;
        books.trades[books.trade_count++] = {
            1, static_cast<std::uint32_t>(std::stoul(view.value(11))), std::stoll(view.value(4)), 0, 'S', 'A'};
    };
}

TEST(Evidence, AFreshTraceThatIsADuplicateIsNotDeclined) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    answer_the_second_copy(rig);
    const auto end = rig.sell("order", 1800);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed) << "the card was charged: it is undone, and proven so";
    EXPECT_EQ(rig.books.taken(), 0);

    lane_rig silent; // where the reversal is not answered it is unknown, never declined
    ASSERT_TRUE(silent.sign_in());
    answer_the_second_copy(silent);
    silent.host.mood.reversal_code = "96";
    const auto open = silent.sell("order", 1800);
    ASSERT_TRUE(open) << open.error();
    EXPECT_EQ(open->outcome, verdict::unknown);
    ASSERT_TRUE(open->why);
    EXPECT_EQ(open->why->code(), acquiring_errc::not_decided);
    EXPECT_EQ(open->why->peer_code(), "94");
}

TEST(Evidence, ACodeThatProvesNothingOfASaleIsReversed) {
    for (const char* code : {"68", "96", "98"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.code = code;
        std::string reason;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0400") reason = view.value(39);
        };
        const auto end = rig.sell("order", 500);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::reversed) << code;
        EXPECT_EQ(reason, "98") << code;
        EXPECT_EQ(end->reason(language::english), "no answer that can be believed") << code;
    }
    for (const char* code : {"51", "90", "91", "92", "A0"}) { // these refuse
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.code = code;
        EXPECT_EQ(rig.sell("order", 500)->outcome, verdict::declined) << code;
    }
}

/// A host that approves by a code which no sheet has: what it booked is undone, or a person's, never told as
/// declined.
TEST(Evidence, ACodeThatNobodyKnowsIsNoRefusal) {
    for (const char* code : {"09", "08", "32", "ZZ"}) {
        lane_rig rig;
        const auto base = rig.sell("base", 10'000).value();
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0400") rig.host.mood.code = "00";
        };
        rig.host.mood.code = code;
        EXPECT_EQ(rig.sell("order", 3300)->outcome, verdict::reversed) << code;
        rig.host.mood.code = code;
        const auto back = rig.give_back("refund", base.handle, 4000);
        ASSERT_TRUE(back) << back.error();
        EXPECT_EQ(back->outcome, verdict::unknown) << code << ": nothing undoes a refund";
        EXPECT_TRUE(raised(rig, alert_kind::refund_unknown));
        rig.host.mood = host_mood();
        EXPECT_EQ(rig.give_back("more", base.handle, 6001).error().code(), acquiring_errc::amount_too_large)
            << "the money may be back already";
    }
}

/// The sale is still on its way when its reversal comes to a host that remembers nothing of it.
TEST(Evidence, AReversalThatOvertakesItsSaleHasUndoneNothing) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.keeps_tombs = false;
    rig.host.mood.late = true;
    rig.guarded->around = [&](faulty_store::moment, std::string_view what) {
        if (what == "store count_reversal_send") rig.host.mood.late = false; // only the sale is late
    };
    const auto end = rig.sell("order", 700);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown) << "25 to a reversal proves nothing";
    EXPECT_EQ(rig.records()[0].state, record_state::reversal_refused);
    EXPECT_EQ(rig.records()[0].host_code, "25");
    EXPECT_TRUE(raised(rig, alert_kind::reversal_refused));
    rig.host.deliver();
    ASSERT_EQ(rig.books.taken(), 700) << "the sale came in after its reversal";

    EXPECT_TRUE(rig.sell("next", 1)->ok()) << "it holds nobody up";
    EXPECT_EQ(rig.books.taken(), 701);
    const auto early = rig.settle();
    ASSERT_FALSE(early) << "the host's totals would have it, the till's not";
    EXPECT_EQ(early.error().code(), acquiring_errc::reversal_pending);
    EXPECT_TRUE(rig.sell("meanwhile", 3)->ok()) << "no settlement is under way";
    rig.clock.time += 24h;
    EXPECT_TRUE(rig.sell("still", 4)->ok());
    EXPECT_EQ(rig.records()[0].state, record_state::reversal_refused) << "a clock that is set is no time";
    rig.restart();
    EXPECT_TRUE(rig.sell("later", 2)->ok());
    EXPECT_EQ(rig.records()[0].state, record_state::reversed) << "sent once more when nothing can be under way";
    EXPECT_EQ(rig.books.taken(), 10);
    EXPECT_EQ(rig.sell("order", 700)->outcome, verdict::reversed);
}

/// Once more in each process, whatever the clocks say: a till that starts with a clock of yesterday waits, and asks.
TEST(Evidence, AReversalThatProvedNothingIsAskedOnceMoreByTimeThatNobodySets) {
    for (const auto set : {-24h, 24h}) {
        lane_rig rig;
        rig.runs_on = acquiring::lane_thread::callers;
        forward_clock time;
        const time_source::on_this_thread in_place(time);
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.keeps_tombs = false;
        rig.host.mood.late = true;
        rig.guarded->around = [&](faulty_store::moment, std::string_view what) {
            if (what != "store count_reversal_send") return;
            rig.host.mood.late = false;
            rig.clock.time += set; // between the trade and what was said of it
        };
        ASSERT_EQ(rig.sell("order", 700)->outcome, verdict::unknown);
        rig.guarded->around = {};
        rig.host.deliver();
        ASSERT_EQ(rig.books.taken(), 700);
        ASSERT_TRUE(rig.sell("early", 3)->ok());
        EXPECT_EQ(rig.records()[0].state, record_state::reversal_refused);
        time.by += rig.settings.reversal.longest_processing;
        ASSERT_TRUE(rig.sell("next", 1)->ok());
        EXPECT_EQ(rig.records()[0].state, record_state::reversed);
        EXPECT_EQ(rig.books.taken(), 4);
    }
}

TEST(Evidence, AReversalThatIsNeverProvenWaitsForAPerson) {
    for (const char* code : {"12", "25", "40"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.reversal_code = code;
        rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0200"; };
        const auto end = rig.sell("order", 500);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::unknown) << code;
        const auto found = rig.recover();
        ASSERT_TRUE(found) << found.error();
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ(found->front().outcome, verdict::unknown);
        EXPECT_EQ(found->front().key, "order");
        EXPECT_EQ(found->front().why->code(), acquiring_errc::not_decided);
        EXPECT_EQ(found->front().why->peer_code(), code);

        rig.host.watch = {};
        rig.host.mood.answer_lost = false;
        rig.clock.time += 24h;
        rig.restart();
        ASSERT_TRUE(rig.sell("next", 1));
        const auto asked = rig.records()[0].reversal_sends;
        ASSERT_TRUE(rig.sell("another", 1));
        EXPECT_EQ(rig.records()[0].reversal_sends, asked) << "asked once more, then it is a person's";

        const auto report = rig.settle();
        ASSERT_TRUE(report) << report.error();
        ASSERT_EQ(report->open.size(), 1U) << "listed at the settlement";
        EXPECT_EQ(report->open[0].handle, end->handle);
        rig.restart();
        ASSERT_TRUE(rig.recover());
        EXPECT_TRUE(raised(rig, alert_kind::reversal_refused)) << "and raised until somebody decides";
        const auto decided = acquiring::decision(rig.lane())
                                 .run({end->handle, acquiring::finding::paid, "asked the acquirer"}, soon());
        ASSERT_TRUE(decided) << decided.error();
        EXPECT_EQ(rig.sell("order", 500)->outcome, verdict::approved);
        EXPECT_TRUE(rig.settle()->open.empty());
    }
}

TEST(Evidence, ARefundOfWhichTheHostProvesNothingIsUnknown) {
    for (const char* code : {"68", "94", "96", "98"}) {
        lane_rig rig;
        const auto paid = rig.sell("sale", 1000).value();
        rig.host.mood.code = code;
        EXPECT_EQ(rig.give_back("refund", paid.handle, 1000)->outcome, verdict::unknown) << code;
    }
}

/// What the settings have become must not send a reversal to somebody who has never seen the trade.
TEST(Evidence, AReversalGoesToItsOwnHostOrToNobody) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    const auto end = rig.sell("order", 500);
    ASSERT_EQ(end->outcome, verdict::unknown);
    rig.host.mood = host_mood();
    rig.restart();
    rig.host.name = "host two";
    int reversals = 0;
    rig.host.watch = [&](const iso8583::message_view& view) { reversals += view.mti() == "0400"; };
    EXPECT_TRUE(rig.sell("next", 1)->ok()) << "another host's customers do not wait";
    EXPECT_EQ(reversals, 0);
    EXPECT_TRUE(raised(rig, alert_kind::orphaned_record));
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 2U) << "and the other sale, which nobody has acknowledged";
    EXPECT_EQ(found[0].outcome, verdict::unknown);
    EXPECT_EQ(found[0].why->code(), acquiring_errc::other_counterpart);
    EXPECT_EQ(reversals, 0);
    rig.restart();
    rig.host.name = "host one";
    EXPECT_EQ(rig.recover()->front().outcome, verdict::reversed) << "back at its own";
    EXPECT_EQ(rig.books.taken(), 1);
}

/// What follows a payment goes where that went or nowhere: another host, merchant or currency has never heard of it.
TEST(Evidence, WhatFollowsAPaymentGoesToItsOwnHostOrNowhere) {
    lane_rig rig;
    const auto first = rig.sell("first", 10'000).value();
    const auto second = rig.sell("second", 500).value();
    const auto requests = rig.host.requests.size();
    const auto refused = [&](acquiring_errc why) {
        EXPECT_EQ(rig.give_back("refund", first.handle, 10'000).error().code(), why);
        EXPECT_EQ(rig.undo("void", second.handle).error().code(), why);
        EXPECT_EQ(rig.host.requests.size(), requests) << "nothing left";
    };
    rig.host.name = "host two";
    refused(acquiring_errc::other_counterpart);
    rig.host.name = "host one";
    rig.restart();
    rig.settings.merchant_id = "TESTMERCH000002";
    refused(acquiring_errc::other_counterpart);
    rig.restart();
    rig.settings.merchant_id = rig_settings().merchant_id;
    EXPECT_TRUE(rig.give_back("refund", first.handle, 10'000)->ok());
    EXPECT_TRUE(rig.undo("void", second.handle)->ok());
}

/// Minor units of two currencies are no sum: neither what is left of a payment, nor the totals of a batch.
TEST(Evidence, ABatchIsOfOneCurrency) {
    lane_rig rig;
    const auto hkd = find_currency(344).value();
    rig.settings.unit = hkd;
    const auto sold = acquiring::sale(rig.lane()).run({"base", amount(10'000, hkd)}, soon()).value();
    ASSERT_TRUE(sold.ok());
    rig.restart();
    rig.settings.unit = cny;
    const auto requests = rig.host.requests.size();
    EXPECT_EQ(rig.give_back("refund", sold.handle, 10'000).error().code(), acquiring_errc::bad_settings);
    EXPECT_EQ(rig.sell("other", 100).error().code(), acquiring_errc::bad_settings);
    EXPECT_EQ(rig.sell_by_code("code", 100).error().code(), acquiring_errc::bad_settings);
    const auto settled = rig.settle();
    ASSERT_FALSE(settled) << "one field 49 over two currencies";
    EXPECT_EQ(settled.error().field(), "terminal.currency");
    EXPECT_EQ(rig.host.requests.size(), requests);
    rig.restart();
    rig.settings.unit = hkd;
    EXPECT_EQ(rig.settle()->totals.debit, (ports::batch_side{10'000, 1}));
    rig.restart();
    rig.settings.unit = cny;
    EXPECT_TRUE(rig.sell("other", 100)->ok()) << "a batch of its own";
    const auto refused = rig.give_back("refund", sold.handle, 10'000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(refused.error().field(), "currency");
}

TEST(Evidence, AReversalNamesTheMerchantOfItsTrade) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_EQ(rig.sell("order", 500)->outcome, verdict::unknown);
    rig.host.mood = host_mood();
    const auto before = rig.settings;
    rig.restart();
    rig.settings.merchant_id = "TESTMERCH000002";
    rig.settings.unit = find_currency(344).value();
    std::string merchant;
    std::string unit;
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() != "0400") return;
        merchant = view.value(42);
        unit = view.value(49);
    };
    EXPECT_EQ(rig.recover()->front().outcome, verdict::reversed);
    EXPECT_EQ(merchant, before.merchant_id);
    EXPECT_EQ(unit, "156");
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Evidence, AnApprovalOfNothingIsNoApproval) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.code = "10";
    rig.host.mood.partial = 0;
    const auto end = rig.sell("order", 500, acquiring::partial_approval::accept);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_EQ(rig.booked(), 0);
}

/// A void of which nobody knows whether it has undone its sale leaves nothing of it to give back.
TEST(Evidence, WhatAVoidMayHaveUndoneIsNotGivenBack) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.reversal_code = "25";
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0200"; };
    ASSERT_EQ(rig.undo("void", paid.handle)->outcome, verdict::unknown);
    rig.host.watch = {};
    rig.host.mood = host_mood();
    const auto requests = rig.host.requests.size();
    EXPECT_EQ(rig.give_back("refund", paid.handle, 1).error().code(), acquiring_errc::amount_too_large);
    EXPECT_EQ(rig.undo("again", paid.handle).error().code(), acquiring_errc::amount_too_large);
    EXPECT_EQ(rig.host.requests.size(), requests) << "nothing left";
    const auto decided = acquiring::decision(rig.lane())
                             .run({rig.records().back().id, acquiring::finding::not_paid, "it stands"}, soon());
    ASSERT_TRUE(decided) << decided.error();
    rig.host.mood = host_mood();
    EXPECT_EQ(rig.sell("sale", 1000)->outcome, verdict::approved);
}

} // namespace
} // namespace cipherlane::tests
