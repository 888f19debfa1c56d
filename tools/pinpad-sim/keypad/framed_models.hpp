#pragma once

#include "pinpad-sim/keypad/keypad_model.hpp"

namespace cipherlane::sim {

/// SZZT ZT588: the length in three digits, an exclusive or in two characters, keys as bytes between frames.
class zt588_model final : public keypad_model {
  public:
    zt588_model(settings with, master_keys masters, surroundings around);

  private:
    [[nodiscard]] std::size_t take(byte_view line) override;
    void key_pressed(char key) override;
    void gave_up() override { pin_.clear(); }
    [[nodiscard]] bytes foreign_answer() const override;
    void carry_out(std::string_view text);
    void load(std::string_view text);
    void fetch(const std::string& name);

    int slot_ = 0;
    std::string account_;
    std::string pin_;
};

/// Kiosk keypads: 02 LN CMD DATA BCC, a status first in each answer, keys as bytes between frames.
class epp_model final : public keypad_model {
  public:
    epp_model(settings with, master_keys masters, surroundings around);

  private:
    [[nodiscard]] std::size_t take(byte_view line) override;
    void key_pressed(char key) override;
    void gave_up() override { pin_.clear(); }
    [[nodiscard]] bytes foreign_answer() const override;
    void carry_out(std::uint8_t command, byte_view data);

    std::pair<int, int> active_{-1, -1};
    std::string account_;
    std::string pin_;
};

/// 国光 keypads: a number and what belongs to it, without frames; and plain ones, which know 81 to 83 alone.
class bare_model final : public keypad_model {
  public:
    enum class set : std::uint8_t { guoguang, plain };

    bare_model(set of, settings with, master_keys masters, surroundings around);

  private:
    [[nodiscard]] std::size_t take(byte_view line) override;
    [[nodiscard]] bool has_checksum() const override { return false; }
    void ask_pin(std::string account);
    void ask_digits();

    set of_;
    int active_ = -1;
};

} // namespace cipherlane::sim
