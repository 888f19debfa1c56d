// Bytes as numbers of another base than sixteen, and as text in which other signs are escaped.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t fewest_values = 8;
constexpr std::size_t fewest_escapes = 4;
constexpr std::size_t fewest_offset_digits = 6;

using words = std::vector<std::string_view>;

words words_of(std::string_view line) {
    words all;
    constexpr std::string_view between = " \t,;[](){}";
    for (auto at = line.find_first_not_of(between); at != std::string_view::npos;) {
        const auto end = std::min(line.find_first_of(between, at), line.size());
        all.push_back(line.substr(at, end - at));
        at = line.find_first_not_of(between, end);
    }
    return all;
}

bool only_of(std::string_view word, std::string_view signs) {
    return !word.empty() && word.find_first_not_of(signs) == std::string_view::npos;
}

bool is_number(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    return only_of(word, "0123456789");
}

std::optional<std::size_t> value_of(std::string_view word, int base) {
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (failed != std::errc() || end != word.data() + word.size()) return {};
    return value;
}

/// One line: its offset, where it has one, and its numbers.
struct number_line {
    std::string_view offset;
    words numbers;
};

/// The numbers of each line. Letters beside them are left out where a line says by a colon that it is a dump.
std::optional<std::vector<number_line>> number_lines(std::string_view text) {
    std::vector<number_line> lines;
    for (const auto line : lines_of(text)) {
        number_line made;
        made.numbers = words_of(line);
        if (made.numbers.empty()) continue;
        auto first = made.numbers.front();
        const bool colon = first.ends_with(':');
        if (colon) first.remove_suffix(1);
        if (colon || (first.size() >= fewest_offset_digits && only_of(first, "0123456789abcdefABCDEF"))) {
            made.offset = first;
            made.numbers.erase(made.numbers.begin());
        }
        const auto letters =
            std::find_if(made.numbers.begin(), made.numbers.end(), [](auto word) { return !is_number(word); });
        if (letters != made.numbers.end() && !colon) return {};
        if (colon) {
            const auto end = std::find_if(made.numbers.begin(), made.numbers.end(),
                [](auto word) { return word.size() != 8 || !only_of(word, "01"); });
            made.numbers.erase(end, made.numbers.end());
        }
        lines.push_back(std::move(made));
    }
    return lines;
}

/// How the numbers are written.
struct notation {
    int base = 10;
    std::size_t unit = 1; ///< bytes of a number, the least significant first
};

/// What is taken for decimal numbers where every one of them has two digits.
enum class pairs : std::uint8_t { hex, decimal };

/// How many bytes a number stands for, by what the first line's offset and the second one's say, in any base in which
/// the largest has room; 1: it is not told.
std::size_t unit_of(const std::vector<number_line>& lines, std::size_t largest) {
    if (lines.size() < 2 || lines.front().numbers.empty()) return 1;
    const auto count = lines.front().numbers.size();
    for (const int base : {8, 10, 16}) {
        const auto from = value_of(lines[0].offset, base);
        const auto to = value_of(lines[1].offset, base);
        if (!from || !to || *to <= *from || (*to - *from) % count != 0) continue;
        const auto unit = (*to - *from) / count;
        if ((unit == 1 || unit == 2 || unit == 4) && largest >> 8U * unit == 0) return unit;
    }
    return 1;
}

std::optional<notation> notation_of(const std::vector<number_line>& lines, bool offsets, pairs are) {
    words all;
    for (const auto& line : lines)
        all.insert(all.end(), line.numbers.begin(), line.numbers.end());
    const auto each = [&](std::size_t size, std::string_view signs) {
        return std::all_of(
            all.begin(), all.end(), [&](auto word) { return word.size() == size && only_of(word, signs); });
    };
    if (all.size() < fewest_values) return {};
    if (each(8, "01")) return notation{2, 1};
    if (each(3, "01234567")) return notation{8, 1};
    if (offsets && each(6, "01234567")) return notation{8, 2};
    const bool twos = std::all_of(all.begin(), all.end(), [](auto word) { return word.size() == 2; });
    // Pairs of digits are hex that happens to have no letter; decimal they are numbers of characters.
    if (twos && are == pairs::decimal)
        return std::all_of(all.begin(), all.end(), [](auto word) { return word >= "32"; }) ? std::optional(notation{})
                                                                                           : std::nullopt;
    if (twos || are == pairs::decimal) return {};
    if (offsets && each(5, "0123456789")) return notation{10, 2};
    if (offsets && (each(4, "0123456789") || each(8, "0123456789"))) return {}; // words in hex
    std::size_t largest = 0;
    for (auto word : all) {
        word.remove_prefix(word.starts_with('-') ? 1 : 0);
        largest = std::max(largest, value_of(word, 10).value_or(0));
    }
    return notation{10, offsets ? unit_of(lines, largest) : 1};
}

