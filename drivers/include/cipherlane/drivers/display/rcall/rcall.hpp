#pragma once

#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/wording.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::drivers {

/// Commands of the R-Call QR screen. Each goes as `[NAME]text` LF and is answered by one line: `[NAME]OK`, or
/// `[NAME]` and the value asked for.
enum class rcall_command : std::uint8_t {
    version,      ///< V
    id,           ///< ID: the device's unique number
    show_id,      ///< IDS: shows that number as a code
    qr,           ///< Q
    qr_with_logo, ///< QL
    header,       ///< T1: the line above
    footer,       ///< T2: the line below
    clear,        ///< CQ: the code's place becomes empty
    clear_logo,   ///< CQL: as above, without the logo
    off,          ///< OFF
};

/// How an R-Call screen is spoken to. Link: serial or CDC, 115200 8N1, UTF-8. From public client code; no manual is
/// public, so what a client cannot show is a field here.
struct rcall_profile {
    std::chrono::milliseconds answer_timeout{5'000};
    std::chrono::milliseconds pause{0}; ///< between an answer and the next command
    std::size_t largest_text = 1'024;   ///< bytes of text in one command; the device's limit is not published
    rcall_command show_with = rcall_command::qr;
    rcall_command clear_with = rcall_command::clear;
    wording words = wording::chinese();

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// One command with the answer it needs.
/// @return `unsendable_text` with the offset (CR, LF, another control character, broken UTF-8, or text that holds a
/// bracketed command name, which the device could take for a command), `too_long`.
[[nodiscard]] result<step> rcall_step(rcall_command what, std::string_view text, const rcall_profile& profile);

/// R-Call QR screens: the code is drawn by the device, so what is on the glass cannot be verified; it is known only
/// that the device accepted the text.
class rcall_protocol final : public screen_protocol {
  public:
    explicit rcall_protocol(rcall_profile profile = {});

    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    /// 0 switches the screen off; the next content switches it on. Other values: `not_supported`.
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
    [[nodiscard]] result<step_list> lines(std::string_view above, std::string_view below) const;
    rcall_profile profile_;
};

/// The screen as an integrator uses it, with the commands that are no part of the `display` port.
class rcall_display final : public device_display {
  public:
    explicit rcall_display(std::unique_ptr<net::transport> link, rcall_profile profile = {});

    /// "QR-1.3.10.7789"
    [[nodiscard]] result<std::string> version(const call& bounds);
    /// "4FFCB0033130363208473130"
    [[nodiscard]] result<std::string> unique_id(const call& bounds);
    [[nodiscard]] result<void> show_id(const call& bounds);
    [[nodiscard]] result<void> switch_off(const call& bounds);

  private:
    [[nodiscard]] result<std::string> ask(rcall_command what, const call& bounds);
    rcall_profile profile_;
};

} // namespace cipherlane::drivers
