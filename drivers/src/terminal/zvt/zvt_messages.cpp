#include "../../refusals.hpp"
#include "../masked_number.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/charset/latin_page.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_fields.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_messages.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers::zvt {
namespace {

using ports::terminal_verb;

/// Data fields by their tags.
namespace field {
constexpr std::uint8_t service_byte = 0x03;
constexpr std::uint8_t amount = 0x04;
constexpr std::uint8_t container = 0x06;
constexpr std::uint8_t trace = 0x0B;
constexpr std::uint8_t time = 0x0C;
constexpr std::uint8_t date = 0x0D;
constexpr std::uint8_t status_byte = 0x19;
constexpr std::uint8_t card_number = 0x22;
constexpr std::uint8_t result = 0x27;
constexpr std::uint8_t terminal_id = 0x29;
constexpr std::uint8_t authorisation = 0x3B;
constexpr std::uint8_t text = 0x3C;
constexpr std::uint8_t currency = 0x49;
constexpr std::uint8_t receipt = 0x87;
constexpr std::uint8_t card_name = 0x8B;
} // namespace field

/// Elements of containers.
namespace element {
constexpr std::uint32_t line = 0x07;
constexpr std::uint32_t attribute = 0x09;
constexpr std::uint32_t texts = 0x24;
constexpr std::uint32_t lines = 0x25;
constexpr std::uint32_t long_trace = 0x1F2B;
} // namespace element

/// Notices (08), payments (10) and administration (20) at the till's word alone, print lines (80).
constexpr std::uint8_t config_byte = 0x08 | 0x10 | 0x20 | 0x80;
/// Receipts of payments (02) and of administration (04) are printed by the till.
constexpr std::uint8_t receipts_by_till = 0x02 | 0x04;
constexpr std::uint8_t send_status = 0x01;
constexpr std::uint8_t do_not_print = 0x02;
constexpr std::uint8_t end_of_receipt = 0xFF;

struct verb_row {
    terminal_verb what;
    std::uint16_t code;
    bool has_password;
    bool has_original;
    bool has_amount;
};
constexpr auto verbs = std::to_array<verb_row>({
    {terminal_verb::authorise, zvt_code::authorisation, false, false, true},
    {terminal_verb::void_payment, zvt_code::reversal, true, true, true},
    {terminal_verb::refund, zvt_code::refund, true, false, true},
    {terminal_verb::pre_authorise, zvt_code::reservation, false, false, true},
    {terminal_verb::void_pre_authorisation, zvt_code::reservation_reversal, false, true, false},
    {terminal_verb::complete, zvt_code::book_reservation, false, true, true},
});

struct code_row {
    std::uint8_t code;
    std::string_view words;
};
constexpr auto codes = std::to_array<code_row>({
    {0x64, "card not readable"},
    {0x65, "card data missing"},
    {0x66, "processing error"},
    {0x67, "not permitted for this card"},
    {0x68, "not permitted for credit cards"},
    {0x6A, "turnover file full"},
    {0x6B, "function deactivated: not registered"},
    {0x6C, "cancelled, or nobody there in time"},
    {0x6D, "card is blocked"},
    {0x6F, "wrong currency"},
    {0x71, "credit not sufficient"},
    {0x72, "chip error"},
    {0x73, "card data incorrect"},
    {0x77, "end of day not possible"},
    {0x78, "card expired"},
    {0x79, "card not valid yet"},
    {0x7A, "card unknown"},
    {0x7D, "communication error"},
    {0x83, "function not possible"},
    {0x85, "key missing"},
    {0x89, "PIN pad defective"},
    {0x9A, "protocol error"},
    {0x9B, "no connection to the host"},
    {0x9C, "please wait"},
    {0xA0, "not ready to receive"},
    {0xA1, "remote station does not answer"},
    {0xA3, "no connection"},
    {0xB1, "memory full"},
    {0xB2, "journal full"},
    {0xB4, "already reversed"},
    {0xB5, "reversal not possible"},
    {0xB7, "pre-authorisation incorrect"},
    {0xB8, "error at pre-authorisation"},
    {0xC2, "diagnosis required"},
    {0xC3, "amount too large"},
    {0xC8, "amount too small"},
    {0xCC, "printer not ready"},
    {0xDC, "card inserted"},
    {0xF0, "end of day is due"},
    {0xFF, "system error"},
});

std::string text_of(byte_view text) {
    static const auto* const page = find_latin_page("cp437");
    return from_latin(text, *page);
}

result<void> put_password(zvt_field_writer& to, std::string_view password) {
    if (password.size() != 6) return bad_setting("password");
    const auto packed = pack_bcd(password, bcd_pad::left);
    if (!packed) return bad_setting("password");
    to.raw(*packed);
    return {};
}

result<command> with_password(std::uint16_t code, std::string_view password) {
    zvt_field_writer data;
    CIPHERLANE_CHECK(put_password(data, password));
    return command{code, data.data()};
}

/// E masks a digit, F fills the last byte.
std::string masked(byte_view packed) {
    auto digits = to_hex(packed);
    while (!digits.empty() && digits.back() == 'F')
        digits.pop_back();
    std::replace(digits.begin(), digits.end(), 'E', '*');
    return masked_number(digits);
}

result<void> take_container(status& into, byte_view data) {
    zvt_tlv_reader elements(data);
    for (;;) {
        CIPHERLANE_TRY(const auto next, elements.next());
        if (!next) return {};
        if (next->tag == element::long_trace) into.trace = to_hex(next->value);
    }
}

result<std::int64_t> minor_of(const zvt_field& from) {
    const auto digits = unpack_bcd(from.value, 2 * from.value.size(), bcd_pad::left);
    if (!digits) return refused(drivers_errc::bad_content).in_field("04").at_offset(from.offset);
    return std::stoll(*digits);
}

std::string without_end(byte_view text) {
    while (!text.empty() && (text.back() == 0 || text.back() == ' '))
        text = text.first(text.size() - 1);
    return text_of(text);
}

result<void> take_field(status& into, const zvt_field& from) {
    switch (static_cast<std::uint8_t>(from.tag)) {
    case field::result: into.result = from.value[0]; break;
    case field::amount: {
        CIPHERLANE_TRY(into.minor, minor_of(from));
        break;
    }
    case field::trace: into.trace = to_hex(from.value); break;
    case field::time: into.time = to_hex(from.value); break;
    case field::date: into.date = to_hex(from.value); break;
    case field::receipt: into.receipt = to_hex(from.value); break;
    case field::terminal_id: into.terminal_id = to_hex(from.value); break;
    case field::authorisation: into.authorization = without_end(from.value); break;
    case field::card_number: into.masked_pan = masked(from.value); break;
    case field::card_name: into.card_name = without_end(from.value); break;
    case field::text: into.text = without_end(from.value); break;
    case field::currency:
        into.unit = static_cast<std::uint16_t>(std::stoi("0" + to_hex(from.value), nullptr, 10));
        break;
    case field::container: return take_container(into, from.value);
    default: break;
    }
    return {};
}

/// Lines in a container, also within the one that holds a receipt's lines.
result<void> take_lines(print& into, byte_view data, int depth) {
    zvt_tlv_reader elements(data);
    for (;;) {
        CIPHERLANE_TRY(const auto next, elements.next());
        if (!next) return {};
        if (next->tag == element::line) into.lines.push_back(text_of(next->value));
        if (next->tag == element::attribute && !next->value.empty()) into.last = next->value[0] == end_of_receipt;
        if ((next->tag == element::lines || next->tag == element::texts) && depth > 0)
            CIPHERLANE_CHECK(take_lines(into, next->value, depth - 1));
    }
}

/// A container behind whatever else a message has.
result<print> lines_of(byte_view data) {
    print made;
    zvt_field_reader fields(data);
    for (;;) {
        CIPHERLANE_TRY(const auto next, fields.next());
        if (!next) return made;
        if (next->tag == field::container) CIPHERLANE_CHECK(take_lines(made, next->value, 1));
    }
}

} // namespace

