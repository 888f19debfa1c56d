#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/pinpad.hpp>
#include <cipherlane/ports/sealer.hpp>

#include <memory>
#include <utility>

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
    [[nodiscard]] bool asks_currency() const noexcept override { return world_.people.bank.offers_rate; }
    [[nodiscard]] result<ports::currency_choice> choose_currency(
        const amount& local, const ports::conversion& offer, const call& bounds) override;

  private:
    [[nodiscard]] result<void> take(std::string_view what, const call& bounds);
    /// The verdict is heard: what the pad shows then is seen by everybody.
    [[nodiscard]] result<void> end(bool approved);
    world& world_;
};

/// MACs by a key in the PIN pad: each is a call to it.
class pad_sealer final : public ports::sealer {
  public:
    pad_sealer(world& in, std::unique_ptr<ports::sealer> real) noexcept
        : world_(in)
        , real_(std::move(real)) {}
    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override;
    [[nodiscard]] result<bool> verify_mac(
        byte_view mab, const ports::mac_field& carried, const call& bounds) override;

  private:
    world& world_;
    std::unique_ptr<ports::sealer> real_;
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

/// A call to a device that must not fail: nothing of it is done where it does.
[[nodiscard]] result<void> take_call(world& in, std::string_view what, const call& bounds);

/// What a call to a device or a peer ends with that had no effect.
[[nodiscard]] error without_effect(fault what);

} // namespace cipherlane::simulation
