#include "wakeup.hpp"

#include <cipherlane/net/descriptor_transport.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>

namespace cipherlane::net {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

/// A line that reads as ended although it is not: looked at again this often, so many times.
constexpr std::chrono::milliseconds lapse_pause{10};
constexpr int most_lapses = 50;

/// What one system call came to.
struct attempt {
    enum class kind { moved, interrupted, would_block, lapse, failed };
    kind what;
    std::size_t count = 0;
    error why{};
};

/// The state behind a transport: kept alive by its operations, closed by its owner.
class descriptor_state : public std::enable_shared_from_this<descriptor_state> {
  public:
    descriptor_state(
        asio::any_io_executor on, int descriptor, const descriptor_calls& calls, std::string endpoint, layer where)
        : executor_(std::move(on))
        , descriptor_(below(executor_), descriptor)
        , calls_(calls)
        , endpoint_(std::move(endpoint))
        , where_(where)
        , reading_(executor_)
        , writing_(executor_) {}

    result<void> write(byte_view data, const call& bounds) {
        interrupt_.clear();
        while (!data.empty()) {
            CIPHERLANE_CHECK(check(bounds, "write"));
            if (bounds.until().passed()) return make(net_errc::timed_out, "write");
            const attempt tried = try_write(data);
            if (tried.what == attempt::kind::failed) return tried.why;
            data = data.subspan(tried.count);
            if (tried.what == attempt::kind::would_block) CIPHERLANE_CHECK(wait(readiness::write, bounds, "write"));
        }
        return {};
    }

    result<std::size_t> read_some(byte_span into, const call& bounds) {
        interrupt_.clear();
        for (int lapses = 0;;) {
            CIPHERLANE_CHECK(check(bounds, "read"));
            const attempt tried = try_read(into, lapses);
            switch (tried.what) {
            case attempt::kind::moved: return tried.count;
            case attempt::kind::interrupted: break;
            case attempt::kind::failed: return tried.why;
            case attempt::kind::would_block: CIPHERLANE_CHECK(wait(readiness::read, bounds, "read")); break;
            case attempt::kind::lapse: CIPHERLANE_CHECK(pause(bounds)); break;
            }
        }
    }

    void async_write(byte_view data, completion<void> done) {
        begin(writing_, done);
        writing_.from = data;
        writing_.end_write.emplace(std::move(done));
        step_write();
    }

    void async_read_some(byte_span into, completion<std::size_t> done) {
        begin(reading_, done);
        reading_.into = into;
        reading_.lapses = 0;
        reading_.end_read.emplace(std::move(done));
        // A line that gave less than was asked for is most likely empty: waiting asks the system anyway.
        if (std::exchange(drained_, false)) return await_input();
        step_read(delivery::posted);
    }

    result<std::size_t> write_now(byte_view data) {
        assert(!writing_.pending);
        if (!open_ || failed_) return make(net_errc::not_open, "write");
        attempt tried = try_write(data);
        if (tried.what == attempt::kind::failed) return std::move(tried.why);
        return tried.count;
    }

    /// From any thread. The generations keep a cancel that runs late from ending an operation begun after it.
    void cancel() {
        interrupt_.signal();
        const auto read = reading_.generation.load();
        const auto write = writing_.generation.load();
        asio::dispatch(executor_, [self = shared_from_this(), read, write] {
            self->stop(self->reading_, read);
            self->stop(self->writing_, write);
        });
    }

    void close() {
        interrupt_.signal();
        if (!open_.exchange(false)) return;
        calls_.closing(descriptor_.native_handle());
        boost::system::error_code ignored;
        stop(reading_, reading_.generation);
        stop(writing_, writing_.generation);
        descriptor_.close(ignored);
    }

    [[nodiscard]] bool is_open() { return open_ && !failed_ && !calls_.known_gone(descriptor_.native_handle()); }
    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

  private:
    /// One direction's asynchronous operation.
    struct operation {
        explicit operation(const asio::any_io_executor& on)
            : pause(on) {}
        std::atomic<std::uint64_t> generation{0};
        bool pending = false;
        bool stopped = false;
        int lapses = 0;
        byte_span into{};
        byte_view from{};
        std::optional<completion<std::size_t>> end_read;
        std::optional<completion<void>> end_write;
        asio::cancellation_signal signal;
        asio::steady_timer pause;
    };

    /// How an outcome reaches the handler: an initiating function must return first, a reactor's callback need not.
    enum class delivery { posted, direct };

