#include "digit_parts.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/iso8583/field48.hpp>

namespace cipherlane::iso8583 {
namespace {

result<card_totals> parse_half(digit_parts& parts, std::string_view path) {
    card_totals out;
    CIPHERLANE_TRY(out.debit_amount, parts.number(12, path));
    CIPHERLANE_TRY(const auto debit_count, parts.number(3, path));
    CIPHERLANE_TRY(out.credit_amount, parts.number(12, path));
    CIPHERLANE_TRY(const auto credit_count, parts.number(3, path));
    CIPHERLANE_TRY(const auto verdict, parts.number(1, path));
    if (verdict > 3) return fail(iso8583_errc::bad_subfield, "sub-fields", path, parts.at() - 1);
    out.debit_count = static_cast<std::uint16_t>(debit_count);
    out.credit_count = static_cast<std::uint16_t>(credit_count);
    out.verdict = static_cast<settlement_verdict>(verdict);
    return out;
}

error out_of_range() {
    return error(core_errc::out_of_range, layer::iso8583).during("sub-fields").in_field("48");
}

} // namespace

result<settlement_totals> settlement_totals::parse(std::string_view digits) {
    settlement_totals out;
    digit_parts parts(digits);
    CIPHERLANE_TRY(out.domestic, parse_half(parts, "48.1"));
    if (parts.done()) return out;
    CIPHERLANE_TRY(out.foreign, parse_half(parts, "48.2"));
    if (!parts.done()) return fail(iso8583_errc::trailing_bytes, "sub-fields", "48", parts.at());
    return out;
}

result<std::string> settlement_totals::to_digits() const {
    std::string digits;
    digits.reserve(62);
    for (const auto* half : {&domestic, &foreign}) {
        const bool fits =
            append_number(digits, half->debit_amount, 12) && append_number(digits, half->debit_count, 3) &&
            append_number(digits, half->credit_amount, 12) && append_number(digits, half->credit_count, 3) &&
            append_number(digits, static_cast<int>(half->verdict), 1);
        if (!fits) return out_of_range();
    }
    return digits;
}

result<std::string> write_upload_records(const std::vector<upload_record>& records) {
    if (records.size() > max_upload_records) return out_of_range();
    std::string digits;
    (void)append_number(digits, static_cast<std::int64_t>(records.size()), 2);
    for (const auto& record : records) {
        if (!append_number(digits, record.card_kind, 2) || !append_number(digits, record.trace, 6))
            return out_of_range();
        digits.append(20 - (record.card ? record.card->size() : 0), '0');
        if (record.card) digits += record.card->expose();
        if (!append_number(digits, record.amount, 12)) return out_of_range();
    }
    return digits;
}

result<std::vector<upload_record>> parse_upload_records(std::string_view digits) {
    digit_parts parts(digits);
    CIPHERLANE_TRY(const auto count, parts.number(2, "48.1"));
    if (count > static_cast<std::int64_t>(max_upload_records)) {
        return fail(iso8583_errc::bad_subfield, "sub-fields", "48.1", 0);
    }
    std::vector<upload_record> records;
    for (std::int64_t i = 0; i < count; ++i) {
        CIPHERLANE_TRY(const auto card_kind, parts.number(2, "48.2"));
        CIPHERLANE_TRY(const auto trace, parts.number(6, "48.2"));
        const auto at = parts.at();
        CIPHERLANE_TRY(auto card_digits, parts.text(20, "48.2"));
        CIPHERLANE_TRY(const auto money, parts.number(12, "48.2"));
        card_digits.remove_prefix(std::min(card_digits.find_first_not_of('0'), card_digits.size()));
        std::optional<pan> card;
        if (!card_digits.empty()) {
            auto read = pan::parse(card_digits);
            if (!read) return fail(iso8583_errc::bad_subfield, "sub-fields", "48.2", at);
            card = *std::move(read);
        }
        records.push_back({.card_kind = static_cast<std::uint8_t>(card_kind),
            .trace = static_cast<std::uint32_t>(trace),
            .card = std::move(card),
            .amount = money});
    }
    if (!parts.done()) return fail(iso8583_errc::trailing_bytes, "sub-fields", "48", parts.at());
    return records;
}

} // namespace cipherlane::iso8583
