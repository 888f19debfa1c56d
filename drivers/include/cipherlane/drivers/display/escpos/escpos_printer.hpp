#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/escpos/escpos_profile.hpp>
#include <cipherlane/qr/render.hpp>

#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// The five functions that make a printer draw a QR code by itself (GS ( k: model 2, size, level, store, print).
/// @param size dots a module, 1 to 16
/// @return `bad_setting` for another size; `too_long` above 7,089 bytes (the largest code there is).
[[nodiscard]] result<bytes> escpos_qr(std::string_view text, int size, escpos_level level);

/// A picture as GS v 0 prints it.
/// @return `bad_setting` for an empty picture or one that is too large for the command's 16 bits.
[[nodiscard]] result<bytes> escpos_raster(const qr::bit_picture& picture);

/// A receipt printer as a display: each content is printed. What is on paper stays there: an expired code cannot be
/// taken back, so that `clear` prints nothing and `show_qr` suits orders whose validity the gateway ends.
class escpos_printer_protocol final : public screen_protocol {
  public:
    explicit escpos_printer_protocol(escpos_printer_profile profile = {});

    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    [[nodiscard]] result<step_list> set_brightness(int percent) override;
    /// DLE EOT 1: the printer's status byte.
    [[nodiscard]] result<step_list> heartbeat() override;
    [[nodiscard]] result<std::string> identity(byte_view answer) const override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

  private:
    [[nodiscard]] result<step_list> draw(const ports::qr_view& view);
    [[nodiscard]] result<step_list> draw(const ports::amount_view& money);
    [[nodiscard]] result<step_list> draw(const ports::text_view& text);
    [[nodiscard]] result<step_list> draw(const ports::outcome_view& end);
    [[nodiscard]] result<step_list> draw(const ports::remaining_view& time);
    [[nodiscard]] result<step_list> draw(const ports::blank_view& nothing);
    [[nodiscard]] result<step_list> lines(std::string_view line1, std::string_view line2) const;
    escpos_printer_profile profile_;
};

} // namespace cipherlane::drivers
