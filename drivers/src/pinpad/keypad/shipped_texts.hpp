#pragma once

#include <span>
#include <string_view>

namespace cipherlane::drivers {

/// A description that the build has put into the library.
struct shipped_text {
    std::string_view name;
    std::string_view text;
};

[[nodiscard]] std::span<const shipped_text> shipped_texts() noexcept;

} // namespace cipherlane::drivers
