#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::ports {

/// How much paper a printer says it has.
enum class paper_level : std::uint8_t {
    unknown, ///< it does not tell
    enough,
    near_end,
    out,
};

/// Why a printer prints nothing now.
enum class printer_stop : std::uint8_t { none, no_paper, cover_open, fault, off_line };

[[nodiscard]] std::string_view to_string(paper_level value) noexcept;
[[nodiscard]] std::string_view to_string(printer_stop value) noexcept;

/// A printer as it says it is.
struct printer_status {
    paper_level paper = paper_level::unknown;
    printer_stop stopped_by = printer_stop::none;
};

/// A slip of paper.
struct print_job {
    std::string text;    ///< UTF-8, lines end with LF; a character that the printer does not have becomes '?'
    std::string heading; ///< above it, centred, in large letters; empty: none
};

/// What became of a slip that was given to a printer's keeper.
struct print_report {
    enum class progress : std::uint8_t {
        printed,
        waiting, ///< it is kept, also when the till ends, and printed as soon as the printer can
    };
    enum class mark : std::uint8_t {
        none,
        reprint, ///< it was printed before, or perhaps was: the paper says that it is another one (重打印)
    };
    progress what = progress::waiting;
    mark carries = mark::none;
    std::optional<error> why{}; ///< with `waiting`
};

/// What a printer can do.
struct printer_capabilities {
    bool tells_paper = false; ///< `status` knows about the paper
    bool confirms = false;    ///< `print` ends when the printer has said that it is done
    bool drawer = false;      ///< there may be a cash drawer behind it
    std::size_t columns = 32; ///< of its paper, in letters of half width
};

/// A receipt printer. One call at a time.
class printer {
  public:
    printer() = default;
    printer(const printer&) = delete;
    printer& operator=(const printer&) = delete;
    virtual ~printer() = default;

    /// Prints a slip and cuts it off. After an error some of it may be on paper, or all.
    /// @return `rejected_by_peer` from one that is stopped, as by the end of its paper.
    [[nodiscard]] virtual result<void> print(const print_job& job, const call& bounds) = 0;
    /// Opens the cash drawer (钱箱). Never repeated by itself.
    [[nodiscard]] virtual result<void> open_drawer(const call& bounds) = 0;
    /// Asks the printer. @return `unsupported` from one that says nothing.
    [[nodiscard]] virtual result<printer_status> status(const call& bounds) = 0;
    [[nodiscard]] virtual printer_capabilities capabilities() const noexcept = 0;
};

} // namespace cipherlane::ports
