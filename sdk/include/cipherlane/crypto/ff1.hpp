#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/ff1_alphabet.hpp>
#include <cipherlane/crypto/key.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::crypto {

/// Limits of FF1 (NIST SP 800-38G, section 4, and Rev. 1 draft): radix 2 to 65536, at least a million possible
/// inputs. The lengths are this library's own choice, which the standard leaves open.
inline constexpr std::uint32_t ff1_max_radix = 65536;
inline constexpr std::uint64_t ff1_min_domain = 1'000'000;
inline constexpr std::size_t ff1_max_numerals = 256;
inline constexpr std::size_t ff1_max_tweak = 256;

/// Format-preserving encryption FF1 (NIST SP 800-38G, algorithms 7 and 8), in place: a permutation of all numeral
/// strings of this length, another one for each key and tweak. The tweak is no secret and may be empty; the same one
/// is needed to decrypt. FF1 hides which input an output came from and proves nothing about who made it. Short inputs
/// need a changing tweak where an opponent can gather many pairs.
///
/// The key is AES; SM4 is taken where national rules ask for it, which the standard does not name. Takes the same
/// time for all values of one length but for the division that turns bytes into numerals. Allocates nothing after the
/// key's first use. One thread at a time per key.
/// @return `crypto_errc::bad_radix`; `bad_numeral` with the offset of the numeral that is not below the radix;
/// `domain_too_small` for fewer than 2 numerals or a million possible values; `bad_data_length` for too many numerals
/// or too long a tweak; `unsupported_algorithm` for a cipher of 8-byte blocks; `library_failed`.
[[nodiscard]] result<void> ff1_encrypt(
    numbering_key& key, std::uint32_t radix, byte_view tweak, std::span<std::uint16_t> numerals);
[[nodiscard]] result<void> ff1_decrypt(
    numbering_key& key, std::uint32_t radix, byte_view tweak, std::span<std::uint16_t> numerals);

/// The same over text in an alphabet, whose size is the radix.
/// @return also `crypto_errc::bad_numeral` with the offset of a character outside the alphabet.
[[nodiscard]] result<std::string> ff1_encrypt(
    numbering_key& key, const ff1_alphabet& alphabet, byte_view tweak, std::string_view text);
[[nodiscard]] result<std::string> ff1_decrypt(
    numbering_key& key, const ff1_alphabet& alphabet, byte_view tweak, std::string_view text);

} // namespace cipherlane::crypto
