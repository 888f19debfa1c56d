#include "sm2_domain.hpp"

#include <cipherlane/core/hex.hpp>

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace cipherlane::crypto {
namespace {

using parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using parameter_list = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;

constexpr std::size_t longest_id = 8191; // its length in bits is a 16-bit number

constexpr sm2_domain::element element(std::string_view digits) {
    sm2_domain::element made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i] = static_cast<std::uint8_t>((hex_value(digits[2 * i]) << 4) | hex_value(digits[2 * i + 1]));
    }
    return made;
}

/// GB/T 32918.5-2017.
constexpr sm2_domain sm2p256v1{
    .p = element("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"),
    .a = element("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"),
    .b = element("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"),
    .gx = element("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
    .gy = element("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"),
    .n = element("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"),
};

/// GM/T 0003.2-2012, annex A.2.
constexpr sm2_domain sample_fp_256{
    .p = element("8542D69E4C044F18E8B92435BF6FF7DE457283915C45517D722EDB8B08F1DFC3"),
    .a = element("787968B4FA32C3FD2417842E73BBFEFF2F3C848B6831D7E0EC65228B3937E498"),
    .b = element("63E4C6D3B23B0C849CF84241484BFE48F61D59A5B16BA06E6E12D1DA27C5249A"),
    .gx = element("421DEBD61B62EAB6746434EBC3CC315E32220B3BADD50BDC4C4E6C147FEDD43D"),
    .gy = element("0680512BCBB42C07D47349D2153B70C4E5D7FDFCBFA36EA1A85841B9E46E09A2"),
    .n = element("8542D69E4C044F18E8B92435BF6FF7DD297720630485628D5AE74EE7C32E79B7"),
};

number load(byte_view value) {
    return number(BN_bin2bn(value.data(), static_cast<int>(value.size()), nullptr));
}

result<key_object> make_object(int selection, OSSL_PARAM_BLD* builder) {
    const parameter_list parameters(OSSL_PARAM_BLD_to_param(builder));
    const key_object_context context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
    EVP_PKEY* made = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, selection, parameters.get()) != 1) {
        return crypto_error(crypto_errc::unsupported_algorithm, "SM2 key");
    }
    return key_object(made);
}

} // namespace

const sm2_domain& domain_of(for_vectors_only::sm2_curve curve) {
    return curve == for_vectors_only::sm2_curve::sm2p256v1 ? sm2p256v1 : sample_fp_256;
}

curve_group sm2_domain::group() const {
    const number p_ = load(p);
    const number a_ = load(a);
    const number b_ = load(b);
    const number x = load(gx);
    const number y = load(gy);
    const number n_ = load(n);
    const number_context context(BN_CTX_new());
    curve_group made(EC_GROUP_new_curve_GFp(p_.get(), a_.get(), b_.get(), context.get()));
    if (!made) return nullptr;
    const curve_point generator(EC_POINT_new(made.get()));
    if (!generator ||
        EC_POINT_set_affine_coordinates(made.get(), generator.get(), x.get(), y.get(), context.get()) != 1 ||
        EC_GROUP_set_generator(made.get(), generator.get(), n_.get(), BN_value_one()) != 1) {
        return nullptr;
    }
    return made;
}

result<digest_value> sm2_message_digest(const sm2_domain& domain, byte_view id, byte_view point, byte_view message) {
    if (id.size() > longest_id) return crypto_error(crypto_errc::bad_data_length, "SM2 identity");
    std::array<std::uint8_t, 2> bits;
    store_be16(bits.data(), static_cast<std::uint16_t>(id.size() * 8));
    CIPHERLANE_TRY(auto stream, digest_stream::create(digest_algorithm::sm3));
    for (const byte_view part : {byte_view(bits), id, byte_view(domain.a), byte_view(domain.b), byte_view(domain.gx),
             byte_view(domain.gy), point}) {
        CIPHERLANE_CHECK(stream.update(part));
    }
    CIPHERLANE_TRY(const digest_value z, stream.finish());
    CIPHERLANE_CHECK(stream.update(z.view()));
    CIPHERLANE_CHECK(stream.update(message));
    return stream.finish();
}

result<std::array<std::uint8_t, 65>> sm2_public_of(const sm2_domain& domain, byte_view scalar) {
    const number_context context(BN_CTX_new());
    const curve_group group = domain.group();
    const number d(BN_secure_new());
    const number limit = load(domain.n);
    if (!context || !group || !d || !limit || BN_sub_word(limit.get(), 1) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 key");
    }
    if (scalar.size() != sm2_size || BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), d.get()) == nullptr ||
        BN_is_zero(d.get()) || BN_cmp(d.get(), limit.get()) >= 0) {
        return crypto_error(crypto_errc::bad_key_encoding, "SM2 key");
    }
    const curve_point point(EC_POINT_new(group.get()));
    std::array<std::uint8_t, 65> out;
    if (!point || EC_POINT_mul(group.get(), point.get(), d.get(), nullptr, nullptr, context.get()) != 1 ||
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(),
            context.get()) != out.size()) {
        return crypto_error(crypto_errc::library_failed, "SM2 key");
    }
    return out;
}

result<key_object> sm2_public_object(byte_view point) {
    const parameter_builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 key");
    }
    return make_object(EVP_PKEY_PUBLIC_KEY, builder.get());
}

result<key_object> sm2_private_object(byte_view scalar, byte_view point) {
    const number d(BN_secure_new());
    const parameter_builder builder(OSSL_PARAM_BLD_new());
    if (!d || !builder || BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), d.get()) == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d.get()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 key");
    }
    return make_object(EVP_PKEY_KEYPAIR, builder.get());
}

bool store_number(const BIGNUM* value, byte_span out) noexcept {
    return !BN_is_negative(value) &&
           BN_bn2binpad(value, out.data(), static_cast<int>(out.size())) == static_cast<int>(out.size());
}

} // namespace cipherlane::crypto
