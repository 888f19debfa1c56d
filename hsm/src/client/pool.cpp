#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "client/pool_core.hpp"
#include "command/bind.hpp"
#include "fail.hpp"

#include <cipherlane/hsm/pool.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

namespace cipherlane::hsm {
namespace {

error bad_setting(std::string_view field) {
    return fail(hsm_errc::profile_value).during("pool").in_field(field);
}

} // namespace

result<void> pool_settings::validate() const {
    if (dialect == nullptr) return bad_setting("dialect");
    if (units.empty()) return bad_setting("units");
    if (connections == 0 || connections > 1024) return bad_setting("connections");
    if (in_flight == 0 || in_flight > 4096) return bad_setting("in_flight");
    if (attempts == 0) return bad_setting("attempts");
    if (health_interval.count() < 20) return bad_setting("health_interval");
    if (backoff_first.count() < 1 || backoff_most < backoff_first) return bad_setting("backoff_first");
    for (const auto& each : units) {
        CIPHERLANE_CHECK(each.validate());
    }
    return {};
}

/// The pool's own thread, for those who want none.
struct pool::worker {
    std::shared_ptr<boost::asio::io_context> io = std::make_shared<boost::asio::io_context>(1);
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io->get_executor()};
    std::thread thread;

    worker() {
        thread = std::thread([kept = io] { kept->run(); });
    }
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker() {
        work.reset();
        // In a handler of the pool the thread cannot wait for itself: it ends by itself when the handler is over, and
        // takes its loop along.
        if (thread.get_id() == std::this_thread::get_id()) {
            thread.detach();
        } else {
            thread.join();
        }
    }
};

pool::pool(std::shared_ptr<pool_core> core, std::unique_ptr<worker> thread)
    : worker_(std::move(thread))
    , core_(std::move(core)) {}

result<std::unique_ptr<pool>> pool::create(boost::asio::any_io_executor on, pool_settings settings) {
    CIPHERLANE_CHECK(settings.validate());
    auto core = std::make_shared<pool_core>(std::move(on), std::move(settings));
    core->begin();
    return std::unique_ptr<pool>(new pool(std::move(core), nullptr));
}

result<std::unique_ptr<pool>> pool::create_with_thread(pool_settings settings) {
    CIPHERLANE_CHECK(settings.validate());
    auto thread = std::make_unique<worker>();
    auto core = std::make_shared<pool_core>(thread->io->get_executor(), std::move(settings));
    core->begin();
    return std::unique_ptr<pool>(new pool(std::move(core), std::move(thread)));
}

pool::~pool() {
    close();
}

void pool::close() noexcept {
    core_->refuse_new();
    // Never within a loop of the core whose handler called us: that loop holds calls which this one would end.
    boost::asio::post(core_->strand(), [core = core_] { core->close(); });
}

const profile& pool::dialect() const noexcept {
    return *core_->settings().dialect;
}

boost::asio::any_io_executor pool::get_executor() const {
    return core_->strand();
}

void pool::start_command(const operation_request& request, const call& bounds, call_end end) {
    auto made = core_->prepare(request, bounds);
    if (!made) return core_->refuse_later(made.error(), std::move(end));
    core_->submit(*made, std::move(end));
}

namespace {

/// What a thread that waits shares with its call's end, which may come when nobody waits any more.
class waiting_place {
  public:
    void put(result<reply_ptr> outcome) {
        {
            const std::lock_guard lock(guard_);
            outcome_.emplace(std::move(outcome));
        }
        came_.notify_one();
    }
    /// Nothing where none came until then.
    [[nodiscard]] std::optional<result<reply_ptr>> wait_until(pool_call::clock::time_point end) {
        std::unique_lock lock(guard_);
        const auto there = [&] { return outcome_.has_value(); };
        // A deadline of "never" would overflow the wait.
        if (end == pool_call::clock::time_point::max()) {
            came_.wait(lock, there);
        } else if (!came_.wait_until(lock, end, there)) {
            return std::nullopt;
        }
        return std::move(outcome_);
    }

  private:
    std::mutex guard_;
    std::condition_variable came_;
    std::optional<result<reply_ptr>> outcome_;
};

/// How long past its deadline a call's own end may come: the strand judges what became of it.
constexpr std::chrono::milliseconds grace{500};

/// Asked before anything is prepared: a blocking call on the pool's strand would wait for itself.
result<void> may_wait(const pool_core& core) {
    if (core.is_own_strand()) return fail(hsm_errc::own_thread);
    return {};
}

/// The caller's deadline holds whether anybody runs the pool's executor or not.
result<reply_ptr> wait_for(pool_core& core, pool_call* what) {
    const auto until = what->until;
    const auto serial = what->serial;
    const auto* command = what->subject->command;
    auto where = std::make_shared<waiting_place>();
    core.submit(what, [where](const result<reply_ptr*>& answer) {
        where->put(answer ? result<reply_ptr>(std::move(**answer)) : result<reply_ptr>(answer.error()));
    });
    if (auto outcome = where->wait_until(until)) return *std::move(outcome);
    if (core.withdraw(what, serial)) return pool_core::timed_out();
    if (auto outcome = where->wait_until(pool_call::clock::now() + grace)) return *std::move(outcome);
    // The strand took it and stands still since then: it may have left.
    return judge_loss(pool_core::timed_out(), command, true);
}

} // namespace

result<reply_ptr> pool::run_command(const operation_request& request, const call& bounds) {
    CIPHERLANE_CHECK(may_wait(*core_));
    CIPHERLANE_TRY(auto* made, core_->prepare(request, bounds));
    return wait_for(*core_, made);
}

result<raw_answer> pool::execute(const raw_command& command, const call& bounds) {
    CIPHERLANE_CHECK(may_wait(*core_));
    CIPHERLANE_TRY(auto* made, core_->prepare(command, bounds));
    CIPHERLANE_TRY(const auto answer, wait_for(*core_, made));
    return to_raw_answer(*answer);
}

void pool::drain(std::size_t unit) {
    if (unit >= core_->settings().units.size()) return;
    boost::asio::dispatch(core_->strand(), [core = core_, unit] { core->drain(unit); });
}

void pool::restore(std::size_t unit) {
    if (unit >= core_->settings().units.size()) return;
    boost::asio::dispatch(core_->strand(), [core = core_, unit] { core->restore(unit); });
}

pool_stats pool::stats() const {
    std::promise<pool_stats> promise;
    auto outcome = promise.get_future();
    boost::asio::dispatch(core_->strand(), [&] { promise.set_value(core_->stats()); });
    return outcome.get();
}

} // namespace cipherlane::hsm
