#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t longest_name = 4096;

bool is_binary(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0x7F || (byte < 0x20 && c != '\n' && c != '\r' && c != '\t');
    });
}

bool is_separator(char c) {
    return std::string_view(" \t\r\n:-,;{}[]()\"'|_.$%&#<>").find(c) != std::string_view::npos;
}

/// How many characters at the front mark a number as hex: "0x", "\x", "&H", "&#x". Without a digit behind they mark
/// nothing.
std::size_t hex_mark(std::string_view text) {
    for (const std::string_view mark : {"0x", "0X", "\\x", "&H", "&h", "&#x", "&#X"}) {
        if (text.starts_with(mark))
            return mark.size() < text.size() && hex_value(text[mark.size()]) >= 0 ? mark.size() : 0;
    }
    return 0;
}

/// The hex digits of a text, without what people put between them; nothing where something else is there.
std::optional<std::string> hex_digits(std::string_view text, std::size_t* fault = nullptr) {
    std::string digits;
    std::size_t group = 0; // where the number begins that is read
    bool marked = false;   // it began with a mark: then the next byte may have one right behind it, "0x600x03"
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool ends = i + 1 == text.size() || is_separator(text[i + 1]);
        // The nought of "0x" is a digit like others where digits stand in front of it.
        const bool may_begin = c != '0' || digits.size() == group || (marked && digits.size() - group == 2);
        if (const auto mark = may_begin ? hex_mark(text.substr(i)) : 0; mark != 0) {
            i += mark - 1;
            group = digits.size();
            marked = true;
        } else if (hex_value(c) >= 0) {
            digits.push_back(c);
        } else if ((c == 'h' || c == 'H') && ends && digits.size() > group) {
            // Assemblers write "3Ch", and "0E3h" where it began with a letter.
            if (digits.size() - group == 3 && digits[group] == '0') digits.erase(group, 1);
        } else if (is_separator(c) || c == '\\') {
            group = digits.size();
            marked = false;
        } else {
            if (fault != nullptr) *fault = i;
            return {};
        }
    }
    return digits;
}