std::optional<bytes> values_of(const words& numbers, notation as) {
    bytes made;
    for (auto word : numbers) {
        const bool minus = word.starts_with('-');
        if (minus) word.remove_prefix(1);
        auto value = value_of(word, as.base);
        const auto most = (std::size_t{1} << 8U * as.unit) - 1;
        if (!value || *value > (minus ? most / 2 + 1 : most)) return {};
        if (minus) value = (~*value + 1) & most;
        for (std::size_t i = 0; i < as.unit; ++i)
            made.push_back(static_cast<std::uint8_t>(*value >> 8U * i & 0xFFU));
    }
    return made;
}

/// How many bytes there are if each offset counts those in front of it in some base; the last may count less than its
/// word holds. Nothing where they do not count.
std::optional<std::size_t> counted(
    const std::vector<std::pair<std::string_view, std::size_t>>& offsets, std::size_t size, std::size_t unit) {
    for (const int base : {8, 10, 16}) {
        const auto first = value_of(offsets.front().first, base);
        if (!first) continue;
        std::size_t end = 0;
        const bool right = std::all_of(offsets.begin(), offsets.end(), [&](const auto& each) {
            const auto here = value_of(each.first, base);
            if (!here || *here < *first) return false;
            end = *here - *first;
            return end == each.second || (each.second == size && end < size && end + unit > size);
        });
        if (right) return offsets.back().second == size ? end : size;
    }
    return {};
}

