#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace cipherlane::cli {

/// One end of a tapped connection. At most one read and one write at a time.
class tap_side {
  public:
    using read_end = std::function<void(std::string why, bool ended, std::size_t size)>;
    using write_end = std::function<void(std::string why)>;

    tap_side() = default;
    tap_side(const tap_side&) = delete;
    tap_side& operator=(const tap_side&) = delete;
    virtual ~tap_side() = default;
    virtual void read(byte_span into, read_end done) = 0; ///< `why` is empty where all is well
    virtual void write(byte_view data, write_end done) = 0;
    [[nodiscard]] virtual bool end_sending() = 0; ///< tells the peer that no more comes; false if it cannot
    virtual void close() = 0;
};

[[nodiscard]] std::unique_ptr<tap_side> make_tap_side(boost::asio::ip::tcp::socket plain);
[[nodiscard]] std::unique_ptr<tap_side> make_tap_side(std::unique_ptr<net::transport> secured);

} // namespace cipherlane::cli
