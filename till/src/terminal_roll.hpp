#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/ports/store.hpp>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace cipherlane::assembly {

/// Which terminals have anything on file at a store that several machines share. It is asked before trades, about
/// each word of a gateway that is another machine's, and so asks the store itself only for a name that it has not
/// seen: what is on file stays there. One thread at a time.
class terminal_roll {
  public:
    /// `journal` outlives it.
    explicit terminal_roll(ports::store& journal) noexcept
        : journal_(journal) {}

    /// Whether nothing of that terminal is on file, as the store says now; no while it cannot say.
    [[nodiscard]] bool lacks(std::string_view terminal_id) {
        if (seen_.contains(terminal_id)) return false;
        const auto now = monotonic_clock::now();
        if (failed_ && now - *failed_ < pause) return false;
        const auto on_file = journal_.terminals(call(patience));
        failed_ = on_file ? std::nullopt : std::optional(now);
        if (!on_file) return false;
        seen_.insert(on_file->begin(), on_file->end());
        return !seen_.contains(terminal_id);
    }

  private:
    static constexpr std::chrono::seconds patience{1}; ///< a payer may be waiting
    static constexpr std::chrono::seconds pause{60};   ///< after a failure

    ports::store& journal_;
    std::set<std::string, std::less<>> seen_;
    std::optional<monotonic_clock::time_point> failed_;
};

} // namespace cipherlane::assembly
