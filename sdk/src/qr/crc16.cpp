#include <cipherlane/qr/crc16.hpp>

#include <array>

namespace cipherlane::qr {
namespace {

constexpr std::uint16_t polynomial = 0x1021;

constexpr auto table = [] {
    std::array<std::uint16_t, 256> made{};
    for (unsigned byte = 0; byte < made.size(); ++byte) {
        unsigned remainder = byte << 8U;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = (remainder & 0x8000U) != 0 ? (remainder << 1U) ^ polynomial : remainder << 1U;
        }
        made[byte] = static_cast<std::uint16_t>(remainder);
    }
    return made;
}();

} // namespace

std::uint16_t crc16(byte_view data, std::uint16_t start) noexcept {
    unsigned crc = start;
    for (const std::uint8_t byte : data)
        crc = ((crc << 8U) ^ table[((crc >> 8U) ^ byte) & 0xFFU]) & 0xFFFFU;
    return static_cast<std::uint16_t>(crc);
}

} // namespace cipherlane::qr
