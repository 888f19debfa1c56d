// Bytes among words: lines of logs, columns without offsets, and what a text's way here has put into it.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t fewest_bytes = 8;

bool is_hex(char c) {
    return hex_value(c) >= 0;
}

/// "9" stands for a digit, everything else for itself.
bool matches(std::string_view text, std::string_view pattern) {
    if (text.size() < pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == '9' ? !digit : text[i] != pattern[i]) return false;
    }
    return true;
}

/// How many characters at the front are a date or a time of day.
std::size_t date_or_time(std::string_view text) {
    for (const std::string_view date :
        {"9999-99-99", "9999/99/99", "9999.99.99", "99-99-9999", "99/99/9999", "99.99.9999"}) {
        if (matches(text, date)) return date.size();
    }
    if (!matches(text, "99:99:99")) return 0;
    // Sixteen bytes with colons between them begin so, too: a time of day ends after its seconds.
    std::size_t size = 8;
    if (size < text.size() && text[size] == ':') return 0;
    if (size < text.size() && (text[size] == '.' || text[size] == ',')) {
        ++size;
        while (size < text.size() && text[size] >= '0' && text[size] <= '9')
            ++size;
    }
    return size;
}

/// The line with blanks where dates and times were.
std::string without_times(std::string_view line) {
    std::string made(line);
    for (std::size_t at = 0; at < made.size();) {
        const bool begins = at == 0 || !is_hex(made[at - 1]);
        const auto size = begins ? date_or_time(std::string_view(made).substr(at)) : 0;
        std::fill_n(made.begin() + static_cast<std::ptrdiff_t>(at), size, ' ');
        at += std::max<std::size_t>(size, 1);
    }
    return made;
}

struct hex_run {
    std::string digits;
    std::size_t end = 0;    ///< in the line
    std::size_t pieces = 0; ///< that it was joined from
    std::string longest{};  ///< of them
};

/// What stands between two bytes at a place: one of the signs that people and programs put there.
std::string_view separator_at(std::string_view line, std::size_t at) {
    for (const std::string_view sign : {"><", "> <", "][", "] [", ")(", "}{", ", ", ",", " ", ":", "-", "|"}) {
        if (line.substr(std::min(at, line.size())).starts_with(sign)) return sign;
    }
    return {};
}

/// Digits in one piece, or pieces of an even number of them with the same sign between.
hex_run run_at(std::string_view line, std::size_t at) {
    const auto piece = [&](std::size_t from) {
        auto end = from;
        while (end < line.size() && is_hex(line[end]))
            ++end;
        return end - from;
    };
    hex_run made{{}, at};
    auto size = piece(at);
    std::string_view between;
    while (size != 0 && size % 2 == 0) {
        const auto one = line.substr(made.end, size);
        made.digits.append(one);
        ++made.pieces;
        if (one.size() > made.longest.size()) made.longest = one;
        made.end += size;
        const auto sign = separator_at(line, made.end);
        const auto kind = sign.substr(0, sign.starts_with(',') ? 1 : sign.size());
        if (sign.empty() || (!between.empty() && kind != between)) break;
        between = kind;
        const auto next = made.end + sign.size();
        size = piece(next);
        // A word such as "bad" ends the run; so does one that is glued to other letters.
        const auto behind = next + size;
        const bool glued = behind < line.size() && ((line[behind] >= 'g' && line[behind] <= 'z') ||
                                                       (line[behind] >= 'G' && line[behind] <= 'Z'));
        if (size == 0 || size % 2 != 0 || glued) break;
        made.end = next;
    }
    if (made.digits.empty()) made.end = at + std::max<std::size_t>(size, 1);
    return made;
}

/// What marks each byte of a run, and what stands between two: "0x" and ", ", nothing and "h ", "\\x" and nothing.
struct byte_marks {
    std::string_view before;
    std::string_view behind;
    std::string_view between;
};

/// Two digits with their marks at a place; how many characters they have, 0: none.
std::size_t marked_byte(std::string_view line, std::size_t at, const byte_marks& marks, std::string& digits) {
    const auto from = at + marks.before.size();
    const auto end = from + 2;
    if (end > line.size() || line.substr(at, marks.before.size()) != marks.before) return 0;
    if (!is_hex(line[from]) || !is_hex(line[from + 1])) return 0;
    if (line.substr(end, marks.behind.size()) != marks.behind) return 0;
    if (end + marks.behind.size() < line.size() && is_hex(line[end]) && marks.before.empty()) return 0;
    digits.append(line.substr(from, 2));
    return end + marks.behind.size() - at;
}

