#pragma once

#include <string>
#include <string_view>

namespace cipherlane::sim {

/// A certificate for test keys, PEM, for ten years from an hour ago. Empty if the library fails.
/// @param issuer_certificate empty: signed by its own key, as an authority.
[[nodiscard]] std::string make_test_certificate(std::string_view key_pem, const std::string& common_name, long serial,
    std::string_view issuer_certificate, std::string_view issuer_key);

} // namespace cipherlane::sim
