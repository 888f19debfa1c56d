#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/batch_totals.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::ports {

/// What a payment terminal with a host of its own is asked to do with money.
enum class terminal_verb : std::uint8_t {
    authorise,
    void_payment,  ///< undoes a payment by its receipt number
    refund,        ///< gives money to a card, without an original
    pre_authorise, ///< reserves money
    void_pre_authorisation,
    complete, ///< takes what was reserved, or some of it
};

[[nodiscard]] std::string_view to_string(terminal_verb value) noexcept;

/// What a terminal can do; what it cannot is refused with `unsupported` before anything is sent.
struct terminal_capabilities {
    bool void_payment = false; ///< by receipt number
    bool refund = false;
    bool pre_authorise = false;
    bool void_pre_authorisation = false;
    bool complete = false;
    bool settle = false;
    bool print_again = false;
    bool tells_last = false;     ///< says what its last transaction was: without it an unknown outcome is a person's
    bool last_amount = false;    ///< and of what amount
    bool aborts = false;         ///< can be stopped while it waits for a card
    bool sends_lines = false;    ///< sends its receipts to the till
    bool passes_through = false; ///< reaches its host through the till
    bool tells_totals = false;   ///< of the day that is open
    bool verifies_cards = false; ///< has a card judged by its host without moving money
    bool diagnoses = false;      ///< says whether it reaches its host

    [[nodiscard]] bool can(terminal_verb what) const noexcept;
};

/// How a terminal ended what it was asked for.
enum class terminal_outcome : std::uint8_t {
    approved,
    declined, ///< the terminal has said so: no money moved
    unknown,  ///< the request may have left, and nothing that can be believed says what became of it
};

[[nodiscard]] std::string_view to_string(terminal_outcome value) noexcept;

/// What is asked of a terminal.
struct terminal_request {
    terminal_request(terminal_verb verb, amount value, std::string receipt = {})
        : what(verb)
        , total(value)
        , original(std::move(receipt)) {}

    terminal_verb what;
    amount total;
    std::string original; ///< the receipt number of what is voided or completed, as `terminal_report` had it
};

/// What became of it, in the terminal's words.
struct terminal_report {
    terminal_outcome outcome = terminal_outcome::unknown;
    /// As the terminal says. Of an approval of which it tells none the one that was asked for, where its protocol
    /// lets the driver say so; an approval of zero is not believed, nor one of what the trade cannot come to.
    amount total;
    std::string code;          ///< the terminal's own result code
    std::string text;          ///< UTF-8, untrusted
    std::string receipt;       ///< its receipt number: names the payment to a void or a completion
    std::string trace;         ///< its trace number
    std::string date;          ///< MMDD
    std::string time;          ///< hhmmss
    std::string terminal_id;   ///< of the terminal
    std::string authorization; ///< of its host
    std::string masked_pan;
    std::string card_name;
    std::optional<error> why; ///< of an unknown outcome
    /// Of an unknown outcome: the terminal itself has said, by `code`, that it does not know. Its host may have
    /// carried out what it has not stored.
    bool host_unsure = false;
};

/// An outcome that is not known, to be asked for.
struct terminal_doubt {
    terminal_doubt(terminal_request request, std::string last)
        : wish(std::move(request))
        , before(std::move(last)) {}

    terminal_request wish;
    std::string before;               ///< what `terminal::last_done` gave before the request left
    bool unsure = false;              ///< `terminal_report::host_unsure` of what it said: no refusal follows then
    std::string code{};               ///< and by which `terminal_report::code` it said so
    std::chrono::milliseconds age{0}; ///< how long the request has been out at least, by a clock that nobody sets
};

/// A terminal's day, closed.
struct terminal_settlement {
    std::optional<batch_side> total; ///< as the terminal adds it up: voids and refunds taken off; unset: not told
    std::string text;                ///< UTF-8, untrusted
};

/// How a terminal is.
struct terminal_health {
    bool ready = false;
    std::string code; ///< its own
    std::string terminal_id;
    std::string version; ///< untrusted
};

/// A line of a receipt that the terminal leaves to the till.
struct terminal_line {
    std::string_view text; ///< UTF-8, untrusted
    bool last = false;     ///< the receipt ends with it
};

