#pragma once

#include "pinpad-sim/card.hpp"
#include "pinpad-sim/pad_media.hpp"
#include "pinpad-sim/pad_tables.hpp"
#include "pinpad-sim/pin_entry.hpp"
#include "simkit/simulated_device.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cipherlane::sim {

/// An ABECS PIN pad (2.12) without its wire: bytes in, bytes out. Commands: OPN, CLO, DSP, GCR, GPN, GOC, FNC;
/// GIX, GCD, MNU, MLI, MLR, MLE, LMF, DMF, DSI; GTS, TLI, TLR, TLE.
///
/// Cards and key presses come by `control` only. It checks what the real thing checks (order of commands, lengths,
/// key slots) and answers with the status that the specification names. Not thread-safe.
///
/// Its commands for the rig, besides those of every device: `card`, `card_out`, `press`, `state`, `load_key`.
class pad_model final : public simulated_device {
  public:
    struct settings {
        std::chrono::milliseconds silence{500}; ///< before NAK
        std::chrono::milliseconds idle{60'000}; ///< at the keys, then status 012
        std::string table_version = "0000000000";
    };

    pad_model(settings with, master_keys keys, surroundings around, logger log);

    void receive(byte_view data) override;
    /// Forgets the link: an open pad stays open, a command that waits ends.
    void link_lost() override;

  private:
    enum class wait : std::uint8_t { nothing, card, pin, digits, menu };
    struct pin_task {
        bool chip = false; ///< for GOC
        pin_cipher cipher;
        pin_entry entry;
    };

    /// Of GCD.
    struct digits_task {
        std::string typed;
        std::size_t least = 0;
        std::size_t most = 32;
    };

    /// Of MNU.
    struct menu_task {
        std::vector<std::string> options;
    };

    void on_frame();
    void execute(const std::string& name, std::string_view block);
    void answer(const std::string& name, int status, const std::string& data = {});
    void transmit(const std::string& payload, const std::optional<fault>& hit);
    void take_commands();
    nlohmann::json load_key(const nlohmann::json& request);
    nlohmann::json press_all(const nlohmann::json& request);
    void notify(std::string text);
    void abort_task();

    void get_card(std::string_view block);
    void get_pin(std::string_view block);
    void go_on_chip(std::string_view block);
    void finish_chip(std::string_view block);
    void show(std::string_view block, const std::string& name);
    /// The commands that name their parameters.
    void execute_named(const std::string& name, std::string_view rest);
    void get_digits(const std::vector<pad_parameter>& parameters);
    void press_digit(char key);
    void show_menu(const std::vector<pad_parameter>& parameters);
    void press_menu(char key);

    void card_event();
    void press(char key);
    void pin_done(pin_entry::state how);
    /// From now on keys are for this command; those that were pressed before it come first.
    void await_keys(wait what, std::string command, std::chrono::milliseconds idle);
    /// Each key gives the cardholder the whole time anew.
    void arm_idle();
    void answer_offline(bool below_floor_limit);
    void answer_chip(const std::string& pin_block);
    [[nodiscard]] std::string collect(std::string_view tags_hex) const;
    [[nodiscard]] nlohmann::json state() const;
    [[nodiscard]] const secret_bytes* master(int slot) const;

    settings with_;
    master_keys keys_;
    logger log_;
    drivers::abecs_decoder decoder_;
    bytes last_answer_;
    std::uint64_t silence_generation_ = 0;
    std::uint64_t task_generation_ = 0;

    bool open_ = false;
    std::string display_ = std::string(32, ' ');
    wait waiting_ = wait::nothing;
    std::string running_;               ///< the command that waits
    std::chrono::milliseconds idle_{0}; ///< how long it waits for a key; 0: without end
    std::optional<test_card> presented_;
    std::optional<test_card> chip_; ///< the card whose chip is being talked to
    std::optional<pin_task> pin_;
    std::optional<digits_task> digits_;
    std::optional<menu_task> menu_;
    pad_tables tables_;
    pad_media media_;
    std::string queued_keys_;
    std::string chip_tags_;
    bool chip_online_ = false;
};

} // namespace cipherlane::sim
