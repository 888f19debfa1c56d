// What a text's way here has put into it: word processors, pages of the web, shells, mails, lists with numbers.
#include "cipherlane/people_input_forms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace cipherlane::cli {
namespace {

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
    replacement{"\uFF09", ")"}, replacement{"\uFF1B", ";"}, replacement{"\u2026", "..."}, replacement{"\u2502", "|"},
    replacement{"\u250A ", ""}, replacement{"\u250A", ""}};

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

/// A text with one sign for another, wherever it stands, capital or not.
void replace_all(std::string& text, std::string_view from, std::string_view to) {
    const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
    auto at = std::search(text.begin(), text.end(), from.begin(), from.end(), same);
    if (at == text.end()) return;
    std::string made;
    auto done = text.begin();
    while (at != text.end()) {
        made.append(done, at).append(to);
        done = at + static_cast<std::ptrdiff_t>(from.size());
        at = std::search(done, text.end(), from.begin(), from.end(), same);
    }
    text = made.append(done, text.end());
}

/// What a page of the web puts around lines and between them.
void take_out_tags(std::string& text) {
    if (text.find('<') == std::string::npos) return;
    constexpr std::pair<std::string_view, std::string_view> tags[] = {{"<br>", "\n"}, {"<br/>", "\n"},
        {"<br />", "\n"}, {"<pre>", ""}, {"</pre>", ""}, {"<code>", ""}, {"</code>", ""}, {"<td>", ""},
        {"</td>", " "}, {"<tr>", ""}, {"</tr>", "\n"}, {"<p>", "\n"}, {"</p>", "\n"}};
    for (const auto& [tag, instead] : tags)
        replace_all(text, tag, instead);
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

/// Lines that end as on an old Macintosh, or as a tool shows a file of them.
void end_lines_by_line_feed(std::string& text) {
    if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), '\r', '\n');
}

/// A text that a log in JSON has put into one line: its line ends, tabulators and quotation marks are escaped, and
/// nothing else. Strings of a program escape other bytes, too.
void unescape_lines(std::string& text) {
    constexpr std::string_view known = "nrt\"";
    std::size_t ends = 0;
    for (auto at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2)) {
        if (at + 1 == text.size() || known.find(text[at + 1]) == std::string_view::npos) return;
        ends += text[at + 1] == 'n' || text[at + 1] == 'r' ? 1 : 0;
    }
    if (ends == 0) return;
    for (const auto& [sign, instead] : {std::pair("\\r\\n", "\n"), std::pair("\\n", "\n"), std::pair("\\r", "\n"),
             std::pair("\\t", "\t"), std::pair("\\\"", "\"")})
        replace_all(text, sign, instead);
}

/// What stands behind a line's number, "12: ", "12. ", "12) ", "12|" or "12" and a tabulator, if it is the number
/// asked for; nothing where it is not.
std::optional<std::string_view> behind_number(std::string_view line, std::size_t wanted) {
    const auto from = std::min(line.find_first_not_of(' '), line.size());
    std::size_t number = 0;
    const auto* const end = line.data() + line.size();
    const auto [behind, failed] = std::from_chars(line.data() + from, end, number);
    if (failed != std::errc() || number != wanted || behind == end) return {};
    if (std::string_view(":.)|\t").find(*behind) == std::string_view::npos) return {};
    return line.substr(static_cast<std::size_t>(behind + 1 - line.data()));
}

/// "cat -n", "grep -n" and editors number lines one by one; no offset counts bytes so.
std::string without_line_numbers(std::string text) {
    const auto lines = lines_of(text);
    std::string made;
    std::size_t first = 0;
    if (lines.size() < 2) return text;
    std::from_chars(lines[0].data() + std::min(lines[0].find_first_not_of(' '), lines[0].size()),
        lines[0].data() + lines[0].size(), first);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto rest = behind_number(lines[i], first + i);
        if (!rest) return text;
        made.append(*rest).append("\n");
    }
    return made;
}

/// Behind the word by which assemblers begin a line of bytes, and perhaps a label in front of it.
std::optional<std::string_view> behind_directive(std::string_view line) {
    constexpr std::size_t longest_label = 32;
    constexpr std::string_view blanks = " \t";
    for (const std::string_view word :
        {"db", "DB", ".db", "dc.b", "DC.B", "defb", "DEFB", ".byte", ".BYTE", "BYTE", "fcb", "FCB"}) {
        const auto at = line.substr(0, longest_label).find(word);
        const auto end = at + word.size();
        if (at == std::string_view::npos || end >= line.size() || blanks.find(line[end]) == std::string_view::npos)
            continue;
        if (at == 0 || blanks.find(line[at - 1]) != std::string_view::npos) return line.substr(end);
    }
    return {};
}

/// The word can be hex itself: "db 60h, 00h".
std::string without_directives(std::string text) {
    std::string made;
    for (const auto line : lines_of(text)) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        const auto rest = behind_directive(line);
        if (!rest) return text;
        made.append(rest->substr(0, rest->find("; "))).append("\n");
    }
    return made.empty() ? text : made;
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
    end_lines_by_line_feed(made);
    unescape_lines(made);
    take_out_tags(made);
    const bool ascii =
        std::all_of(made.begin(), made.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    for (const auto& each : replacements) {
        if (ascii) break;
        replace_all(made, each.from, each.to);
    }
    auto bare = without_quotes(ascii ? std::move(made) : without_full_width(made));
    return without_directives(without_line_numbers(std::move(bare)));
}

} // namespace cipherlane::cli
