#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>

#include <array>

namespace cipherlane::crypto {

/// Field 64 as it goes on the wire.
using unionpay_mac_field = std::array<std::uint8_t, 8>;

/// What field 64 carries.
enum class unionpay_mac_form : std::uint8_t {
    ascii8, ///< the first 8 hex characters of the result: DES and TDES always; some SM4 hosts
    raw8,   ///< the first 8 bytes of the result: SM4 by default. Which one a host wants is a profile field
};

/// The part of the POS MAC that needs no key: the message XORed into one block, written as hex text.
///
/// With a cipher machine that has no command for the POS MAC, a zero-IV CBC-MAC over `text` with the whole key in
/// every block finishes the job, and the first 8 hex characters of its result are field 64.
class unionpay_mac_text {
  public:
    /// `mab` is the message from its type to the field before 64, as on the wire (no TPDU, header, length).
    /// `block_size` is 8 (DES, TDES) or 16 (SM4). @return `crypto_errc::empty_input`, `unsupported_algorithm`.
    [[nodiscard]] static result<unionpay_mac_text> fold(std::size_t block_size, byte_view mab);

    /// The XOR of all blocks, the last one filled with zeros.
    [[nodiscard]] byte_view folded() const noexcept { return {fold_.data(), block_}; }
    /// The fold as upper-case hex: two blocks of ASCII.
    [[nodiscard]] byte_view text() const noexcept { return {text_.data(), 2 * block_}; }

  private:
    std::array<std::uint8_t, 16> fold_{};
    std::array<std::uint8_t, 32> text_{};
    std::size_t block_ = 0;
};

/// Every step of the POS MAC, for `explain` under test keys. With a real key the first encryption is of no use to
/// anyone but an attacker: do not show it.
struct unionpay_mac_steps {
    unionpay_mac_text text;
    std::array<std::uint8_t, 16> first{}; ///< the first half of the text, encrypted
    std::array<std::uint8_t, 16> last{};  ///< that XOR the second half, encrypted
    std::size_t block = 0;                ///< bytes that count in `first` and `last`
    unionpay_mac_field ascii8{};
    unionpay_mac_field raw8{};
};

/// The MAC of the UnionPay POS terminal specification ("CUP ECB", 银联 POS ECB MAC): fold, expand, encrypt the first
/// half of the text, XOR the second half, encrypt. DES, TDES or SM4 by the key. Allocates nothing. The specification
/// (Q/CUP 009.1) is not public: no clause number of it is known here.
/// @return `crypto_errc::empty_input`; `unsupported_algorithm` for AES; `library_failed`.
[[nodiscard]] result<unionpay_mac_field> unionpay_mac(mac_key& key, byte_view mab, unionpay_mac_form form);

/// The shortest block that a MAC ends in.
inline constexpr std::size_t least_unionpay_block = 8;
/// Field 64 of the last block, as a device that enciphers gives it: at least `least_unionpay_block` bytes.
[[nodiscard]] unionpay_mac_field unionpay_mac_field_of(byte_view last, unionpay_mac_form form) noexcept;

/// The form field 64 has by default with this key: `ascii8` for DES and TDES, `raw8` for SM4.
[[nodiscard]] constexpr unionpay_mac_form default_unionpay_mac_form(algorithm cipher) noexcept {
    return cipher == algorithm::sm4 ? unionpay_mac_form::raw8 : unionpay_mac_form::ascii8;
}

/// Compares in constant time. @return `crypto_errc::verification_failed`, and the errors above.
[[nodiscard]] result<void> verify_unionpay_mac(
    mac_key& key, byte_view mab, unionpay_mac_form form, const unionpay_mac_field& received);

/// As `unionpay_mac`, showing its steps.
[[nodiscard]] result<unionpay_mac_steps> explain_unionpay_mac(mac_key& test_key, byte_view mab);

} // namespace cipherlane::crypto
