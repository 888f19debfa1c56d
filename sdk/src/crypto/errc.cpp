#include <cipherlane/core/error_category.hpp>
#include <cipherlane/crypto/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(crypto_errc value, condition means, const char* text) noexcept {
    return {static_cast<int>(value), means, text};
}

constexpr std::array rows{
    row(crypto_errc::bad_key_length, condition::bad_message, "key has the wrong length"),
    row(crypto_errc::bad_parity, condition::bad_message, "key bytes lack odd parity"),
    row(crypto_errc::weak_key, condition::bad_message, "weak or semi-weak DES key"),
    row(crypto_errc::equal_key_parts, condition::bad_message, "parts of the TDES key are equal"),
    row(crypto_errc::refused_by_policy, condition::unsupported, "the profile's key policy refuses it"),
    row(crypto_errc::bad_data_length, condition::bad_message, "data is not a whole number of blocks"),
    row(crypto_errc::bad_iv_length, condition::misuse, "initial value has the wrong length"),
    row(crypto_errc::buffer_too_small, condition::misuse, "output buffer has the wrong size"),
    row(crypto_errc::bad_pin, condition::bad_message, "a PIN has 4 to 12 digits"),
    row(crypto_errc::bad_pan, condition::bad_message, "PAN too short, too long or not digits"),
    row(crypto_errc::bad_expiry, condition::bad_message, "an expiry date has 4 digits"),
    row(crypto_errc::bad_service_code, condition::bad_message, "a service code has 3 digits"),
    row(crypto_errc::bad_key_index, condition::bad_message, "a PIN verification key index is one digit"),
    row(crypto_errc::bad_decimalization_table, condition::bad_message, "decimalization table malformed or too weak"),
    row(crypto_errc::bad_validation_data, condition::bad_message, "validation data outside the PAN or badly padded"),
    row(crypto_errc::bad_offset, condition::bad_message, "a PIN offset has 4 to 12 digits"),
    row(crypto_errc::bad_sequence_number, condition::bad_message, "a PAN sequence number has 2 digits"),
    row(crypto_errc::bad_cryptogram, condition::bad_message, "an application cryptogram has 8 bytes"),
    row(crypto_errc::bad_response_data, condition::bad_message, "issuer response data has the wrong length"),
    row(crypto_errc::bad_numeral, condition::bad_message, "numeral outside the radix or alphabet"),
    row(crypto_errc::bad_radix, condition::misuse, "a radix lies between 2 and 65536"),
    row(crypto_errc::domain_too_small, condition::misuse, "fewer than a million numbers of this length"),
    row(crypto_errc::bad_layout, condition::misuse, "number layout malformed"),
    row(crypto_errc::numbers_used_up, condition::misuse, "no numbers left in this layout"),
    row(crypto_errc::not_of_this_plan, condition::bad_message, "not a number of this layout"),
    row(crypto_errc::bad_fill, condition::misuse, "fill of the wrong length or value"),
    row(crypto_errc::bad_pin_block, condition::bad_message, "not a PIN block under this key"),
    row(crypto_errc::empty_input, condition::bad_message, "nothing to compute over"),
    row(crypto_errc::bad_mac_length, condition::bad_message, "MAC has the wrong length"),
    row(crypto_errc::bad_check_value_length, condition::bad_message, "check value has the wrong length"),
    row(crypto_errc::check_value_mismatch, condition::bad_message, "key and check value do not match"),
    row(crypto_errc::verification_failed, condition::bad_message, "not authentic"),
    row(crypto_errc::bad_key_encoding, condition::bad_message, "not an encoded key of this kind"),
    row(crypto_errc::bad_components, condition::bad_message, "components are too few or of unequal length"),
    row(crypto_errc::translation_refused, condition::misuse, "this PIN block translation is not allowed"),
    row(crypto_errc::unsupported_algorithm, condition::unsupported, "algorithm not available for this"),
    row(crypto_errc::library_failed, condition::local_fault, "the cryptographic library failed"),
    row(crypto_errc::bad_key_block, condition::bad_message, "not a key block of this kind"),
    row(crypto_errc::key_use_refused, condition::misuse, "the key's block does not allow this use"),
    row(crypto_errc::bad_ksn, condition::bad_message, "key serial number of the wrong length or without a key"),
    row(crypto_errc::key_exhausted, condition::unsupported, "the initial key has no transaction keys left"),
};

const table_category crypto_category{"cipherlane.crypto", rows};

} // namespace

boost::system::error_code make_error_code(crypto_errc value) noexcept {
    return {static_cast<int>(value), crypto_category};
}

} // namespace cipherlane
