#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace cipherlane {
namespace {

constexpr std::uint64_t eight_times(std::uint8_t byte) noexcept {
    return 0x0101010101010101 * std::uint64_t{byte};
}

/// Eight digits as four bytes; false where one is none. No branch and no table looks at what they are: they may be a
/// key's.
bool four_bytes(const char* digits, std::uint8_t* out) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    std::uint64_t text = 0;
    std::memcpy(&text, digits, sizeof text);
    const auto letters = text & eight_times(0x40);
    const auto capitals = text & ~(letters >> 1U);
    const auto values = (text & eight_times(0x0F)) + 9 * (letters >> 6U);
    // Written again as digits, which nothing but digits comes through: 7 stand between '9' and 'A'.
    const auto again = values + eight_times('0') + 7 * (((values + eight_times(6)) >> 4U) & eight_times(1));
    if (((again ^ capitals) | (values & eight_times(0xF0))) != 0) return false;
    auto pairs = (values << 4U | values >> 8U) & 0x00FF00FF00FF00FF;
    pairs = (pairs | pairs >> 8U) & 0x0000FFFF0000FFFF;
    const auto four = static_cast<std::uint32_t>(pairs | pairs >> 16U);
    std::memcpy(out, &four, sizeof four);
    return true;
}

/// Four bytes as eight digits, again without looking.
std::uint64_t eight_digits(std::uint32_t four) noexcept {
    auto apart = std::uint64_t{four};
    apart = (apart | apart << 16U) & 0x0000FFFF0000FFFF;
    apart = (apart | apart << 8U) & 0x00FF00FF00FF00FF;
    const auto values = (apart >> 4U & 0x000F000F000F000F) | (apart & 0x000F000F000F000F) << 8U;
    return values + eight_times('0') + 7 * (((values + eight_times(6)) >> 4U) & eight_times(1));
}

} // namespace

void to_hex(byte_view data, std::span<char> out) noexcept {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    assert(out.size() >= 2 * data.size());
    std::size_t i = 0;
    if constexpr (std::endian::native == std::endian::little) {
        for (; i + 4 <= data.size(); i += 4) {
            std::uint32_t four = 0;
            std::memcpy(&four, data.data() + i, sizeof four);
            const auto eight = eight_digits(four);
            std::memcpy(out.data() + 2 * i, &eight, sizeof eight);
        }
    }
    for (; i < data.size(); ++i) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 0x0F];
    }
}

std::string to_hex(byte_view data) {
    std::string text(2 * data.size(), '\0');
    to_hex(data, text);
    return text;
}

result<void> from_hex(std::string_view digits, byte_span out) {
    if (digits.size() % 2 != 0) return error(core_errc::odd_length, layer::core).during("from_hex");
    if (out.size() != digits.size() / 2) return error(core_errc::buffer_too_small, layer::core).during("from_hex");
    std::size_t i = 0;
    while (i + 8 <= digits.size() && four_bytes(digits.data() + i, out.data() + i / 2))
        i += 8;
    for (; i < digits.size(); i += 2) {
        const int high = hex_value(digits[i]);
        const int low = hex_value(digits[i + 1]);
        if (high < 0 || low < 0) {
            return error(core_errc::not_hex, layer::core).during("from_hex").at_offset(high < 0 ? i : i + 1);
        }
        out[i / 2] = static_cast<std::uint8_t>((high << 4) | low);
    }
    return {};
}

result<bytes> from_hex(std::string_view digits) {
    bytes data(digits.size() / 2);
    CIPHERLANE_CHECK(from_hex(digits, data));
    return data;
}

} // namespace cipherlane
