#include "provider.hpp"

#include <cipherlane/crypto/random.hpp>
#include <cipherlane/crypto/random_source.hpp>

#include <openssl/rand.h>

#include <utility>

namespace cipherlane::crypto {
namespace {

constinit thread_local random_source* in_place = nullptr;

} // namespace

random_source::on_this_thread::on_this_thread(random_source& source) noexcept
    : before_(std::exchange(in_place, &source)) {}

random_source::on_this_thread::~on_this_thread() {
    in_place = before_;
}

result<void> random_fill(byte_span out) {
    if (in_place != nullptr) {
        in_place->fill(out);
        return {};
    }
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
