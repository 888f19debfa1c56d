#include <cipherlane/core/error_category.hpp>
#include <cipherlane/crypto/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {crypto_errc::bad_key_length, condition::bad_message, "key has the wrong length"},
    {crypto_errc::bad_parity, condition::bad_message, "key bytes lack odd parity"},
    {crypto_errc::weak_key, condition::bad_message, "weak or semi-weak DES key"},
    {crypto_errc::equal_key_parts, condition::bad_message, "parts of the TDES key are equal"},
    {crypto_errc::refused_by_policy, condition::unsupported, "the profile's key policy refuses it"},
    {crypto_errc::bad_data_length, condition::bad_message, "data is not a whole number of blocks"},
    {crypto_errc::bad_iv_length, condition::misuse, "initial value has the wrong length"},
    {crypto_errc::buffer_too_small, condition::misuse, "output buffer has the wrong size"},
    {crypto_errc::bad_pin, condition::bad_message, "a PIN has 4 to 12 digits"},
    {crypto_errc::bad_pan, condition::bad_message, "PAN too short, too long or not digits"},
    {crypto_errc::bad_expiry, condition::bad_message, "an expiry date has 4 digits"},
    {crypto_errc::bad_service_code, condition::bad_message, "a service code has 3 digits"},
    {crypto_errc::bad_key_index, condition::bad_message, "a PIN verification key index is one digit"},
    {crypto_errc::bad_decimalization_table, condition::bad_message, "decimalization table malformed or too weak"},
    {crypto_errc::bad_validation_data, condition::bad_message, "validation data outside the PAN or badly padded"},
    {crypto_errc::bad_offset, condition::bad_message, "a PIN offset has 4 to 12 digits"},
    {crypto_errc::bad_sequence_number, condition::bad_message, "a PAN sequence number has 2 digits"},
    {crypto_errc::bad_cryptogram, condition::bad_message, "an application cryptogram has 8 bytes"},
    {crypto_errc::bad_response_data, condition::bad_message, "issuer response data has the wrong length"},
    {crypto_errc::bad_numeral, condition::bad_message, "numeral outside the radix or alphabet"},
    {crypto_errc::bad_radix, condition::misuse, "a radix lies between 2 and 65536"},
    {crypto_errc::domain_too_small, condition::misuse, "fewer than a million numbers of this length"},
    {crypto_errc::bad_layout, condition::misuse, "number layout malformed"},
    {crypto_errc::numbers_used_up, condition::misuse, "no numbers left in this layout"},
    {crypto_errc::not_of_this_plan, condition::bad_message, "not a number of this layout"},
    {crypto_errc::bad_fill, condition::misuse, "fill of the wrong length or value"},
    {crypto_errc::bad_pin_block, condition::bad_message, "not a PIN block under this key"},
    {crypto_errc::empty_input, condition::bad_message, "nothing to compute over"},
    {crypto_errc::bad_mac_length, condition::bad_message, "MAC has the wrong length"},
    {crypto_errc::bad_check_value_length, condition::bad_message, "check value has the wrong length"},
    {crypto_errc::check_value_mismatch, condition::bad_message, "key and check value do not match"},
    {crypto_errc::verification_failed, condition::bad_message, "not authentic"},
    {crypto_errc::bad_key_encoding, condition::bad_message, "not an encoded key of this kind"},
    {crypto_errc::bad_components, condition::bad_message, "components are too few or of unequal length"},
    {crypto_errc::translation_refused, condition::misuse, "this PIN block translation is not allowed"},
    {crypto_errc::unsupported_algorithm, condition::unsupported, "algorithm not available for this"},
    {crypto_errc::library_failed, condition::local_fault, "the cryptographic library failed"},
    {crypto_errc::bad_key_block, condition::bad_message, "not a key block of this kind"},
    {crypto_errc::key_use_refused, condition::misuse, "the key's block does not allow this use"},
    {crypto_errc::bad_ksn, condition::bad_message, "key serial number of the wrong length or without a key"},
    {crypto_errc::key_exhausted, condition::unsupported, "the initial key has no transaction keys left"},
};

const table_category crypto_category{"cipherlane.crypto", rows};

} // namespace

boost::system::error_code make_error_code(crypto_errc value) noexcept {
    return crypto_category.code(value);
}

} // namespace cipherlane
