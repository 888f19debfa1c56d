#include "simkit/control_channel.hpp"

#include "simkit/listener.hpp"
#include "simkit/peer_user.hpp"
#include "simkit/unix_listener.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
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
using any_socket = boost::asio::generic::stream_protocol::socket;
using boost::system::error_code;
constexpr std::size_t longest_line = 1U << 20U;
constexpr std::size_t most_clients = 64;

nlohmann::json refusal(const std::string& why) {
    return {{"ok", false}, {"error", why}};
}

nlohmann::json respond(const nlohmann::json& request, const control_channel::handler& handle) {
    if (!request.contains("cmd")) return refusal("expected {\"cmd\": …}");
    try {
        auto answer = handle(request);
        answer["ok"] = true;
        return answer;
    } catch (const std::exception& why) {
        return refusal(why.what());
    }
}

/// What all clients of a channel share.
struct desk {
    control_channel::handler answer;
    std::size_t clients = 0;
};

/// One client of the channel; lives as long as its connection.
class client : public std::enable_shared_from_this<client> {
  public:
    client(any_socket socket, std::shared_ptr<desk> on)
        : socket_(std::move(socket))
        , desk_(std::move(on))
        , input_(longest_line) {
        ++desk_->clients;
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client() { --desk_->clients; }

    /// Waits for the first line as long as the client wants: a rig connects at its start and may speak hours later.
    void start() { read(); }

  private:
    void read() {
        boost::asio::async_read_until(
            socket_, input_, '\n', [self = shared_from_this()](error_code failed, std::size_t) {
                if (!failed) self->serve();
            });
    }

    void serve() {
        std::string line;
        std::istream stream(&input_);
        std::getline(stream, line);
        auto reply = control_channel::reply_to(line, desk_->answer);
        reply_ = std::move(reply.line);
        const bool foreign = reply.foreign;
        boost::asio::async_write(socket_, boost::asio::buffer(reply_),
            [self = shared_from_this(), foreign](error_code failed, std::size_t) {
                if (failed) return;
                foreign ? self->close() : self->read();
            });
    }

    void close() {
        error_code ignored;
        socket_.shutdown(any_socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    any_socket socket_;
    std::shared_ptr<desk> desk_;
    boost::asio::streambuf input_;
    std::string reply_;
};

void serve(any_socket socket, const std::shared_ptr<desk>& on) {
    if (on->clients < most_clients) std::make_shared<client>(std::move(socket), on)->start();
}

} // namespace

struct control_channel::impl {
    std::unique_ptr<listener> port;      ///< either this
    std::unique_ptr<unix_listener> file; ///< or this
};

result<std::unique_ptr<control_channel>> control_channel::listen(
    boost::asio::io_context& on, const control_address& where, handler answer) {
    auto body = std::make_unique<impl>();
    const auto shared = std::make_shared<desk>(desk{std::move(answer)});
    if (where.path.empty()) {
        auto let_in = [shared](tcp::socket socket) {
            if (is_own_user(socket)) serve(std::move(socket), shared);
        };
        CIPHERLANE_TRY(body->port, listener::open(on, where.port, std::move(let_in), descriptors::all));
    } else {
        auto let_in = [shared](
                          boost::asio::local::stream_protocol::socket socket) { serve(std::move(socket), shared); };
        CIPHERLANE_TRY(body->file, unix_listener::open(on, where.path, std::move(let_in)));
    }
    return std::unique_ptr<control_channel>(new control_channel(std::move(body)));
}

control_reply control_channel::reply_to(const std::string& line, const handler& answer) {
    const auto request = nlohmann::json::parse(line, nullptr, false);
    // A browser's request begins with a line that is no object: its body must never be read as a command.
    const bool foreign = !request.is_object();
    const auto made = foreign ? refusal("expected one JSON object a line") : respond(request, answer);
    // What a peer sent may come back in an answer, and need be no UTF-8.
    return {made.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", foreign};
}

control_channel::control_channel(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}

control_channel::~control_channel() = default;

std::string control_channel::where() const {
    if (impl_->file) return std::string(unix_prefix) + impl_->file->path();
    return "127.0.0.1:" + std::to_string(impl_->port->port());
}

} // namespace cipherlane::sim
