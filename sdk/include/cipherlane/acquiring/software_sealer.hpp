#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/ports/sealer.hpp>

#include <memory>

namespace cipherlane::acquiring {

/// Makes and checks POS MACs in the till's own memory, with the terminal's master key (TMK) in it, too: for test rigs
/// and for PIN pads that cannot make MACs. Says so in a warning. PINs are never handled here.
class software_sealer final : public ports::sealer {
  public:
    /// @param master_key TMK, 16 bytes (3DES double length or SM4).
    /// @return `misuse` for a key of another length.
    [[nodiscard]] static result<std::unique_ptr<software_sealer>> create(
        const key_settings& keys, secret_bytes master_key, logger log = {});
    ~software_sealer() override;

    /// From now on it makes the terminal serial cryptogram (终端序列号密文), too, and says so in a warning.
    /// @param key SM4, 16 bytes: one of its own, neither TMK nor TAK. @return `misuse` for a key of another length.
    [[nodiscard]] result<void> use_serial_key(const secret_bytes& key);

    [[nodiscard]] result<void> load_mac_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<void> check_pin_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool takes_master_key() const noexcept override { return true; }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override;
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;
    [[nodiscard]] result<ports::mac_field> make_mac(byte_view mab, const call& bounds) override;
    [[nodiscard]] result<bool> verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) override;

  private:
    struct state;
    explicit software_sealer(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::acquiring
