#pragma once

#include <cipherlane/net/tcp.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// What the checks of settings share.

/// A setting that cannot be: which, and what is expected instead.
[[nodiscard]] inline error broken(till_errc what, std::string_view key, std::string_view expected) {
    return error(what, layer::till).during("settings").in_field(key).with_hint("expected " + std::string(expected));
}

/// A peer's address, with a port that something can be at.
[[nodiscard]] inline bool is_peer(const std::string& text) {
    const auto where = net::parse_endpoint(text);
    return where && where->port != 0;
}

/// Who trusts somebody or shows a certificate means TLS.
[[nodiscard]] inline bool has_files(const till_tls_files& tls) {
    return tls != till_tls_files();
}

/// A peer, the address that it has now and those that it had.
struct addresses_of {
    std::string_view name;
    const std::string& now;
    const std::vector<std::string>& earlier;
};

/// Addresses of before belong to one peer each, else what went there would be asked of the first that claims it; and
/// one that nobody can have been at finds nothing.
[[nodiscard]] result<void> check_earlier(std::span<const addresses_of> peers, std::string_view key);

/// Each gateway, then what would make two of them one. What is wrong names its gateway (`error::endpoint`).
[[nodiscard]] result<void> check_gateways(const till_settings& all);

} // namespace cipherlane
