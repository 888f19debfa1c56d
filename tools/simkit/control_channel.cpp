#include "simkit/control_channel.hpp"

#include "simkit/listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <istream>
#include <string>

namespace cipherlane::sim {
namespace {

using boost::asio::ip::tcp;
constexpr std::size_t longest_line = 1U << 20U;

/// One client of the channel; lives as long as its connection.
class client : public std::enable_shared_from_this<client> {
  public:
    client(tcp::socket socket, std::shared_ptr<control_channel::handler> answer)
        : socket_(std::move(socket))
        , answer_(std::move(answer))
        , input_(longest_line) {}

    void read() {
        boost::asio::async_read_until(
            socket_, input_, '\n', [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
                if (!failed) self->serve();
            });
    }

  private:
    void serve() {
        std::string line;
        std::istream stream(&input_);
        std::getline(stream, line);
        reply_ = respond(line).dump() + "\n";
        boost::asio::async_write(socket_, boost::asio::buffer(reply_),
            [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
                if (!failed) self->read();
            });
    }

    nlohmann::json respond(const std::string& line) {
        try {
            const auto request = nlohmann::json::parse(line);
            if (!request.is_object() || !request.contains("cmd")) return refusal("expected {\"cmd\": …}");
            auto answer = (*answer_)(request);
            answer["ok"] = true;
            return answer;
        } catch (const std::exception& why) {
            return refusal(why.what());
        }
    }

    static nlohmann::json refusal(const std::string& why) { return {{"ok", false}, {"error", why}}; }

    tcp::socket socket_;
    std::shared_ptr<control_channel::handler> answer_;
    boost::asio::streambuf input_;
    std::string reply_;
};

} // namespace

struct control_channel::impl {
    std::unique_ptr<listener> door;
};

result<std::unique_ptr<control_channel>> control_channel::listen(
    boost::asio::io_context& on, std::uint16_t port, handler answer) {
    auto body = std::make_unique<impl>();
    CIPHERLANE_TRY(body->door,
        listener::open(on, port, [shared = std::make_shared<handler>(std::move(answer))](tcp::socket socket) {
            std::make_shared<client>(std::move(socket), shared)->read();
        }));
    return std::unique_ptr<control_channel>(new control_channel(std::move(body)));
}

control_channel::control_channel(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}

control_channel::~control_channel() = default;

std::uint16_t control_channel::port() const noexcept {
    return impl_->door->port();
}

} // namespace cipherlane::sim
