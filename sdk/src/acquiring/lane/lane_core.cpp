#include "lane/lane_core.hpp"

#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::acquiring {
namespace {

std::vector<lane_gateway> gateways_of(const lane_ports& with) {
    if (!with.gateways.empty() || with.gateway == nullptr) return with.gateways;
    return {lane_gateway{{}, with.gateway, std::nullopt}};
}

template <class Peer>
bool was_called(const Peer& one, const std::string& identity) {
    const auto before = one.earlier_identities();
    return std::find(before.begin(), before.end(), identity) != before.end();
}

std::string names_of(const std::vector<lane_gateway>& all) {
    std::string names;
    for (const auto& one : all)
        names.append(names.empty() ? "expected " : ", ").append(one.name);
    return names;
}

} // namespace

lane_core::lane_core(terminal_settings settings, const lane_ports& with, terminal_claim taken, logger log)
    : settings_(std::move(settings))
    , with_(with)
    , gateways_(gateways_of(with))
    , taken_(std::move(taken))
    , log_(std::move(log)) {
    if (with_.runs_on == lane_thread::callers) return;
    thread_ = std::thread([this] { serve(); });
    own_thread_ = thread_.get_id();
}

lane_core::~lane_core() {
    close();
}

void lane_core::ask_to_end() noexcept {
    {
        const std::scoped_lock lock(mutex_); // before the thread may end: what is posted then would wait for nobody
        closed_ = true;
    }
    stopping_.request_stop();
    {
        const std::scoped_lock lock(mutex_); // a waiter that has just looked must be asleep before it is woken
    }
    wake_.notify_one();
}

void lane_core::close() noexcept {
    ask_to_end();
    if (thread_.joinable() && on_own_thread()) {
        thread_.detach(); // at its end, which lets go what it had kept
    } else if (thread_.joinable()) {
        thread_.join();
    }
    taken_ = terminal_claim();
}

void lane_core::close_within(std::shared_ptr<void> kept) noexcept {
    ask_to_end();
    {
        const std::scoped_lock lock(mutex_);
        if (ended_ || !thread_.joinable()) return; // whoever runs the job in place holds the lane, too
        kept_.push_back(std::move(kept));
    }
    log_.warning("acquiring", "terminal " + terminal_id() +
                                  ": the lane was let go on its own thread, as from a timeline: the flow under way "
                                  "is seen to its end first");
}

void lane_core::post(std::unique_ptr<lane_job> job) {
    if (with_.runs_on == lane_thread::callers) return run_in_place(std::move(job));
    std::optional<std::stop_source> makes_room;
    {
        const std::scoped_lock lock(mutex_);
        if (!closed_) {
            if (running_ || !queue_.empty()) job->must_wait();
            queue_.push_back(std::move(job));
            makes_room = gives_way_;
        }
    }
    if (makes_room) makes_room->request_stop(); // unlocked: whoever hears of it may come back here
    if (job != nullptr) return job->abandon(*this, flow_error(acquiring_errc::lane_closed, "lane"));
    wake_.notify_one();
}

void lane_core::give_way(const std::stop_source& of) {
    bool at_once = false;
    {
        const std::scoped_lock lock(mutex_);
        gives_way_ = of;
        at_once = !queue_.empty();
    }
    if (at_once) std::stop_source(of).request_stop();
}

void lane_core::give_way_no_more() noexcept {
    const std::scoped_lock lock(mutex_);
    gives_way_.reset();
}

std::unique_ptr<lane_job> lane_core::withdraw(std::uint64_t number) noexcept {
    if (with_.runs_on == lane_thread::callers) return nullptr; // nobody waits while another one runs
    const std::scoped_lock lock(mutex_);
    const auto found =
        std::find_if(queue_.begin(), queue_.end(), [&](const auto& waiting) { return waiting->number() == number; });
    if (found == queue_.end()) return nullptr;
    if (!running_ && found == queue_.begin()) return nullptr; // its turn has come
    auto job = std::move(*found);
    queue_.erase(found);
    return job;
}

/// What is started from within a flow runs after it, as on a lane's own thread.
void lane_core::run_in_place(std::unique_ptr<lane_job> job) {
    const auto closed = flow_error(acquiring_errc::lane_closed, "lane");
    if (closed_) return job->abandon(*this, closed);
    queue_.push_back(std::move(job));
    if (on_own_thread()) return;
    own_thread_ = std::this_thread::get_id();
    while (!queue_.empty()) {
        const auto next = std::move(queue_.front());
        queue_.pop_front();
        closed_ ? next->abandon(*this, closed) : next->run(*this);
    }
    own_thread_ = std::thread::id();
}

void lane_core::serve() {
    std::vector<std::shared_ptr<void>> last; // this lane may be among it: nothing of it is touched after that
    serve_all();
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    last.swap(kept_);
}

void lane_core::serve_all() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_.stop_requested() || !queue_.empty(); });
        if (queue_.empty()) return;
        auto job = std::move(queue_.front());
        queue_.pop_front();
        running_ = true;
        lock.unlock();
        if (stopping_.stop_requested()) {
            job->abandon(*this, flow_error(acquiring_errc::lane_closed, "lane"));
        } else {
            job->run(*this);
        }
        job.reset(); // unlocked: it may wait for somebody who is about to withdraw it
        lock.lock();
        running_ = false;
    }
}

