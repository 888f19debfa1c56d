#pragma once

#include "pinpad-sim/keypad/keypad_keys.hpp"
#include "simkit/simulated_device.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// Bytes of halves written as 30 to 3F.
[[nodiscard]] bytes folded(byte_view shown);

/// A keypad without its wire: what all families have, keys, somebody who types, a stripe, and faults. Keys and card
/// come by `control` only (`press`, `card`, `load_key`, `state`). Not thread-safe.
class keypad_model : public simulated_device {
  public:
    struct settings {
        std::chrono::milliseconds idle{60'000}; ///< at the keys, until the pad gives up
    };

    keypad_model(std::vector<std::string> operations, settings with, keypad_keys keys, surroundings around);

    void receive(byte_view data) final;
    void link_lost() override;

  protected:
    using entered = std::function<void(pin_entry::state how, std::string_view digits)>;

    /// What was held and came: takes what it understands off the front. @return how many bytes
    [[nodiscard]] virtual std::size_t take(byte_view line) = 0;
    /// A key, where the family tells of each.
    virtual void key_pressed(char) {}
    /// Nobody has typed for `idle`.
    virtual void gave_up() {}
    /// What no command of this family is answered with.
    [[nodiscard]] virtual bytes foreign_answer() const { return {0x3F, 0x3F}; }

    /// Sends an answer of this command, as the faults have it.
    void say(const std::string& operation, bytes answer);
    /// A fault that hits this command before it is carried out.
    [[nodiscard]] bool swallowed(const std::string& operation);
    void begin_entry(int least, int most, entered done);
    void end_entry();
    [[nodiscard]] bool entering() const noexcept { return entry_.has_value(); }
    [[nodiscard]] keypad_keys& keys() noexcept { return keys_; }
    void show(std::string text) { display_ = std::move(text); }
    enum class reader : std::uint8_t { off, on };
    void turn_reader(reader how) { reader_ = how; }
    /// The stripe that was swiped, once.
    [[nodiscard]] std::optional<std::string> take_track2();
    /// Whether a frame of ours may be altered at its last byte and still be seen to be broken.
    [[nodiscard]] virtual bool has_checksum() const { return true; }

  private:
    void press(char key);
    void arm_idle();
    void talk();
    void take_commands();
    [[nodiscard]] nlohmann::json state() const;

    settings with_;
    keypad_keys keys_;
    bytes held_;
    std::string display_;
    std::string queued_;
    std::optional<std::string> track2_;
    reader reader_ = reader::off;
    std::optional<pin_entry> entry_;
    entered done_;
    std::uint64_t generation_ = 0;
    bool talking_ = false;
};

} // namespace cipherlane::sim
