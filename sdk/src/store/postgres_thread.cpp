#include "postgres_thread.hpp"

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
    , on_(std::move(on)) {
    thread_ = std::thread([this] { serve(); });
}

postgres_thread::~postgres_thread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

error postgres_thread::lateness() const {
    return down_ ? connection_lost() : task_queue::lateness();
}

void postgres_thread::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        batch tasks = take_queued();
        lock.unlock();
        if (connect()) {
            run_batch(tasks);
        } else {
            rest(tasks);
        }
        lock.lock();
    }
}

/// Tasks wait for the database as long as their callers do.
void postgres_thread::rest(batch& tasks) {
    bool stopped = false;
    {
        std::unique_lock lock(mutex_);
        stopped = stopping_;
    }
    if (stopped) return fail_all(tasks, connection_lost());
    put_back(tasks);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, retry_after, [&] { return stopping_; });
}

bool postgres_thread::connect() {
    if (on_ && !on_->lost()) return true;
    std::set<std::string, std::less<>> had;
    if (on_) had = on_->claimed();
    if (on_ && !down_) log_.warning("journal", "the connection to the database is lost");
    down_ = true;
    auto made = postgres_database::open(where_, session_, deadline::in(where_.patience));
    if (!made) return false;
    on_ = *std::move(made);
    for (const auto& one : had) {
        if (const auto again = on_->claim(one); again) continue;
        if (on_->lost()) return false;
        log_.warning("journal", "terminal " + one + " is another machine's by now");
    }
    if (!on_->settle()) return false;
    down_ = false;
    log_.info("journal", "connected to the database again");
    return true;
}

void postgres_thread::fail_all(batch& tasks, const error& why) {
    for (auto& one : tasks)
        one->fail(why);
    finish(tasks);
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
            finish(one);
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
    on_->forget_foreseen();
    look_ahead(tasks);
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
                finish(tasks);
                return ending::done;
            }
            return undo();
        }
        sync = sync || (done && one.need == durability::durable);
        held.push_back(std::move(tasks.front()));
        tasks.pop_front();
        if (!wrote) finish(held);
    }
    if (!wrote) return ending::done;
    if (commit(sync)) {
        finish(held);
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

/// The new connection has ended the old session first: what it had not committed by then never will be.
void postgres_thread::resolve(batch& tasks) {
    log_.warning("journal", "the connection was lost during a commit: what became of it is read back");
    const auto until = deadline::in(where_.patience * 4 / 5);
    while (!until.passed()) {
        if (connect()) {
            if (const auto known = was_committed(); known) {
                log_.info("journal", *known ? "it was carried out" : "it was not carried out");
                return *known ? finish(tasks) : put_back(tasks);
            }
            on_->rollback();
        }
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, retry_after, [&] { return stopping_; })) break;
    }
    fail_all(tasks, connection_lost());
}

} // namespace cipherlane::store
