#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `hostlink`: what can happen between the till, its host and its gateway. The comment gives the
/// condition.
enum class hostlink_errc {
    too_little_time = 1, ///< timed_out: less left than the peer may take; nothing was sent
    stopped,             ///< cancelled: before the first byte
    no_answer,           ///< outcome_unknown: the request left, and nothing that answers it came in time
    lost_after_send,     ///< outcome_unknown: the connection broke after the first byte had left
    unreadable_answer,   ///< outcome_unknown: something came that cannot be read, so what was done is not known
    too_large,           ///< misuse: a request longer than its length can say
    bad_setting,         ///< misuse
    refused_by_gateway,  ///< rejected_by_peer: HTTP 4xx, the status as the peer's code
    gateway_failed,      ///< outcome_unknown: HTTP 5xx
    no_notifications,    ///< unsupported: no listener was given
    cannot_listen,       ///< local_fault
    bad_key,             ///< local_fault: the gateway's public key cannot be used
    unsigned_notice,     ///< bad_message: signature missing or wrong
    stale_notice,        ///< bad_message: time stamp outside the window
    repeated_notice,     ///< bad_message: nonce seen before
    unreadable_notice,   ///< bad_message
    not_secured,         ///< link_lost: no TLS with the peer, before anything was sent
    unnamed_refusal,     ///< outcome_unknown: HTTP 4xx that does not name what was asked about; not a verdict
    unproven_answer,     ///< outcome_unknown: an answer without the gateway's signature, or with a wrong one
    not_done_yet,        ///< outcome_unknown: the gateway has accepted it and has not done it
    may_still_come,      ///< outcome_unknown: not known to the gateway, which may still get what was sent
};

[[nodiscard]] boost::system::error_code make_error_code(hostlink_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::hostlink_errc> : std::true_type {};
