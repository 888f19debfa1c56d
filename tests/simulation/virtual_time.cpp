#include "simulation/virtual_time.hpp"

#include <algorithm>

namespace cipherlane::simulation {

void virtual_time::pause(const call& bounds) {
    if (bounds.stopped()) return;
    const auto until = bounds.until().at();
    if (off_) {
        ghost_ = std::max(ghost_, until);
        return;
    }
    while (now_ < until && !bounds.stopped()) {
        if (!pass_to_next(until)) return;
    }
}

void virtual_time::pass(span how_long) {
    if (off_) {
        ghost_ += how_long;
        return;
    }
    const auto until = now_ + how_long;
    while (pass_to_next(until)) {
    }
}

bool virtual_time::pass_to_next(moment until) {
    if (off_) {
        ghost_ = std::max(ghost_, until);
        return false;
    }
    if (plans_.empty() || plans_.begin()->first.first > until) {
        now_ = std::max(now_, until);
        return false;
    }
    const auto next = plans_.extract(plans_.begin());
    now_ = std::max(now_, next.key().first);
    next.mapped().what();
    return true;
}

void virtual_time::plan(span from_now, std::function<void()> what, std::uint64_t tag) {
    plans_.emplace(std::pair(now_ + from_now, ++planned_), planned{std::move(what), tag});
}

void virtual_time::add_to(fingerprint& state) const {
    state.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    for (const auto& [when, one] : plans_) {
        state.add(static_cast<std::uint64_t>(when.first.time_since_epoch().count()));
        state.add(one.tag);
    }
}

void virtual_time::till_is_off(bool off) noexcept {
    off_ = off;
    ghost_ = now_;
}

std::chrono::system_clock::time_point virtual_time::wall_clock::now() const {
    // Ten in the morning in China, on a day of the vectors.
    return std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours(2) + of_.elapsed() + set_;
}

} // namespace cipherlane::simulation
