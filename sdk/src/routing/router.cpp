#include <cipherlane/routing/router.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <deque>
#include <map>
#include <utility>

namespace cipherlane::routing {
namespace {

using std::chrono::milliseconds;

struct seen_payment {
    milliseconds at;
    bool answered;
    std::optional<milliseconds> took;
};

/// What is known of a route.
class judged_route {
  public:
    void add(const seen_payment& one) {
        last_.push_back(one);
        answered_ += one.answered ? 1 : 0;
        if (!one.took) return;
        ++timed_;
        took_ += *one.took;
    }
    void forget_before(milliseconds moment) {
        while (!last_.empty() && last_.front().at < moment) {
            const auto& one = last_.front();
            answered_ -= one.answered ? 1 : 0;
            if (one.took) {
                --timed_;
                took_ -= *one.took;
            }
            last_.pop_front();
        }
    }
    /// What was seen before it came back says nothing about what it is now.
    void forget() {
        last_.clear();
        answered_ = 0;
        timed_ = 0;
        took_ = milliseconds(0);
    }
    [[nodiscard]] std::size_t payments() const noexcept { return last_.size(); }
    [[nodiscard]] double success(const router_settings& how) const noexcept {
        const auto weight = static_cast<double>(how.prior_weight);
        const auto all = static_cast<double>(last_.size()) + weight;
        if (all == 0) return how.expected_success;
        return (static_cast<double>(answered_) + how.expected_success * weight) / all;
    }
    [[nodiscard]] double mean_seconds() const noexcept {
        if (timed_ == 0) return 0;
        return static_cast<double>(took_.count()) / 1000.0 / static_cast<double>(timed_);
    }

    bool up = true;
    bool closed = false;
    /// Since when one payment is trying it.
    std::optional<milliseconds> trial_since;
    unsigned failures = 0;      ///< in a row
    unsigned good_trials = 0;   ///< in a row
    milliseconds next_trial{};  ///< while it is down
    milliseconds trial_after{}; ///< how long the last wait was

  private:
    std::deque<seen_payment> last_;
    std::size_t answered_ = 0;
    std::size_t timed_ = 0; ///< of which it is known how long they took
    milliseconds took_{0};  ///< these together
};

struct binding {
    std::size_t route;
    route_reason why;
    milliseconds since;
};

} // namespace

struct router::state {
    std::vector<route> routes;
    router_settings how;
    std::vector<judged_route> judged;
    std::map<std::string, binding, std::less<>> bound;
    std::optional<std::size_t> pinned;
    std::optional<std::size_t> current;
    milliseconds since{}; ///< of the current one

    [[nodiscard]] double cost_with(std::size_t which, std::int64_t minor, double success) const {
        constexpr double million = 1e6;
        const auto total = static_cast<double>(minor);
        const auto fee = total * routes[which].fee_ppm / million + static_cast<double>(routes[which].fee_minor);
        return fee + (1 - success) * total * how.failure_ppm / million;
    }
    [[nodiscard]] double cost(std::size_t which, std::int64_t minor) const {
        const auto& one = judged[which];
        return cost_with(which, minor, one.success(how)) + one.mean_seconds() * static_cast<double>(how.second_minor);
    }
    /// Of a route that is down: what it would cost if it were as it should be.
    [[nodiscard]] double hoped_cost(std::size_t which, std::int64_t minor) const {
        return cost_with(which, minor, how.expected_success);
    }

    [[nodiscard]] bool usable(std::size_t which) const { return judged[which].up && !judged[which].closed; }

    [[nodiscard]] std::optional<std::size_t> cheapest(
        std::int64_t minor, const std::set<std::size_t>& without) const {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < routes.size(); ++i) {
            if (usable(i) && !without.contains(i) && (!best || cost(i, minor) < cost(*best, minor))) best = i;
        }
        return best;
    }

    /// A trial of which nobody ever tells what came of it is over some day.
    [[nodiscard]] bool is_on_trial(const judged_route& one, milliseconds now) const {
        return one.trial_since && now - *one.trial_since < how.longest_trial;
    }

    /// The payment does not try its route any more. A later one may have taken the place of a trial that nobody told.
    void end_trial(binding& of) {
        const bool trial = std::exchange(of.why, route_reason::bound) == route_reason::trial;
        auto& begun = judged[of.route].trial_since;
        if (trial && begun == of.since) begun.reset();
    }

    /// A route that would be better if it were up, and may be tried now.
    [[nodiscard]] std::optional<std::size_t> to_try(std::optional<std::size_t> best, std::int64_t minor,
        milliseconds now, const std::set<std::size_t>& without) const {
        for (std::size_t i = 0; i < routes.size(); ++i) {
            const auto& one = judged[i];
            const bool due = !one.up && !one.closed && !is_on_trial(one, now) && now >= one.next_trial;
            if (due && !without.contains(i) && (!best || hoped_cost(i, minor) < cost(*best, minor))) return i;
        }
        return std::nullopt;
    }

