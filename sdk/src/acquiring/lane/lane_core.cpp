#include "lane/lane_core.hpp"

#include <cipherlane/ledger/trades.hpp>

#include <string>

namespace cipherlane::acquiring {

lane_core::lane_core(terminal_settings settings, const lane_ports& with, terminal_claim taken, logger log)
    : settings_(std::move(settings))
    , with_(with)
    , taken_(std::move(taken))
    , log_(std::move(log)) {
    if (with_.runs_on == lane_thread::callers) return;
    thread_ = std::thread([this] { serve(); });
    own_thread_ = thread_.get_id();
}

lane_core::~lane_core() {
    close();
}

void lane_core::close() noexcept {
    stopping_.request_stop();
    {
        const std::scoped_lock lock(mutex_); // a waiter that has just looked must be asleep before it is woken
        closed_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    taken_ = terminal_claim();
}

void lane_core::post(std::unique_ptr<lane_job> job) {
    if (with_.runs_on == lane_thread::callers) return run_in_place(std::move(job));
    {
        const std::scoped_lock lock(mutex_);
        if (!closed_) queue_.push_back(std::move(job));
    }
    if (job != nullptr) return job->abandon();
    wake_.notify_one();
}

/// What is started from within a flow runs after it, as on a lane's own thread.
void lane_core::run_in_place(std::unique_ptr<lane_job> job) {
    if (closed_) return job->abandon();
    queue_.push_back(std::move(job));
    if (on_own_thread()) return;
    own_thread_ = std::this_thread::get_id();
    while (!queue_.empty()) {
        const auto next = std::move(queue_.front());
        queue_.pop_front();
        next->run(*this);
    }
    own_thread_ = std::thread::id();
}

void lane_core::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_.stop_requested() || !queue_.empty(); });
        if (queue_.empty()) return;
        const auto job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        if (stopping_.stop_requested()) {
            job->abandon();
        } else {
            job->run(*this);
        }
        lock.lock();
    }
}

bool lane_core::has_peer(ports::trade kind) const noexcept {
    switch (ledger::row_of(kind).through) {
    case ledger::channel::gateway: return with_.gateway != nullptr;
    case ledger::channel::terminal: return with_.terminal != nullptr;
    case ledger::channel::host: break;
    }
    return with_.host != nullptr;
}

std::string lane_core::counterpart(ports::trade kind) const {
    const auto identity_of = [](const auto* peer) { return peer != nullptr ? peer->identity() : std::string(); };
    switch (ledger::row_of(kind).through) {
    case ledger::channel::gateway: return identity_of(with_.gateway);
    case ledger::channel::terminal: return identity_of(with_.terminal);
    case ledger::channel::host: break;
    }
    return identity_of(with_.host);
}

void lane_core::note(timeline_entry entry) const {
    if (with_.observer == nullptr) return;
    entry.when = clock().now();
    entry.terminal_id = terminal_id();
    with_.observer->on_entry(entry);
}

void lane_core::begin_stages(std::string key, const amount& total) {
    stage_.key = std::move(key);
    stage_.total = total;
}

void lane_core::enter(stage at, std::optional<std::chrono::system_clock::time_point> expires) {
    stage_.at = at;
    stage_.expires = expires;
    const bool open = at == stage::preparing || at == stage::card || at == stage::pin || at == stage::currency ||
                      at == stage::scanning;
    stage_.cancel = open ? cancelling::possible : cancelling::too_late;
    if (with_.observer != nullptr) with_.observer->on_stage(stage_);
}

void lane_core::raise(alert_kind kind, const ports::journal_record& record) {
    // Of one record several payments may be told, and each is an alert of its own.
    const auto number = record.id == 0 ? record.order_number : std::string();
    if (!raised_.emplace(kind, record.id, number, record.reference).second) return;
    log_.warning("acquiring", std::string(to_string(kind)) + ": terminal " + terminal_id() + ", trace " +
                                  std::to_string(record.trace) + ", " + record.requested.to_string());
    if (with_.observer != nullptr) with_.observer->on_alert({kind, record});
}

} // namespace cipherlane::acquiring
