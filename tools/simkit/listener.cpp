#include "simkit/listener.hpp"

namespace cipherlane::sim {

using boost::asio::ip::tcp;
using boost::system::error_code;

struct listener::impl : std::enable_shared_from_this<impl> {
    impl(boost::asio::io_context& on, std::function<void(tcp::socket)> hand_over)
        : acceptor(on)
        , accepted(std::move(hand_over)) {}

    void accept() {
        acceptor.async_accept([weak = weak_from_this()](error_code failed, tcp::socket socket) {
            auto self = weak.lock();
            if (!self || failed == boost::asio::error::operation_aborted) return;
            if (!failed) self->accepted(std::move(socket));
            self->accept();
        });
    }

    tcp::acceptor acceptor;
    std::function<void(tcp::socket)> accepted;
};

result<std::unique_ptr<listener>> listener::open(
    boost::asio::io_context& on, std::uint16_t port, std::function<void(tcp::socket)> accepted) {
    auto body = std::make_shared<impl>(on, std::move(accepted));
    error_code failed;
    const tcp::endpoint where(boost::asio::ip::address_v4::loopback(), port);
    body->acceptor.open(where.protocol(), failed);
    if (!failed) body->acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) body->acceptor.bind(where, failed);
    if (!failed) body->acceptor.listen(boost::asio::socket_base::max_listen_connections, failed);
    if (failed) return error(failed, layer::tools).during("listen");
    body->accept();
    return std::unique_ptr<listener>(new listener(std::move(body)));
}

listener::listener(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

listener::~listener() {
    error_code ignored;
    impl_->acceptor.close(ignored);
}

std::uint16_t listener::port() const noexcept {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

} // namespace cipherlane::sim
