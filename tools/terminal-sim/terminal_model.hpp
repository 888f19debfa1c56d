#pragma once

#include "simkit/simulated_device.hpp"
#include "terminal-sim/terminal_books.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// How the simulated terminal is set up, whatever it speaks.
struct terminal_setup {
    enum class line : std::uint8_t { stream, serial };
    line over = line::stream;
    std::string terminal_id = "29001006";
    std::string password = "000000";
    std::uint16_t currency = 978;
    std::string description_file;                  ///< of the acquirer, for terminals described by a TOML file
    bool through_till = false;                     ///< it reaches its host through the till, where its protocol can
    std::chrono::milliseconds card_time{60'000};   ///< it waits for a card
    std::chrono::milliseconds answer_time{30'000}; ///< it waits for the till before it takes a payment back
    std::chrono::milliseconds host_time{0};        ///< its host takes for an answer
    std::chrono::milliseconds settling{0};         ///< it is busy after the till was lost within a payment
};

/// The faults that a terminal of any protocol can be told to have.
/// @param said the names of its messages, which a fault may concern
/// @param own those of its protocol alone
[[nodiscard]] std::vector<fault_kind> terminal_faults(
    const std::vector<std::string>& said, const std::vector<fault_kind>& own);

/// A payment terminal without its wire: cards, books, and the rig's commands. A protocol is derived from it.
///
/// Its commands for the rig, besides those of every device: `card`, `card_out`, `cancel`, `books`, `restart`,
/// `paper`.
class terminal_model : public simulated_device {
  public:
    terminal_model(terminal_setup with, std::vector<fault_kind> faults, surroundings around);

    [[nodiscard]] const terminal_books& books() const noexcept { return books_; }
    /// The power goes and comes: what was not stored is taken back.
    void restart();

  protected:
    /// A card has come, or the customer has pressed cancel.
    virtual void card_came() = 0;
    virtual void customer_cancelled() = 0;
    /// What was under way is forgotten; it has been taken back.
    virtual void restarted() = 0;

    [[nodiscard]] terminal_books& money() noexcept { return books_; }
    [[nodiscard]] const terminal_setup& setup() const noexcept { return with_; }
    /// The card at hand; a card that is not said to stay is gone after one payment.
    [[nodiscard]] const std::optional<sim_card>& card() const noexcept { return card_; }
    void card_used();
    /// Asks its host, for a tip more where a fault says so.
    sim_entry& ask_host_for(sim_trade what, std::int64_t minor, int original);
    [[nodiscard]] bool has_paper() const noexcept { return paper_; }
    /// The link or the till has gone within a payment: it is taken back, or kept where a fault says so.
    void settle_pending();
    /// Busy after the till was lost.
    [[nodiscard]] bool settling() const noexcept { return settling_; }
    /// Runs `what` after `span`, unless `forget_timers` was called meanwhile.
    void after(std::chrono::milliseconds span, std::function<void()> what);
    void forget_timers() noexcept { ++*generation_; }

  private:
    void take_commands();
    nlohmann::json present(const nlohmann::json& request);

    terminal_setup with_;
    terminal_books books_;
    std::optional<sim_card> card_;
    bool card_stays_ = false;
    bool paper_ = true;
    bool settling_ = false;
    std::shared_ptr<std::uint64_t> generation_ = std::make_shared<std::uint64_t>(0);
};

/// A model by its protocol's name ("zvt"). Throws `std::invalid_argument` for one that is not known.
[[nodiscard]] std::unique_ptr<terminal_model> make_terminal_model(
    std::string_view protocol, terminal_setup with, surroundings around);
/// The names.
[[nodiscard]] std::vector<std::string> terminal_protocols();

} // namespace cipherlane::sim
