#include "pdf_sheets.hpp"

#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/usual_fonts.hpp>
#include <cipherlane/core/utf8.hpp>

#include <array>
#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <cairo.h>
#include <fstream>
#include <ft2build.h>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <vector>
#include FT_FREETYPE_H

namespace cipherlane::clearing {
namespace {

constexpr std::string_view cut_mark = "\xE2\x80\xA6"; // …
constexpr std::size_t most_bytes = 400;               // of one text
/// A file says when it was made; a statement says so on its pages, and the same one is to give the same bytes.
constexpr const char* no_moment = "2000-01-01T00:00:00Z";

error refuse(clearing_errc what, const std::filesystem::path& file) {
    return error(what, layer::core).during("print statement").in_field(printable_text(file.string()));
}

/// A font's face with the library that it belongs to: Cairo's caches keep both longer than the document.
struct loaded_face {
    FT_Library library = nullptr;
    FT_Face face = nullptr;

    loaded_face() = default;
    loaded_face(const loaded_face&) = delete;
    loaded_face& operator=(const loaded_face&) = delete;
    ~loaded_face() {
        if (face != nullptr) FT_Done_Face(face);
        if (library != nullptr) FT_Done_FreeType(library);
    }
    static void drop(void* what) { delete static_cast<loaded_face*>(what); }
};

std::unique_ptr<loaded_face> load_face(const std::string& file) {
    auto made = std::make_unique<loaded_face>();
    if (FT_Init_FreeType(&made->library) != 0) return nullptr;
    const auto opens = [&](const char* name) { return FT_New_Face(made->library, name, 0, &made->face) == 0; };
    if (!file.empty()) return opens(file.c_str()) ? std::move(made) : nullptr;
    for (const auto& one : usual_fonts) {
        if (opens(one.proportional)) return made;
    }
    return nullptr;
}

template <auto Destroy>
struct destroyer {
    template <class T>
    void operator()(T* what) const noexcept {
        Destroy(what);
    }
};
using cairo_handle = std::unique_ptr<cairo_t, destroyer<cairo_destroy>>;
using surface_handle = std::unique_ptr<cairo_surface_t, destroyer<cairo_surface_destroy>>;
using font_handle = std::unique_ptr<cairo_font_face_t, destroyer<cairo_font_face_destroy>>;

/// Texts of one size that have not been drawn.
struct glyph_run {
    double size = 0;
    std::vector<cairo_glyph_t> glyphs;
    std::vector<cairo_text_cluster_t> clusters;
    std::string letters;
};

struct glyph_place {
    unsigned long index = 0;
    double advance = 0; ///< at size 1
};

} // namespace

struct pdf_sheets::state {
    std::filesystem::path file;
    std::filesystem::path growing; ///< where it is until it is whole
    std::ofstream out;
    font_handle font;
    FT_Face face = nullptr; ///< the font's
    surface_handle surface;
    cairo_handle pen;
    std::array<std::optional<glyph_place>, 128> ascii; ///< nearly all of a statement: without a search
    std::unordered_map<char32_t, glyph_place> others;
    /// Texts of the page, by size: Cairo draws those of one call several times faster than each by itself.
    std::vector<glyph_run> runs;
    bool finished = false;

    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        pen.reset();
        surface.reset();
        out.close();
        std::error_code ignored;
        if (!finished && !growing.empty()) std::filesystem::remove(growing, ignored);
    }

    static cairo_status_t write(void* to, const unsigned char* bytes, unsigned count) {
        auto& stream = static_cast<state*>(to)->out;
        stream.write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(count));
        return stream ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
    }

    [[nodiscard]] glyph_place find(char32_t point) const {
        glyph_place made;
        made.index = FT_Get_Char_Index(face, point);
        if (FT_Load_Glyph(face, static_cast<FT_UInt>(made.index), FT_LOAD_NO_SCALE) == 0) {
            made.advance = static_cast<double>(face->glyph->metrics.horiAdvance) / face->units_per_EM;
        }
        return made;
    }
    glyph_place place_of(char32_t point) {
        if (point < ascii.size()) {
            auto& kept = ascii[point];
            if (!kept) kept = find(point);
            return *kept;
        }
        const auto [at, fresh] = others.try_emplace(point);
        if (fresh) at->second = find(point);
        return at->second;
    }
    /// At size 1.
    double width_of(std::string_view text) {
        double sum = 0;
        while (const auto point = take_code_point(text))
            sum += place_of(*point).advance;
        return sum;
    }
    /// As much of `text` as fits beside the mark that says that it goes on.
    std::string shortened(std::string_view text, double most) {
        most -= width_of(cut_mark);
        auto rest = text;
        double sum = 0;
        std::size_t kept = 0;
        while (const auto point = take_code_point(rest)) {
            sum += place_of(*point).advance;
            if (sum > most) break;
            kept = text.size() - rest.size();
        }
        return std::string(text.substr(0, kept)).append(cut_mark);
    }
    glyph_run& run_of(double size) {
        for (auto& one : runs)
            if (one.size == size) return one;
        runs.emplace_back().size = size;
        return runs.back();
    }
    /// @return how wide it is
    double put(glyph_run& to, double x, double y, std::string_view text) {
        const double begin = x;
        auto rest = text;
        while (!rest.empty()) {
            const auto before = rest.size();
            const auto point = take_code_point(rest);
            if (!point) break; // `printable_text` leaves nothing else
            const auto glyph = place_of(*point);
            to.glyphs.push_back({glyph.index, x, y});
            to.clusters.push_back({static_cast<int>(before - rest.size()), 1});
            x += glyph.advance * to.size;
        }
        to.letters.append(text.substr(0, text.size() - rest.size()));
        return x - begin;
    }
    void flush() {
        for (auto& one : runs) {
            if (one.glyphs.empty()) continue;
            cairo_set_font_size(pen.get(), one.size);
            cairo_show_text_glyphs(pen.get(), one.letters.data(), static_cast<int>(one.letters.size()),
                one.glyphs.data(), static_cast<int>(one.glyphs.size()), one.clusters.data(),
                static_cast<int>(one.clusters.size()), static_cast<cairo_text_cluster_flags_t>(0));
            one.glyphs.clear();
            one.clusters.clear();
            one.letters.clear();
        }
    }
};

