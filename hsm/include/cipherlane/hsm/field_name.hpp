#pragma once

#include <cstdint>
#include <string_view>

namespace cipherlane::hsm {

/// The name of a command field as a number: FNV-1a of its text, so that names from a TOML profile and names in the
/// sources meet without a registry. A profile in which two names collide does not load.
class field_name {
  public:
    constexpr field_name() noexcept = default;
    constexpr explicit field_name(std::string_view text) noexcept {
        std::uint32_t sum = 2166136261U;
        for (char c : text) {
            sum = (sum ^ static_cast<std::uint8_t>(c)) * 16777619U;
        }
        hash_ = sum;
    }

    [[nodiscard]] constexpr std::uint32_t hash() const noexcept { return hash_; }
    friend constexpr bool operator==(field_name a, field_name b) noexcept = default;

  private:
    std::uint32_t hash_ = 0;
};

namespace literals {

/// `"pin_block"_f`
consteval field_name operator""_f(const char* text, std::size_t size) {
    return field_name(std::string_view(text, size));
}

} // namespace literals

} // namespace cipherlane::hsm