/// What a terminal tells while it works. Called on the thread of the call under way; must not call the terminal.
struct terminal_events {
    /// Without it nobody prints what the terminal leaves to the till: it is told to print its receipts itself.
    std::function<void(const terminal_line&)> line{};
    /// "insert card", "please wait": the terminal's own code and, where it sends them, words in UTF-8.
    std::function<void(std::string_view code, std::string_view text)> progress{};
};

/// The way of a terminal to its host through the till (`terminal_capabilities::passes_through`).
class terminal_network {
  public:
    terminal_network() = default;
    terminal_network(const terminal_network&) = delete;
    terminal_network& operator=(const terminal_network&) = delete;
    virtual ~terminal_network() = default;

    /// One message of the terminal to its host, as it is, and the host's answer. From the message's first byte on the
    /// host's own time bounds the wait, neither the call's end nor a stop. An error is told to the terminal as
    /// silence.
    [[nodiscard]] virtual result<bytes> pass(byte_view message, const call& bounds) = 0;
};

/// A payment terminal that reads cards and asks its own host (收款终端). The till tells it the amount and learns what
/// became of it.
///
/// An error of `run` means that certainly nothing was asked of the terminal. From the request's first byte on there
/// is a report: approved or declined where the terminal has said so, else unknown. Neither the call's end nor a stop
/// abandons a request that has left: the terminal is asked to stop, and says within its own time what became of it.
/// Nothing is ever asked for twice. After an unknown outcome nothing else may be asked of the terminal before
/// `recover` or a person has decided it.
///
/// One call at a time (`call_under_way`); a stop token may come from another thread.
class terminal {
  public:
    terminal() = default;
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;
    virtual ~terminal() = default;

    /// Reaches the terminal and makes it the till's. Calls do it by themselves where the link has gone.
    [[nodiscard]] virtual result<void> open(const call& bounds) = 0;
    /// False where the link is known to be gone; never waits.
    [[nodiscard]] virtual bool attached() const noexcept = 0;
    [[nodiscard]] virtual const terminal_capabilities& capabilities() const noexcept = 0;
    /// Which terminal this is, in words that stay the same as long as it is the same one. Empty: not told yet.
    [[nodiscard]] virtual std::string identity() const = 0;

    /// What the terminal's last transaction is, in up to 64 printable characters: kept with the record before `run`,
    /// so that `recover` can tell its outcome from an older one. Empty from a terminal that cannot tell.
    [[nodiscard]] virtual result<std::string> last_done(const call& bounds) = 0;
    /// @return `unsupported`; `misuse` for an amount or receipt number that the protocol cannot carry; `link_lost`,
    /// `timed_out`, `cancelled` while nothing had left.
    [[nodiscard]] virtual result<terminal_report> run(const terminal_request& request, const call& bounds) = 0;
    /// Asks what became of a request, as often as it takes within the call. Moves no money.
    /// @return unknown where the terminal does not answer, or says nothing that proves it.
    [[nodiscard]] virtual terminal_report recover(const terminal_doubt& doubt, const call& bounds) = 0;

    /// Closes the terminal's day with its host (日结). Only an error with the terminal's own code says that it was
    /// not closed, as `timed_out` one that is at something else; after any other it may have been.
    [[nodiscard]] virtual result<terminal_settlement> settle(const call& bounds) = 0;
    /// What the terminal's open day comes to (日结前的合计): the day goes on. Moves no money.
    /// @return `unsupported`; the terminal's own code where it refuses.
    [[nodiscard]] virtual result<terminal_settlement> totals(const call& bounds);
    /// A card, judged by the terminal's host (验卡): approved is a good card. Moves no money, and leaves the last
    /// transaction what it is. @return `unsupported`; an error where nothing that can be believed was said.
    [[nodiscard]] virtual result<terminal_report> verify_card(const call& bounds);
    /// Whether the terminal reaches its host (诊断): it asks it now. @return `unsupported`; the terminal's own code.
    [[nodiscard]] virtual result<void> diagnosis(const call& bounds);
    /// The last receipt once more: its lines come as events, or the terminal prints them.
    [[nodiscard]] virtual result<void> print_again(const call& bounds) = 0;
    [[nodiscard]] virtual result<terminal_health> status(const call& bounds) = 0;
    /// Ends whatever the terminal may still be doing for an earlier run of the till.
    [[nodiscard]] virtual result<void> abort(const call& bounds) = 0;
    /// The way to its host, for terminals that pass through; null: none. Must outlive the terminal.
    [[nodiscard]] virtual result<void> reach_host_by(terminal_network* network);
};

} // namespace cipherlane::ports
