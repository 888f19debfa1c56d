#pragma once

#include "client/message_builder.hpp"
#include "client/pool_core.hpp"
#include "support/hand_fed_link.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace cipherlane::hsm::tests {

/// The inside of a pool over one unit whose only connection is in the test's hands; it opens no other.
class hand_fed_pool {
  public:
    explicit hand_fed_pool(std::shared_ptr<const profile> dialect) {
        pool_settings settings;
        settings.units.resize(1);
        settings.dialect = std::move(dialect);
        settings.connections = 1;
        settings.backoff_first = settings.backoff_most; // rests until the test is over
        core_ = std::make_shared<pool_core>(io_.get_executor(), std::move(settings));
        auto& unit = core_->unit_at(0);
        auto made = std::make_shared<pool_connection>(
            core_, 0, std::make_unique<cipherlane::tests::hand_fed_link>(core_->strand(), link_));
        unit.connecting = 1; // for ever, so that none is opened
        short_bytes none;
        (void)unit.health.shown(none, none);
        unit.connections.push_back(made);
        unit.note_idle(*made);
        made->start();
    }
    hand_fed_pool(const hand_fed_pool&) = delete;
    hand_fed_pool& operator=(const hand_fed_pool&) = delete;
    ~hand_fed_pool() { close(); }

    /// Starts a call; `handler` takes a `result<Request::response>`.
    template <class Request, class Handler>
    [[nodiscard]] bool start(const Request& request, Handler handler) {
        auto made = core_->prepare(request, call(std::chrono::hours(1)));
        if (!made) return false;
        core_->submit(*made, typed_end<typename Request::response>(std::move(handler)));
        return true;
    }
    /// The same of a raw command; `handler` takes a `result<raw_response>`.
    struct raw_response {
        raw_answer answer;
        [[nodiscard]] static result<raw_response> from(const reply& of) { return raw_response{to_raw_answer(of)}; }
    };
    template <class Handler>
    [[nodiscard]] bool start(const raw_command& command, Handler handler) {
        auto made = core_->prepare(command, call(std::chrono::hours(1)));
        if (!made) return false;
        core_->submit(*made, typed_end<raw_response>(std::move(handler)));
        return true;
    }
    void run() {
        io_.restart();
        io_.poll();
    }
    /// Ends every call.
    void close() {
        core_->close();
        run();
    }
    [[nodiscard]] cipherlane::tests::hand_fed_link::state& link() { return *link_; }
    [[nodiscard]] pool_core& core() { return *core_; }
    [[nodiscard]] std::size_t connections() { return core_->unit_at(0).connections.size(); }

  private:
    boost::asio::io_context io_{1};
    std::shared_ptr<cipherlane::tests::hand_fed_link::state> link_ =
        std::make_shared<cipherlane::tests::hand_fed_link::state>();
    std::shared_ptr<pool_core> core_;
};

} // namespace cipherlane::hsm::tests
