#include "simkit/idle_watch.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace cipherlane::sim {

struct idle_watch::impl : std::enable_shared_from_this<impl> {
    impl(const boost::asio::any_io_executor& on, std::chrono::milliseconds span, std::function<void()> end)
        : timer(on)
        , limit(span)
        , give_up(std::move(end)) {}

    void look_later() {
        heard = false;
        timer.expires_after(limit);
        timer.async_wait([weak = weak_from_this()](boost::system::error_code stopped) {
            const auto self = weak.lock();
            if (stopped || !self || self->over) return;
            self->heard ? self->look_later() : self->give_up();
        });
    }

    boost::asio::steady_timer timer;
    std::chrono::milliseconds limit;
    std::function<void()> give_up;
    bool heard = false;
    bool over = false;
};

idle_watch::idle_watch(
    const boost::asio::any_io_executor& on, std::chrono::milliseconds limit, std::function<void()> give_up)
    : impl_(std::make_shared<impl>(on, limit, std::move(give_up))) {
    impl_->look_later();
}

idle_watch::~idle_watch() {
    stop();
}

void idle_watch::heard() noexcept {
    impl_->heard = true;
}

void idle_watch::stop() noexcept {
    impl_->over = true;
    impl_->timer.cancel();
}

} // namespace cipherlane::sim
