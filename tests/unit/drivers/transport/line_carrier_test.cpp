// One model on a pty under the serial transport and on TCP under the TCP transport.
#include "simkit/line_carrier.hpp"
#include "simkit/listener.hpp"
#include "simkit/pty_port.hpp"

#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>

namespace cipherlane::sim {
namespace {

using namespace std::chrono_literals;

/// Answers each line with the line.
class line_model final : public device_model {
  public:
    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t, byte_view data, input) override {
        line_ += as_text(data);
        for (std::size_t end = 0; (end = line_.find('\n')) != std::string::npos; line_.erase(0, end + 1)) {
            host.send(0x81, as_bytes(line_).first(end + 1));
        }
    }

  private:
    usb_identity identity_;
    std::string line_;
};

class LineCarrier : public ::testing::Test {
  protected:
    ~LineCarrier() override {
        work_.reset();
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }
    void serve() {
        thread_ = std::thread([this] { io_.run(); });
    }
    static std::string ask(net::transport& link, std::string_view line) {
        if (!link.write(as_bytes(line), call(5s))) return "not written";
        std::string got;
        std::array<std::uint8_t, 64> buffer{};
        while (!got.ends_with('\n')) {
            auto count = link.read_some(buffer, call(5s));
            if (!count) return count.error().to_string();
            got += as_text(byte_view(buffer).first(*count));
        }
        return got;
    }

    boost::asio::io_context io_;
    boost::asio::io_context unused_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_;
    line_model model_;
};

TEST_F(LineCarrier, ServesAPty) {
    std::optional<line_carrier> line;
    pty_port port(io_, [&](byte_view data) { line->take(data); });
    line.emplace(
        model_, [&](bytes data) { port.send(std::move(data)); }, [&] { port.unplug(); });
    ASSERT_TRUE(port.plug());
    drivers::serial_settings settings;
    settings.device = port.path();
    serve();
    auto link = drivers::open_serial(unused_.get_executor(), settings, call(5s));
    ASSERT_TRUE(link) << link.error();
    EXPECT_EQ(ask(**link, "one\n"), "one\n");
    boost::asio::post(io_, [&] { line->unplug(); });
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)).error().is(condition::link_lost));
    work_.reset();
    io_.stop();
    thread_.join();
}

TEST_F(LineCarrier, ServesTcp) {
    std::optional<boost::asio::ip::tcp::socket> connection;
    std::optional<line_carrier> line;
    std::array<std::uint8_t, 256> input{};
    std::function<void()> receive = [&] {
        connection->async_read_some(
            boost::asio::buffer(input), [&](boost::system::error_code fault, std::size_t count) {
                if (fault) return;
                line->take(byte_view(input).first(count));
                receive();
            });
    };
    auto server = listener::open(io_, 0, [&](boost::asio::ip::tcp::socket accepted) {
        connection.emplace(std::move(accepted));
        line.emplace(
            model_, [&](const bytes& data) { boost::asio::write(*connection, boost::asio::buffer(data)); },
            [&] { connection->close(); });
        receive();
    });
    ASSERT_TRUE(server);
    net::tcp_settings settings;
    settings.port = (*server)->port();
    serve();
    auto link = net::connect_tcp(unused_.get_executor(), settings, call(5s));
    ASSERT_TRUE(link) << link.error();
    EXPECT_EQ(ask(**link, "two\n"), "two\n");
    boost::asio::post(io_, [&] { line->unplug(); });
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_TRUE((*link)->read_some(buffer, call(5s)).error().is(condition::link_lost));
    work_.reset();
    io_.stop();
    thread_.join();
}

TEST_F(LineCarrier, KeepsWhatArrivesWhileTheDeviceWaits) {
    std::string sent;
    line_carrier line(
        model_, [&](const bytes& data) { sent += as_text(data); }, [] {});
    line.set_pace(0x01, carrier::pace::wait);
    line.take(as_bytes("slow\n"));
    EXPECT_EQ(sent, "");
    line.set_pace(0x01, carrier::pace::ready);
    EXPECT_EQ(sent, "slow\n");
}

} // namespace
} // namespace cipherlane::sim
