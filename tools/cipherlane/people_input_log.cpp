// Bytes among words: lines of logs, and columns without offsets.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

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
        // Behind a colon it is the end of bytes with colons between them.
        const bool inside = at != 0 && (is_hex(made[at - 1]) || made[at - 1] == ':');
        const bool begins = made[at] >= '0' && made[at] <= '9' && !inside;
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
    const auto rest = line.substr(at);
    for (const std::string_view before : {"0x", "0X", "\\x", "\\X", "#$", "$", "%", "#", "&H", "x", ""}) {
        // Asked for at every place of a text: most begin no run.
        const auto first = before.size();
        if (rest.size() < first + 2 || !is_hex(rest[first]) || !is_hex(rest[first + 1])) continue;
        if (!rest.starts_with(before)) continue;
        if (before.empty() && at != 0 && is_hex(line[at - 1])) continue;
        for (const std::string_view behind : {"", "h", "H"}) {
            hex_run made{{}, at};
            byte_marks marks{before, behind, {}};
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
    if (line[at] < '0' || line[at] > '9') return made;
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

/// The longest run of bytes in a line: hex, hex whose every byte is marked, or decimal numbers.
struct line_run {
    std::vector<std::string> long_pieces{}; ///< of hex in one piece, each as long as a message may be
    std::string digits{};
    std::string without_numbers; ///< the same where a line's own numbers are none of its bytes
    std::size_t at = 0;
};

line_run longest_run(std::string_view line) {
    line_run longest;
    for (std::size_t at = 0; at < line.size();) {
        const bool begins = is_hex(line[at]) && (at == 0 || !is_hex(line[at - 1]));
        if (!begins) {
            ++at;
            continue;
        }
        auto run = run_at(line, at);
        const auto from = at;
        at = std::max(run.end, at + 1);
        if (auto bare = without_numbers(run); bare.size() > longest.without_numbers.size())
            longest.without_numbers = std::move(bare);
        if (run.pieces == 1 && run.digits.size() >= 4 * fewest_bytes) longest.long_pieces.push_back(run.digits);
        if (run.digits.size() <= longest.digits.size()) continue;
        longest.digits = std::move(run.digits);
        longest.at = from;
    }
    // Where the digits are nearly all of the line no other spelling has more.
    if (4 * longest.without_numbers.size() >= 3 * line.size()) return longest;
    constexpr std::size_t enough = 2 * fewest_bytes;
    for (const auto read : {marked_run, decimal_run}) {
        for (std::size_t at = 0; at < line.size();) {
            auto run = read(line, at);
            const auto from = at;
            at = run.end >= at + enough ? run.end : at + 1;
            if (run.digits.size() > longest.without_numbers.size()) longest.without_numbers = run.digits;
            if (run.digits.size() <= longest.digits.size()) continue;
            longest.digits = std::move(run.digits);
            longest.at = from;
        }
    }
    return longest;
}

/// The run that begins right at a place; empty where none does.
std::string digits_at(std::string_view line, std::size_t at) {
    if (at >= line.size() || (at != 0 && is_hex(line[at - 1]))) return {};
    std::string longest;
    if (is_hex(line[at])) longest = run_at(line, at).digits;
    for (const auto read : {marked_run, decimal_run}) {
        auto run = read(line, at);
        if (run.digits.size() > longest.size()) longest = std::move(run.digits);
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
        // The bitmap is looked at first: a text can be full of numbers that look like types.
        std::size_t digits = 0;
        for (auto next = at; next < line.size() && digits < type + bitmap; ++next) {
            const bool blank = line[next] == ' ' || line[next] == '\t' || line[next] == '\r';
            if (!blank && !is_hex(line[next])) break;
            digits += blank ? 0 : 1;
        }
        if (digits < type + bitmap) continue;
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

input_reading lines_reading(std::vector<bytes> lines) {
    input_reading made{.form = input_form::log};
    for (const auto& line : lines)
        made.whole.insert(made.whole.end(), line.begin(), line.end());
    if (lines.size() > 1) made.parts = std::move(lines);
    return made;
}

} // namespace

std::vector<input_reading> read_log(std::string_view text) {
    std::vector<bytes> joined;
    std::vector<bytes> bare;
    std::vector<bytes> several; // the same where a line has more than one: a request and its answer
    bool any_several = false;
    bytes broken; // the same as one message, whose last line may be short: it stands under the one before it
    bool any_short = false;
    std::optional<std::size_t> column;
    for (const auto each : lines_of(text)) {
        const auto line = without_times(each);
        const auto run = longest_run(line);
        const bool whole = run.digits.size() >= 2 * fewest_bytes;
        any_several = any_several || run.long_pieces.size() > 1;
        for (const auto& piece : run.long_pieces)
            several.push_back(from_hex(piece).value());
        const auto digits = whole ? run.digits : column ? digits_at(line, *column) : std::string();
        column = whole ? std::optional(run.at) : std::nullopt;
        if (!digits.empty()) {
            const auto data = from_hex(digits).value();
            broken.insert(broken.end(), data.begin(), data.end());
            any_short = any_short || !whole;
        }
        if (whole) joined.push_back(from_hex(run.digits).value());
        if (run.without_numbers.size() >= 2 * fewest_bytes) bare.push_back(from_hex(run.without_numbers).value());
    }
    std::vector<input_reading> all;
    const bool other = !bare.empty() && bare != joined;
    if (any_several) all.push_back(lines_reading(std::move(several)));
    if (!joined.empty()) all.push_back(lines_reading(std::move(joined)));
    if (other) all.push_back(lines_reading(std::move(bare)));
    if (any_short) all.push_back({.form = input_form::log, .whole = std::move(broken), .parts = {}});
    return all;
}

std::optional<input_reading> read_byte_a_line(std::string_view text) {
    constexpr std::size_t fewest = 16;
    input_reading made{.form = input_form::columns};
    bool head = true;
    for (const auto line : lines_of(text)) {
        const auto at = line.rfind("0x");
        const auto digits = at == std::string_view::npos ? std::string_view() : line.substr(at + 2, 2);
        const auto rest =
            line.substr(std::min(line.size(), at == std::string_view::npos ? 0 : at + 2 + digits.size()));
        const bool one = digits.size() == 2 && is_hex(digits[0]) && is_hex(digits[1]) &&
                         rest.find_first_not_of("\"' \t,;") == std::string_view::npos;
        if (one) made.whole.push_back(from_hex(digits).value().front());
        if (!one && !std::exchange(head, false)) return {};
    }
    if (made.whole.size() < fewest) return {};
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

namespace {

/// Whether the letters beside some bytes can be theirs: what can be printed stands for itself, what cannot for
/// nothing that is a letter or a digit. Letters of EBCDIC or of several bytes may be anything.
bool may_show(std::string_view letters, byte_view data) {
    if (letters.starts_with('|') && letters.size() > 1) letters.remove_prefix(1);
    const bool ascii = std::all_of(letters.begin(), letters.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
    if (!ascii) return true;
    std::size_t other = 0; // that show another letter, or one where there is none
    std::size_t ebcdic = 0;
    const auto size = std::min(letters.size(), data.size());
    for (std::size_t i = 0; i < size; ++i) {
        const auto byte = data[i];
        const bool printed = byte > 0x20 && byte < 0x7F;
        const bool letter = (letters[i] >= '0' && letters[i] <= '9') || (letters[i] >= 'A' && letters[i] <= 'Z') ||
                            (letters[i] >= 'a' && letters[i] <= 'z');
        if (printed ? letters[i] != static_cast<char>(byte) && letters[i] != '.' : letter) ++other;
        ebcdic += letter && byte >= 0x81 && byte <= 0xF9 ? 1 : 0;
    }
    return other <= 1 || other <= size / 4 || ebcdic == other;
}

} // namespace

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
        if (!alone && !may_show(rest.substr(rest.find_first_not_of(" \t")), data)) return {};
        made.whole.insert(made.whole.end(), data.begin(), data.end());
    }
    if (!letters || made.whole.empty()) return {};
    return made;
}

} // namespace cipherlane::cli
