#include "flow/balance.hpp"
#include "flow/decision.hpp"
#include "flow/notices.hpp"
#include "flow/payments.hpp"
#include "flow/recovery.hpp"
#include "flow/reminder.hpp"
#include "flow/settlement.hpp"
#include "flow/unsent.hpp"
#include "flow_access.hpp"
#include "host/service.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/acquiring/in_turn.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/ports/completion.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/system_executor.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace cipherlane::acquiring {
namespace {

result<sign_in_report> perform(lane_core& on, const sign_in_request& request, const call& bounds) {
    if (request.begin_batch != 0) CIPHERLANE_CHECK(begin_batch(on, request.begin_batch, bounds));
    return sign_in_now(on, bounds);
}

result<turn_report> perform(lane_core& /*on*/, const turn_request& request, const call& bounds) {
    CIPHERLANE_CHECK(request.work(bounds));
    return turn_report();
}

/// One word for a stop, wherever it met a flow that has moved no money yet: what a journal or a link calls
/// "cancelled" was the caller's doing.
error told_by_caller(const lane_core& on, const error& why, const call& bounds) {
    if (!bounds.stopped() || !on.may_be_cancelled()) return why;
    if (!why.is(condition::cancelled) || why.where() == layer::acquiring) return why;
    return flow_error(acquiring_errc::cashier_cancelled, why.operation());
}

template <class Request>
concept has_key = requires(const Request& request) {
    request.idempotency_key;
};

/// What nobody waits for is cut short when somebody comes.
bool is_besides(const recovery_request& request) {
    return request.wish == recovering::while_nobody_waits;
}
template <class Request>
bool is_besides(const Request& /*other*/) {
    return false;
}

/// While it lives the job under way gives way to any other one.
class giving_way {
  public:
    giving_way(lane_core& on, const std::stop_source& of)
        : on_(on) {
        on_.give_way(of);
    }
    giving_way(const giving_way&) = delete;
    giving_way& operator=(const giving_way&) = delete;
    ~giving_way() { on_.give_way_no_more(); }

