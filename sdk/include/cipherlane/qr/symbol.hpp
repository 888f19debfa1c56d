#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/qr/module_matrix.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::qr {

/// Error correction levels of ISO/IEC 18004: about 7, 15, 25 and 30 percent of the symbol can be restored.
enum class ec_level : std::uint8_t { low, medium, quartile, high };

[[nodiscard]] char to_char(ec_level level) noexcept; ///< 'L', 'M', 'Q', 'H'

/// Whether a level higher than asked for is taken where the symbol grows no larger by it.
enum class ec_raise : std::uint8_t { within_version, never };

/// What a symbol is made with.
struct symbol_options {
    ec_level least = ec_level::medium;
    ec_raise raise = ec_raise::within_version;
    int largest_version = 40; ///< 1 to 40; a small panel may show less
};

/// A QR Code symbol, model 2 (ISO/IEC 18004), made by libqrencode.
///
/// The text is cut into numeric, alphanumeric and byte segments so that the bits are as few as can be, and goes into
/// the smallest version that holds them. UTF-8 goes as bytes without ECI, which is what wallets expect and what
/// EMVCo CPM demands. Dark is always dark: there is no inverted form, which readers refuse.
class symbol {
  public:
    /// @return `qr_errc::empty_text`, `text_too_long` (for `largest_version` at `least`), `symbol_failed`.
    [[nodiscard]] static result<symbol> encode(std::string_view text, const symbol_options& options = {});

    [[nodiscard]] int version() const noexcept { return version_; }
    [[nodiscard]] ec_level level() const noexcept { return level_; }
    [[nodiscard]] const module_matrix& modules() const noexcept { return modules_; }

  private:
    symbol(int version, ec_level level) noexcept
        : version_(version)
        , level_(level)
        , modules_(static_cast<std::size_t>(17 + 4 * version)) {}

    int version_;
    ec_level level_;
    module_matrix modules_;
};

} // namespace cipherlane::qr
