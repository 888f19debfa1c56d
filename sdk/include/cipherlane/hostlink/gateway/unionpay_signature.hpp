#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>
#include <cipherlane/hostlink/gateway/signing.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// UnionPay's acp messages, version 5.1.0 (全渠道, 二维码): the texts that are signed, as values alone.
namespace cipherlane::hostlink::unionpay {

/// All but `signature` and what is empty, sorted.
[[nodiscard]] std::string message_text(const parameters& all);
/// What is signed: SHA-256 of the text as 64 lower-case hex characters, which the signature hashes once more.
[[nodiscard]] result<std::string> hashed(std::string_view text);

/// The value of `signature`, signMethod 01.
[[nodiscard]] result<std::string> sign(const request_signer& with, const parameters& all);
/// The same with a shared key, signMethod 11.
[[nodiscard]] result<std::string> sign_with_key(std::string_view key, const parameters& all);

/// An answer, "k=v&k=v" that nobody has encoded: a value may hold "=", "&" between braces or brackets, and a
/// certificate its line ends.
/// @return `hostlink_errc::unreadable_answer` with the name that is there twice.
[[nodiscard]] result<parameters> read_answer(std::string_view body);

/// Whom an answer's certificate (`signPubKeyCert`) must lead to.
struct trust {
    std::vector<certificate> roots;
    std::vector<certificate> between;
    std::string owner = "中国银联股份有限公司"; ///< the third part of its name, between "@"
};
/// Certificate (chain, days, owner), then signature.
/// @return `hostlink_errc::unsigned_notice` in "signPubKeyCert" or "signature".
[[nodiscard]] result<void> check(const trust& by, const parameters& all, std::chrono::system_clock::time_point now);

} // namespace cipherlane::hostlink::unionpay
