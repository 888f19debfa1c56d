#include "codewords.hpp"
#include "drawing.hpp"
#include "segments.hpp"

#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace cipherlane::qr {
namespace {

constexpr std::array levels{ec_level::low, ec_level::medium, ec_level::quartile, ec_level::high};

std::size_t capacity_bits(int version, ec_level level) noexcept {
    return 8 * detail::data_codewords(version, static_cast<std::size_t>(level));
}

struct plan {
    int version;
    ec_level level;
    const detail::version_class& widths;
    std::vector<detail::segment> segments;
};

/// The widths of the segments' length fields change after versions 9 and 26, so the best cut differs between these
/// classes: each is tried in turn.
std::optional<plan> make_plan(std::string_view text, const symbol_options& options) {
    const int largest = std::clamp(options.largest_version, 1, detail::highest_version);
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
            return plan{version, level, widths, std::move(cut.segments)};
        }
    }
    return std::nullopt;
}

} // namespace

char to_char(ec_level level) noexcept {
    return "LMQH"[static_cast<std::size_t>(level)];
}

result<symbol> symbol::encode(std::string_view text, const symbol_options& options) {
    auto refuse = [](qr_errc why) { return error(why, layer::qr).during("make symbol"); };
    if (text.empty()) return refuse(qr_errc::empty_text);
    const auto plan = make_plan(text, options);
    if (!plan) return refuse(qr_errc::text_too_long);

    const auto level = static_cast<std::size_t>(plan->level);
    const auto codewords = detail::make_codewords(text, plan->segments, plan->widths, plan->version, level);
    symbol made(plan->version, plan->level);
    detail::draw_symbol(plan->version, level, codewords, made.modules_);
    return made;
}

} // namespace cipherlane::qr
