#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/sm2_key.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

constexpr status bad_hash{'7', '9'};
constexpr status bad_public_key{'7', '6'};
constexpr status bad_private_key{'4', '9'};
constexpr std::size_t scalar_size = 32;
constexpr std::size_t largest_data = 4096;

/// SubjectPublicKeyInfo of a point on the SM2 curve, up to the point.
constexpr std::uint8_t der_front[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
    0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00};
constexpr std::size_t der_size = sizeof der_front + 65;

void expect_curve(command& c) {
    if (c.in.digits(2) != "07") c.fail(code::input_data);
}

byte_view counted(command& c) {
    const std::size_t length = c.in.decimal(4, code::data_length);
    if (!c.failed() && length > largest_data) c.fail(code::data_length);
    return as_bytes(c.in.text(length, code::data_length));
}

/// E7: a new key pair; the private key as 32 bytes under pair 34-35, the public key as DER.
void generate_pair(command& c) {
    expect_curve(c);
    c.end();
    if (c.failed()) return;
    const auto made = crypto::sm2_private_scalar::generate();
    if (!made) return c.fail(code::hardware);
    c.put_bytes(der_front);
    c.put_bytes(made->public_point().view());
    std::array<std::uint8_t, scalar_size> wrapped{};
    c.lmks.wrap(slots::sm2_private, part_rule::ecb, made->expose(), wrapped);
    c.put_decimal(wrapped.size(), 4);
    c.put_bytes(wrapped);
}

/// Hash 20 (SM3 with the signer's identity), curve 07, identity, `;`, data.
struct signed_text {
    byte_view id;
    byte_view data;

    void read(command& c) {
        if (c.in.digits(2) != "20") c.fail(bad_hash);
        expect_curve(c);
        id = counted(c);
        if (!c.in.take_if(';')) c.fail(code::input_data);
        data = counted(c);
    }
};

/// K9999: the key follows. Keys inside the unit have other numbers.
void expect_key_follows(command& c) {
    if (c.in.text(5) != "K9999") c.fail(code::index);
}

/// E5
void sign(command& c) {
    signed_text text;
    text.read(c);
    expect_key_follows(c);
    const auto wrapped = counted(c);
    c.end();
    if (!c.failed() && wrapped.size() != scalar_size) c.fail(bad_private_key);
    if (c.failed()) return;
    secret_bytes scalar(scalar_size);
    c.lmks.unwrap(slots::sm2_private, part_rule::ecb, wrapped, scalar.expose());
    auto key = crypto::sm2_private_scalar::from_raw(std::as_const(scalar).expose());
    if (!key) return c.fail(bad_private_key);
    const auto signer = crypto::sm2_signing_key::create(*std::move(key));
    if (!signer) return c.fail(code::hardware);
    const auto signature = signer->sign(text.id, text.data);
    if (!signature) return c.fail(code::input_data);
    c.put_decimal(signature->size(), 4);
    c.put_bytes(*signature);
}

/// E6: the signature stands between the data and the public key.
void verify(command& c) {
    signed_text text;
    text.read(c);
    const auto given = counted(c);
    expect_key_follows(c);
    const auto der = as_bytes(c.in.text(der_size, bad_public_key));
    c.end();
    crypto::sm2_signature signature{};
    if (!c.failed() && given.size() != signature.size()) c.fail(code::data_length);
    if (c.failed()) return;
    std::copy(given.begin(), given.end(), signature.begin());
    const auto point = crypto::sm2_public_point::from_der(der);
    if (!point) return c.fail(bad_public_key);
    const auto verifier = crypto::sm2_verification_key::create(*point);
    if (!verifier) return c.fail(code::hardware);
    if (!verifier->verify(text.id, text.data, signature)) c.fail(code::verification_failed);
}

/// The curve's constants a, b and base point, which go into a signer's digest (GB/T 32918.5).
constexpr std::string_view curve_constants = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
                                             "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
                                             "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
                                             "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0";

/// What SM2 signs: the digest over identity and public key, then the message (GB/T 32918.2, 5.5).
result<bytes> with_identity(byte_view id, const crypto::sm2_public_point& point, byte_view message) {
    bytes text;
    text.push_back(static_cast<std::uint8_t>(8 * id.size() >> 8));
    text.push_back(static_cast<std::uint8_t>(8 * id.size()));
    text.insert(text.end(), id.begin(), id.end());
    CIPHERLANE_TRY(const auto constants, from_hex(curve_constants));
    text.insert(text.end(), constants.begin(), constants.end());
    text.insert(text.end(), point.view().begin() + 1, point.view().end());
    CIPHERLANE_TRY(const auto za, crypto::digest(crypto::digest_algorithm::sm3, text));
    bytes whole(za.view().begin(), za.view().end());
    whole.insert(whole.end(), message.begin(), message.end());
    return whole;
}

/// 3C (TASS), M7 (SJL06): SM3 of data, or, with an identity and a public key behind it, of what SM2 signs. The answer
/// begins with the digest's length.
void digest_sm3(command& c) {
    if (c.in.digits(2) != "20") c.fail(bad_hash);
    const auto data = counted(c);
    byte_view id;
    byte_view der;
    const bool signs = c.in.take_if(';');
    if (signs) {
        id = counted(c);
        if (!c.in.take_if(';')) c.fail(code::input_data);
        der = as_bytes(c.in.text(der_size, bad_public_key));
    }
    c.end();
    if (c.failed()) return;
    bytes text(data.begin(), data.end());
    if (signs) {
        const auto point = crypto::sm2_public_point::from_der(der);
        if (!point) return c.fail(bad_public_key);
        auto whole = with_identity(id, *point, data);
        if (!whole) return c.fail(code::hardware);
        text = *std::move(whole);
    }
    const auto digest = crypto::digest(crypto::digest_algorithm::sm3, text);
    if (!digest) return c.fail(code::hardware);
    c.put_decimal(digest->view().size(), 2);
    c.put_bytes(digest->view());
}

constexpr auto tass = static_cast<std::uint8_t>(family::sjj1310);
constexpr command_row sm2_table[] = {
    {"3C", digest_sm3, tass},
    {"M7", digest_sm3, static_cast<std::uint8_t>(family::sjl06)},
    {"E7", generate_pair, tass},
    {"E5", sign, tass},
    {"E6", verify, tass},
};

} // namespace

std::span<const command_row> sm2_commands() noexcept {
    return sm2_table;
}

} // namespace cipherlane::hsm_sim
