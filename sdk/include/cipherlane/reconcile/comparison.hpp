#pragma once

#include <cipherlane/reconcile/difference.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace cipherlane::reconcile {

struct comparison_settings {
    /// The days that the statement is about, as `parse_day` gives them; none: those of its rows, and without rows all
    /// days of ours. A first or last day without rows is compared only if it is named here.
    std::optional<std::int64_t> first_day;
    std::optional<std::int64_t> last_day;
    /// How far before the end of a day a payment may already belong to the next statement: at the end of the last day
    /// it is awaited there, and what is of the day before the first must be in this one or in the one before.
    std::chrono::minutes boundary{30};
    /// The currency of the sums: what is in another is compared and told, and not added up.
    currency money = cny;
    /// The agreed fee of a row, in minor units and without a sign, whichever way the money went; none: fees are not
    /// compared.
    std::function<std::optional<std::int64_t>(const entry&)> agreed_fee;
    /// A fee may differ by this.
    std::int64_t fee_tolerance = 0;
};

/// What one side adds up to: what moved, each way.
struct side_total {
    std::uint64_t payments = 0;
    std::uint64_t give_backs = 0;
    std::int64_t paid_minor = 0;
    std::int64_t given_back_minor = 0;
    friend bool operator==(const side_total&, const side_total&) = default;
};

struct comparison_summary {
    side_total ours;             ///< of the days that are compared
    side_total theirs;           ///< of all rows
    std::int64_t fees_minor = 0; ///< as the statement has them
    std::uint64_t matched = 0;   ///< rows that have a record
    std::array<std::uint64_t, difference_kinds> found{};
    std::int64_t first_day = 0;
    std::int64_t last_day = 0;
    [[nodiscard]] std::uint64_t count(difference_kind kind) const noexcept {
        return found[static_cast<std::size_t>(kind)];
    }
    /// Differences that somebody must look at: all but those of the day boundary.
    [[nodiscard]] std::uint64_t to_do() const noexcept;
};

/// Compares the journal with statements: first all of ours, then all of theirs, then the end. Each difference is told
/// as soon as it is certain. Holds about 80 bytes and the key for each of ours; of theirs, only those that are not
/// ours. One thread at a time; `tell` is called within `add_ours`, `add_theirs` and `finish`, and must not call back.
///
/// Ours may hold more than the statement's days: records of other days are matched, and none is missed.
class comparison {
  public:
    using teller = std::function<void(const difference&)>;
    comparison(comparison_settings settings, teller tell);
    comparison(comparison&&) noexcept;
    comparison& operator=(comparison&&) noexcept;
    ~comparison();

    void add_ours(const entry& one);
    void add_theirs(const entry& one);
    /// Tells what is in ours alone.
    comparison_summary finish();

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::reconcile
