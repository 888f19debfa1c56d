#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace cipherlane::net {
namespace {

constexpr std::chrono::milliseconds longest_timer = std::chrono::hours{24};

} // namespace

result<void> tcp_settings::validate() const {
    auto bad = [](std::string_view field) {
        return error(net_errc::bad_setting, layer::net).during("tcp settings").in_field(field);
    };
    using std::chrono::seconds;
    if (host.empty()) return bad("host");
    if (port == 0) return bad("port");
    if (connect_timeout.count() <= 0 || connect_timeout > longest_timer) return bad("connect_timeout");
    if (keep_alive_idle < seconds{0} || keep_alive_idle > longest_timer) return bad("keep_alive_idle");
    if (keep_alive_interval < seconds{1} || keep_alive_interval > longest_timer) return bad("keep_alive_interval");
    if (keep_alive_probes < 1 || keep_alive_probes > 127) return bad("keep_alive_probes");
    if (user_timeout.count() < 0 || user_timeout > longest_timer) return bad("user_timeout");
    return {};
}

result<tcp_settings> parse_endpoint(std::string_view text) {
    const auto bad = [](std::size_t at) {
        return error(net_errc::bad_endpoint, layer::net).during("parse endpoint").at_offset(at);
    };
    const bool bracketed = text.starts_with('[');
    const std::size_t host_end = bracketed ? text.find(']') : text.find(':');
    if (host_end == std::string_view::npos) return bad(text.size());
    const std::size_t colon = bracketed ? host_end + 1 : host_end;
    if (colon >= text.size() || text[colon] != ':') return bad(colon);
    const std::string_view host = bracketed ? text.substr(1, host_end - 1) : text.substr(0, host_end);
    if (host.empty()) return bad(0);
    const std::string_view digits = text.substr(colon + 1);
    tcp_settings settings;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), settings.port);
    if (fault != std::errc{} || end != digits.data() + digits.size()) return bad(colon + 1);
    settings.host = host;
    return settings;
}

bool is_loopback(const std::string& host) noexcept {
    boost::system::error_code code;
    const auto address = boost::asio::ip::make_address(host, code);
    return host == "localhost" || (!code && address.is_loopback());
}

} // namespace cipherlane::net
