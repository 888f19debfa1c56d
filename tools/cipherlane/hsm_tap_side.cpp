#include "cipherlane/hsm_tap_side.hpp"

#include <cipherlane/net/errc.hpp>

#include <boost/asio/write.hpp>

namespace cipherlane::cli {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class plain_side final : public tap_side {
  public:
    explicit plain_side(tcp::socket socket)
        : socket_(std::move(socket)) {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
    }
    void read(byte_span into, read_end done) override {
        socket_.async_read_some(boost::asio::buffer(into.data(), into.size()),
            [end = std::move(done)](const error_code& why, std::size_t size) {
                const bool ended = why == boost::asio::error::eof;
                end(why && !ended ? why.message() : std::string(), ended, size);
            });
    }
    void write(byte_view data, write_end done) override {
        boost::asio::async_write(socket_, boost::asio::buffer(data.data(), data.size()),
            [end = std::move(done)](
                const error_code& why, std::size_t) { end(why ? why.message() : std::string()); });
    }
    [[nodiscard]] bool end_sending() override {
        error_code failed;
        socket_.shutdown(tcp::socket::shutdown_send, failed);
        return !failed;
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

  private:
    tcp::socket socket_;
};

/// TLS has no half of a connection to end: it ends as a whole, once every answer is there.
class tls_side final : public tap_side {
  public:
    explicit tls_side(std::unique_ptr<net::transport> link)
        : link_(std::move(link)) {}
    void read(byte_span into, read_end done) override {
        link_->async_read_some(into, [end = std::move(done)](result<std::size_t> got) {
            const bool ended = !got && got.error().code() == make_error_code(net_errc::closed_by_peer);
            end(got || ended ? std::string() : got.error().to_string(), ended, got ? *got : 0);
        });
    }
    void write(byte_view data, write_end done) override {
        link_->async_write(data, [end = std::move(done)](const result<void>& sent) {
            end(sent ? std::string() : sent.error().to_string());
        });
    }
    [[nodiscard]] bool end_sending() override { return false; }
    void close() override { link_->close(); }

  private:
    std::unique_ptr<net::transport> link_;
};

} // namespace

std::unique_ptr<tap_side> make_tap_side(tcp::socket plain) {
    return std::make_unique<plain_side>(std::move(plain));
}

std::unique_ptr<tap_side> make_tap_side(std::unique_ptr<net::transport> secured) {
    return std::make_unique<tls_side>(std::move(secured));
}

} // namespace cipherlane::cli
