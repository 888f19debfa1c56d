#include "flow/balance.hpp"
#include "flow/decision.hpp"
#include "flow/notices.hpp"
#include "flow/payments.hpp"
#include "flow/recovery.hpp"
#include "flow/settlement.hpp"
#include "flow/unsent.hpp"
#include "flow_access.hpp"
#include "host/service.hpp"
#include "host/sign_in.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/system_executor.hpp>

#include <future>
#include <optional>

namespace cipherlane::acquiring {
namespace {

result<sign_in_report> perform(lane_core& on, const sign_in_request& /*request*/, const call& bounds) {
    return sign_in_now(on, bounds);
}

/// Runs a request with the caller's call, ended early by the lane's end, too.
template <class Outcome, class Request>
result<Outcome> perform_bounded(lane_core& on, const Request& request, const call& bounds) {
    if (bounds.until().passed()) return flow_error(acquiring_errc::deadline_passed, "call");
    on.begin_stages({}, amount(0, on.settings().unit)); // what is no trade has no name in them
    std::stop_source either;
    const auto stop = [&] { either.request_stop(); };
    const std::stop_callback by_caller(bounds.stop(), stop);
    const std::stop_callback by_lane(on.stopping(), stop);
    CIPHERLANE_CHECK(settle_unsent(on));
    settle_notices(on);
    return perform(on, request, call(bounds.until(), either.get_token()));
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

template <class Request, class Outcome>
class waited_job final : public lane_job {
  public:
    waited_job(const Request& request, const call& bounds)
        : request_(request)
        , bounds_(bounds) {}
    [[nodiscard]] std::future<result<Outcome>> outcome() { return promise_.get_future(); }
    void run(lane_core& on) override {
        auto end = perform_bounded<Outcome>(on, request_, bounds_);
        end_turn<Request>(on);
        promise_.set_value(std::move(end));
    }
    void abandon() override { promise_.set_value(closed()); }

  private:
    const Request& request_; // the caller waits for the end, so it outlives the job
    const call bounds_;
    std::promise<result<Outcome>> promise_;
};

/// For handlers without an executor: the system's threads, never the lane's own, where a blocking flow would wait
/// for itself. Executors of handlers are never run by the lane's thread, so they cannot call back on it either.
auto elsewhere() {
    return boost::asio::require(boost::asio::system_executor(), boost::asio::execution::blocking.never);
}

template <class Request, class Outcome>
class posted_job final : public lane_job {
  public:
    posted_job(Request request, const call& bounds, ports::completion<Outcome> done)
        : request_(std::move(request))
        , bounds_(bounds.until(), stop_.get_token())
        , by_caller_(bounds.stop(), stopper{stop_})
        , executor_(boost::asio::prefer(boost::asio::get_associated_executor(done, elsewhere()),
              boost::asio::execution::outstanding_work.tracked))
        , done_(std::move(done)) {
        auto slot = boost::asio::get_associated_cancellation_slot(done_);
        if (slot.is_connected()) {
            slot.assign([stop = stopper{stop_}](boost::asio::cancellation_type) { stop(); });
        }
    }
    void run(lane_core& on) override {
        auto end = perform_bounded<Outcome>(on, request_, bounds_);
        end_turn<Request>(on);
        complete(executor_, std::move(done_), std::move(end));
    }
    void abandon() override { refuse(closed()); }
    /// Never from within the call that started the flow, where a refusal may be known already.
    void refuse(const error& why) {
        elsewhere().execute([on = executor_, done = std::move(done_), why]() mutable {
            complete(on, std::move(done), result<Outcome>(why));
        });
    }

  private:
    /// Shares the stop state, so that it may outlive the job.
    struct stopper {
        mutable std::stop_source stop;
        void operator()() const { stop.request_stop(); }
    };

    static void complete(
        const boost::asio::any_completion_executor& on, ports::completion<Outcome> done, result<Outcome> outcome) {
        on.execute([last = std::move(done), end = std::move(outcome)]() mutable {
            boost::asio::get_associated_cancellation_slot(last).clear();
            std::move(last)(std::move(end));
        });
    }

    std::stop_source stop_;
    Request request_;
    const call bounds_;
    std::stop_callback<stopper> by_caller_;
    boost::asio::any_completion_executor executor_; // keeps the caller's context at work until the end
    ports::completion<Outcome> done_;
};

} // namespace

template <class Request, class Outcome>
std::weak_ptr<lane_core> flow<Request, Outcome>::access(lane& on) noexcept {
    return flow_access::core(on);
}

template <class Request, class Outcome>
result<Outcome> flow<Request, Outcome>::run(const Request& request, const call& bounds) const {
    std::future<result<Outcome>> outcome;
    {
        const auto core = core_.lock(); // let go before the wait: the lane may be destroyed meanwhile
        if (core == nullptr) return closed();
        if (core->on_own_thread()) return flow_error(acquiring_errc::own_thread, "lane");
        CIPHERLANE_CHECK(take_turn<Request>(*core));
        auto job = std::make_unique<waited_job<Request, Outcome>>(request, bounds);
        outcome = job->outcome();
        core->post(std::move(job));
    }
    return outcome.get();
}

template <class Request, class Outcome>
void flow<Request, Outcome>::start(Request request, const call& bounds, ports::completion<Outcome> done) const {
    auto job = std::make_unique<posted_job<Request, Outcome>>(std::move(request), bounds, std::move(done));
    const auto core = core_.lock();
    if (core == nullptr) return job->abandon();
    if (const auto turn = take_turn<Request>(*core); !turn) return job->refuse(turn.error());
    core->post(std::move(job));
}

template class flow<sign_in_request, sign_in_report>;
template class flow<service_request, service_report>;
template class flow<sale_request, payment>;
template class flow<void_request, payment>;
template class flow<refund_request, payment>;
template class flow<qr_sale_request, payment>;
template class flow<trade_request, payment>;
template class flow<decision_request, payment>;
template class flow<balance_request, balance_report>;
template class flow<settlement_request, settlement_report>;
template class flow<recovery_request, std::vector<payment>>;

} // namespace cipherlane::acquiring
