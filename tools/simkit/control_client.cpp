#include "simkit/control_client.hpp"

#include "simkit/control_address.hpp"
#include "simkit/peer_user.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <istream>
#include <stdexcept>
#include <sys/un.h>
#include <unistd.h>

namespace cipherlane::sim {

using boost::asio::ip::tcp;

namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;
using any_socket = boost::asio::generic::stream_protocol::socket;

error failed_at(const std::string& where, error_code why) {
    return error(why, layer::tools).during("control").at_endpoint(where);
}
error failed_at(const std::string& where, boost::system::errc::errc_t why) {
    return failed_at(where, make_error_code(why));
}

result<any_socket> open_file(boost::asio::io_context& io, const std::string& where) {
    const auto path = where.substr(unix_prefix.size());
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return failed_at(where, boost::system::errc::filename_too_long);
    stream_protocol::socket made(io);
    error_code failed;
    made.connect(stream_protocol::endpoint(path), failed);
    if (failed) return failed_at(where, failed);
    const auto owner = owner_of(made);
    const bool trusted = owner == ::geteuid() || owner == uid_t{0};
    if (!trusted) return failed_at(where, boost::system::errc::permission_denied);
    return any_socket(std::move(made));
}

result<any_socket> open_port(boost::asio::io_context& io, const std::string& where) {
    const auto colon = where.rfind(':');
    if (colon == std::string::npos) return failed_at(where, boost::system::errc::invalid_argument);
    tcp::socket made(io);
    error_code failed;
    const auto found = tcp::resolver(io).resolve(where.substr(0, colon), where.substr(colon + 1), failed);
    if (!failed) boost::asio::connect(made, found, failed);
    if (failed) return failed_at(where, failed);
    return any_socket(std::move(made));
}

} // namespace

struct control_client::impl {
    boost::asio::io_context io;
    any_socket socket{io};
    boost::asio::streambuf input;
};

result<control_client> control_client::connect(const std::string& where) {
    auto body = std::make_unique<impl>();
    const auto open = where.starts_with(unix_prefix) ? open_file : open_port;
    CIPHERLANE_TRY(body->socket, open(body->io, where));
    return control_client(std::move(body));
}

control_client::control_client(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;
control_client::~control_client() = default;

nlohmann::json control_client::ask(const nlohmann::json& request) {
    boost::asio::write(impl_->socket, boost::asio::buffer(request.dump() + "\n"));
    boost::asio::read_until(impl_->socket, impl_->input, '\n');
    std::string line;
    std::istream stream(&impl_->input);
    std::getline(stream, line);
    auto answer = nlohmann::json::parse(line);
    if (!answer.value("ok", false)) throw std::runtime_error("control: " + answer.value("error", line));
    return answer;
}

} // namespace cipherlane::sim
