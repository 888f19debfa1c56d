#pragma once

#include "pinpad-sim/keypad/keypad_model.hpp"

namespace cipherlane::sim {

/// VeriFone PINpad 1000SE and UIC PP791: STX or SI, text, ETX or SO and an exclusive or; every frame is acknowledged;
/// master and session keys.
class visa_model final : public keypad_model {
  public:
    enum class make : std::uint8_t { verifone, uic };

    visa_model(make of, settings with, master_keys masters, surroundings around);
    void link_lost() override;

  private:
    [[nodiscard]] std::size_t take(byte_view line) override;
    void gave_up() override { say("71", {0x04}); }
    [[nodiscard]] bytes foreign_answer() const override;
    void carry_out(std::string_view text);
    void load_master(std::string_view text);
    void select_master(std::string_view text);
    void ask_pin(std::string_view text);
    void make_mac(std::string_view text);
    /// Sends a frame that the till must acknowledge; then `done`.
    void tell(const std::string& operation, std::string_view text, std::function<void()> done = nullptr);
    void acknowledged(std::uint8_t how);

    make of_;
    int active_ = -1; ///< the master key that was selected
    bytes told_;      ///< what is to be acknowledged
    int told_times_ = 0;
    std::function<void()> then_;
};

} // namespace cipherlane::sim
