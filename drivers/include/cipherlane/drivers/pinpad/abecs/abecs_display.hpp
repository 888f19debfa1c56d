#pragma once

#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/wording.hpp>

#include <memory>
#include <optional>

namespace cipherlane::drivers {

/// The screen of an ABECS pad as a display (动态码牌): payment codes as pictures, where the pad shows PNG; amounts,
/// lines and outcomes as text. The pad is its own, or shared with a lane that uses it on the same thread: a call
/// while another one is under way ends with `call_under_way`. The pad must be open.
class abecs_display final : public ports::display {
  public:
    abecs_display(std::shared_ptr<abecs_pinpad> pad, ports::wording words);

    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    /// @return `not_supported`: the protocol has no command for it.
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    /// Maker, model and version.
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    /// Codes only once a heartbeat or a code has told that the pad shows pictures.
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

  private:
    std::shared_ptr<abecs_pinpad> pad_;
    ports::wording words_;
    bool pictures_ = false;
};

} // namespace cipherlane::drivers
