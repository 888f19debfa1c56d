#pragma once

#include "terminal-sim/terminal_model.hpp"

#include <cipherlane/drivers/terminal/zvt/zvt_frame.hpp>

#include <deque>
#include <functional>
#include <string>

namespace cipherlane::sim {

/// A ZVT terminal (PA00P015 13.08): registration, authorisation, reversal, refund, reservation, end of day, status
/// enquiry, repeat receipt, diagnosis, abort. As a message for the till goes out it waits for 80 00; a payment is
/// stored when its status information and all lines of its receipt have theirs, and is taken back by the terminal
/// itself otherwise. A host that has been asked goes on when the link has gone: meanwhile a till may register and ask
/// for the last transaction, and nothing else, and 06 B0 is refused.
class zvt_model final : public terminal_model {
  public:
    zvt_model(terminal_setup with, surroundings around);

    void receive(byte_view data) override;
    void link_lost() override;

  private:
    /// What goes to the till next, and what follows its 80 00.
    struct step {
        std::string operation;
        std::uint16_t code = 0;
        bytes data;
        std::function<void()> then;
    };

    void card_came() override;
    void customer_cancelled() override;
    void restarted() override;

    void take_serial(std::uint8_t byte);
    void take_message(std::uint16_t code, byte_view data);
    void take_answer(std::uint16_t code);
    void take_command(std::uint16_t code, byte_view data);
    void begin_trade(std::uint16_t code, byte_view data);
    void wait_for_card();
    void go_on_with_card();
    void ask_host();
    void host_answers();
    void tell_outcome(sim_entry& entry);
    void end_of_day();
    void repeat_receipt(byte_view data);
    void status_enquiry();
    void registration(byte_view data);
    void abort_by_till();

    void say(step next);
    void say_next();
    void progress(std::uint8_t code, std::function<void()> then);
    void receipt_of(const sim_entry& entry);
    void complete(bytes data = {});
    void give_up(std::uint8_t code);
    void unanswered();
    void talk();
    void answer(std::uint16_t code, const std::string& operation);
    void transmit(const std::string& operation, std::uint16_t code, byte_view data);
    void send_frame(const std::string& operation, bytes wire);
    void arm_repeat();
    void forget_conversation();
    [[nodiscard]] bytes status_of(const sim_entry& entry) const;

    drivers::zvt_reader reader_;
    drivers::zvt_frame_decoder decoder_;
    bool registered_ = false;
    std::uint8_t config_ = 0;
    std::deque<step> steps_;
    bool waiting_ = false; ///< for 80 00
    enum class stage : std::uint8_t { idle, card, host, telling } stage_ = stage::idle;
    sim_trade what_ = sim_trade::sale;
    std::int64_t minor_ = 0;
    int original_ = 0;
    bool at_host_ = false; ///< its host has been asked
    bool alone_ = false;   ///< and the till that wanted it is gone
    bytes last_frame_;
    bool unacknowledged_ = false;
    int repeated_ = 0;
    std::uint64_t frames_ = 0;
    std::uint64_t waits_ = 0;
    std::uint64_t conversations_ = 0;
    std::uint64_t payments_ = 0;
};

} // namespace cipherlane::sim
