#include "stopped.hpp"

#include <cipherlane/drivers/printer/printer_keeper.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace cipherlane::drivers {
namespace {

using std::chrono::milliseconds;
using mark = ports::print_report::mark;

constexpr milliseconds queue_time{10'000}; ///< for the disk, where no caller bounds it
constexpr milliseconds look_time{2'000};   ///< for a printer to say that it is there
constexpr std::size_t kept_marks = 64;     ///< of slips that were printed last

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
        attached_ = false;
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
        if (given_up_ && unconfirmed_id_ == id) {
            given_up_ = false; // a person wants it: once more
            unconfirmed_ = most_unconfirmed_ - 1;
        }
        work(bounds);
        if (printed_last_ >= id) {
            report.what = ports::print_report::progress::printed;
            if (const auto mark = marks_.find(id); mark != marks_.end()) report.carries = mark->second;
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

    [[nodiscard]] bool attached() const { return attached_; }

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
        attached_ = true;
        const std::lock_guard held(can_lock_);
        opened_ = true;
        can_ = device_->capabilities();
        return {};
    }

    void drop(const error& why) {
        if (!device_) return;
        log_.warning("printer", why.to_string());
        device_.reset();
        attached_ = false;
        const std::lock_guard held(can_lock_);
        lost_ = why;
    }

    /// Under the lock: prints what waits, as far as it goes, and comes back for the rest.
    void work(const call& bounds) {
        why_.reset();
        while (!stopping_.stop_requested()) {
            const auto slip = queue_.next(own_bounds(queue_time));
            if (!slip) return put_off(slip.error());
            if (!*slip) break;
            if (given_up_ && (*slip)->id == unconfirmed_id_) {
                why_ = why_given_up_;
                break;
            }
            const auto printed = print_one(**slip, bounds);
            if (!printed) return given_up_ ? stop_trying(printed.error()) : put_off(printed.error());
            pause_ = milliseconds{0};
        }
        timer_.cancel(std::exchange(armed_, 0));
    }

    /// A printer that prints and never says so would print the same slip for ever: a person must look at it.
    void stop_trying(const error& why) {
        const auto hint = "the printer did not confirm this slip " + std::to_string(most_unconfirmed_) +
                          " times; look at the paper, then print it again or start the till anew";
        why_ = why_given_up_ = error(why).with_hint(hint);
        log_.warning("printer", why_->to_string());
        pause_ = milliseconds{0};
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
        // Its text may have been replaced up to the moment it counted as begun.
        CIPHERLANE_TRY(const auto now, queue_.next(own_bounds(queue_time)));
        if (now && now->id == slip.id) job = now->job;
        if (slip.carries == mark::reprint) {
            job.heading = settings_.reprint_mark + (job.heading.empty() ? "" : "\n") + job.heading;
        }
        const call limits(settings_.own_call); // a slip that was begun is seen to its end
        if (auto sent = device_->print(job, limits); !sent) {
            if (!is_there(sent.error())) note_unconfirmed(slip.id, sent.error());
            return sent;
        }
        unconfirmed_ = 0;
        CIPHERLANE_CHECK(queue_.done(slip.id, own_bounds(queue_time)));
        printed_last_ = slip.id;
        marks_[slip.id] = slip.carries;
        if (marks_.size() > kept_marks) marks_.erase(marks_.begin());
        return {};
    }

    /// Under the lock. A printer that is there keeps its link: it knows what it still has to say about this slip,
    /// which must not count for the next copy.
    void note_unconfirmed(std::uint64_t id, const error& why) {
        unconfirmed_ = id == unconfirmed_id_ ? unconfirmed_ + 1 : 1;
        unconfirmed_id_ = id;
        given_up_ = unconfirmed_ >= most_unconfirmed_;
        const bool silent = why.is(condition::timed_out) && !given_up_;
        if (!silent || !device_->capabilities().tells_paper || !device_->status(own_bounds(look_time))) drop(why);
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
            const std::lock_guard held(can_lock_); // not `io_`: a caller's deadline may be shorter than a slip
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
    std::map<std::uint64_t, mark> marks_; ///< of slips that were printed
    std::optional<error> why_;
    static constexpr int most_unconfirmed_ = 3;
    std::uint64_t unconfirmed_id_ = 0;
    int unconfirmed_ = 0; ///< how often in a row the slip of that number was begun and not seen to end
    bool given_up_ = false;
    std::optional<error> why_given_up_;

    std::atomic<bool> attached_ = false;

    std::mutex can_lock_; // guards all below
    ports::printer_capabilities can_;
    bool opened_ = false;
    std::optional<error> lost_;
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
