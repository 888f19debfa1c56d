#pragma once

#include "simulation/world.hpp"

#include <cipherlane/net/transport.hpp>

#include <deque>
#include <string_view>

namespace cipherlane::simulation {

/// A connection to a peer that is called in place. What the peer sends comes in pieces, each at its time.
class timed_wire : public net::transport {
  public:
    timed_wire(world& in, std::string_view peer) noexcept
        : world_(in)
        , peer_(peer) {}

    [[nodiscard]] result<void> write(byte_view data, const call& bounds) final;
    [[nodiscard]] result<std::size_t> read_some(byte_span into, const call& bounds) final;
    void async_write(byte_view data, net::completion<void> done) final;
    void async_read_some(byte_span into, net::completion<std::size_t> done) final;
    void cancel() noexcept final {}
    void close() noexcept final { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept final { return open_; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() final;
    [[nodiscard]] std::string_view endpoint() const noexcept final { return peer_; }

  protected:
    /// What has been sent; takes out of it what it can do something with.
    virtual void hear(bytes& sent) = 0;
    /// Bytes of the peer that are there after so long.
    void send(virtual_time::span from_now, bytes data) {
        pieces_.push_back({world_.time.now() + from_now, std::move(data)});
    }
    /// The peer closes behind what is on its way.
    void end() noexcept { ends_ = true; }

  private:
    struct piece {
        virtual_time::moment at;
        bytes data;
    };
    [[nodiscard]] std::size_t take(byte_span into);

    world& world_;
    std::string_view peer_;
    bool open_ = true;
    bool ends_ = false;
    bytes sent_;
    std::deque<piece> pieces_;
};

/// A post of HTTP, or any request of it: its first line and its body.
struct http_request {
    std::string line; ///< "POST /orders HTTP/1.1"
    bytes body;
};
/// The first one of what was sent, once it is there whole; it is taken out of it.
[[nodiscard]] std::optional<http_request> take_http_request(bytes& sent);
[[nodiscard]] bytes http_answer(std::string_view status, byte_view body);

} // namespace cipherlane::simulation
