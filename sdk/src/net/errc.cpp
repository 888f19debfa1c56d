#include <cipherlane/core/error_category.hpp>
#include <cipherlane/net/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(net_errc value, condition means, const char* text) {
    return {static_cast<int>(value), means, text};
}

constexpr std::array rows{
    row(net_errc::timed_out, condition::timed_out, "timed out"),
    row(net_errc::cancelled, condition::cancelled, "cancelled"),
    row(net_errc::closed_by_peer, condition::link_lost, "closed by the peer"),
    row(net_errc::lost, condition::link_lost, "link lost"),
    row(net_errc::refused, condition::link_lost, "connection refused"),
    row(net_errc::unreachable, condition::link_lost, "host unknown or unreachable"),
    row(net_errc::not_open, condition::link_lost, "not open"),
    row(net_errc::bad_endpoint, condition::misuse, "not an endpoint: HOST:PORT or [V6]:PORT"),
    row(net_errc::bad_setting, condition::misuse, "setting out of range"),
    row(net_errc::frame_empty, condition::bad_message, "message length is zero"),
    row(net_errc::frame_too_long, condition::bad_message, "message length above the limit"),
    row(net_errc::tls_failed, condition::bad_message, "TLS failed"),
    row(net_errc::certificate_expired, condition::bad_message, "the peer's certificate has expired"),
    row(net_errc::certificate_not_yet_valid, condition::bad_message, "the peer's certificate is not valid yet"),
    row(net_errc::certificate_untrusted, condition::bad_message, "the peer's certificate has no trusted issuer"),
    row(net_errc::certificate_self_signed, condition::bad_message, "the peer's certificate is self-signed"),
    row(net_errc::certificate_wrong_name, condition::bad_message, "the peer's certificate is for another name"),
    row(net_errc::certificate_revoked, condition::bad_message, "the peer's certificate is revoked"),
    row(net_errc::certificate_invalid, condition::bad_message, "the peer's certificate is not valid"),
    row(net_errc::certificate_refused, condition::rejected_by_peer, "the peer refused our certificate"),
    row(net_errc::system_fault, condition::local_fault, "system call failed"),
};

const table_category net_category{"cipherlane.net", rows};

} // namespace

boost::system::error_code make_error_code(net_errc value) noexcept {
    return {static_cast<int>(value), net_category};
}

} // namespace cipherlane
