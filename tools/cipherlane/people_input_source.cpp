// Bytes as programs have them: arrays of numbers in C, Java, Go, Python or JSON, and strings with escapes.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t fewest_numbers = 8;

std::string without_comments(std::string_view text) {
    std::string made;
    for (std::size_t at = 0; at < text.size();) {
        const auto two = text.substr(at, 2);
        const std::string_view end = two == "/*" ? "*/" : two == "//" && (at == 0 || text[at - 1] != ':') ? "\n" : "";
        if (end.empty()) {
            made += text[at++];
            continue;
        }
        const auto stop = text.find(end, at + 2);
        at = stop == std::string_view::npos ? text.size() : stop + end.size();
        made += ' ';
    }
    return made;
}

/// A byte as a number: 0x7E, 126, -2 (of signed bytes), with a suffix or a cast around it.
std::optional<std::uint8_t> byte_of(std::string_view word) {
    bool minus = word.starts_with('-');
    if (minus) word.remove_prefix(1);
    // Of C, Rust, Kotlin and Swift.
    for (const std::string_view type : {"_u8", "u8", ".toByte(", "u", "U", " as UInt8"}) {
        if (word.ends_with(type) && word.size() > type.size()) {
            word.remove_suffix(type.size());
            break;
        }
    }
    const bool hex = word.starts_with("0x") || word.starts_with("0X");
    if (hex) word.remove_prefix(2);
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value, hex ? 16 : 10);
    if (word.empty() || failed != std::errc() || end != word.data() + word.size()) return {};
    if (value > (minus ? 128U : 255U)) return {};
    return static_cast<std::uint8_t>(minus ? 256U - value : value);
}

struct number_list {
    bytes data;
    bool hex = false;    ///< some with 0x
    bool uneven = false; ///< some that are no pair of digits: the text is no hex with commas in it
};

/// What stands between one pair of brackets. Nothing where it is no list of bytes. Go and Lisp write no commas.
std::optional<number_list> list_of(std::string_view inside) {
    number_list made;
    const auto* const between = inside.find(',') == std::string_view::npos ? " \t\r\n" : ",";
    while (!inside.empty()) {
        const auto comma = std::min(inside.find_first_of(between), inside.size());
        auto item = inside.substr(0, comma);
        inside.remove_prefix(std::min(inside.size(), comma + 1));
        // "(byte)0x60", "byte(96)": the number is what counts.
        // {"0":96,"1":0}: JSON of JavaScript's bytes, each behind its number.
        if (const auto colon = item.find("\":"); colon != std::string_view::npos) {
            const auto key = item.substr(0, colon);
            if (!key.ends_with('"' + std::to_string(made.data.size()))) return {};
            item.remove_prefix(colon + 2);
            made.uneven = true;
        }
        const auto from = item.find_first_of("-0123456789");
        const auto last = item.find_last_not_of(" \t\r\n)'\"");
        if (from == std::string_view::npos) {
            if (item.find_first_not_of(" \t\r\n") != std::string_view::npos) return {};
            continue;
        }
        item = item.substr(from, last + 1 - from);
        const auto value = byte_of(item);
        if (!value) return {};
        const bool hex = item.size() > 1 && (item[1] == 'x' || item[1] == 'X');
        made.hex = made.hex || hex;
        made.uneven = made.uneven || (!hex && item.size() != 2);
        made.data.push_back(*value);
    }
    return made;
}

/// Which lists are taken: those that can be no hex, or those whose every number has two digits and is a character's.
enum class lists : std::uint8_t { of_bytes, of_characters };

/// Every innermost pair of brackets with enough numbers in it.
std::vector<bytes> arrays_in(const std::string& text, lists wanted, std::size_t fewest) {
    std::vector<bytes> all;
    constexpr const char* opening = "{[(<";
    constexpr const char* any = "{[(<}])>";
    for (auto open = text.find_first_of(opening); open != std::string::npos;) {
        const auto close = text.find_first_of(any, open + 1);
        if (close == std::string::npos) break;
        const bool cast = text[open] == '(';
        auto end = close;
        // The cast in "{(byte)0x60, …}" is no list of its own.
        while (!cast && end != std::string::npos && (text[end] == '(' || text[end] == ')'))
            end = text.find_first_of(any, end + 1);
        if (end == std::string::npos) break;
        const auto list = list_of(std::string_view(text).substr(open + 1, end - open - 1));
        const bool uneven = list && (list->hex || list->uneven);
        const bool characters = list && !uneven && std::all_of(list->data.begin(), list->data.end(), [](auto byte) {
            return byte >= ' ';
        });
        const bool bytes_meant = wanted == lists::of_bytes ? uneven : characters;
        if (bytes_meant && list->data.size() >= fewest) all.push_back(list->data);
        open = text.find_first_of(opening, list ? end : open + 1);
    }
    return all;
}

int octal(char c) {
    return c >= '0' && c <= '7' ? c - '0' : -1;
}

