// What a card terminal says that it has approved, held to what its trade can come to.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::terminal_outcome;
using ports::terminal_report;
using ports::trade;

/// Approves everything, with the total that a test says.
class obliging_terminal final : public ports::terminal {
  public:
    [[nodiscard]] result<void> open(const call& /*bounds*/) override { return {}; }
    [[nodiscard]] bool attached() const noexcept override { return true; }
    [[nodiscard]] const ports::terminal_capabilities& capabilities() const noexcept override { return can_; }
    [[nodiscard]] std::string identity() const override { return "terminal one"; }
    [[nodiscard]] result<std::string> last_done(const call& /*bounds*/) override { return std::to_string(done); }
    [[nodiscard]] result<terminal_report> run(
        const ports::terminal_request& request, const call& /*bounds*/) override {
        terminal_report told;
        told.outcome = terminal_outcome::approved;
        told.total = total.value_or(request.total);
        told.code = "00";
        told.receipt = std::to_string(++done);
        return told;
    }
    [[nodiscard]] terminal_report recover(const ports::terminal_doubt& doubt, const call& /*bounds*/) override {
        ++asked;
        terminal_report told;
        told.outcome = later;
        told.total = doubt.wish.total;
        return told;
    }
    [[nodiscard]] result<ports::terminal_settlement> settle(const call& /*bounds*/) override {
        return ports::terminal_settlement();
    }
    [[nodiscard]] result<void> print_again(const call& /*bounds*/) override { return {}; }
    [[nodiscard]] result<ports::terminal_health> status(const call& /*bounds*/) override {
        return ports::terminal_health();
    }
    [[nodiscard]] result<void> abort(const call& /*bounds*/) override { return {}; }

    std::optional<amount> total; ///< what it approves; unset: what it is asked for
    terminal_outcome later = terminal_outcome::unknown;
    int done = 0;
    int asked = 0;

  private:
    ports::terminal_capabilities can_{
        .void_payment = true, .refund = true, .pre_authorise = true, .complete = true, .settle = true};
};

struct at_a_terminal {
    at_a_terminal() {
        acquiring::lane_ports with(*rig.guarded);
        with.terminal = &terminal;
        with.clock = &rig.clock;
        with.observer = &rig.seen;
        lane.emplace(acquiring::lane::open(rig.settings, with, soon(), logger::none()).value());
    }
    acquiring::payment run(
        trade kind, std::int64_t minor, std::uint64_t original = 0, std::optional<std::int64_t> told = {}) {
        if (told) terminal.total = amount(*told);
        auto end =
            acquiring::trade(*lane).run({kind, "key " + std::to_string(++keys), amount(minor), original}, soon());
        terminal.total.reset();
        return std::move(end).value();
    }
    bool raised(acquiring::alert_kind what) const {
        const auto alerts = rig.seen.alerts();
        return std::any_of(alerts.begin(), alerts.end(), [&](const auto& one) { return one.kind == what; });
    }
    obliging_terminal terminal;
    lane_rig rig;
    std::optional<acquiring::lane> lane;
    int keys = 0;
};

TEST(TerminalTrade, ATotalIsHeldToWhatItsTradeCanComeTo) {
    struct row {
        trade kind;
        std::int64_t told;
        bool believed;
    };
    const row rows[] = {
        {trade::sale, 1200, true}, // a tip
        {trade::sale, 800, true},  // a part
        {trade::sale, 0, false},
        {trade::pre_auth, 800, true},
        {trade::pre_auth, 1001, false},
        {trade::device_void, 1000, true},
        {trade::device_void, 999, false},
        {trade::device_void, 1001, false},
        {trade::device_void, 0, false},
        {trade::device_refund, 400, true},
        {trade::device_refund, 1001, false},
        {trade::device_refund, 0, false},
        {trade::device_completion, 1200, true},
        {trade::device_completion, 0, false},
    };
    for (const auto& one : rows) {
        SCOPED_TRACE(std::to_string(static_cast<int>(one.kind)) + " told " + std::to_string(one.told));
        at_a_terminal at;
        std::uint64_t original = 0;
        if (one.kind == trade::device_void || one.kind == trade::device_refund)
            original = at.run(trade::sale, 1000).handle;
        if (one.kind == trade::device_completion) original = at.run(trade::pre_auth, 1000).handle;
        const auto end = at.run(one.kind, 1000, original, one.told);
        EXPECT_EQ(end.ok(), one.believed) << end;
        if (one.believed) {
            EXPECT_EQ(end.approved, amount(one.told));
            continue;
        }
        EXPECT_EQ(end.outcome, verdict::unknown);
        ASSERT_TRUE(end.why);
        EXPECT_EQ(end.why->field(), "total");
        EXPECT_TRUE(at.raised(acquiring::alert_kind::terminal_unknown));
        // Whatever it says of its last transaction later, it has said that it did something: never "declined".
        const auto record = at.rig.journal->find(end.handle, soon()).value().value();
        EXPECT_EQ(record.host_code, "00");
        EXPECT_EQ(record.state, ports::record_state::unknown);
    }
}

} // namespace
} // namespace cipherlane::tests
