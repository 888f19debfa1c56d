#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/ports/conversion.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::ledger {

/// An amount at a rate of field 10, rounded half up, in minor units of `to`; nothing for a rate that is none (eight
/// digits, the first at most 7) or where the amount would not fit field 6.
[[nodiscard]] std::optional<amount> at_rate(const amount& local, std::string_view rate, currency to) noexcept;

/// Whether an offer holds together: another currency than the terminal's, and an amount that is the local one at its
/// rate, but for one minor unit of rounding.
[[nodiscard]] bool is_sound(const ports::conversion& offer, const amount& local) noexcept;

/// What a void, refund or completion of `part` says of the choice that was made for `whole`: the same one, with its
/// share of the converted amount.
[[nodiscard]] ports::conversion share_of(
    const ports::conversion& of, const amount& whole, const amount& part) noexcept;

} // namespace cipherlane::ledger
