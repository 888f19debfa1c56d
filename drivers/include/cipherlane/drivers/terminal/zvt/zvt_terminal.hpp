#pragma once

#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_exchange.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cipherlane::drivers {

class terminal_link;

/// How a ZVT terminal is used.
struct zvt_profile {
    zvt_timing timing{};
    zvt_link link = zvt_link::stream;
    std::string password{zvt::usual_password}; ///< six digits
    currency unit{978, 2};                     ///< of the terminal: another one is refused by it at registration
    bool receipts = true;                      ///< receipts come to the till; else the terminal prints them
    /// What a call must leave for a payment to be begun.
    std::chrono::milliseconds least{5'000};
    std::chrono::milliseconds rest{300}; ///< between two questions of `recover`, at first
    /// The longest that a transaction may be under way at the terminal after its last sign of life: an older result
    /// proves nothing before. A terminal that has asked for more time gets it.
    std::chrono::milliseconds longest{180'000};
    /// The longest that an end of day may take: many trades over a slow line, while the terminal says that it is at
    /// it.
    std::chrono::milliseconds closing{900'000};

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A terminal that speaks ZVT (PA00P015 13.08): Germany, Austria, Switzerland. Over TCP (port 20007) or a serial
/// line.
///
/// The link is opened and the terminal registered (06 00) when it is first needed, and again whenever it has gone:
/// terminals close it while nothing happens. A payment is told to stop (06 B0) `zvt_timing::stopping` before its call
/// ends; what it has not said by then is unknown, and `recover` asks for it later. Evidence: a payment is approved
/// where 04 0F says so and 06 0F follows, unless it is the transaction that was the last one before. What ended
/// otherwise is asked for with 06 20 and told apart from older transactions by receipt and trace number, date and
/// time: another one than before, of the amount that was asked for, is the payment; the same one proves that nothing
/// was done once `longest` has passed since the terminal's last sign of life, and only where it does not refuse to be
/// told to stop (06 B0), as one does that is at its host: that goes on when the link has gone. 04 0F does not say
/// what kind of transaction it is of: while the till is registered the terminal begins none by itself.
class zvt_terminal final : public ports::terminal {
  public:
    static constexpr ports::terminal_capabilities can{.void_payment = true,
        .refund = true,
        .pre_authorise = true,
        .void_pre_authorisation = true,
        .complete = true,
        .settle = true,
        .print_again = true,
        .tells_last = true,
        .last_amount = true,
        .aborts = true,
        .sends_lines = true,
        .passes_through = false,
        .tells_totals = false,
        .verifies_cards = false,
        .diagnoses = true};

    zvt_terminal(terminal_opener open, zvt_profile profile, ports::terminal_events events);
    ~zvt_terminal() override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override;
    [[nodiscard]] const ports::terminal_capabilities& capabilities() const noexcept override;
    [[nodiscard]] std::string identity() const override;
    [[nodiscard]] result<std::string> last_done(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_report> run(
        const ports::terminal_request& request, const call& bounds) override;
    [[nodiscard]] ports::terminal_report recover(const ports::terminal_doubt& doubt, const call& bounds) override;
    [[nodiscard]] result<ports::terminal_settlement> settle(const call& bounds) override;
    [[nodiscard]] result<void> print_again(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_health> status(const call& bounds) override;
    [[nodiscard]] result<void> abort(const call& bounds) override;
    /// 06 70: the terminal connects to its host and tells that it can.
    [[nodiscard]] result<void> diagnosis(const call& bounds) override;

  private:
    using until = zvt_exchange::until;

    result<void> connect(const call& bounds);
    result<void> register_till(const call& bounds, bool& busy);
    /// Over the link that there is.
    result<zvt_conversation> ask(const zvt::command& what, until end, const call& bounds);
    /// The same, opening it first, and once more where the terminal has forgotten the till. Of what moves no money.
    result<zvt_conversation> ask_registered(const zvt::command& what, const call& bounds);
    /// The same; a refusal or abort is an error.
    result<zvt_conversation> ask_for(result<zvt::command> what, std::string_view operation, const call& bounds);
    result<zvt_conversation> pay(const zvt::command& what, const call& bounds);
    result<zvt_conversation> last(const call& bounds);
    /// 06 B0. @return the code with which the terminal refuses to stop; none: it is at nothing, or stops.
    result<std::optional<std::uint8_t>> stop(const call& bounds);
    ports::terminal_report judge(const ports::terminal_request& wish, const result<zvt_conversation>& end);

    std::unique_ptr<terminal_link> link_;
    zvt_profile profile_;
    ports::terminal_events events_;
    std::string terminal_id_;
    std::string last_name_;                           ///< of the last transaction that was told
    std::string named_by_;                            ///< the terminal that was asked for it
    std::string asked_;                               ///< the one that was told to take money last
    std::optional<monotonic_clock::time_point> sign_; ///< when something was heard of the last trade
    std::chrono::milliseconds longest_;               ///< that it may be under way after that
    mutable std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
