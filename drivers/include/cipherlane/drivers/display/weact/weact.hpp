#pragma once

#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/panel/panel_screen.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::drivers {

/// How a WeAct Display FS is used. Link: CDC (1A86:FE0C), speed of no meaning. From the vendor's own open code.
struct weact_profile {
    int width = 320; ///< 3.5": 320 x 480; 0.96": 160 x 80
    int height = 480;
    enum class turned : std::uint8_t { portrait = 0, reverse_portrait = 1, landscape = 2, reverse_landscape = 3 };
    turned orientation = turned::portrait;
    std::chrono::milliseconds answer_timeout{3'000}; ///< a picture that it still draws comes before the answer
    std::chrono::milliseconds dimming{0};            ///< how long a change of brightness takes
    std::size_t most_rectangles = 8;
    std::string font_file;
    wording words = wording::chinese();

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// The panel's commands: each ends in 0A, numbers low byte first.
namespace weact {
[[nodiscard]] bytes set_orientation(weact_profile::turned how);
[[nodiscard]] bytes set_brightness(std::uint8_t level, std::chrono::milliseconds dimming);
[[nodiscard]] bytes fill(const rectangle& where, colour ink);
/// The command and the pixels of that part of the picture, RGB565 low byte first.
[[nodiscard]] bytes bitmap(const rectangle& where, const frame& picture);
[[nodiscard]] bytes ask_version();
[[nodiscard]] bytes ask_serial();
} // namespace weact

/// A pixel panel that knows no codes: the SDK lays everything out, reads the finished code back, and sends only the
/// rectangles that changed. While one code gives way to another the amount is blank. Each update ends with the
/// question for the version: its answer says that the panel has taken everything before it.
class weact_protocol final : public screen_protocol {
  public:
    /// @return `bad_setting`, `font_missing`.
    [[nodiscard]] static result<std::unique_ptr<weact_protocol>> create(weact_profile profile = {});

    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    [[nodiscard]] result<step_list> set_brightness(int percent) override;
    [[nodiscard]] result<step_list> heartbeat() override;
    [[nodiscard]] result<std::string> identity(byte_view answer) const override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;
    using screen_protocol::settled;
    void settled(ending how, byte_view answer) override;

  private:
    weact_protocol(weact_profile profile, panel_screen screen);

    weact_profile profile_;
    panel_screen screen_;
};

/// The version out of the panel's answer (19 bytes). @return `wrong_answer`.
[[nodiscard]] result<std::string> weact_version(byte_view answer);
/// The serial number out of the panel's answer, its line end left out. @return `wrong_answer`.
[[nodiscard]] result<std::string> weact_serial_number(byte_view answer);

/// The panel as an integrator uses it, with the question that is no part of the `display` port.
class weact_display final : public device_display {
  public:
    /// @return `bad_setting`, `font_missing`.
    [[nodiscard]] static result<std::unique_ptr<weact_display>> create(
        std::unique_ptr<net::transport> link, weact_profile profile = {});

    /// "AB00000001"
    /// @return `no_answer`, `wrong_answer`; errors of the link.
    [[nodiscard]] result<std::string> serial_number(const call& bounds);

  private:
    weact_display(std::unique_ptr<net::transport> link, std::unique_ptr<weact_protocol> protocol,
        std::chrono::milliseconds answer_timeout);

    std::chrono::milliseconds answer_timeout_;
};

} // namespace cipherlane::drivers
