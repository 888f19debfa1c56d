#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <string>

namespace cipherlane::net {

/// The names and addresses that a certificate holds, as "hsm.example, 10.0.0.7"; "no name" where it has none.
///
/// They come from a peer that nobody trusts yet: what is no letter, digit or sign of a name stands as "?".
[[nodiscard]] std::string names_on(const X509* certificate);

/// "expires in less than a day", "expires in 5 days", "expired 1 day ago": never a number below nought.
[[nodiscard]] std::string expiry_words(std::chrono::seconds left);

} // namespace cipherlane::net
