#include <cipherlane/drivers/display/panel/font.hpp>

#include <ft2build.h>
#include <map>
#include <vector>
#include FT_FREETYPE_H

#include <cipherlane/core/usual_fonts.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {
namespace {

constexpr std::string_view cut_mark = "\xE2\x80\xA6"; // …
constexpr char32_t replacement = 0xFFFD;
constexpr int least_grey = 8;
constexpr int least_sharp = 12; // below that the font has no bitmaps, and strokes of whole pixels run together
constexpr std::size_t most_glyphs = 4'096;

struct glyph {
    int left = 0; ///< of the bitmap, from the pen
    int rise = 0; ///< of its top, above the base line
    int width = 0;
    int height = 0;
    int advance = 0;
    std::vector<std::uint8_t> cover;
};

template <class Use>
void each_point(std::string_view text, Use use) {
    while (!text.empty()) {
        auto point = take_code_point(text);
        if (!point) text.remove_prefix(1);
        use(point.value_or(replacement));
    }
}

FT_Pos advance_of(FT_Face face, char letter) {
    return FT_Load_Char(face, static_cast<FT_ULong>(letter), FT_LOAD_NO_SCALE) == 0 ? face->glyph->advance.x : 0;
}

/// Not the flag of the face: those with Chinese, which is twice as wide, do not set it.
bool has_one_width(FT_Face face) {
    const auto widest = advance_of(face, 'W');
    return widest != 0 && advance_of(face, 'i') == widest && advance_of(face, '.') == widest;
}

bool suits(FT_Face face, font::spacing wanted, font::edges drawn) {
    if (wanted == font::spacing::fixed) return has_one_width(face);
    return drawn != font::edges::sharp || FT_HAS_FIXED_SIZES(face); // has bitmaps of its own
}

/// The face of `file` that is wanted, or its first one; null where there is none.
FT_Face open_face(FT_Library library, const char* file, font::spacing wanted, font::edges drawn) {
    FT_Face first = nullptr;
    if (FT_New_Face(library, file, 0, &first) != 0) return nullptr;
    if (suits(first, wanted, drawn)) return first;
    for (FT_Long i = 1; i < first->num_faces; ++i) {
        FT_Face face = nullptr;
        if (FT_New_Face(library, file, i, &face) != 0) continue;
        if (suits(face, wanted, drawn)) {
            FT_Done_Face(first);
            return face;
        }
        FT_Done_Face(face);
    }
    return first;
}

/// As much of `text` as fits beside the mark that says that it goes on.
std::string shortened(font& with, std::string_view text, int size, int width) {
    std::string kept;
    for (auto rest = text; !rest.empty();) {
        const auto before = rest;
        if (!take_code_point(rest)) rest.remove_prefix(1);
        auto longer = kept + std::string(before.substr(0, before.size() - rest.size()));
        if (with.width(longer + std::string(cut_mark), size) > width) break;
        kept = std::move(longer);
    }
    return kept + std::string(cut_mark);
}

} // namespace

struct font::impl {
    FT_Library library = nullptr;
    FT_Face face = nullptr;
    int size = 0;
    edges drawn = edges::grey;
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
        const FT_Int32 how = FT_LOAD_RENDER | (drawn == edges::sharp ? FT_LOAD_TARGET_MONO : FT_LOAD_NO_BITMAP);
        if (FT_Load_Char(face, point, how) != 0) return made;
        const auto& slot = *face->glyph;
        made.left = slot.bitmap_left;
        made.rise = slot.bitmap_top;
        made.width = static_cast<int>(slot.bitmap.width);
        made.height = static_cast<int>(slot.bitmap.rows);
        made.advance = static_cast<int>(slot.advance.x >> 6);
        take_cover(slot.bitmap, made.cover);
        return made;
    }

    /// One byte a pixel, whatever the bitmap has.
    static void take_cover(const FT_Bitmap& from, std::vector<std::uint8_t>& to) {
        to.reserve(from.width * from.rows);
        for (unsigned y = 0; y < from.rows; ++y) {
            const auto* row = from.buffer + static_cast<std::ptrdiff_t>(y) * from.pitch;
            for (unsigned x = 0; x < from.width; ++x) {
                const bool set = from.pixel_mode == FT_PIXEL_MODE_MONO && ((row[x / 8] << (x % 8)) & 0x80) != 0;
                to.push_back(from.pixel_mode != FT_PIXEL_MODE_MONO ? row[x] : set ? 255 : 0);
            }
        }
    }
};

font::font(std::unique_ptr<impl> made) noexcept
    : impl_(std::move(made)) {}
font::font(font&&) noexcept = default;
font& font::operator=(font&&) noexcept = default;
font::~font() = default;

result<font> font::open(const std::string& file, spacing wanted, edges drawn) {
    auto made = std::make_unique<impl>();
    const auto missing = error(make_error_code(drivers_errc::font_missing), layer::drivers);
    if (FT_Init_FreeType(&made->library) != 0) return missing;
    if (!file.empty()) {
        made->face = open_face(made->library, file.c_str(), wanted, drawn);
    } else {
        for (const auto& one : usual_fonts) {
            const auto* name = wanted == spacing::fixed ? one.fixed : one.proportional;
            made->face = open_face(made->library, name, wanted, drawn);
            if (made->face != nullptr) break;
        }
    }
    if (made->face == nullptr) return missing;
    made->drawn = drawn;
    return font(std::move(made));
}

int font::smallest_clear() const noexcept {
    return impl_->drawn == edges::sharp ? least_sharp : least_grey;
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
    int size = std::max(std::min(most, box.height * 4 / 5), std::min(with.smallest_clear(), box.height));
    int width = with.width(text, size);
    while (size > least && width > box.width) {
        size = std::max(least, std::min(size - 1, size * box.width / width));
        width = with.width(text, size);
    }
    std::string cut;
    if (width > box.width) {
        cut = shortened(with, text, size, box.width);
        text = cut;
        width = with.width(text, size);
    }
    int left = box.left;
    if (where == alignment::centre) left += std::max(0, (box.width - width) / 2);
    if (where == alignment::right) left += std::max(0, box.width - width);
    with.draw(on, left, box.top + (box.height - size) / 2, size, text, ink, box);
    return size;
}

} // namespace cipherlane::drivers
