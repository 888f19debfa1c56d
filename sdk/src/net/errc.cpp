#include <cipherlane/core/error_category.hpp>
#include <cipherlane/net/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {net_errc::timed_out, condition::timed_out, "timed out"},
    {net_errc::cancelled, condition::cancelled, "cancelled"},
    {net_errc::closed_by_peer, condition::link_lost, "closed by the peer"},
    {net_errc::lost, condition::link_lost, "link lost"},
    {net_errc::refused, condition::link_lost, "connection refused"},
    {net_errc::unreachable, condition::link_lost, "host unknown or unreachable"},
    {net_errc::not_open, condition::link_lost, "not open"},
    {net_errc::bad_endpoint, condition::misuse, "not an endpoint: HOST:PORT or [V6]:PORT"},
    {net_errc::bad_setting, condition::misuse, "setting out of range"},
    {net_errc::frame_empty, condition::bad_message, "message length is zero"},
    {net_errc::frame_too_long, condition::bad_message, "message length above the limit"},
    {net_errc::tls_failed, condition::bad_message, "TLS failed"},
    {net_errc::certificate_expired, condition::bad_message, "the peer's certificate has expired"},
    {net_errc::certificate_not_yet_valid, condition::bad_message, "the peer's certificate is not valid yet"},
    {net_errc::certificate_untrusted, condition::bad_message, "the peer's certificate has no trusted issuer"},
    {net_errc::certificate_self_signed, condition::bad_message, "the peer's certificate is self-signed"},
    {net_errc::certificate_wrong_name, condition::bad_message, "the peer's certificate is for another name"},
    {net_errc::certificate_revoked, condition::bad_message, "the peer's certificate is revoked"},
    {net_errc::certificate_invalid, condition::bad_message, "the peer's certificate is not valid"},
    {net_errc::certificate_refused, condition::rejected_by_peer, "the peer refused our certificate"},
    {net_errc::system_fault, condition::local_fault, "system call failed"},
};

const table_category net_category{"cipherlane.net", rows};

} // namespace

boost::system::error_code make_error_code(net_errc value) noexcept {
    return net_category.code(value);
}

} // namespace cipherlane
