#include "postgres_thread.hpp"

#include "postgres_timeline.hpp"
#include "record_table.hpp"

#include <algorithm>
#include <set>

namespace cipherlane::store {
namespace {

/// Between two attempts to connect.
constexpr std::chrono::milliseconds retry_after{100};

error connection_lost() {
    return error(store_errc::database_lost, layer::store).during("journal");
}

} // namespace

postgres_thread::postgres_thread(std::unique_ptr<postgres_database> on, postgres_settings where, std::string session,
    const ports::clock& clock, logger log)
    : task_queue(where.patience)
    , where_(std::move(where))
    , session_(std::move(session))
    , clock_(clock)
    , log_(std::move(log))
    , on_(std::move(on))
    , holds_(where_.hold_time) {
    thread_ = std::thread([this] { serve(); });
}

postgres_thread::~postgres_thread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    ended_.request_stop();
    thread_.join();
    if (on_) on_->release(holds_.settled(on_->claimed()));
}

error postgres_thread::lateness() const {
    return down_ ? connection_lost() : task_queue::lateness();
}

/// Nothing is begun before there is a connection: what waits for one ends with its caller's patience.
void postgres_thread::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        lock.unlock();
        const bool connected = connect();
        lock.lock();
        if (!connected && !stopping_) {
            rest(lock);
            continue;
        }
        batch tasks = take_queued();
        lock.unlock();
        if (connected) {
            run_batch(tasks);
        } else {
            fail_all(tasks, connection_lost());
        }
        lock.lock();
    }
}

/// Tasks wait for the database as long as their callers do.
void postgres_thread::rest(std::unique_lock<std::mutex>& lock) {
    wake_.wait_for(lock, retry_after, [&] { return stopping_; });
    std::erase_if(queue_, [](const auto& one) { return one->at == stage::withdrawn; });
}

bool postgres_thread::connect() {
    if (on_ && !on_->lost()) return true;
    holds_.lose();
    if (on_) {
        had_ = on_->claimed();
        log_.warning("journal", "the connection to the database is lost");
        on_.reset();
    }
    down_ = true;
    auto made = postgres_database::open(where_, session_, call(where_.patience, ended_.get_token()));
    if (!made) return false;
    if (!take_up(**made)) return false;
    on_ = *std::move(made);
    for (const auto& one : had_) {
        if (!on_->claimed().contains(one))
            log_.warning("journal", "terminal " + one + " is another machine's by now");
    }
    had_.clear();
    down_ = false;
    log_.info("journal", "connected to the database again");
    return true;
}

/// Before anything is read. What the old session had committed may be on this server alone, where a standby that it
/// waited for has not answered: a commit of now is answered when all before it are there, too.
result<void> postgres_thread::take_up(postgres_database& fresh) {
    const auto asked = boot_clock::now();
    CIPHERLANE_CHECK(follow_timeline(fresh));
    CIPHERLANE_CHECK(write_mark(fresh));
    CIPHERLANE_CHECK(fresh.reclaim());
    holds_.confirm(fresh.claimed(), asked);
    return {};
}

result<void> postgres_thread::write_mark(postgres_database& fresh) {
    CIPHERLANE_CHECK(fresh.begin());
    auto mark = fresh.prepare("INSERT INTO sessions(session, batch, seen) VALUES (?, 0, ?) ON CONFLICT(session) "
                              "DO UPDATE SET seen = excluded.seen");
    CIPHERLANE_CHECK(mark.bind(session_).bind(to_ms(clock_.now())).run());
    return fresh.commit();
}

void postgres_thread::fail_all(batch& tasks, const error& why) {
    for (auto& one : tasks)
        one->fail(why);
    finish(tasks);
}

void postgres_thread::start_asking() {
    asked_ = boot_clock::now();
    answered_before_ = on_->answered();
}

/// What the answers show of the terminals is known before anybody acts by them.
void postgres_thread::tell_finished(batch& tasks) {
    for (const auto& one : on_->take_taken_over()) {
        log_.warning("journal", "terminal " + one + " is taken over from a machine that has not signed off");
        holds_.took_over(one, boot_clock::now());
    }
    if (on_->answered() != answered_before_) holds_.confirm(on_->claimed(), asked_);
    finish(tasks);
}

/// Of a commit whose answer has come late. What was to begin for a terminal that has been lost since must not go on:
/// whoever has the terminal now takes what was begun for its own to end.
void postgres_thread::finish_committed(batch& tasks) {
    for (auto& one : tasks) {
        const auto& terminal = one->ahead.concerns;
        if (one->need != durability::durable || terminal.empty() || terminal.front() == '#') continue;
        if (!on_->claimed().contains(terminal))
            one->fail(error(store_errc::in_use, layer::store)
                          .during("journal")
                          .with_hint("another machine has taken the terminal meanwhile"));
    }
    tell_finished(tasks);
}

