#include "cipherlane/people_input.hpp"

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
};

std::optional<dump_line> line_of(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    if (text == "*") return dump_line{.repeats = true};
    if (text.starts_with("0x")) text.remove_prefix(2);
    std::size_t digits = 0;
    while (digits < text.size() && hex_value(text[digits]) >= 0)
        ++digits;
    if (digits < 4 || digits > 16) return {};
    dump_line made{.offset = text.substr(0, digits)};
    text.remove_prefix(digits);
    if (text.starts_with(':')) {
        made.colon = true;
        text.remove_prefix(1);
    }
    if (!text.empty() && text[0] != ' ' && text[0] != '\t') return {};
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
    bool words = false; ///< groups of four digits
};

line_bytes bytes_of(std::string_view text, std::size_t most, bool exact) {
    line_bytes made;
    std::size_t at = 0;
    while (at < text.size() && made.data.size() < most) {
        std::size_t gap = 0;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
            gap += text[at] == '\t' ? 3 : 1;
            ++at;
        }
        if (at == text.size()) break;
        // Many writers leave two blanks in the middle of a line.
        const bool middle = made.data.size() % 8 == 0 && gap == 2;
        if (!exact && !made.data.empty() && gap >= 2 && !middle) break;
        std::size_t digits = 0;
        while (at + digits < text.size() && hex_value(text[at + digits]) >= 0)
            ++digits;
        const bool ends = at + digits == text.size() || text[at + digits] == ' ' || text[at + digits] == '\t' ||
                          text[at + digits] == '-';
        if (digits == 0 || digits % 2 != 0 || !ends || made.data.size() + digits / 2 > most) break;
        made.words = made.words || digits == 4;
        const auto group = from_hex(text.substr(at, digits)).value();
        made.data.insert(made.data.end(), group.begin(), group.end());
        at += digits;
        if (at < text.size() && text[at] == '-') ++at;
    }
    return made;
}

class dump_reader {
  public:
    dump_reader(const std::vector<std::optional<dump_line>>& lines, int base)
        : lines_(lines)
        , base_(base) {}

    /// True if every offset counts the bytes in front of it.
    bool read() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!lines_[i]) {
                close();
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

  private:
    [[nodiscard]] std::optional<std::size_t> next_offset(std::size_t i) const {
        if (i + 1 >= lines_.size() || !lines_[i + 1] || lines_[i + 1]->repeats) return {};
        return number(lines_[i + 1]->offset, base_);
    }

    bool take(const dump_line& line, std::optional<std::size_t> next) {
        const auto offset = number(line.offset, base_);
        if (!offset) return false;
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
                return false;
            }
        } else {
            sure_ = true;
        }
        const bool follows = next && *next > *offset && *next - *offset <= most_width;
        auto found = bytes_of(line.rest, follows ? *next - *offset : width_, follows);
        if (found.data.empty()) return !part_.empty() && line.rest.find_first_not_of(' ') == std::string_view::npos;
        if (follows && found.data.size() < *next - *offset && !found.words) return false;
        // A line alone is one if it looks like nothing else.
        const bool begins_wide = line.rest.starts_with("  ") || line.rest.starts_with("\t");
        if (line.colon || (*offset == 0 && begins_wide) || (*offset == 0 && line.offset.size() > 4)) sure_ = true;
        if (*offset == 0 && line.rest.size() > 3 && line.rest[3] == ' ') sure_ = true;
        if (found.words && !line.colon) swap_words(found.data);
        if (follows) width_ = *next - *offset;
        last_ = found.data;
        part_.insert(part_.end(), found.data.begin(), found.data.end());
        return true;
    }

    /// hexdump and od write words of this machine, least significant byte first.
    static void swap_words(bytes& data) {
        for (std::size_t i = 0; i + 1 < data.size(); i += 2)
            std::swap(data[i], data[i + 1]);
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
    }

    const std::vector<std::optional<dump_line>>& lines_;
    int base_;
    std::vector<bytes> parts_;
    bytes part_;
    bytes last_;
    std::size_t start_ = 0;
    std::size_t width_ = usual_width;
    bool open_ = false;
    bool star_ = false;
    bool sure_ = false;
};

} // namespace

bool read_dump(std::string_view text, input_reading& to) {
    std::vector<std::optional<dump_line>> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(line_of(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    // Offsets are hex; od counts in octal unless it is told otherwise.
    for (const int base : {16, 8, 10}) {
        dump_reader reader(lines, base);
        if (!reader.read()) continue;
        to.whole.clear();
        for (const auto& part : reader.parts())
            to.whole.insert(to.whole.end(), part.begin(), part.end());
        to.parts = std::move(reader.parts());
        if (to.parts.size() < 2) to.parts.clear();
        return true;
    }
    return false;
}

} // namespace cipherlane::cli
