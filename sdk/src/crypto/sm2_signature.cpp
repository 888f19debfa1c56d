#include "sm2_domain.hpp"

#include <cipherlane/crypto/sm2_signature.hpp>

#include <openssl/ecdsa.h>

namespace cipherlane::crypto {
namespace {

using signature_object = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;
using for_vectors_only::sm2_curve;

result<digest_value> digest_for(const sm2_public_point& signer, byte_view id, byte_view message) {
    return sm2_message_digest(domain_of(sm2_curve::sm2p256v1), id, signer.view().subspan(1), message);
}

} // namespace

struct sm2_verification_key::state {
    sm2_public_point point;
    key_object key;
};
struct sm2_signing_key::state {
    sm2_public_point point;
    key_object key;
};

result<bytes> sm2_signature_to_der(const sm2_signature& signature) {
    const signature_object made(ECDSA_SIG_new());
    number r(BN_bin2bn(signature.data(), sm2_size, nullptr));
    number s(BN_bin2bn(signature.data() + sm2_size, sm2_size, nullptr));
    if (!made || !r || !s || ECDSA_SIG_set0(made.get(), r.get(), s.get()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 signature");
    }
    (void)r.release(); // both belong to `made` now
    (void)s.release();
    std::uint8_t* der = nullptr;
    const int size = i2d_ECDSA_SIG(made.get(), &der);
    if (size <= 0) return crypto_error(crypto_errc::library_failed, "SM2 signature");
    bytes out(der, der + size);
    OPENSSL_free(der);
    return out;
}

result<sm2_signature> sm2_signature_from_der(byte_view der) {
    const auto* at = der.data();
    const signature_object parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    sm2_signature out;
    if (!parsed || at != der.data() + der.size() ||
        !store_number(ECDSA_SIG_get0_r(parsed.get()), byte_span(out).first(sm2_size)) ||
        !store_number(ECDSA_SIG_get0_s(parsed.get()), byte_span(out).last(sm2_size))) {
        return crypto_error(crypto_errc::verification_failed, "SM2 signature");
    }
    return out;
}

sm2_verification_key::sm2_verification_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sm2_verification_key::sm2_verification_key(sm2_verification_key&&) noexcept = default;
sm2_verification_key& sm2_verification_key::operator=(sm2_verification_key&&) noexcept = default;
sm2_verification_key::~sm2_verification_key() = default;

result<sm2_verification_key> sm2_verification_key::create(const sm2_public_point& point) {
    CIPHERLANE_TRY(auto key, sm2_public_object(point.view()));
    return sm2_verification_key(std::make_unique<state>(state{point, std::move(key)}));
}

result<void> sm2_verification_key::verify(byte_view id, byte_view message, const sm2_signature& signature) const {
    CIPHERLANE_TRY(const digest_value digest, digest_for(state_->point, id, message));
    CIPHERLANE_TRY(const bytes der, sm2_signature_to_der(signature));
    const key_object_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    if (!context || EVP_PKEY_verify_init(context.get()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 verify");
    }
    if (EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.view().data(), digest.size()) != 1) {
        return crypto_error(crypto_errc::verification_failed, "SM2 verify");
    }
    return {};
}

sm2_signing_key::sm2_signing_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sm2_signing_key::sm2_signing_key(sm2_signing_key&&) noexcept = default;
sm2_signing_key& sm2_signing_key::operator=(sm2_signing_key&&) noexcept = default;
sm2_signing_key::~sm2_signing_key() = default;

const sm2_public_point& sm2_signing_key::public_point() const noexcept {
    return state_->point;
}

result<sm2_signing_key> sm2_signing_key::create(sm2_private_scalar scalar) {
    CIPHERLANE_TRY(auto key, sm2_private_object(scalar.expose(), scalar.public_point().view()));
    return sm2_signing_key(std::make_unique<state>(state{scalar.public_point(), std::move(key)}));
}

result<sm2_signature> sm2_signing_key::sign(byte_view id, byte_view message) const {
    CIPHERLANE_TRY(const digest_value digest, digest_for(state_->point, id, message));
    const key_object_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    std::array<std::uint8_t, 80> der; // two INTEGERs of at most 33 bytes each
    std::size_t size = der.size();
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_sign(context.get(), der.data(), &size, digest.view().data(), digest.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 sign");
    }
    return sm2_signature_from_der(byte_view(der).first(size));
}

} // namespace cipherlane::crypto
