#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/ports/sealer.hpp>

#include <memory>

namespace cipherlane::acquiring {

/// Makes and checks POS MACs in the PIN pad (密码键盘), which holds the terminal's master key and unwraps the MAC key
/// itself: no key is in the till's memory. Errors: what the pad says, among them `link_lost` while it is away. One
/// thread at a time, that of the lane which uses the pad, too: a pad serves one call at a time.
class pinpad_sealer final : public ports::sealer {
  public:
    /// @param pad must make MACs once it is open, see `ports::pinpad::makes_macs`.
    pinpad_sealer(const key_settings& keys, std::shared_ptr<ports::pinpad> pad);
    ~pinpad_sealer() override;

    /// `unsupported` where the pad makes no MACs, or none with a key of this length that the host would take.
    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key& key, const call& bounds) override;
    /// A pad that keeps no PIN key proves it only when it is used, and says nothing here.
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool takes_master_key() const noexcept override { return pad_->takes_master_key(); }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override { return pad_->makes_serial_cryptogram(); }
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override;
    [[nodiscard]] result<bool> verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) override;

  private:
    key_settings keys_;
    std::shared_ptr<ports::pinpad> pad_;
    ports::wrapped_key mac_key_; ///< as the host delivered it: the pad alone can unwrap it
};

} // namespace cipherlane::acquiring
