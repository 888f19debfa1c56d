#pragma once

#include "terminal-sim/terminal_model.hpp"

#include <cipherlane/drivers/terminal/ecr17/ecr17_frame.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::sim {

/// An ECR17 terminal: status, payment with its amount, reversal of the last payment, pre-authorisation and closure,
/// close, totals, verification of a card, last result, reprint. What its host has approved stands, whoever hears of
/// it; a till that has gone stops nothing, and the last result is given at any time.
class ecr17_model final : public terminal_model {
  public:
    ecr17_model(terminal_setup with, surroundings around);

    void receive(byte_view data) override;
    void link_lost() override;

  private:
    void card_came() override;
    void customer_cancelled() override;
    void restarted() override;

    void take_request(const std::string& message);
    void begin_trade(char code, std::string_view message);
    void wait_for_card();
    void go_on_with_card();
    void verify_card();
    void ask_host();
    void refuse(std::string_view result, std::string_view words);
    void answer(const std::string& operation, std::string message);
    void say_next();
    void transmit(const std::string& operation, const std::string& message);
    void control(std::uint8_t what);
    void receipt_of(const sim_entry& entry);
    [[nodiscard]] std::string head(char code) const;
    [[nodiscard]] std::string result_of(const sim_entry& entry) const;
    [[nodiscard]] std::string refusal_of(std::string_view result, std::string_view words) const;

    drivers::ecr17_decoder decoder_;
    std::deque<std::pair<std::string, std::string>>
        out_; ///< operation and message, each after the ACK of the one before
    bool unacknowledged_ = false;
    bool sent_front_ = false; ///< the front of `out_` has gone out
    int repeated_ = 0;
    std::uint64_t sends_ = 0;
    std::string last_; ///< the stored result
    bool prints_at_till_ = false;
    enum class stage : std::uint8_t { idle, card, host } stage_ = stage::idle;
    char code_ = 0;
    sim_trade what_ = sim_trade::sale;
    std::int64_t minor_ = 0;
    int original_ = 0;
    std::uint64_t payments_ = 0;
};

} // namespace cipherlane::sim
