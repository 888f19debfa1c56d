#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>
#include <cipherlane/hostlink/gateway/signing.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Alipay's open API: the texts that are signed, as values alone: no clock, no socket.
namespace cipherlane::hostlink::alipay {

/// What a request to gateway.do is signed over: all but `sign` and what is empty; `sign_type` stays.
[[nodiscard]] std::string request_text(const parameters& all);

/// Of a request in the REST form ("v3"). @param credentials "app_id=…,…" as it stands before ",sign=".
/// @param app_auth_token empty: none.
[[nodiscard]] std::string v3_request_text(std::string_view credentials, std::string_view method,
    std::string_view target, std::string_view body, std::string_view app_auth_token = {});

/// `app_cert_sn` and `alipay_cert_sn` of a certificate.
[[nodiscard]] std::string certificate_number(const certificate& of);
/// `alipay_root_cert_sn` of the root file: its certificates that are signed with RSA, in their order.
[[nodiscard]] std::string root_number(const std::vector<certificate>& roots);

/// An answer's parts: the very bytes that are signed, never written anew.
struct split_answer {
    std::string_view
        signed_text;         ///< the value of "<method>_response" or "error_response", with its brackets or quotes
    std::string_view node;   ///< which of the two
    std::string sign;        ///< base64; empty where a refusal carries none
    std::string certificate; ///< `alipay_cert_sn`, in certificate mode
};
/// @param method "alipay.trade.query". @param body lives as long as what is returned.
/// @return `hostlink_errc::unreadable_answer`: no object, a member twice, two answers in one, none.
[[nodiscard]] result<split_answer> split(std::string_view body, std::string_view method);

/// The texts over which a notice may be signed: of a trade without `sign` and `sign_type`. Empty values are in or
/// out, as is the certificate's number: sources differ, so the signature decides. @param service without `sign`
/// alone, as 服务市场 and 生活号 have it.
enum class notice_form : std::uint8_t { trade, service };
[[nodiscard]] std::vector<std::string> notice_texts(const parameters& all, notice_form form = notice_form::trade);

/// AES-CBC of 16 zero bytes, PKCS#5, in base64. @param key the console's, base64.
[[nodiscard]] result<std::string> encrypt_content(std::string_view key, std::string_view clear);
/// @return `hostlink_errc::unreadable_answer`.
[[nodiscard]] result<std::string> decrypt_content(std::string_view key, std::string_view text);

} // namespace cipherlane::hostlink::alipay
