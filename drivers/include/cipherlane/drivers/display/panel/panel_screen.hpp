#pragma once

#include <cipherlane/drivers/display/panel/panel_painter.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// Takes what a panel must be told to change its picture, in order.
class panel_writer {
  public:
    panel_writer() = default;
    panel_writer(const panel_writer&) = delete;
    panel_writer& operator=(const panel_writer&) = delete;
    virtual ~panel_writer() = default;

    /// What the panel holds is not known; a whole picture follows.
    virtual void begin() = 0;
    virtual void fill(const rectangle& where, colour ink) = 0;
    /// That part of `from` as it is to stand on the panel.
    virtual void picture(const rectangle& where, const frame& from) = 0;
};

/// How a panel is painted and updated.
struct panel_settings {
    int width = 320;
    int height = 480;
    panel_painter::depth pixels = panel_painter::depth::rgb565;
    std::size_t most_rectangles = 8; ///< 0: the panel takes whole pictures only
    int align = 1;                   ///< rectangles begin and end at multiples of so many columns
    wording words = wording::chinese();
    std::string font_file;
};

/// What stands on a pixel panel and what must be sent to change it: finished pictures, read back before they leave,
/// and of those only the rectangles that changed. While one code gives way to another the amount is blank; where what
/// stands there is not known, the places of code and amount are blanked before anything is drawn. One object belongs
/// to one thread at a time.
class panel_screen {
  public:
    /// @return as `panel_painter::create`.
    [[nodiscard]] static result<panel_screen> create(panel_settings settings);

    /// @return as `panel_painter::code`; `not_supported` for a remaining time where nothing is known to stand there.
    [[nodiscard]] result<void> show(const ports::display_content& what, panel_writer& to);

    /// What was written has arrived; without it, what the panel holds is as before.
    void arrived();
    /// What the panel holds is not known from here on.
    void forget() noexcept;

  private:
    panel_screen(panel_settings settings, panel_painter painter);
    [[nodiscard]] result<frame> paint(const ports::qr_view& view) { return painter_.code(view); }
    [[nodiscard]] result<frame> paint(const ports::amount_view& money) { return painter_.total(money.total); }
    [[nodiscard]] result<frame> paint(const ports::text_view& text) { return painter_.text(text.line1, text.line2); }
    [[nodiscard]] result<frame> paint(const ports::outcome_view& end) {
        return painter_.outcome(end.what, end.total);
    }
    [[nodiscard]] result<frame> paint(const ports::remaining_view& time);
    [[nodiscard]] result<frame> paint(const ports::blank_view&) { return painter_.blank(); }
    void change_to(frame next, panel_writer& to);
    void blank_unknown(panel_writer& to) const;
    void change_parts(frame before, const frame& next, panel_writer& to) const;
    [[nodiscard]] bool code_differs(const frame& a, const frame& b) const;
    [[nodiscard]] rectangle aligned(const rectangle& where) const noexcept;
    void send_changes(const frame& before, const frame& after, std::size_t most, panel_writer& to) const;

    panel_settings settings_;
    panel_painter painter_;
    std::optional<frame> shown_;   ///< what the panel holds, if that is known
    std::optional<frame> pending_; ///< what it will hold once everything has arrived
};

} // namespace cipherlane::drivers
