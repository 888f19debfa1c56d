#include "simulation/steps.hpp"

#include <algorithm>
#include <utility>

namespace cipherlane::simulation {

void steps::follow(script plan) {
    plan_ = std::move(plan);
    at_ = 0;
    by_ = nullptr;
    count_ = 0;
    happened_.clear();
    kept.clear();
}

void steps::follow(chance& by, std::uint64_t rarity) {
    follow(script());
    by_ = &by;
    rarity_ = rarity;
}

void steps::calm() noexcept {
    by_ = nullptr;
    at_ = plan_.size();
}

fault steps::drawn(point where) {
    if (by_ != nullptr) {
        if (!by_->once_in(rarity_)) return fault::none;
        const auto choice = faults_at(where);
        return choice[static_cast<std::size_t>(by_->below(choice.size()))];
    }
    while (at_ < plan_.size() && plan_[at_].step < count_)
        ++at_;
    if (at_ == plan_.size() || plan_[at_].step != count_) return fault::none;
    return plan_[at_++].what;
}

fault steps::next(point where, std::string_view what) {
    if (off_) return fault::off;
    auto found = drawn(where);
    // A script may name what cannot happen there, as after the code has changed: then nothing does.
    const auto can = faults_at(where);
    if (std::find(can.begin(), can.end(), found) == can.end()) found = fault::none;
    if (keeps) kept.push_back(where);
    if (watch) watch(count_, where, what, found);
    if (found != fault::none) happened_.push_back({count_, found});
    ++count_;
    const bool event = cuts_power(found) || found == fault::cashier_stops || found == fault::payer_pays ||
                       found == fault::clock_ahead || found == fault::clock_back;
    if (!event) return found;
    off_ = cuts_power(found);
    if (on_event) on_event(found);
    return off_ ? fault::off : fault::none;
}

} // namespace cipherlane::simulation