/// A character or an escape of "od -c"; nothing where the cell holds neither.
std::optional<std::uint8_t> letter_of(std::string_view cell) {
    static constexpr std::pair<char, char> escapes[] = {
        {'0', '\0'}, {'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'v', '\v'}};
    const auto from = cell.find_first_not_of(' ');
    if (from == std::string_view::npos) return std::uint8_t{' '};
    const auto word = cell.substr(from);
    if (word.size() == 1) return static_cast<std::uint8_t>(word[0]);
    if (word.size() == 2 && word[0] == '\\') {
        for (const auto& [sign, byte] : escapes) {
            if (word[1] == sign) return static_cast<std::uint8_t>(byte);
        }
    }
    const auto value = word.size() == 3 ? value_of(word, 8) : std::nullopt;
    if (!value || *value > 0xFF) return {};
    return static_cast<std::uint8_t>(*value);
}

/// "od -c", "hexdump -c": cells of four characters behind an offset.
std::optional<bytes> letters_of(std::string_view text, int base) {
    constexpr std::size_t usual_width = 16;
    bytes made;
    std::size_t lines = 0;
    for (const auto line : lines_of(text)) {
        if (line.empty()) continue;
        const auto digits = std::min(line.find_first_not_of("0123456789abcdef"), line.size());
        const auto offset = value_of(line.substr(0, digits), base);
        if (digits < fewest_offset_digits || !offset) return {};
        // hexdump fills its last line with blanks, and others take them from the end of any.
        const auto missing = *offset > made.size() ? *offset - made.size() : 0;
        if (lines != 0 && missing < usual_width && *offset % usual_width == 0) made.insert(made.end(), missing, ' ');
        const bool end = line.find_first_not_of(' ', digits) == std::string_view::npos;
        while (end && made.size() > *offset && made.back() == ' ')
            made.pop_back();
        if (*offset != made.size()) return {};
        ++lines;
        for (auto at = digits; at < line.size(); at += 4) {
            const auto byte = letter_of(line.substr(at, 4));
            if (!byte) return {};
            made.push_back(*byte);
        }
    }
    if (lines < 2 || made.size() < fewest_values) return {};
    return made;
}

/// One escape at the front of a text: its byte and its length. Length zero: none.
std::pair<std::uint8_t, std::size_t> escape_at(std::string_view text) {
    if ((text[0] == '%' || text[0] == '=') && text.size() >= 3) {
        if (const auto byte = from_hex(text.substr(1, 2))) return {byte->front(), 3};
    }
    if (!text.starts_with("&#")) return {};
    const auto end = text.find(';');
    if (end == std::string_view::npos) return {};
    const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
    const std::size_t from = hex ? 3 : 2;
    const auto value = value_of(text.substr(from, end - from), hex ? 16 : 10);
    if (!value || *value > 0xFF) return {};
    return {static_cast<std::uint8_t>(*value), end + 1};
}

} // namespace

namespace {

std::optional<input_reading> read_lines_of_numbers(std::string_view text, pairs are) {
    const auto lines = number_lines(text);
    if (!lines || lines->empty()) return {};
    const bool offsets =
        std::all_of(lines->begin(), lines->end(), [](const auto& line) { return !line.offset.empty(); });
    const bool none = std::all_of(lines->begin(), lines->end(), [](const auto& line) { return line.offset.empty(); });
    const auto as = offsets || none ? notation_of(*lines, offsets, are) : std::nullopt;
    if (!as) return {};
    input_reading made{.form = input_form::numbers};
    std::vector<std::pair<std::string_view, std::size_t>> before;
    for (const auto& line : *lines) {
        before.emplace_back(line.offset, made.whole.size());
        const auto values = values_of(line.numbers, *as);
        if (!values) return {};
        made.whole.insert(made.whole.end(), values->begin(), values->end());
    }
    if (!offsets) return made;
    const auto size = counted(before, made.whole.size(), as->unit);
    if (!size) return {};
    made.whole.resize(*size);
    return made;
}

} // namespace

namespace {

/// Whether a line can be one of a dump of numbers or letters: it begins with an offset.
bool begins_with_offset(std::string_view line) {
    const auto digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    return digits >= fewest_offset_digits && (digits == line.size() || line[digits] == ' ' || line[digits] == '\t');
}

/// The dumps of a text: words of a log, empty lines and offsets that begin anew stand between them. Empty: it is one.
std::vector<std::string> dumps_in(std::string_view text) {
    std::vector<std::string> all;
    bool inside = false;
    bool other = false;
    for (const auto line : lines_of(text)) {
        if (!begins_with_offset(line)) {
            inside = false;
            other = true;
            continue;
        }
        const auto digits = line.substr(0, line.find_first_of(" \t"));
        const bool anew = digits.find_first_not_of('0') == std::string_view::npos;
        if (!inside || anew) all.emplace_back();
        inside = true;
        all.back().append(line).append("\n");
    }
    return other || all.size() > 1 ? all : std::vector<std::string>();
}

std::optional<input_reading> read_one(std::string_view text) {
    for (const int base : {8, 16, 10}) {
        if (auto letters = letters_of(text, base))
            return input_reading{.form = input_form::numbers, .whole = *std::move(letters), .parts = {}};
    }
    return read_lines_of_numbers(text, pairs::hex);
}

} // namespace

std::optional<input_reading> read_numbers(std::string_view text) {
    if (auto one = read_one(text)) return one;
    input_reading made{.form = input_form::numbers};
    for (const auto& each : dumps_in(text)) {
        const auto one = read_one(each);
        if (!one) return {};
        made.whole.insert(made.whole.end(), one->whole.begin(), one->whole.end());
        made.parts.push_back(one->whole);
    }
    if (made.parts.empty()) return {};
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

std::optional<input_reading> read_numbers_of_characters(std::string_view text) {
    return read_lines_of_numbers(text, pairs::decimal);
}

std::optional<input_reading> read_encoded(std::string_view text) {
    for (const std::string_view sign : {"%", "=", "&#"}) {
        input_reading made{.form = input_form::encoded};
        std::size_t escapes = 0;
        bool right = true;
        for (std::size_t at = 0; at < text.size() && right;) {
            const auto rest = text.substr(at);
            if (rest[0] == '\n' || rest[0] == '\r') {
                ++at;
            } else if (!rest.starts_with(sign)) {
                made.whole.push_back(static_cast<std::uint8_t>(text[at++]));
            } else if (sign == "=" && (rest.starts_with("=\n") || rest.starts_with("=\r\n"))) {
                ++at; // a line of a mail that goes on
            } else {
                const auto [byte, size] = escape_at(rest);
                right = size != 0;
                made.whole.push_back(byte);
                at += size;
                ++escapes;
            }
        }
        if (right && escapes >= fewest_escapes) return made;
    }
    return {};
}

} // namespace cipherlane::cli
