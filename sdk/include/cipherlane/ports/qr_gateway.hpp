#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/wiped_text.hpp>
#include <cipherlane/ports/order_funds.hpp>
#include <cipherlane/ports/order_payer.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::ports {

/// An order for which the gateway shall issue a payment code (统一下单).
struct qr_order_request {
    qr_order_request(std::string number, amount value)
        : order_number(std::move(number))
        , total(value) {}
    std::string order_number; ///< the till's, unique per merchant; the same number again means the same order
    amount total;
    std::string terminal_id;
    std::string device_serial; ///< of the device that shows the code (终端序列号); empty: not told
    std::string subject;       ///< shown to the payer
    order_funds funds = order_funds::any;
    std::chrono::seconds valid_for{180};
    std::chrono::system_clock::time_point issued{}; ///< by the till's clock
    /// The text of a code that the till has built itself, with the order's number in it: the gateway knows by that
    /// number whose payment it is. Empty: the gateway issues one.
    std::string code;
};

/// The terminal serial block (终端序列号信息) beside a charge. Factor and cryptogram are both empty where none was
/// made.
struct charge_serial {
    std::string serial;
    std::string factor;     ///< the last digits of the payment code
    std::string cryptogram; ///< as it goes out: eight characters, or these in base64
    std::string version;    ///< of the application
};

/// What a payer's payment code is charged with (付款码, 被扫).
struct qr_charge_request {
    qr_charge_request(std::string number, amount value, wiped_text payment_code)
        : order_number(std::move(number))
        , total(value)
        , code(std::move(payment_code)) {}
    std::string order_number; ///< the till's; the same number again is the same charge
    amount total;
    wiped_text code; ///< as it was scanned: good for one charge
    std::string terminal_id;
    std::string device_serial;
    std::string subject;
    order_funds funds = order_funds::any;
    std::optional<charge_serial> serial_block{}; ///< for a gateway that takes one (`qr_gateway::takes_serial_block`)
};

/// The numbers are stored: never renumber.
enum class qr_order_state : std::uint8_t {
    waiting, ///< may still be paid
    paid,
    cancelled, ///< closed unpaid: can no longer be paid
    expired,   ///< likewise
    refunded,
    paying, ///< the payer is at it, as by typing a password: may still be paid
};

[[nodiscard]] std::string_view to_string(qr_order_state value) noexcept;

/// A code that the gateway issued.
struct qr_order {
    std::string order_number;
    std::string merchant_id; ///< whose order it is
    std::string code_url;    ///< the text of the code to show
    std::chrono::system_clock::time_point expires{};
    qr_order_state state = qr_order_state::waiting; ///< any other: the number had been used before
};

/// What the gateway says about an order.
struct qr_order_status {
    std::string order_number;
    std::string
        merchant_id; ///< whose order it is: numbers are unique per merchant, and one key signs for all of them
    std::string terminal_id;
    qr_order_state state = qr_order_state::waiting;
    amount paid;                    ///< zero until paid
    std::string transaction_number; ///< the gateway's; empty until paid
    order_payer payer{};            ///< where it tells; a notice that was kept meanwhile has it no more
};

struct qr_refund_request {
    qr_refund_request(std::string order, std::string refund, amount value)
        : order_number(std::move(order))
        , refund_number(std::move(refund))
        , total(value) {}
    std::string order_number;
    std::string refund_number; ///< the till's; the same number again is the same refund
    amount total;
    std::string transaction_number; ///< which payment of the order goes back; empty: the one that it names itself
    /// A request of this number may have left before. Then a refusal declines only if the gateway has that refund by
    /// its number, and as one that moves nothing; of any other the outcome stays unknown.
    bool asked_before = false;
};

/// A gateway that issues payment QR codes and takes the payment (二维码支付网关).
///
/// Every call may be repeated with the same numbers without a second effect. An answer or notice counts only if it
/// names the merchant, and the order (and the refund) that was asked about. Errors: `rejected_by_peer` where the
/// gateway itself refuses, naming them, with the HTTP status as the peer's code ("404": no such order); `link_lost`
/// and `timed_out` while nothing was sent; `outcome_unknown` for all else from the first byte on, a 404 of something
/// in between included. One thread at a time.
///
/// A gateway that cannot keep credit out of a single order or charge refuses one without it (`misuse`): nothing
/// leaves.
///
/// To the undoing of a charge "404" says only that it has not come yet: it may be on its way. The flow takes it for
/// the end only `gateway_settings::longest_way` after the charge was sent; a gateway that then still carries one out
/// breaks this contract. One that remembers the number and refuses the charge answers `cancelled` at once.
class qr_gateway {
  public:
    qr_gateway() = default;
    qr_gateway(const qr_gateway&) = delete;
    qr_gateway& operator=(const qr_gateway&) = delete;
    virtual ~qr_gateway() = default;

    /// Whose orders these are, as `host::identity`: gateway and merchant. Empty: not told.
    [[nodiscard]] virtual std::string identity() const { return {}; }
    /// As `host::earlier_identities`.
    [[nodiscard]] virtual std::vector<std::string> earlier_identities() const { return {}; }
    /// Whether a charge brings it the terminal serial block: none is made for one that would leave it out.
    [[nodiscard]] virtual bool takes_serial_block() const noexcept { return false; }
    /// How far the gateway's clock was ahead of this machine's in its last answer; nothing where it has told none.
    [[nodiscard]] virtual std::optional<std::chrono::seconds> clock_offset() const { return std::nullopt; }

    [[nodiscard]] virtual result<qr_order> create(const qr_order_request& request, const call& bounds) = 0;
    [[nodiscard]] virtual result<qr_order_status> query(std::string_view order_number, const call& bounds) = 0;
    /// Closes the order; the state that it is in afterwards (`paid` if the payer was faster).
    [[nodiscard]] virtual result<qr_order_status> cancel(std::string_view order_number, const call& bounds) = 0;
    /// Charges the payer whose code was scanned. `paying` while the gateway waits for them: then `query` tells.
    /// `unsupported` by a gateway that cannot.
    [[nodiscard]] virtual result<qr_order_status> charge(const qr_charge_request& request, const call& bounds);
    /// Undoes a charge, whatever has become of it (撤销): `cancelled` where nobody had paid and nobody can any more,
    /// `refunded` where somebody had.
    [[nodiscard]] virtual result<qr_order_status> reverse(std::string_view order_number, const call& bounds);
    [[nodiscard]] virtual result<qr_order_status> refund(const qr_refund_request& request, const call& bounds) = 0;
    /// Waits for a notification about the order whose signature, age and novelty are in order. `timed_out` if none
    /// comes; `unsupported` if this gateway notifies nobody. Then `query` tells.
    [[nodiscard]] virtual result<qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) = 0;
};

} // namespace cipherlane::ports
