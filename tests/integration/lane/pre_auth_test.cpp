// Pre-authorisation over the wire: the simulated host reserves, takes and sets free with its own books and the cipher
// machine's keys; till and host balance at the end.
#include "support/lane_fixture.hpp"

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using acquiring::trade;

class PreAuth : public lane_fixture {
  protected:
    std::int64_t balance() {
        return around->acquirer.control()
            .ask({{"cmd", "balance"}, {"number", around->rich.number}})
            .at("balance")
            .get<std::int64_t>();
    }
};

TEST_F(PreAuth, IsReservedCompletedVoidedAndSettled) {
    sim::narrator tell(story);
    auto how = settings();
    how.terminals.front().pre_auth.most_percent = 200; // more than a host takes
    auto till = open_till(how, &tell);
    const auto at_first = balance();
    around->present(around->rich);
    const auto held = trade(till.lane()).run({ports::trade::pre_auth, "room-1", amount(5000)}, 60s);
    ASSERT_TRUE(held) << held.error();
    ASSERT_TRUE(held->ok()) << *held;
    EXPECT_EQ(balance(), at_first - 5000) << "reserved";

    const auto taken = trade(till.lane()).run({ports::trade::completion, "bill-1", amount(4200), held->handle}, 60s);
    ASSERT_TRUE(taken && taken->ok());
    EXPECT_EQ(balance(), at_first - 4200) << "the rest is the cardholder's again";
    const auto undone = acquiring::void_payment(till.lane()).run({"undo-1", taken->handle}, 60s);
    ASSERT_TRUE(undone && undone->ok());
    EXPECT_EQ(balance(), at_first - 5000) << "reserved again";
    // By the host's own figure, 115 %, whatever the till thinks.
    const auto most = trade(till.lane()).run({ports::trade::completion, "bill-2", amount(5751), held->handle}, 60s);
    ASSERT_TRUE(most) << most.error();
    EXPECT_EQ(most->outcome, acquiring::verdict::declined) << *most;
    EXPECT_EQ(most->host_code, "61");
    const auto again = trade(till.lane()).run({ports::trade::completion, "bill-3", amount(5750), held->handle}, 60s);
    ASSERT_TRUE(again && again->ok());
    EXPECT_EQ(balance(), at_first - 5750);

    around->present(around->rich);
    const auto other = trade(till.lane()).run({ports::trade::pre_auth, "room-2", amount(100)}, 60s);
    ASSERT_TRUE(other && other->ok());
    const auto freed = acquiring::void_payment(till.lane()).run({"free-2", other->handle}, 60s);
    ASSERT_TRUE(freed && freed->ok());
    EXPECT_EQ(balance(), at_first - 5750);

    const auto settled = acquiring::settlement(till.lane()).run({}, 60s);
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(settled->totals.debit, (ports::batch_side{9950, 2}));
    EXPECT_EQ(settled->totals.credit, (ports::batch_side{4200, 1}));
}

TEST_F(PreAuth, WithoutAnAnswerIsReversed) {
    sim::narrator tell(story);
    auto how = settings();
    how.host.response_time = 2s;
    auto till = open_till(how, &tell);
    const auto at_first = balance();
    around->acquirer.control().ask(
        {{"cmd", "faults"}, {"set", {{{"kind", "no_answer"}, {"match", "pre-authorisation"}}}}});
    around->present(around->rich);
    const auto end = trade(till.lane()).run({ports::trade::pre_auth, "room-1", amount(5000)}, 60s);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, acquiring::verdict::reversed) << *end;
    EXPECT_EQ(balance(), at_first);
}

} // namespace
} // namespace cipherlane::tests
