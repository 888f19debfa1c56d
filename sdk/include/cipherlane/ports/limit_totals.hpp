#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::ports {

/// No more than so much in one period: "20261129" of a day, "202611" of a month.
struct period_limit {
    std::string period;
    std::int64_t most_minor = 0;
};

/// A limit that a payment would exceed, and what is taken of it already.
struct limit_reached {
    period_limit limit;
    std::int64_t taken_minor = 0;
};

/// What came of taking.
struct total_taking {
    bool anew = false;                    ///< by this call, and not by an earlier one of the same payment
    std::optional<limit_reached> reached; ///< the first limit that would be exceeded: nothing was taken
};

/// Running totals with limits, durable and right however many lanes take at once. Thread-safe.
///
/// A total is taken before the payment is sent and given back where it does not come to stand, so that two lanes that
/// ask at the same moment cannot both have the last of it.
class limit_totals {
  public:
    limit_totals() = default;
    limit_totals(const limit_totals&) = delete;
    limit_totals& operator=(const limit_totals&) = delete;
    virtual ~limit_totals() = default;

    /// Durable. Adds to the subject's totals of all periods if none exceeds its limit, else to none. Once for each
    /// payment: the same again changes nothing, another amount, subject or period under its name takes the place of
    /// what it has taken.
    /// @return `core_errc::out_of_range` unless `minor` is positive
    [[nodiscard]] virtual result<total_taking> take(std::string_view payment, std::string_view subject,
        std::int64_t minor, std::span<const period_limit> limits, const call& bounds) = 0;
    /// Durable. Gives back of what a payment has taken, from the periods that it was taken of, at most what is left
    /// of it: all of it where it was declined, reversed or not of the kind that is counted, a part for a refund.
    /// Nothing for a payment that has taken nothing.
    /// @return `core_errc::out_of_range` unless `minor` is positive
    [[nodiscard]] virtual result<void> give_back(
        std::string_view payment, std::int64_t minor, const call& bounds) = 0;
    /// Durable. A payment that has given back all that it had taken was made after all: takes so much of the same
    /// totals, beyond their limits too, as nobody can refuse any more what has been paid. @return false for one that
    /// keeps some of it, or has never taken anything; nothing is changed then
    [[nodiscard]] virtual result<bool> take_again(
        std::string_view payment, std::int64_t minor, const call& bounds) = 0;
    /// What a subject has taken in a period.
    [[nodiscard]] virtual result<std::int64_t> taken(
        std::string_view subject, std::string_view period, const call& bounds) = 0;
};

} // namespace cipherlane::ports
