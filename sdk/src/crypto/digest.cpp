#include "provider.hpp"

#include <cipherlane/crypto/digest.hpp>

#include <array>

namespace cipherlane::crypto {

struct digest_stream::state {
    digest_context context;
    bool started = false;
};

std::string_view to_string(digest_algorithm hash) noexcept {
    return digest_name(hash);
}

result<digest_algorithm> find_digest(std::string_view name) {
    for (auto hash : {digest_algorithm::sha1, digest_algorithm::sha224, digest_algorithm::sha256,
             digest_algorithm::sha384, digest_algorithm::sha512, digest_algorithm::sm3}) {
        if (to_string(hash) == name) return hash;
    }
    return crypto_error(crypto_errc::unsupported_algorithm, "digest");
}

digest_stream::digest_stream(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
digest_stream::digest_stream(digest_stream&&) noexcept = default;
digest_stream& digest_stream::operator=(digest_stream&&) noexcept = default;
digest_stream::~digest_stream() = default;

result<digest_stream> digest_stream::create(digest_algorithm hash) {
    auto made = std::make_unique<state>();
    made->context.reset(EVP_MD_CTX_new());
    const auto* kind = fetched_digest(hash);
    if (kind == nullptr || !made->context || EVP_DigestInit_ex2(made->context.get(), kind, nullptr) != 1) {
        return crypto_error(crypto_errc::unsupported_algorithm, "digest");
    }
    made->started = true;
    return digest_stream(std::move(made));
}

result<void> digest_stream::update(byte_view data) {
    auto* context = state_->context.get();
    if (!state_->started && EVP_DigestInit_ex2(context, nullptr, nullptr) != 1) {
        return crypto_error(crypto_errc::library_failed, "digest");
    }
    state_->started = true;
    if (EVP_DigestUpdate(context, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "digest");
    }
    return {};
}

result<digest_value> digest_stream::finish() {
    CIPHERLANE_CHECK(update({}));
    std::array<std::uint8_t, digest_value::max_size> value;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(state_->context.get(), value.data(), &size) != 1) {
        return crypto_error(crypto_errc::library_failed, "digest");
    }
    state_->started = false;
    return digest_value(byte_view(value).first(size));
}

result<digest_value> digest(digest_algorithm hash, byte_view data) {
    const auto* kind = fetched_digest(hash);
    if (kind == nullptr) return crypto_error(crypto_errc::unsupported_algorithm, "digest");
    std::array<std::uint8_t, digest_value::max_size> value;
    unsigned size = 0;
    if (EVP_Digest(data.data(), data.size(), value.data(), &size, kind, nullptr) != 1) {
        return crypto_error(crypto_errc::library_failed, "digest");
    }
    return digest_value(byte_view(value).first(size));
}

} // namespace cipherlane::crypto
