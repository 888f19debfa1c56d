#include "gateway/https_line.hpp"

#include "tls_fault_words.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/tls.hpp>

#include <utility>

namespace cipherlane::hostlink {
namespace {

error link_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("gateway").in_field(field);
}

result<void> check_address(const std::string& address, bool secured, plain_http plain, std::string_view field) {
    const auto peer = net::parse_endpoint(address);
    if (!peer) return link_error(hostlink_errc::bad_setting, field);
    if (!secured && plain == plain_http::loopback_only && !net::is_loopback(peer->host)) {
        return link_error(hostlink_errc::bad_setting, "tls");
    }
    return {};
}

} // namespace

result<void> gateway_link::validate() const {
    CIPHERLANE_CHECK(check_address(address, tls != nullptr, plain, "address"));
    if (!second_address.empty())
        CIPHERLANE_CHECK(check_address(second_address, second_tls != nullptr, plain, "second_address"));
    if (connect_timeout.count() <= 0) return link_error(hostlink_errc::bad_setting, "connect_timeout");
    if (response_time.count() <= 0) return link_error(hostlink_errc::bad_setting, "response_time");
    return {};
}

https_line::https_line(gateway_link link, host_connector connect)
    : link_(std::move(link))
    , connector_(std::move(connect)) {
    std::size_t place = 0;
    for (const auto& address : {link_.address, link_.second_address}) {
        auto peer = net::parse_endpoint(address);
        if (peer) peers_[place] = *std::move(peer);
        peers_[place++].connect_timeout = link_.connect_timeout;
    }
}

const std::string& https_line::address() const noexcept {
    return now_ == 0 ? link_.address : link_.second_address;
}

void https_line::change_address() noexcept {
    if (!link_.second_address.empty()) now_ = 1 - now_;
}

result<std::unique_ptr<net::transport>> https_line::connect_here(const call& bounds) {
    if (connector_) return connector_(bounds);
    const auto& secured = now_ == 0 ? link_.tls : link_.second_tls;
    if (!secured) return net::connect_tcp(io_.get_executor(), peers_[now_], bounds);
    auto made = net::connect_tls(io_.get_executor(), peers_[now_], *secured, bounds);
    if (made) return made;
    // Whatever the certificate's fault is: no request has left, and nobody has decided anything.
    const auto& why = made.error();
    const bool plain_fault = why.is(condition::bad_message) || why.is(condition::rejected_by_peer);
    if (!plain_fault) return why;
    return link_error(hostlink_errc::not_secured).with_peer_text(tls_fault_words(why)).at_endpoint(address());
}

result<std::unique_ptr<net::transport>> https_line::connect(const call& bounds) {
    auto made = connect_here(bounds);
    if (made || link_.second_address.empty() || bounds.until().passed() || bounds.stopped()) return made;
    change_address();
    return connect_here(bounds);
}

result<http_answer> https_line::ask(const line_request& request, const call& bounds) {
    if (bounds.stopped()) return link_error(hostlink_errc::stopped).at_endpoint(address());
    CIPHERLANE_TRY(const auto made, connect(bounds));
    std::string text;
    constexpr std::size_t head = 256;
    // Growing leaves no copy of a payment code behind.
    text.reserve(head + request.target.size() + request.header.size() + address().size() + request.body.size());
    text.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
    text.append(address()).append("\r\nConnection: close\r\n").append(request.header);
    text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n\r\n");
    text.append(request.body);
    http_exchange machine(std::move(text), request.body_limit);
    // What may have made an order is waited for, whoever asks for the end meanwhile.
    auto answer = net::run(machine, *made, call(bounds.until()).no_later_than(link_.response_time));
    if (answer) return answer;
    auto why = error(answer.error()).at_endpoint(address());
    change_address();
    return why;
}

} // namespace cipherlane::hostlink
