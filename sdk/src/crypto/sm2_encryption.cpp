#include "sm2_domain.hpp"

#include <cipherlane/crypto/sm2_encryption.hpp>

#include <openssl/asn1t.h>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t point_size = 65;
constexpr std::uint8_t uncompressed = 0x04;

/// The DER of GM/T 0009, which OpenSSL works with: SEQUENCE { x INTEGER, y INTEGER, C3 OCTET STRING, C2 OCTET STRING
/// }. Only what encryption makes is written and read here, so lengths stay definite and minimal.
class der_writer {
  public:
    void add(std::uint8_t tag, byte_view value) {
        out_.push_back(tag);
        add_length(value.size());
        out_.insert(out_.end(), value.begin(), value.end());
    }
    void add_unsigned(byte_view value) {
        while (value.size() > 1 && value[0] == 0)
            value = value.subspan(1);
        bytes padded(value.begin(), value.end());
        if (padded[0] >= 0x80) padded.insert(padded.begin(), 0);
        add(V_ASN1_INTEGER, padded);
    }
    [[nodiscard]] bytes take() && { return std::move(out_); }

  private:
    void add_length(std::size_t size) {
        if (size < 0x80) {
            out_.push_back(static_cast<std::uint8_t>(size));
            return;
        }
        bytes digits;
        for (; size != 0; size >>= 8)
            digits.insert(digits.begin(), static_cast<std::uint8_t>(size));
        out_.push_back(static_cast<std::uint8_t>(0x80 | digits.size()));
        out_.insert(out_.end(), digits.begin(), digits.end());
    }
    bytes out_;
};

/// Reads one element off the front of `rest`; empty if it is not what is expected.
byte_view take_element(byte_view& rest, int tag) {
    const auto* at = rest.data();
    long size = 0;
    int found = 0;
    int kind = 0;
    if ((ASN1_get_object(&at, &size, &found, &kind, static_cast<long>(rest.size())) & 0x80) != 0 || found != tag) {
        return {};
    }
    const byte_view value(at, static_cast<std::size_t>(size));
    rest = rest.subspan(static_cast<std::size_t>(at - rest.data()) + value.size());
    return value;
}

/// A DER INTEGER into 32 bytes.
bool put_number(byte_view integer, byte_span out) {
    while (!integer.empty() && integer[0] == 0)
        integer = integer.subspan(1);
    if (integer.size() > out.size()) return false;
    std::copy(integer.begin(), integer.end(), out.end() - static_cast<std::ptrdiff_t>(integer.size()));
    return true;
}

bytes to_der(byte_view c1c3c2) {
    der_writer inside;
    inside.add_unsigned(c1c3c2.subspan(1, sm2_size));
    inside.add_unsigned(c1c3c2.subspan(1 + sm2_size, sm2_size));
    inside.add(V_ASN1_OCTET_STRING, c1c3c2.subspan(point_size, sm2_size));
    inside.add(V_ASN1_OCTET_STRING, c1c3c2.subspan(sm2_encryption_overhead));
    der_writer whole;
    whole.add(V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, std::move(inside).take());
    return std::move(whole).take();
}

result<bytes> from_der(byte_view der) {
    auto inside = take_element(der, V_ASN1_SEQUENCE);
    const auto x = take_element(inside, V_ASN1_INTEGER);
    const auto y = take_element(inside, V_ASN1_INTEGER);
    const auto c3 = take_element(inside, V_ASN1_OCTET_STRING);
    const auto c2 = take_element(inside, V_ASN1_OCTET_STRING);
    bytes out(sm2_encryption_overhead + c2.size());
    out[0] = uncompressed;
    const auto room = byte_span(out);
    if (c3.size() != sm2_size || !put_number(x, room.subspan(1, sm2_size)) ||
        !put_number(y, room.subspan(1 + sm2_size, sm2_size))) {
        return crypto_error(crypto_errc::library_failed, "SM2 encrypt");
    }
    std::copy(c3.begin(), c3.end(), out.begin() + point_size);
    std::copy(c2.begin(), c2.end(), out.begin() + sm2_encryption_overhead);
    return out;
}

} // namespace

struct sm2_encryption_key::state {
    key_object key;
};
struct sm2_decryption_key::state {
    sm2_public_point point;
    key_object key;
};

sm2_encryption_key::sm2_encryption_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sm2_encryption_key::sm2_encryption_key(sm2_encryption_key&&) noexcept = default;
sm2_encryption_key& sm2_encryption_key::operator=(sm2_encryption_key&&) noexcept = default;
sm2_encryption_key::~sm2_encryption_key() = default;

result<sm2_encryption_key> sm2_encryption_key::create(const sm2_public_point& point) {
    CIPHERLANE_TRY(auto key, sm2_public_object(point.view()));
    return sm2_encryption_key(std::make_unique<state>(state{std::move(key)}));
}

result<bytes> sm2_encryption_key::encrypt(byte_view clear) const {
    if (clear.empty()) return crypto_error(crypto_errc::empty_input, "SM2 encrypt");
    const key_object_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    std::size_t size = 0;
    if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 ||
        EVP_PKEY_encrypt(context.get(), nullptr, &size, clear.data(), clear.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 encrypt");
    }
    bytes der(size);
    if (EVP_PKEY_encrypt(context.get(), der.data(), &size, clear.data(), clear.size()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 encrypt");
    }
    return from_der(byte_view(der).first(size));
}

sm2_decryption_key::sm2_decryption_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
sm2_decryption_key::sm2_decryption_key(sm2_decryption_key&&) noexcept = default;
sm2_decryption_key& sm2_decryption_key::operator=(sm2_decryption_key&&) noexcept = default;
sm2_decryption_key::~sm2_decryption_key() = default;

const sm2_public_point& sm2_decryption_key::public_point() const noexcept {
    return state_->point;
}

result<sm2_decryption_key> sm2_decryption_key::create(sm2_private_scalar scalar) {
    CIPHERLANE_TRY(auto key, sm2_private_object(scalar.expose(), scalar.public_point().view()));
    return sm2_decryption_key(std::make_unique<state>(state{scalar.public_point(), std::move(key)}));
}

result<secret_bytes> sm2_decryption_key::decrypt(byte_view c1c3c2) const {
    const auto refused = [] { return crypto_error(crypto_errc::verification_failed, "SM2 decrypt"); };
    if (c1c3c2.size() <= sm2_encryption_overhead || c1c3c2[0] != uncompressed) return refused();
    const bytes der = to_der(c1c3c2);
    const key_object_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1) {
        return crypto_error(crypto_errc::library_failed, "SM2 decrypt");
    }
    secret_bytes room(c1c3c2.size());
    std::size_t size = room.size();
    if (EVP_PKEY_decrypt(context.get(), room.expose().data(), &size, der.data(), der.size()) != 1) return refused();
    return secret_bytes(byte_view(room.expose()).first(size));
}

} // namespace cipherlane::crypto
