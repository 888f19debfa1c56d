#pragma once

#include "declassified.hpp"
#include "provider.hpp"

#include <cipherlane/crypto/mac_value.hpp>

namespace cipherlane::crypto {

/// Compares a received MAC with the first `length` bytes of the computed one, in constant time.
[[nodiscard]] inline result<void> check_mac(
    const mac_value& computed, byte_view received, std::size_t length, std::string_view operation) {
    if (length < mac_value::min_compared || length > computed.size() || received.size() != length) {
        return crypto_error(crypto_errc::bad_mac_length, operation);
    }
    if (!declassified(computed.matches(received, length)))
        return crypto_error(crypto_errc::verification_failed, operation);
    return {};
}

/// Ends the message a MAC context is at.
[[nodiscard]] inline result<mac_value> final_mac(EVP_MAC_CTX* context, std::string_view operation) {
    std::array<std::uint8_t, mac_value::max_size> value;
    std::size_t size = 0;
    if (EVP_MAC_final(context, value.data(), &size, value.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, operation);
    }
    return mac_value(byte_view(value).first(size));
}

/// One message through a context whose key is set: starts over, so that nothing of an earlier one is left.
[[nodiscard]] inline result<mac_value> one_mac(EVP_MAC_CTX* context, byte_view data, std::string_view operation) {
    if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 || EVP_MAC_update(context, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, operation);
    }
    return final_mac(context, operation);
}

} // namespace cipherlane::crypto