/// The digits of a run whose every byte is marked alike, from a place on.
hex_run marked_run(std::string_view line, std::size_t at) {
    constexpr std::size_t widest = 3;
    hex_run longest{{}, at};
    for (const std::string_view before : {"0x", "0X", "\\x", "\\X", "$", "%", "#", "&H", "x", ""}) {
        for (const std::string_view behind : {"", "h", "H"}) {
            hex_run made{{}, at};
            byte_marks marks{before, behind, {}};
            if (before.empty() && at != 0 && is_hex(line[at - 1])) continue;
            while (const auto size = marked_byte(line, made.end, marks, made.digits)) {
                made.end += size;
                if (made.digits.size() == 2) {
                    const auto next = line.find_first_not_of(" ,;:-|/._\t<>[](){}'\"", made.end);
                    const auto gap = std::min(next, line.size()) - made.end;
                    if (gap > widest) break;
                    marks.between = line.substr(made.end, gap);
                }
                if (line.substr(made.end, marks.between.size()) != marks.between) break;
                std::string ignored;
                if (marked_byte(line, made.end + marks.between.size(), marks, ignored) == 0) break;
                made.end += marks.between.size();
            }
            if (made.digits.size() > longest.digits.size()) longest = std::move(made);
        }
    }
    return longest;
}

/// Decimal numbers of a byte each, with the same sign between them; pairs of digits alone would be hex.
hex_run decimal_run(std::string_view line, std::size_t at) {
    hex_run made{{}, at};
    std::string_view between;
    bool uneven = false;
    for (;;) {
        const auto end = std::min(line.find_first_not_of("0123456789", made.end), line.size());
        const auto word = line.substr(made.end, end - made.end);
        unsigned value = 0;
        if (word.empty() || word.size() > 3) break;
        std::from_chars(word.data(), word.data() + word.size(), value);
        if (value > 0xFF) break;
        const auto byte = static_cast<std::uint8_t>(value);
        made.digits += to_hex({&byte, 1});
        uneven = uneven || word.size() != 2;
        made.end = end;
        const auto next = std::min(line.find_first_not_of(" ,;", end), line.size());
        const auto gap = line.substr(end, next - end);
        if (gap.empty() || gap.size() > 2 || (!between.empty() && gap != between)) break;
        between = gap;
        if (next == line.size() || line[next] < '0' || line[next] > '9') break;
        made.end = next;
    }
    if (!uneven) made.digits.clear();
    return made;
}

/// What is left of a run in which short numbers stand beside one long piece; the whole of any other.
std::string without_numbers(const hex_run& run) {
    constexpr std::size_t fewest = 32; // digits of the long piece
    constexpr std::size_t most = 8;    // of what stands beside it
    const bool beside = run.pieces > 1 && run.longest.size() >= fewest &&
                        run.digits.size() - run.longest.size() <= most * (run.pieces - 1) && run.pieces <= 4;
    return beside ? run.longest : run.digits;
}

/// Whether a line's numbers belong to its bytes.
enum class numbers { joined, left_out };

/// The longest run of bytes in a line: hex, hex whose every byte is marked, or decimal numbers.
std::string longest_run(std::string_view line, numbers beside) {
    std::string longest;
    for (std::size_t at = 0; at < line.size();) {
        const bool begins = is_hex(line[at]) && (at == 0 || !is_hex(line[at - 1]));
        if (!begins) {
            ++at;
            continue;
        }
        auto run = run_at(line, at);
        at = std::max(run.end, at + 1);
        auto digits = beside == numbers::left_out ? without_numbers(run) : std::move(run.digits);
        if (digits.size() > longest.size()) longest = std::move(digits);
    }
    // Where the digits are nearly all of the line no other spelling has more.
    if (4 * longest.size() >= 3 * line.size()) return longest;
    constexpr std::size_t enough = 2 * fewest_bytes;
    for (const auto read : {marked_run, decimal_run}) {
        for (std::size_t at = 0; at < line.size();) {
            auto run = read(line, at);
            at = run.end >= at + enough ? run.end : at + 1;
            if (run.digits.size() > longest.size()) longest = std::move(run.digits);
        }
    }
    return longest;
}

