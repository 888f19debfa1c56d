#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// 银联商务's netpay: the texts that are signed, as values alone.
namespace cipherlane::hostlink::netpay {

struct request_head {
    std::string_view app_id;
    std::string_view timestamp; ///< yyyyMMddHHmmss
    std::string_view nonce;
};
/// The signature of a body: base64 of HMAC-SHA256 over application, time, nonce and the body's SHA-256 in hex.
[[nodiscard]] result<std::string> body_signature(
    std::string_view app_key, const request_head& head, std::string_view body);
/// `Authorization: OPEN-BODY-SIG …`
[[nodiscard]] result<std::string> open_body_sig(
    std::string_view app_key, const request_head& head, std::string_view body);
/// The same as fields of a form (OPEN-FORM-PARAM), beside the `content`.
[[nodiscard]] result<parameters> open_form_param(
    std::string_view app_key, const request_head& head, std::string_view content);

enum class notice_digest : std::uint8_t { md5, sha256 };
/// Of a notice: all but `sign` and what is empty, sorted, the key behind it without a separator, upper-case hex.
[[nodiscard]] result<std::string> notice_signature(std::string_view key, const parameters& all, notice_digest how);
/// By the digest that was agreed on, which the notice must name (MD5 where it names none): it does not choose.
/// @return `hostlink_errc::unsigned_notice` in "sign" or "signType".
[[nodiscard]] result<void> check_notice(std::string_view key, const parameters& all, notice_digest how);

} // namespace cipherlane::hostlink::netpay
