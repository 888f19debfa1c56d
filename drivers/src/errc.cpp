#include <cipherlane/core/error_category.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

constexpr errc_row row(drivers_errc value, condition means, const char* text) {
    return {static_cast<int>(value), means, text};
}

constexpr auto make_rows() {
    using enum drivers_errc; // in here alone: other files' functions have these names
    return std::array{
        row(no_answer, condition::timed_out, "the device does not answer"),
        row(wrong_answer, condition::bad_message, "the device's answer belongs to something else"),
        row(refused, condition::rejected_by_peer, "refused by the device"),
        row(bad_frame, condition::bad_message, "frame broken"),
        row(bad_content, condition::bad_message, "content of the answer breaks its format"),
        row(not_acknowledged, condition::rejected_by_peer, "the device did not accept the frame"),
        row(cancel_unanswered, condition::link_lost, "the device did not confirm the cancel"),
        row(unsendable_text, condition::misuse, "the device's protocol cannot carry this text"),
        row(too_long, condition::misuse, "longer than the device takes"),
        row(not_supported, condition::unsupported, "the device cannot do this"),
        row(device_gone, condition::link_lost, "the device is gone"),
        row(no_such_device, condition::link_lost, "no such device"),
        row(bad_setting, condition::misuse, "wrong setting"),
        row(unreadable_picture, condition::local_fault, "the finished picture does not read as the code asked for"),
        row(does_not_fit, condition::unsupported, "the code does not fit on this panel"),
        row(font_missing, condition::local_fault, "no font for this text"),
        row(cardholder_cancelled, condition::cancelled, "cancelled by the cardholder"),
        row(cardholder_timeout, condition::timed_out, "the cardholder did nothing in time"),
        row(card_declined, condition::rejected_by_peer, "declined by the card"),
        row(no_key, condition::rejected_by_peer, "the device does not hold this key"),
        row(needs_key, condition::misuse, "this card needs the PIN key in the card request"),
        row(not_open, condition::misuse, "not open"),
        row(no_permission, condition::local_fault, "no permission to open the device"),
        row(busy, condition::local_fault, "another program or driver holds the device"),
        row(stalled, condition::rejected_by_peer, "the device halted the pipe"),
        row(babble, condition::bad_message, "the device sent more than a packet holds"),
        row(bus_fault, condition::link_lost, "the transfer failed on the wire"),
        row(no_system, condition::local_fault, "the system's device interface cannot be used"),
        row(bad_address, condition::misuse, "not an address of a device"),
        row(unknown_driver, condition::misuse, "no driver of this name"),
        row(session_lost, condition::link_lost, "the device has restarted and forgotten that it was opened"),
        row(call_under_way, condition::misuse, "busy: another call is under way on this device"),
    };
}

constexpr auto rows = make_rows();

const table_category category{"cipherlane.drivers", rows};

} // namespace

boost::system::error_code make_error_code(drivers_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane::drivers