void postgres_thread::run_batch(batch& tasks) {
    for (const auto& one : tasks) {
        ++counters_.operations;
        if (one->need == durability::durable) ++counters_.durable;
    }
    const auto how = attempt(tasks);
    if (tasks.empty()) return;
    if (how == ending::in_doubt) return resolve(tasks);
    if (on_->lost()) return put_back(tasks);
    run_one_by_one(tasks);
}

/// One of them cannot be carried out, and took the others with it.
void postgres_thread::run_one_by_one(batch& tasks) {
    while (!tasks.empty()) {
        if (on_->lost()) return put_back(tasks);
        drop_withdrawn(tasks);
        if (tasks.empty()) return;
        batch one{tasks.front()};
        const auto how = attempt(one);
        tasks.pop_front();
        if (one.empty()) continue;
        if (how == ending::in_doubt) {
            resolve(one);
            if (!on_ || on_->lost()) return put_back(tasks);
        } else if (on_->lost()) {
            tasks.push_front(one.front());
        } else {
            if (reason_) one.front()->fail(*reason_);
            tell_finished(one);
        }
    }
}

/// What tasks will ask goes out together, unless one before them may change it.
void postgres_thread::look_ahead(const batch& tasks) {
    std::set<std::string_view> concerned;
    std::size_t asking = 0;
    for (const auto& one : tasks) {
        if (one->ahead.concerns.empty() && one->need != durability::read) break;
        if (!concerned.insert(one->ahead.concerns).second || !one->ahead.ask) continue;
        one->ahead.ask(*on_);
        ++asking;
    }
    if (asking > 0) (void)on_->settle();
}

/// Answers reads that come before any change at once, everything else after the commit. What is left in `tasks` has
/// no answer yet.
postgres_thread::ending postgres_thread::attempt(batch& tasks) {
    reason_.reset();
    start_asking();
    on_->forget_foreseen();
    look_ahead(tasks);
    drop_withdrawn(tasks); // that may have taken long
    batch held;
    bool wrote = false;
    bool sync = false;
    const auto undo = [&] {
        while (!held.empty()) {
            tasks.push_front(std::move(held.back()));
            held.pop_back();
        }
        reason_ = on_->failure();
        on_->rollback();
        return ending::undone;
    };
    if (on_->failure()) return undo();
    while (!tasks.empty()) {
        auto& one = *tasks.front();
        if (one.need != durability::read && !wrote) {
            wrote = true;
            if (!on_->begin()) return undo();
        }
        const auto before = on_->writes();
        const bool done = one.run(*on_);
        if (on_->failure()) return undo();
        // What it had begun to change must go, and the others' with it; alone, it has its answer.
        if (!done && wrote && on_->writes() != before) {
            if (held.empty() && tasks.size() == 1) {
                on_->rollback();
                tell_finished(tasks);
                return ending::done;
            }
            return undo();
        }
        sync = sync || (done && one.need == durability::durable);
        held.push_back(std::move(tasks.front()));
        tasks.pop_front();
        if (!wrote) tell_finished(held);
    }
    if (!wrote) return ending::done;
    if (commit(sync)) {
        tell_finished(held);
        return ending::done;
    }
    if (!on_->lost()) return undo();
    tasks = std::move(held);
    return ending::in_doubt;
}

/// With the transaction goes its number, by which it is found again.
result<void> postgres_thread::commit(bool sync) {
    ++counters_.commits;
    ++committing_;
    if (!sync) CIPHERLANE_CHECK(on_->run("SET LOCAL synchronous_commit TO off"));
    auto number = on_->prepare("INSERT INTO sessions(session, batch, seen) VALUES (?, ?, ?) ON CONFLICT(session) "
                               "DO UPDATE SET batch = excluded.batch, seen = excluded.seen");
    number.bind(session_).bind(static_cast<std::int64_t>(committing_)).bind(to_ms(clock_.now()));
    CIPHERLANE_CHECK(number.run());
    return on_->commit();
}

result<bool> postgres_thread::was_committed() {
    auto asked = on_->prepare("SELECT batch FROM sessions WHERE session = ?");
    asked.bind(session_);
    CIPHERLANE_TRY(const bool row, asked.step());
    return row && static_cast<std::uint64_t>(asked.integer(0)) >= committing_;
}

/// The new connection has ended the old session first: what it had not committed by then never will be. And what it
/// had is where it must be: the new one has waited for a commit of its own.
void postgres_thread::resolve(batch& tasks) {
    log_.warning("journal", "the connection was lost during a commit: what became of it is read back");
    const auto until = deadline::in(where_.patience * 4 / 5);
    while (!until.passed()) {
        if (connect()) {
            start_asking();
            if (const auto known = was_committed(); known) {
                log_.info("journal", *known ? "it was carried out" : "it was not carried out");
                return *known ? finish_committed(tasks) : put_back(tasks);
            }
            on_->rollback();
        }
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, retry_after, [&] { return stopping_; })) break;
    }
    fail_all(tasks, connection_lost());
}

} // namespace cipherlane::store
