#include <cipherlane/core/error_category.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

constexpr auto make_rows() {
    using enum drivers_errc; // in here alone: other files' functions have these names
    return std::to_array<errc_row>({
        {no_answer, condition::timed_out, "the device does not answer"},
        {wrong_answer, condition::bad_message, "the device's answer belongs to something else"},
        {refused, condition::rejected_by_peer, "refused by the device"},
        {bad_frame, condition::bad_message, "frame broken"},
        {bad_content, condition::bad_message, "content of the answer breaks its format"},
        {not_acknowledged, condition::rejected_by_peer, "the device did not accept the frame"},
        {cancel_unanswered, condition::link_lost, "the device did not confirm the cancel"},
        {unsendable_text, condition::misuse, "the device's protocol cannot carry this text"},
        {too_long, condition::misuse, "longer than the device takes"},
        {not_supported, condition::unsupported, "the device cannot do this"},
        {device_gone, condition::link_lost, "the device is gone"},
        {no_such_device, condition::link_lost, "no such device"},
        {bad_setting, condition::misuse, "wrong setting"},
        {unreadable_picture, condition::local_fault, "the finished picture does not read as the code asked for"},
        {does_not_fit, condition::unsupported, "the code does not fit on this panel"},
        {font_missing, condition::local_fault, "no font for this text"},
        {cardholder_cancelled, condition::cancelled, "cancelled by the cardholder"},
        {cardholder_timeout, condition::timed_out, "the cardholder did nothing in time"},
        {card_declined, condition::rejected_by_peer, "declined by the card"},
        {no_key, condition::rejected_by_peer, "the device does not hold this key"},
        {needs_key, condition::misuse, "this card needs the PIN key in the card request"},
        {not_open, condition::misuse, "not open"},
        {no_permission, condition::local_fault, "no permission to open the device"},
        {busy, condition::local_fault, "another program or driver holds the device"},
        {stalled, condition::rejected_by_peer, "the device halted the pipe"},
        {babble, condition::bad_message, "the device sent more than a packet holds"},
        {bus_fault, condition::link_lost, "the transfer failed on the wire"},
        {no_system, condition::local_fault, "the system's device interface cannot be used"},
        {bad_address, condition::misuse, "not an address of a device"},
        {unknown_driver, condition::misuse, "no driver of this name"},
        {session_lost, condition::link_lost, "the device has restarted and forgotten that it was opened"},
        {call_under_way, condition::misuse, "busy: another call is under way on this device"},
        {paper_out, condition::rejected_by_peer, "the printer has no paper"},
        {printer_stopped, condition::rejected_by_peer, "the printer is there and does not print"},
        {at_work, condition::timed_out, "the device is at something else"},
        {not_a_payment_code, condition::bad_message, "not a payment code of the payer's"},
        {code_used, condition::misuse, "this payment code has been used"},
        {code_too_old, condition::timed_out, "the payment code was scanned too long ago"},
    });
}

constexpr auto rows = make_rows();

const table_category category{"cipherlane.drivers", rows};

} // namespace

boost::system::error_code make_error_code(drivers_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane::drivers