bool lane_core::has_peer(ports::trade kind) const noexcept {
    switch (ledger::row_of(kind).through) {
    case ledger::channel::gateway: return has_gateway();
    case ledger::channel::terminal: return with_.terminal != nullptr;
    case ledger::channel::host: break;
    }
    return with_.host != nullptr;
}

std::string lane_core::counterpart(ports::trade kind) const {
    const auto identity_of = [](const auto* peer) { return peer != nullptr ? peer->identity() : std::string(); };
    switch (ledger::row_of(kind).through) {
    case ledger::channel::gateway: return has_gateway() ? gateways_.front().port->identity() : std::string();
    case ledger::channel::terminal: return identity_of(with_.terminal);
    case ledger::channel::host: break;
    }
    return identity_of(with_.host);
}

bool lane_core::is_counterpart(const ports::journal_record& of) const {
    const auto now = counterpart(of.kind);
    if (now.empty() || of.counterpart.empty() || now == of.counterpart) return true;
    switch (ledger::row_of(of.kind).through) {
    case ledger::channel::gateway: return was_called(*gateways_.front().port, of.counterpart);
    case ledger::channel::host: return was_called(*with_.host, of.counterpart);
    case ledger::channel::terminal: break;
    }
    return false;
}

result<ports::qr_gateway*> lane_core::gateway_for(std::string_view name, std::string_view payment_code) const {
    if (!has_gateway()) return flow_error(acquiring_errc::no_device, "gateway");
    const auto bad = [](std::string_view field) {
        return flow_error(acquiring_errc::bad_request, "request").in_field(field);
    };
    if (!name.empty()) {
        const auto named = std::find_if(
            gateways_.begin(), gateways_.end(), [&](const lane_gateway& one) { return one.name == name; });
        if (named == gateways_.end()) return bad("gateway").with_hint(names_of(gateways_));
        return named->port;
    }
    if (payment_code.empty() || !has_several_gateways()) return gateways_.front().port;
    const auto kinds = qr::kinds_of(payment_code);
    const auto takes = [&](const lane_gateway& one) {
        if (!one.takes) return false;
        return std::find_first_of(one.takes->begin(), one.takes->end(), kinds.begin(), kinds.end()) !=
               one.takes->end();
    };
    auto found = std::find_if(gateways_.begin(), gateways_.end(), takes);
    if (found == gateways_.end())
        found = std::find_if(gateways_.begin(), gateways_.end(), [](const lane_gateway& one) { return !one.takes; });
    // Nobody else's code is shown to a gateway that could only refuse it.
    if (found == gateways_.end())
        return bad("payment_code").with_hint("expected a code that one of the gateways takes");
    return found->port;
}

result<ports::qr_gateway*> lane_core::gateway_of(const ports::journal_record& record) const {
    if (!has_gateway()) return flow_error(acquiring_errc::no_device, "gateway");
    if (!has_several_gateways() && is_counterpart(record)) return gateways_.front().port;
    const auto whose = [&](const lane_gateway& one) { return one.port->identity() == record.counterpart; };
    auto found = std::find_if(gateways_.begin(), gateways_.end(), whose);
    if (found == gateways_.end() && !record.counterpart.empty())
        found = std::find_if(gateways_.begin(), gateways_.end(),
            [&](const lane_gateway& one) { return was_called(*one.port, record.counterpart); });
    if (found != gateways_.end()) return found->port;
    return flow_error(acquiring_errc::other_counterpart, "gateway")
        .for_trace(record.trace)
        .with_hint("expected the gateway that it went to, " +
                   (record.counterpart.empty() ? "which is not on file" : record.counterpart));
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
    stage_.at = stage::preparing;
    stage_.cancel = cancelling::possible;
}

void lane_core::enter(stage at, std::optional<std::chrono::system_clock::time_point> expires) {
    stage_.at = at;
    stage_.expires = expires;
    const bool open = at == stage::preparing || at == stage::card || at == stage::pin || at == stage::currency ||
                      at == stage::scanning || at == stage::paying;
    stage_.cancel = open ? cancelling::possible : cancelling::too_late;
    if (with_.observer != nullptr && !gives_way_) with_.observer->on_stage(stage_);
}

std::chrono::milliseconds lane_core::left_for(const ports::journal_record& record) {
    const auto now = monotonic_clock::now();
    const auto stamped = std::chrono::duration_cast<std::chrono::milliseconds>(clock().now() - record.created);
    // A day is longer than anything is under way, and no stamp takes the sum out of its range.
    const auto age =
        std::clamp<std::chrono::milliseconds>(stamped, std::chrono::milliseconds(0), std::chrono::days(1));
    const auto since = left_at.try_emplace(record.id, now - age).first->second;
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
}

void lane_core::raise(alert_kind kind, const ports::journal_record& record, std::uint64_t notice) {
    // Of one record several payments may be told, and each is an alert of its own.
    const auto number = record.id == 0 ? record.order_number : std::string();
    const auto word = notice == 0 ? record.reference : record.reference + " " + std::to_string(notice);
    // A lane runs for years: what it has told long ago may be told again, and memory stays as it is.
    constexpr std::size_t most_remembered = 4096;
    if (raised_.size() >= most_remembered) raised_.clear();
    if (!raised_.emplace(kind, record.id, number, word).second) return;
    log_.warning("acquiring", std::string(to_string(kind)) + ": terminal " + terminal_id() + ", trace " +
                                  std::to_string(record.trace) + ", " + record.requested.to_string());
    if (with_.observer != nullptr) with_.observer->on_alert({kind, record, notice});
}

} // namespace cipherlane::acquiring
