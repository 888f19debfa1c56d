#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hsm/operations.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace cipherlane::hsm {

/// One cipher machine, how it is reached and what it speaks.
struct client_settings {
    net::tcp_settings at;
    std::shared_ptr<const profile> dialect;
    logger log = logger::none();
    std::shared_ptr<const net::tls_client> tls = nullptr; ///< none: plain TCP
};

/// A cipher machine over one connection, one command at a time: for tools, key loading, small programs. For load and
/// for more than one unit see `pool`.
///
/// Connects at the first call and again after a connection was lost. After a time-out or a broken answer the
/// connection is closed, so that a late answer is never taken for another call's. Not thread-safe; a call while
/// another is under way ends with `misuse`.
class client final : public operations {
  public:
    /// Blocking use only.
    explicit client(client_settings settings);
    /// Asynchronous calls run on `on`, which must be a strand or run by one thread.
    client(boost::asio::any_io_executor on, client_settings settings);
    /// A client of the unit at the other end of `link`; never reconnects.
    client(std::unique_ptr<net::transport> link, std::shared_ptr<const profile> dialect);
    ~client() override;

    [[nodiscard]] const profile& dialect() const noexcept override;
    [[nodiscard]] boost::asio::any_io_executor get_executor() const override;
    /// Connects if it is not connected.
    [[nodiscard]] result<void> connect(const call& bounds);
    /// Ends what is under way with `cancelled` and hangs up; nothing is sent any more, not even by a call that is
    /// still connecting.
    void close() noexcept;

    [[nodiscard]] result<raw_answer> execute(const raw_command& command, const call& bounds) override;

  protected:
    [[nodiscard]] result<reply_ptr> run_command(const operation_request& request, const call& bounds) override;
    void start_command(const operation_request& request, const call& bounds, call_end end) override;

  private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::hsm