    /// Of those that nobody has closed.
    [[nodiscard]] std::optional<std::size_t> least_bad(const std::set<std::size_t>& without) const {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < routes.size(); ++i) {
            if (judged[i].closed || without.contains(i)) continue;
            if (!best || judged[i].next_trial < judged[*best].next_trial) best = i;
        }
        return best;
    }

    void go_to(std::size_t which, milliseconds now) {
        if (current == which) return;
        current = which;
        since = now;
    }

    /// Whether leaving the current route for a cheaper one is worth it.
    [[nodiscard]] bool is_worth_it(std::size_t best, std::int64_t minor, milliseconds now) const {
        if (!current || !usable(*current)) return true;
        if (now - since < how.stay) return false;
        return cost(best, minor) < cost(*current, minor) * (1 - how.better_percent / 100.0);
    }

    [[nodiscard]] std::optional<route_choice> choose(
        std::int64_t minor, milliseconds now, const std::set<std::size_t>& without) {
        if (pinned) return route_choice{*pinned, route_reason::by_hand};
        for (auto& one : judged)
            one.forget_before(now - how.window);
        const auto best = cheapest(minor, without);
        if (const auto tried = to_try(best, minor, now, without)) {
            judged[*tried].trial_since = now;
            return route_choice{*tried, route_reason::trial};
        }
        if (!best) {
            const auto left = least_bad(without);
            return left ? std::optional(route_choice{*left, route_reason::nothing_up}) : std::nullopt;
        }
        // For this payment alone: the others stay where they are.
        if (current && usable(*current) && without.contains(*current)) return route_choice{*best, route_reason::best};
        if (is_worth_it(*best, minor, now)) go_to(*best, now);
        return route_choice{*current, route_reason::best};
    }

    void take_down(judged_route& one, milliseconds now) const {
        one.trial_after = one.up ? how.first_trial : std::min(one.trial_after * 2, how.longest_trial);
        one.up = false;
        one.good_trials = 0;
        one.next_trial = now + one.trial_after;
    }

    void take_in(judged_route& one, bool answered, route_reason why, milliseconds now) const {
        one.failures = answered ? 0 : one.failures + 1;
        if (one.up) {
            if (one.failures >= how.failures_down) take_down(one, now);
            return;
        }
        // For want of a better one: another has its turn before this one, and waits do not double by the crowd.
        if (why == route_reason::nothing_up && !answered) one.next_trial = now + one.trial_after;
        if (why != route_reason::trial) return; // sent before it went down
        if (!answered) return take_down(one, now);
        one.next_trial = now; // while trials succeed, the next payment is one
        if (++one.good_trials < how.trials_up) return;
        one.up = true;
        one.forget();
    }
};

std::string_view to_string(route_reason value) noexcept {
    static constexpr std::array names{"not decided there", "by hand", "best", "trial", "nothing is up"};
    return names[static_cast<std::size_t>(value)];
}

router::router(std::vector<route> routes, const router_settings& settings)
    : state_(std::make_unique<state>()) {
    assert(!routes.empty());
    state_->judged.resize(routes.size());
    state_->routes = std::move(routes);
    state_->how = settings;
}
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;
router::~router() = default;

std::optional<route_choice> router::choose(
    std::string_view payment, std::int64_t minor, milliseconds now, const std::set<std::size_t>& without) {
    if (const auto found = state_->bound.find(payment); found != state_->bound.end())
        return route_choice{found->second.route, route_reason::bound};
    const auto chosen = state_->choose(minor, now, without);
    if (chosen) state_->bound.emplace(payment, binding{chosen->route, chosen->why, now});
    return chosen;
}

void router::report(std::string_view payment, route_word word, std::optional<milliseconds> took, milliseconds now) {
    const auto found = state_->bound.find(payment);
    if (found == state_->bound.end()) return;
    auto& one = state_->judged[found->second.route];
    const bool answered = word == route_word::answered;
    const auto why = found->second.why;
    state_->end_trial(found->second);
    one.add({now, answered, took});
    state_->take_in(one, answered, why, now);
    if (word != route_word::silent) state_->bound.erase(found);
}

void router::decided(std::string_view payment) {
    const auto found = state_->bound.find(payment);
    if (found == state_->bound.end()) return;
    state_->end_trial(found->second);
    state_->bound.erase(found);
}

bool router::bind(std::string_view payment, std::string_view route_name) {
    const auto& all = state_->routes;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == route_name; });
    if (found == all.end()) return false;
    if (const auto before = state_->bound.find(payment); before != state_->bound.end())
        state_->end_trial(before->second);
    state_->bound.insert_or_assign(std::string(payment),
        binding{static_cast<std::size_t>(found - all.begin()), route_reason::bound, milliseconds(0)});
    return true;
}

void router::link_is_down(std::size_t route, milliseconds now) {
    auto& one = state_->judged.at(route);
    if (one.up) state_->take_down(one, now);
}

void router::pin(std::optional<std::size_t> route) {
    assert(!route || *route < state_->routes.size());
    state_->pinned = route;
}

void router::close(std::size_t route) {
    state_->judged.at(route).closed = true;
}

void router::reopen(std::size_t route) {
    state_->judged.at(route).closed = false;
}

const std::vector<route>& router::routes() const noexcept {
    return state_->routes;
}

route_state router::state_of(std::size_t route, milliseconds now) const {
    auto one = state_->judged.at(route); // a copy: asking changes nothing
    one.forget_before(now - state_->how.window);
    return {one.up, one.closed, one.success(state_->how), one.mean_seconds(), one.payments()};
}

std::size_t router::bound() const noexcept {
    return state_->bound.size();
}

} // namespace cipherlane::routing
