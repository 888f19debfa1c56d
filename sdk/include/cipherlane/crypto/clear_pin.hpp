#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// A PIN in clear: 4 to 12 decimal digits (ISO 9564-1, 8.1).
///
/// PCI PIN requirement 1 lets a clear PIN exist only inside a secure cryptographic device. Only simulators, tests and
/// issuer-side tools may use this type; an application in the field gets PIN blocks from a PIN pad and never sees it.
/// Move-only, wiped, not printable.
class clear_pin {
  public:
    static constexpr std::size_t min_digits = 4;
    static constexpr std::size_t max_digits = 12;

    /// @return `crypto_errc::bad_pin` for any other length or character.
    [[nodiscard]] static result<clear_pin> parse(std::string_view digits);

    clear_pin(clear_pin&& other) noexcept;
    clear_pin& operator=(clear_pin&& other) noexcept;
    clear_pin(const clear_pin&) = delete;
    clear_pin& operator=(const clear_pin&) = delete;
    ~clear_pin();

    [[nodiscard]] clear_pin clone() const noexcept;

    /// The digits; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] std::string_view expose() const noexcept { return {digits_.data(), size_}; }

    /// Constant time, also over the lengths.
    friend bool operator==(const clear_pin& a, const clear_pin& b) noexcept;

    template <class Stream>
    friend Stream& operator<<(Stream&, const clear_pin&) = delete;

  private:
    friend class pin_block_codec;
    clear_pin() noexcept = default;
    std::array<char, 15> digits_{}; // characters after the size are zero
    std::uint8_t size_ = 0;
};

} // namespace cipherlane::crypto
