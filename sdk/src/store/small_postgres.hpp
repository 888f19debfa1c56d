#pragma once

#include "postgres_database.hpp"
#include "small_database.hpp"

#include <cipherlane/store/postgres_journal.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cipherlane::store {

template <>
transaction<postgres_database>::~transaction();
/// Alone among all that write small things in this schema, so that what is read inside stays true.
template <>
result<void> transaction<postgres_database>::begin();
template <>
result<void> transaction<postgres_database>::commit();

/// What is in a file of its own beside a journal's file, in the tables beside a shared journal.
class small_postgres {
  public:
    /// @return as `postgres_journal::open`.
    [[nodiscard]] static result<small_postgres> open(
        const std::string& address, std::string_view operation, const call& bounds);

    /// As `small_database::within`. A connection that was lost is made again before an operation begins, for as long
    /// as the call has; one that is lost in its commit is the operation's end, as nobody knows what became of it.
    template <class Operation>
    auto within(const call& bounds, Operation&& run) -> decltype(run(std::declval<postgres_database&>())) {
        std::unique_lock turn(*one_at_a_time_, std::defer_lock);
        while (!turn.try_lock_until(bounds.no_later_than(look_for_a_stop).until().at()))
            CIPHERLANE_CHECK(check_time(bounds));
        for (;;) {
            CIPHERLANE_CHECK(make_ready(bounds));
            auto done = run(*on_);
            if (done) return done;
            if (on_->failure()) on_->rollback();
            // Another machine was at it, or the server has gone before the commit: nothing was written. Once more,
            // with the time that is left.
            const bool gone = on_->lost() && !on_->may_have_committed();
            if (!gone && done.error().code() != make_error_code(store_errc::in_use)) return done;
            CIPHERLANE_CHECK(check_time(bounds));
        }
    }

  private:
    small_postgres(std::string address, std::string_view operation)
        : address_(std::move(address))
        , operation_(operation) {}
    [[nodiscard]] result<void> check_time(const call& bounds) const;
    [[nodiscard]] result<void> make_ready(const call& bounds);
    [[nodiscard]] result<void> try_ready(const call& bounds);
    [[nodiscard]] error late() const;

    static constexpr std::chrono::milliseconds look_for_a_stop{10};
    std::unique_ptr<std::timed_mutex> one_at_a_time_ = std::make_unique<std::timed_mutex>();
    std::string address_;
    std::string_view operation_;
    std::unique_ptr<postgres_database> on_;
};

/// One or the other, by what its place is called.
class small_books {
  public:
    [[nodiscard]] static result<small_books> open(
        const std::string& place, const small_database::kind& what, const call& bounds) {
        if (is_postgres_address(place)) {
            CIPHERLANE_TRY(auto shared, small_postgres::open(place, what.operation, bounds));
            return small_books(std::move(shared));
        }
        CIPHERLANE_TRY(auto file, small_database::open(place, what, bounds));
        return small_books(std::move(file));
    }
    /// @param run takes a database of either kind.
    template <class Operation>
    auto within(const call& bounds, const Operation& run) -> decltype(run(std::declval<database&>())) {
        return std::visit([&](auto& which) { return which.within(bounds, run); }, where_);
    }

  private:
    template <class Kind>
    explicit small_books(Kind which)
        : where_(std::move(which)) {}
    std::variant<small_database, small_postgres> where_;
};

} // namespace cipherlane::store
