#pragma once

#include <cipherlane/core/result.hpp>

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace cipherlane {

/// A currency by its ISO 4217 number, with its count of decimals.
struct currency {
    std::uint16_t number = 156; ///< CNY
    std::uint8_t decimals = 2;
    friend auto operator<=>(const currency&, const currency&) = default;
};

inline constexpr currency cny{156, 2};

/// Money in minor units (fen, cents); exact, never a fraction. From 0 to 999,999,999,999 (ISO 8583 field 4).
class amount {
  public:
    static constexpr std::int64_t max_minor = 999'999'999'999;

    constexpr amount() noexcept = default;
    constexpr explicit amount(std::int64_t minor, currency unit = cny) noexcept
        : minor_(minor)
        , unit_(unit) {}

    /// From "12.34", "12" or "12.3"; no sign, no thousands mark.
    /// @return `core_errc::not_digits` with the offset, `core_errc::out_of_range` (too large or too many decimals).
    [[nodiscard]] static result<amount> parse(std::string_view text, currency unit = cny);

    [[nodiscard]] constexpr std::int64_t minor() const noexcept { return minor_; }
    [[nodiscard]] constexpr currency unit() const noexcept { return unit_; }

    /// "12.34"; as many decimals as the currency has.
    [[nodiscard]] std::string to_string() const;
    /// Twelve digits of minor units (ISO 8583 field 4).
    [[nodiscard]] std::string to_n12() const;

    friend auto operator<=>(const amount&, const amount&) = default;

  private:
    std::int64_t minor_ = 0;
    currency unit_ = cny;
};

std::ostream& operator<<(std::ostream& out, const amount& value);

} // namespace cipherlane
