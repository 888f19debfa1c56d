#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane::drivers {

/// Error codes of `drivers`: what can be wrong with a device or what it says.
enum class drivers_errc {
    no_answer = 1,      ///< the device stayed silent for its protocol's time
    wrong_answer,       ///< an answer to something else, or not this protocol: is it the right device?
    refused,            ///< the device understood and refused; `error::peer_code` says why
    bad_frame,          ///< framing, length or checksum broken more often than the protocol repeats
    bad_content,        ///< a frame that is whole, with content that breaks its format
    not_acknowledged,   ///< the device kept refusing our frame
    cancel_unanswered,  ///< the device did not confirm that it stopped
    unsendable_text,    ///< the protocol has no way to carry this text
    too_long,           ///< longer than the device takes
    not_supported,      ///< this device has no such function
    device_gone,        ///< unplugged or switched off
    no_such_device,     ///< nothing there
    bad_setting,        ///< a profile or description is wrong; `error::field` names the entry
    unreadable_picture, ///< the picture was read back before sending and is not the code that was asked for
    does_not_fit,       ///< the panel is too small for this code
    font_missing,       ///< no font with the needed characters
    cardholder_cancelled,
    cardholder_timeout,
    card_declined, ///< the card itself ended the transaction
    no_key,        ///< the device does not hold the key
    needs_key,     ///< the caller gave no PIN key although this card needs it
    not_open,
    no_permission,      ///< the system does not let this user open the device
    busy,               ///< another program or kernel driver holds the device
    stalled,            ///< the device halted the pipe again after it was cleared
    babble,             ///< the device sent more than a packet holds
    bus_fault,          ///< the transfer failed on the wire
    no_system,          ///< the system's USB or device interface cannot be used
    bad_address,        ///< not an address of `device_address`; `error::hint` says what is wrong
    unknown_driver,     ///< no driver of this name; `error::hint` says which there are
    session_lost,       ///< the device restarted: it must be opened again
    call_under_way,     ///< one call at a time: another thread is using this device
    paper_out,          ///< the printer has no paper
    printer_stopped,    ///< the printer is there and does not print; `error::hint` says why
    at_work,            ///< the device is at something else and has not begun what was asked for
    not_a_payment_code, ///< what was scanned is something else; `error::hint` says what
    code_used,          ///< this payment code was let through before
    code_too_old,       ///< it was scanned longer ago than it lives
};

[[nodiscard]] boost::system::error_code make_error_code(drivers_errc value) noexcept;

} // namespace cipherlane::drivers

template <>
struct boost::system::is_error_code_enum<cipherlane::drivers::drivers_errc> : std::true_type {};
