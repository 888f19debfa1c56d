#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// How a Bonrix DQR display is spoken to. Link: USB-serial (CH340), 9600, 115200 or 230400 by model, 8N1, DTR and
/// RTS low, two seconds to start after opening. From public client code.
struct bonrix_profile {
    /// The device drops what it is sent while it draws (about 1.2 s): the next command waits a quarter longer.
    std::chrono::milliseconds drawing{1'200};
    /// Whether the log line of the device that names the code must come; firmware differs in its log. A device that
    /// has written one is taken to write it for every code: without it the code is sent once more, then the call
    /// fails.
    enum class confirmation : std::uint8_t { wanted, required } log = confirmation::wanted;
    std::chrono::milliseconds log_timeout{1'500};
    std::string log_text = "QR Code Generation";
    std::string idle_text = "Welcome"; ///< of the screen that stands for an empty one
    std::size_t largest_field = 1'024; ///< bytes; the device's limit is not published

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// One command line: a screen's name and its fields, joined by "**".
/// @return `unsendable_text` with the field's name and offset: the protocol cannot escape "**", CR, LF and other
///   control characters, nor a "*" at a field's edge; also for an empty field. `too_long`.
[[nodiscard]] result<step> bonrix_step(
    std::string_view screen, std::span<const std::string_view> fields, const bonrix_profile& profile);

/// Bonrix DQR (3.5", 320 x 480). Draws by itself: what is on the glass cannot be verified.
class bonrix_protocol final : public screen_protocol {
  public:
    explicit bonrix_protocol(bonrix_profile profile = {});

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
    bonrix_profile profile_;
    bool writes_log_ = false;   ///< a code's log line has been seen
    bool showing_code_ = false; ///< the steps under way show one
};

} // namespace cipherlane::drivers
