#include "gateway/der_text.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/rsa.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/signing.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace cipherlane::hostlink {
namespace {

error unusable_key() {
    return error(hostlink_errc::bad_key, layer::hostlink).during("gateway key");
}

/// SubjectPublicKeyInfo of a point of SM2 (id-ecPublicKey, sm2p256v1), up to the point.
constexpr std::array<std::uint8_t, 26> sm2_key_info{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
    0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00};

/// "-----BEGIN PRIVATE KEY-----" around bare base64, which the caller wipes.
secret_bytes as_private_pem(std::string_view text) {
    constexpr std::string_view head = "-----BEGIN PRIVATE KEY-----\n";
    constexpr std::string_view tail = "\n-----END PRIVATE KEY-----\n";
    constexpr std::size_t line = 64;
    secret_bytes pem(head.size() + text.size() + text.size() / line + tail.size()); // room for blanks left out, too
    auto at = std::copy(head.begin(), head.end(), pem.expose().begin());
    std::size_t column = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\r' || c == '\n' || c == '\t') continue;
        if (column == line) {
            *at++ = '\n';
            column = 0;
        }
        *at++ = static_cast<std::uint8_t>(c);
        ++column;
    }
    std::fill(std::copy(tail.begin(), tail.end(), at), pem.expose().end(), std::uint8_t{'\n'});
    return pem;
}

} // namespace

result<bytes> der_of_text(std::string_view text) {
    if (const auto begin = text.find("-----BEGIN "); begin != std::string_view::npos) {
        const auto from = text.find("-----", begin + 11);
        if (from == std::string_view::npos) return unusable_key();
        const auto end = text.find("-----END ", from + 5);
        if (end == std::string_view::npos) return unusable_key();
        text = text.substr(from + 5, end - from - 5);
    }
    std::string tight;
    tight.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(tight),
        [](char c) { return c != ' ' && c != '\r' && c != '\n' && c != '\t'; });
    auto der = from_base64(tight);
    if (!der || der->empty()) return unusable_key();
    return der;
}

struct key_signer::state {
    std::optional<crypto::rsa_private_key> rsa;
    std::optional<crypto::sm2_signing_key> sm2;
};

key_signer::key_signer(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
key_signer::~key_signer() = default;

result<std::unique_ptr<key_signer>> key_signer::create(std::string_view key) {
    auto made = std::make_unique<state>();
    const bool bare = key.find("-----BEGIN ") == std::string_view::npos;
    const auto wrapped = bare ? as_private_pem(key) : secret_bytes(as_bytes(key));
    const auto pem = as_text(wrapped.expose());
    if (auto rsa = crypto::rsa_private_key::from_pem(pem)) {
        made->rsa.emplace(*std::move(rsa));
    } else {
        auto scalar = crypto::sm2_private_scalar::from_pem(pem);
        if (!scalar) return unusable_key();
        auto sm2 = crypto::sm2_signing_key::create(*std::move(scalar));
        if (!sm2) return unusable_key();
        made->sm2.emplace(*std::move(sm2));
    }
    return std::unique_ptr<key_signer>(new key_signer(std::move(made)));
}

signature_kind key_signer::kind() const noexcept {
    return state_->rsa ? signature_kind::rsa_sha256 : signature_kind::sm2_sm3;
}

result<bytes> key_signer::sign(byte_view text) const {
    if (state_->rsa) return state_->rsa->sign_sha256(text);
    CIPHERLANE_TRY(const auto pair, state_->sm2->sign(as_bytes(crypto::sm2_default_id), text));
    return crypto::sm2_signature_to_der(pair);
}

result<bytes> key_signer::public_der() const {
    if (state_->rsa) return state_->rsa->public_der();
    bytes der(sm2_key_info.begin(), sm2_key_info.end());
    const auto point = state_->sm2->public_point().view();
    der.insert(der.end(), point.begin(), point.end());
    return der;
}

struct signature_key::state {
    bytes der;
    std::optional<crypto::rsa_public_key> rsa;
    std::optional<crypto::sm2_verification_key> sm2;
};

signature_key::signature_key(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
signature_key::signature_key(signature_key&&) noexcept = default;
signature_key& signature_key::operator=(signature_key&&) noexcept = default;
signature_key::~signature_key() = default;

result<signature_key> signature_key::create(std::string_view key) {
    auto made = std::make_unique<state>();
    CIPHERLANE_TRY(made->der, public_der_of(key));
    if (auto rsa = crypto::rsa_public_key::from_der(made->der)) {
        made->rsa.emplace(*std::move(rsa));
        return signature_key(std::move(made));
    }
    const auto point = crypto::sm2_public_point::from_der(made->der);
    if (!point) return unusable_key();
    auto sm2 = crypto::sm2_verification_key::create(*point);
    if (!sm2) return unusable_key();
    made->sm2.emplace(*std::move(sm2));
    return signature_key(std::move(made));
}

signature_kind signature_key::kind() const noexcept {
    return state_->rsa ? signature_kind::rsa_sha256 : signature_kind::sm2_sm3;
}

bool signature_key::verifies(byte_view text, byte_view signature) const {
    if (state_->rsa) return state_->rsa->verify_sha256(text, signature).has_value();
    const auto pair = crypto::sm2_signature_from_der(signature);
    return pair && state_->sm2->verify(as_bytes(crypto::sm2_default_id), text, *pair).has_value();
}

const bytes& signature_key::der() const noexcept {
    return state_->der;
}

} // namespace cipherlane::hostlink
