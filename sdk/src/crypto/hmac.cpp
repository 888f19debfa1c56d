#include "mac_check.hpp"
#include "provider.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/hmac.hpp>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace cipherlane::crypto {

struct hmac_key::state {
    digest_algorithm hash;
    secret_bytes material;
    mac_context context;
};

struct hmac_stream::state {
    mac_context context;
    bool started = false;
};

hmac_key::hmac_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
hmac_key::hmac_key(hmac_key&&) noexcept = default;
hmac_key& hmac_key::operator=(hmac_key&&) noexcept = default;
hmac_key::~hmac_key() = default;

/// Lets the function reach the context of the handle.
class hmac_access {
  public:
    static EVP_MAC_CTX* context(hmac_key& key) noexcept { return key.state_->context.get(); }
};

result<hmac_key> hmac_key::create(digest_algorithm hash, byte_view material) {
    if (material.empty()) return crypto_error(crypto_errc::bad_key_length, "HMAC");
    mac_context context(fetched_hmac() != nullptr ? EVP_MAC_CTX_new(fetched_hmac()) : nullptr);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest_name(hash)), 0),
        OSSL_PARAM_construct_end()};
    if (fetched_digest(hash) == nullptr || !context ||
        EVP_MAC_init(context.get(), material.data(), material.size(), params) != 1) {
        return crypto_error(crypto_errc::unsupported_algorithm, "HMAC");
    }
    return hmac_key(std::make_unique<state>(state{hash, secret_bytes(material), std::move(context)}));
}

result<hmac_key> hmac_key::clone() const {
    return create(state_->hash, std::as_const(state_->material).expose());
}

digest_algorithm hmac_key::hash() const noexcept {
    return state_->hash;
}

result<mac_value> hmac(hmac_key& key, byte_view data) {
    return one_mac(hmac_access::context(key), data, "HMAC");
}

result<void> verify_hmac(hmac_key& key, byte_view data, byte_view mac, std::size_t length) {
    CIPHERLANE_TRY(const mac_value computed, hmac(key, data));
    return check_mac(computed, mac, length, "HMAC");
}

hmac_stream::hmac_stream(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
hmac_stream::hmac_stream(hmac_stream&&) noexcept = default;
hmac_stream& hmac_stream::operator=(hmac_stream&&) noexcept = default;
hmac_stream::~hmac_stream() = default;

result<hmac_stream> hmac_stream::create(hmac_key& key) {
    mac_context own(EVP_MAC_CTX_dup(hmac_access::context(key)));
    if (!own) return crypto_error(crypto_errc::library_failed, "HMAC");
    return hmac_stream(std::make_unique<state>(state{std::move(own)}));
}

result<void> hmac_stream::update(byte_view data) {
    auto* context = state_->context.get();
    if (!state_->started && EVP_MAC_init(context, nullptr, 0, nullptr) != 1) {
        return crypto_error(crypto_errc::library_failed, "HMAC");
    }
    state_->started = true;
    if (EVP_MAC_update(context, data.data(), data.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "HMAC");
    }
    return {};
}

result<mac_value> hmac_stream::finish() {
    CIPHERLANE_CHECK(update({}));
    state_->started = false;
    return final_mac(state_->context.get(), "HMAC");
}

} // namespace cipherlane::crypto
