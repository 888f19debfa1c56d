#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/pinpad.hpp>

namespace cipherlane::simulation {

/// A PIN pad with one card in front of it.
class pad final : public ports::pinpad {
  public:
    explicit pad(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<ports::chip_report> finish_chip(
        const ports::chip_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;

  private:
    [[nodiscard]] result<void> take(std::string_view what, const call& bounds);
    /// The verdict is heard: what the pad shows then is seen by everybody.
    [[nodiscard]] result<void> end(bool approved);
    world& world_;
};

/// A customer display, and the payer in front of it.
class code_display final : public ports::display {
  public:
    explicit code_display(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

  private:
    void look_at_last_code();

    world& world_;
};

/// What a call to a device or a peer ends with that had no effect.
[[nodiscard]] error without_effect(fault what);

} // namespace cipherlane::simulation
