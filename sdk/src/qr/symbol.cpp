#include "segments.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <qrencode.h>
#include <vector>

namespace cipherlane::qr {
namespace {

constexpr int highest_version = 40;

// Data codewords of versions 1 to 40 at levels L, M, Q, H (ISO/IEC 18004:2015, table 7).
constexpr std::uint16_t data_codewords[highest_version][4] = {
    {19, 16, 13, 9},
    {34, 28, 22, 16},
    {55, 44, 34, 26},
    {80, 64, 48, 36},
    {108, 86, 62, 46},
    {136, 108, 76, 60},
    {156, 124, 88, 66},
    {194, 154, 110, 86},
    {232, 182, 132, 100},
    {274, 216, 154, 122},
    {324, 254, 180, 140},
    {370, 290, 206, 158},
    {428, 334, 244, 180},
    {461, 365, 261, 197},
    {523, 415, 295, 223},
    {589, 453, 325, 253},
    {647, 507, 367, 283},
    {721, 563, 397, 313},
    {795, 627, 445, 341},
    {861, 669, 485, 385},
    {932, 714, 512, 406},
    {1006, 782, 568, 442},
    {1094, 860, 614, 464},
    {1174, 914, 664, 514},
    {1276, 1000, 718, 538},
    {1370, 1062, 754, 596},
    {1468, 1128, 808, 628},
    {1531, 1193, 871, 661},
    {1631, 1267, 911, 701},
    {1735, 1373, 985, 745},
    {1843, 1455, 1033, 793},
    {1955, 1541, 1115, 845},
    {2071, 1631, 1171, 901},
    {2191, 1725, 1231, 961},
    {2306, 1812, 1286, 986},
    {2434, 1914, 1354, 1054},
    {2566, 1992, 1426, 1096},
    {2702, 2102, 1502, 1142},
    {2812, 2216, 1582, 1222},
    {2956, 2334, 1666, 1276},
};

constexpr std::array levels{ec_level::low, ec_level::medium, ec_level::quartile, ec_level::high};

std::size_t capacity_bits(int version, ec_level level) noexcept {
    return std::size_t{8} * data_codewords[version - 1][static_cast<std::size_t>(level)];
}

struct plan {
    int version;
    ec_level level;
    std::vector<detail::segment> segments;
};

/// The widths of the segments' length fields change after versions 9 and 26, so the best cut differs between these
/// classes: each is tried in turn.
std::optional<plan> make_plan(std::string_view text, const symbol_options& options) {
    const int largest = std::clamp(options.largest_version, 1, highest_version);
    for (const auto& widths : detail::version_classes) {
        const int last = std::min(widths.last_version, largest);
        if (widths.first_version > last) break;
        if (text.size() > capacity_bits(last, options.least)) continue; // fewer than one bit a byte: hopeless
        auto cut = detail::cut_segments(text, widths);
        for (int version = widths.first_version; version <= last; ++version) {
            if (cut.bits > capacity_bits(version, options.least)) continue;
            ec_level level = options.least;
            for (const ec_level higher : levels) {
                const bool fits = cut.bits <= capacity_bits(version, higher);
                if (options.raise == ec_raise::within_version && higher > level && fits) level = higher;
            }
            return plan{version, level, std::move(cut.segments)};
        }
    }
    return std::nullopt;
}

QRencodeMode to_mode(detail::segment_mode mode) noexcept {
    switch (mode) {
    case detail::segment_mode::numeric: return QR_MODE_NUM;
    case detail::segment_mode::alphanumeric: return QR_MODE_AN;
    case detail::segment_mode::byte: break;
    }
    return QR_MODE_8;
}

struct free_input {
    void operator()(QRinput* input) const noexcept { QRinput_free(input); }
};
struct free_code {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

} // namespace

char to_char(ec_level level) noexcept {
    return "LMQH"[static_cast<std::size_t>(level)];
}

result<symbol> symbol::encode(std::string_view text, const symbol_options& options) {
    auto refuse = [](qr_errc why) { return error(why, layer::qr).during("make symbol"); };
    if (text.empty()) return refuse(qr_errc::empty_text);
    const auto plan = make_plan(text, options);
    if (!plan) return refuse(qr_errc::text_too_long);

    const auto level = static_cast<QRecLevel>(plan->level);
    const std::unique_ptr<QRinput, free_input> input(QRinput_new2(plan->version, level));
    if (!input) return refuse(qr_errc::symbol_failed);
    for (const auto& segment : plan->segments) {
        const auto piece = as_bytes(text.substr(segment.first, segment.size));
        if (QRinput_append(input.get(), to_mode(segment.mode), static_cast<int>(piece.size()), piece.data()) != 0) {
            return refuse(qr_errc::symbol_failed);
        }
    }
    const std::unique_ptr<QRcode, free_code> code(QRcode_encodeInput(input.get()));
    if (!code || code->version != plan->version) return refuse(qr_errc::symbol_failed);

    symbol made(plan->version, plan->level);
    const std::size_t size = made.modules_.size();
    for (std::size_t y = 0; y < size; ++y) {
        for (std::size_t x = 0; x < size; ++x) {
            if ((code->data[y * size + x] & 1U) != 0) made.modules_.set_dark(x, y);
        }
    }
    return made;
}

} // namespace cipherlane::qr
