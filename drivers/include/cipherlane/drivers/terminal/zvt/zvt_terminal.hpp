#pragma once

#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_exchange.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::drivers {

/// How a ZVT terminal is used.
struct zvt_profile {
    zvt_timing timing{};
    zvt_link link = zvt_link::stream;
    std::string password{zvt::usual_password}; ///< six digits
    currency unit{978, 2};                     ///< of the terminal: another one is refused by it at registration
    bool receipts = true;                      ///< receipts come to the till; else the terminal prints them
    /// What a call must leave for a payment to be begun.
    std::chrono::milliseconds least{5'000};
    std::chrono::milliseconds rest{300}; ///< between two questions of `recover`

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A terminal that speaks ZVT (PA00P015 13.08): Germany, Austria, Switzerland. Over TCP (port 20007) or a serial
/// line.
///
/// The link is opened and the terminal registered (06 00) when it is first needed, and again whenever it has gone:
/// terminals close it while nothing happens. Evidence: a payment is approved where 04 0F says so and 06 0F follows;
/// what ended otherwise is asked for with 06 20 and told apart from older transactions by receipt and trace number,
/// date and time.
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
        .passes_through = false};

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
    [[nodiscard]] result<void> diagnosis(const call& bounds);

  private:
    using until = zvt_exchange::until;

    result<void> connect(const call& bounds);
    result<void> register_till(const call& bounds, bool& busy);
    /// Over the link that there is.
    result<zvt_conversation> ask(const zvt::command& what, until end, const call& bounds);
    /// The same, opening it first; a refusal or abort is an error.
    result<zvt_conversation> ask_for(result<zvt::command> what, std::string_view operation, const call& bounds);
    result<zvt_conversation> pay(const zvt::command& what, const call& bounds);
    result<zvt_conversation> last(const call& bounds);
    ports::terminal_report judge(const ports::terminal_request& wish, const result<zvt_conversation>& end);
    void drop() noexcept;

    terminal_opener open_;
    zvt_profile profile_;
    ports::terminal_events events_;
    std::unique_ptr<net::transport> link_;
    std::string terminal_id_;
    mutable std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
