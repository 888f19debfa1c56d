#pragma once

#include "key_access.hpp"
#include "retail_core.hpp"

namespace cipherlane::crypto {

/// What every use of an EMV session key asks of it: TDES with 16 bytes.
template <purpose Use>
[[nodiscard]] result<void> check_emv_key(const key<Use>& session, std::string_view operation) {
    if (session.cipher() != algorithm::tdes) return crypto_error(crypto_errc::unsupported_algorithm, operation);
    if (session.size() != 16) return crypto_error(crypto_errc::bad_key_length, operation);
    return {};
}

/// The retail MAC under an EMV session key (EMV 4.3 Book 2, A1.2.1).
template <purpose Use>
[[nodiscard]] result<mac_value> emv_mac(
    key<Use>& session, mac_padding padding, byte_view data, std::string_view operation) {
    CIPHERLANE_CHECK(check_emv_key(session, operation));
    if (data.empty()) return crypto_error(crypto_errc::empty_input, operation);
    CIPHERLANE_TRY(auto* left, key_access::left_des(session));
    CIPHERLANE_TRY(auto* whole, key_access::cipher(session));
    return retail_mac_core(*left, *whole, padding, data);
}

} // namespace cipherlane::crypto
