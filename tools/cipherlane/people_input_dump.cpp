#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace cipherlane::cli {
namespace {

constexpr std::size_t usual_width = 16;
constexpr std::size_t most_width = 64;

/// A line that begins with something that can be an offset.
struct dump_line {
    std::string_view offset; ///< its digits
    bool colon = false;
    std::string_view rest; ///< behind it
    bool repeats = false;  ///< "*": the line before again, up to the next offset
    bool torn = false;     ///< "...": lines that somebody has left out
};

/// What people write where they leave lines out: dots in a row, or words for it.
bool says_left_out(std::string_view text) {
    constexpr std::size_t longest = 200;
    text = text.substr(0, longest);
    for (const std::string_view word : {"...", "omitted", "snip", "truncated", "skipped", "more bytes"}) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
}

std::optional<dump_line> line_of(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    if (text == "*") return dump_line{.repeats = true};
    // Netty: "|00000010| 00 3c".
    const bool barred = text.starts_with('|');
    if (barred) text.remove_prefix(1);
    if (text.starts_with("0x")) text.remove_prefix(2);
    std::size_t digits = 0;
    while (digits < text.size() && hex_value(text[digits]) >= 0)
        ++digits;
    if (digits == 0 && says_left_out(text)) return dump_line{.torn = true};
    if (digits < 4 || digits > 16) return {};
    dump_line made{.offset = text.substr(0, digits)};
    text.remove_prefix(digits);
    if (barred) {
        if (!text.starts_with('|')) return {};
        text.remove_prefix(1);
    }
    // Debuggers write two halves, "00000000`00401000", or a segment, "1A2B:0100": the second part counts the bytes.
    if (text.starts_with('`') || text.starts_with(':')) {
        const auto end = std::min(text.find_first_of(" \t", 1), text.size());
        const auto second = text.substr(1, end - 1);
        const bool digits_alone = std::all_of(second.begin(), second.end(), [](char c) { return hex_value(c) >= 0; });
        if (second.size() >= 4 && second.size() <= 8 && digits_alone) {
            made.offset = second;
            text.remove_prefix(end);
        }
    }
    // gdb: "0x7ffe0010 <frame+16>:".
    const auto name = text.starts_with(" <") ? text.find(">:") : std::string_view::npos;
    if (name != std::string_view::npos) text.remove_prefix(name + 1);
    if (text.starts_with(':')) {
        made.colon = true;
        text.remove_prefix(1);
    }
    // OpenSSL and others set the offset apart: "0010 - 60 00".
    for (const std::string_view sign : {" - ", " | ", " : ", " > "}) {
        if (!text.starts_with(sign)) continue;
        text.remove_prefix(2);
        break;
    }
    if (!text.empty() && text[0] != ' ' && text[0] != '\t') return {};
    if (text.find("  0011 2233 4455 6677 ") == 0) return {}; // the head of Emacs' dumps
    made.rest = text;
    return made;
}

std::optional<std::size_t> number(std::string_view digits, int base) {
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (failed != std::errc() || end != digits.data() + digits.size()) return {};
    return value;
}

/// The bytes of a line. `exact`: so many must come. Else the letters begin behind a gap, a bar, or the width.
struct line_bytes {
    bytes data;
    std::size_t word = 1; ///< bytes of a group
    bool numbers = false; ///< groups with "0x": words of a debugger
    bool more = false;    ///< another group stands behind the last that is wanted
};

bool is_word(std::size_t digits) {
    return digits == 4 || digits == 8 || digits == 16;
}

/// Whether two digits stand at a place, and no more.
bool stands_alone(std::string_view text, std::size_t at) {
    return text.size() >= at + 2 && hex_value(text[at]) >= 0 && hex_value(text[at + 1]) >= 0 &&
           (text.size() == at + 2 || std::string_view(" \t|").find(text[at + 2]) != std::string_view::npos);
}

/// Whether one more group of two digits stands at the front.
bool goes_on(std::string_view text) {
    return text.size() >= 3 && text[0] == ' ' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0 &&
           (text.size() == 3 || text[3] == ' ');
}

/// `word`: of the lines before; the last word of "xxd -e" stands at the right of its place.
line_bytes bytes_of(std::string_view text, std::size_t most, bool exact, std::size_t word = 1) {
    line_bytes made;
    std::size_t at = 0;
    while (at < text.size() && made.data.size() < most) {
        std::size_t gap = 0;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
            gap += text[at] == '\t' ? 3 : 1;
            ++at;
        }
        if (at == text.size()) break;
        const bool marked = text.substr(at).starts_with("0x");
        // Many writers leave two blanks in the middle of a line.
        const bool middle = made.data.size() % 8 == 0 && gap == 2;
        const bool filled_up = word > 1 && gap % 2 == 1 && gap < 2 * word &&
                               text.find_first_not_of("0123456789abcdefABCDEF", at) == at + 2 * word + 1 - gap;
        if (!exact && !made.data.empty() && gap >= 2 && !middle && !marked && !filled_up) break;
        at += marked ? 2 : 0;
        made.numbers = made.numbers || marked;
        std::size_t digits = 0;
        while (at + digits < text.size() && hex_value(text[at + digits]) >= 0)
            ++digits;
        const bool ends = at + digits == text.size() || text[at + digits] == ' ' || text[at + digits] == '\t' ||
                          text[at + digits] == '-' ||
                          (text[at + digits] == '|' && stands_alone(text, at + digits + 1));
        // The last of a file's words may be filled up.
        const bool fits = made.data.size() + digits / 2 <= most || is_word(digits);
        if (digits == 0 || digits % 2 != 0 || !ends || !fits) break;
        // The last group of a file may be part of a word.
        if (is_word(digits)) made.word = std::max(made.word, digits / 2);
        const auto group = from_hex(text.substr(at, digits)).value();
        made.data.insert(made.data.end(), group.begin(), group.end());
        at += digits;
        if (at < text.size() && text[at] == '-') ++at;
        // Debuggers put a bar between four bytes and the next: "60 00|03 00".
        if (at < text.size() && text[at] == '|' && stands_alone(text, at + 1)) ++at;
    }
    made.more = goes_on(text.substr(at));
    return made;
}

