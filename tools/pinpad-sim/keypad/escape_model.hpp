#pragma once

#include "pinpad-sim/keypad/keypad_model.hpp"

namespace cipherlane::sim {

/// Keypads whose commands are ESC and letters: the postal savings bank's set with DES or SM4, and H002.
class escape_model final : public keypad_model {
  public:
    enum class set : std::uint8_t { postal, postal_sm4, h002 };

    escape_model(set of, settings with, master_keys masters, surroundings around);

  private:
    struct order;
    [[nodiscard]] std::size_t take(byte_view line) override;
    [[nodiscard]] bool has_checksum() const override { return false; }
    void carry_out(const order& what, byte_view command);
    void ask_pin(const std::string& name, int master, int slot, std::string account);
    [[nodiscard]] bytes sized(byte_view block) const;

    set of_;
};

} // namespace cipherlane::sim
