#include "flow_access.hpp"
#include "flows.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/system_executor.hpp>

#include <future>
#include <optional>

namespace cipherlane::acquiring {
namespace {

/// Runs a request with the caller's call, ended early by the lane's end, too.
template <class Request>
auto perform_bounded(lane_core& on, const Request& request, const call& bounds) {
    std::stop_source either;
    const auto stop = [&] { either.request_stop(); };
    const std::stop_callback by_caller(bounds.stop(), stop);
    const std::stop_callback by_lane(on.stopping(), stop);
    return perform(on, request, call(bounds.until(), either.get_token()));
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
    void run(lane_core& on) override { promise_.set_value(perform_bounded(on, request_, bounds_)); }
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
        , bounds_(bounds)
        , executor_(boost::asio::prefer(boost::asio::get_associated_executor(done, elsewhere()),
              boost::asio::execution::outstanding_work.tracked))
        , done_(std::move(done)) {}
    void run(lane_core& on) override { complete(perform_bounded(on, request_, bounds_)); }
    void abandon() override { complete(closed()); }

  private:
    void complete(result<Outcome> outcome) {
        executor_.execute(
            [done = std::move(done_), end = std::move(outcome)]() mutable { std::move(done)(std::move(end)); });
    }

    Request request_;
    const call bounds_;
    boost::asio::any_completion_executor executor_; // keeps the caller's context at work until the end
    ports::completion<Outcome> done_;
};

} // namespace

template <class Request, class Outcome>
lane_core* flow<Request, Outcome>::access(lane& on) noexcept {
    return flow_access::core(on);
}

template <class Request, class Outcome>
result<Outcome> flow<Request, Outcome>::run(const Request& request, const call& bounds) const {
    auto job = std::make_unique<waited_job<Request, Outcome>>(request, bounds);
    auto outcome = job->outcome();
    core_->post(std::move(job));
    return outcome.get();
}

template <class Request, class Outcome>
void flow<Request, Outcome>::start(Request request, const call& bounds, ports::completion<Outcome> done) const {
    core_->post(std::make_unique<posted_job<Request, Outcome>>(std::move(request), bounds, std::move(done)));
}

template class flow<sign_in_request, sign_in_report>;
template class flow<sale_request, payment>;
template class flow<void_request, payment>;
template class flow<refund_request, payment>;
template class flow<qr_sale_request, payment>;
template class flow<decision_request, payment>;
template class flow<balance_request, balance_report>;
template class flow<settlement_request, settlement_report>;
template class flow<recovery_request, std::vector<payment>>;

} // namespace cipherlane::acquiring
