#pragma once

#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/core/wiped_text.hpp>
#include <cipherlane/ports/printer.hpp>
#include <cipherlane/till/clerk.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/route_report.hpp>
#include <cipherlane/till/shift_report.hpp>
#include <cipherlane/till/till_parts.hpp>
#include <cipherlane/till/till_settings.hpp>
#include <cipherlane/till/till_status.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::ports {
struct order_notice;
}

namespace cipherlane {

using acquiring::payment;
using acquiring::receipt_copy;
using acquiring::verdict;

namespace assembly {
class counter;
class gateway_desk;
class order_stopwatch;
class terminal;
} // namespace assembly
class routed_terminal;

/// A till: everything that a settings file names, made, wired and owned, and each trade as a member.
///
/// The blocking form of a trade waits for its outcome; the asynchronous one returns at once and completes on the
/// token's executor with `void(result<…>)`. What each trade does, and which errors it has, stands at its request in
/// `cipherlane/acquiring`. A till of several terminals works for the first; `at` gives the others.
///
/// Movable; it may be used from any thread. Destroying the last handle asks the trade under way to stop, waits for it
/// (a payment request that has left is seen to its end) and then lets devices, host and journal go. Where that is
/// done within the trade, on its thread (from an observer), nothing can be waited for: the trade goes on to its end
/// and takes the parts with it, what was lent is needed so long, and the log says so. Calling a till that was moved
/// from is a mistake that is not noticed.
class till {
  public:
    using parts = till_parts;

    /// Reads the settings, makes the parts, and opens the terminals. The journal and its key file (mode 0600) are
    /// made where they are not there. Sends nothing: `recover` after a start decides what the last run left open.
    ///
    /// A device that is not there is no error where it has a keeper: it is used when it comes.
    /// @return see `load_till`; `till_errc` for key files, for parts given wrong, and for a terminal or device that
    /// another till of this process has; what the journal, a driver, TLS or the sealer says.
    [[nodiscard]] static result<till> open(const std::string& settings_file, const call& bounds);
    [[nodiscard]] static result<till> open(const std::string& settings_file, parts given, const call& bounds);
    [[nodiscard]] static result<till> open(till_settings settings, parts given, const call& bounds);

    till(till&&) noexcept;
    till& operator=(till&&) noexcept;
    ~till();

