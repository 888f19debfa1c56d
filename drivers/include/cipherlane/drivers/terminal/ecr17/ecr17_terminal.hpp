#pragma once

#include <cipherlane/drivers/terminal/ecr17/ecr17_exchange.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_messages.hpp>
#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cipherlane::drivers {

class terminal_link;

/// How an ECR17 terminal is used.
struct ecr17_profile {
    ecr17_timing timing{};
    ecr17::address who{};
    ecr17::payment_form payment = ecr17::payment_form::with_amount;
    bool receipts = true; ///< receipts come to the till: E before each procedure; else the terminal prints them
    /// What a call must leave for a payment to be begun.
    std::chrono::milliseconds least{5'000};
    std::chrono::milliseconds rest{1'000}; ///< between two questions of `recover`, at first
    /// The longest that a procedure may be under way at the terminal: an older result proves nothing before.
    std::chrono::milliseconds longest{180'000};

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A terminal that speaks ECR17 (Italy). Over TCP or a serial line; the link is opened when it is needed.
///
/// Evidence: the answer, unless it is the result that was the last one before, or one of another trade: a late answer
/// to an earlier question. What ended otherwise is asked for with G, which gives the last result. G has no order
/// number and may give an older result while the terminal is at work: another result than before, of the trade and
/// the amount that were asked for, is the payment; the same one proves that nothing was done once the longest
/// procedure must be over; no result at all (05, 09), now or before, proves nothing. What has left is seen to its
/// end, for as long as `longest`. After a question that went out more than once the link is closed, and the next one
/// waits until nothing comes any more. A closure is in no last result that has an
/// amount: its unknown outcome is a person's, as is that of a plain payment (P) where G gives a new result. Refunds
/// do not exist; nothing stops the terminal. The check is learnt by a question, and anew where nothing gets through
/// under it: another terminal may stand there. One that does not know E prints its receipts itself.
class ecr17_terminal final : public ports::terminal {
  public:
    static constexpr ports::terminal_capabilities can{.void_payment = true,
        .refund = false,
        .pre_authorise = true,
        .void_pre_authorisation = false,
        .complete = true,
        .settle = true,
        .print_again = true,
        .tells_last = true,
        .last_amount = true,
        .aborts = false,
        .sends_lines = true,
        .passes_through = false,
        .tells_totals = true,
        .verifies_cards = true};

    ecr17_terminal(terminal_opener open, ecr17_profile profile, ports::terminal_events events);
    ~ecr17_terminal() override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override;
    [[nodiscard]] const ports::terminal_capabilities& capabilities() const noexcept override;
    [[nodiscard]] std::string identity() const override;
    [[nodiscard]] result<std::string> last_done(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_report> run(
        const ports::terminal_request& request, const call& bounds) override;
    [[nodiscard]] ports::terminal_report recover(const ports::terminal_doubt& doubt, const call& bounds) override;
    [[nodiscard]] result<ports::terminal_settlement> settle(const call& bounds) override;
    /// By the terminal's own count (T).
    [[nodiscard]] result<ports::terminal_settlement> totals(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_report> verify_card(const call& bounds) override;
    [[nodiscard]] result<void> print_again(const call& bounds) override;
    [[nodiscard]] result<ports::terminal_health> status(const call& bounds) override;
    /// @return `not_supported`.
    [[nodiscard]] result<void> abort(const call& bounds) override;

  private:
    /// A link over which nothing comes that belongs to an earlier question.
    result<void> connect(const call& bounds);
    result<void> learn_check(const call& bounds);
    /// G, under a check that is known.
    result<ecr17::outcome> last(const call& bounds);
    /// Has the receipt of the next procedure come to the till, where the terminal can.
    result<void> take_receipt(const call& bounds);
    result<std::string> ask(std::string request, ecr17_end until, const call& bounds);
    result<ports::terminal_settlement> sum_of(const result<std::string>& said, std::string_view operation) const;
    result<std::string> ask_for(std::string request, std::string_view operation, const call& bounds);

    std::unique_ptr<terminal_link> link_;
    ecr17_profile profile_;
    ports::terminal_capabilities can_;
    ports::terminal_events events_;
    bool at_till_;          ///< receipts come to the till
    bool unquiet_ = false;  ///< more may still come to an earlier question
    std::string last_name_; ///< of the last result that was told
    std::string asked_;     ///< the terminal that was told to take money last
    std::optional<ecr17_check> learnt_;
    std::optional<monotonic_clock::time_point> sign_; ///< when something was heard of the last trade
    std::string terminal_id_;
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