/// A message of characters in a line: from four digits that can be its type, with sixteen hex digits of a bitmap
/// behind them, to the line's end, without blanks. Empty: none.
std::string message_in(std::string_view line) {
    constexpr std::size_t type = 4;
    constexpr std::size_t bitmap = 16;
    const auto digit = [&](std::size_t at, char least, char most) { return line[at] >= least && line[at] <= most; };
    for (std::size_t at = 0; at + type + bitmap <= line.size(); ++at) {
        // Digits at the end of a word, or of a number, are no type.
        const char before = at == 0 ? ' ' : line[at - 1];
        const bool word = is_hex(before) || (before >= 'g' && before <= 'z') || (before >= 'G' && before <= 'Z');
        if (word || !digit(at, '0', '2') || !digit(at + 1, '1', '8') || !digit(at + 2, '0', '4')) continue;
        if (!digit(at + 3, '0', '5')) continue;
        std::string made;
        std::copy_if(line.begin() + static_cast<std::ptrdiff_t>(at), line.end(), std::back_inserter(made),
            [](char c) { return c != ' ' && c != '\t' && c != '\r'; });
        while (!made.empty() && std::string_view("\"'}]);,").find(made.back()) != std::string_view::npos)
            made.pop_back();
        const auto behind = std::string_view(made).substr(type, bitmap);
        if (behind.size() == bitmap && std::all_of(behind.begin(), behind.end(), is_hex)) return made;
    }
    return {};
}

struct replacement {
    std::string_view from;
    std::string_view to;
};

/// What word processors, chat programs and Chinese keyboards make of blanks and signs.
constexpr std::array replacements{replacement{"\uFEFF", ""}, replacement{"\u200B", ""}, replacement{"\u00A0", " "},
    replacement{"\u2009", " "}, replacement{"\u202F", " "}, replacement{"\u3000", " "}, replacement{"\u2010", "-"},
    replacement{"\u2011", "-"}, replacement{"\u2012", "-"}, replacement{"\u2013", "-"}, replacement{"\u2014", "-"},
    replacement{"\u2212", "-"}, replacement{"\u2018", "'"}, replacement{"\u2019", "'"}, replacement{"\u201C", "\""},
    replacement{"\u201D", "\""}, replacement{"\uFF1A", ":"}, replacement{"\uFF0C", ","}, replacement{"\u3001", ","},
    replacement{"\u3002", "."}, replacement{"\u3010", "["}, replacement{"\u3011", "]"}, replacement{"\u300C", "\""},
    replacement{"\u300D", "\""}, replacement{"\uFF3B", "["}, replacement{"\uFF3D", "]"}, replacement{"\uFF08", "("},
    replacement{"\uFF09", ")"}, replacement{"\uFF1B", ";"}, replacement{"\u2026", "..."}};

/// Digits and letters of full width, where the text has no others: a Chinese keyboard's. A text with both may be a
/// message whose lengths count them.
std::string without_full_width(const std::string& text) {
    const bool narrow_digits = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (narrow_digits) return text;
    std::string made;
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = std::string_view(text).substr(at, 2);
        const bool wide = at + 2 < text.size() && (lead == "\xEF\xBC" || lead == "\xEF\xBD");
        if (!wide) {
            made += text[at++];
            continue;
        }
        const auto low = static_cast<unsigned char>(text[at + 2]) & 0x3FU;
        made += static_cast<char>(0x20U + low + (lead[1] == '\xBD' ? 0x40U : 0U));
        at += 3;
    }
    return made;
}

