#include "pem_text.hpp"
#include "sm2_domain.hpp"

#include <cipherlane/crypto/random.hpp>
#include <cipherlane/crypto/sm2_key.hpp>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

using for_vectors_only::sm2_curve;

error bad_key() noexcept {
    return crypto_error(crypto_errc::bad_key_encoding, "SM2 key");
}

/// OpenSSL reads keys on this curve as "SM2" or, from some encodings, as "EC": what counts is the curve.
bool on_sm2(EVP_PKEY* key) {
    std::array<char, 32> name{};
    std::size_t size = 0;
    return key != nullptr &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), &size) == 1 &&
           std::string_view(name.data(), size) == "SM2";
}

result<sm2_public_point> point_of(EVP_PKEY* key) {
    number x;
    number y;
    std::array<std::uint8_t, 2 * sm2_size> point;
    for (auto [name, slot] : {std::pair(OSSL_PKEY_PARAM_EC_PUB_X, &x), std::pair(OSSL_PKEY_PARAM_EC_PUB_Y, &y)}) {
        BIGNUM* value = nullptr;
        if (!on_sm2(key) || EVP_PKEY_get_bn_param(key, name, &value) != 1) return bad_key();
        slot->reset(value);
    }
    if (!store_number(x.get(), byte_span(point).first(sm2_size)) ||
        !store_number(y.get(), byte_span(point).last(sm2_size))) {
        return bad_key();
    }
    return sm2_public_point::from_raw(point);
}

} // namespace

result<sm2_public_point> sm2_public_point::from_raw(byte_view point) {
    constexpr std::uint8_t uncompressed = 0x04;
    sm2_public_point made;
    made.point_[0] = uncompressed;
    const bool marked = point.size() == made.point_.size() && point[0] == uncompressed;
    if (!marked && point.size() != made.point_.size() - 1) return bad_key();
    std::copy(point.end() - 2 * sm2_size, point.end(), made.point_.begin() + 1);
    const curve_group group = domain_of(sm2_curve::sm2p256v1).group();
    const curve_point on_curve(group ? EC_POINT_new(group.get()) : nullptr);
    if (!on_curve) return crypto_error(crypto_errc::library_failed, "SM2 key");
    if (EC_POINT_oct2point(group.get(), on_curve.get(), made.point_.data(), made.point_.size(), nullptr) != 1) {
        return bad_key();
    }
    return made;
}

result<sm2_public_point> sm2_public_point::from_pem(std::string_view pem) {
    key_object key(PEM_read_bio_PUBKEY(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        const certificate_ptr certificate(PEM_read_bio_X509(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
        if (certificate) key.reset(X509_get_pubkey(certificate.get()));
    }
    return point_of(key.get());
}

result<sm2_public_point> sm2_public_point::from_der(byte_view der) {
    const auto* at = der.data();
    const key_object key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
    if (!key || at != der.data() + der.size()) return bad_key();
    return point_of(key.get());
}

result<sm2_private_scalar> sm2_private_scalar::from_raw(byte_view scalar) {
    sm2_private_scalar made;
    CIPHERLANE_TRY(made.public_.point_, sm2_public_of(domain_of(sm2_curve::sm2p256v1), scalar));
    made.scalar_ = secret_bytes(scalar);
    return made;
}

result<sm2_private_scalar> sm2_private_scalar::from_pem(std::string_view pem) {
    const key_object key(PEM_read_bio_PrivateKey(pem_reader(pem).get(), nullptr, no_passphrase, nullptr));
    BIGNUM* value = nullptr;
    if (!on_sm2(key.get()) || EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &value) != 1)
        return bad_key();
    const number scalar(value);
    secret_bytes raw(sm2_size);
    if (!store_number(scalar.get(), raw.expose())) return bad_key();
    return from_raw(raw.expose());
}

result<sm2_private_scalar> sm2_private_scalar::generate() {
    // A random number above n-2 comes once in 2^32 draws; two in a row mean a broken generator.
    for (int attempt = 0; attempt < 2; ++attempt) {
        CIPHERLANE_TRY(const auto raw, random_secret(sm2_size));
        if (auto made = from_raw(raw.expose())) return made;
    }
    return crypto_error(crypto_errc::library_failed, "SM2 generate");
}

} // namespace cipherlane::crypto
