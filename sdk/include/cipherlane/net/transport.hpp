#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/net/completion.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <string_view>

namespace cipherlane::net {

/// A stream of bytes to one peer: TCP, TLS, serial, a USB pipe, or a script in a test. The seam below framing and
/// protocol machines.
///
/// Each operation exists blocking and asynchronous with the same outcome. At most one read and one write may be
/// under way at a time. The views passed in must live until the operation ends. Errors: `link_lost` when the peer
/// or device is gone (end of stream included), `timed_out` and `cancelled` by the call. After any error but
/// `timed_out` and `cancelled` of a read the transport is of no further use.
/// Not thread-safe: one strand or one thread at a time; `cancel` alone may come from another thread.
class transport {
  public:
    transport() = default;
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;
    virtual ~transport() = default;

    /// Writes all of `data`.
    [[nodiscard]] virtual result<void> write(byte_view data, const call& bounds) = 0;
    /// Reads at least one byte, at most `into.size()`.
    [[nodiscard]] virtual result<std::size_t> read_some(byte_span into, const call& bounds) = 0;

    /// As `write`; ended early by `cancel`.
    virtual void async_write(byte_view data, completion<void> done) = 0;
    /// As `read_some`; ended early by `cancel`.
    virtual void async_read_some(byte_span into, completion<std::size_t> done) = 0;

    /// Writes what can leave without waiting and says how much that was, perhaps nothing: saves who sends often the
    /// cost of an operation. Not while a write is under way. Transports that cannot tell take nothing.
    [[nodiscard]] virtual result<std::size_t> write_now(byte_view data) {
        (void)data;
        return std::size_t{0};
    }

    /// Ends what is under way with `cancelled`. Idempotent.
    virtual void cancel() noexcept = 0;
    /// Idempotent; ends what is under way.
    virtual void close() noexcept = 0;
    /// False once closed, failed, or once the peer is known to be gone; asks the system, never waits. A pool asks
    /// before it hands a connection out.
    [[nodiscard]] virtual bool is_open() const noexcept = 0;

    [[nodiscard]] virtual boost::asio::any_io_executor get_executor() = 0;
    /// "127.0.0.1:1500", "/dev/ttyUSB0": for errors and logs. Lives as long as the transport.
    [[nodiscard]] virtual std::string_view endpoint() const noexcept = 0;
};

} // namespace cipherlane::net
