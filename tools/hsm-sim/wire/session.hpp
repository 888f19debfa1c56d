#pragma once

#include "hsm-sim/wire/worker.hpp"
#include "simkit/idle_watch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace cipherlane::hsm_sim {

/// One connection: reads, answers every whole request in order, writes, reads on.
///
/// Requests that came together are answered together. Lives on its worker's thread; keeps itself alive while
/// something is under way.
class session : public std::enable_shared_from_this<session> {
  public:
    session(worker& on, boost::asio::ip::tcp::socket socket);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void start();
    void close() noexcept;

  private:
    static constexpr std::size_t first_buffer = 4096;
    static constexpr std::size_t largest_batch = 65'536;

    using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    void shake_hands();
    void let_go();
    void wait_for_end();
    void read();
    void on_read(boost::system::error_code failed, std::size_t count);
    void on_written(boost::system::error_code failed);
    void process();
    void write();
    void after_write();
    void apply(const sim::fault& what, const answered& done);
    [[nodiscard]] bytes altered(const sim::fault& what, bytes answer, const answered& done) const;
    void log_request(const answered& done, std::string_view request) const;

    worker& worker_;
    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<tls_stream> secured_; ///< above the socket, if the unit speaks TLS
    boost::asio::steady_timer timer_;
    std::uint64_t number_ = 0; ///< among the unit's connections
    std::string input_;
    std::size_t begin_ = 0; ///< of the bytes not yet answered
    std::size_t filled_ = 0;
    std::string output_;
    std::string held_; ///< an answer that a delay keeps back
    std::chrono::milliseconds hold_{0};
    bool hang_up_ = false; ///< after the output is written
    bool silent_ = false;  ///< nothing more is answered on this connection
    sim::idle_watch idle_;
};

} // namespace cipherlane::hsm_sim
