#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/error_category.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(acquiring_errc code, condition means, const char* text) {
    return {static_cast<int>(code), means, text};
}

constexpr std::array rows{
    row(acquiring_errc::bad_settings, condition::misuse, "setting breaks its rule"),
    row(acquiring_errc::no_file, condition::local_fault, "settings cannot be read"),
    row(acquiring_errc::no_device, condition::misuse, "lane has no such device or service"),
    row(acquiring_errc::bad_request, condition::misuse, "request is incomplete or out of range"),
    row(acquiring_errc::key_reused, condition::misuse, "idempotency key belongs to another payment"),
    row(acquiring_errc::too_little_time, condition::timed_out, "less time left than the host may take; nothing sent"),
    row(acquiring_errc::reversal_pending, condition::timed_out, "an earlier trade must be reversed first"),
    row(acquiring_errc::order_pending, condition::timed_out, "an earlier QR order is not decided"),
    row(acquiring_errc::sign_in_refused, condition::rejected_by_peer, "host refused the sign-in"),
    row(acquiring_errc::bad_working_keys, condition::bad_message, "sign-in brought no usable working keys"),
    row(acquiring_errc::check_value_wrong, condition::rejected_by_peer, "working key does not fit its check value"),
    row(acquiring_errc::bad_answer, condition::bad_message, "answer lacks a field or has a wrong one"),
    row(acquiring_errc::answer_mac_wrong, condition::bad_message, "MAC of the answer is missing or wrong"),
    row(acquiring_errc::no_original, condition::misuse, "no such payment"),
    row(acquiring_errc::original_not_approved, condition::misuse, "payment is not one that this can undo"),
    row(acquiring_errc::amount_too_large, condition::misuse, "more than is left of the payment"),
    row(acquiring_errc::settlement_refused, condition::rejected_by_peer, "host refused a step of the settlement"),
    row(acquiring_errc::settlement_due, condition::misuse, "a settlement under way must be finished first"),
    row(acquiring_errc::lane_closed, condition::cancelled, "lane is being closed"),
    row(acquiring_errc::partial_refused, condition::rejected_by_peer, "host approved less than was asked for"),
    row(acquiring_errc::pin_key_missing, condition::misuse, "sign-in brought no PIN key"),
    row(acquiring_errc::declined_by_card, condition::rejected_by_peer, "chip card declined after the approval"),
    row(acquiring_errc::sealer_not_built, condition::unsupported, "this version has only the software sealer"),
    row(acquiring_errc::order_not_new, condition::rejected_by_peer, "gateway has another order of this number"),
    row(acquiring_errc::nothing_to_decide, condition::misuse, "not for a person to decide"),
    row(acquiring_errc::code_still_valid, condition::misuse, "the code may still be paid"),
    row(acquiring_errc::batch_full, condition::misuse, "the batch is full: settle first"),
    row(acquiring_errc::not_decided, condition::outcome_unknown, "host says that nobody has answered it"),
    row(acquiring_errc::busy, condition::misuse, "another trade of this lane is under way"),
    row(acquiring_errc::terminal_in_use, condition::misuse, "another lane of this process has the terminal"),
    row(acquiring_errc::own_thread, condition::misuse, "a blocking call on the lane's own thread would never end"),
    row(acquiring_errc::deadline_passed, condition::timed_out, "the deadline had passed before the call began"),
    row(acquiring_errc::cashier_cancelled, condition::cancelled, "cancelled by the cashier"),
    row(acquiring_errc::cardholder_cancelled, condition::cancelled, "cancelled by the cardholder"),
    row(acquiring_errc::no_card, condition::timed_out, "no card was presented in time"),
    row(acquiring_errc::no_pin, condition::timed_out, "no PIN was entered in time"),
};

const table_category category{"cipherlane.acquiring", rows};

} // namespace

boost::system::error_code make_error_code(acquiring_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane
