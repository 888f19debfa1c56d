// A settlement over the wire whose totals differ: the host says so, the till uploads its records and ends the batch;
// what the host refuses meanwhile keeps the batch open.
#include "support/lane_fixture.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/till/preflight.hpp>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class DifferingTotals : public lane_fixture {
  protected:
    void fault(const nlohmann::json& what) { around->acquirer.control().ask({{"cmd", "faults"}, {"set", what}}); }
    unsigned received(const char* transaction) {
        return around->acquirer.control().ask({{"cmd", "counters"}}).at("counters").value(transaction, 0U);
    }
};

TEST_F(DifferingTotals, AreUploadedRecordByRecord) {
    sim::narrator tell(story);
    auto till = open_till(&tell);
    around->present(around->rich);
    const auto sold = till.sale({"one", amount(1234)}, call(60s));
    ASSERT_TRUE(sold && sold->ok());
    ASSERT_TRUE(till.refund({"back", sold->handle, amount(234)}, call(60s)));

    fault({{{"kind", "not_balanced"}, {"match", "batch settlement"}},
        {{"kind", "refuse"}, {"match", "batch upload, refund"}, {"value", "99"}}});
    const auto refused = till.settle(call(60s));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::settlement_refused);
    EXPECT_EQ(refused.error().peer_code(), "99");
    EXPECT_EQ(till.sale({"no", amount(1)}, call(60s)).error().code(), acquiring_errc::settlement_due);

    const auto settled = till.settle(call(60s));
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_TRUE(settled->resumed);
    EXPECT_EQ(settled->host, acquiring::settlement_result::not_balanced);
    EXPECT_EQ(settled->uploaded, 2U);
    EXPECT_EQ(received("batch settlement"), 1U);
    EXPECT_EQ(received("batch upload, magnetic stripe"), 1U);
    EXPECT_EQ(received("batch upload, refund"), 2U);
    EXPECT_EQ(received("batch upload end"), 1U);
    around->present(around->rich);
    EXPECT_EQ(till.sale({"next", amount(1)}, call(60s))->batch, settled->batch + 1);
}

/// A till of the day before yesterday.
class early_clock final : public ports::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point now() const override {
        return std::chrono::system_clock::now() - 48h;
    }
};

/// The batch is overdue, and the till may settle by itself: whoever only looks at it moves nothing.
TEST_F(DifferingTotals, AreNotSentByWhoOnlyLooks) {
    auto how = settings();
    how.terminals.front().settlement.remind_at = "23:00";
    how.settlement.by_itself = true;
    {
        early_clock clock;
        till::parts with;
        with.clock = lend(clock);
        auto till = till::open(how, std::move(with), call(20s)).value();
        around->present(around->rich);
        const auto sold = till.sale({"one", amount(1234)}, call(60s));
        ASSERT_TRUE(sold && sold->ok());
    }
    preflight_step signed_in;
    for (const auto& step : preflight(how, call(60s), {})) {
        if (step.part.starts_with("sign-in")) signed_in = step;
    }
    EXPECT_EQ(signed_in.state, preflight_state::good) << signed_in.found;
    auto books = till::open(books_alone(how), till::parts{}, call(20s)).value();
    const auto now = books.status(call(20s));
    ASSERT_TRUE(now) << now.error();
    EXPECT_TRUE(now->settlement_overdue);
    EXPECT_FALSE(now->settling);
    EXPECT_EQ(now->batch, 1U);
    EXPECT_EQ(received("batch settlement"), 0U);
}

} // namespace
} // namespace cipherlane::tests
