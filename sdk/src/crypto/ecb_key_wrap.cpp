#include "key_access.hpp"

#include <cipherlane/crypto/ecb_key_wrap.hpp>

namespace cipherlane::crypto {
namespace {

result<void> check_bare(const key_policy& policy) {
    if (policy.bare_wrapping == key_policy::rule::refused) {
        return crypto_error(crypto_errc::refused_by_policy, "key wrapping");
    }
    return {};
}

} // namespace

template <purpose Use>
result<key<Use>> unwrap_key_ecb(key_encryption_key& wrapping, algorithm cipher, byte_view wrapped,
    byte_view check_value, const key_policy& policy) {
    CIPHERLANE_CHECK(check_bare(policy));
    if (!key_size_fits(cipher, wrapped.size()) || wrapped.size() % block_size_of(wrapping.cipher()) != 0) {
        return crypto_error(crypto_errc::bad_key_length, "key unwrapping");
    }
    secret_bytes clear(wrapped.size());
    CIPHERLANE_TRY(auto* unwrapper, key_access::cipher(wrapping));
    CIPHERLANE_CHECK(unwrapper->decrypt_ecb(wrapped, clear.expose()));
    if (!check_value.empty()) {
        CIPHERLANE_CHECK(verify_key_check_value(cipher, clear.expose(), kcv_method::legacy, check_value, policy));
    }
    return key<Use>::create(cipher, clear.expose(), policy);
}

template <purpose Use>
result<bytes> wrap_key_ecb(key_encryption_key& wrapping, const key<Use>& inner, const key_policy& policy) {
    CIPHERLANE_CHECK(check_bare(policy));
    if (inner.size() % block_size_of(wrapping.cipher()) != 0) {
        return crypto_error(crypto_errc::bad_key_length, "key wrapping");
    }
    bytes wrapped(inner.size());
    CIPHERLANE_TRY(auto* wrapper, key_access::cipher(wrapping));
    CIPHERLANE_CHECK(wrapper->encrypt_ecb(key_access::material(inner), wrapped));
    return wrapped;
}

#define CIPHERLANE_FOR_PURPOSE(use)                                                                                  \
    template result<key<use>> unwrap_key_ecb<use>(                                                                   \
        key_encryption_key&, algorithm, byte_view, byte_view, const key_policy&);                                    \
    template result<bytes> wrap_key_ecb<use>(key_encryption_key&, const key<use>&, const key_policy&)
CIPHERLANE_FOR_PURPOSE(purpose::pin_encryption);
CIPHERLANE_FOR_PURPOSE(purpose::mac);
CIPHERLANE_FOR_PURPOSE(purpose::data_encryption);
CIPHERLANE_FOR_PURPOSE(purpose::key_encryption);
#undef CIPHERLANE_FOR_PURPOSE

} // namespace cipherlane::crypto
