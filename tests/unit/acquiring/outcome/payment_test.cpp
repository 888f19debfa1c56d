#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::actor;
using acquiring::not_paid;
using acquiring::stage;
using acquiring::verdict;
using namespace std::chrono_literals;

TEST(Payment, KnowsItsKeyAndWhatItUndoes) {
    lane_rig rig;
    const auto paid = rig.sell("order-1", 1000).value();
    EXPECT_EQ(paid.key, "order-1");
    EXPECT_EQ(paid.original, 0U);
    const auto undone = rig.undo("void-1", paid.handle).value();
    EXPECT_EQ(undone.key, "void-1");
    EXPECT_EQ(undone.original, paid.handle);
}

TEST(Payment, IsDecidedWhereTheJournalSaysSo) {
    for (const auto state : ledger::states::all) {
        ports::journal_record record;
        record.state = state;
        EXPECT_EQ(acquiring::to_payment(record).decided(), ledger::states::decided.contains(state))
            << to_string(state);
    }
}

TEST(Payment, WhoseMoneyWentBackByAVoidIsNotApproved) {
    lane_rig rig;
    const auto paid = rig.sell("order-1", 1000).value();
    ASSERT_TRUE(rig.undo("void-1", paid.handle)->ok());
    const auto again = rig.sell("order-1", 1000).value();
    EXPECT_EQ(again.outcome, verdict::voided);
    EXPECT_FALSE(again.ok());
    EXPECT_EQ(again.refunded, amount(1000));
    EXPECT_FALSE(again.unpaid) << "it was paid once";
    const auto slip = acquiring::receipt_text(again, rig.settings, acquiring::receipt_copy::merchant);
    EXPECT_NE(slip.find("VOIDED 已撤销"), std::string::npos) << slip;
    EXPECT_EQ(slip.find("交易成功"), std::string::npos) << slip;
}

TEST(Payment, SaysHowMuchRefundsHaveGivenBack) {
    lane_rig rig;
    const auto paid = rig.sell("order-1", 1000).value();
    ASSERT_TRUE(rig.give_back("refund-1", paid.handle, 300)->ok());
    const auto partly = rig.sell("order-1", 1000).value();
    EXPECT_EQ(partly.outcome, verdict::approved);
    EXPECT_EQ(partly.refunded, amount(300));
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(rig.give_back("refund-2", paid.handle, 700)->outcome, verdict::unknown);
    EXPECT_EQ(rig.sell("order-1", 1000)->refunded, amount(300)) << "what is not decided is not told as given";
    EXPECT_TRUE(rig.sell("order-1", 1000)->ok());
    const auto stuck = rig.journal->open_records(rig.settings.terminal_id, soon()).value();
    ASSERT_EQ(stuck.size(), 1U);
    ASSERT_TRUE(acquiring::decision(rig.lane()).run({stuck[0].id, acquiring::finding::paid, "seen"}, soon()));
    const auto wholly = rig.sell("order-1", 1000).value();
    EXPECT_EQ(wholly.outcome, verdict::refunded);
    EXPECT_EQ(wholly.refunded, amount(1000));
    EXPECT_FALSE(wholly.ok());
}

TEST(Payment, GivesTheHostsWordsForADecline) {
    lane_rig rig;
    rig.host.mood.code = "51";
    const auto refused = rig.sell("order-1", 1000);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reason(language::chinese), "可用余额不足");
    EXPECT_EQ(refused->reason(language::english), "not enough funds");
    EXPECT_EQ(why_not_paid(refused), (not_paid{actor::host, stage::sending}));
    rig.host.mood.code = "00";
    EXPECT_EQ(rig.sell("order-2", 1)->reason(language::english), "");
    EXPECT_FALSE(why_not_paid(rig.sell("order-3", 1)));
}

TEST(Payment, HasOneShapeForWhoEndedIt) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::stop_source stop;
    rig.pinpad.refuses = condition::cancelled;
    const auto by_cardholder = rig.sell("order-1", 100);
    EXPECT_EQ(by_cardholder.error().code(), acquiring_errc::cardholder_cancelled);
    EXPECT_TRUE(by_cardholder.error().is(condition::cancelled));
    EXPECT_EQ(why_not_paid(by_cardholder), (not_paid{actor::cardholder, stage::card}));
    EXPECT_EQ(acquiring::reason(by_cardholder, language::chinese), "持卡人已取消");
    rig.pinpad.refuses = condition::timed_out;
    const auto nobody = rig.sell("order-1", 100);
    EXPECT_EQ(nobody.error().code(), acquiring_errc::no_card);
    EXPECT_EQ(why_not_paid(nobody), (not_paid{actor::cardholder, stage::card}));
    rig.pinpad.refuses_pin = true;
    const auto no_pin = rig.sell("order-1", 100);
    EXPECT_EQ(no_pin.error().code(), acquiring_errc::no_pin);
    EXPECT_EQ(why_not_paid(no_pin), (not_paid{actor::cardholder, stage::pin}));
    rig.pinpad.refuses.reset();
    stop.request_stop();
    const auto by_cashier = acquiring::sale(rig.lane()).run({"order-1", amount(100)}, call(5s, stop.get_token()));
    EXPECT_EQ(by_cashier.error().code(), acquiring_errc::cashier_cancelled);
    ASSERT_TRUE(why_not_paid(by_cashier));
    EXPECT_EQ(why_not_paid(by_cashier)->by, actor::cashier);
    EXPECT_EQ(rig.books.taken(), 0);
}

/// The stop meets the lane's thread at its journal, not at a device that knows what a stop is.
TEST(Payment, SaysThatTheCashierStoppedItWhileTheJournalWasRead) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::stop_source stop;
    rig.seen.watch = [&](const acquiring::stage_event& now) {
        if (now.at == stage::preparing) stop.request_stop();
    };
    const auto end = acquiring::sale(rig.lane()).run({"order-1", amount(100)}, call(5s, stop.get_token()));
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::cashier_cancelled) << end.error();
    ASSERT_TRUE(why_not_paid(end));
    EXPECT_EQ(why_not_paid(end)->by, actor::cashier) << "at whichever stage its thread comes to hear of it";
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Payment, ByCodeSaysWhoCancelledIt) {
    lane_rig rig;
    std::stop_source stop;
    rig.seen.watch = [&](const acquiring::stage_event& now) {
        if (now.at == stage::scanning) stop.request_stop();
    };
    const auto end = acquiring::qr_sale(rig.lane()).run({"order-1", amount(100)}, call(20s, stop.get_token()));
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::declined);
    EXPECT_EQ(why_not_paid(end), (not_paid{actor::cashier, stage::scanning}));
    EXPECT_EQ(end->reason(language::chinese), "收银员已取消");
}

} // namespace
} // namespace cipherlane::tests