result<command> registration(std::string_view password, const currency& unit, bool receipts_at_till) {
    zvt_field_writer data;
    CIPHERLANE_CHECK(put_password(data, password));
    const auto receipts = receipts_at_till ? receipts_by_till : std::uint8_t{0};
    const std::array config{static_cast<std::uint8_t>(config_byte | receipts)};
    data.raw(config);
    zvt_field_writer code;
    code.digits(field::currency, unit.number);
    data.raw(byte_view(code.data()).subspan(1)); // here it comes without its tag
    return command{zvt_code::registration, data.data()};
}

result<command> trade(std::string_view password, const ports::terminal_request& wish) {
    const auto row =
        std::find_if(verbs.begin(), verbs.end(), [&](const verb_row& one) { return one.what == wish.what; });
    zvt_field_writer data;
    if (row->has_password) CIPHERLANE_CHECK(put_password(data, password));
    constexpr std::size_t longest_receipt = 4;
    if (row->has_original) {
        const auto& receipt = wish.original;
        if (receipt.empty() || receipt.size() > longest_receipt || !all_digits(receipt))
            return bad_setting("original");
        data.digits(field::receipt, std::stoul(receipt));
    }
    if (row->has_amount) {
        if (wish.total.minor() <= 0 || wish.total.minor() > amount::max_minor) return bad_setting("total");
        data.digits(field::amount, static_cast<std::uint64_t>(wish.total.minor()));
        data.digits(field::currency, wish.total.unit().number);
    }
    return command{row->code, data.data()};
}

