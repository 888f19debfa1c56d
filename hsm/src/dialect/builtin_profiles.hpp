#pragma once

#include <span>
#include <string_view>

namespace cipherlane::hsm {

/// A profile that is part of the library, as TOML. Generated from `hsm/profiles` at build time.
struct builtin_profile {
    std::string_view name;
    std::string_view toml;
};

[[nodiscard]] std::span<const builtin_profile> builtin_profiles() noexcept;

} // namespace cipherlane::hsm