/// The same behind words of a log, the first place at which a line can be one of a dump.
std::optional<dump_line> line_behind_words(std::string_view text) {
    constexpr std::size_t most_in_front = 400; // a log has few words there, and a line without a dump may be long
    for (std::size_t at = 0; at < std::min(text.size(), most_in_front);) {
        const auto rest = text.substr(at);
        const auto line = line_of(rest);
        if (line && !line->torn && !line->repeats && !bytes_of(line->rest, usual_width, false).data.empty())
            return line;
        at = std::min(text.find_first_of(" \t", at), text.size());
        at = std::min(text.find_first_not_of(" \t", at), text.size());
    }
    return line_of(text);
}

/// Whether a dump may lack lines of which nothing tells.
enum class gaps : std::uint8_t { told, untold };

/// What the groups of a dump are. Usual: of one with colons bytes one behind the other, of others words of this
/// machine, the least significant byte last on paper. Else such words, or bytes, whatever else the dump looks like.
enum class groups : std::uint8_t { usual, words, bytes };

class dump_reader {
  public:
    dump_reader(const std::vector<std::optional<dump_line>>& lines, int base, gaps may_have, groups are)
        : lines_(lines)
        , base_(base)
        , gaps_(may_have)
        , groups_(are) {}

    /// True if every offset counts the bytes in front of it.
    bool read() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!lines_[i]) {
                if (!is_between(i)) close();
            } else if (lines_[i]->torn) {
                torn_ = open_;
            } else if (lines_[i]->repeats) {
                star_ = !last_.empty();
                if (!star_) return false;
            } else if (!take(*lines_[i], next_offset(i))) {
                return false;
            }
        }
        close();
        return !parts_.empty() && sure_;
    }
    [[nodiscard]] std::vector<bytes>& parts() noexcept { return parts_; }
    [[nodiscard]] const std::string& note() const noexcept { return note_; }
    [[nodiscard]] bool has_words() const noexcept { return word_ > 1; }
    [[nodiscard]] bool leaves_over() const noexcept { return leaves_over_; }

  private:
    /// Of the next line, or the one behind a line that is none: od writes letters under the bytes.
    [[nodiscard]] std::optional<std::size_t> next_offset(std::size_t i) const {
        ++i;
        if (i < lines_.size() && !lines_[i]) ++i;
        if (i >= lines_.size() || !lines_[i] || lines_[i]->repeats || lines_[i]->torn) return {};
        return number(lines_[i]->offset, base_);
    }

    /// Whether the dump goes on behind a line that is none of it.
    [[nodiscard]] bool is_between(std::size_t i) const {
        const auto next = next_offset(i);
        return open_ && next && !part_.empty() && *next == start_ + part_.size() && lines_[i + 1];
    }

    bool take(const dump_line& line, std::optional<std::size_t> next) {
        const auto offset = number(line.offset, base_);
        if (!offset) return false;
        if (skips_) {
            if (*offset != 0) return true;
            close();
        }
        if (star_) {
            if (!repeat(*offset)) return false;
        } else if (!open_) {
            start_ = *offset;
            open_ = true;
        } else if (*offset != start_ + part_.size()) {
            // hexdump fills the last of its words; its last offset is the size.
            const bool filled = line.rest.empty() && *offset + 1 == start_ + part_.size();
            if (filled) {
                part_.pop_back();
            } else if (*offset == 0) {
                close();
                start_ = 0;
                open_ = true;
            } else {
                return (torn_ || gaps_ == gaps::untold) && leave_out(*offset);
            }
        } else {
            sure_ = true;
        }
        torn_ = false;
        const bool follows = next && *next > *offset && *next - *offset <= most_width;
        auto found = bytes_of(line.rest, follows ? *next - *offset : width_, follows, word_);
        if (found.data.empty()) return !part_.empty() && line.rest.find_first_not_of(' ') == std::string_view::npos;
        leaves_over_ = leaves_over_ || (follows && found.more);
        // A word that is not whole is one of the lines before.
        word_ = std::max(word_, found.word);
        const bool usual = groups_ == groups::usual && (!line.colon || found.numbers);
        const bool turned = found.word > 1 || (groups_ == groups::words && word_ > 1);
        if (turned && (usual || groups_ == groups::words)) swap_words(found.data, word_);
        if (follows && found.word > 1 && found.data.size() > *next - *offset) found.data.resize(*next - *offset);
        const bool cut = follows && found.data.size() < *next - *offset && found.word == 1;
        if (cut && gaps_ == gaps::told) return false;
        // A line alone is one if it looks like nothing else.
        const bool begins_wide = line.rest.starts_with("  ") || line.rest.starts_with("\t");
        const bool looks_so = begins_wide || line.offset.size() > 4 || (line.rest.size() > 3 && line.rest[3] == ' ');
        // Without a colon lines that miss nothing are wanted too: od's octal offsets leap as well if they are read as
        // hex.
        if (line.colon || (*offset == 0 && looks_so && gaps_ == gaps::told)) sure_ = true;
        if (follows) width_ = *next - *offset;
        last_ = found.data;
        part_.insert(part_.end(), found.data.begin(), found.data.end());
        return !cut || leave_out(*next);
    }

    /// What is behind a gap is no part of the message any more: nobody knows where in it it would stand.
    bool leave_out(std::size_t until) {
        const auto from = start_ + part_.size();
        if (until < from) return false;
        note_ = "the dump leaves out bytes " + std::to_string(from - start_) + " to " +
                std::to_string(until - start_ - 1) + ": it is read up to there";
        skips_ = true;
        return true;
    }

    /// hexdump and od write words of this machine, least significant byte first.
    static void swap_words(bytes& data, std::size_t size) {
        for (std::size_t i = 0; i < data.size(); i += size) {
            const auto end = std::min(i + size, data.size());
            std::reverse(
                data.begin() + static_cast<std::ptrdiff_t>(i), data.begin() + static_cast<std::ptrdiff_t>(end));
        }
    }

    bool repeat(std::size_t until) {
        star_ = false;
        if (until < start_ + part_.size() || until - start_ > (std::size_t{1} << 20U)) return false;
        while (start_ + part_.size() < until)
            part_.insert(part_.end(), last_.begin(), last_.end());
        return start_ + part_.size() == until;
    }

    void close() {
        if (!part_.empty()) parts_.push_back(std::move(part_));
        part_ = {};
        open_ = false;
        torn_ = false;
        skips_ = false;
    }

    const std::vector<std::optional<dump_line>>& lines_;
    int base_;
    gaps gaps_;
    groups groups_;
    std::string note_;
    std::vector<bytes> parts_;
    bytes part_;
    bytes last_;
    std::size_t start_ = 0;
    std::size_t width_ = usual_width;
    bool open_ = false;
    bool star_ = false;
    bool torn_ = false;  ///< a line said that some are left out
    bool skips_ = false; ///< up to the next dump
    bool sure_ = false;
    bool leaves_over_ = false;
    std::size_t word_ = 1; ///< bytes of the widest group so far
};

