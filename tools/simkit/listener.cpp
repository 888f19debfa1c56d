#include "simkit/accept_loop.hpp"
#include "simkit/listen_hint.hpp"

#include <sys/resource.h>

namespace cipherlane::sim {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kept_back = 64;

} // namespace

bool has_room_for(int descriptor) noexcept {
    rlimit most{};
    if (::getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_cur == RLIM_INFINITY) return true;
    return descriptor < static_cast<std::int64_t>(most.rlim_cur) - kept_back;
}

struct listener::impl : accept_loop<tcp> {
    using accept_loop::accept_loop;
};

result<std::unique_ptr<listener>> listener::open(
    boost::asio::io_context& on, std::uint16_t port, std::function<void(tcp::socket)> accepted, descriptors may_use) {
    auto body = std::make_shared<impl>(on, std::move(accepted), may_use);
    error_code failed;
    const tcp::endpoint where(boost::asio::ip::address_v4::loopback(), port);
    body->acceptor.open(where.protocol(), failed);
    if (!failed) body->acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) body->acceptor.bind(where, failed);
    if (!failed) body->acceptor.listen(boost::asio::socket_base::max_listen_connections, failed);
    if (failed) {
        return error(failed, layer::tools)
            .during("listen")
            .at_endpoint("127.0.0.1:" + std::to_string(port))
            .with_hint(listen_hint(failed));
    }
    body->start();
    return std::unique_ptr<listener>(new listener(std::move(body)));
}

listener::listener(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

listener::~listener() {
    impl_->stop();
}

std::uint16_t listener::port() const noexcept {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

} // namespace cipherlane::sim
