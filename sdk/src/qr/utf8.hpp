#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cipherlane::qr::detail {

/// Bytes of the UTF-8 sequence at `at`; 0 where there is none that is well formed (Unicode 15, table 3-7).
[[nodiscard]] std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept;

/// Characters (code points) of a text; nothing where it is no UTF-8.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text) noexcept;

} // namespace cipherlane::qr::detail
