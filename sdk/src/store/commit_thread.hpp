#pragma once

#include "sqlite.hpp"

#include <cipherlane/core/call.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace cipherlane::store {

/// What a task wants of the disk.
enum class durability : std::uint8_t {
    read,    ///< nothing
    lazy,    ///< seen at once, on the disk with the next durable task
    durable, ///< answered after the sync
    alone,   ///< run outside every transaction, what came before it committed
};

/// Is asked before each commit and told after it, on the journal's thread.
class commit_witness {
  public:
    commit_witness() = default;
    commit_witness(const commit_witness&) = delete;
    commit_witness& operator=(const commit_witness&) = delete;
    virtual ~commit_witness() = default;
    /// An error undoes the transaction and is the outcome of all that rode in it.
    [[nodiscard]] virtual result<void> before_commit(database& on) = 0;
    virtual void after_commit(database& on) = 0;
};

/// The journal's thread: owns the database, runs what callers queue, gathers what waits into one commit and answers
/// after the sync. In place, each task is a batch of its own on its caller's thread.
class commit_thread {
  public:
    struct counters {
        std::atomic<std::uint64_t> operations{0};
        std::atomic<std::uint64_t> durable{0};
        std::atomic<std::uint64_t> commits{0};
    };

    /// @param witness null, or outlives the thread.
    commit_thread(database on, journal_thread runs_on, std::chrono::milliseconds flush_after,
        std::chrono::milliseconds patience, commit_witness* witness = nullptr);
    commit_thread(const commit_thread&) = delete;
    commit_thread& operator=(const commit_thread&) = delete;
    /// Runs what is queued, then flushes.
    ~commit_thread();

    /// Runs `work(database&)`, which returns a result, on the journal's thread and waits for it. A task that the
    /// deadline finds still queued is withdrawn (`too_late`); one that has begun is waited for a while longer.
    template <class Work>
    auto execute(durability need, const call& bounds, Work work) -> decltype(work(std::declval<database&>())) {
        using outcome = decltype(work(std::declval<database&>()));
        auto made = std::make_shared<task_of<Work, outcome>>(need, std::move(work));
        submit(made);
        if (const auto late = wait(*made, bounds); late) return *late;
        return std::move(*made->value);
    }

    [[nodiscard]] const counters& statistics() const noexcept { return counters_; }

  private:
    enum class stage : std::uint8_t { queued, begun, finished, withdrawn };

    /// Shared by the caller and the thread, so that a caller who gives up leaves nothing dangling.
    struct task {
        explicit task(durability want)
            : need(want) {}
        task(const task&) = delete;
        task& operator=(const task&) = delete;
        virtual ~task() = default;
        virtual bool run(database& on) = 0;
        virtual void fail(const error& why) = 0;
        durability need;
        stage at = stage::queued; ///< guarded by the thread's mutex
    };

    template <class Work, class Outcome>
    struct task_of final : task {
        task_of(durability want, Work what)
            : task(want)
            , work(std::move(what)) {}
        bool run(database& on) override {
            value.emplace(work(on));
            return value->has_value();
        }
        void fail(const error& why) override { value.emplace(why); }
        Work work;
        std::optional<Outcome> value;
    };

    using batch = std::deque<std::shared_ptr<task>>;

    void submit(std::shared_ptr<task> one);
    [[nodiscard]] std::optional<error> wait(task& one, const call& bounds);
    void serve();
    void run_in_place(std::shared_ptr<task> one);
    void run_batch(batch& tasks);
    /// True if the task changed something.
    [[nodiscard]] result<bool> run_task(task& one);
    [[nodiscard]] result<void> commit();
    void finish(batch& tasks);

    database database_;
    const journal_thread runs_on_;
    const std::chrono::milliseconds flush_after_;
    const std::chrono::milliseconds patience_;
    commit_witness* const witness_;
    counters counters_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    batch queue_;
    bool stopping_ = false;
    std::optional<deadline> flush_at_; ///< in place: when what is in the transaction must be on the disk
    std::thread thread_;
};

} // namespace cipherlane::store
