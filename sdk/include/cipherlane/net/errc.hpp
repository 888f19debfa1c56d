#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `net`: what can happen to a connection. The comment gives the condition.
enum class net_errc {
    timed_out = 1,  ///< timed_out: the call's deadline, or the connect timer
    cancelled,      ///< cancelled: stop token, cancellation slot, `cancel` or `close`
    closed_by_peer, ///< link_lost: end of stream
    lost,           ///< link_lost: reset, unplugged, or no acknowledgement for the user timeout
    refused,        ///< link_lost: nobody listens there
    unreachable,    ///< link_lost: no route, or the name is unknown
    not_open,       ///< link_lost: the transport was closed, or failed before
    bad_endpoint,   ///< misuse: neither HOST:PORT nor [V6]:PORT
    bad_setting,    ///< misuse: a setting out of range; the field names it
    frame_empty,    ///< bad_message: a length of zero
    frame_too_long, ///< bad_message: a length above the limit
    // TLS. What is wrong with the peer's certificate is bad_message.
    tls_failed,                ///< bad_message: not TLS, no version or cipher in common, or a broken record
    certificate_expired,       ///< bad_message
    certificate_not_yet_valid, ///< bad_message: or this machine's clock is wrong
    certificate_untrusted,     ///< bad_message: no trusted authority issued it
    certificate_self_signed,   ///< bad_message: and it is not among the trusted
    certificate_wrong_name,    ///< bad_message: it belongs to another name or address
    certificate_revoked,       ///< bad_message
    certificate_invalid,       ///< bad_message: broken signature, wrong purpose, weak key
    certificate_refused,       ///< rejected_by_peer: the peer does not accept ours, or wants one
    system_fault,              ///< local_fault: a system call failed for lack of memory, descriptors, rights
};

[[nodiscard]] boost::system::error_code make_error_code(net_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::net_errc> : std::true_type {};
