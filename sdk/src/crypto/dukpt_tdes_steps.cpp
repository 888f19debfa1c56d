#include "dukpt_tdes_steps.hpp"

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t half = 8;
constexpr std::uint32_t counter_mask = 0x1FFFFF;

std::uint32_t last_bytes(const tdes_serial_number& serial_number) noexcept {
    return (std::uint32_t{serial_number[7]} << 16) | (std::uint32_t{serial_number[8]} << 8) | serial_number[9];
}

} // namespace

std::uint32_t counter_of(const tdes_serial_number& serial_number) noexcept {
    return last_bytes(serial_number) & counter_mask;
}

tdes_serial_number with_counter(tdes_serial_number serial_number, std::uint32_t counter) noexcept {
    const std::uint32_t bits = (last_bytes(serial_number) & ~counter_mask) | (counter & counter_mask);
    serial_number[7] = static_cast<std::uint8_t>(bits >> 16);
    serial_number[8] = static_cast<std::uint8_t>(bits >> 8);
    serial_number[9] = static_cast<std::uint8_t>(bits);
    return serial_number;
}

result<tdes_serial_number> to_tdes_serial_number(byte_view data) noexcept {
    tdes_serial_number made;
    if (data.size() != made.size()) return crypto_error(crypto_errc::bad_ksn, "DUKPT");
    std::copy(data.begin(), data.end(), made.begin());
    return made;
}

void apply_variant(tdes_variant which, byte_span key) noexcept {
    for (std::size_t at = static_cast<std::size_t>(which); at < key.size(); at += half)
        key[at] ^= 0xFF;
}

void apply_c0_variant(byte_span key) noexcept {
    for (std::size_t at = 0; at < key.size(); ++at) {
        if (at % half < half / 2) key[at] ^= 0xC0;
    }
}

result<void> tdes_key_generation::derive(byte_view parent, std::uint32_t counter, byte_span child) {
    const auto serial_number = with_counter(serial_number_, counter);
    const auto crypto_register = byte_view(serial_number).last(half);
    std::array<std::uint8_t, 2 * half> key;
    std::copy(parent.begin(), parent.end(), key.begin());
    // The right half first, with the key as it is; then the left one with the variant.
    for (const std::size_t to : {half, std::size_t{0}}) {
        std::array<std::uint8_t, half> block;
        for (std::size_t i = 0; i < half; ++i)
            block[i] = crypto_register[i] ^ key[half + i];
        CIPHERLANE_CHECK(des_.encrypt(byte_view(key).first(half), block, block));
        for (std::size_t i = 0; i < half; ++i)
            child[to + i] = block[i] ^ key[half + i];
        apply_c0_variant(key);
        wipe(block);
    }
    wipe(key);
    return {};
}

} // namespace cipherlane::crypto