std::optional<input_reading> read_hex(std::string_view text) {
    auto digits = hex_digits(text);
    if (!digits || digits->empty()) return {};
    input_reading made{.form = input_form::hex};
    made.half_a_byte = digits->size() % 2 != 0;
    if (made.half_a_byte) {
        digits->pop_back();
        made.note = "the hex has an odd number of digits: one is missing or too many; the last was left out";
        made.damaged = true;
    }
    made.whole = from_hex(*digits).value();
    for (const auto line : lines_of(text)) {
        const auto one = hex_digits(line);
        if (!one || one->empty()) continue;
        auto data = from_hex(*one);
        if (!data) {
            made.parts.clear();
            break;
        }
        made.parts.push_back(*std::move(data));
    }
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

/// Hex digits or base64 that were packed once more: base64 or hex of a text of them.
std::optional<input_reading> read_digits_inside(const input_reading& outer) {
    constexpr std::size_t fewest = 16;
    if (outer.whole.size() < fewest) return {};
    constexpr std::size_t least_base64 = 24;
    auto inner = read_hex(as_text(outer.whole));
    if (inner && !inner->half_a_byte) {
        inner->form = outer.form;
        inner->note = "what it holds are hex digits once more";
        return inner;
    }
    inner = read_base64(as_text(outer.whole), least_base64);
    if (!inner) return {};
    inner->form = outer.form;
    inner->note = "what it holds is base64 once more";
    return inner;
}

/// Bytes of "%x", one a word, which lacks the zero in front of a single digit: "60 0 3 0".
std::optional<input_reading> read_short_hex(std::string_view text) {
    constexpr std::size_t fewest = 3;
    constexpr std::string_view between = " \t\r\n,;:-|[]{}()._\\";
    std::string digits;
    bool any_short = false;
    while (!text.empty()) {
        const auto from = std::min(text.find_first_not_of(between), text.size());
        text.remove_prefix(from);
        if (text.empty()) break;
        auto word = text.substr(0, text.find_first_of(between));
        text.remove_prefix(word.size());
        word.remove_prefix(word.size() > 1 && word.starts_with('x') ? 1 : hex_mark(word));
        if (word.size() > 1 && (word.ends_with('h') || word.ends_with('H'))) word.remove_suffix(1);
        const bool bytes = !word.empty() && (word.size() == 1 || word.size() % 2 == 0) &&
                           std::all_of(word.begin(), word.end(), [](char c) { return hex_value(c) >= 0; });
        if (!bytes) return {};
        any_short = any_short || word.size() == 1;
        digits.append(word.size() % 2, '0').append(word);
    }
    if (!any_short || digits.size() < 2 * fewest) return {};
    input_reading made{.form = input_form::hex, .whole = from_hex(digits).value(), .parts = {}};
    made.note = "single digits are read as bytes that lack their zero in front";
    return made;
}

/// A message as text between whose fields a person or a log has put blanks.
std::optional<input_reading> read_spaced_text(std::string_view text) {
    if (text.find_first_of(" \t") == std::string_view::npos || is_binary(text)) return {};
    input_reading made{.form = input_form::text};
    made.leaves_out = true;
    for (const auto line : lines_of(text)) {
        bytes one;
        std::copy_if(as_bytes(line).begin(), as_bytes(line).end(), std::back_inserter(one),
            [](auto c) { return c != ' ' && c != '\t'; });
        if (one.empty()) continue;
        made.whole.insert(made.whole.end(), one.begin(), one.end());
        made.parts.push_back(std::move(one));
    }
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

/// A message as text that something on its way has broken into lines.
std::optional<input_reading> read_broken_text(std::string_view text) {
    input_reading made{.form = input_form::text};
    std::size_t lines = 0;
    for (const auto line : lines_of(text)) {
        lines += line.empty() ? 0 : 1;
        made.whole.insert(made.whole.end(), as_bytes(line).begin(), as_bytes(line).end());
    }
    if (lines < 2 || is_binary(text)) return {};
    made.note = "read without its line ends";
    made.leaves_out = true;
    return made;
}

std::optional<input_reading> read_text(std::string_view text) {
    if (text.empty() || is_binary(text)) return {};
    input_reading made{.form = input_form::text};
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    made.whole.assign(as_bytes(text).begin(), as_bytes(text).end());
    for (const auto line : lines_of(text)) {
        if (!line.empty()) made.parts.emplace_back(as_bytes(line).begin(), as_bytes(line).end());
    }
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

/// The bytes of a file for whoever says that they are just that.
input_reading exact_bytes(std::string_view text) {
    return {.form = input_form::raw, .whole = bytes(as_bytes(text).begin(), as_bytes(text).end()), .parts = {}};
}

/// Whether a text looks like the name of a file that is not there: a short ending behind a dot, and no blank; or a
/// path that says where it begins.
bool seems_a_name(std::string_view text) {
    constexpr std::size_t longest_path = 200; // base64 has slashes, too, and a message is longer
    const bool blank = text.find_first_of(" \t\n") != std::string_view::npos;
    for (const std::string_view begin : {"/", "./", "../", "~/"}) {
        const bool path = text.starts_with(begin) && text.size() <= longest_path && !text.ends_with('=');
        if (path && !blank && text.find('+') == std::string_view::npos) return true;
    }
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos || text.size() > 255 || text.find("://") != std::string_view::npos)
        return false;
    const auto ending = text.substr(dot + 1);
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const bool message =
        text.size() >= 20 && std::all_of(text.begin(), text.begin() + 4, [](char c) { return c >= '0' && c <= '9'; });
    return !message && ending.size() >= 2 && ending.size() <= 5 &&
           std::all_of(ending.begin(), ending.end(), letter) && text.find_first_of(" \t\n") == std::string_view::npos;
}

/// The text with noughts for the digits that somebody has hidden, "622800******1117"; how many they are. Signs that
/// hide digits stand in a run of three or more, with four digits on either side.
std::pair<std::string, std::size_t> without_hidden_digits(std::string_view text) {
    constexpr std::size_t fewest = 3;
    constexpr std::size_t around = 4;
    constexpr std::string_view signs = "*xX#";
    std::string made(text);
    std::size_t hidden = 0;
    const auto digits = [&](std::size_t from) {
        return from + around <= text.size() && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                                                   text.begin() + static_cast<std::ptrdiff_t>(from + around),
                                                   [](char c) { return hex_value(c) >= 0; });
    };
    for (auto at = text.find_first_of(signs); at != std::string_view::npos; at = text.find_first_of(signs, at)) {
        const auto end = std::min(text.find_first_not_of(text[at], at), text.size());
        if (end - at >= fewest && at >= around && digits(at - around) && digits(end)) {
            std::fill_n(made.begin() + static_cast<std::ptrdiff_t>(at), end - at, '0');
            hidden += end - at;
        }
        at = end;
    }
    return {std::move(made), hidden};
}

/// What says the same as an earlier reading is looked at once.
void drop_repeated(std::vector<input_reading>& all) {
    std::vector<input_reading> kept;
    for (auto& each : all) {
        const bool known = std::any_of(kept.begin(), kept.end(), [&](const input_reading& other) {
            return other.whole == each.whole && other.parts == each.parts && other.note == each.note;
        });
        if (!known) kept.push_back(std::move(each));
    }
    all = std::move(kept);
}

bool is_empty_input(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

error no_hex(std::string_view text) {
    if (is_empty_input(text)) {
        return error(core_errc::wrong_length, layer::tools)
            .during("read input")
            .with_hint("found nothing; expected hex, a hexdump, base64, or the name of a file that is there");
    }
    std::size_t at = 0;
    const auto digits = hex_digits(text, &at);
    if (digits && digits->size() % 2 != 0) {
        return error(core_errc::odd_length, layer::tools)
            .during("read input")
            .with_hint("found " + std::to_string(digits->size()) + " hex digits, expected an even number");
    }
    return error(core_errc::not_hex, layer::tools)
        .during("read input")
        .at_offset(at)
        .with_hint("found \"" + printable_text(text.substr(at, 1), 4) +
                   "\"; expected hex, a hexdump, base64, or the name of a file that is there");
}

error no_base64(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n";
    const auto at = text.find_first_not_of(letters);
    auto why = error(core_errc::bad_text, layer::tools).during("read input");
    if (at == std::string_view::npos)
        return std::move(why).with_hint("found letters that end within a byte; one is missing or too many");
    return std::move(why).at_offset(at).with_hint(
        "found \"" + printable_text(text.substr(at, 1), 4) + "\"; expected letters, digits, + and / of base64");
}

} // namespace

std::string_view to_string(input_form form) noexcept {
    constexpr std::string_view names[] = {"automatic", "hex", "hexdump with offsets", "base64", "text", "raw bytes",
        "hex in lines of a log", "bytes of a program's source", "bytes and letters in columns", "numbers",
        "text with escapes", "a capture of packets", "records with sums or of uuencode"};
    return names[static_cast<std::size_t>(form)];
}

result<std::string> take_input(std::string_view argument) {
    if (argument.empty() || argument == "-") {
        return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    }
    std::error_code none;
    const bool may_be_a_name = argument.size() < longest_name && argument.find('\0') == std::string_view::npos;
    if (!may_be_a_name || !std::filesystem::exists(argument, none) || none) {
        if (!seems_a_name(argument)) return std::string(argument);
        return error(core_errc::no_file, layer::tools)
            .during("read input")
            .at_endpoint(argument)
            .with_hint("no such file");
    }
    if (std::filesystem::is_directory(argument, none)) {
        return error(core_errc::file_kind, layer::tools)
            .during("read input")
            .at_endpoint(argument)
            .with_hint("found a folder, expected a file");
    }
    std::ifstream file{std::string(argument), std::ios::binary};
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file.good() && !file.eof()) {
        return error(core_errc::no_file, layer::tools).during("read input").at_endpoint(argument);
    }
    return content;
}

