#pragma once

#include <cipherlane/core/bytes.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace cipherlane::tests {

/// A TCP server on a free port that treats one connection after another as `serve` says.
class test_peer {
  public:
    using socket = boost::asio::ip::tcp::socket;
    explicit test_peer(std::function<void(socket&)> serve)
        : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0})
        , serve_(std::move(serve))
        , thread_([this] {
            for (;;) {
                boost::system::error_code code;
                socket link(io_);
                acceptor_.accept(link, code);
                if (code || ending_) return;
                ++connections;
                serve_(link);
            }
        }) {}
    ~test_peer() {
        ending_ = true;
        boost::system::error_code ignored;
        socket wake(io_);
        wake.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    [[nodiscard]] std::string address() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    std::atomic<int> connections{0};

    /// A message behind two bytes of length; empty at the end of the stream.
    static bytes read_message(socket& link) {
        boost::system::error_code code;
        std::array<std::uint8_t, 2> size{};
        boost::asio::read(link, boost::asio::buffer(size), code);
        if (code) return {};
        bytes message(load_be16(size.data()));
        boost::asio::read(link, boost::asio::buffer(message), code);
        return message;
    }
    static void write_message(socket& link, std::string_view text) {
        std::string frame{static_cast<char>(text.size() >> 8), static_cast<char>(text.size())};
        frame += text;
        boost::system::error_code ignored;
        boost::asio::write(link, boost::asio::buffer(frame), ignored);
    }

  private:
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::function<void(socket&)> serve_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

} // namespace cipherlane::tests
