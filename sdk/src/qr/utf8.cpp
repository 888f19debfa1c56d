#include "utf8.hpp"

namespace cipherlane::qr::detail {
namespace {

struct lead_range {
    unsigned char first, last; // of the leading byte
    unsigned char low, high;   // of the second byte
    std::size_t size;
};

constexpr lead_range leads[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, // no surrogates
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4}, // nothing above U+10FFFF
};

} // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return 0;
    auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[at + index]); };
    if (byte(0) < 0x80) return 1;
    for (const auto& lead : leads) {
        if (byte(0) < lead.first || byte(0) > lead.last) continue;
        if (text.size() - at < lead.size || byte(1) < lead.low || byte(1) > lead.high) return 0;
        for (std::size_t i = 2; i < lead.size; ++i) {
            if ((byte(i) & 0xC0U) != 0x80) return 0;
        }
        return lead.size;
    }
    return 0;
}

std::optional<std::size_t> utf8_length(std::string_view text) noexcept {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const std::size_t size = utf8_sequence(text, at);
        if (size == 0) return std::nullopt;
        at += size;
    }
    return count;
}

} // namespace cipherlane::qr::detail
