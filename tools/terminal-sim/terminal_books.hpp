#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace cipherlane::sim {

/// What a terminal was asked for.
enum class sim_trade : std::uint8_t { sale, sale_void, refund, reservation, reservation_void, booking };

/// One transaction as the terminal's host has it.
struct sim_entry {
    enum class state : std::uint8_t {
        authorised, ///< the host has said yes; the terminal has not stored it yet
        stored,
        undone, ///< taken back by the terminal itself, or by a void
        declined,
    };
    sim_trade what = sim_trade::sale;
    std::int64_t minor = 0;
    int receipt = 0;
    int trace = 0;
    int original = 0; ///< the receipt of what it undoes or books
    state now = state::authorised;
    std::uint8_t code = 0; ///< of a decline
    std::string pan;
};

/// The card at the terminal, as the rig presents it.
struct sim_card {
    std::string pan;
    std::uint8_t declines = 0; ///< the result code with which its issuer declines; 0: it pays
};

/// What a terminal and its host have of money: whatever the protocol, whatever was heard of it. Outlives links and
/// restarts.
class terminal_books {
  public:
    /// Asks the host. A void or booking of what is not there, or was undone, is declined.
    sim_entry& ask(sim_trade what, std::int64_t minor, int original, const sim_card& card);
    /// The terminal's last word on an authorised entry.
    void store(sim_entry& entry);
    void take_back(sim_entry& entry);
    /// What is authorised and not stored.
    [[nodiscard]] sim_entry* pending();
    /// The last that is stored.
    [[nodiscard]] const sim_entry* last() const noexcept { return last_; }
    struct totals {
        std::int64_t minor = 0; ///< gained
        int count = 0;
    };
    [[nodiscard]] totals open_batch() const;
    totals close_batch();

    [[nodiscard]] const std::deque<sim_entry>& entries() const noexcept { return entries_; }
    [[nodiscard]] nlohmann::json to_json() const;

  private:
    [[nodiscard]] sim_entry* find(int receipt);
    [[nodiscard]] std::uint8_t refusal(sim_trade what, std::int64_t minor, const sim_entry* original) const;

    std::deque<sim_entry> entries_; ///< of which references stay
    std::size_t batch_from_ = 0;
    const sim_entry* last_ = nullptr;
    int receipts_ = 0;
    int traces_ = 0;
};

/// What an entry adds to the merchant's gain while it stands.
[[nodiscard]] std::int64_t gain(const sim_entry& entry) noexcept;

} // namespace cipherlane::sim
