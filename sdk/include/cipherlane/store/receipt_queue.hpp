#pragma once

#include <cipherlane/ports/print_queue.hpp>

#include <memory>
#include <string>

namespace cipherlane::store {

/// What is still to be printed, in an SQLite file of its own (rollback journal, `synchronous=EXTRA`, mode 0600): what
/// goes wrong with paper must not stop the journal. The names of printed slips are kept, their text is not.
///
/// One object at a time, of whatever process: it holds a lock (`flock`) on a file beside it. Thread-safe. Errors of
/// all operations: `store_errc::too_late`, `cancelled`, `disk_full`, `corrupt`, `io_failed`.
class receipt_queue final : public ports::print_queue {
  public:
    /// Makes the file if it is not there.
    /// @return also `store_errc::in_use` (another till prints from it), `cannot_open`, `not_a_journal` (a file of
    /// another kind), `newer_schema`.
    [[nodiscard]] static result<std::unique_ptr<receipt_queue>> open(const std::string& path, const call& bounds);
    ~receipt_queue() override;

    [[nodiscard]] result<std::uint64_t> add(
        std::string_view name, const ports::print_job& job, const call& bounds) override;
    [[nodiscard]] result<std::optional<ports::queued_print>> next(const call& bounds) override;
    [[nodiscard]] result<void> begin(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<void> done(std::uint64_t id, const call& bounds) override;
    [[nodiscard]] result<std::size_t> waiting(const call& bounds) override;

  private:
    struct state;
    explicit receipt_queue(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
