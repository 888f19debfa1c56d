#pragma once

#include "preflight_notes.hpp"

#include <cipherlane/core/call.hpp>
#include <cipherlane/ports/batch_totals.hpp>
#include <cipherlane/ports/terminal.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace cipherlane::assembly {

/// The card terminals of a preflight: how each is, and, once the books are known, whether it reaches its host and
/// what it says of its open day. Closes no day and moves no money.
class card_terminal_check {
  public:
    /// Tries the way to a terminal's host, and notes what it finds.
    using link_trial = std::function<bool(
        const std::string& part, const till_settings::host_place& place, const std::string& table)>;

    card_terminal_check(const till_settings& settings, preflight_notes& notes, boost::asio::any_io_executor on)
        : settings_(settings)
        , notes_(notes)
        , on_(std::move(on)) {}

    /// How each of them is.
    /// @param turn the time of one question.
    void ask(const link_trial& try_link, const std::function<call()>& turn);

    /// What the books say of the terminal that a card terminal stands behind.
    struct books {
        ports::batch_totals totals; ///< of the open batch
        bool at_rest = false;       ///< nothing is undecided, and no settlement is under way
    };
    /// Whether it reaches its host, and its open day beside the books. Nothing is asked of one that is not ready, nor
    /// while a payment at it is not decided (`ports::terminal`).
    /// @param terminal_id the till's terminal, which has a card terminal or none.
    void ask_of_the_day(const std::string& terminal_id, const books& ours, const std::function<call()>& turn);

  private:
    /// One that can be asked.
    struct at_hand {
        std::string part;
        currency unit;
        std::unique_ptr<ports::terminal_network> relay; ///< outlives the terminal
        std::unique_ptr<ports::terminal> device;
        bool is_ready = false;
    };

    void ask_one(const till_settings::card_terminal_place& place, at_hand& one, const link_trial& try_link,
        const std::function<call()>& turn);
    void ask_reach(at_hand& one, const call& limits);
    void ask_totals(at_hand& one, const ports::batch_totals& ours, const call& limits);

    const till_settings& settings_;
    preflight_notes& notes_;
    boost::asio::any_io_executor on_;
    std::map<std::string, at_hand> by_terminal_; ///< by the number of the till's terminal
};

} // namespace cipherlane::assembly
