#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace cipherlane::hsm {

/// How many characters the key at the start of `text` takes, by the dialect's scheme tags; `untagged` digits without
/// a tag.
/// @return `hsm_errc::bad_scheme`, `key_length`, `bad_block`, or `incomplete` when `text` is too short. The offset
/// is within `text`.
[[nodiscard]] result<std::size_t> key_extent(const profile& dialect, std::string_view text, std::size_t untagged);

/// As `key_extent`, for fields that may also hold a DUKPT key: one of the dialect's marks, the BDK, digits that
/// describe its serial number, and the number (`key_marks`).
[[nodiscard]] result<std::size_t> dukpt_key_extent(
    const profile& dialect, std::string_view text, std::size_t untagged);

/// Whether the key's cipher has blocks of 16 bytes; nothing where the text does not say, as for a stored key.
[[nodiscard]] std::optional<bool> has_wide_blocks(const profile& dialect, std::string_view text);

/// Whether `text` is one whole key of the dialect; untagged ones may have 16, 32 or 48 digits. `takes_serial`: or a
/// DUKPT key.
[[nodiscard]] result<void> check_key(const profile& dialect, std::string_view text, bool takes_serial = false);

} // namespace cipherlane::hsm
