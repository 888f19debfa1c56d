#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/display.hpp>

#include <atomic>
#include <chrono>
#include <memory>

namespace cipherlane::drivers {

/// A display: one family's protocol over one link.
///
/// Every call ends within its bounds. The pause that a command needs after it is kept before the next command, so
/// that no caller waits for a display that draws. After a failed one the next first drops what the device still has
/// to say. Errors name the endpoint and the command. One call at a time: a call of another thread meanwhile ends with
/// `call_under_way` and sends nothing; see `display_keeper` for a display that is shared, times codes out by itself
/// and survives unplugging.
class device_display : public ports::display {
  public:
    device_display(std::unique_ptr<net::transport> link, std::unique_ptr<screen_protocol> protocol);
    ~device_display() override;

    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

    /// Carries out a list of the protocol's own commands; the last answer.
    [[nodiscard]] result<bytes> perform(result<step_list> steps, const call& bounds);

  private:
    [[nodiscard]] result<bytes> carry_out(result<step_list> steps, const call& bounds);

    std::unique_ptr<net::transport> link_;
    std::unique_ptr<screen_protocol> protocol_;
    std::chrono::steady_clock::time_point busy_until_{};
    bool unsettled_ = false;
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
