#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <string>

namespace cipherlane::hsm {

/// What came instead of an answer, for a person: what the bytes look like or, where an answer only began, how much of
/// it came. Empty where there is nothing to say. Shows none of the bytes.
[[nodiscard]] std::string what_came(const framing& how, byte_view first);

} // namespace cipherlane::hsm
