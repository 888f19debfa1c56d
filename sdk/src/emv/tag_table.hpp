#pragma once

#include <cipherlane/emv/tag_dictionary.hpp>

#include <span>

namespace cipherlane::emv::detail {

[[nodiscard]] std::span<const tag_entry> tag_table() noexcept;

} // namespace cipherlane::emv::detail