/// A reading, and whether a line of it holds more than its offset says.
struct dump_reading {
    input_reading made;
    bool leaves_over = false;
};

std::optional<dump_reading> read_lines(
    const std::vector<std::optional<dump_line>>& lines, int base, gaps may_have, groups are = groups::usual) {
    dump_reader reader(lines, base, may_have, are);
    if (!reader.read() || (are != groups::usual && !reader.has_words())) return {};
    dump_reading read{{.form = input_form::dump}, reader.leaves_over()};
    auto& made = read.made;
    made.note = reader.note();
    made.damaged = !made.note.empty();
    for (const auto& part : reader.parts())
        made.whole.insert(made.whole.end(), part.begin(), part.end());
    made.parts = std::move(reader.parts());
    if (made.parts.size() < 2) made.parts.clear();
    return read;
}

/// Offsets are hex; od counts in octal unless it is told otherwise, and writes no colon behind them. What reads every
/// line to its end goes before what leaves bytes over.
std::optional<input_reading> read_bases(const std::vector<std::optional<dump_line>>& lines, groups are) {
    const bool colons = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line && line->colon; });
    std::optional<input_reading> second;
    for (const int base : {16, 8, 10}) {
        if (base == 8 && colons) continue; // od writes none
        auto read = read_lines(lines, base, gaps::told, are);
        if (read && !read->leaves_over) return std::move(read->made);
        if (read && !second && (base == 16 || !colons)) second = std::move(read->made);
    }
    return second;
}

std::optional<input_reading> only_reading(std::optional<dump_reading> read) {
    return read ? std::optional(std::move(read->made)) : std::nullopt;
}

} // namespace

std::optional<input_reading> read_dump(std::string_view text) {
    std::vector<std::optional<dump_line>> bare;
    std::vector<std::optional<dump_line>> behind;
    for (const auto line : lines_of(text)) {
        bare.push_back(line_of(line));
        behind.push_back(line_behind_words(line));
    }
    if (auto made = read_bases(bare, groups::usual)) return made;
    if (auto made = read_lines(behind, 16, gaps::told)) return only_reading(std::move(made));
    if (auto made = read_lines(bare, 16, gaps::untold)) return only_reading(std::move(made));
    return only_reading(read_lines(behind, 16, gaps::untold));
}

std::optional<input_reading> read_dump_of_words(std::string_view text) {
    std::vector<std::optional<dump_line>> bare;
    for (const auto line : lines_of(text))
        bare.push_back(line_of(line));
    const bool colons = std::all_of(bare.begin(), bare.end(), [](const auto& line) { return line && line->colon; });
    return colons ? only_reading(read_lines(bare, 16, gaps::told, groups::words)) : read_bases(bare, groups::bytes);
}

} // namespace cipherlane::cli
