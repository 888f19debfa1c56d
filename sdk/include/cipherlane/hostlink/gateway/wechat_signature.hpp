#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/gateway/signing.hpp>
#include <cipherlane/hostlink/http_fields.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

/// WeChat Pay API v3: the texts that are signed and the envelope of notices, as values alone: no clock, no socket.
namespace cipherlane::hostlink::wechat {

/// What a request's signature is made over (page 4012365336): five lines, each with its end.
/// @param target path and query exactly as sent. @param timestamp Unix seconds.
[[nodiscard]] std::string request_text(std::string_view method, std::string_view target, std::string_view timestamp,
    std::string_view nonce, std::string_view body);
/// Of an answer or a notice (page 4013053420).
[[nodiscard]] std::string answer_text(std::string_view timestamp, std::string_view nonce, std::string_view body);

/// The words of the two schemes, without "WECHATPAY2-" in `signature_kind`'s place.
[[nodiscard]] std::string_view scheme_of(signature_kind kind) noexcept;

/// The value of `Authorization`. Signs `text`.
struct request_head {
    std::string_view mchid;
    std::string_view serial; ///< of the merchant's certificate, upper-case hex
    std::string_view timestamp;
    std::string_view nonce;
};
[[nodiscard]] result<std::string> authorization(
    const request_signer& with, const request_head& head, std::string_view text);

/// A sealed text of a notice or of the list of certificates.
struct sealed_resource {
    std::string algorithm;  ///< "AEAD_AES_256_GCM" or "AEAD_SM4_GCM"
    std::string ciphertext; ///< base64, the tag at its end
    std::string nonce;      ///< 12 characters, as bytes
    std::string associated_data;
};
/// Opens it with the APIv3 key: 32 characters; the published test files of AES have 16 too.
/// @return `hostlink_errc::unreadable_notice` with the member; `unsigned_notice` in "ciphertext" where the tag is
/// wrong.
[[nodiscard]] result<secret_bytes> open_resource(byte_view api_v3_key, const sealed_resource& sealed);
/// Seals `clear`, for simulators. `algorithm`, `nonce` and `associated_data` are given.
[[nodiscard]] result<std::string> seal_resource(
    byte_view api_v3_key, const sealed_resource& under, std::string_view clear);

/// The platform's keys by the name that its messages carry: the serial of a certificate, or "PUB_KEY_ID_…". Both are
/// there while a merchant changes over. One thread at a time.
class platform_keys {
  public:
    /// @param merchant_serial never a platform's: that would be the classic mistake.
    explicit platform_keys(std::string merchant_serial)
        : merchant_serial_(std::move(merchant_serial)) {}

    /// @return `hostlink_errc::bad_key` in the field "serial" for the merchant's own; for a certificate whose serial
    /// is another.
    [[nodiscard]] result<void> add(std::string serial, std::string_view pem);
    /// A certificate under its own serial.
    [[nodiscard]] result<void> add_certificate(std::string_view pem);
    [[nodiscard]] bool has(std::string_view serial) const { return keys_.contains(serial); }
    [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
    /// Which key a request asks its answer to be signed with: the public key's id, else none.
    [[nodiscard]] std::string public_key_id() const;
    /// Whether one of them is this key (SubjectPublicKeyInfo): the merchant's own is no platform's.
    [[nodiscard]] bool holds(byte_view der) const;

    /// Whether `body` was signed by the platform within five minutes of `now`: headers, age, serial, signature, in
    /// this order. Nothing of the body may be looked at before.
    /// @return `unsigned_notice` with the header that is missing, twice or wrong ("Wechatpay-Serial": a key that is
    /// not known, or a certificate that does not hold now); `stale_notice` in "Wechatpay-Timestamp".
    [[nodiscard]] result<void> check(
        const http_fields& fields, std::string_view body, std::chrono::system_clock::time_point now) const;

  private:
    [[nodiscard]] std::string known_serials() const;

    std::string merchant_serial_;
    struct entry {
        signature_key key;
        std::chrono::system_clock::time_point begins; ///< of a certificate
        std::chrono::system_clock::time_point ends;
    };
    std::map<std::string, entry, std::less<>> keys_;
};

} // namespace cipherlane::hostlink::wechat
