#include <cipherlane/drivers/display/font.hpp>

#include <array>
#include <ft2build.h>
#include <map>
#include <vector>
#include FT_FREETYPE_H

#include <cipherlane/core/utf8.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {
namespace {

constexpr std::array usual_places{
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
};
constexpr char32_t replacement = 0xFFFD;
constexpr std::size_t most_glyphs = 4'096;

struct glyph {
    int left = 0; ///< of the bitmap, from the pen
    int rise = 0; ///< of its top, above the base line
    int width = 0;
    int height = 0;
    int advance = 0;
    std::vector<std::uint8_t> cover;
};

/// `cover` of 255 parts ink over ground.
colour blend(colour ground, colour ink, unsigned cover) noexcept {
    auto mix = [cover](
                   unsigned below, unsigned above) { return (below * (255 - cover) + above * cover + 127) / 255; };
    const unsigned red = mix(ground >> 11U, ink >> 11U);
    const unsigned green = mix((ground >> 5U) & 0x3FU, (ink >> 5U) & 0x3FU);
    const unsigned blue = mix(ground & 0x1FU, ink & 0x1FU);
    return static_cast<colour>((red << 11U) | (green << 5U) | blue);
}

template <class Use>
void each_point(std::string_view text, Use use) {
    while (!text.empty()) {
        auto point = take_code_point(text);
        if (!point) text.remove_prefix(1);
        use(point.value_or(replacement));
    }
}

} // namespace

struct font::impl {
    FT_Library library = nullptr;
    FT_Face face = nullptr;
    int size = 0;
    std::map<std::pair<int, char32_t>, glyph> glyphs;

    impl() = default;
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;
    ~impl() {
        if (face != nullptr) FT_Done_Face(face);
        if (library != nullptr) FT_Done_FreeType(library);
    }

    const glyph& get(int wanted, char32_t point) {
        auto found = glyphs.find({wanted, point});
        if (found != glyphs.end()) return found->second;
        if (glyphs.size() >= most_glyphs) glyphs.clear();
        return glyphs.emplace(std::pair{wanted, point}, render(wanted, point)).first->second;
    }

    glyph render(int wanted, char32_t point) {
        glyph made;
        made.advance = wanted / 2;
        if (size != wanted && FT_Set_Pixel_Sizes(face, 0, static_cast<FT_UInt>(wanted)) != 0) return made;
        size = wanted;
        if (FT_Load_Char(face, point, FT_LOAD_RENDER | FT_LOAD_NO_BITMAP) != 0) return made;
        const auto& slot = *face->glyph;
        made.left = slot.bitmap_left;
        made.rise = slot.bitmap_top;
        made.width = static_cast<int>(slot.bitmap.width);
        made.height = static_cast<int>(slot.bitmap.rows);
        made.advance = static_cast<int>(slot.advance.x >> 6);
        made.cover.reserve(slot.bitmap.width * slot.bitmap.rows);
        for (unsigned y = 0; y < slot.bitmap.rows; ++y) {
            const auto* row = slot.bitmap.buffer + static_cast<std::ptrdiff_t>(y) * slot.bitmap.pitch;
            made.cover.insert(made.cover.end(), row, row + slot.bitmap.width);
        }
        return made;
    }
};

font::font(std::unique_ptr<impl> made) noexcept
    : impl_(std::move(made)) {}
font::font(font&&) noexcept = default;
font& font::operator=(font&&) noexcept = default;
font::~font() = default;

result<font> font::open(const std::string& file) {
    auto made = std::make_unique<impl>();
    const auto missing = error(make_error_code(drivers_errc::font_missing), layer::drivers);
    if (FT_Init_FreeType(&made->library) != 0) return missing;
    if (!file.empty()) {
        if (FT_New_Face(made->library, file.c_str(), 0, &made->face) != 0) return missing;
        return font(std::move(made));
    }
    for (const auto* place : usual_places) {
        if (FT_New_Face(made->library, place, 0, &made->face) == 0) return font(std::move(made));
    }
    return missing;
}

int font::width(std::string_view text, int size) {
    int total = 0;
    each_point(text, [&](char32_t point) { total += impl_->get(size, point).advance; });
    return total;
}

void font::draw(frame& on, int left, int top, int size, std::string_view text, colour ink, const rectangle& clip) {
    const auto inside = common(clip, on.bounds());
    const int base = top + size - size / 6;
    int pen = left;
    each_point(text, [&](char32_t point) {
        const auto& shape = impl_->get(size, point);
        const rectangle box{pen + shape.left, base - shape.rise, shape.width, shape.height};
        const auto part = common(box, inside);
        for (int y = part.top; y < part.bottom(); ++y) {
            for (int x = part.left; x < part.right(); ++x) {
                const auto cover = shape.cover[static_cast<std::size_t>((y - box.top) * shape.width + x - box.left)];
                if (cover != 0) on.set(x, y, blend(on.at(x, y), ink, cover));
            }
        }
        pen += shape.advance;
    });
}

int draw_line(frame& on, font& with, std::string_view text, const rectangle& box, int most, int least,
    alignment where, colour ink) {
    int size = std::min(most, box.height * 4 / 5);
    int width = with.width(text, size);
    while (size > least && width > box.width) {
        size = std::max(least, std::min(size - 1, size * box.width / width));
        width = with.width(text, size);
    }
    int left = box.left;
    if (where == alignment::centre) left += std::max(0, (box.width - width) / 2);
    if (where == alignment::right) left += std::max(0, box.width - width);
    with.draw(on, left, box.top + (box.height - size) / 2, size, text, ink, box);
    return size;
}

} // namespace cipherlane::drivers
