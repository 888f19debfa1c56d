#pragma once

#include <cipherlane/drivers/display/described/display_description.hpp>
#include <cipherlane/drivers/display/panel/panel_screen.hpp>
#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// A display that speaks what a file describes. A device that draws codes itself is sent texts, and what is on its
/// glass cannot be verified; a pixel display is sent finished pictures, read back before they leave, and of those
/// only the rectangles that changed.
class described_protocol final : public screen_protocol {
  public:
    /// @return `bad_setting`, `font_missing` for a pixel display.
    [[nodiscard]] static result<std::unique_ptr<described_protocol>> create(
        display_description description, wording words, const std::string& font_file = {});

    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    [[nodiscard]] result<step_list> set_brightness(int percent) override;
    [[nodiscard]] result<step_list> heartbeat() override;
    [[nodiscard]] result<std::string> identity(byte_view answer) const override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;
    using screen_protocol::settled;
    void settled(ending how, byte_view answer) override;

  private:
    [[nodiscard]] result<step_list> draw(const ports::qr_view& view);
    [[nodiscard]] result<step_list> draw(const ports::amount_view& money);
    [[nodiscard]] result<step_list> draw(const ports::text_view& text);
    [[nodiscard]] result<step_list> draw(const ports::outcome_view& end);
    [[nodiscard]] result<step_list> draw(const ports::remaining_view& time);
    [[nodiscard]] result<step_list> draw(const ports::blank_view& nothing);
    class values;
    class writer;
    described_protocol(display_description description, wording words, std::optional<panel_screen> screen);
    [[nodiscard]] step_list begin();
    [[nodiscard]] result<step_list> content(described_action action, const values& with);
    [[nodiscard]] result<void> add(step_list& to, described_action action, const values& with);
    [[nodiscard]] result<void> add(
        step_list& to, const described_command& command, described_action action, values with);
    [[nodiscard]] result<void> take_text(values& into, command_value what, std::string_view text) const;

    display_description description_;
    wording words_;
    std::optional<panel_screen> screen_;
    std::shared_ptr<const packet_layout> answers_;
    bool prepared_ = false;  ///< the device has carried out `init`
    bool preparing_ = false; ///< the steps under way begin with it
    std::uint8_t sequence_ = 0;
};

/// Opens the link of a described display.
/// @param device the address of a serial line (`device_address`); of a USB or HID device its address, whose ids go
///   before those of the description, or its serial number or port ("1-1.2") alone, empty where there is but one
/// @param usb may be null: then one is started where it is needed
/// @return `bad_address`; see `open_link`, `usb_host::open`, `open_hid`, `open_hid_through_usb`.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_described_link(boost::asio::any_io_executor on,
    const display_description& description, const std::string& device, std::shared_ptr<usb_host> usb,
    const call& bounds);

} // namespace cipherlane::drivers
