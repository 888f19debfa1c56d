#include "stopped.hpp"

#include <cipherlane/drivers/printer/printer_keeper.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace cipherlane::drivers {
namespace {

using std::chrono::milliseconds;
using mark = ports::print_report::mark;

constexpr milliseconds queue_time{10'000}; ///< for the disk, where no caller bounds it

result<void> is_ready(ports::printer& device, const call& bounds) {
    CIPHERLANE_TRY(const auto now, device.status(bounds));
    if (now.stopped_by == ports::printer_stop::none) return {};
    return stopped_by(now.stopped_by);
}

} // namespace

result<void> printer_keeper_settings::validate() const {
    if (retry_first.count() <= 0) return bad_setting("retry_first");
    if (retry_most < retry_first) return bad_setting("retry_most");
    if (own_call.count() <= 0) return bad_setting("own_call");
    if (reprint_mark.empty()) return bad_setting("reprint_mark");
    return {};
}

class printer_keeper::body : public std::enable_shared_from_this<body> {
  public:
    body(opener open, timer_source& timer, ports::print_queue& queue, printer_keeper_settings settings,
        keeper_observer watch, logger log)
        : open_(std::move(open))
        , timer_(timer)
        , queue_(queue)
        , settings_(std::move(settings))
        , watch_(std::move(watch))
        , log_(std::move(log)) {}

    void stop() {
        stopping_.request_stop();
        const std::lock_guard held(io_);
        timer_.cancel(armed_);
        device_.reset();
    }

    void start() {
        const std::lock_guard held(io_);
        arm(milliseconds{0});
    }

    result<ports::print_report> print(std::string_view name, const ports::print_job& job, const call& bounds) {
        CIPHERLANE_TRY(const auto id, queue_.add(name, job, bounds));
        std::unique_lock held(io_, std::defer_lock);
        ports::print_report report;
        if (!held.try_lock_until(bounds.until().at())) {
            timer_.at(timer_.now(), [weak = weak_from_this()] {
                if (auto self = weak.lock()) self->wake();
            });
            report.why = late();
            return report;
        }
        work(bounds);
        if (printed_last_ >= id) {
            report.what = ports::print_report::progress::printed;
            report.carries = mark_last_;
        } else {
            report.why = why_;
        }
        held.unlock();
        tell();
        return report;
    }

    template <class F>
    auto ask(const call& bounds, F use) -> decltype(use(std::declval<ports::printer&>())) {
        std::unique_lock held(io_, std::defer_lock);
        if (!held.try_lock_until(bounds.until().at())) return late();
        auto answer = with_device(bounds, use);
        held.unlock();
        tell();
        return answer;
    }

    ports::printer_capabilities capabilities() {
        const std::lock_guard held(can_lock_);
        return can_;
    }

    bool attached() {
        const std::lock_guard held(io_);
        return device_ != nullptr;
    }

  private:
    static error late() {
        return error(make_error_code(boost::system::errc::timed_out), layer::drivers).during("printer");
    }

    [[nodiscard]] call own_bounds(milliseconds span) const { return call(span, stopping_.get_token()); }

    template <class F>
    auto with_device(const call& bounds, F use) -> decltype(use(std::declval<ports::printer&>())) {
        CIPHERLANE_CHECK(open(bounds));
        auto outcome = use(*device_);
        if (!outcome && !is_there(outcome.error())) drop(outcome.error());
        return outcome;
    }

    /// A printer that says what stops it is there.
    static bool is_there(const error& why) {
        return why.is(condition::rejected_by_peer) || why.is(condition::unsupported) || why.is(condition::misuse);
    }

    result<void> open(const call& bounds) {
        if (device_) return {};
        CIPHERLANE_TRY(device_, open_(bounds));
        opened_ = true;
        const std::lock_guard held(can_lock_);
        can_ = device_->capabilities();
        return {};
    }

    void drop(const error& why) {
        if (!device_) return;
        log_.warning("printer", why.to_string());
        device_.reset();
        lost_ = why;
    }

