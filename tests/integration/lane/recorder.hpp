#pragma once

#include "cipherlane/capture/capture_writer.hpp"

#include <cipherlane/core/bytes.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace cipherlane::tests {

/// What passed a recorder in one piece.
struct heard {
    std::size_t connection;
    cli::capture_writer::side from;
    bytes data;
};

/// Stands between a client and a server on the loopback, passes everything on and keeps it, in order.
class recorder {
  public:
    /// `to`: HOST:PORT of the server.
    explicit recorder(const std::string& to);
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;
    ~recorder() { (void)stop(); }

    [[nodiscard]] std::string where() const;
    /// Ends it; what was heard. Not to be called while somebody still speaks through it.
    [[nodiscard]] std::vector<heard> stop();

  private:
    struct line;
    void accept();
    void pump(const std::shared_ptr<line>& between, cli::capture_writer::side from);

    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor door_;
    boost::asio::ip::tcp::endpoint server_;
    std::size_t connections_ = 0;
    std::vector<heard> heard_;
    std::thread thread_;
};

} // namespace cipherlane::tests
