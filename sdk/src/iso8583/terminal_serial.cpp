#include "digit_parts.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/terminal_serial.hpp>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace cipherlane::iso8583 {
namespace {

constexpr std::size_t version_size = 8;
constexpr std::string_view usage62 = "PI";

/// An element of the block: how the forms number it, and what it may hold.
struct element_row {
    std::string_view name;
    std::string_view tag59; ///< empty: the form does not carry it
    std::string_view tag62; ///< and of field 57
    std::size_t most;
    bool digits;
    std::string terminal_serial_block::*value;

    [[nodiscard]] std::string_view tag(terminal_serial_form form) const noexcept {
        return form == terminal_serial_form::field59 ? tag59 : tag62;
    }
};

/// In the order of field 59; field 62 begins with the licence.
const std::array<element_row, 6>& rows() {
    using block = terminal_serial_block;
    static const std::array<element_row, 6> all{{
        {"licence", "", "03", 5, false, &block::licence},
        {"device_type", "01", "04", 2, true, &block::device_type},
        {"serial", "02", "05", 50, false, &block::serial},
        {"factor", "03", "06", 10, true, &block::factor},
        {"cryptogram", "04", "07", 8, false, &block::cryptogram},
        {"version", "05", "08", version_size, false, &block::version},
    }};
    return all;
}

error wrong(iso8583_errc why, std::string_view name) {
    return fail(why, "terminal serial", name, 0);
}

result<void> check(const terminal_serial_block& block) {
    for (const auto& row : rows()) {
        const auto& value = block.*row.value;
        if (value.size() > row.most) return wrong(iso8583_errc::too_long, row.name);
        if (row.digits && !all_digits(value)) return wrong(iso8583_errc::not_digits, row.name);
    }
    if (block.device_type.size() != 2) return wrong(iso8583_errc::missing_field, "device_type");
    if (block.serial.empty()) return wrong(iso8583_errc::missing_field, "serial");
    if (block.factor.empty() != block.cryptogram.empty()) {
        return wrong(iso8583_errc::missing_field, block.factor.empty() ? "factor" : "cryptogram");
    }
    return {};
}

std::string number(std::size_t value, const char* form) {
    std::array<char, 8> text{};
    const auto size = std::snprintf(text.data(), text.size(), form, static_cast<unsigned>(value));
    return {text.data(), static_cast<std::size_t>(size)};
}

/// How a form writes lengths.
struct length_form_row {
    std::size_t digits;
    int base;
    const char* printed;
};
length_form_row lengths_of(terminal_serial_form form) {
    if (form == terminal_serial_form::field62) return {2, 16, "%02X"};
    return {3, 10, "%03u"};
}

/// What stands behind tag and length of the whole block.
result<std::string_view> inside_of(std::string_view field, terminal_serial_form form) {
    if (form == terminal_serial_form::field57) {
        if (field.empty()) return wrong(iso8583_errc::missing_field, "57");
        return field;
    }
    if (form == terminal_serial_form::field59) {
        CIPHERLANE_TRY(const auto found, find_subfield(field59_format(), as_bytes(field), tag_terminal_serial));
        if (!found) return wrong(iso8583_errc::missing_field, tag_terminal_serial);
        return as_text(*found);
    }
    if (!field.starts_with(usage62)) return wrong(iso8583_errc::missing_field, usage62);
    // Its length has as many digits as it needs, and digits follow: the one that reaches to the end counts.
    const auto rest = field.substr(usage62.size());
    for (std::size_t count = 1; count <= 3 && count < rest.size(); ++count) {
        const auto inside = rest.substr(count);
        if (rest.substr(0, count) == number(inside.size(), "%u")) return inside;
    }
    return wrong(iso8583_errc::bad_length_prefix, usage62);
}

/// A length of that form; more than any element has where it is none.
std::size_t length_of(std::string_view digits, int base) {
    std::size_t value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return end.ptr == digits.data() + digits.size() ? value : std::string_view::npos;
}

} // namespace

result<terminal_serial_block> read_terminal_serial(std::string_view field, terminal_serial_form form) {
    CIPHERLANE_TRY(auto rest, inside_of(field, form));
    const auto length = lengths_of(form);
    constexpr std::size_t tag_size = 2;
    terminal_serial_block block;
    block.device_type.clear();
    while (!rest.empty()) {
        const auto tag = rest.substr(0, tag_size);
        if (rest.size() < tag_size + length.digits) return wrong(iso8583_errc::truncated, tag);
        const auto size = length_of(rest.substr(tag_size, length.digits), length.base);
        rest.remove_prefix(tag_size + length.digits);
        if (size > rest.size()) return wrong(iso8583_errc::bad_length_prefix, tag);
        for (const auto& row : rows()) {
            if (row.tag(form) == tag) block.*row.value = rest.substr(0, size);
        }
        rest.remove_prefix(size);
    }
    block.version.erase(block.version.find_last_not_of(' ') + 1);
    CIPHERLANE_CHECK(check(block));
    return block;
}

result<terminal_serial_block> filled_terminal_serial(terminal_serial_block block) {
    if (block.version.size() > version_size) block.version.erase(0, block.version.size() - version_size);
    if (!block.version.empty()) block.version.resize(version_size, block.version_fill);
    CIPHERLANE_CHECK(check(block));
    return block;
}

result<std::string> write_terminal_serial(const terminal_serial_block& given, terminal_serial_form form) {
    CIPHERLANE_TRY(const auto block, filled_terminal_serial(given));
    const auto length = lengths_of(form);
    std::string inside;
    for (const auto& row : rows()) {
        const auto tag = row.tag(form);
        const auto& value = block.*row.value;
        if (tag.empty() || value.empty()) continue;
        inside.append(tag).append(number(value.size(), length.printed)).append(value);
    }
    if (form == terminal_serial_form::field57) return inside;
    const bool in_59 = form == terminal_serial_form::field59;
    auto whole = std::string(in_59 ? tag_terminal_serial : usage62);
    return whole.append(number(inside.size(), in_59 ? "%03u" : "%u")).append(inside);
}

int field_of_terminal_serial(std::string_view written) noexcept {
    if (written.starts_with(tag_terminal_serial)) return 59;
    return written.starts_with(usage62) ? 62 : 57;
}

} // namespace cipherlane::iso8583
