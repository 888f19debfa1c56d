#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Field 60 of `cup-pos` (自定义域): what kind of transaction, in which batch, from what terminal.
///
/// Sub-fields 60.1 to 60.7 stand one after the other; a message may end after any of them from 60.2 on. An empty
/// sub-field is absent and so are all behind it.
struct field60 {
    fixed_text<2> type;           ///< 60.1 transaction type, e.g. "22" sale
    fixed_text<6> batch;          ///< 60.2 batch number
    fixed_text<3> network;        ///< 60.3 network management code, e.g. "201"; "000" in transactions
    fixed_text<1> reader;         ///< 60.4 reader capability: 2 magnetic, 5 + contact, 6 + contactless, 0 unknown
    fixed_text<1> ic_condition;   ///< 60.5: 0 unused, 1 last was no chip or a good one, 2 last chip failed (doubtful)
    fixed_text<1> partial_amount; ///< 60.6 partial amounts accepted
    fixed_text<3> account;        ///< 60.7 account type, e.g. 048, 065 for points

    /// @return `iso8583_errc::bad_subfield` for a length no combination has, `not_digits`.
    [[nodiscard]] static result<field60> parse(std::string_view digits);
    [[nodiscard]] std::string to_digits() const;
};

/// The same as a table, for `explain`.
[[nodiscard]] const composite_spec& field60_format() noexcept;

} // namespace cipherlane::iso8583
