#include "terminal-sim/terminal_server.hpp"

#include "simkit/listener.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <deque>
#include <utility>

namespace cipherlane::sim {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// The connection of one till.
class till_session : public std::enable_shared_from_this<till_session> {
  public:
    till_session(tcp::socket socket, std::function<void(byte_view)> take, std::function<void()> lost)
        : socket_(std::move(socket))
        , take_(std::move(take))
        , lost_(std::move(lost)) {}

    void read() {
        socket_.async_read_some(
            boost::asio::buffer(room_), [self = shared_from_this()](error_code failed, std::size_t size) {
                if (failed) return self->end();
                self->take_(byte_view(self->room_).first(size));
                self->read();
            });
    }
    void send(bytes data) {
        outbox_.push_back(std::move(data));
        if (outbox_.size() == 1) write();
    }
    /// What was sent leaves first.
    void close() {
        closing_ = true;
        if (outbox_.empty()) shut();
    }
    /// Without a word to the model.
    void forget() {
        lost_ = {};
        shut();
    }

  private:
    void write() {
        boost::asio::async_write(socket_, boost::asio::buffer(outbox_.front()),
            [self = shared_from_this()](error_code failed, std::size_t) {
                self->outbox_.pop_front();
                if (failed) self->outbox_.clear();
                if (!self->outbox_.empty()) return self->write();
                if (self->closing_) self->shut();
            });
    }
    void shut() {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }
    void end() {
        if (const auto lost = std::exchange(lost_, {})) lost();
        shut();
    }

    tcp::socket socket_;
    std::function<void(byte_view)> take_;
    std::function<void()> lost_;
    std::array<std::uint8_t, 4096> room_{};
    std::deque<bytes> outbox_;
    bool closing_ = false;
};

} // namespace

struct terminal_server::impl : std::enable_shared_from_this<impl> {
    explicit impl(boost::asio::io_context& context)
        : on(context) {}

    surroundings around() {
        const auto weak = std::weak_ptr(shared_from_this());
        surroundings made;
        made.send = [weak](bytes data) {
            if (const auto self = weak.lock(); self && self->session) self->session->send(std::move(data));
        };
        made.later = [this](std::chrono::milliseconds span, std::function<void()> what) {
            auto timer = std::make_shared<boost::asio::steady_timer>(on, span);
            timer->async_wait([timer, what = std::move(what)](error_code failed) {
                if (!failed) what();
            });
        };
        made.unplug = [weak] {
            if (const auto self = weak.lock(); self && self->session) self->session->close();
        };
        return made;
    }

    void accept(tcp::socket socket) {
        if (session) {
            session->forget();
            session.reset();
            model->link_lost();
        }
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto weak = std::weak_ptr(shared_from_this());
        session = std::make_shared<till_session>(
            std::move(socket),
            [weak](byte_view data) {
                if (const auto self = weak.lock()) self->model->receive(data);
            },
            [weak] {
                const auto self = weak.lock();
                if (!self) return;
                self->session.reset();
                self->model->link_lost();
            });
        session->read();
    }

    boost::asio::io_context& on;
    std::unique_ptr<terminal_model> model;
    std::shared_ptr<till_session> session;
    std::unique_ptr<listener> door;
};

result<std::unique_ptr<terminal_server>> terminal_server::start(
    boost::asio::io_context& on, std::uint16_t port, const maker& make) {
    auto body = std::make_shared<impl>(on);
    body->model = make(body->around());
    CIPHERLANE_TRY(body->door, listener::open(on, port, [weak = std::weak_ptr(body)](tcp::socket socket) {
        if (const auto self = weak.lock()) self->accept(std::move(socket));
    }));
    return std::unique_ptr<terminal_server>(new terminal_server(std::move(body)));
}

terminal_server::terminal_server(std::shared_ptr<impl> body)
    : impl_(std::move(body)) {}

terminal_server::~terminal_server() {
    impl_->door.reset();
    if (impl_->session) impl_->session->forget();
}

std::uint16_t terminal_server::port() const noexcept {
    return impl_->door->port();
}

terminal_model& terminal_server::model() noexcept {
    return *impl_->model;
}

nlohmann::json terminal_server::control(const nlohmann::json& request) {
    return impl_->model->control(request);
}

} // namespace cipherlane::sim
