#pragma once

#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace cipherlane {

/// A primary account number (ISO/IEC 7812, 主账号): 8 to 19 digits.
///
/// Move-only and wiped. Prints as its first six and last four digits only, and as stars alone where that would show
/// more than it hides (fewer than 13 digits).
class pan {
  public:
    static constexpr std::size_t max_digits = 19;

    pan(pan&& other) noexcept;
    pan& operator=(pan&& other) noexcept;
    pan(const pan&) = delete;
    pan& operator=(const pan&) = delete;
    ~pan();

    /// @return `core_errc::wrong_length`, or `core_errc::not_digits`. The check digit is not judged: see `luhn_ok`.
    [[nodiscard]] static result<pan> parse(std::string_view digits);

    [[nodiscard]] pan clone() const noexcept;

    /// All digits, in clear; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] std::string_view expose() const noexcept { return {digits_.data(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] std::string masked() const;
    [[nodiscard]] bool luhn_ok() const noexcept;

    friend bool operator==(const pan& a, const pan& b) noexcept;

  private:
    pan() noexcept = default;
    std::array<char, max_digits> digits_{};
    std::uint8_t size_ = 0;
};

/// Masks digits as `pan::masked` does, for text that may hold a PAN.
[[nodiscard]] std::string mask_pan(std::string_view digits);

/// The check digit of ISO/IEC 7812-1 annex B for digits that come without it; '0' to '9'.
[[nodiscard]] char luhn_digit(std::string_view digits) noexcept;

std::ostream& operator<<(std::ostream& out, const pan& card);

} // namespace cipherlane
