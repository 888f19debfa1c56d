#pragma once

#include "http_exchange.hpp"

#include <cipherlane/core/call.hpp>
#include <cipherlane/hostlink/gateway/gateway_link.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// One request to a gateway.
struct line_request {
    std::string_view method;
    std::string_view target;
    std::string_view header; ///< more lines, each with its end; the body's length is not among them
    std::string_view body;
    std::size_t body_limit = usual_body_limit; ///< of the answer
};

/// Requests to a gateway, each on a connection of its own; a second address takes over where the first cannot be
/// reached, and the next request goes there where one got no answer. One thread at a time.
class https_line {
  public:
    /// `link` is valid. @param connect makes the connections, if it is there.
    https_line(gateway_link link, host_connector connect);

    /// What came back, whatever its status. @return while nothing was sent `link_lost`, `timed_out`, `cancelled`;
    /// else `outcome_unknown`.
    [[nodiscard]] result<http_answer> ask(const line_request& request, const call& bounds);
    [[nodiscard]] const gateway_link& link() const noexcept { return link_; }
    /// Where the next request goes.
    [[nodiscard]] const std::string& address() const noexcept;

  private:
    [[nodiscard]] result<std::unique_ptr<net::transport>> connect(const call& bounds);
    [[nodiscard]] result<std::unique_ptr<net::transport>> connect_here(const call& bounds);
    void change_address() noexcept;

    gateway_link link_;
    host_connector connector_;
    std::array<net::tcp_settings, 2> peers_;
    std::size_t now_ = 0;        ///< which of them
    boost::asio::io_context io_; ///< never run: links are used blocking
};

} // namespace cipherlane::hostlink
