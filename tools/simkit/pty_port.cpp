#include "simkit/pty_port.hpp"

#include "simkit/pty_pair.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <deque>
#include <filesystem>
#include <optional>

namespace cipherlane::sim {

struct pty_port::impl : std::enable_shared_from_this<impl> {
    impl(boost::asio::io_context& io, receiver taker, std::string name)
        : on(io)
        , take(std::move(taker))
        , link(std::move(name)) {}

    /// One time plugged in: what is still under way when it ends touches nothing else.
    struct session {
        session(boost::asio::io_context& io, pty_pair made)
            : pair(std::move(made))
            , master(io, pair.release_master()) {}
        pty_pair pair;
        boost::asio::posix::stream_descriptor master;
        std::array<std::uint8_t, 4096> room{};
        std::deque<bytes> queue;
    };

    void read(const std::shared_ptr<session>& line) {
        line->master.async_read_some(boost::asio::buffer(line->room),
            [self = shared_from_this(), line](boost::system::error_code failed, std::size_t size) {
                if (failed || self->now != line) return;
                self->take(byte_view(line->room).first(size));
                if (self->now == line) self->read(line);
            });
    }

    void write(const std::shared_ptr<session>& line) {
        boost::asio::async_write(line->master, boost::asio::buffer(line->queue.front()),
            [self = shared_from_this(), line](boost::system::error_code failed, std::size_t) {
                line->queue.pop_front();
                if (!failed && self->now == line && !line->queue.empty()) self->write(line);
            });
    }

    void unlink() const {
        std::error_code failed;
        if (!link.empty() && std::filesystem::is_symlink(link, failed)) std::filesystem::remove(link, failed);
    }

    boost::asio::io_context& on;
    receiver take;
    std::string link;
    std::string node;
    std::shared_ptr<session> now;
};

pty_port::pty_port(boost::asio::io_context& on, receiver take, std::string link)
    : impl_(std::make_shared<impl>(on, std::move(take), std::move(link))) {}

pty_port::~pty_port() {
    unplug();
}

result<void> pty_port::plug() {
    if (plugged()) return {};
    CIPHERLANE_TRY(auto pair, pty_pair::open());
    impl_->node = pair.path();
    if (!impl_->link.empty()) {
        impl_->unlink();
        std::error_code failed;
        std::filesystem::create_symlink(impl_->node, impl_->link, failed);
        if (failed) return error(failed, layer::tools).during("link pty").at_endpoint(impl_->link);
    }
    impl_->now = std::make_shared<impl::session>(impl_->on, std::move(pair));
    impl_->read(impl_->now);
    return {};
}

void pty_port::unplug() {
    if (!plugged()) return;
    auto line = std::exchange(impl_->now, nullptr);
    impl_->unlink();
    boost::system::error_code ignored;
    line->master.close(ignored);
    line->pair.unplug();
}

bool pty_port::plugged() const noexcept {
    return impl_->now != nullptr;
}

const std::string& pty_port::path() const noexcept {
    return impl_->link.empty() ? impl_->node : impl_->link;
}

void pty_port::send(bytes data) {
    if (!plugged() || data.empty()) return;
    impl_->now->queue.push_back(std::move(data));
    if (impl_->now->queue.size() == 1) impl_->write(impl_->now);
}

} // namespace cipherlane::sim
