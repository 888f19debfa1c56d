#pragma once

#include "cipherlane/gateway/captured_http.hpp"

#include <cipherlane/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

enum class gateway_speech : std::uint8_t { wechat, alipay, unionpay, netpay };

[[nodiscard]] std::string_view to_string(gateway_speech value) noexcept;

/// A text that may have been signed.
struct signed_text {
    std::string differs; ///< from what the gateway signs: the mistake that it would be; empty: none
    std::string text;
};

/// How a signature is made over a text.
enum class signature_form : std::uint8_t {
    by_key,        ///< RSA or SM2, base64
    hashed_by_key, ///< UnionPay 5.1.0: of SHA-256 in lower-case hex
    shared_sha256, ///< UnionPay, signMethod 11: SHA-256 in hex of text, "&" and the key's own
    hmac,          ///< netpay: HMAC-SHA256, base64
    appended,      ///< netpay's notices: MD5 or SHA-256 in hex of the text and the key behind it
};

/// What there is to judge in a captured message.
struct signed_message {
    gateway_speech gateway = gateway_speech::wechat;
    std::string kind; ///< "request", "answer", "notice"
    signature_form form = signature_form::by_key;
    std::string signature;                    ///< as it stands; empty: the message has none
    std::string names;                        ///< whose key it names: a serial, a certificate's number; empty: none
    std::string shown_certificate;            ///< PEM, of a message that brings its own
    std::optional<std::chrono::seconds> made; ///< since 1970, where it says so
    std::vector<signed_text> texts;           ///< the right one first, then the usual mistakes
    std::string refused;                      ///< what is missing or there twice, for which any reader refuses it
    std::string note;                         ///< what is missing or there twice, or why nothing needs to be signed
};

/// @param only the gateway, where somebody has said which; else it is found out.
/// @return `core_errc::bad_text` for a message of none of them, or one whose parts cannot be told apart.
[[nodiscard]] result<signed_message> find_signed(const captured_http& message, std::optional<gateway_speech> only);

/// A text with the payment code in it (付款码) masked, for people: whoever sees one in time can pay with it.
[[nodiscard]] std::string without_payment_code(std::string text);

} // namespace cipherlane::cli
