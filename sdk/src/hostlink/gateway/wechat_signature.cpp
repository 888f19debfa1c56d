#include <cipherlane/core/base64.hpp>
#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/key_policy.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>

#include <algorithm>
#include <charconv>

namespace cipherlane::hostlink::wechat {
namespace {

constexpr std::string_view public_key_prefix = "PUB_KEY_ID_";
constexpr std::chrono::seconds oldest_answer{300};

std::string lines_of(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts)
        size += part.size() + 1;
    std::string text;
    text.reserve(size);
    for (const auto part : parts)
        text.append(part).append("\n");
    return text;
}

error unproven(hostlink_errc why, std::string_view header) {
    return error(why, layer::hostlink).during("wechat signature").in_field(header);
}

error unopened(hostlink_errc why, std::string_view member) {
    return error(why, layer::hostlink).during("wechat resource").in_field(member);
}

/// The key of the algorithm that a message names: the APIv3 key itself, or what SM3 makes of it.
result<crypto::data_key> resource_key(byte_view api_v3_key, std::string_view algorithm) {
    constexpr std::size_t sm4_size = 16;
    if (algorithm == "AEAD_AES_256_GCM") {
        return crypto::data_key::create(crypto::algorithm::aes, api_v3_key, crypto::legacy_policy);
    }
    if (algorithm != "AEAD_SM4_GCM") return unopened(hostlink_errc::unreadable_notice, "algorithm");
    CIPHERLANE_TRY(const auto hash, crypto::digest(crypto::digest_algorithm::sm3, api_v3_key));
    secret_bytes whole(hash.view());
    return crypto::data_key::create(crypto::algorithm::sm4, whole.expose().first(sm4_size), crypto::legacy_policy);
}

/// As seconds: what is not near now may not fit into the clock's finer unit.
std::optional<std::chrono::seconds> moment_of(std::string_view text) {
    constexpr std::int64_t year_10000 = 253'402'300'800;
    std::int64_t seconds = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, seconds);
    if (parsed.ec != std::errc() || parsed.ptr != end || seconds < 0 || seconds >= year_10000) return std::nullopt;
    return std::chrono::seconds(seconds);
}

} // namespace

std::string request_text(std::string_view method, std::string_view target, std::string_view timestamp,
    std::string_view nonce, std::string_view body) {
    return lines_of({method, target, timestamp, nonce, body});
}

std::string answer_text(std::string_view timestamp, std::string_view nonce, std::string_view body) {
    return lines_of({timestamp, nonce, body});
}

std::string_view scheme_of(signature_kind kind) noexcept {
    return kind == signature_kind::rsa_sha256 ? "WECHATPAY2-SHA256-RSA2048" : "WECHATPAY2-SM2-WITH-SM3";
}

result<std::string> authorization(const request_signer& with, const request_head& head, std::string_view text) {
    CIPHERLANE_TRY(const auto signature, with.sign(as_bytes(text)));
    std::string value(scheme_of(with.kind()));
    value.append(" mchid=\"").append(head.mchid).append("\",nonce_str=\"").append(head.nonce);
    value.append("\",signature=\"").append(to_base64(signature)).append("\",timestamp=\"").append(head.timestamp);
    value.append("\",serial_no=\"").append(head.serial).append("\"");
    return value;
}

result<secret_bytes> open_resource(byte_view api_v3_key, const sealed_resource& sealed) {
    const auto text = from_base64(sealed.ciphertext);
    if (!text || text->size() < crypto::gcm_tag_size) return unopened(hostlink_errc::unreadable_notice, "ciphertext");
    if (sealed.nonce.size() != crypto::gcm_nonce_size) return unopened(hostlink_errc::unreadable_notice, "nonce");
    CIPHERLANE_TRY(auto key, resource_key(api_v3_key, sealed.algorithm));
    bytes whole(sealed.nonce.begin(), sealed.nonce.end());
    whole.insert(whole.end(), text->begin(), text->end());
    auto clear = crypto::gcm_open(key, as_bytes(sealed.associated_data), whole);
    if (!clear) return unopened(hostlink_errc::unsigned_notice, "ciphertext");
    return clear;
}

