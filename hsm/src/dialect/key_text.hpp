#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <cstddef>
#include <string_view>

namespace cipherlane::hsm {

/// How many characters the key at the start of `text` takes, by the dialect's scheme tags; `untagged` digits without
/// a tag.
/// @return `hsm_errc::bad_scheme`, `key_length`, `bad_block`, or `incomplete` when `text` is too short. The offset
/// is within `text`.
[[nodiscard]] result<std::size_t> key_extent(const profile& dialect, std::string_view text, std::size_t untagged);

/// Whether `text` is one whole key of the dialect; untagged ones may have 16, 32 or 48 digits.
[[nodiscard]] result<void> check_key(const profile& dialect, std::string_view text);

} // namespace cipherlane::hsm
