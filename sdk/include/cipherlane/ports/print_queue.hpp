#pragma once

#include <cipherlane/ports/printer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::ports {

/// A slip that is still to be printed.
struct queued_print {
    std::uint64_t id = 0; ///< rises in the order of `add`
    std::string name;
    print_job job;
    print_report::mark carries = print_report::mark::none;
};

/// What is still to be printed, kept beyond the end of the till. Nothing of it is lost, and nothing is printed twice
/// without its mark: what was begun and not ended by `done` is printed again, as a reprint.
///
/// Thread-safe. Errors: `local_fault`.
class print_queue {
  public:
    print_queue() = default;
    print_queue(const print_queue&) = delete;
    print_queue& operator=(const print_queue&) = delete;
    virtual ~print_queue() = default;

    /// Durable. One more slip, by a name that says what it is about. A slip of the same name that nothing was sent of
    /// yet takes this text; one that was begun stays; one that was printed comes again, marked.
    /// @return the number of the slip that now waits.
    [[nodiscard]] virtual result<std::uint64_t> add(
        std::string_view name, const print_job& job, const call& bounds) = 0;
    /// The oldest that is still to be printed.
    [[nodiscard]] virtual result<std::optional<queued_print>> next(const call& bounds) = 0;
    /// Durable. From here on some of it may be on paper.
    [[nodiscard]] virtual result<void> begin(std::uint64_t id, const call& bounds) = 0;
    /// It is printed. Durable: else it came once more.
    [[nodiscard]] virtual result<void> done(std::uint64_t id, const call& bounds) = 0;
    /// How many are still to be printed.
    [[nodiscard]] virtual result<std::size_t> waiting(const call& bounds) = 0;
};

} // namespace cipherlane::ports
