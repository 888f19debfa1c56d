#pragma once

#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::iso8583 {

/// How the host found the totals of a batch; `none` in requests.
enum class settlement_verdict : std::uint8_t { none = 0, balanced = 1, not_balanced = 2, error = 3 };

/// Totals of one kind of cards in minor units.
struct card_totals {
    std::int64_t debit_amount = 0; ///< up to 999,999,999,999
    std::uint16_t debit_count = 0; ///< up to 999
    std::int64_t credit_amount = 0;
    std::uint16_t credit_count = 0;
    settlement_verdict verdict = settlement_verdict::none;

    friend bool operator==(const card_totals&, const card_totals&) = default;
};

/// Field 48 of a batch settlement (0500/0510): 31 digits for domestic cards, 31 for foreign ones.
///
/// Each half: debit amount 12, debit count 3, credit amount 12, credit count 3, result 1. A result other than
/// `balanced` forces the batch upload.
struct settlement_totals {
    card_totals domestic;
    card_totals foreign;

    /// From 62 digits (or 31: then the foreign half is zero).
    /// @return `iso8583_errc::bad_subfield`, `not_digits` with the offset.
    [[nodiscard]] static result<settlement_totals> parse(std::string_view digits);
    /// 62 digits. @return `core_errc::out_of_range` for an amount or a count that does not fit.
    [[nodiscard]] result<std::string> to_digits() const;

    friend bool operator==(const settlement_totals&, const settlement_totals&) = default;
};

/// One record of a magnetic-stripe batch upload (0320, 60.3 201) in field 48: 40 digits.
///
/// The order card kind 2, trace 6, PAN 20 (left zeros), amount 12 is general knowledge (doubtful); sources agree
/// only on the record's 40 digits and on at most eight records behind a count of two digits.
struct upload_record {
    std::uint8_t card_kind = 0; ///< 0 domestic, 1 foreign
    std::uint32_t trace = 0;
    std::optional<pan> card; ///< none of a payment by payment code: 20 zeros
    std::int64_t amount = 0; ///< minor units
};

inline constexpr std::size_t max_upload_records = 8;

/// @return `core_errc::out_of_range` for more than eight records or a value that does not fit.
[[nodiscard]] result<std::string> write_upload_records(const std::vector<upload_record>& records);
/// @return `iso8583_errc::bad_subfield` or `not_digits` with the offset.
[[nodiscard]] result<std::vector<upload_record>> parse_upload_records(std::string_view digits);

} // namespace cipherlane::iso8583
