#pragma once

#include "boot_clock.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace cipherlane::store {

/// Which terminals the journal has in the books of several machines, and how fresh that is.
///
/// A lock in the database goes with the session, which the server may have ended without this machine's knowing. So
/// both sides keep a time: who has a terminal sends nothing with it unless the database has answered within `valid`;
/// who takes one from a machine that has not signed off leaves alone what that one has begun until `valid` has passed
/// and the last answer must have come. Thread-safe.
class terminal_holds {
  public:
    using names = std::set<std::string, std::less<>>;
    using moment = boot_clock::time_point;

    explicit terminal_holds(std::chrono::milliseconds valid) noexcept
        : valid_(valid) {}

    /// The database has answered in the session that holds these, to a question that left at `asked`.
    void confirm(const names& held, moment asked) {
        const std::scoped_lock lock(mutex_);
        if (held_ != held) held_ = held;
        asked_ = asked;
    }
    /// The session may be over.
    void lose() {
        const std::scoped_lock lock(mutex_);
        held_.clear();
    }
    [[nodiscard]] bool holds(std::string_view terminal_id) const {
        const std::scoped_lock lock(mutex_);
        return held_.contains(terminal_id) && boot_clock::now() - asked_ < valid_;
    }

    /// Taken from one that has not signed off.
    void took_over(const std::string& terminal_id, moment when) {
        const std::scoped_lock lock(mutex_);
        taken_[terminal_id] = when;
    }
    /// What the other one may still have on its way to a peer that answers within `answer` lasts so long.
    [[nodiscard]] std::chrono::milliseconds unsettled_for(
        std::string_view terminal_id, std::chrono::milliseconds answer) const {
        const std::scoped_lock lock(mutex_);
        const auto found = taken_.find(terminal_id);
        if (found == taken_.end()) return std::chrono::milliseconds(0);
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(found->second + valid_ + answer - boot_clock::now());
        return std::max(left, std::chrono::milliseconds(0));
    }
    /// Of these, what can be given back as if nobody else had had it.
    [[nodiscard]] names settled(const names& of) const {
        constexpr std::chrono::minutes longest_answer(5);
        names made;
        for (const auto& one : of) {
            if (unsettled_for(one, longest_answer).count() == 0) made.insert(one);
        }
        return made;
    }

  private:
    const std::chrono::milliseconds valid_;
    mutable std::mutex mutex_;
    names held_;
    moment asked_{};
    std::map<std::string, moment, std::less<>> taken_;
};

} // namespace cipherlane::store
