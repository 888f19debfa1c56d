#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/core/result.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane {

/// Money in minor units (fen, cents); exact, never a fraction. From 0 to 999,999,999,999 (ISO 8583 field 4).
class amount {
  public:
    static constexpr std::int64_t max_minor = 999'999'999'999;

    constexpr amount() noexcept = default;
    /// Takes `minor` as it is; for numbers from outside see `from_minor`.
    constexpr explicit amount(std::int64_t minor, currency unit = cny) noexcept
        : minor_(minor)
        , unit_(unit) {}
    /// 12.34 is no count of fen: write "12.34"_cny or 1234.
    template <std::floating_point Fraction>
    explicit amount(Fraction, currency = cny) = delete;

    /// @return `core_errc::out_of_range` for less than zero or more than field 4 holds.
    [[nodiscard]] static result<amount> from_minor(std::int64_t minor, currency unit = cny);
    template <std::floating_point Fraction>
    static result<amount> from_minor(Fraction, currency = cny) = delete;

    /// From "12.34", "12" or "12.3"; no sign, no thousands mark.
    /// @return `core_errc::not_digits` with the offset, `core_errc::out_of_range` (too large or too many decimals).
    [[nodiscard]] static result<amount> parse(std::string_view text, currency unit = cny);

    [[nodiscard]] constexpr std::int64_t minor() const noexcept { return minor_; }
    [[nodiscard]] constexpr currency unit() const noexcept { return unit_; }

    /// "12.34", a difference below zero "-0.05"; as many decimals as the currency has.
    [[nodiscard]] std::string to_string() const;
    /// Twelve digits of minor units (ISO 8583 field 4).
    [[nodiscard]] std::string to_n12() const;

    /// Amounts of two currencies are never equal.
    friend constexpr bool operator==(const amount&, const amount&) = default;
    /// Two currencies have no order, and which currency it is an amount knows only when the program runs: ask
    /// `is_within` or `compare`.
    friend constexpr std::partial_ordering operator<=>(const amount&, const amount&) = delete;
    /// Whether this is `most` or less. Of another currency it is not.
    [[nodiscard]] constexpr bool is_within(const amount& most) const noexcept {
        return unit_ == most.unit_ && minor_ <= most.minor_;
    }
    /// Nothing for amounts of two currencies.
    [[nodiscard]] friend constexpr std::optional<std::strong_ordering> compare(
        const amount& one, const amount& other) noexcept {
        if (one.unit_ != other.unit_) return std::nullopt;
        return one.minor_ <=> other.minor_;
    }

  private:
    std::int64_t minor_ = 0;
    currency unit_ = cny;
};

std::ostream& operator<<(std::ostream& out, const amount& value);

namespace detail {

enum class amount_fault : std::uint8_t { none, empty, no_digit, out_of_range };

struct scanned_amount {
    std::int64_t minor = 0;
    std::size_t at = 0; ///< where the fault is
    amount_fault fault = amount_fault::none;
};

constexpr scanned_amount scan_amount(std::string_view text, std::size_t most_decimals) noexcept {
    scanned_amount end;
    std::size_t decimals = 0;
    bool after_point = false;
    if (text.empty()) end.fault = amount_fault::empty;
    for (; end.at < text.size(); ++end.at) {
        const char c = text[end.at];
        if (c == '.' && !after_point && end.at > 0 && end.at + 1 < text.size()) {
            after_point = true;
            continue;
        }
        if (c < '0' || c > '9') {
            end.fault = amount_fault::no_digit;
            return end;
        }
        end.minor = end.minor * 10 + (c - '0');
        decimals += after_point ? 1 : 0;
        if (end.minor > amount::max_minor || decimals > most_decimals) {
            end.fault = amount_fault::out_of_range;
            return end;
        }
    }
    for (; decimals < most_decimals; ++decimals)
        end.minor *= 10;
    if (end.minor > amount::max_minor) end.fault = amount_fault::out_of_range;
    return end;
}

} // namespace detail

inline namespace literals {

/// "12.34"_cny, checked when it is compiled.
consteval amount operator""_cny(const char* text, std::size_t size) {
    const auto scanned = detail::scan_amount(std::string_view(text, size), cny.decimals);
    if (scanned.fault != detail::amount_fault::none) throw "not an amount in yuan";
    return amount(scanned.minor, cny);
}

} // namespace literals

} // namespace cipherlane
