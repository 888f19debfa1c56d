#pragma once

#include "postgres_database.hpp"
#include "task_queue.hpp"
#include "terminal_holds.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace cipherlane::store {

/// The journal's thread over a connection: gathers what waits into one transaction, answers after its commit, makes
/// lost connections again and finds out what became of a commit whose answer was lost.
class postgres_thread final : public task_queue<postgres_database> {
  public:
    /// @param session by which the server knows the journal, whatever connection it has.
    /// @param clock must outlive the thread.
    postgres_thread(std::unique_ptr<postgres_database> on, postgres_settings where, std::string session,
        const ports::clock& clock, logger log);
    ~postgres_thread() override;

    /// For all threads.
    [[nodiscard]] const terminal_holds& holds() const noexcept { return holds_; }

  private:
    enum class ending : std::uint8_t {
        done,
        undone,   ///< nothing of it is in the database
        in_doubt, ///< the connection was lost when the commit was on its way
    };

    void serve();
    [[nodiscard]] bool connect();
    [[nodiscard]] result<void> take_up(postgres_database& fresh);
    [[nodiscard]] result<void> write_mark(postgres_database& fresh);
    void start_asking();
    void tell_finished(batch& tasks);
    void finish_committed(batch& tasks);
    void run_batch(batch& tasks);
    void run_one_by_one(batch& tasks);
    [[nodiscard]] ending attempt(batch& tasks);
    void look_ahead(const batch& tasks);
    [[nodiscard]] result<void> commit(bool sync);
    void resolve(batch& tasks);
    /// Whether the commit is in the database; an error where nobody can say.
    [[nodiscard]] result<bool> was_committed();
    void fail_all(batch& tasks, const error& why);
    void rest(std::unique_lock<std::mutex>& lock);

    [[nodiscard]] error lateness() const override;

    const postgres_settings where_;
    const std::string session_;
    const ports::clock& clock_;
    logger log_;
    std::unique_ptr<postgres_database> on_; ///< null while there is no connection
    std::atomic<bool> down_{false};
    std::optional<error> reason_; ///< why the last attempt was undone
    terminal_holds holds_;
    terminal_holds::names had_;         ///< on the connection before
    terminal_holds::moment asked_{};    ///< before the first question of what is under way left
    std::uint64_t answered_before_ = 0; ///< then
    std::uint64_t committing_ = 0;      ///< the number of the batch that is on its way
    std::stop_source ended_;            ///< the search for a server
    std::thread thread_;
};

} // namespace cipherlane::store
