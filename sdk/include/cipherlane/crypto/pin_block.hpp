#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/clear_pin.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// PIN block formats of ISO 9564-1:2017, 9.3 and 9.4.
enum class pin_block_format : std::uint8_t {
    iso_0 = 0, ///< PIN XOR PAN, fill F (X9.8, 银联带主账号)
    iso_1 = 1, ///< no PAN, random fill
    iso_2 = 2, ///< for chip cards offline only: no PAN, fill F, never encrypted here
    iso_3 = 3, ///< PIN XOR PAN, random fill A to F
    iso_4 = 4, ///< AES: PIN and PAN fields of 16 bytes, enciphered one over the other
    /// Format 0 stretched over one SM4 block, as UnionPay terminals with SM4 send it in field 62: length, PIN and
    /// fill F in 16 bytes, the 12 PAN digits XORed into the last 6. From a bank's worked example (PIN 123654, PAN
    /// 6230606601007726888: 06123654FFFFFFFFFFFF99FEFF88D977); whether a host wants this is to be agreed with it.
    unionpay_sm4 = 0x10,
};

/// A PIN block in clear: 8 bytes (formats 0 to 3), 16 with SM4, or the 16-byte PIN field of format 4. Move-only and
/// wiped; the same limits of use as `clear_pin`.
class clear_pin_block {
  public:
    clear_pin_block(clear_pin_block&& other) noexcept;
    clear_pin_block& operator=(clear_pin_block&& other) noexcept;
    clear_pin_block(const clear_pin_block&) = delete;
    clear_pin_block& operator=(const clear_pin_block&) = delete;
    ~clear_pin_block();

    /// The bytes; the view lives as long as this object is neither moved nor destroyed.
    [[nodiscard]] byte_view expose() const noexcept { return {data_.data(), size_}; }

    template <class Stream>
    friend Stream& operator<<(Stream&, const clear_pin_block&) = delete;

  private:
    friend class pin_block_codec;
    explicit clear_pin_block(std::size_t size) noexcept
        : size_(static_cast<std::uint8_t>(size)) {}
    std::array<std::uint8_t, 16> data_{};
    std::uint8_t size_;
};

/// An encrypted PIN block: 8 bytes under DES or TDES, 16 under AES or SM4. Held in place.
class pin_cryptogram {
  public:
    explicit pin_cryptogram(std::size_t size) noexcept
        : size_(static_cast<std::uint8_t>(size)) {}
    [[nodiscard]] byte_view view() const noexcept { return {data_.data(), size_}; }
    [[nodiscard]] byte_span span() noexcept { return {data_.data(), size_}; }

  private:
    std::array<std::uint8_t, 16> data_{};
    std::uint8_t size_;
};

/// Encodes and decodes PIN blocks in clear.
///
/// The PAN is given as digits: its 12 rightmost before the check digit count in formats 0 and 3 (13 to 19 digits
/// given), all of it in format 4 (1 to 19 digits); formats 1 and 2 ignore it. Decoding takes the same time for every
/// block and gives one error, `crypto_errc::bad_pin_block`, whatever is wrong with it: length, format, PIN length,
/// digit or fill (UCAM-CL-TR-560). A bad PAN is the caller's own and has its own error, `crypto_errc::bad_pan`.
/// Thread safe.
class pin_block_codec {
  public:
    /// Fill of formats 1 and 3 and the random half of format 4 come from the generator of `random.hpp`.
    /// @return `bad_pan`, `library_failed`.
    [[nodiscard]] static result<clear_pin_block> encode(
        pin_block_format format, const clear_pin& pin, std::string_view pan_digits);

    /// As above with the fill given, for published vectors: one byte a nibble (formats 1 and 3; exactly as many as
    /// are free), or the 8 random bytes of format 4. @return also `bad_fill`.
    [[nodiscard]] static result<clear_pin_block> encode_with_fill(
        pin_block_format format, const clear_pin& pin, std::string_view pan_digits, byte_view fill);

    /// UnionPay's "X9.8 without PAN" (field 53 begins with 1): format 0 with nothing XORed. `block_size` is 8, or 16
    /// for SM4.
    [[nodiscard]] static clear_pin_block encode_without_pan(
        const clear_pin& pin, std::size_t block_size = 8) noexcept;

    [[nodiscard]] static result<clear_pin> decode(
        pin_block_format format, byte_view block, std::string_view pan_digits);
    [[nodiscard]] static result<clear_pin> decode_without_pan(byte_view block);

    /// The PAN field of format 4: 16 bytes.
    [[nodiscard]] static result<std::array<std::uint8_t, 16>> pan_field_4(std::string_view pan_digits);
};

/// Encodes and encrypts: formats 0, 1, 3 in ECB under DES or TDES; UnionPay's under SM4; format 4 under AES in its
/// own two-step way (ISO 9564-1:2017, 9.4.2). Allocates nothing.
/// @return `crypto_errc::bad_pan`; `unsupported_algorithm` if format and cipher do not go together; `library_failed`.
[[nodiscard]] result<pin_cryptogram> encrypt_pin_block(
    pin_key& key, pin_block_format format, const clear_pin& pin, std::string_view pan_digits);

/// As above with the fill given, for published vectors.
[[nodiscard]] result<pin_cryptogram> encrypt_pin_block_with_fill(
    pin_key& key, pin_block_format format, const clear_pin& pin, std::string_view pan_digits, byte_view fill);

/// Decrypts and decodes, for issuers and simulators. Errors as above and `crypto_errc::bad_pin_block`, which also
/// covers the wrong key and the wrong PAN.
[[nodiscard]] result<clear_pin> decrypt_pin_block(
    pin_key& key, pin_block_format format, byte_view cryptogram, std::string_view pan_digits);

} // namespace cipherlane::crypto
