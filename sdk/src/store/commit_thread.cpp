#include "commit_thread.hpp"

namespace cipherlane::store {

commit_thread::commit_thread(database on, journal_thread runs_on, std::chrono::milliseconds flush_after,
    std::chrono::milliseconds patience, commit_witness* witness)
    : task_queue(patience)
    , database_(std::move(on))
    , runs_on_(runs_on)
    , flush_after_(flush_after)
    , witness_(witness) {
    if (runs_on_ == journal_thread::own) thread_ = std::thread([this] { serve(); });
}

commit_thread::~commit_thread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    } else if (database_.in_transaction()) {
        (void)commit();
    }
}

void commit_thread::submit(std::shared_ptr<task> one) {
    if (runs_on_ == journal_thread::callers) return run_in_place(std::move(one));
    enqueue(std::move(one));
}

/// Nothing comes by itself to flush what is not durable: the next call does, where its time has come.
void commit_thread::run_in_place(std::shared_ptr<task> one) {
    if (flush_at_ && flush_at_->passed() && database_.in_transaction()) (void)commit();
    one->at = stage::begun;
    batch tasks{std::move(one)};
    run_batch(tasks);
    if (!database_.in_transaction())
        flush_at_.reset();
    else if (!flush_at_)
        flush_at_ = deadline::in(flush_after_);
}

void commit_thread::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto waiting = [&] { return stopping_ || !queue_.empty(); };
        if (database_.in_transaction()) {
            if (!wake_.wait_for(lock, flush_after_, waiting)) {
                lock.unlock();
                (void)commit(); // the next durable task reports what is wrong with the disk
                lock.lock();
                continue;
            }
        } else {
            wake_.wait(lock, waiting);
        }
        if (queue_.empty()) break;
        batch tasks = take_queued();
        lock.unlock();
        run_batch(tasks);
        lock.lock();
    }
    lock.unlock();
    if (database_.in_transaction()) (void)commit();
}

/// Answers a task as early as it may be told: a read before any durable task of its batch at once, everything else
/// after the sync, so that nobody sees what a crash could still undo.
void commit_thread::run_batch(batch& tasks) {
    batch held;
    bool sync = false;
    for (auto& one : tasks) {
        const auto changed = run_task(*one);
        held.push_back(one);
        if (!changed) {
            // The database gave up the whole transaction (a full disk does that): all that rode in it is gone.
            for (auto& lost : held)
                lost->fail(changed.error());
            sync = false;
        }
        sync = sync || (changed && *changed && one->need == durability::durable);
        if (!sync) finish(held);
    }
    if (!sync) return;
    if (!database_.in_transaction()) return finish(held); // a task that ran alone has committed them
    if (const auto synced = commit(); !synced) {
        for (auto& one : held)
            one->fail(synced.error());
    }
    finish(held);
}

result<bool> commit_thread::run_task(task& one) {
    ++counters_.operations;
    if (one.need == durability::read) {
        (void)one.run(database_);
        return false;
    }
    ++changes_;
    if (one.need == durability::alone) {
        if (database_.in_transaction()) CIPHERLANE_CHECK(commit());
        (void)one.run(database_);
        return false;
    }
    if (one.need == durability::durable) ++counters_.durable;
    const auto changed = change(one);
    if ((!changed || !*changed) && witness_ != nullptr) witness_->after_undoing();
    return changed;
}

/// A task that is the first of its transaction needs no savepoint, which costs a copy of each page that it writes to.
result<bool> commit_thread::change(task& one) {
    const bool is_first = !database_.in_transaction();
    CIPHERLANE_CHECK(database_.run(is_first ? "BEGIN IMMEDIATE" : "SAVEPOINT task"));
    const bool done = one.run(database_);
    if (!database_.in_transaction()) return error(store_errc::io_failed, layer::store).during("transaction lost");
    if (is_first) {
        if (!done) CIPHERLANE_CHECK(database_.run("ROLLBACK"));
        return done;
    }
    if (!done) CIPHERLANE_CHECK(database_.run("ROLLBACK TO task"));
    CIPHERLANE_CHECK(database_.run("RELEASE task"));
    return done;
}

result<void> commit_thread::commit() {
    ++counters_.commits;
    auto ended = witness_ != nullptr ? witness_->before_commit(database_) : result<void>();
    if (ended) ended = database_.run("COMMIT");
    if (!ended && database_.in_transaction()) (void)database_.execute("ROLLBACK");
    if (!ended) ++changes_;
    if (witness_ != nullptr) ended ? witness_->after_commit(database_) : witness_->after_undoing();
    return ended;
}

} // namespace cipherlane::store
