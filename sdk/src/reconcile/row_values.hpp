#pragma once

#include "line_source.hpp"

#include <cipherlane/reconcile/statement_form.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::reconcile {

/// A row cut into its values.
class row_values {
  public:
    explicit row_values(const statement_form& form)
        : form_(&form) {}

    /// Cuts a line (UTF-8 where it is CSV). False: a quote is not closed, or the leading mark is missing.
    [[nodiscard]] bool cut(std::string_view line);
    [[nodiscard]] std::size_t count() const noexcept { return cells_.size(); }
    [[nodiscard]] std::string_view cell(std::size_t at) const noexcept { return cells_[at]; }
    /// The value at a place that was resolved (`at` is the column), without spaces around it. Of fixed width: as
    /// UTF-8, which holds until the next call.
    [[nodiscard]] std::string_view at(const value_place& place);

  private:
    [[nodiscard]] bool cut_quoted(std::string_view line);

    const statement_form* form_;
    std::string_view line_;
    std::vector<std::string_view> cells_;
    std::string unquoted_;
    std::string room_;
};

[[nodiscard]] std::string_view without_spaces(std::string_view text) noexcept;

/// A time by a form such as "YYYY-MM-DD hh:mm:ss", in seconds since 1970-01-01 of the same civil time; a form without
/// a year takes the one that is nearest to `day`.
[[nodiscard]] std::optional<std::int64_t> parse_time(
    std::string_view text, std::string_view form, std::optional<std::int64_t> day);

} // namespace cipherlane::reconcile
