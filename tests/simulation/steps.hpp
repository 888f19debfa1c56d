#pragma once

#include "simulation/chance.hpp"
#include "simulation/fault.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// Every call, message and disk operation of a run passes here, in order, and hears whether it goes wrong. The one
/// place that knows the script.
class steps {
  public:
    /// From now on `plan` is what goes wrong; counted from the next step on.
    void follow(script plan);
    /// From now on each step goes wrong once in `rarity` times, by chance; the script that comes of it is kept.
    void follow(chance& by, std::uint64_t rarity);
    /// From now on nothing goes wrong.
    void calm() noexcept;

    /// The fault of this step. Power cuts are seen to here: the step then hears that the power is off.
    [[nodiscard]] fault next(point where, std::string_view what);

    void power_on() noexcept { off_ = false; }
    void power_off() noexcept { off_ = true; }
    [[nodiscard]] bool off() const noexcept { return off_; }
    /// Nothing goes wrong any more.
    [[nodiscard]] bool is_calm() const noexcept { return by_ == nullptr && at_ == plan_.size(); }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] const script& happened() const noexcept { return happened_; }

    /// Called at a power cut, at a stop by the cashier, at a payer's payment and where a clock is set.
    std::function<void(fault)> on_event;
    /// Called with every step, for a timeline.
    std::function<void(std::uint32_t, point, std::string_view, fault)> watch;
    bool keeps = false;
    std::vector<point> kept; ///< of what kind each step was, as long as somebody wants to know

  private:
    [[nodiscard]] fault drawn(point where);

    script plan_;
    std::size_t at_ = 0;
    chance* by_ = nullptr;
    std::uint64_t rarity_ = 0;
    std::uint32_t count_ = 0;
    bool off_ = false;
    script happened_;
};

} // namespace cipherlane::simulation
