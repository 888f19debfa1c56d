#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cipherlane {

/// Up to `N` characters held in place; longer text is cut. No allocation, no terminator.
template <std::size_t N>
class fixed_text {
  public:
    static_assert(N < 256);

    constexpr fixed_text() noexcept = default;
    constexpr fixed_text(std::string_view text) noexcept // NOLINT(google-explicit-constructor): a value like text
        : size_(static_cast<unsigned char>(text.size() < N ? text.size() : N)) {
        std::char_traits<char>::copy(chars_.data(), text.data(), size_);
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    friend constexpr bool operator==(const fixed_text& a, std::string_view b) noexcept { return a.view() == b; }

  private:
    std::array<char, N> chars_{};
    unsigned char size_ = 0;
};

} // namespace cipherlane
