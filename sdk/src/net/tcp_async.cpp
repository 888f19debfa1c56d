#include "tcp_socket.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <stop_token>

namespace cipherlane::net {
namespace {

namespace asio = boost::asio;

/// One asynchronous connect: the same system calls as the blocking one, waiting in the reactor. Runs on the
/// executor; only `stop_from_anywhere` may be called elsewhere.
class connector : public std::enable_shared_from_this<connector> {
  public:
    using handler = completion<std::unique_ptr<transport>>;

    connector(asio::any_io_executor on, tcp_settings settings, const call& bounds, handler done)
        : executor_(std::move(on))
        , settings_(std::move(settings))
        , name_(endpoint_name(settings_))
        , bounds_(bounds.no_later_than(settings_.connect_timeout))
        , timer_(executor_)
        , watched_(executor_)
        , done_(std::move(done)) {}

    void start() {
        listen();
        asio::post(executor_, [self = shared_from_this()] { self->begin(); });
    }

  private:
    void listen() {
        std::weak_ptr<connector> weak = weak_from_this();
        const auto stop = [weak] {
            if (auto self = weak.lock()) self->stop_from_anywhere();
        };
        if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected()) {
            slot.assign([stop](asio::cancellation_type) { stop(); });
        }
        if (bounds_.stop().stop_possible()) stop_.emplace(bounds_.stop(), stop);
    }

    void stop_from_anywhere() {
        asio::post(executor_, [self = shared_from_this()] { self->fail(error(net_errc::cancelled, layer::net)); });
    }

    void begin() {
        if (finished_) return;
        if (auto valid = settings_.validate(); !valid) return finish(valid.error());
        timer_.expires_at(bounds_.until().at());
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
            if (!stopped) self->fail(error(net_errc::timed_out, layer::net));
        });
        addresses_ = numeric_address(settings_.host, settings_.port);
        if (!addresses_.empty()) return try_next();
        resolve_elsewhere(settings_.host, settings_.port,
            [self = shared_from_this(), work = asio::make_work_guard(executor_)](resolved outcome) mutable {
                // Given away whole: once `work` ends on this thread, the context and all on it may be gone.
                const auto on = self->executor_;
                asio::post(on, [self = std::move(self), outcome = std::move(outcome)]() mutable {
                    if (self->finished_) return;
                    if (!outcome) return self->fail(outcome.error());
                    self->addresses_ = std::move(*outcome);
                    self->try_next();
                });
            });
    }

    void try_next() {
        for (; next_ < addresses_.size(); ++next_) {
            auto socket = tcp_socket::begin(addresses_[next_]);
            if (!socket) {
                last_ = socket.error();
                continue;
            }
            ++next_;
            watched_.assign(socket->release());
            return watched_.async_wait(asio::posix::stream_descriptor::wait_write,
                [self = shared_from_this()](const boost::system::error_code&) { self->decided(); });
        }
        fail(last_);
    }

    void decided() {
        if (finished_) return;
        tcp_socket socket(watched_.release());
        if (auto connected = socket.outcome(); !connected) {
            last_ = connected.error();
            return try_next();
        }
        finish(adopt_tcp_socket(executor_, socket.release(), settings_, name_));
    }

    void fail(error why) { finish(std::move(why).during("connect").at_endpoint(name_)); }

    void finish(result<std::unique_ptr<transport>> outcome) {
        if (std::exchange(finished_, true)) return;
        boost::system::error_code ignored;
        watched_.close(ignored);
        timer_.cancel();
        stop_.reset();
        post_completion(executor_, std::move(done_), std::move(outcome));
    }

    asio::any_io_executor executor_;
    tcp_settings settings_;
    std::string name_;
    call bounds_;
    asio::steady_timer timer_;
    asio::posix::stream_descriptor watched_;
    handler done_;
    std::optional<std::stop_callback<std::function<void()>>> stop_;
    std::vector<socket_address> addresses_;
    std::size_t next_ = 0;
    error last_{net_errc::unreachable, layer::net};
    bool finished_ = false;
};

} // namespace

void async_connect_tcp(boost::asio::any_io_executor on, tcp_settings settings, call bounds,
    completion<std::unique_ptr<transport>> done) {
    std::make_shared<connector>(std::move(on), std::move(settings), bounds, std::move(done))->start();
}

} // namespace cipherlane::net
