#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// What one kind of character display wants to be told, as a row of a table: each text in the bytes that bring it
/// about. `\x00` does not occur in any of them.
struct line_dialect {
    std::string_view name;
    std::string_view reset; ///< before the first content of each screen
    std::string_view clear;
    std::string_view upper_before; ///< text of the upper line goes between these
    std::string_view upper_after;
    std::string_view lower_before;
    std::string_view lower_after;
    std::string_view brightness;       ///< one byte follows
    std::uint8_t brightness_least = 0; ///< for 0 percent
    std::uint8_t brightness_most = 0;  ///< for 100 percent; 0: the display cannot
    int columns = 20;
    enum class content : std::uint8_t { text, digits } takes = content::text;
    std::string_view lamp_total; ///< lights 总计 on a price display
    std::string_view lamp_off;
};

/// Epson DM-D (ESC/POS), 2 x 20.
[[nodiscard]] const line_dialect& epson_dm_d() noexcept;
/// CD5220, 2 x 20.
[[nodiscard]] const line_dialect& cd5220() noexcept;
/// LED8N, the Chinese price display (客显): eight digits and four lamps, 2400 baud.
[[nodiscard]] const line_dialect& led8n() noexcept;
/// Logic Controls LD/LDX, 2 x 20.
[[nodiscard]] const line_dialect& logic_controls() noexcept;

/// Character displays for amount and text. They show no code and say nothing back: what is on the glass cannot be
/// verified, and only a write that fails tells that the display is gone.
/// Text is printable ASCII, else `unsendable_text`; what is longer than the line is cut. A digit display takes
/// amounts alone (`too_long` beyond eight digits).
class line_display_protocol final : public screen_protocol {
  public:
    explicit line_display_protocol(const line_dialect& dialect, wording words = wording::english());

    /// `not_supported`.
    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    [[nodiscard]] result<step_list> set_brightness(int percent) override;
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
    [[nodiscard]] result<step_list> two_lines(std::string_view upper, std::string_view lower) const;
    const line_dialect* dialect_;
    wording words_;
};

} // namespace cipherlane::drivers
