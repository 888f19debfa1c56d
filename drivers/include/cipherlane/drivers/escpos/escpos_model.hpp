#pragma once

#include <cipherlane/drivers/charset/latin_page.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::drivers {

/// A make of ESC/POS printers: what it has of what differs among them.
struct escpos_model {
    /// The number of a code page for ESC t.
    struct page {
        std::string_view name; ///< of `latin_pages`
        std::uint8_t number = 0;
    };

    std::string_view name; ///< "epson"
    std::string_view about;
    std::span<const page> pages;
    bool draws_codes = true; ///< knows GS ( k
    int width_dots = 576;

    /// Nothing for a page that it does not have.
    [[nodiscard]] std::optional<std::uint8_t> number_of(std::string_view page_name) const noexcept;
};

/// The table of them; the first one is what a printer is taken for that nobody named.
[[nodiscard]] std::span<const escpos_model> escpos_models() noexcept;
/// Null for a name that is not known.
[[nodiscard]] const escpos_model* find_escpos_model(std::string_view name) noexcept;

} // namespace cipherlane::drivers
