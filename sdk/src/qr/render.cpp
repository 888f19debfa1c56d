#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/png.hpp>
#include <cipherlane/qr/render.hpp>

#include <algorithm>

namespace cipherlane::qr {
namespace {

constexpr std::uint16_t white565 = 0xFFFF;
constexpr std::uint16_t black565 = 0x0000;
constexpr std::size_t largest_scale = 64;

error refuse(qr_errc why) {
    return error(why, layer::qr).during("render");
}

/// Sets `count` bits from bit `first` on, highest bit of a byte first.
void set_bits(byte_span row, std::size_t first, std::size_t count) noexcept {
    for (std::size_t bit = first; bit < first + count;) {
        if (bit % 8 == 0 && first + count - bit >= 8) {
            row[bit / 8] = 0xFF;
            bit += 8;
        } else {
            row[bit / 8] = static_cast<std::uint8_t>(row[bit / 8] | (0x80U >> (bit % 8)));
            ++bit;
        }
    }
}

/// Calls `run(first, count)` for each unbroken run of dark modules in a row.
template <class Run>
void for_each_dark_run(const module_matrix& modules, std::size_t y, Run run) {
    for (std::size_t x = 0; x < modules.size(); ++x) {
        if (!modules.dark(x, y)) continue;
        const std::size_t first = x;
        while (x < modules.size() && modules.dark(x, y))
            ++x;
        run(first, x - first);
    }
}

} // namespace

result<placement> fit(const module_matrix& modules, const pixel_area& area) {
    const std::size_t whole = modules.size() + 2 * quiet_zone;
    const std::size_t scale = std::min(area.width, area.height) / whole;
    if (scale == 0) return refuse(qr_errc::does_not_fit);
    const std::size_t dark = modules.size() * scale;
    return placement{scale, area.left + (area.width - dark) / 2, area.top + (area.height - dark) / 2};
}

result<placement> render_bits(
    const module_matrix& modules, std::size_t width, std::size_t height, bit_means set, byte_span rows) {
    const std::size_t stride = (width + 7) / 8;
    if (rows.size() / std::max<std::size_t>(stride, 1) < height) return refuse(qr_errc::buffer_too_small);
    CIPHERLANE_TRY(const placement at, fit(modules, {0, 0, width, height}));
    const byte_span picture = rows.first(stride * height);
    std::fill(picture.begin(), picture.end(), std::uint8_t{0});
    for (std::size_t y = 0; y < modules.size(); ++y) {
        const byte_span first = picture.subspan((at.top + y * at.scale) * stride, stride);
        for_each_dark_run(modules, y,
            [&](std::size_t x, std::size_t count) { set_bits(first, at.left + x * at.scale, count * at.scale); });
        for (std::size_t copy = 1; copy < at.scale; ++copy) {
            std::copy(first.begin(), first.end(),
                picture.begin() + (first.data() - picture.data()) + static_cast<std::ptrdiff_t>(copy * stride));
        }
    }
    if (set == bit_means::light) {
        for (auto& byte : picture)
            byte = static_cast<std::uint8_t>(~byte);
    }
    return at;
}

result<bit_picture> render_bits(const module_matrix& modules, std::size_t width, std::size_t height, bit_means set) {
    CIPHERLANE_CHECK(fit(modules, {0, 0, width, height}));
    bit_picture picture{width, height, (width + 7) / 8, {}};
    picture.rows.resize(picture.stride * height);
    CIPHERLANE_CHECK(render_bits(modules, width, height, set, picture.rows));
    return picture;
}

result<placement> draw_rgb565(
    const module_matrix& modules, std::span<std::uint16_t> pixels, std::size_t stride, const pixel_area& area) {
    const std::size_t rows = stride == 0 ? 0 : pixels.size() / stride;
    const bool inside =
        area.left <= stride && area.width <= stride - area.left && area.top <= rows && area.height <= rows - area.top;
    if (!inside) return refuse(qr_errc::buffer_too_small);
    CIPHERLANE_TRY(const placement at, fit(modules, area));
    auto row_at = [&](std::size_t y) { return pixels.subspan(y * stride, stride); };
    for (std::size_t y = area.top; y < area.top + area.height; ++y) {
        const auto part = row_at(y).subspan(area.left, area.width);
        std::fill(part.begin(), part.end(), white565);
    }
    for (std::size_t y = 0; y < modules.size(); ++y) {
        for_each_dark_run(modules, y, [&](std::size_t x, std::size_t count) {
            for (std::size_t line = 0; line < at.scale; ++line) {
                const auto run =
                    row_at(at.top + y * at.scale + line).subspan(at.left + x * at.scale, count * at.scale);
                std::fill(run.begin(), run.end(), black565);
            }
        });
    }
    return at;
}

result<bytes> render_png(const module_matrix& modules, std::size_t scale) {
    if (scale == 0 || scale > largest_scale) return refuse(qr_errc::does_not_fit);
    const std::size_t side = (modules.size() + 2 * quiet_zone) * scale;
    CIPHERLANE_TRY(const bit_picture picture, render_bits(modules, side, side));
    return encode_png({picture.rows, side, side, picture.stride, pixel_format::bit_dark});
}

std::string render_terminal(const module_matrix& modules, terminal_colours colours) {
    const bool ansi = colours == terminal_colours::ansi;
    const std::size_t side = modules.size() + 2 * quiet_zone;
    auto dark = [&](std::size_t x, std::size_t y) {
        return x >= quiet_zone && y >= quiet_zone && x < side - quiet_zone && y < side - quiet_zone &&
               modules.dark(x - quiet_zone, y - quiet_zone);
    };
    // With colours set, blocks are ink; without, blocks are the light of a dark terminal.
    auto inked = [&](std::size_t x, std::size_t y) { return y < side && dark(x, y) == ansi; };
    std::string picture;
    for (std::size_t y = 0; y < side; y += 2) {
        if (ansi) picture += "\x1B[30;107m"; // black on bright white
        for (std::size_t x = 0; x < side; ++x) {
            const bool upper = inked(x, y);
            const bool lower = inked(x, y + 1);
            picture += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        picture += ansi ? "\x1B[0m\n" : "\n";
    }
    return picture;
}

} // namespace cipherlane::qr