    [[nodiscard]] result<payment> sale(const acquiring::sale_request& request, const call& bounds) {
        return acquiring::sale(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_sale(acquiring::sale_request request, const call& bounds, Token&& token) {
        return acquiring::sale(lane()).async_run(std::move(request), bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<payment> void_payment(const acquiring::void_request& request, const call& bounds) {
        return acquiring::void_payment(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_void_payment(acquiring::void_request request, const call& bounds, Token&& token) {
        return acquiring::void_payment(lane()).async_run(std::move(request), bounds, std::forward<Token>(token));
    }
    /// A trade of any row of the ledger's table: a pre-authorisation, its completion and so on. An order at a gateway
    /// goes to one of `routing.gateways` where the settings name these and the request names none; where nothing has
    /// left, because that one is not there, to the next.
    [[nodiscard]] result<payment> trade(const acquiring::trade_request& request, const call& bounds);
    template <class Token, class Box = ports::completion_box<payment>>
    auto async_trade(acquiring::trade_request request, const call& bounds, Token&& token) {
        static_assert(
            acquiring::detail::is_complete<Box>, "asynchronous calls: include cipherlane/ports/completion.hpp");
        return boost::asio::async_initiate<Token, void(result<payment>)>(
            [](auto handler, const seller& self, acquiring::trade_request what, const call& limits) {
                self.start(std::move(what), limits, Box(std::move(handler)));
            },
            token, selling(), std::move(request), bounds);
    }
    [[nodiscard]] result<payment> refund(const acquiring::refund_request& request, const call& bounds) {
        return acquiring::refund(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_refund(acquiring::refund_request request, const call& bounds, Token&& token) {
        return acquiring::refund(lane()).async_run(std::move(request), bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<payment> qr_sale(const acquiring::qr_sale_request& request, const call& bounds) {
        return trade(order_of(request), bounds);
    }
    template <class Token>
    auto async_qr_sale(const acquiring::qr_sale_request& request, const call& bounds, Token&& token) {
        return async_trade(order_of(request), bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<acquiring::balance_report> balance(const call& bounds) {
        return acquiring::balance(lane()).run({}, bounds);
    }
    template <class Token>
    auto async_balance(const call& bounds, Token&& token) {
        return acquiring::balance(lane()).async_run({}, bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<acquiring::sign_in_report> sign_in(const call& bounds) { return sign_in({}, bounds); }
    [[nodiscard]] result<acquiring::sign_in_report> sign_in(
        const acquiring::sign_in_request& request, const call& bounds) {
        return acquiring::sign_in(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_sign_in(const call& bounds, Token&& token) {
        return async_sign_in({}, bounds, std::forward<Token>(token));
    }
    template <class Token>
    auto async_sign_in(const acquiring::sign_in_request& request, const call& bounds, Token&& token) {
        return acquiring::sign_in(lane()).async_run(request, bounds, std::forward<Token>(token));
    }
    /// What a terminal asks of its host besides trades: sign-off, a master key, lists.
    [[nodiscard]] result<acquiring::service_report> ask_host(acquiring::service what, const call& bounds) {
        return acquiring::host_service(lane()).run(acquiring::service_request(what), bounds);
    }
    template <class Token>
    auto async_ask_host(acquiring::service what, const call& bounds, Token&& token) {
        return acquiring::host_service(lane()).async_run(
            acquiring::service_request(what), bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<acquiring::settlement_report> settle(const call& bounds) { return settle({}, bounds); }
    [[nodiscard]] result<acquiring::settlement_report> settle(
        const acquiring::settlement_request& request, const call& bounds) {
        return acquiring::settlement(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_settle(acquiring::settlement_request request, const call& bounds, Token&& token) {
        return acquiring::settlement(lane()).async_run(request, bounds, std::forward<Token>(token));
    }
    /// Everything that is not decided; with a `recovery_request` of a handle, one payment.
    [[nodiscard]] result<std::vector<payment>> recover(const call& bounds) { return recover({}, bounds); }
    [[nodiscard]] result<std::vector<payment>> recover(
        const acquiring::recovery_request& request, const call& bounds) {
        return acquiring::recovery(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_recover(acquiring::recovery_request request, const call& bounds, Token&& token) {
        return acquiring::recovery(lane()).async_run(request, bounds, std::forward<Token>(token));
    }
    [[nodiscard]] result<payment> decide(const acquiring::decision_request& request, const call& bounds) {
        return acquiring::decision(lane()).run(request, bounds);
    }
    template <class Token>
    auto async_decide(acquiring::decision_request request, const call& bounds, Token&& token) {
        return acquiring::decision(lane()).async_run(std::move(request), bounds, std::forward<Token>(token));
    }

    /// The application's word that it has told an outcome to whom it concerns; until then `recover` tells it again.
    /// See `acquiring::lane::acknowledge`.
    [[nodiscard]] result<void> acknowledge(const payment& told, const call& bounds) {
        return lane().acknowledge(told.handle, bounds);
    }

    /// What a gateway has said, no flow could settle, and nobody has acknowledged: of an order that the journal does
    /// not have, something else than the journal has, a second payment. Oldest first; see
    /// `cipherlane/ports/order_notice.hpp`. Asks nobody.
    [[nodiscard]] result<std::vector<ports::order_notice>> notices(const call& bounds);
    /// Somebody has seen to it; until then `recover` raises it again. See `acquiring::lane::acknowledge_notice`.
    /// @param notice its `id`.
    [[nodiscard]] result<void> acknowledge_notice(std::uint64_t notice, const call& bounds) {
        return lane().acknowledge_notice(notice, bounds);
    }

    /// What the journal has under a key of this terminal; nothing where the key was never used. Asks nobody, sends
    /// nothing, and may be called while a trade runs.
    [[nodiscard]] result<std::optional<payment>> lookup(std::string_view key, const call& bounds);
    /// What the journal has under a handle, of this terminal.
    [[nodiscard]] result<std::optional<payment>> lookup(std::uint64_t handle, const call& bounds);

    /// What became of a key that was used for the same trade before; nothing where it is free. What is not decided is
    /// asked for, as by `recover`. That it cannot be asked for now is no error, which would say that nothing is
    /// pending: `payment::why` says it. Ask it before somebody is troubled for a code.
    [[nodiscard]] result<std::optional<payment>> find_out(
        const acquiring::trade_request& request, const call& bounds);

    [[nodiscard]] std::string receipt(const payment& what, receipt_copy copy, std::size_t columns = 32) const;
    [[nodiscard]] std::string settlement_slip(
        const acquiring::settlement_report& what, std::size_t columns = 32) const;

    /// Waits for the payer's payment code (付款码) at the scanner of the settings. Give it to `trade` at once: such a
    /// code lives about a minute, and the trade refuses one that was scanned longer ago than
    /// `scanner.code_fresh_seconds`. Each passes once; nothing of it is logged.
    /// @return `no_device` without a scanner; `not_a_payment_code`, `code_used`, `code_too_old` of `drivers`, upon
    /// which the till asks for another; `timed_out` and `cancelled` where none came.
    [[nodiscard]] result<acquiring::payer_code> scan_payment_code(const call& bounds);

    /// Prints a receipt on the printer of the settings. It is durable before anything is sent: without paper, without
    /// the printer, or where the till ends, it is printed as soon as that can be. The same copy again, and one whose
    /// printing was not seen to end, carries the reprint mark (重打印). Call it before `acknowledge`: then a till
    /// that was killed between payment and receipt prints it when `recover` tells the payment again.
    /// @return `no_device` without a printer; what keeping it says, also where its file could not be opened.
    [[nodiscard]] result<ports::print_report> print_receipt(
        const payment& what, receipt_copy copy, const call& bounds);
    /// The same of a settlement slip.
    [[nodiscard]] result<ports::print_report> print_settlement(
        const acquiring::settlement_report& what, const call& bounds);
    /// Opens the cash drawer (钱箱) behind the printer, once.
    [[nodiscard]] result<void> open_drawer(const call& bounds);

    /// An operator begins, or goes on with, a shift at this terminal (`clerks` of the settings): all that is done
    /// from here on is theirs. A second one takes the place of the first, whose shift stays open. What they may not
    /// do is refused by the name of the right (`till_errc::no_right`) before anything leaves.
    /// @return `wrong_secret`, `locked_out`, `nobody_on_duty` where the settings name no operators; what the file of
    /// the operators or of their shifts says
    [[nodiscard]] result<shift_report> sign_on(
        std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    /// Nobody is on duty any more; the shift stays open.
    void sign_off() noexcept;
    /// Ends the shift of whoever is on duty. @return what was done in it, from the journal
    [[nodiscard]] result<shift_report> close_shift(const call& bounds);

    /// Several operators who work at this terminal by turns, each with a session of their own that the application
    /// keeps: the shift of this one begins or goes on, and nobody's place is taken.
    /// @return as `sign_on`
    [[nodiscard]] result<shift_report> enter(
        std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    /// What is asked for under this key is this operator's doing until `act_done`, whoever is signed on. Of a
    /// settlement the key is empty; of `decide` it is the record's.
    /// @return `nobody_on_duty` for one who has not entered; `acquiring_errc::busy` where the key has somebody
    [[nodiscard]] result<void> act_as(std::string_view operator_id, std::string_view key);
    void act_done(std::string_view key) noexcept;
    /// The shift stays open.
    void leave(std::string_view operator_id) noexcept;
    /// Ends the shift of one who has entered, as `close_shift`.
    [[nodiscard]] result<shift_report> close_shift_of(std::string_view operator_id, const call& bounds);
    /// The shifts of this terminal, the newest first, with what was done in each, from the journal.
    [[nodiscard]] result<std::vector<shift_report>> shifts(std::size_t limit, const call& bounds);

    /// How the parts are now, and what the terminal has under way. Asks no device and sends nothing.
    [[nodiscard]] result<till_status> status(const call& bounds);

    /// The gateways that are chosen among (`routing.gateways`), as they are now, with what this terminal has
    /// undecided there; none where nothing is chosen. By hand: `route_hand`.
    [[nodiscard]] result<std::vector<route_report>> gateway_routes(const call& bounds);

    /// All terminals of the settings, in their order.
    [[nodiscard]] std::vector<std::string> terminals() const;
    /// A handle of another terminal of the same till: it shares journal and devices and keeps them alive.
    [[nodiscard]] result<till> at(std::string_view terminal_id);

    [[nodiscard]] const till_settings& settings() const noexcept;
    /// The terminal's own settings.
    [[nodiscard]] const acquiring::terminal_settings& terminal() const noexcept;
    /// What is below: for flows and records that have no member here.
    [[nodiscard]] acquiring::lane& lane() noexcept;
    [[nodiscard]] ports::store& journal() noexcept; ///< see `cipherlane/ports/store.hpp`
    /// The display (`cipherlane/ports/display.hpp`), for what stands on it between payments; null where the till has
    /// none.
    [[nodiscard]] ports::display* display() noexcept;

  private:
    friend class routed_terminal;
    /// Whatever a trade needs that may begin when the till has gone.
    struct seller {
        acquiring::trade flow;
        std::shared_ptr<assembly::gateway_desk> desk;
        std::shared_ptr<assembly::order_stopwatch> orders;
        std::string terminal_id;
        void start(acquiring::trade_request request, const call& bounds, ports::completion_box<payment> done) const;
    };
    till(std::shared_ptr<assembly::counter> all, assembly::terminal& one) noexcept;
    [[nodiscard]] seller selling();
    [[nodiscard]] static acquiring::trade_request order_of(const acquiring::qr_sale_request& request);

    std::shared_ptr<assembly::counter> all_;
    assembly::terminal* one_;
};

} // namespace cipherlane
