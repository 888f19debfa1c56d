#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>
#include <cipherlane/ports/wording.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// Error correction of an ESC/POS printer's own codes (GS ( k, function 169).
enum class escpos_level : std::uint8_t { low = 48, medium = 49, quartile = 50, high = 51 };

/// How an ESC/POS receipt printer is used for payment codes. Link: serial, TCP port 9100, USB.
struct escpos_printer_profile {
    enum class drawing : std::uint8_t {
        native, ///< the printer draws the code; some clones ignore its size or place
        raster, ///< the code goes as a picture: right on every printer, more bytes
    };
    drawing code = drawing::native;
    int module_dots = 6;  ///< native: dots a module
    int width_dots = 384; ///< raster: 384 on 58 mm paper, 576 on 80 mm
    escpos_level level = escpos_level::medium;
    int feed_lines = 4; ///< after each content, up to the cutter
    /// `latin`: one of the printer's own code pages, chosen by ESC t before each slip; its words are English unless
    /// they are set.
    enum class text_set : std::uint8_t { ascii, gbk, latin } text = text_set::gbk;
    std::string code_page;                            ///< latin: a name of `latin_pages`
    std::uint8_t page_number = 0;                     ///< latin: its number for ESC t, as the model has it
    missing_letter letters = missing_letter::refused; ///< latin: for what the page does not have
    ports::wording words = ports::wording::chinese();

    /// A profile for a make of printers and a kind of text.
    /// @param code_page "gbk", "ascii" or a page of `latin_pages`; empty: "gbk"
    /// @return `bad_setting` for a model ("printer") or a page ("code_page") that is not known; the hint has those
    /// that there are.
    [[nodiscard]] static result<escpos_printer_profile> for_model(
        std::string_view model, std::string_view code_page = {});

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// What a receipt printer is and how it is used.
struct printer_options {
    enum class drawing : std::uint8_t { by_model, native, raster };
    std::string model = "epson"; ///< of `escpos_models`
    std::string code_page;       ///< "gbk", "ascii" or a page that the model has; empty: "gbk"
    bool plain_letters = false;  ///< letters that the page does not have lose their marks; else they are refused
    drawing code = drawing::by_model;
    int width_dots = 0; ///< for codes drawn here; 0: the model's
};

/// The profile of a printer that settings or a command line describe; its words are those of its code page.
/// @return as `escpos_printer_profile::for_model` and `validate`.
[[nodiscard]] result<escpos_printer_profile> escpos_profile_of(const printer_options& options);

/// Characters that the printer's set does not have, each once, as UTF-8: a slip has their plain letters or '?'
/// instead, since it must come out.
[[nodiscard]] std::string escpos_missing_letters(std::string_view text, const escpos_printer_profile& profile);

} // namespace cipherlane::drivers