result<std::vector<input_reading>> readings_of(std::string_view given, input_form wanted) {
    std::vector<input_reading> all;
    const auto add = [&](std::optional<input_reading> made) {
        if (made) all.push_back(*std::move(made));
    };
    const auto add_all = [&](std::vector<input_reading> made) {
        std::move(made.begin(), made.end(), std::back_inserter(all));
    };
    const auto text = cleaned(given);
    if (is_empty_input(given)) return no_hex(given);
    const auto add_hidden = [&] {
        const auto [shown, hidden] = without_hidden_digits(text);
        if (hidden == 0) return;
        const auto from = all.size();
        add(read_hex(shown));
        if (wanted == input_form::automatic) {
            add(read_text(shown));
            if (auto log = read_log(shown); !log.empty()) all.push_back(std::move(log.front()));
            add(read_log_of_text(shown));
        }
        for (auto i = from; i < all.size(); ++i) {
            const auto before = all[i].note.empty() ? std::string() : all[i].note + "; ";
            all[i].note = before + std::to_string(hidden) + " hidden digits are read as noughts";
            all[i].damaged = true;
        }
    };
    bool shows_letters = false;
    switch (wanted) {
    case input_form::hex:
        add(read_hex(text));
        add(read_short_hex(text));
        if (all.empty()) add_hidden();
        break;
    case input_form::dump: add(read_dump(text)); break;
    case input_form::base64:
        add(read_base64(text, 1)); // whoever names the form means it, however short it is
        add_all(read_base64_inside(text));
        break;
    case input_form::text:
        add(read_text(given));
        add(read_spaced_text(given));
        break;
    case input_form::raw: add(exact_bytes(given)); break;
    case input_form::log:
        add_all(read_log(text));
        add(read_log_of_text(text));
        break;
    case input_form::source: add(read_source(text)); break;
    case input_form::columns: add(read_columns(text)); break;
    case input_form::numbers: add(read_numbers(text)); break;
    case input_form::encoded:
        add(read_encoded(text));
        if (all.empty()) add(read_terminal(text));
        break;
    case input_form::capture: add(read_capture(given)); break;
    case input_form::records: add(read_records(text)); break;
    case input_form::automatic:
        if (is_binary(text)) {
            add(read_capture(given));
            if (all.empty()) all = read_raw(given);
            break;
        }
        add(read_records(text));
        // Sums that are right are no accident.
        if (!all.empty() && all.back().proven) break;
        add(read_numbers(text));
        add(read_dump(text));
        add(read_dump_of_words(text));
        shows_letters = !all.empty() && all.back().form == input_form::dump;
        add(read_numbers_of_characters(text));
        // Offsets that count the bytes between them are no accident.
        if (shows_letters) break;
        add(read_source(text));
        add(read_columns(text));
        add(read_byte_a_line(text));
        shows_letters = !all.empty();
        add(read_hex(text));
        add(read_short_hex(text));
        add(read_base64(text));
        add(read_encoded(text));
        add(read_terminal(text));
        add(read_text(text));
        add_all(read_log(text));
        add_all(read_base64_inside(text));
        add(read_broken_text(text));
        add(read_spaced_text(text));
        add(read_log_of_text(text));
        add(read_short_source(text));
        add(read_source_of_characters(text));
        add(read_quoted(text));
        // What a dump or a program shows beside its bytes hides none of them.
        if (!shows_letters) add_hidden();
        for (std::size_t i = 0, before = all.size(); i < before; ++i) {
            const auto form = all[i].form;
            if (form == input_form::hex || form == input_form::base64) add(read_digits_inside(all[i]));
        }
        drop_repeated(all);
    }
    if (all.empty() && wanted == input_form::base64) return no_base64(text);
    if (all.size() > 1 && wanted == input_form::hex && all.front().half_a_byte) all.erase(all.begin());
    if (all.empty() || (wanted == input_form::hex && all.front().half_a_byte)) return no_hex(text);
    return all;
}

