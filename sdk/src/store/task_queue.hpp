#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/store/errc.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace cipherlane::store {

/// What a task wants of the disk.
enum class durability : std::uint8_t {
    read,    ///< nothing
    lazy,    ///< seen at once, on the disk with the next durable task
    durable, ///< answered after the sync
    alone,   ///< run outside every transaction, what came before it committed
};

/// What a task will read first, for a database that is asked over a line: what tasks of one batch ask for goes out
/// together.
template <class Database>
struct foresight {
    std::string concerns; ///< the terminal or record; empty: anything, and what others have asked for may be stale
    std::function<void(Database&)> ask; ///< sends the queries and waits for nothing; may be empty
};

/// Where callers of a journal wait for the one thread that owns its database.
template <class Database>
class task_queue {
  public:
    struct counters {
        std::atomic<std::uint64_t> operations{0};
        std::atomic<std::uint64_t> durable{0};
        std::atomic<std::uint64_t> commits{0};
    };
    task_queue(const task_queue&) = delete;
    task_queue& operator=(const task_queue&) = delete;

    /// Runs `work(Database&)`, which returns a result, on the journal's thread and waits for it. A task that the
    /// deadline or a cancel finds still queued is withdrawn (`too_late`, cancelled); one that has begun is waited for
    /// a while longer (`no_answer`), and not begun again after that.
    template <class Work>
    auto execute(durability need, const call& bounds, foresight<Database> ahead, Work work)
        -> decltype(work(std::declval<Database&>())) {
        using outcome = decltype(work(std::declval<Database&>()));
        auto made = std::make_shared<task_of<Work, outcome>>(need, std::move(ahead), std::move(work));
        submit(made);
        if (const auto late = wait(*made, bounds); late) return *late;
        return std::move(*made->value);
    }
    template <class Work>
    auto execute(durability need, const call& bounds, Work work) -> decltype(work(std::declval<Database&>())) {
        return execute(need, bounds, {}, std::move(work));
    }

    [[nodiscard]] const counters& statistics() const noexcept { return counters_; }

  protected:
    enum class stage : std::uint8_t { queued, begun, finished, withdrawn };

    /// Shared by the caller and the thread, so that a caller who gives up leaves nothing dangling.
    struct task {
        task(durability want, foresight<Database> sees)
            : need(want)
            , ahead(std::move(sees)) {}
        task(const task&) = delete;
        task& operator=(const task&) = delete;
        virtual ~task() = default;
        virtual bool run(Database& on) = 0; ///< may be run again, where what it did was undone
        virtual void fail(const error& why) = 0;
        durability need;
        foresight<Database> ahead;
        stage at = stage::queued; ///< guarded by the queue's mutex
        /// Each its own: of many callers only the one is woken that has its answer.
        std::condition_variable_any told;
    };
    using batch = std::deque<std::shared_ptr<task>>;

    explicit task_queue(std::chrono::milliseconds patience)
        : patience_(patience) {}
    virtual ~task_queue() = default;

    /// In the queue, or carried out at once.
    virtual void submit(std::shared_ptr<task> one) { enqueue(std::move(one)); }

    void enqueue(std::shared_ptr<task> one) {
        {
            const std::scoped_lock lock(mutex_);
            queue_.push_back(std::move(one));
        }
        wake_.notify_one();
    }

    /// What is queued and wanted still, begun from here on. Under the mutex.
    [[nodiscard]] batch take_queued() {
        batch tasks;
        for (auto& one : queue_) {
            if (one->at == stage::withdrawn) continue;
            one->at = stage::begun;
            tasks.push_back(std::move(one));
        }
        queue_.clear();
        return tasks;
    }

    /// Those whose callers wait no longer are not carried out any more: they were told that nobody knows, and have
    /// read back what there is.
    void drop_withdrawn(batch& tasks) {
        const std::scoped_lock lock(mutex_);
        std::erase_if(tasks, [](const auto& one) { return one->at == stage::withdrawn; });
    }

    /// Not begun after all: first in the queue again.
    void put_back(batch& tasks) {
        {
            const std::scoped_lock lock(mutex_);
            for (auto one = tasks.rbegin(); one != tasks.rend(); ++one) {
                if ((*one)->at == stage::withdrawn) continue;
                (*one)->at = stage::queued;
                (*one)->told.notify_all();
                queue_.push_front(std::move(*one));
            }
        }
        tasks.clear();
    }

    void finish(batch& tasks) {
        {
            const std::scoped_lock lock(mutex_);
            for (auto& one : tasks)
                one->at = stage::finished;
        }
        for (const auto& one : tasks)
            one->told.notify_all();
        tasks.clear();
    }

    /// Why a task was withdrawn at its deadline.
    [[nodiscard]] virtual error lateness() const {
        return error(store_errc::too_late, layer::store).during("journal");
    }

    const std::chrono::milliseconds patience_;
    counters counters_;
    std::mutex mutex_;
    std::condition_variable wake_;
    batch queue_;
    bool stopping_ = false;

  private:
    template <class Work, class Outcome>
    struct task_of final : task {
        task_of(durability want, foresight<Database> sees, Work what)
            : task(want, std::move(sees))
            , work(std::move(what)) {}
        bool run(Database& on) override {
            value.emplace(work(on));
            return value->has_value();
        }
        void fail(const error& why) override { value.emplace(why); }
        Work work;
        std::optional<Outcome> value;
    };

    [[nodiscard]] std::optional<error> wait(task& one, const call& bounds) {
        std::unique_lock lock(mutex_);
        const auto ready = [&] { return one.at == stage::finished; };
        if (one.told.wait_until(lock, bounds.stop(), bounds.until().at(), ready)) return std::nullopt;
        if (one.at == stage::queued) {
            one.at = stage::withdrawn;
            namespace errc = boost::system::errc;
            if (!bounds.stopped()) return lateness();
            return error(errc::make_error_code(errc::operation_canceled), layer::store).during("journal");
        }
        one.told.wait_for(lock, patience_, [&] { return one.at != stage::begun; });
        if (one.at == stage::finished) return std::nullopt;
        const bool nothing_done = one.at == stage::queued; // put back
        one.at = stage::withdrawn;
        if (nothing_done) return lateness();
        return error(store_errc::no_answer, layer::store).during("journal");
    }
};

} // namespace cipherlane::store