  private:
    lane_core& on_;
};

/// Runs a request with the caller's call, ended early by the lane's end, too.
template <class Outcome, class Request>
result<Outcome> perform_bounded(lane_core& on, const Request& request, const call& bounds) {
    if (bounds.until().passed()) return flow_error(acquiring_errc::deadline_passed, "call");
    if (bounds.stopped()) return flow_error(acquiring_errc::cashier_cancelled, "call");
    on.begin_stages({}, amount(0, on.settings().unit)); // what is no trade has no name in them
    std::stop_source either;
    const auto stop = [&] { either.request_stop(); };
    const std::stop_callback by_caller(bounds.stop(), stop);
    const std::stop_callback by_lane(on.stopping(), stop);
    std::optional<giving_way> gives_way;
    if (is_besides(request)) {
        gives_way.emplace(on, either);
        if (either.stop_requested()) return flow_error(acquiring_errc::cashier_cancelled, "call");
    }
    // A trade settles them itself: what its key has already is told, whatever the journal can write now.
    if constexpr (!has_key<Request>) CIPHERLANE_CHECK(settle_unsent(on));
    const call within(bounds.until(), either.get_token());
    settle_notices(on, within);
    auto end = perform(on, request, within);
    const bool overdue = remind_of_settlement(on);
    if (!end) return told_by_caller(on, end.error(), bounds);
    if constexpr (std::is_same_v<Outcome, payment>) end->settlement_overdue = overdue;
    return end;
}

/// Flows of which a second one is refused while one is under way.
template <class Request>
constexpr bool is_trade = std::is_same_v<Request, sale_request> || std::is_same_v<Request, void_request> ||
                          std::is_same_v<Request, refund_request> || std::is_same_v<Request, trade_request> ||
                          std::is_same_v<Request, qr_sale_request> || std::is_same_v<Request, balance_request>;

template <class Request>
result<void> take_turn(lane_core& on) {
    if (is_trade<Request> && !on.begin_trade()) return flow_error(acquiring_errc::busy, "lane");
    return {};
}

/// Before the end is told: whoever hears of it may start the next trade.
template <class Request>
void end_turn(lane_core& on) noexcept {
    if (is_trade<Request>) on.end_trade();
}

error closed() {
    return flow_error(acquiring_errc::lane_closed, "lane");
}

/// Where a caller waits for the end of a job, on the caller's own stack.
template <class Outcome>
class waited_end {
  public:
    void set(result<Outcome> end) {
        const std::scoped_lock lock(mutex_); // until all is done: whoever waits takes this away
        end_.emplace(std::move(end));
        told_.notify_one();
    }
    /// False when the call is over before the end is there.
    [[nodiscard]] bool wait(const call& bounds) {
        std::unique_lock lock(mutex_);
        return told_.wait_until(lock, bounds.stop(), bounds.until().at(), [this] { return end_.has_value(); });
    }
    [[nodiscard]] result<Outcome> take() {
        std::unique_lock lock(mutex_);
        told_.wait(lock, [this] { return end_.has_value(); });
        return *std::move(end_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable_any told_;
    std::optional<result<Outcome>> end_;
};

template <class Request, class Outcome>
class waited_job final : public lane_job {
  public:
    waited_job(std::uint64_t number, const Request& request, const call& bounds, waited_end<Outcome>& end)
        : lane_job(number)
        , request_(request)
        , bounds_(bounds)
        , end_(end) {}
    void run(lane_core& on) override {
        auto end = perform_bounded<Outcome>(on, request_, bounds_);
        end_turn<Request>(on);
        end_.set(std::move(end));
    }
    void abandon(lane_core& on, const error& why) override {
        end_turn<Request>(on);
        end_.set(why);
    }

  private:
    const Request& request_; // the caller waits for the end, so it outlives the job
    const call bounds_;
    waited_end<Outcome>& end_; // likewise
};

/// Ends a job whose turn has not come; one that has begun sees to its own end.
void withdraw(const std::weak_ptr<lane_core>& from, std::uint64_t number, acquiring_errc why) {
    const auto core = from.lock();
    if (core == nullptr) return;
    if (const auto job = core->withdraw(number)) job->abandon(*core, flow_error(why, "lane"));
}

/// For handlers without an executor: the system's threads, never the lane's own, where a blocking flow would wait
/// for itself. Executors of handlers are never run by the lane's thread, so they cannot call back on it either.
auto elsewhere() {
    return boost::asio::require(boost::asio::system_executor(), boost::asio::execution::blocking.never);
}

/// Stops a job, and ends it where it still waits. Shares the stop state, so that it may outlive the job.
struct job_stopper {
    mutable std::stop_source stop;
    std::weak_ptr<lane_core> lane;
    std::uint64_t number;
    void operator()() const {
        // Own copies: the job that is withdrawn takes this with it.
        const auto from = lane;
        const auto which = number;
        stop.request_stop();
        withdraw(from, which, acquiring_errc::cashier_cancelled);
    }
};

template <class Request, class Outcome>
class posted_job final : public lane_job {
  public:
    posted_job(job_stopper stopper, Request request, const call& bounds, ports::completion<Outcome> done)
        : lane_job(stopper.number)
        , stopper_(std::move(stopper))
        , request_(std::move(request))
        , bounds_(bounds.until(), stopper_.stop.get_token())
        , by_caller_(bounds.stop(), stopper_)
        , executor_(boost::asio::prefer(boost::asio::get_associated_executor(done, elsewhere()),
              boost::asio::execution::outstanding_work.tracked))
        , done_(std::move(done)) {
        auto slot = boost::asio::get_associated_cancellation_slot(done_);
        if (slot.is_connected()) {
            slot.assign([stop = stopper_](boost::asio::cancellation_type) { stop(); });
        }
    }
    void run(lane_core& on) override {
        late_.reset();
        auto end = perform_bounded<Outcome>(on, request_, bounds_);
        end_turn<Request>(on);
        complete(executor_, std::move(done_), std::move(end));
    }
    void abandon(lane_core& on, const error& why) override {
        end_turn<Request>(on);
        refuse(why);
    }
    /// Never from within the call that started the flow, where a refusal may be known already.
    void refuse(const error& why) {
        elsewhere().execute([on = executor_, done = std::move(done_), why]() mutable {
            complete(on, std::move(done), result<Outcome>(why));
        });
    }
    /// Its deadline is then watched: the lane's thread is at something else.
    void must_wait() override {
        const auto until = bounds_.until().at();
        if (until == monotonic_clock::time_point::max()) return;
        late_.emplace(boost::asio::any_io_executor(boost::asio::system_executor()), until);
        late_->async_wait([from = stopper_.lane, which = number()](const boost::system::error_code& cancelled) {
            if (!cancelled) withdraw(from, which, acquiring_errc::deadline_passed);
        });
    }

  private:
    static void complete(
        const boost::asio::any_completion_executor& on, ports::completion<Outcome> done, result<Outcome> outcome) {
        on.execute([last = std::move(done), end = std::move(outcome)]() mutable {
            boost::asio::get_associated_cancellation_slot(last).clear();
            std::move(last)(std::move(end));
        });
    }

    const job_stopper stopper_;
    Request request_;
    const call bounds_;
    std::stop_callback<job_stopper> by_caller_;
    boost::asio::any_completion_executor executor_; // keeps the caller's context at work until the end
    ports::completion<Outcome> done_;
    std::optional<boost::asio::steady_timer> late_; ///< while it waits behind another job
};

} // namespace

template <class Request, class Outcome>
std::weak_ptr<lane_core> flow<Request, Outcome>::access(lane& on) noexcept {
    return flow_access::core(on);
}

template <class Request, class Outcome>
result<Outcome> flow<Request, Outcome>::run(const Request& request, const call& bounds) const {
    waited_end<Outcome> end;
    std::uint64_t number = 0;
    {
        const auto core = core_.lock(); // let go before the wait: the lane may be destroyed meanwhile
        if (core == nullptr) return closed();
        if (core->on_own_thread()) return flow_error(acquiring_errc::own_thread, "lane");
        CIPHERLANE_CHECK(take_turn<Request>(*core));
        number = core->next_job_number();
        core->post(std::make_unique<waited_job<Request, Outcome>>(number, request, bounds, end));
    }
    if (!end.wait(bounds)) {
        const bool stopped = bounds.stop().stop_requested();
        withdraw(core_, number, stopped ? acquiring_errc::cashier_cancelled : acquiring_errc::deadline_passed);
    }
    return end.take();
}

template <class Request, class Outcome>
void flow<Request, Outcome>::start(Request request, const call& bounds, ports::completion_box<Outcome> box) const {
    const auto core = core_.lock();
    const job_stopper stopper{{}, core_, core != nullptr ? core->next_job_number() : 0};
    auto job =
        std::make_unique<posted_job<Request, Outcome>>(stopper, std::move(request), bounds, std::move(box.done));
    if (core == nullptr) return job->refuse(closed());
    if (const auto turn = take_turn<Request>(*core); !turn) return job->refuse(turn.error());
    core->post(std::move(job));
    if (stopper.stop.stop_requested()) stopper(); // before it was there to be withdrawn
}

template class flow<sign_in_request, sign_in_report>;
template class flow<service_request, service_report>;
template class flow<sale_request, payment>;
template class flow<void_request, payment>;
template class flow<refund_request, payment>;
template class flow<qr_sale_request, payment>;
template class flow<trade_request, payment>;
template class flow<decision_request, payment>;
template class flow<turn_request, turn_report>;
template class flow<balance_request, balance_report>;
template class flow<settlement_request, settlement_report>;
template class flow<recovery_request, std::vector<payment>>;

} // namespace cipherlane::acquiring