/// One escape behind its backslash; how many characters it has. Zero where it is none.
std::size_t unescape(std::string_view text, std::uint8_t& to) {
    static constexpr std::pair<char, char> single[] = {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'a', '\a'},
        {'b', '\b'}, {'f', '\f'}, {'v', '\v'}, {'e', '\x1B'}, {'\\', '\\'}, {'"', '"'}, {'\'', '\''}};
    if (text.empty()) return 0;
    const auto digits = [&](std::size_t from, std::size_t count) {
        unsigned value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const int one = from + i < text.size() ? hex_value(text[from + i]) : -1;
            if (one < 0) return false;
            value = value * 16 + static_cast<unsigned>(one);
        }
        if (value > 0xFF) return false;
        to = static_cast<std::uint8_t>(value);
        return true;
    };
    if (text[0] == 'x' && digits(1, 2)) return 3;
    if (text.starts_with("x{") && text.substr(4).starts_with('}') && digits(2, 2)) return 5; // Perl
    if (text[0] == 'u' && digits(1, 4)) return 5;
    unsigned value = 0;
    std::size_t size = 0;
    while (size < 3 && size < text.size() && octal(text[size]) >= 0)
        value = value * 8 + static_cast<unsigned>(octal(text[size++]));
    if (size != 0 && value <= 0xFF) {
        to = static_cast<std::uint8_t>(value);
        return size;
    }
    const auto* found =
        std::find_if(std::begin(single), std::end(single), [&](auto row) { return row.first == text[0]; });
    if (found == std::end(single)) return 0;
    to = static_cast<std::uint8_t>(found->second);
    return 1;
}

struct escaped_text {
    bytes data;
    std::size_t escapes = 0; ///< of what is no letter
    std::size_t letters = 0; ///< that stand for themselves
    std::size_t end = 0;     ///< of what was read
    bool wrong = false;
};

/// Up to the sign that closes it, or to the end where there is none.
escaped_text read_escaped(std::string_view text, char close) {
    escaped_text made;
    while (made.end < text.size() && (close == '\0' || text[made.end] != close)) {
        const char c = text[made.end++];
        std::uint8_t byte = static_cast<std::uint8_t>(c);
        if (c == '\\') {
            const auto size = unescape(text.substr(made.end), byte);
            made.wrong = made.wrong || size == 0;
            made.end += size;
            made.escapes += byte < 0x20 || byte > 0x7E ? 1U : 0U;
        } else if (c == '\n' || c == '\r') {
            made.wrong = made.wrong || close != '\0';
            continue;
        } else {
            ++made.letters;
        }
        made.data.push_back(byte);
    }
    return made;
}

/// The strings of a text that hold escapes, one behind the other, as compilers join them. strace writes "…" behind
/// one that it has cut.
std::optional<input_reading> strings_in(std::string_view text) {
    input_reading made{.form = input_form::source};
    std::size_t escapes = 0;
    std::size_t letters = 0;
    for (auto at = text.find_first_of("\"'"); at != std::string_view::npos; at = text.find_first_of("\"'", at)) {
        const auto one = read_escaped(text.substr(at + 1), text[at]);
        at += one.end + 2;
        if (one.wrong || at > text.size()) return {};
        escapes += one.escapes;
        letters += one.letters;
        made.whole.insert(made.whole.end(), one.data.begin(), one.data.end());
        if (text.substr(at).starts_with("...")) {
            made.note = "the string ends in \"...\": what is behind was cut off";
            made.damaged = true;
        }
    }
    const bool octals = text.find("\\x") == std::string_view::npos || text.find("\\x{") != std::string_view::npos;
    return escapes == 0 || (letters == 0 && !octals) ? std::nullopt : std::optional(std::move(made));
}

input_reading parts_reading(std::vector<bytes> parts) {
    input_reading made{.form = input_form::source};
    for (const auto& each : parts)
        made.whole.insert(made.whole.end(), each.begin(), each.end());
    if (parts.size() > 1) made.parts = std::move(parts);
    return made;
}

std::optional<input_reading> read_arrays(std::string_view text, lists wanted, std::size_t fewest = fewest_numbers) {
    auto plain = without_comments(text);
    constexpr std::string_view cast = ".toByte()"; // Kotlin's, of each byte above 127
    for (auto at = plain.find(cast); at != std::string::npos; at = plain.find(cast, at))
        plain.replace(at, cast.size(), cast.size(), ' ');
    auto arrays = arrays_in(plain, wanted, fewest);
    return arrays.empty() ? std::nullopt : std::optional(parts_reading(std::move(arrays)));
}

} // namespace

std::optional<input_reading> read_source(std::string_view given) {
    const auto first = given.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    // Escapes without quotation marks around them.
    if (given[first] == '\\') {
        auto one = read_escaped(given.substr(first), '\0');
        // Escapes alone are hex of another spelling, unless they are octal.
        const bool octals = given.find("\\x") == std::string_view::npos;
        if (one.wrong || one.escapes == 0 || (one.letters == 0 && !octals)) return {};
        return input_reading{.form = input_form::source, .whole = std::move(one.data), .parts = {}};
    }
    if (auto arrays = read_arrays(given, lists::of_bytes)) return arrays;
    return strings_in(given);
}

std::optional<input_reading> read_short_source(std::string_view text) {
    constexpr std::size_t fewest = 3;
    return read_arrays(text, lists::of_bytes, fewest);
}

std::optional<input_reading> read_source_of_characters(std::string_view text) {
    return read_arrays(text, lists::of_characters);
}

std::optional<input_reading> read_quoted(std::string_view text) {
    constexpr std::size_t shortest = 20; // a message type and a bitmap
    std::vector<bytes> strings;
    for (auto at = text.find_first_of("\"'`"); at != std::string_view::npos;) {
        const auto line = text.substr(0, text.find('\n', at));
        const auto close = line.find(text[at], at + 1);
        if (close == std::string_view::npos) {
            at = text.find_first_of("\"'`", at + 1);
            continue;
        }
        const auto inside = as_bytes(text.substr(at + 1, close - at - 1));
        if (inside.size() >= shortest) strings.emplace_back(inside.begin(), inside.end());
        at = text.find_first_of("\"'`", close + 1);
    }
    if (strings.empty()) return {};
    auto made = parts_reading(std::move(strings));
    made.form = input_form::text;
    return made;
}

} // namespace cipherlane::cli
