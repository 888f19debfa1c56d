#pragma once

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_exchange.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <array>
#include <atomic>
#include <memory>

namespace cipherlane::drivers {

/// A keypad that speaks what a file describes: PINs as ISO 9564 format 0 blocks under a working key, MACs where the
/// device makes them, a magnetic stripe where it reads one.
///
/// Nothing of a PIN is asked for twice: a command that starts an entry is sent again only where the device has said
/// NAK to it. A call that ends early by deadline or stop request tells the device to stop, and the next call drops
/// what it still had to say. So does the call behind one that had to be sent again, while a second answer may come. A
/// working key is given to the device before its first use and after each opening. One call at a time: a call of
/// another thread meanwhile ends with `call_under_way`. Errors: those of `keypad_exchange`; `not_supported`;
/// `refused` for a key whose check value is wrong.
class keypad_pinpad final : public ports::pinpad {
  public:
    keypad_pinpad(std::unique_ptr<net::transport> link, keypad_description description);
    ~keypad_pinpad() override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override { return link_->is_open(); }
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    /// A keypad without lines shows nothing, and that is all right.
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;
    [[nodiscard]] bool takes_master_key() const noexcept override;
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool makes_macs() const noexcept override { return description_.makes_macs(); }
    [[nodiscard]] result<void> load_working_key(
        ports::working_key use, const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<bytes> make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) override;
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override {
        return description_.can(keypad_action::serial_cryptogram);
    }
    /// @return besides `bad_setting` for a serial number that is too long for the device.
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;

    /// A master key in clear, as at a key ceremony in a secure room, never in a shop.
    [[nodiscard]] result<void> put_master_key(int slot, const secret_bytes& key, const call& bounds);
    /// Digits in clear: a member's number, never a card's PIN.
    [[nodiscard]] result<secret_bytes> ask_digits(int least, int most, const call& bounds);

    [[nodiscard]] const keypad_description& description() const noexcept { return description_; }

  private:
    [[nodiscard]] result<keypad_data> ask(keypad_action action, const keypad_data& values, const call& bounds);
    [[nodiscard]] result<void> take_slot(keypad_data& into, int master_slot) const;
    [[nodiscard]] result<keypad_data> with_key(ports::working_key use, const ports::wrapped_key& key) const;
    [[nodiscard]] result<keypad_data> ready_key(
        ports::working_key use, const ports::wrapped_key& key, const call& bounds);
    [[nodiscard]] result<void> give_key(ports::working_key use, const ports::wrapped_key& key, const call& bounds);
    [[nodiscard]] result<bool> has_master_key(const ports::wrapped_key& key, const call& bounds);
    [[nodiscard]] result<void> put_lines(std::string_view line1, std::string_view line2, const call& bounds);
    [[nodiscard]] result<bytes> encipher(
        keypad_action action, keypad_data& values, byte_view data, const call& bounds);
    [[nodiscard]] result<bytes> encipher_both_halves(
        keypad_action action, keypad_data& values, byte_view text, const call& bounds);
    void stop_device();

    std::unique_ptr<net::transport> link_;
    keypad_description description_;
    std::array<ports::wrapped_key, 2> given_{}; ///< the working keys that the device has, by use
    bool unsettled_ = false;
    monotonic_clock::time_point late_until_{}; ///< second answers to what was sent again may come so long
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