namespace {

/// Where TCP begins behind the IP header at the front, and where the packet ends.
std::optional<std::pair<std::size_t, std::size_t>> tcp_in(byte_view ip) noexcept {
    constexpr std::uint8_t tcp = 6;
    constexpr std::size_t ipv6_size = 40;
    if (ip.size() < 40) return {};
    if (ip[0] >> 4U == 4) {
        const std::size_t size = (ip[0] & 15U) * std::size_t{4};
        if (size < 20 || ip[9] != tcp) return {};
        return std::pair{size, std::size_t{load_be16(ip.data() + 2)}};
    }
    if (ip[0] >> 4U != 6 || ip[6] != tcp) return {};
    return std::pair{ipv6_size, ipv6_size + load_be16(ip.data() + 4)};
}

} // namespace

std::size_t packet_payload(byte_view data) noexcept {
    // Ethernet, Ethernet with a VLAN, Linux "cooked" of either version, loopback of BSD, or IP itself.
    struct link_layer {
        std::size_t size;
        std::size_t type_at; ///< of the two bytes that say IP; its size where it has none
    };
    for (const auto& link : {link_layer{14, 12}, link_layer{18, 16}, link_layer{16, 14}, link_layer{20, 0},
             link_layer{4, 4}, link_layer{0, 0}}) {
        if (data.size() < link.size + 40) continue;
        const bool untold = link.type_at == link.size;
        const auto type = untold ? 0U : unsigned{load_be16(data.data() + link.type_at)};
        if (!untold && type != 0x0800 && type != 0x86DD) continue;
        const auto ip = data.subspan(link.size);
        const auto found = tcp_in(ip);
        if (!found) continue;
        const auto [tcp, total] = *found;
        if (total > ip.size() || ip.size() < tcp + 20) continue;
        const std::size_t tcp_size = (ip[tcp + 12] >> 4U) * std::size_t{4};
        if (tcp_size < 20 || tcp + tcp_size > total) continue;
        return link.size + tcp + tcp_size;
    }
    return 0;
}

} // namespace cipherlane::cli
