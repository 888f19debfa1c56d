#pragma once

#include "hsm-sim/worker.hpp"

#include <boost/asio/ip/tcp.hpp>
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

    void start() { read(); }
    void close() noexcept;

  private:
    static constexpr std::size_t first_buffer = 4096;
    static constexpr std::size_t largest_batch = 65'536;

    void read();
    void process();
    void write();
    void after_write();
    void apply(const sim::fault& what, const answered& done);
    void log_request(const answered& done, std::string_view request) const;

    worker& worker_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::string input_;
    std::size_t begin_ = 0; ///< of the bytes not yet answered
    std::size_t filled_ = 0;
    std::string output_;
    std::string held_; ///< an answer that a delay keeps back
    std::chrono::milliseconds hold_{0};
    bool hang_up_ = false; ///< after the output is written
    bool silent_ = false;  ///< nothing more is answered on this connection
};

} // namespace cipherlane::hsm_sim
