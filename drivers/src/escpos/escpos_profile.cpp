#include "../refusals.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/escpos/escpos_profile.hpp>

namespace cipherlane::drivers {
namespace {

using text_set = escpos_printer_profile::text_set;

template <class Rows>
std::string names_of(const Rows& rows) {
    std::string all = "allowed:";
    for (const auto& row : rows)
        all += " " + std::string(row.name);
    return all;
}

} // namespace

result<escpos_printer_profile> escpos_printer_profile::for_model(std::string_view model, std::string_view code_page) {
    const auto* made_by = find_escpos_model(model);
    if (made_by == nullptr) return bad_setting("printer").with_hint(names_of(escpos_models()));
    escpos_printer_profile profile;
    profile.code = made_by->draws_codes ? drawing::native : drawing::raster;
    profile.width_dots = made_by->width_dots;
    if (code_page.empty() || code_page == "gbk") return profile;
    profile.words = ports::wording::english();
    if (code_page == "ascii") {
        profile.text = text_set::ascii;
        return profile;
    }
    const auto number = made_by->number_of(code_page);
    if (!number) return bad_setting("code_page").with_hint(names_of(made_by->pages) + " gbk ascii");
    profile.text = text_set::latin;
    profile.code_page = code_page;
    profile.page_number = *number;
    return profile;
}

result<void> escpos_printer_profile::validate() const {
    auto wrong = [](std::string_view field) { return refused(drivers_errc::bad_setting).in_field(field); };
    if (module_dots < 1 || module_dots > 16) return wrong("module_dots");
    if (width_dots < 64 || width_dots > 2'048 || width_dots % 8 != 0) return wrong("width_dots");
    if (feed_lines < 0 || feed_lines > 20) return wrong("feed_lines");
    if (text == text_set::latin && find_latin_page(code_page) == nullptr) return wrong("code_page");
    return {};
}

result<escpos_printer_profile> escpos_profile_of(const printer_options& options) {
    using drawing = escpos_printer_profile::drawing;
    CIPHERLANE_TRY(auto profile, escpos_printer_profile::for_model(options.model, options.code_page));
    profile.letters = options.plain_letters ? missing_letter::plain : missing_letter::refused;
    if (options.code == printer_options::drawing::native) profile.code = drawing::native;
    if (options.code == printer_options::drawing::raster) profile.code = drawing::raster;
    if (options.width_dots != 0) profile.width_dots = options.width_dots;
    CIPHERLANE_CHECK(profile.validate());
    return profile;
}

} // namespace cipherlane::drivers
