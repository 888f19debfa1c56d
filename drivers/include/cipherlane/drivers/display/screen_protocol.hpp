#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/step.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// How one family of displays is told what to show: contents in, commands out, no I/O.
///
/// Each list of steps replaces the whole content and is ordered so that no amount ever stands beside a code it does
/// not belong to: the old code goes first, the new one comes last. What a device cannot do is `not_supported`.
class screen_protocol {
  public:
    screen_protocol() = default;
    screen_protocol(const screen_protocol&) = delete;
    screen_protocol& operator=(const screen_protocol&) = delete;
    virtual ~screen_protocol() = default;

    [[nodiscard]] virtual result<step_list> show(const ports::display_content& what) = 0;
    [[nodiscard]] virtual result<step_list> set_brightness(int percent) = 0;
    /// A question whose last answer `identity` turns into a name and version.
    [[nodiscard]] virtual result<step_list> heartbeat() = 0;
    [[nodiscard]] virtual result<std::string> identity(byte_view answer) const = 0;
    [[nodiscard]] virtual ports::display_capabilities capabilities() const noexcept = 0;

    /// Told how many steps of the last list were carried out, before `settled`.
    virtual void carried_out(std::size_t steps) { static_cast<void>(steps); }
    /// Told how the last list ended, and its last answer: for protocols that send differences only, and for those
    /// that learn what their device says.
    enum class ending : std::uint8_t { done, failed };
    virtual void settled(ending how, byte_view answer) {
        static_cast<void>(how);
        static_cast<void>(answer);
    }
    void settled(ending how) { settled(how, {}); }

    // `show` by the name of what is shown.
    [[nodiscard]] result<step_list> show_qr(const ports::qr_view& view) { return show(view); }
    [[nodiscard]] result<step_list> show_amount(const amount& total) { return show(ports::amount_view{total}); }
    [[nodiscard]] result<step_list> show_text(std::string_view line1, std::string_view line2) {
        return show(ports::text_view{line1, line2});
    }
    [[nodiscard]] result<step_list> show_outcome(ports::payment_outcome what, const amount& total) {
        return show(ports::outcome_view{what, total});
    }
    [[nodiscard]] result<step_list> show_remaining(std::chrono::seconds left) {
        return show(ports::remaining_view{left});
    }
    [[nodiscard]] result<step_list> clear() { return show(ports::blank_view{}); }
};

} // namespace cipherlane::drivers