/// A text of UTF-16, as shells of Windows write files, by its mark or because every other byte is nought: its ASCII
/// half, a "?" for what is none. Empty where it is no such text.
std::string from_utf16(std::string_view text) {
    constexpr std::size_t shortest = 16;
    if (text.size() % 2 != 0) return {};
    const bool little = text.starts_with("\xFF\xFE");
    const bool big = text.starts_with("\xFE\xFF");
    for (const std::size_t high : {1U, 0U}) {
        const bool marked = high == 1 ? little : big;
        if (!marked && (little || big || text.size() < shortest)) continue;
        std::string made;
        bool ascii = true;
        for (std::size_t i = marked ? 2 : 0; i < text.size(); i += 2) {
            const auto c = text[i + 1 - high];
            const bool plain =
                text[i + high] == '\0' && ((c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t');
            ascii = ascii && plain;
            made += plain ? c : '?';
        }
        if (marked || ascii) return made;
    }
    return {};
}

/// What a page of the web puts around lines and between them.
void take_out_tags(std::string& text) {
    if (text.find('<') == std::string::npos) return;
    constexpr std::pair<std::string_view, std::string_view> tags[] = {{"<br>", "\n"}, {"<br/>", "\n"},
        {"<br />", "\n"}, {"<pre>", ""}, {"</pre>", ""}, {"<code>", ""}, {"</code>", ""}, {"<p>", "\n"},
        {"</p>", "\n"}};
    for (const auto& [tag, instead] : tags) {
        const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
        auto from = text.begin();
        for (;;) {
            const auto found = std::search(from, text.end(), tag.begin(), tag.end(), same);
            if (found == text.end()) break;
            const auto at = static_cast<std::size_t>(found - text.begin());
            text.replace(at, tag.size(), instead);
            from = text.begin() + static_cast<std::ptrdiff_t>(at + instead.size());
        }
    }
}

/// "\x1B[32m" and its like.
std::string without_colours(std::string_view text) {
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\x1B' || at + 1 >= text.size() || text[at + 1] != '[') {
            made += text[at];
            continue;
        }
        const auto end = text.find_first_not_of("0123456789;?", at + 2);
        const bool whole = end != std::string_view::npos && (text[end] == 'm' || text[end] == 'K');
        if (!whole) return std::string(text); // bytes that only begin so
        at = end;
    }
    return made;
}

/// Of a quoted mail every line begins with "> ".
std::string without_quotes(std::string text) {
    const auto lines = lines_of(text);
    const bool quoted =
        std::all_of(lines.begin(), lines.end(), [](auto line) { return line.empty() || line.starts_with('>'); });
    if (!quoted || lines.empty()) return text;
    std::string made;
    for (auto line : lines) {
        while (line.starts_with('>') || line.starts_with(' '))
            line.remove_prefix(1);
        made.append(line).append("\n");
    }
    return made;
}

} // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string cleaned(std::string_view text) {
    if (auto narrow = from_utf16(text); !narrow.empty()) return cleaned(narrow);
    auto made = without_colours(text);
    take_out_tags(made);
    const bool ascii =
        std::all_of(made.begin(), made.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    for (const auto& each : replacements) {
        if (ascii) break;
        for (auto at = made.find(each.from); at != std::string::npos; at = made.find(each.from, at + each.to.size()))
            made.replace(at, each.from.size(), each.to);
    }
    return without_quotes(ascii ? std::move(made) : without_full_width(made));
}

namespace {

std::optional<input_reading> read_lines(std::string_view text, numbers beside) {
    input_reading made{.form = input_form::log};
    for (const auto line : lines_of(text)) {
        const auto run = longest_run(without_times(line), beside);
        if (run.size() < 2 * fewest_bytes) continue;
        made.parts.push_back(from_hex(run).value());
    }
    if (made.parts.empty()) return {};
    for (const auto& part : made.parts)
        made.whole.insert(made.whole.end(), part.begin(), part.end());
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

} // namespace

std::optional<input_reading> read_log(std::string_view text) {
    return read_lines(text, numbers::joined);
}

std::optional<input_reading> read_log_without_numbers(std::string_view text) {
    auto made = read_lines(text, numbers::left_out);
    const auto all = read_log(text);
    if (!made || !all || made->whole == all->whole) return {};
    return made;
}

std::optional<input_reading> read_log_of_text(std::string_view text) {
    input_reading made{.form = input_form::text};
    for (const auto line : lines_of(text)) {
        const auto message = message_in(without_times(line));
        if (message.empty()) continue;
        made.leaves_out = made.leaves_out || line.find(message) == std::string_view::npos;
        made.parts.emplace_back(as_bytes(message).begin(), as_bytes(message).end());
    }
    if (made.parts.empty()) return {};
    for (const auto& part : made.parts)
        made.whole.insert(made.whole.end(), part.begin(), part.end());
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

std::optional<input_reading> read_columns(std::string_view text) {
    input_reading made{.form = input_form::columns};
    std::size_t width = 0;
    bool letters = false;
    for (const auto line : lines_of(text)) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        const auto begin = line.find_first_not_of(" \t");
        auto run = run_at(line, begin);
        // Many writers leave two blanks in the middle of a line.
        if (const auto middle = run.end + 2; line.substr(std::min(run.end, line.size())).starts_with("  ")) {
            const auto more = run_at(line, middle);
            const bool same = more.digits.size() > 2 && line.substr(middle, more.end - middle).find(' ') != line.npos;
            if (same) run = {run.digits + more.digits, more.end};
        }
        const auto size = run.digits.size() / 2;
        const auto rest = line.substr(std::min(run.end, line.size()));
        // Behind the bytes a gap or a bar, then as many letters.
        const bool gap = rest.starts_with("  ") || rest.starts_with("\t") || rest.starts_with(" |");
        const bool alone = rest.find_first_not_of(" \t") == std::string_view::npos;
        const bool fits = size != 0 && (gap || alone) && (width == 0 || size <= width);
        if (!fits) return {};
        width = std::max(width, size);
        letters = letters || !alone;
        const auto data = from_hex(run.digits).value();
        made.whole.insert(made.whole.end(), data.begin(), data.end());
    }
    if (!letters || made.whole.empty()) return {};
    return made;
}

} // namespace cipherlane::cli
