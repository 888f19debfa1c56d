#include "recorder.hpp"

#include <boost/asio/write.hpp>

#include <array>

namespace cipherlane::tests {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using side = cli::capture_writer::side;

struct recorder::line {
    line(tcp::socket one, asio::io_context& io)
        : client(std::move(one))
        , server(io) {}
    tcp::socket client;
    tcp::socket server;
    std::size_t number = 0;
    std::array<std::array<std::uint8_t, 4096>, 2> rooms{};
};

recorder::recorder(const std::string& to)
    : door_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    const auto colon = to.rfind(':');
    server_ = {
        asio::ip::make_address(to.substr(0, colon)), static_cast<std::uint16_t>(std::stoi(to.substr(colon + 1)))};
    accept();
    thread_ = std::thread([this] { io_.run(); });
}

std::string recorder::where() const {
    return "127.0.0.1:" + std::to_string(door_.local_endpoint().port());
}

std::vector<heard> recorder::stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    return std::move(heard_);
}

void recorder::accept() {
    door_.async_accept([this](const boost::system::error_code& why, tcp::socket client) {
        if (why) return;
        auto between = std::make_shared<line>(std::move(client), io_);
        between->number = connections_++;
        boost::system::error_code failed;
        between->server.connect(server_, failed);
        if (!failed) {
            pump(between, side::application);
            pump(between, side::unit);
        }
        accept();
    });
}

void recorder::pump(const std::shared_ptr<line>& between, side from) {
    const bool up = from == side::application;
    auto& in = up ? between->client : between->server;
    auto& room = between->rooms[up ? 0 : 1];
    in.async_read_some(asio::buffer(room), [this, between, from, up, &room](const auto& why, std::size_t size) {
        auto& out = up ? between->server : between->client;
        boost::system::error_code ignored;
        if (why) {
            out.shutdown(tcp::socket::shutdown_send, ignored);
            return;
        }
        // Noted before it goes on, so that an answer never stands before its request.
        heard_.push_back({between->number, from, {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)}});
        asio::write(out, asio::buffer(room, size), ignored);
        pump(between, from);
    });
}

} // namespace cipherlane::tests
