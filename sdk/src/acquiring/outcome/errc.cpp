#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/error_category.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {acquiring_errc::bad_settings, condition::misuse, "setting breaks its rule"},
    {acquiring_errc::no_file, condition::local_fault, "settings cannot be read"},
    {acquiring_errc::no_device, condition::misuse, "lane has no such device or service"},
    {acquiring_errc::bad_request, condition::misuse, "request is incomplete or out of range"},
    {acquiring_errc::key_reused, condition::misuse, "idempotency key belongs to another payment"},
    {acquiring_errc::too_little_time, condition::timed_out, "less time left than the host may take; nothing sent"},
    {acquiring_errc::reversal_pending, condition::timed_out, "an earlier trade must be reversed first"},
    {acquiring_errc::order_pending, condition::timed_out, "an earlier QR order is not decided"},
    {acquiring_errc::sign_in_refused, condition::rejected_by_peer, "host refused the sign-in"},
    {acquiring_errc::bad_working_keys, condition::bad_message, "sign-in brought no usable working keys"},
    {acquiring_errc::check_value_wrong, condition::rejected_by_peer, "working key does not fit its check value"},
    {acquiring_errc::bad_answer, condition::bad_message, "answer lacks a field or has a wrong one"},
    {acquiring_errc::answer_mac_wrong, condition::bad_message, "MAC of the answer is missing or wrong"},
    {acquiring_errc::no_original, condition::misuse, "no such payment"},
    {acquiring_errc::original_not_approved, condition::misuse, "payment is not one that this can undo"},
    {acquiring_errc::amount_too_large, condition::misuse, "more than is left of the payment"},
    {acquiring_errc::settlement_refused, condition::rejected_by_peer, "host refused a step of the settlement"},
    {acquiring_errc::settlement_due, condition::misuse, "a settlement under way must be finished first"},
    {acquiring_errc::lane_closed, condition::cancelled, "lane is being closed"},
    {acquiring_errc::partial_refused, condition::rejected_by_peer, "host approved less than was asked for"},
    {acquiring_errc::pin_key_missing, condition::misuse, "sign-in brought no PIN key"},
    {acquiring_errc::declined_by_card, condition::rejected_by_peer, "chip card declined after the approval"},
    {acquiring_errc::sealer_not_built, condition::unsupported, "this version has only the software sealer"},
    {acquiring_errc::order_not_new, condition::rejected_by_peer, "gateway has another order of this number"},
    {acquiring_errc::nothing_to_decide, condition::misuse, "not for a person to decide"},
    {acquiring_errc::code_still_valid, condition::misuse, "the code may still be paid"},
    {acquiring_errc::batch_full, condition::misuse, "the batch is full: settle first"},
    {acquiring_errc::not_decided, condition::outcome_unknown, "host says that nobody has answered it"},
    {acquiring_errc::busy, condition::misuse, "another trade of this lane is under way"},
    {acquiring_errc::terminal_in_use, condition::misuse, "another lane of this process has the terminal"},
    {acquiring_errc::own_thread, condition::misuse, "a blocking call on the lane's own thread would never end"},
    {acquiring_errc::deadline_passed, condition::timed_out, "the deadline had passed before the call began"},
    {acquiring_errc::cashier_cancelled, condition::cancelled, "cancelled by the cashier"},
    {acquiring_errc::cardholder_cancelled, condition::cancelled, "cancelled by the cardholder"},
    {acquiring_errc::no_card, condition::timed_out, "no card was presented in time"},
    {acquiring_errc::no_pin, condition::timed_out, "no PIN was entered in time"},
    {acquiring_errc::service_refused, condition::rejected_by_peer, "host refused the service"},
    {acquiring_errc::offline_limit, condition::misuse, "above what may be taken without the host"},
    {acquiring_errc::offline_declined, condition::rejected_by_peer, "the card does not approve it offline"},
    {acquiring_errc::reservation_expired, condition::misuse, "the pre-authorisation is too old"},
    {acquiring_errc::terminal_pending, condition::timed_out, "an earlier payment at the terminal was not decided"},
    {acquiring_errc::host_silent, condition::timed_out, "host did not answer"},
    {acquiring_errc::code_too_old, condition::timed_out, "the payer's code was scanned too long ago"},
    {acquiring_errc::not_told, condition::misuse, "what was taken before has not been told to anybody yet"},
    {acquiring_errc::host_ahead, condition::misuse, "the host has a later batch than this new journal"},
    {acquiring_errc::advice_waiting, condition::timed_out, "the host has not taken an advice yet"},
};

const table_category category{"cipherlane.acquiring", rows};

} // namespace

boost::system::error_code make_error_code(acquiring_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane
