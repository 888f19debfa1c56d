#include "emv_session.hpp"
#include "mac_check.hpp"

#include <cipherlane/crypto/emv_cryptogram.hpp>

#include <algorithm>

namespace cipherlane::crypto {

result<emv_cryptogram> application_cryptogram(emv_ac_session_key& key, mac_padding padding, byte_view data) {
    CIPHERLANE_TRY(const mac_value computed, emv_mac(key, padding, data, "application cryptogram"));
    emv_cryptogram made{};
    std::ranges::copy(computed.view(), made.begin());
    return made;
}

result<void> verify_application_cryptogram(
    emv_ac_session_key& key, mac_padding padding, byte_view data, byte_view received) {
    constexpr auto operation = "application cryptogram";
    if (received.size() != std::tuple_size_v<emv_cryptogram>) {
        return crypto_error(crypto_errc::bad_cryptogram, operation);
    }
    CIPHERLANE_TRY(const mac_value computed, emv_mac(key, padding, data, operation));
    return check_mac(computed, received, std::tuple_size_v<emv_cryptogram>, operation);
}

} // namespace cipherlane::crypto
