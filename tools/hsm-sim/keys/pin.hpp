#pragma once

#include "hsm-sim/keys/clear_key.hpp"
#include "hsm-sim/keys/status.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cipherlane::hsm_sim {

/// A clear PIN while one command uses it; wiped at the end.
class clear_pin {
  public:
    static constexpr std::size_t shortest = 4;
    static constexpr std::size_t longest = 12;

    clear_pin() noexcept = default;
    explicit clear_pin(std::string_view digits) noexcept
        : size_(digits.size()) {
        std::copy(digits.begin(), digits.end(), digits_.begin());
    }
    clear_pin(const clear_pin&) noexcept = default;
    clear_pin& operator=(const clear_pin&) noexcept = default;
    ~clear_pin() { wipe({reinterpret_cast<std::uint8_t*>(digits_.data()), digits_.size()}); }

    [[nodiscard]] std::string_view view() const noexcept { return {digits_.data(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    void push_back(char digit) noexcept { digits_[size_++] = digit; }

  private:
    std::array<char, 16> digits_{};
    std::size_t size_ = 0;
};

/// How a PIN stands in its block.
enum class pin_format : std::uint8_t {
    iso0,       ///< 01
    docutel,    ///< 02
    diebold,    ///< 03, also IBM 3624
    plus,       ///< 04: as ISO 0, with the leftmost digits of the account
    iso1,       ///< 05
    iso2,       ///< 34
    mastercard, ///< 35: as ISO 2, with the account mixed in as ISO 0 does
    iso3,       ///< 47
    iso4,       ///< 48: AES or SM4, with the account enciphered in
    none,
};

/// What may become of a PIN block: everything that is known (`legacy`), or what PCI PIN allows.
enum class pin_policy : std::uint8_t { legacy, pci };
/// Whether the policy lets a block of one format become one of the other.
[[nodiscard]] bool may_translate(pin_policy policy, pin_format from, pin_format to) noexcept;

/// A clear block of 8 bytes into its PIN. `account` is 12 digits, for `plus` 18, without the check digit.
/// @return `pin_block` if the content is none of the format, `pin_length` if there are not 4 to 12 digits.
[[nodiscard]] status decode_pin(
    pin_format format, byte_view block, std::string_view account, clear_pin& pin) noexcept;
/// A PIN into a clear block of 8 bytes, random fill from the system. `pin_format` where the format cannot.
[[nodiscard]] status encode_pin(
    pin_format format, const clear_pin& pin, std::string_view account, byte_span block) noexcept;

/// Enciphered blocks: 8 bytes under DES, 16 under SM4 or AES. Formats of 8 bytes under a 16-byte cipher are
/// repeated in both halves, as the units of the TASS family carry them; format 0 is also opened where it is stretched
/// over all of the block, as UnionPay terminals with SM4 send it.
[[nodiscard]] status open_pin_block(
    const clear_key& key, pin_format format, byte_view block, std::string_view account, clear_pin& pin) noexcept;
[[nodiscard]] status seal_pin_block(const clear_key& key, pin_format format, const clear_pin& pin,
    std::string_view account, byte_span block) noexcept;

} // namespace cipherlane::hsm_sim
