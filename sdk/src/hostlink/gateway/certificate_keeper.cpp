#include <cipherlane/core/pause.hpp>
#include <cipherlane/hostlink/gateway/certificate_keeper.hpp>

#include <stop_token>
#include <thread>
#include <utility>

namespace cipherlane::hostlink::wechat {
namespace {

constexpr std::chrono::seconds longest_fetch{20};

} // namespace

struct certificate_keeper::state {
    void run() {
        while (!stop.stop_requested()) {
            pause(call(look_every, stop.get_token()));
            if (stop.stop_requested() || !known->refresh_due() || !known->claim_refresh()) continue;
            const auto fetched = by->refresh_certificates(call(longest_fetch, stop.get_token()));
            // A merchant with the public key alone has none: that is no news.
            if (!fetched && !fetched.error().is(condition::rejected_by_peer))
                log.warning("wechat", "certificates not fetched: " + fetched.error().to_string());
        }
    }

    std::unique_ptr<gateway> by;
    std::shared_ptr<platform> known;
    logger log;
    std::chrono::milliseconds look_every;
    std::stop_source stop;
    std::thread thread;
};

certificate_keeper::certificate_keeper(
    std::unique_ptr<gateway> by, std::shared_ptr<platform> known, logger log, std::chrono::milliseconds look_every)
    : state_(std::make_unique<state>()) {
    state_->by = std::move(by);
    state_->known = std::move(known);
    state_->log = std::move(log);
    state_->look_every = look_every;
    state_->thread = std::thread([own = state_.get()] { own->run(); });
}

certificate_keeper::~certificate_keeper() {
    state_->stop.request_stop();
    state_->thread.join();
}

} // namespace cipherlane::hostlink::wechat
