#include "simkit/control_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <istream>
#include <stdexcept>

namespace cipherlane::sim {

using boost::asio::ip::tcp;

struct control_client::impl {
    boost::asio::io_context io;
    tcp::socket socket{io};
    boost::asio::streambuf input;
};

result<control_client> control_client::connect(const std::string& where) {
    const auto colon = where.rfind(':');
    if (colon == std::string::npos) {
        return error(make_error_code(boost::system::errc::invalid_argument), layer::tools).at_endpoint(where);
    }
    auto body = std::make_unique<impl>();
    boost::system::error_code failed;
    const auto found = tcp::resolver(body->io).resolve(where.substr(0, colon), where.substr(colon + 1), failed);
    if (!failed) boost::asio::connect(body->socket, found, failed);
    if (failed) return error(failed, layer::tools).during("control").at_endpoint(where);
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
