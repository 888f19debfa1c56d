#pragma once

#include "simkit/database.hpp"

#include <cipherlane/ports/batch_totals.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// A terminal that the host knows, with its keys under the cipher machine's LMK (text, as the profile writes keys).
struct host_terminal {
    std::string terminal_id;
    std::string merchant_id;
    std::string tmk;
    std::string tpk;
    std::string tak;
};

/// A master key that a terminal was given and has not shown yet that it has: its answer may have been lost.
struct host_new_master {
    std::string tmk;
    bool signed_in = false; ///< the working keys in force were given under it
};

/// What a terminal changes to SM4 with.
struct host_sm4_master {
    std::string tmk;
    std::string sign_in_code; ///< field 60.3 of the sign-in that asks for it
};

/// An account of the simulated issuer.
struct host_card {
    std::string number;
    std::string expiry; ///< YYMM
    std::string pin;
    std::int64_t balance = 0; ///< minor units
};

/// One financial message that the host has decided. Kind and state are stored in words.
struct host_trade {
    std::int64_t id = 0;
    std::string terminal_id;
    std::string batch;
    std::string trace;
    ports::trade kind = ports::trade::sale;
    std::string card;
    std::int64_t amount = 0;
    std::int64_t refunded = 0; ///< what refunds have given back; of a pre-authorisation: what completions have taken
    std::int64_t money = 0;    ///< what it moved to (positive) or from its card; a reservation counts
    std::string answer;        ///< field 39
    std::string reference;     ///< field 37
    std::string authorization;
    std::string date; ///< MMDD
    std::string time; ///< hhmmss
    ports::record_state state = ports::record_state::declined;
    std::int64_t original = 0; ///< the trade that a void or refund undoes
};

/// The simulated host's books, in SQLite: accounts, trades, batches. Every change of money is one transaction.
/// Throws `std::runtime_error` when the database fails. One thread at a time.
class host_books {
  public:
    explicit host_books(const std::string& path);

    void put_terminal(const host_terminal& terminal);
    [[nodiscard]] std::optional<host_terminal> terminal(std::string_view terminal_id);
    void put_new_master(std::string_view terminal_id, const host_new_master& key);
    [[nodiscard]] std::optional<host_new_master> new_master(std::string_view terminal_id);
    void drop_new_master(std::string_view terminal_id);
    /// Beside the master key that the terminal has already.
    void put_sm4_master(std::string_view terminal_id, const host_sm4_master& key);
    [[nodiscard]] std::optional<host_sm4_master> sm4_master(std::string_view terminal_id);
    void put_card(const host_card& card);
    [[nodiscard]] std::optional<host_card> card(std::string_view number);

    [[nodiscard]] std::optional<host_trade> find(
        std::string_view terminal_id, std::string_view batch, std::string_view trace);
    [[nodiscard]] std::optional<host_trade> find_reference(std::string_view terminal_id, std::string_view reference);
    [[nodiscard]] std::vector<host_trade> trades();

    /// Writes a trade and moves `money` to (positive) or from its card, in one commit; its id.
    std::int64_t post(const host_trade& trade, std::int64_t money);
    /// Undoes a trade, once: its own effect and that on its original.
    void reverse(const host_trade& trade);
    /// Marks what never arrived as reversed, so that it is refused if it still comes.
    void entomb(const host_trade& unseen);

    /// Ends the day: what is in the books is of an earlier one from now on, and in no totals.
    void cut_day();
    [[nodiscard]] int days_cut();
    [[nodiscard]] bool of_earlier_day(const host_trade& trade);

    /// What the host has of a batch, by its own lists of what stands on which side.
    [[nodiscard]] ports::batch_totals totals(std::string_view terminal_id, std::string_view batch);
    void settle(std::string_view terminal_id, std::string_view batch, int result);
    /// Whether the host has told its totals of a batch: nothing more is counted into it.
    [[nodiscard]] bool settled(std::string_view terminal_id, std::string_view batch);
    /// Its end message was taken: it takes no records any more, either.
    void end(std::string_view terminal_id, std::string_view batch);
    [[nodiscard]] bool ended(std::string_view terminal_id, std::string_view batch);
    /// One record of a batch upload; true if it is the same as a trade in the books.
    bool upload(std::string_view terminal_id, std::string_view batch, std::string_view trace, std::int64_t amount);
    [[nodiscard]] std::int64_t uploads(std::string_view terminal_id, std::string_view batch);
    [[nodiscard]] std::int64_t next_reference();

  private:
    [[nodiscard]] std::optional<host_trade> one(statement& query);
    [[nodiscard]] std::int64_t counter(std::string_view name);
    void move_money(std::string_view card, std::int64_t money);
    /// What an approved trade does to its original, or, undone, no longer does.
    enum class effect : std::uint8_t { done, undone };
    void touch_original(const host_trade& trade, effect what);
    [[nodiscard]] std::int64_t original_of(std::int64_t id);
    void set_state(std::int64_t id, ports::record_state state);
    void add_refunded(std::int64_t id, std::int64_t money);

    database books_;
};

} // namespace cipherlane::sim