result<std::string> seal_resource(byte_view api_v3_key, const sealed_resource& under, std::string_view clear) {
    CIPHERLANE_TRY(auto key, resource_key(api_v3_key, under.algorithm));
    CIPHERLANE_TRY(const auto sealed,
        crypto::gcm_seal_under(key, as_bytes(under.nonce), as_bytes(under.associated_data), as_bytes(clear)));
    return to_base64(byte_view(sealed).subspan(crypto::gcm_nonce_size));
}

result<void> platform_keys::add(std::string serial, std::string_view pem) {
    if (serial.empty() || serial == merchant_serial_) {
        return error(hostlink_errc::bad_key, layer::hostlink)
            .during("wechat platform key")
            .in_field("serial")
            .with_hint("expected the platform's key; this is the merchant's own certificate");
    }
    CIPHERLANE_TRY(auto key, signature_key::create(pem));
    entry fresh{std::move(key), {}, std::chrono::system_clock::time_point::max()};
    if (!serial.starts_with(public_key_prefix)) {
        const auto made = certificate::create(pem);
        if (made && made->serial_hex() != serial) {
            return error(hostlink_errc::bad_key, layer::hostlink).during("wechat platform key").in_field("serial");
        }
        if (made) fresh.begins = made->begins();
        if (made) fresh.ends = made->ends();
    }
    keys_.insert_or_assign(std::move(serial), std::move(fresh));
    return {};
}

result<void> platform_keys::add_certificate(std::string_view pem) {
    CIPHERLANE_TRY(const auto made, certificate::create(pem));
    return add(made.serial_hex(), pem);
}

std::string platform_keys::public_key_id() const {
    const auto found = std::find_if(
        keys_.begin(), keys_.end(), [](const auto& one) { return one.first.starts_with(public_key_prefix); });
    return found == keys_.end() ? std::string() : found->first;
}

bool platform_keys::holds(byte_view der) const {
    return std::any_of(
        keys_.begin(), keys_.end(), [&](const auto& one) { return std::ranges::equal(one.second.key.der(), der); });
}

std::string platform_keys::known_serials() const {
    std::string all;
    for (const auto& one : keys_)
        all.append(all.empty() ? "" : ", ").append(one.first);
    return all.empty() ? "none" : all;
}

result<void> platform_keys::check(
    const http_fields& fields, std::string_view body, std::chrono::system_clock::time_point now) const {
    const auto timestamp = fields.only("Wechatpay-Timestamp");
    const auto nonce = fields.only("Wechatpay-Nonce");
    const auto serial = fields.only("Wechatpay-Serial");
    const auto signature = fields.only("Wechatpay-Signature");
    if (!timestamp) return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Timestamp");
    if (!nonce || nonce->empty()) return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Nonce");
    if (!serial) return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Serial");
    if (!signature) return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Signature");
    const auto sent = moment_of(*timestamp);
    const auto here = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    if (!sent || std::chrono::abs(here - *sent) > oldest_answer) {
        return unproven(hostlink_errc::stale_notice, "Wechatpay-Timestamp")
            .with_hint("this machine's clock says " + std::to_string(here.count()));
    }
    const auto key = keys_.find(*serial);
    if (key == keys_.end())
        return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Serial").with_hint("known are " + known_serials());
    const auto& known = key->second;
    if (now < known.begins || now > known.ends) {
        return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Serial")
            .with_hint(now < known.begins ? "this certificate does not hold yet" : "this certificate has expired");
    }
    const bool says_sm2 = fields.only("Wechatpay-Signature-Type") == scheme_of(signature_kind::sm2_sm3);
    const auto value = from_base64(*signature);
    if (says_sm2 != (known.key.kind() == signature_kind::sm2_sm3) || !value ||
        !known.key.verifies(as_bytes(answer_text(*timestamp, *nonce, body)), *value)) {
        return unproven(hostlink_errc::unsigned_notice, "Wechatpay-Signature");
    }
    return {};
}

} // namespace cipherlane::hostlink::wechat
