#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Field 61 of `cup-pos`: the original transaction that a void, refund, completion or notice refers to.
///
/// Batch 6, trace 6, date 4 (MMDD), then optionally authorisation mode 2 and authorising organisation 11. A message
/// may end after any sub-field from the trace on.
struct field61 {
    fixed_text<6> batch;
    fixed_text<6> trace;
    fixed_text<4> date;
    fixed_text<2> auth_mode;
    fixed_text<11> auth_organisation;

    /// @return `iso8583_errc::bad_subfield` for a length no combination has, `not_digits`.
    [[nodiscard]] static result<field61> parse(std::string_view digits);
    [[nodiscard]] std::string to_digits() const;
};

/// The same as a table, for `explain`.
[[nodiscard]] const composite_spec& field61_format() noexcept;

} // namespace cipherlane::iso8583
