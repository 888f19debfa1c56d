#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/routing/router.hpp>
#include <cipherlane/till/route_hand.hpp>
#include <cipherlane/till/route_report.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::assembly {

/// Measures how long a gateway takes to make a code, or to say something of a payer's: from the first question to
/// whatever comes next, so that no payer's own time is in it. Of one terminal, of the keys that were begun; what it
/// hears goes on. Thread-safe.
class order_stopwatch final : public acquiring::timeline {
  public:
    /// @param next hears it too; null: nobody
    explicit order_stopwatch(std::shared_ptr<acquiring::timeline> next)
        : next_(std::move(next)) {}

    void begin(std::string_view key);
    /// Nothing where the gateway was not asked.
    [[nodiscard]] std::optional<std::chrono::milliseconds> end(std::string_view key);

    void on_entry(const acquiring::timeline_entry& entry) noexcept override;
    void on_alert(const acquiring::alert& what) noexcept override;
    void on_stage(const acquiring::stage_event& what) noexcept override;

  private:
    struct lap {
        std::optional<monotonic_clock::time_point> asked;
        std::optional<monotonic_clock::time_point> told;
    };
    const std::shared_ptr<acquiring::timeline> next_;
    std::mutex mutex_;
    std::map<std::string, lap, std::less<>> laps_;
};

/// Chooses among the gateways of a till that stand for one another (`routing.gateways`), for all its terminals: by
/// fee, by how many of the last orders were served, and by how long that took. What has begun at a gateway stays
/// there: the lane follows its record. Thread-safe; outlives no clock and no store.
class gateway_desk {
  public:
    /// By the till's clock now, and from then on by one that nobody sets.
    /// @return null where the settings name no gateways to choose among; what `route_hand` says
    [[nodiscard]] static result<std::shared_ptr<gateway_desk>> open(
        const till_settings& all, const ports::clock& clock, const logger& log);

    /// What the routes of a terminal have done in the window, from its records.
    /// @param whose the identity of each gateway of the settings at this terminal, with those that it had before
    [[nodiscard]] result<void> replay(const std::string& terminal_id,
        const std::vector<std::vector<std::string>>& whose, ports::store& journal, const call& bounds);

    /// Whether a gateway is chosen for a trade: it begins an order, names none, and no other gateway takes its code.
    [[nodiscard]] bool chooses_for(const acquiring::trade_request& wish) const;
    /// Names the gateway in it. @param without those that it cannot go to now, by their place
    /// @return `till_errc::no_route` where somebody has closed all that could take it
    [[nodiscard]] result<std::size_t> choose(
        const std::string& terminal_id, acquiring::trade_request& wish, const std::set<std::size_t>& without);
    /// What came of it. @return whether the payment may go to another one: nothing has left, and it was the gateway
    [[nodiscard]] bool report(const std::string& terminal_id, const acquiring::trade_request& wish, std::size_t route,
        const result<acquiring::payment>& end, std::optional<std::chrono::milliseconds> took);

    [[nodiscard]] std::size_t size() const noexcept { return routes_.size(); }
    /// Without what is undecided there.
    [[nodiscard]] result<std::vector<route_report>> reports(const std::string& terminal_id);

  private:
    struct way {
        std::string name;
        std::size_t place = 0; ///< among all gateways of the settings
        std::vector<std::string> addresses;
        std::vector<std::string> takes; ///< as in the settings; empty: all
    };
    gateway_desk(std::vector<way> ways, std::vector<routing::route> routes, route_hand file, const till_settings& all,
        const ports::clock& clock, logger log);
    [[nodiscard]] std::chrono::milliseconds now() const;
    [[nodiscard]] std::set<std::size_t> that_cannot_take(const acquiring::trade_request& wish) const;
    [[nodiscard]] bool is_of(const error& why, std::size_t route) const;
    [[nodiscard]] routing::route_word word_of(const acquiring::payment& what, std::size_t route) const;
    [[nodiscard]] result<void> take_hand();
    [[nodiscard]] std::optional<std::size_t> pinned() const;

    const std::vector<way> routes_;
    const std::vector<std::string> taken_elsewhere_; ///< words of gateways that are no routes
    const route_hand by_hand_;
    const routing::router_settings how_;
    const logger log_;
    const std::chrono::milliseconds begun_;
    const monotonic_clock::time_point steady_begun_ = monotonic_clock::now();
    std::mutex mutex_; ///< of all below
    routing::router router_;
    std::optional<std::string> hand_version_;
    route_hand::word hand_;
};

/// One payment on its way: the gateway that it is given to, and the next where nothing has left. One caller.
class gateway_tour {
  public:
    /// @return null where no gateway is chosen for it; `till_errc::no_route`
    [[nodiscard]] static result<std::unique_ptr<gateway_tour>> begin(std::shared_ptr<gateway_desk> desk,
        std::shared_ptr<order_stopwatch> watch, std::string terminal_id, const acquiring::trade_request& wish);

    /// With the name of its gateway.
    [[nodiscard]] const acquiring::trade_request& wish() const noexcept { return wish_; }
    /// Tells what came of it. @return whether it goes on: `wish` names the next gateway then
    [[nodiscard]] bool goes_on(const result<acquiring::payment>& end, const call& bounds);

  private:
    gateway_tour(std::shared_ptr<gateway_desk> desk, std::shared_ptr<order_stopwatch> watch, std::string terminal_id,
        const acquiring::trade_request& wish);
    [[nodiscard]] result<void> choose();

    const std::shared_ptr<gateway_desk> desk_;
    const std::shared_ptr<order_stopwatch> watch_;
    const std::string terminal_id_;
    acquiring::trade_request wish_;
    std::size_t route_ = 0;
    std::set<std::size_t> passed_;
};

} // namespace cipherlane::assembly
