#include "provider.hpp"

#include <cipherlane/crypto/random.hpp>

#include <openssl/rand.h>

namespace cipherlane::crypto {

result<void> random_fill(byte_span out) {
    if (RAND_bytes_ex(nullptr, out.data(), out.size(), 0) != 1) {
        return crypto_error(crypto_errc::library_failed, "random");
    }
    return {};
}

result<secret_bytes> random_secret(std::size_t size) {
    secret_bytes made(size);
    if (RAND_priv_bytes_ex(nullptr, made.expose().data(), size, 0) != 1) {
        return crypto_error(crypto_errc::library_failed, "random");
    }
    return made;
}

} // namespace cipherlane::crypto
