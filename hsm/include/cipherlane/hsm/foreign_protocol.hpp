#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <string_view>

namespace cipherlane::hsm {

/// What bytes seem to be that are no message of a dialect's framing: TLS, HTTP, a greeting of another server, a
/// length written in another way, the other family. In words for people ("TLS: one side speaks it and the other does
/// not"); empty where nothing is recognised. `first` are the first bytes that came, at least two for any finding.
[[nodiscard]] std::string_view foreign_protocol(const framing& how, byte_view first) noexcept;

} // namespace cipherlane::hsm