    /// The executor under a strand: the reactor tells it, and it is brought to the strand once. Through the strand
    /// itself each wait would cost four copies of it.
    static asio::any_io_executor below(const asio::any_io_executor& on) {
        const auto* strand = on.target<asio::strand<asio::any_io_executor>>();
        return strand != nullptr ? strand->get_inner_executor() : on;
    }

    [[nodiscard]] error make(net_errc code, std::string_view doing) const noexcept {
        return error(code, where_).during(doing).at_endpoint(endpoint_);
    }

    [[nodiscard]] result<void> check(const call& bounds, std::string_view doing) const {
        if (!open_ || failed_) return make(net_errc::not_open, doing);
        if (bounds.stopped()) return make(net_errc::cancelled, doing);
        return {};
    }

    [[nodiscard]] result<void> wait(readiness what, const call& bounds, std::string_view doing) {
        switch (wait_ready(descriptor_.native_handle(), what, interrupt_, bounds)) {
        case wait_end::ready: return {};
        case wait_end::timed_out: return make(net_errc::timed_out, doing);
        case wait_end::cancelled: return make(net_errc::cancelled, doing);
        }
        return {};
    }

    [[nodiscard]] result<void> pause(const call& bounds) {
        if (wait_ready(-1, readiness::read, interrupt_, bounds.no_later_than(lapse_pause)) == wait_end::cancelled) {
            return make(net_errc::cancelled, "read");
        }
        if (bounds.until().passed()) return make(net_errc::timed_out, "read");
        return {};
    }

    attempt try_read(byte_span into, int& lapses) {
        if (into.empty()) return {attempt::kind::moved, 0, {}};
        const int descriptor = descriptor_.native_handle();
        const auto got = calls_.read(descriptor, into.data(), into.size());
        if (got > 0) return {attempt::kind::moved, static_cast<std::size_t>(got), {}};
        if (got < 0) return system_failure("read");
        if (!calls_.gone(descriptor) && ++lapses < most_lapses) return {attempt::kind::lapse, 0, {}};
        failed_ = true;
        return {attempt::kind::failed, 0, make(net_errc::closed_by_peer, "read")};
    }

    attempt try_write(byte_view from) {
        const auto put = calls_.write(descriptor_.native_handle(), from.data(), from.size());
        if (put >= 0) return {attempt::kind::moved, static_cast<std::size_t>(put), {}};
        return system_failure("write");
    }

    attempt system_failure(std::string_view doing) {
        const int value = errno;
        if (value == EINTR) return {attempt::kind::interrupted, 0, {}};
        if (value == EAGAIN || value == EWOULDBLOCK) return {attempt::kind::would_block, 0, {}};
        failed_ = true;
        return {attempt::kind::failed, 0, error_from_errno(value, where_).during(doing).at_endpoint(endpoint_)};
    }

    template <class T>
    void begin(operation& op, completion<T>& done) {
        assert(!op.pending);
        op.pending = true;
        op.stopped = false;
        const auto generation = ++op.generation;
        if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected()) {
            slot.assign([weak = weak_from_this(), &op, generation](asio::cancellation_type) {
                if (auto self = weak.lock()) self->stop(op, generation);
            });
        }
    }

    void stop(operation& op, std::uint64_t generation) {
        if (!op.pending || op.generation > generation) return;
        op.stopped = true;
        op.pause.cancel();
        op.signal.emit(asio::cancellation_type::terminal);
    }

    void when_ready(operation& op, stream_descriptor::wait_type what, void (descriptor_state::*then)()) {
        descriptor_.async_wait(what, asio::bind_cancellation_slot(op.signal.slot(),
                                         [self = shared_from_this(), then](const boost::system::error_code&) mutable {
                                             auto& here = *self;
                                             here.bring([self = std::move(self), then] { ((*self).*then)(); });
                                         }));
    }

    /// To the executor. `execute` of a strand asks the executor below it a question whose answer is allocated;
    /// `dispatch` does not ask.
    template <class Function>
    void bring(Function function) const {
        const auto* strand = executor_.target<asio::strand<asio::any_io_executor>>();
        if (strand != nullptr) return strand->dispatch(std::move(function), std::allocator<void>());
        executor_.execute(std::move(function));
    }

    [[nodiscard]] std::optional<error> ended_early(const operation& op, std::string_view name) const {
        if (op.stopped) return make(net_errc::cancelled, name);
        if (!open_ || failed_) return make(net_errc::not_open, name);
        return std::nullopt;
    }

    void await_input() { when_ready(reading_, stream_descriptor::wait_read, &descriptor_state::continue_read); }

