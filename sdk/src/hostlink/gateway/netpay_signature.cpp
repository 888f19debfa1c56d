#include "gateway/lower_hex.hpp"
#include "gateway/md5.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/netpay_signature.hpp>

namespace cipherlane::hostlink::netpay {
namespace {

error unproven(std::string_view field) {
    return error(hostlink_errc::unsigned_notice, layer::hostlink).during("netpay signature").in_field(field);
}

} // namespace

result<std::string> body_signature(std::string_view app_key, const request_head& head, std::string_view body) {
    CIPHERLANE_TRY(const auto hash, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(body)));
    const auto hex = to_lower_hex(hash.view());
    std::string text;
    for (const auto part : {head.app_id, head.timestamp, head.nonce, std::string_view(hex)})
        text.append(part);
    CIPHERLANE_TRY(auto key, crypto::hmac_key::create(crypto::digest_algorithm::sha256, as_bytes(app_key)));
    CIPHERLANE_TRY(const auto mac, crypto::hmac(key, as_bytes(text)));
    return to_base64(mac.view());
}

result<std::string> open_body_sig(std::string_view app_key, const request_head& head, std::string_view body) {
    CIPHERLANE_TRY(const auto signature, body_signature(app_key, head, body));
    std::string value = "OPEN-BODY-SIG AppId=\"";
    value.append(head.app_id).append("\", Timestamp=\"").append(head.timestamp).append("\", Nonce=\"");
    value.append(head.nonce).append("\", Signature=\"").append(signature).append("\"");
    return value;
}

result<parameters> open_form_param(std::string_view app_key, const request_head& head, std::string_view content) {
    CIPHERLANE_TRY(auto signature, body_signature(app_key, head, content));
    parameters all{{"authorization", "OPEN-FORM-PARAM"}, {"appId", std::string(head.app_id)},
        {"timestamp", std::string(head.timestamp)}, {"nonce", std::string(head.nonce)},
        {"signature", std::move(signature)}};
    all["content"] = content; // a payment code may be in it: no copy but this
    return all;
}

result<std::string> notice_signature(std::string_view key, const parameters& all, notice_digest how) {
    auto text = joined(all, {"sign"}, empty_values::dropped);
    text.reserve(text.size() + key.size());
    text += key;
    std::string signature;
    if (how == notice_digest::md5) {
        signature = to_hex(md5(as_bytes(text)));
    } else {
        CIPHERLANE_TRY(const auto hash, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(text)));
        signature = to_hex(hash.view());
    }
    wipe(byte_span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
    return signature;
}

result<void> check_notice(std::string_view key, const parameters& all, notice_digest how) {
    const auto given = all.find("sign");
    if (given == all.end()) return unproven("sign");
    const auto type = all.find("signType");
    const bool md5_named = type == all.end() || type->second.empty() || type->second == "MD5";
    const bool fits = how == notice_digest::md5 ? md5_named : !md5_named && type->second == "SHA256";
    if (!fits) return unproven("signType");
    CIPHERLANE_TRY(const auto right, notice_signature(key, all, how));
    if (!equal_in_constant_time(as_bytes(right), as_bytes(given->second))) return unproven("sign");
    return {};
}

} // namespace cipherlane::hostlink::netpay
