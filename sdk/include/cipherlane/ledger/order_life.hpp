#pragma once

#include <cipherlane/ledger/enum_set.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace cipherlane::ledger {

using phase_set = enum_set<ports::order_phase>;

/// One step of an order. All are taken on the gateway's word.
struct order_edge {
    ports::order_phase from;
    ports::order_phase to;
};

/// All steps that there are. A gateway that says of a paid order that it was closed unpaid contradicts itself: that
/// is no step, and the record stays as it is; so is an order that was closed and is then paid: that payment goes back
/// (`trade::qr_return`). A code that the gateway has closed unpaid may be followed by another one of the same order,
/// for which it is asked.
inline constexpr auto order_edges = [] {
    using enum ports::order_phase;
    return std::to_array<order_edge>({
        {asked, issued}, {asked, paid}, {asked, cancelled}, {asked, expired}, {asked, refunded}, {asked, refused},
        {issued, asked}, // the next code
        {issued, paid}, {issued, cancelled}, {issued, expired}, {issued, refunded}, {paid, refunded},
        {cancelled, refunded}, {expired, refunded},
        {refused, refunded}, // it has taken money for it all the same, and given it back
    });
}();

namespace phases {
using enum ports::order_phase;
inline constexpr phase_set all = phase_set::of(none, asked, issued, paid, cancelled, expired, refunded, refused);
/// The gateway has once said that it has the order.
inline constexpr phase_set acknowledged = phase_set::of(issued, paid, cancelled, expired, refunded);
/// Its code can be paid, or might.
inline constexpr phase_set payable = phase_set::of(asked, issued);
} // namespace phases

/// The phase of a new record: an order or refund that the gateway will be asked for, or none.
[[nodiscard]] ports::order_phase first_phase(ports::trade kind) noexcept;

/// Whether an order may come from one phase to the next; to stay is allowed.
[[nodiscard]] bool may_follow(ports::order_phase now, ports::order_phase next) noexcept;

/// By which number the gateway knows a record: of an order its last code's, of a refund its own; empty where there is
/// none on file.
[[nodiscard]] std::string number_at_gateway(const ports::journal_record& record);

/// Whether a verdict that asks for another code, or sets which one it is, does both, and is the next.
[[nodiscard]] bool may_renew(const ports::journal_record& record, const ports::journal_verdict& verdict) noexcept;

/// Whether a store takes a verdict for a record: its step, and that of its order. What only follows from another
/// record's verdict (`consequence_of`) is not a verdict.
[[nodiscard]] bool may_decide(const ports::journal_record& record, const ports::journal_verdict& verdict) noexcept;

/// The phase of an order that was told as not paid, once a payment comes after all: that it was told has closed it,
/// whoever said so, and what comes by its code is not what it waits for.
[[nodiscard]] ports::order_phase phase_once_late(ports::order_phase now) noexcept;

/// Whether somebody could still pay a record's code: it is not decided, and its order has not come to an end.
[[nodiscard]] bool may_be_paid(const ports::journal_record& record) noexcept;

/// Whether a record is undecided for a payment that its order did not want, as one after its end: that the code is
/// closed, or that nobody knows it, says nothing of that payment.
[[nodiscard]] bool has_unwanted_payment(const ports::journal_record& record) noexcept;

/// How an order came to its end without a payment. One that the gateway refused never began.
enum class unpaid_end : std::uint8_t {
    expired,   ///< the payer let its time pass
    cancelled, ///< it was closed
};
/// Nothing for an order that has not ended so.
[[nodiscard]] std::optional<unpaid_end> ended_unpaid(ports::order_phase phase) noexcept;

/// Whether two words of a gateway are one, said again: the same state of the same payment of one order. A second
/// payer's has another transaction number; numbers of orders are unique per merchant.
[[nodiscard]] bool is_same_word(const ports::qr_order_status& a, const ports::qr_order_status& b) noexcept;

/// What the gateway's word for an order means.
[[nodiscard]] ports::order_phase phase_of(ports::qr_order_state told) noexcept;

/// What a phase that the gateway has told makes of the record of the order, or of the refund. Only the amount that
/// was asked for counts as paid: another is for a person to see. An order that is told `refunded` was not refunded by
/// this till, which asks only about what is not decided: nothing of it is the merchant's. One that
/// `has_unwanted_payment` does not end by the word that it was closed.
/// @param paid what the gateway says was paid.
[[nodiscard]] ports::record_state state_after(
    const ports::journal_record& order, ports::order_phase told, const amount& paid) noexcept;

/// Whether a record says already what the gateway tells of its order, other than of a payment.
[[nodiscard]] bool agrees(const ports::journal_record& order, ports::qr_order_state told) noexcept;

/// What a payment is to an order whose gateway tells of it.
enum class payment_word : std::uint8_t {
    pays,        ///< it is what the order waits for, or what it has and could not be decided by
    known,       ///< the record has it already, or had it and it went back
    late,        ///< the order was told as not paid: the payment goes back
    second,      ///< another payment than the one that the record has, or by a code that was closed: it goes back
    contradicts, ///< of the payment that the record has, something else than was told before
};
/// By the state `paid` of the gateway's word, the code that it speaks of and the number of the payment.
/// @param renewals of the code that the gateway speaks of.
[[nodiscard]] payment_word word_on_payment(
    const ports::journal_record& order, const ports::qr_order_status& told, std::uint32_t renewals) noexcept;

} // namespace cipherlane::ledger
