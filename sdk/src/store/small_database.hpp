#pragma once

#include "journal_file.hpp"
#include "sqlite.hpp"

#include <cipherlane/core/call.hpp>
#include <cipherlane/store/errc.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::store {

/// A transaction that is undone unless it was committed.
template <class Database>
class transaction {
  public:
    explicit transaction(Database& on) noexcept
        : on_(&on) {}
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();
    /// Takes the write lock at once, so that what is read inside stays true.
    [[nodiscard]] result<void> begin();
    [[nodiscard]] result<void> commit();

  private:
    Database* on_;
};
template <>
transaction<database>::~transaction();
template <>
result<void> transaction<database>::begin();
template <>
result<void> transaction<database>::commit();

/// An SQLite file beside the journal's, for one small purpose: private (mode 0600), rollback journal, each commit
/// durable (`synchronous=EXTRA`). Its application id and version say what it is. Thread-safe but for moves.
class small_database {
  public:
    struct kind {
        std::string_view operation; ///< for errors
        std::int64_t application_id;
        std::int64_t version;
        const char* schema; ///< sets application id and version, too
    };

    /// Makes the file if it is not there.
    /// @return `store_errc::cannot_open`, `not_a_journal` (a file of another kind), `newer_schema`; see `within`.
    [[nodiscard]] static result<small_database> open(const std::string& path, const kind& what, const call& bounds);

    /// Runs one operation on the file, one thread at a time, with the caller's patience for other threads and for
    /// locks that others hold. An operation does not call `within` of the same object.
    /// @return `store_errc::too_late`, `cancelled`, `file_gone`; what the operation says.
    template <class Operation>
    auto within(const call& bounds, Operation&& run) -> decltype(run(std::declval<database&>())) {
        if (bounds.stopped()) return cancelled();
        std::unique_lock turn(*one_at_a_time_, std::defer_lock);
        while (!turn.try_lock_until(bounds.no_later_than(look_for_a_stop).until().at())) {
            if (bounds.stopped()) return cancelled();
            if (bounds.until().passed()) return failed(store_errc::too_late);
        }
        if (bounds.until().passed()) return failed(store_errc::too_late);
        if (!is_still_there()) return failed(store_errc::file_gone);
        const database::patience waits(file_, bounds);
        auto done = run(file_);
        const bool locked_out = !done && done.error().code() == make_error_code(store_errc::in_use);
        if (locked_out && bounds.stopped()) return cancelled();
        if (locked_out) return failed(store_errc::too_late);
        return done;
    }

  private:
    small_database(database opened, std::string_view operation, std::string path, const file_identity& which) noexcept
        : file_(std::move(opened))
        , operation_(operation)
        , path_(std::move(path))
        , which_(which) {}
    /// What is written into a file that somebody has removed or replaced is written for nobody.
    [[nodiscard]] bool is_still_there() const;
    [[nodiscard]] error failed(store_errc why) const;
    [[nodiscard]] error cancelled() const;

    static constexpr std::chrono::milliseconds look_for_a_stop{10};
    std::unique_ptr<std::timed_mutex> one_at_a_time_ = std::make_unique<std::timed_mutex>(); ///< of the connection
    database file_;
    std::string_view operation_;
    std::string path_; ///< of the file itself, without links
    file_identity which_;
};

} // namespace cipherlane::store
