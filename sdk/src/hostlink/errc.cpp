#include <cipherlane/core/error_category.hpp>
#include <cipherlane/hostlink/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {hostlink_errc::too_little_time, condition::timed_out, "less time left than the peer may take; nothing sent"},
    {hostlink_errc::stopped, condition::cancelled, "stopped before anything was sent"},
    {hostlink_errc::no_answer, condition::outcome_unknown, "no answer in time"},
    {hostlink_errc::lost_after_send, condition::outcome_unknown, "connection lost after the request had left"},
    {hostlink_errc::unreadable_answer, condition::outcome_unknown, "answer cannot be read"},
    {hostlink_errc::too_large, condition::misuse, "request is too long"},
    {hostlink_errc::bad_setting, condition::misuse, "setting breaks its rule"},
    {hostlink_errc::refused_by_gateway, condition::rejected_by_peer, "gateway refused"},
    {hostlink_errc::gateway_failed, condition::outcome_unknown, "gateway failed"},
    {hostlink_errc::no_notifications, condition::unsupported, "nothing listens for notifications"},
    {hostlink_errc::cannot_listen, condition::local_fault, "cannot listen"},
    {hostlink_errc::bad_key, condition::local_fault, "public key of the gateway cannot be used"},
    {hostlink_errc::unsigned_notice, condition::bad_message, "signature is missing or wrong"},
    {hostlink_errc::stale_notice, condition::bad_message, "time stamp is too far off"},
    {hostlink_errc::repeated_notice, condition::bad_message, "seen before"},
    {hostlink_errc::unreadable_notice, condition::bad_message, "cannot be read"},
    {hostlink_errc::not_secured, condition::link_lost, "no TLS with the peer"},
    {hostlink_errc::unnamed_refusal, condition::outcome_unknown, "refused without naming the order"},
    {hostlink_errc::unproven_answer, condition::outcome_unknown, "answer is not signed as it must be"},
    {hostlink_errc::not_done_yet, condition::outcome_unknown, "accepted and not done yet"},
    {hostlink_errc::may_still_come, condition::outcome_unknown, "not known to the gateway yet"},
};

const table_category category{"cipherlane.hostlink", rows};

} // namespace

boost::system::error_code make_error_code(hostlink_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane
