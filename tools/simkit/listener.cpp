#include "simkit/listener.hpp"

#include <boost/asio/steady_timer.hpp>

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

struct listener::impl : std::enable_shared_from_this<impl> {
    impl(boost::asio::io_context& on, std::function<void(tcp::socket)> hand_over, descriptors which)
        : acceptor(on)
        , pause(on)
        , accepted(std::move(hand_over))
        , may_use(which) {}

    void accept() {
        acceptor.async_accept([weak = weak_from_this()](error_code failed, tcp::socket socket) {
            auto self = weak.lock();
            if (!self || failed == boost::asio::error::operation_aborted) return;
            if (failed) return self->accept_later();
            const bool room = self->may_use == descriptors::all || has_room_for(socket.native_handle());
            if (room) self->accepted(std::move(socket));
            self->accept();
        });
    }

    /// Out of descriptors the next try would fail at once, too.
    void accept_later() {
        pause.expires_after(pause_after_failure);
        pause.async_wait([weak = weak_from_this()](error_code stopped) {
            if (auto self = weak.lock(); self && !stopped) self->accept();
        });
    }

    tcp::acceptor acceptor;
    boost::asio::steady_timer pause;
    std::function<void(tcp::socket)> accepted;
    descriptors may_use;
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
    if (failed) return error(failed, layer::tools).during("listen");
    body->accept();
    return std::unique_ptr<listener>(new listener(std::move(body)));
}

listener::listener(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

listener::~listener() {
    error_code ignored;
    impl_->acceptor.close(ignored);
    impl_->pause.cancel();
}

std::uint16_t listener::port() const noexcept {
    error_code ignored;
    return impl_->acceptor.local_endpoint(ignored).port();
}

} // namespace cipherlane::sim
