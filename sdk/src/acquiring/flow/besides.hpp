#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/ports/journal_record.hpp>

#include <chrono>
#include <optional>

namespace cipherlane::acquiring {

/// What a gateway is asked for besides what the caller came for, such as a payment that goes back. It costs nobody
/// their trade: it must leave that its time, a stop is heard before it, a gateway that has just not answered, or
/// has taken long to decide nothing, is left alone for some minutes, and so is a record of which it has answered what
/// decides nothing.
class besides {
  public:
    /// @param kept what the caller's own trade needs yet. `bounds` is the caller's, and outlives this.
    besides(lane_core& on, std::chrono::milliseconds kept, const call& bounds) noexcept
        : on_(on)
        , kept_(kept)
        , bounds_(bounds) {}

    /// Whether the gateway of that record may be asked now.
    [[nodiscard]] bool may_ask(const ports::journal_record& about);
    /// It was, and this is what came of it: not decided may be no answer, or one that decides nothing.
    void asked(const ports::journal_record& about, const std::optional<error>& why);
    [[nodiscard]] const call& bounds() const noexcept { return bounds_; }

  private:
    lane_core& on_;
    std::chrono::milliseconds kept_;
    const call& bounds_;
    std::chrono::milliseconds left_{}; ///< of the caller's time when the gateway was last asked
};

} // namespace cipherlane::acquiring
