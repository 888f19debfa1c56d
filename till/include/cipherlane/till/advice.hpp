#pragma once

#include <cipherlane/core/error.hpp>

#include <string_view>

namespace cipherlane {

/// What probably lies behind an error of a till or one of its parts, and what to do about it: a sentence for people
/// who set a till up. Empty where the error itself says all that is known.
[[nodiscard]] std::string_view likely_cause(const error& why) noexcept;

} // namespace cipherlane
