#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <span>

namespace cipherlane::emv::detail {

/// The bytes of a tag; returns their count.
std::size_t store_tag(tag_number tag, std::span<std::uint8_t, 4> out) noexcept;

/// "70/9F26"; a tag of 0 is left out.
[[nodiscard]] fixed_text<96> path_text(std::span<const tag_number> above, tag_number tag) noexcept;

} // namespace cipherlane::emv::detail
