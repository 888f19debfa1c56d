#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <optional>
#include <stop_token>

namespace cipherlane::net {
namespace {

namespace asio = boost::asio;

/// One asynchronous run of one machine: at any time one operation of the link or one wait is under way, and the
/// timer that bounds it. All of it happens on the link's executor; only `stop_from_anywhere` may be called elsewhere.
class async_engine : public std::enable_shared_from_this<async_engine> {
  public:
    using handler = asio::any_completion_handler<void()>;

    async_engine(machine& subject, transport& link, const call& bounds, handler done)
        : subject_(subject)
        , link_(link)
        , bounds_(bounds)
        , executor_(link.get_executor())
        , timer_(executor_)
        , done_(std::move(done))
        , work_(asio::get_associated_executor(done_, executor_)) {}
    async_engine(const async_engine&) = delete;
    async_engine& operator=(const async_engine&) = delete;
    ~async_engine() { wipe(buffer_); }

    /// Called where the handler's slot belongs to; from here on everything happens on the link's executor.
    void start() {
        listen();
        asio::post(executor_, [self = shared_from_this()] { self->advance({}); });
    }

  private:
    enum class interruption { none, protocol_timer, call_deadline, cancel };

    void listen() {
        // Weak: the slot may keep its callback after the end of the run.
        std::weak_ptr<async_engine> weak = weak_from_this();
        if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected()) {
            slot.assign([weak](asio::cancellation_type) {
                if (auto self = weak.lock()) self->stop_from_anywhere();
            });
        }
        if (bounds_.stop().stop_possible()) {
            stop_.emplace(bounds_.stop(), [weak] {
                if (auto self = weak.lock()) self->stop_from_anywhere();
            });
        }
    }

    void stop_from_anywhere() {
        asio::post(executor_, [self = shared_from_this()] {
            self->cancelled_ = true;
            self->interrupt(interruption::cancel);
        });
    }

    /// Ends the step under way; its completion then sees why.
    void interrupt(interruption why) {
        if (finished_ || why_ != interruption::none) return;
        why_ = why;
        if (waiting_) {
            timer_.cancel();
        } else {
            link_.cancel();
        }
    }

    [[nodiscard]] event failed(net_errc code) const {
        return {event::kind::failed, {}, error(code, layer::net).during(doing_).at_endpoint(link_.endpoint())};
    }

    void advance(event what) {
        for (;;) {
            const action next = subject_.resume(what);
            wipe(byte_span(buffer_).first(used_));
            used_ = 0;
            why_ = interruption::none;
            ++step_;
            if (next.what == action::kind::done) return finish();
            doing_ = next.what == action::kind::send ? "write" : next.what == action::kind::wait ? "wait" : "read";
            if (cancelled_ || bounds_.stopped()) {
                what = failed(net_errc::cancelled);
            } else if (bounds_.until().passed()) {
                what = failed(net_errc::timed_out);
            } else {
                return begin(next);
            }
        }
    }

    void begin(const action& next) {
        waiting_ = next.what == action::kind::wait;
        switch (next.what) {
        case action::kind::send:
            arm(bounds_.until(), interruption::call_deadline);
            return link_.async_write(next.bytes, on_link<void>([](async_engine& self, const result<void>& sent) {
                if (!sent) return self.step_failed(sent.error());
                self.advance({event::kind::sent, {}, {}});
            }));
        case action::kind::receive:
            arm_receive(next);
            return link_.async_read_some(
                buffer_, on_link<std::size_t>([](async_engine& self, const result<std::size_t>& got) {
                    if (!got) return self.step_failed(got.error());
                    self.used_ = *got;
                    self.advance({event::kind::received, byte_view(self.buffer_).first(*got), {}});
                }));
        case action::kind::wait: return wait(next);
        case action::kind::done: return;
        }
    }

    void arm_receive(const action& next) {
        if (next.rule == action::timer::starts) {
            protocol_timer_.reset();
            if (next.timeout.count() > 0) protocol_timer_.emplace(deadline::in(next.timeout));
        }
        if (protocol_timer_ && protocol_timer_->at() < bounds_.until().at()) {
            arm(*protocol_timer_, interruption::protocol_timer);
        } else {
            arm(bounds_.until(), interruption::call_deadline);
        }
    }

    void arm(const deadline& until, interruption meaning) {
        timer_.expires_at(until.at());
        timer_.async_wait(
            [self = shared_from_this(), step = step_, meaning](const boost::system::error_code& stopped) {
                if (!stopped && self->step_ == step) self->interrupt(meaning);
            });
    }

    void wait(const action& next) {
        const deadline until = bounds_.until().no_later_than(next.timeout);
        const bool whole = until.at() < bounds_.until().at();
        timer_.expires_at(until.at());
        timer_.async_wait([self = shared_from_this(), whole](const boost::system::error_code&) {
            if (self->why_ == interruption::cancel) return self->advance(self->failed(net_errc::cancelled));
            self->advance(whole ? event{event::kind::expired, {}, {}} : self->failed(net_errc::timed_out));
        });
    }

    /// A link operation that ended badly: by our own interruption, or by itself.
    void step_failed(const error& why) {
        if (!why.is(condition::cancelled)) return advance({event::kind::failed, {}, why});
        switch (why_) {
        case interruption::protocol_timer: return advance({event::kind::expired, {}, {}});
        case interruption::call_deadline: return advance(failed(net_errc::timed_out));
        case interruption::cancel: return advance(failed(net_errc::cancelled));
        case interruption::none: return advance({event::kind::failed, {}, why});
        }
    }

    template <class T, class F>
    completion<T> on_link(F then) {
        return completion<T>(asio::bind_executor(executor_, [self = shared_from_this(), then](result<T> outcome) {
            self->timer_.cancel();
            then(*self, outcome);
        }));
    }

    void finish() {
        finished_ = true;
        timer_.cancel();
        stop_.reset();
        auto to = work_.get_executor();
        asio::dispatch(to, [end = std::move(done_), work = std::move(work_)]() mutable { std::move(end)(); });
    }

    machine& subject_;
    transport& link_;
    call bounds_;
    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    handler done_;
    asio::executor_work_guard<asio::any_completion_executor> work_;
    std::optional<std::stop_callback<std::function<void()>>> stop_;
    std::optional<deadline> protocol_timer_;
    interruption why_ = interruption::none;
    bool cancelled_ = false;
    bool waiting_ = false;
    bool finished_ = false;
    unsigned step_ = 0;
    std::size_t used_ = 0;
    std::string_view doing_ = "start";
    std::array<std::uint8_t, 2048> buffer_{};
};

} // namespace

void async_drive(
    machine& subject, transport& link, const call& bounds, boost::asio::any_completion_handler<void()> done) {
    std::make_shared<async_engine>(subject, link, bounds, std::move(done))->start();
}

} // namespace cipherlane::net
