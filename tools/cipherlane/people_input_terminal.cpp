// The log of a terminal program or a serial line: letters as they are, the rest in brackets.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t fewest_marked = 4;
constexpr std::size_t fewest_named = 2;

/// The names of ASCII's control characters.
std::optional<std::uint8_t> control_named(std::string_view word) {
    static constexpr std::string_view in_order[] = {"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",
        "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM",
        "SUB", "ESC", "FS", "GS", "RS", "US", "SP"};
    static constexpr std::pair<std::string_view, std::uint8_t> others[] = {
        {"TAB", 0x09}, {"XON", 0x11}, {"XOFF", 0x13}, {"DEL", 0x7F}, {"NULL", 0x00}};
    std::string upper(word);
    std::transform(upper.begin(), upper.end(), upper.begin(),
        [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto* found = std::find(std::begin(in_order), std::end(in_order), upper);
    if (found != std::end(in_order)) return static_cast<std::uint8_t>(found - std::begin(in_order));
    for (const auto& [name, byte] : others) {
        if (name == upper) return byte;
    }
    return {};
}

struct terminal_mark {
    std::uint8_t byte = 0;
    std::size_t size = 0; ///< 0: none stands there
    bool number = false;
};

terminal_mark mark_at(std::string_view text, char open, char close) {
    constexpr std::size_t longest = 6;
    if (text.empty() || text[0] != open) return {};
    const auto end = text.substr(0, longest).find(close);
    if (end == std::string_view::npos || end < 3) return {};
    auto inside = text.substr(1, end - 1);
    if (const auto byte = control_named(inside)) return {*byte, end + 1, false};
    if (inside.starts_with("0x") || inside.starts_with("0X")) inside.remove_prefix(2);
    const auto raw = inside.size() == 2 ? from_hex(inside) : result<bytes>(bytes());
    return raw && raw->size() == 1 ? terminal_mark{raw->front(), end + 1, true} : terminal_mark{};
}

/// The line without "TX: " or "10:20:30 SND [80]: " in front of what was sent.
std::string_view without_label(std::string_view line, char open, char close) {
    std::size_t marks = 0;
    std::size_t cut = 0;
    for (std::size_t at = 0; at + 1 < line.size() && marks < 2;) {
        const auto mark = mark_at(line.substr(at), open, close);
        marks += mark.size != 0 ? 1 : 0;
        const bool sign = (line[at] == ':' || line[at] == '=') && (line[at + 1] == ' ' || line[at + 1] == '\t');
        if (sign && marks < 2) cut = at + 1;
        at += std::max<std::size_t>(mark.size, 1);
    }
    if (cut == 0) return line;
    const auto begin = line.find_first_not_of(" \t", cut);
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

std::optional<input_reading> read_marks(std::string_view text, char open, char close) {
    input_reading made{.form = input_form::encoded};
    std::size_t numbers = 0;
    std::size_t names = 0;
    for (const auto whole : lines_of(text)) {
        const auto line = without_label(whole, open, close);
        bytes part;
        std::size_t here = 0;
        for (std::size_t at = 0; at < line.size();) {
            const auto mark = mark_at(line.substr(at), open, close);
            part.push_back(mark.size != 0 ? mark.byte : static_cast<std::uint8_t>(line[at]));
            at += std::max<std::size_t>(mark.size, 1);
            here += mark.size != 0 ? 1 : 0;
            numbers += mark.number ? 1 : 0;
            names += mark.size != 0 && !mark.number ? 1 : 0;
        }
        // Lines without any are words of the log.
        if (here != 0) made.parts.push_back(std::move(part));
    }
    if (numbers < fewest_marked && names < fewest_named) return {};
    for (const auto& part : made.parts)
        made.whole.insert(made.whole.end(), part.begin(), part.end());
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

} // namespace

std::optional<input_reading> read_terminal(std::string_view text) {
    for (const auto& [open, close] : {std::pair('<', '>'), std::pair('[', ']'), std::pair('{', '}')}) {
        if (auto made = read_marks(text, open, close)) return made;
    }
    return {};
}

} // namespace cipherlane::cli
