#pragma once

#include "sqlite.hpp"
#include "task_queue.hpp"

#include <cipherlane/store/sqlite_journal.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>

namespace cipherlane::store {

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
    /// Of what was written in the transaction some or all is undone.
    virtual void after_undoing() noexcept = 0;
};

/// The journal's thread: owns the database, runs what callers queue, gathers what waits into one commit and answers
/// after the sync. In place, each task is a batch of its own on its caller's thread.
class commit_thread final : public task_queue<database> {
  public:
    /// @param witness null, or outlives the thread.
    commit_thread(database on, journal_thread runs_on, std::chrono::milliseconds flush_after,
        std::chrono::milliseconds patience, commit_witness* witness = nullptr);
    /// Runs what is queued, then flushes.
    ~commit_thread() override;

    /// Goes up with all that is changed or undone. On the journal's thread.
    [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }

  private:
    void submit(std::shared_ptr<task> one) override;
    void serve();
    void run_in_place(std::shared_ptr<task> one);
    void run_batch(batch& tasks);
    /// True if the task changed something.
    [[nodiscard]] result<bool> run_task(task& one);
    [[nodiscard]] result<bool> change(task& one);
    [[nodiscard]] result<void> commit();

    database database_;
    const journal_thread runs_on_;
    const std::chrono::milliseconds flush_after_;
    commit_witness* const witness_;
    std::uint64_t changes_ = 0;
    std::optional<deadline> flush_at_; ///< in place: when what is in the transaction must be on the disk
    std::thread thread_;
};

} // namespace cipherlane::store
