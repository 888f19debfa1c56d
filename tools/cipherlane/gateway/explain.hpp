#pragma once

#include "cipherlane/gateway/signed_message.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/signing.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// A key that may have signed.
struct judging_key {
    std::string name; ///< for people: the file
    hostlink::signature_key key;
    std::shared_ptr<const hostlink::certificate> certificate{}; ///< where it came with one
    [[nodiscard]] std::string about() const;                    ///< "RSA 2048, SHA-256 of it 9bb6cd81…"
};

/// What came of a signature.
enum class signature_verdict : std::uint8_t {
    right,
    wrong,
    not_judged, ///< no key was given, or the message has no signature
};

[[nodiscard]] std::string_view to_string(signature_verdict value) noexcept;

/// Which text is signed, whether it was, and if not why.
struct explanation {
    signature_verdict verdict = signature_verdict::not_judged;
    std::string digest;             ///< SHA-256 of the right text, lower-case hex
    std::string key;                ///< which of the keys signed; empty: none of them, or not known
    std::string why;                ///< where it is wrong: what is the matter
    std::string mistake;            ///< the usual mistake that fits; empty: none does
    std::string advice;             ///< what to do about it
    std::vector<std::string> notes; ///< what else is odd, as a clock
};

/// What an explanation goes by.
struct explain_with {
    std::vector<judging_key> keys;
    /// Whom the certificate of a key must lead to, and over whom; both empty: its chain is not judged.
    std::vector<hostlink::certificate> roots;
    std::vector<hostlink::certificate> between;
    byte_view shared_key; ///< of UnionPay's signMethod 11 and of netpay; empty: none
    /// Now, or when the message came; not set: its `Date` says it.
    std::optional<std::chrono::system_clock::time_point> at;
};

/// A key with its certificate, where the text is one. @return what `signature_key::create` refuses.
[[nodiscard]] result<judging_key> read_judging_key(const std::string& name, std::string_view text);

/// Takes all certificates of a PEM text as such, those that have issued themselves as roots.
/// @return `hostlink_errc::bad_key` for a text without any.
[[nodiscard]] result<void> add_authorities(explain_with& to, std::string_view pem);

[[nodiscard]] explanation explain(const captured_http& message, const signed_message& what, const explain_with& with);

} // namespace cipherlane::cli
