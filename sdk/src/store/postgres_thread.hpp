#pragma once

#include "postgres_database.hpp"
#include "task_queue.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <atomic>
#include <memory>
#include <optional>
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

  private:
    enum class ending : std::uint8_t {
        done,
        undone,   ///< nothing of it is in the database
        in_doubt, ///< the connection was lost when the commit was on its way
    };

    void serve();
    [[nodiscard]] bool connect();
    void run_batch(batch& tasks);
    void run_one_by_one(batch& tasks);
    [[nodiscard]] ending attempt(batch& tasks);
    void look_ahead(const batch& tasks);
    [[nodiscard]] result<void> commit(bool sync);
    void resolve(batch& tasks);
    /// Whether the commit is in the database; an error where nobody can say.
    [[nodiscard]] result<bool> was_committed();
    void fail_all(batch& tasks, const error& why);
    void rest(batch& tasks);

    [[nodiscard]] error lateness() const override;

    const postgres_settings where_;
    const std::string session_;
    const ports::clock& clock_;
    logger log_;
    std::unique_ptr<postgres_database> on_; ///< null while there is no connection
    std::atomic<bool> down_{false};
    std::optional<error> reason_;  ///< why the last attempt was undone
    std::uint64_t committing_ = 0; ///< the number of the batch that is on its way
    std::thread thread_;
};

} // namespace cipherlane::store
