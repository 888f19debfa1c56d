#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/step.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <string>

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

    [[nodiscard]] virtual result<step_list> show_qr(const ports::qr_view& view) = 0;
    [[nodiscard]] virtual result<step_list> show_amount(const amount& total) = 0;
    [[nodiscard]] virtual result<step_list> show_text(std::string_view line1, std::string_view line2) = 0;
    [[nodiscard]] virtual result<step_list> show_outcome(ports::payment_outcome what, const amount& total) = 0;
    [[nodiscard]] virtual result<step_list> clear() = 0;
    [[nodiscard]] virtual result<step_list> set_brightness(int percent) = 0;
    [[nodiscard]] virtual result<step_list> show_remaining(std::chrono::seconds left);
    /// A question whose last answer `identity` turns into a name and version.
    [[nodiscard]] virtual result<step_list> heartbeat() = 0;
    [[nodiscard]] virtual result<std::string> identity(byte_view answer) const = 0;
    [[nodiscard]] virtual ports::display_capabilities capabilities() const noexcept = 0;

    /// Told how the last list ended, for protocols that send differences only.
    enum class ending : std::uint8_t { done, failed };
    virtual void settled(ending how) { static_cast<void>(how); }
};

} // namespace cipherlane::drivers