    /// Under the lock: prints what waits, as far as it goes, and comes back for the rest.
    void work(const call& bounds) {
        why_.reset();
        while (!stopping_.stop_requested()) {
            const auto slip = queue_.next(own_bounds(queue_time));
            if (!slip) return put_off(slip.error());
            if (!*slip) break;
            const auto printed = print_one(**slip, bounds);
            if (!printed) return put_off(printed.error());
            pause_ = milliseconds{0};
        }
        timer_.cancel(std::exchange(armed_, 0));
    }

    result<void> print_one(const ports::queued_print& slip, const call& bounds) {
        CIPHERLANE_CHECK(open(bounds));
        // What stops it is asked before the slip counts as begun: a slip that waited for paper is no reprint.
        if (device_->capabilities().tells_paper) {
            CIPHERLANE_CHECK(with_device(bounds, [&](ports::printer& on) { return is_ready(on, bounds); }));
        }
        CIPHERLANE_CHECK(queue_.begin(slip.id, own_bounds(queue_time)));
        auto job = slip.job;
        if (slip.carries == mark::reprint) {
            job.heading = settings_.reprint_mark + (job.heading.empty() ? "" : "\n") + job.heading;
        }
        const call limits(settings_.own_call); // a slip that was begun is seen to its end
        CIPHERLANE_CHECK(with_device(limits, [&](ports::printer& on) { return on.print(job, limits); }));
        CIPHERLANE_CHECK(queue_.done(slip.id, own_bounds(queue_time)));
        printed_last_ = slip.id;
        mark_last_ = slip.carries;
        return {};
    }

    void put_off(const error& why) {
        why_ = why;
        if (stopping_.stop_requested()) return;
        pause_ = pause_.count() == 0 ? settings_.retry_first : std::min(pause_ * 2, settings_.retry_most);
        arm(pause_);
    }

    void arm(milliseconds span) {
        timer_.cancel(armed_);
        armed_ = timer_.at(timer_.now() + span, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->wake();
        });
    }

    void wake() {
        std::unique_lock held(io_);
        if (stopping_.stop_requested()) return;
        work(own_bounds(settings_.own_call));
        held.unlock();
        tell();
    }

    /// Tells the observer what happened, without the lock.
    void tell() {
        std::optional<error> lost;
        bool opened = false;
        {
            const std::lock_guard held(io_);
            if (stopping_.stop_requested()) return;
            lost = std::exchange(lost_, std::nullopt);
            opened = std::exchange(opened_, false);
        }
        if (lost && watch_.lost) watch_.lost(*lost);
        if (opened && watch_.opened) watch_.opened();
    }

    opener open_;
    timer_source& timer_;
    ports::print_queue& queue_;
    const printer_keeper_settings settings_;
    keeper_observer watch_;
    logger log_;
    std::stop_source stopping_;

    std::timed_mutex io_; // guards all below up to can_lock_
    std::unique_ptr<ports::printer> device_;
    milliseconds pause_{0};
    std::uint64_t armed_ = 0;
    std::uint64_t printed_last_ = 0;
    mark mark_last_ = mark::none;
    std::optional<error> why_;
    bool opened_ = false;
    std::optional<error> lost_;

    std::mutex can_lock_;
    ports::printer_capabilities can_;
};

printer_keeper::printer_keeper(opener open, timer_source& timer, ports::print_queue& queue,
    printer_keeper_settings settings, keeper_observer watch, logger log)
    : body_(std::make_shared<body>(
          std::move(open), timer, queue, std::move(settings), std::move(watch), std::move(log))) {}

printer_keeper::~printer_keeper() {
    body_->stop();
}

void printer_keeper::start() {
    body_->start();
}

result<ports::print_report> printer_keeper::print(
    std::string_view name, const ports::print_job& job, const call& bounds) {
    return body_->print(name, job, bounds);
}

result<void> printer_keeper::open_drawer(const call& bounds) {
    return body_->ask(bounds, [&](ports::printer& on) { return on.open_drawer(bounds); });
}

result<ports::printer_status> printer_keeper::status(const call& bounds) {
    return body_->ask(bounds, [&](ports::printer& on) { return on.status(bounds); });
}

ports::printer_capabilities printer_keeper::capabilities() const noexcept {
    return body_->capabilities();
}

bool printer_keeper::attached() const {
    return body_->attached();
}

} // namespace cipherlane::drivers
