#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/clear_pin.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <string_view>

namespace cipherlane::crypto {

/// How an issuer of the IBM 3624 method makes a PIN out of a PAN. Checked once, then kept: who may vary the table or
/// the validation data between calls reads PINs digit by digit (Bond, Zielinski: UCAM-CL-TR-560).
class ibm3624_scheme {
  public:
    /// @param decimalization_table 16 digits, one for each of 0 to F; at least 8 of them distinct, as cipher machines
    /// demand.
    /// @param first, length which PAN digits are the validation data: 1 to 16 from `first`, counted from 0.
    /// @param pad the hex digit, of either case, that fills the validation data on the right to 16.
    /// @return `crypto_errc::bad_decimalization_table` (with the offset of what is no digit), `bad_validation_data`.
    [[nodiscard]] static result<ibm3624_scheme> create(
        std::string_view decimalization_table, std::size_t first, std::size_t length, char pad);

    /// The 8 bytes that are encrypted. The PAN has up to 19 digits and reaches as far as the validation data.
    /// @return `crypto_errc::bad_pan` with the offset of what is no digit, `bad_validation_data` if it is too short.
    [[nodiscard]] result<std::array<std::uint8_t, 8>> validation_data(std::string_view pan) const;

    [[nodiscard]] std::string_view decimalization_table() const noexcept { return table_.view(); }

  private:
    ibm3624_scheme() noexcept = default;
    fixed_text<16> table_;
    std::size_t first_ = 0;
    std::size_t length_ = 0;
    char pad_ = 'F';
};

/// The IBM 3624 method (z/OS ICSF Application Programmer's Guide, SA22-7522, and IBM CCA's reference, both in the
/// appendix "PIN Formats and Algorithms"): the natural PIN is the encrypted validation data, decimalized; the offset,
/// which is no secret, is the customer's PIN less the natural one, each digit modulo 10. PIN and offset have the same
/// 4 to 12 digits.
///
/// For issuers and simulators: see `clear_pin`. The key is DES or TDES, 8 to 24 bytes as its policy allows. Takes the
/// same time for all PINs, but for what OpenSSL does. One thread at a time per key.
/// @return `crypto_errc::bad_offset` with the offset of what is no digit; the errors of `validation_data`;
/// `unsupported_algorithm` for a key of another cipher; `library_failed`.
[[nodiscard]] result<clear_pin> ibm3624_pin(
    pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan, std::string_view offset);
[[nodiscard]] result<fixed_text<12>> ibm3624_offset(
    pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan, const clear_pin& pin);

/// Compares in constant time. Says of a wrong PIN no more than that.
/// @return `crypto_errc::verification_failed`, also if PIN and offset differ in length; the errors above.
[[nodiscard]] result<void> verify_ibm3624_pin(pin_verification_key& key, const ibm3624_scheme& scheme,
    std::string_view pan, std::string_view offset, const clear_pin& pin);

} // namespace cipherlane::crypto
