#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `crypto`. A bad PIN block, a wrong MAC and a damaged cryptogram have one code each, so that an
/// answer never tells why (no oracle).
enum class crypto_errc {
    bad_key_length = 1,
    bad_parity,
    weak_key,
    equal_key_parts,
    refused_by_policy,
    bad_data_length,
    bad_iv_length,
    buffer_too_small,
    bad_pin,
    bad_pan,
    bad_expiry,
    bad_service_code,
    bad_key_index,
    bad_decimalization_table,
    bad_validation_data,
    bad_offset,
    bad_sequence_number,
    bad_cryptogram,
    bad_response_data,
    bad_numeral,
    bad_radix,
    domain_too_small,
    bad_layout,
    numbers_used_up,
    not_of_this_plan,
    bad_fill,
    bad_pin_block,
    empty_input,
    bad_mac_length,
    bad_check_value_length,
    check_value_mismatch,
    verification_failed,
    bad_key_encoding,
    bad_components,
    translation_refused,
    unsupported_algorithm,
    library_failed,
    bad_key_block,
    key_use_refused,
    bad_ksn,
    key_exhausted,
};

[[nodiscard]] boost::system::error_code make_error_code(crypto_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::crypto_errc> : std::true_type {};
