#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/reconcile/entry.hpp>
#include <cipherlane/reconcile/statement_form.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>

namespace cipherlane::reconcile {

/// Reads a statement row by row; what it holds does not grow with the file. One thread at a time.
///
/// Nothing is guessed: a line that does not have the form, a word that the form does not list, bytes outside the
/// character set, a file without its end, totals that are not those of the rows, and rows behind the end are errors
/// with file and line. What was given out before an error is not to be used.
class statement_reader {
  public:
    /// `in` must outlive the reader.
    /// @param file for errors.
    /// @param day the statement's day, for times without a year: a time more than half a year away is of the year
    /// before or after; nothing: such times are refused.
    statement_reader(
        std::istream& in, statement_form form, std::string_view file, std::optional<std::int64_t> day = std::nullopt);
    statement_reader(statement_reader&&) noexcept;
    statement_reader& operator=(statement_reader&&) noexcept;
    ~statement_reader();

    /// The next row that counts; nothing at the end, when all that the file says of itself has been found right.
    /// @return `reconcile_errc`: `wrong_encoding`, `bad_line`, `cut_short`, `wrong_total`, `behind_end`,
    /// `cannot_read`
    [[nodiscard]] result<std::optional<entry>> next();
    /// Whether the file proves that it is whole: it has an end, or totals. Where it has neither, a file that was cut
    /// between two lines looks like a shorter day.
    [[nodiscard]] bool proves_itself() const noexcept;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::reconcile
