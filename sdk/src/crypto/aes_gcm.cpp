#include "block_gcm.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/crypto/random.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace cipherlane::crypto {
namespace {

error gcm_failed() noexcept {
    return crypto_error(crypto_errc::library_failed, "AES-GCM");
}

bool fits_int(byte_view data) noexcept {
    return data.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
}

result<cipher_context> begin(data_key& key, direction way, byte_view nonce, byte_view bound) {
    const auto material = key_access::material(key);
    const auto* kind = fetched_cipher(key.cipher(), cipher_mode::gcm, material.size());
    if (kind == nullptr) return crypto_error(crypto_errc::unsupported_algorithm, "AES-GCM");
    cipher_context context(EVP_CIPHER_CTX_new());
    int written = 0;
    if (!context || !fits_int(bound) ||
        EVP_CipherInit_ex2(context.get(), kind, material.data(), nonce.data(), static_cast<int>(way), nullptr) != 1 ||
        (!bound.empty() &&
            EVP_CipherUpdate(context.get(), nullptr, &written, bound.data(), static_cast<int>(bound.size())) != 1)) {
        return gcm_failed();
    }
    return context;
}

} // namespace

result<bytes> gcm_seal(data_key& key, byte_view bound, byte_view clear) {
    std::array<std::uint8_t, gcm_nonce_size> nonce{};
    CIPHERLANE_CHECK(random_fill(nonce));
    return gcm_seal_under(key, nonce, bound, clear);
}

result<bytes> gcm_seal_under(data_key& key, byte_view nonce, byte_view bound, byte_view clear) {
    if (nonce.size() != gcm_nonce_size) return crypto_error(crypto_errc::bad_iv_length, "GCM");
    bytes sealed(clear.size() + gcm_overhead);
    std::copy(nonce.begin(), nonce.end(), sealed.begin());
    if (key.cipher() == algorithm::sm4) {
        CIPHERLANE_TRY(auto* const cipher, key_access::cipher(key));
        const auto text = byte_span(sealed).subspan(gcm_nonce_size, clear.size());
        CIPHERLANE_TRY(const auto tag, block_gcm_encrypt(*cipher, nonce, bound, clear, text));
        std::copy(tag.begin(), tag.end(), sealed.end() - gcm_tag_size);
        return sealed;
    }
    CIPHERLANE_TRY(const auto context, begin(key, direction::encrypt, nonce, bound));
    auto* body = sealed.data() + gcm_nonce_size;
    int written = 0;
    if (!fits_int(clear) ||
        (!clear.empty() &&
            EVP_CipherUpdate(context.get(), body, &written, clear.data(), static_cast<int>(clear.size())) != 1) ||
        EVP_CipherFinal_ex(context.get(), body + clear.size(), &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_size, body + clear.size()) != 1) {
        return gcm_failed();
    }
    return sealed;
}

result<secret_bytes> gcm_open(data_key& key, byte_view bound, byte_view sealed) {
    if (sealed.size() < gcm_overhead) return crypto_error(crypto_errc::verification_failed, "AES-GCM");
    if (key.cipher() == algorithm::sm4) {
        CIPHERLANE_TRY(auto* const cipher, key_access::cipher(key));
        const auto text = sealed.subspan(gcm_nonce_size, sealed.size() - gcm_overhead);
        return block_gcm_decrypt(*cipher, sealed.first(gcm_nonce_size), bound, text, sealed.last(gcm_tag_size));
    }
    CIPHERLANE_TRY(const auto context, begin(key, direction::decrypt, sealed.first(gcm_nonce_size), bound));
    const auto body = sealed.subspan(gcm_nonce_size, sealed.size() - gcm_overhead);
    const auto tag = sealed.last(gcm_tag_size);
    secret_bytes clear(body.size());
    int written = 0;
    std::uint8_t none = 0;
    if (!fits_int(body) ||
        (!body.empty() && EVP_CipherUpdate(context.get(), clear.expose().data(), &written, body.data(),
                              static_cast<int>(body.size())) != 1) ||
        EVP_CIPHER_CTX_ctrl(
            context.get(), EVP_CTRL_AEAD_SET_TAG, gcm_tag_size, const_cast<std::uint8_t*>(tag.data())) != 1) {
        return gcm_failed();
    }
    if (EVP_CipherFinal_ex(context.get(), &none, &written) != 1) {
        return crypto_error(crypto_errc::verification_failed, "AES-GCM");
    }
    return clear;
}

} // namespace cipherlane::crypto
