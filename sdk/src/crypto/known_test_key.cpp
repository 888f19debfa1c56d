#include <cipherlane/crypto/known_test_key.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t part_size = 8;
constexpr std::array<std::uint8_t, part_size> up{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
constexpr std::array<std::uint8_t, part_size> down{0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10};

bool same_but_parity(std::uint8_t a, std::uint8_t b) noexcept {
    return ((a ^ b) & 0xFEU) == 0;
}

bool counts(byte_view key, int step) noexcept {
    for (std::size_t i = 1; i < key.size(); ++i) {
        if (static_cast<std::uint8_t>(key[i - 1] + step) != key[i]) return false;
    }
    return true;
}

bool of_known_parts(byte_view key) noexcept {
    for (; key.size() >= part_size; key = key.subspan(part_size)) {
        const auto part = key.first(part_size);
        const bool known =
            std::ranges::equal(part, up, same_but_parity) || std::ranges::equal(part, down, same_but_parity);
        if (!known) return false;
    }
    return key.empty();
}

} // namespace

bool is_known_test_key(byte_view key) noexcept {
    if (key.empty()) return false;
    const bool repeated = std::ranges::all_of(key, [&](std::uint8_t one) { return same_but_parity(one, key[0]); });
    return repeated || of_known_parts(key) || counts(key, 1) || counts(key, -1);
}

} // namespace cipherlane::crypto
