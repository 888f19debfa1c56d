#pragma once

#include <cipherlane/drivers/terminal/mispos/mispos_exchange.hpp>
#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cipherlane::drivers {

class terminal_link;

/// How a MIS-POS terminal is used.
struct mispos_profile {
    mispos_description by{};
    currency unit{156, 2};
    /// What a call must leave for a payment to be begun.
    std::chrono::milliseconds least{5'000};
};

/// A terminal that speaks MIS-POS (收银一体化): China. Over a serial line or TCP; the link is opened when it is
/// needed.
///
/// Evidence: the result that echoes the request's number. Codes that the description calls doubtful, and silence, are
/// asked for with its question for the last transaction, which has no number: another one than before, of the trade
/// and the amount that were asked for, is the payment; none before proves nothing; the same one proves that nothing
/// was done once the longest trade must be over, but not after a doubtful code, nor where a message of the trade may
/// have gone to the host through the till: then its host may have carried out what it has not stored. A request whose
/// ACK is missing is not sent again; a terminal that cannot be asked afterwards is asked for its state before, where
/// it tells that. Where the terminal reaches its host through the till, its messages go to `terminal_network` as they
/// are, and so do the answers; no answer is silence, and once one has left neither the call's end nor a stop ends the
/// conversation. Receipts are printed by the terminal.
class mispos_terminal final : public ports::terminal {
  public:
    mispos_terminal(terminal_opener open, mispos_profile profile, ports::terminal_events events);
    ~mispos_terminal() override;

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
    /// EOT, to which no terminal answers. @return `not_supported` where the description has no cancel.
    [[nodiscard]] result<void> abort(const call& bounds) override;
    [[nodiscard]] result<void> reach_host_by(ports::terminal_network* network) override;

  private:
    result<void> connect(const call& bounds);
    result<bytes> pass(const mispos_message& said);
    result<mispos_message> converse(
        secret_bytes request, mispos_part part, const call& bounds, const deadline& until);
    result<mispos_message> ask(mispos_trade what, const call& bounds);
    result<mispos_message> last(const call& bounds);
    result<void> see_it_is_there(const call& bounds);
    [[nodiscard]] bool may_stop(const error& why) const;
    [[nodiscard]] std::string next_number();

    std::unique_ptr<terminal_link> link_;
    mispos_profile profile_;
    ports::terminal_capabilities can_;
    ports::terminal_events events_;
    ports::terminal_network* network_ = nullptr;
    std::string number_;                              ///< of the request under way
    std::optional<monotonic_clock::time_point> sign_; ///< when something was heard of the last trade
    /// Whether a message of the last trade may have gone to its host: until a trade has begun nobody knows.
    bool passed_ = true;
    std::uint64_t numbers_;
    std::string terminal_id_;
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