pdf_sheets::pdf_sheets(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
pdf_sheets::pdf_sheets(pdf_sheets&&) noexcept = default;
pdf_sheets& pdf_sheets::operator=(pdf_sheets&&) noexcept = default;
pdf_sheets::~pdf_sheets() = default;

result<pdf_sheets> pdf_sheets::create(
    const std::filesystem::path& file, const std::string& font_file, const std::string& title) {
    auto loaded = load_face(font_file);
    if (!loaded) {
        return error(clearing_errc::no_font, layer::core)
            .during("print statement")
            .in_field(font_file.empty() ? "font" : printable_text(font_file))
            .with_hint("the package fonts-wqy-zenhei has one");
    }
    auto made = std::make_unique<state>();
    made->file = file;
    made->growing = file;
    made->growing += ".new";
    made->out.open(made->growing, std::ios::binary | std::ios::trunc);
    if (!made->out) return refuse(clearing_errc::cannot_write, file);
    made->face = loaded->face;
    made->font.reset(cairo_ft_font_face_create_for_ft_face(loaded->face, FT_LOAD_NO_BITMAP | FT_LOAD_NO_HINTING));
    static const cairo_user_data_key_t key{};
    auto* kept = loaded.release();
    if (cairo_font_face_set_user_data(made->font.get(), &key, kept, loaded_face::drop) != CAIRO_STATUS_SUCCESS) {
        loaded_face::drop(kept);
        return refuse(clearing_errc::no_font, font_file);
    }
    made->surface.reset(cairo_pdf_surface_create_for_stream(state::write, made.get(), width, height));
    cairo_pdf_surface_set_metadata(made->surface.get(), CAIRO_PDF_METADATA_TITLE, printable_text(title).c_str());
    cairo_pdf_surface_set_metadata(made->surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, no_moment);
    made->pen.reset(cairo_create(made->surface.get()));
    cairo_set_font_face(made->pen.get(), made->font.get());
    return pdf_sheets(std::move(made));
}

void pdf_sheets::text(double x, double y, double size, std::string_view what, side stands, double most) {
    auto& its = *state_;
    auto& to = its.run_of(size);
    const auto glyphs = to.glyphs.size();
    const auto letters = to.letters.size();
    const auto shown = printable_text(what, most_bytes);
    auto wide = its.put(to, x, y, shown);
    if (wide > most) {
        to.glyphs.resize(glyphs);
        to.clusters.resize(glyphs);
        to.letters.resize(letters);
        wide = its.put(to, x, y, its.shortened(shown, most / size));
    }
    if (stands == side::right_of) return;
    for (auto i = glyphs; i < to.glyphs.size(); ++i)
        to.glyphs[i].x -= wide;
}

void pdf_sheets::rule(double from, double to, double y, double thickness) {
    auto* pen = state_->pen.get();
    cairo_set_line_width(pen, thickness);
    cairo_move_to(pen, from, y);
    cairo_line_to(pen, to, y);
    cairo_stroke(pen);
}

void pdf_sheets::next_page() {
    state_->flush();
    cairo_show_page(state_->pen.get());
}

result<void> pdf_sheets::finish() {
    auto& its = *state_;
    its.flush();
    its.pen.reset();
    cairo_surface_finish(its.surface.get());
    const bool drawn = cairo_surface_status(its.surface.get()) == CAIRO_STATUS_SUCCESS;
    its.out.close();
    std::error_code failed;
    if (drawn && its.out) std::filesystem::rename(its.growing, its.file, failed);
    if (!drawn || !its.out || failed) return refuse(clearing_errc::cannot_write, its.file);
    its.finished = true;
    return {};
}

} // namespace cipherlane::clearing
