#pragma once

#include "terminal-sim/terminal_model.hpp"

#include <cipherlane/drivers/terminal/mispos/mispos_description.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_frame.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_tags.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// A MIS-POS terminal with the tags and codes of a description. What its host has approved stands, whoever hears of
/// it; a till that has gone stops nothing, and the last result is given at any time. It knows no request again: one
/// that comes twice is carried out twice. With `through_till` its host is asked through the till, and decides when an
/// answer has come back.
class mispos_model final : public terminal_model {
  public:
    /// Throws `std::invalid_argument` for a description that cannot be read.
    mispos_model(terminal_setup with, surroundings around);

    void receive(byte_view data) override;
    void link_lost() override;

  private:
    /// What a request carries.
    struct asked {
        std::string kind;
        std::string trade;
        std::string number;
        std::int64_t minor = 0;
        int original = 0;
    };

    void card_came() override;
    void customer_cancelled() override;
    void restarted() override;

    void take_frame(byte_view content);
    [[nodiscard]] asked read(byte_view content) const;
    void take_request(const asked& request);
    void take_question(drivers::mispos_trade what);
    void begin_trade(drivers::mispos_trade what, const asked& request);
    void go_on_with_card();
    void ask_through_till();
    void ask_host();
    void refuse(std::string_view code);
    void stop_by_till();
    void talk();
    void send_ack();
    void say(const std::string& operation, bytes content);
    void transmit();
    [[nodiscard]] bytes result_of(std::string_view trade, std::string_view code, const sim_entry* entry) const;
    void put(drivers::mispos_tag_writer& to, drivers::mispos_value what, std::string_view value) const;

    drivers::mispos_description by_;
    drivers::mispos_decoder decoder_;
    enum class stage : std::uint8_t { idle, card, host_through_till, host } stage_ = stage::idle;
    std::string number_;      ///< of the request that is answered next
    std::string host_number_; ///< of the message that is with the host
    drivers::mispos_trade trade_{};
    std::int64_t minor_ = 0;
    int original_ = 0;
    std::optional<std::pair<std::string, const sim_entry*>> last_; ///< trade code and entry of the last result
    std::string operation_;
    bytes frame_; ///< sent, until it is acknowledged
    bool unacknowledged_ = false;
    int repeated_ = 0;
    std::uint64_t sends_ = 0;
    std::uint64_t payments_ = 0;
    std::uint64_t begun_ = 0; ///< frames of the till that have not come to their end
};

} // namespace cipherlane::sim
