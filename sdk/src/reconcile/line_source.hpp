#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/reconcile/errc.hpp>
#include <cipherlane/reconcile/statement_form.hpp>

#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::reconcile {

/// A file line by line, with the number of each and its bytes as they stand there.
class line_source {
  public:
    line_source(std::istream& in, std::string_view file)
        : in_(&in)
        , file_(file) {}

    /// The next line without its end; false at the end of the file.
    /// @return `bad_line` for a line that is too long or has a byte of zero, and for a file of another kind: an
    /// archive, a workbook, a web page; `cannot_read`
    [[nodiscard]] result<bool> next();
    /// Valid until the next call of `next`.
    [[nodiscard]] std::string_view line() const noexcept { return line_; }
    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    /// Whether the line had an end: the last of a file that was cut has none.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// An error about the line, or about one of its values.
    [[nodiscard]] error fault(reconcile_errc what, std::string_view hint, std::string_view value_name = {}) const;

  private:
    std::istream* in_;
    std::string file_;
    std::vector<char> room_;
    std::string_view line_; ///< in `room_`
    std::size_t number_ = 0;
    bool ended_ = true;
};

/// A text of the file as UTF-8. `room` holds it where it had to be converted.
/// @return false where it is not in that character set
[[nodiscard]] bool to_utf8(std::string_view& text, statement_form::text_set set, std::string& room);

} // namespace cipherlane::reconcile