result<command> repeat_receipt(std::string_view password, repeat what) {
    zvt_field_writer data;
    CIPHERLANE_CHECK(put_password(data, password));
    if (what == repeat::status_alone) data.byte(field::service_byte, send_status | do_not_print);
    return command{zvt_code::repeat_receipt, data.data()};
}

result<command> end_of_day(std::string_view password) {
    return with_password(zvt_code::end_of_day, password);
}

result<command> status_enquiry(std::string_view password) {
    return with_password(zvt_code::status_enquiry, password);
}

command diagnosis() {
    return {zvt_code::diagnosis, {}};
}

result<status> parse_status(byte_view data) {
    status made;
    zvt_field_reader fields(data);
    for (;;) {
        CIPHERLANE_TRY(const auto next, fields.next());
        if (!next) return made;
        CIPHERLANE_CHECK(take_field(made, *next));
    }
}

result<end> parse_completion(byte_view data) {
    end made;
    if (data.size() == 1) {
        made.code = data[0];
        return made;
    }
    // A version is counted by three bytes F0…F9; no field that may stand here begins so.
    constexpr std::size_t count = 3;
    const auto is_digit_of_length = [](std::uint8_t byte) { return byte >= 0xF0 && byte <= 0xF9; };
    if (data.size() >= count && std::all_of(data.begin(), data.begin() + count, is_digit_of_length)) {
        const std::size_t length = (data[0] & 0x0FU) * 100U + (data[1] & 0x0FU) * 10U + (data[2] & 0x0FU);
        if (data.size() < count + length) return refused(drivers_errc::bad_content).in_field("version").at_offset(0);
        made.version = text_of(data.subspan(count, length));
        data = data.subspan(count + length);
        if (!data.empty()) {
            made.code = data[0];
            data = data.subspan(1);
        }
    }
    zvt_field_reader fields(data);
    for (;;) {
        CIPHERLANE_TRY(const auto next, fields.next());
        if (!next) return made;
        if (next->tag == field::status_byte) made.code = next->value[0];
        if (next->tag == field::terminal_id) made.terminal_id = to_hex(next->value);
    }
}

result<progress> parse_progress(byte_view data) {
    if (data.empty()) return refused(drivers_errc::bad_content).in_field("04FF").at_offset(0);
    progress made;
    made.code = data[0];
    if (data.size() == 1) return made;
    const auto packed = data[1];
    made.minutes = static_cast<std::uint8_t>(10 * (packed >> 4) + (packed & 0x0FU));
    CIPHERLANE_TRY(const auto texts, lines_of(data.subspan(2)));
    for (const auto& line : texts.lines)
        made.text.append(made.text.empty() ? "" : " ").append(line);
    return made;
}

result<print> parse_line(byte_view data) {
    if (data.empty()) return refused(drivers_errc::bad_content).in_field("06D1").at_offset(0);
    print made;
    made.last = data[0] == end_of_receipt;
    made.lines.push_back(text_of(data.subspan(1)));
    return made;
}

result<print> parse_block(byte_view data) {
    return lines_of(data);
}

std::string code_text(std::uint8_t code) {
    const std::array<std::uint8_t, 1> one{code};
    return to_hex(one);
}

std::string_view words_of(std::uint8_t result_code) noexcept {
    const auto* const row =
        std::find_if(codes.begin(), codes.end(), [&](const code_row& one) { return one.code == result_code; });
    return row != codes.end() ? row->words : std::string_view();
}

} // namespace cipherlane::drivers::zvt