    void continue_read() { step_read(delivery::direct); }

    void step_read(delivery how) {
        for (;;) {
            if (auto early = ended_early(reading_, "read")) return finish_read(std::move(*early), how);
            attempt tried = try_read(reading_.into, reading_.lapses);
            switch (tried.what) {
            case attempt::kind::moved:
                drained_ = tried.count < reading_.into.size();
                return finish_read(tried.count, how);
            case attempt::kind::interrupted: break;
            case attempt::kind::failed: return finish_read(std::move(tried.why), how);
            case attempt::kind::would_block: return await_input();
            case attempt::kind::lapse:
                reading_.pause.expires_after(lapse_pause);
                return reading_.pause.async_wait(
                    [self = shared_from_this()](const boost::system::error_code&) { self->continue_read(); });
            }
        }
    }

    void step_write() {
        while (!writing_.from.empty()) {
            if (auto early = ended_early(writing_, "write")) return finish_write(std::move(*early));
            attempt tried = try_write(writing_.from);
            if (tried.what == attempt::kind::failed) return finish_write(std::move(tried.why));
            writing_.from = writing_.from.subspan(tried.count);
            if (tried.what == attempt::kind::would_block) {
                return when_ready(writing_, stream_descriptor::wait_write, &descriptor_state::step_write);
            }
        }
        finish_write({});
    }

    void finish_read(result<std::size_t> outcome, delivery how) {
        reading_.pending = false;
        completion<std::size_t> done(std::move(*reading_.end_read));
        reading_.end_read.reset();
        if (how == delivery::posted) return post_completion(executor_, std::move(done), std::move(outcome));
        auto to = asio::get_associated_executor(done, home_);
        if (to == home_) return std::move(done)(std::move(outcome));
        asio::dispatch(
            to, [end = std::move(done), what = std::move(outcome)]() mutable { std::move(end)(std::move(what)); });
    }

    void finish_write(result<void> outcome) {
        writing_.pending = false;
        completion<void> done(std::move(*writing_.end_write));
        writing_.end_write.reset();
        post_completion(executor_, std::move(done), std::move(outcome));
    }

    asio::any_io_executor executor_;
    asio::any_completion_executor home_{executor_}; ///< the same, as handlers name theirs
    stream_descriptor descriptor_;
    const descriptor_calls& calls_;
    std::string endpoint_;
    layer where_;
    wakeup interrupt_;
    std::atomic<bool> open_{true};
    std::atomic<bool> failed_{false};
    bool drained_ = false; ///< the last read took all that was there
    operation reading_;
    operation writing_;
};

class descriptor_transport final : public transport {
  public:
    explicit descriptor_transport(std::shared_ptr<descriptor_state> state)
        : state_(std::move(state)) {}
    ~descriptor_transport() override { state_->close(); }

    result<void> write(byte_view data, const call& bounds) override { return state_->write(data, bounds); }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        return state_->read_some(into, bounds);
    }
    void async_write(byte_view data, completion<void> done) override { state_->async_write(data, std::move(done)); }
    void async_read_some(byte_span into, completion<std::size_t> done) override {
        state_->async_read_some(into, std::move(done));
    }
    result<std::size_t> write_now(byte_view data) override { return state_->write_now(data); }
    void cancel() noexcept override { state_->cancel(); }
    void close() noexcept override { state_->close(); }
    bool is_open() const noexcept override { return state_->is_open(); }
    asio::any_io_executor get_executor() override { return state_->executor(); }
    std::string_view endpoint() const noexcept override { return state_->endpoint(); }

  private:
    std::shared_ptr<descriptor_state> state_;
};

} // namespace

std::unique_ptr<transport> adopt_descriptor(boost::asio::any_io_executor on, int descriptor,
    const descriptor_calls& calls, std::string endpoint, layer where) {
    return std::make_unique<descriptor_transport>(
        std::make_shared<descriptor_state>(std::move(on), descriptor, calls, std::move(endpoint), where));
}

error error_from_errno(int value, layer where) noexcept {
    switch (value) {
    case ECONNREFUSED: return error(net_errc::refused, where);
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL: return error(net_errc::unreachable, where);
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case EIO:
    case ENXIO:
    case ENODEV:
    // No acknowledgement within the user timeout, or no answer to keep-alive probes: a half-open peer.
    case ETIMEDOUT: return error(net_errc::lost, where);
    case EBADF: return error(net_errc::not_open, where);
    default: return error(net_errc::system_fault, where);
    }
}

} // namespace cipherlane::net
