#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <string_view>

namespace cipherlane::crypto {

/// Service codes that stand in the calculation in place of the track's own.
inline constexpr std::string_view cvv2_service_code = "000"; ///< printed on the card (CVV2, CVC2)
inline constexpr std::string_view icvv_service_code = "999"; ///< in the chip's track image (iCVV, Chip CVC)

/// A card verification value: 3 digits, wiped, not printable. Never to be stored once a payment is authorised
/// (PCI DSS 3.3).
class card_verification_digits {
  public:
    card_verification_digits(card_verification_digits&& other) noexcept;
    card_verification_digits& operator=(card_verification_digits&& other) noexcept;
    card_verification_digits(const card_verification_digits&) = delete;
    card_verification_digits& operator=(const card_verification_digits&) = delete;
    ~card_verification_digits();

    /// The digits; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] std::string_view expose() const noexcept { return {digits_.data(), digits_.size()}; }

    template <class Stream>
    friend Stream& operator<<(Stream&, const card_verification_digits&) = delete;

  private:
    friend class card_verification;
    card_verification_digits() noexcept = default;
    std::array<char, 3> digits_{};
};

/// CVV, CVV2 and iCVV (卡片校验码): the method that Visa published for its members, the same for CVC of Mastercard
/// and CVN of UnionPay; in public the "VISA CVV Service Generate" of the z/OS ICSF Application Programmer's Guide,
/// SA22-7522. PAN, expiry and service code, padded with zeros to two DES blocks, go through single DES with
/// the left half of the key and TDES with both; the decimal digits of the result, then its letters less 10, give the
/// value.
///
/// The PAN has 8 to 19 digits, the service code 3, the expiry 4 in the order that the scheme puts them into the
/// calculation: YYMM for a CVV and an iCVV, and for a CVV2 mostly MMYY. The key is a TDES key of 16 bytes. One thread
/// at a time per key.
class card_verification {
  public:
    /// @return `crypto_errc::bad_pan`, `bad_expiry`, `bad_service_code` with field and offset; `bad_key_length`;
    /// `library_failed`.
    [[nodiscard]] static result<card_verification_digits> compute(
        card_verification_key& key, std::string_view pan, std::string_view expiry, std::string_view service_code);

    /// Compares in constant time.
    /// @return `crypto_errc::verification_failed`, also for a value that has not 3 digits, and the errors above.
    [[nodiscard]] static result<void> verify(card_verification_key& key, std::string_view pan,
        std::string_view expiry, std::string_view service_code, std::string_view received);
};

} // namespace cipherlane::crypto
