#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace cipherlane::sim {

enum class certificate_use {
    signs_messages,
    issues_others, ///< an authority, as every root is
};

/// A certificate for test keys, PEM, from an hour ago. Empty if the library fails.
/// @param issuer_certificate empty: signed by its own key, as an authority. @param until from now on; negative: it
/// has expired, and began a year before that.
[[nodiscard]] std::string make_test_certificate(std::string_view key_pem, const std::string& common_name, long serial,
    std::string_view issuer_certificate, std::string_view issuer_key,
    std::chrono::seconds until = std::chrono::days(3650), certificate_use use = certificate_use::signs_messages);

} // namespace cipherlane::sim
