#include "cipherlane/card_talk.hpp"
#include "cipherlane/commands.hpp"
#include "cipherlane/input_option.hpp"
#include "cipherlane/strangers.hpp"
#include "cipherlane/tlv_print.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/errc.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <optional>
#include <utility>

namespace cipherlane::cli {
namespace {

struct tlv_options {
    std::string data;
    input_form form = input_form::automatic;
    output_form output = output_form::text;
    showing how = showing::masked;
    emv::tlv_limits limits;
};

/// The text without white space: what a consumer-presented code is read from.
std::string without_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return text;
}

bool separates_pairs(char c) {
    return std::string_view(" \t\r\n,;|&{}\"'").find(c) != std::string_view::npos;
}

std::string_view hex_at(std::string_view text, std::size_t at) {
    auto end = at;
    while (end < text.size() && hex_value(text[end]) >= 0)
        ++end;
    return text.substr(at, end - at);
}

/// Where the value behind a tag begins; npos where no "=" or ":" is there.
std::size_t behind_tag(std::string_view text, std::size_t at) {
    at = text.find_first_not_of(" \"'", at);
    const bool pair = at != std::string_view::npos && (text[at] == '=' || text[at] == ':');
    return pair ? std::min(text.find_first_not_of(" \"'", at + 1), text.size()) : std::string_view::npos;
}

/// The digits of a value, in one piece or byte by byte with blanks between, up to the next tag; `at` goes behind it.
std::string value_at(std::string_view text, std::size_t& at) {
    std::string digits(hex_at(text, at));
    at += digits.size();
    while (at + 1 < text.size() && text[at] == ' ') {
        const auto next = hex_at(text, at + 1);
        if (next.size() != 2 || behind_tag(text, at + 1 + next.size()) != std::string_view::npos) break;
        digits.append(next);
        at += 1 + next.size();
    }
    return digits;
}

/// "9F26=1122 9F27: 80" or {"9F26": "1122"}, as logs and tools print tags: made into TLV. Nothing where anything else
/// is there.
std::optional<bytes> read_tag_list(std::string_view text) {
    bytes made(text.size()); // no object takes more bytes than its text has characters
    emv::tlv_writer out(made);
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        if (separates_pairs(text[at])) {
            ++at;
            continue;
        }
        const auto tag = hex_at(text, at);
        at = behind_tag(text, at + tag.size());
        if (at == std::string_view::npos || tag.size() < 2 || tag.size() > 6 || tag.size() % 2 != 0) return {};
        const auto value = value_at(text, at);
        const auto number = from_hex(tag);
        const auto data = from_hex(value);
        if (!number || !data) return {};
        emv::tag_number id = 0;
        for (const auto byte : *number)
            id = id << 8U | byte;
        out.put(id, *data);
        any = true;
    }
    const auto done = out.finish();
    if (!any || !done) return {};
    made.resize(done->size());
    return made;
}

bool is_word_for(std::string_view token, std::string_view wanted) {
    return std::equal(token.begin(), token.end(), wanted.begin(), wanted.end(),
        [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

/// Whether digits are those of a tag: one to three bytes, of which the first says that more follow where there are.
bool is_tag(std::string_view digits) {
    const auto data = digits.size() <= 6 ? from_hex(digits) : result<bytes>(bytes());
    if (!data || data->empty()) return false;
    constexpr unsigned more = 0x1F;
    if ((data->front() & more) != more) return data->size() == 1;
    for (std::size_t i = 1; i < data->size(); ++i) {
        const bool ends = ((*data)[i] & 0x80U) == 0;
        if (ends != (i + 1 == data->size())) return false;
    }
    return data->size() > 1;
}

/// An object with its name between tag and value, as terminals print it: "9F36 - Application Transaction Counter
/// (ATC): 0240", "[9F36] ATC = 02 40". Empty: it is none, or several in one line, which nothing would tell apart.
std::string named_object(std::string_view piece) {
    const auto begin = std::min(piece.find_first_not_of(" \t\r[(<\"'"), piece.size());
    const auto tag = hex_at(piece, begin);
    if (!is_tag(tag)) return {};
    const auto rest = piece.substr(begin + tag.size());
    const auto sign = rest.find_first_of(":=");
    if (sign == std::string_view::npos || rest.find_first_of(":=", sign + 1) != std::string_view::npos) return {};
    const auto name = rest.substr(0, sign);
    const bool letters = std::any_of(
        name.begin(), name.end(), [](char c) { return (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z'); });
    const bool apart = std::string_view(" \t-])>\"'").find(rest.front()) != std::string_view::npos;
    if (!letters || !apart) return {};
    std::string value(rest.substr(sign + 1));
    std::erase_if(value, [](char c) { return std::string_view(" \t\r\"'[]<>").find(c) != std::string_view::npos; });
    const bool hex = !value.empty() && value.size() % 2 == 0 && hex_at(value, 0) == value;
    return hex ? std::string(tag) + "=" + value + "\n" : std::string();
}

/// "[9F26] 1122 [9F27] 80", "<9F26> 1122": each tag in brackets begins a line of its own as "9F26=". Empty where the
/// text does not begin so.
std::string tags_out_of_brackets(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || std::string_view("[<(").find(text[first]) == std::string_view::npos)
        return {};
    std::string made;
    for (std::size_t at = first; at < text.size();) {
        const auto open = std::string_view("[<(").find(text[at]);
        const auto tag = open == std::string_view::npos ? std::string_view() : hex_at(text, at + 1);
        const auto behind = at + 1 + tag.size();
        const bool closed = !tag.empty() && behind < text.size() && text[behind] == "]>)"[open];
        if (closed && is_tag(tag)) {
            made.append(made.empty() ? "" : "\n").append(tag).append("=");
            at = std::min(text.find_first_not_of(" :=-", behind + 1), text.size());
        } else if (at == first) {
            return {};
        } else {
            made += text[at++];
        }
    }
    return made;
}

/// The words of one object: "Tag 5F24 Len 03 Val 261231", "5F24(3): 26 12 31", "5F24 261231"; as "5F24=261231".
/// Empty: it is none.
std::string object_of_words(std::string_view piece) {
    constexpr std::array<std::string_view, 4> value_words{"val", "value", "v", "data"};
    constexpr std::array<std::string_view, 4> names{"tag", "t", "tlv", "emv"};
    constexpr std::array<std::string_view, 3> lengths{"len", "length", "l"};
    const auto is_one = [](std::string_view token, const auto& all) {
        return std::any_of(all.begin(), all.end(), [&](auto each) { return is_word_for(token, each); });
    };
    if (auto named = named_object(piece); !named.empty()) return named;
    std::string tag;
    std::string value;
    bool length_next = false;
    // Digits with nothing but blanks between them: "5F24 261231" is a tag and its value, more of them is a dump,
    // whose second byte is a length.
    bool said = piece.find_first_of(":=(") != std::string_view::npos;
    int values = 0;
    for (std::size_t at = 0; at < piece.size();) {
        at = piece.find_first_not_of(" \t\r:=,\"'", at);
        if (at == std::string_view::npos) break;
        if (piece[at] == '(') { // the length of what is in front
            at = piece.find(')', at);
            if (at == std::string_view::npos) return {};
            ++at;
            continue;
        }
        const auto end = std::min(piece.find_first_of(" \t\r:=,(\"'", at), piece.size());
        const auto token = piece.substr(at, end - at);
        at = end;
        if (std::exchange(length_next, false) && hex_at(token, 0) == token) continue;
        if (is_one(token, names) || is_one(token, value_words)) {
            said = true;
            continue;
        }
        if (is_one(token, lengths)) {
            said = length_next = true;
            continue;
        }
        if (hex_at(token, 0) != token || token.size() % 2 != 0) return {};
        if (tag.empty()) {
            tag = token;
        } else {
            value += token;
            ++values;
        }
    }
    const bool is_dump = !said && (values > 1 || !is_tag(tag));
    return tag.empty() || value.empty() || is_dump ? std::string() : tag + "=" + value + "\n";
}

/// Objects in words, each on a line, behind a semicolon, or from one "Tag" to the next; made into "TAG=VALUE" lines.
/// Empty where one of them is none.
std::string objects_of_words(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        auto end = std::min(text.find_first_of("\n;", 0), text.size());
        for (std::size_t next = 1; next < end; ++next) {
            const bool begins = (text[next - 1] == ' ' || text[next - 1] == ',') && text.size() - next > 3 &&
                                is_word_for(text.substr(next, 3), "tag");
            if (begins) end = next;
        }
        const auto piece = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + (end < text.size() && text[end] < '?' ? 1 : 0)));
        if (piece.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const auto one = object_of_words(piece);
        if (one.empty()) return {};
        made += one;
    }
    return made;
}

/// What stands behind "TLV:" or "EMV:".
std::string_view without_title(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return text;
    auto word = text.substr(0, colon);
    word.remove_prefix(std::min(word.find_first_not_of(" \t\r\n"), word.size()));
    constexpr std::array<std::string_view, 5> titles{"tlv", "emv", "data", "de55", "f55"};
    const bool title = std::any_of(titles.begin(), titles.end(), [&](auto each) { return is_word_for(word, each); });
    return title ? text.substr(colon + 1) : text;
}

/// The lines without the time of day that a log has written in front of them: "10:20:30" looks like a tag and a
/// value.
std::string without_times(std::string_view text) {
    const auto two_digits = [&](std::size_t at, char most) {
        return at + 1 < text.size() && text[at] >= '0' && text[at] <= most && text[at + 1] >= '0' &&
               text[at + 1] <= '9';
    };
    constexpr std::size_t size = 8;
    std::string made;
    bool begins = true;
    for (std::size_t at = 0; at < text.size();) {
        const bool time = begins && two_digits(at, '2') && two_digits(at + 3, '5') && two_digits(at + 6, '5') &&
                          text[at + 2] == ':' && text[at + 5] == ':';
        const auto end = time ? std::min(text.find_first_not_of("0123456789.,", at + size), text.size()) : at;
        if (time && end < text.size() && text[end] == ' ') {
            at = end;
            continue;
        }
        begins = text[at] == '\n';
        made += text[at++];
    }
    return made;
}

/// Logs of cards keep the status word behind the data of an answer.
bool ends_in_status_word(byte_view data, const emv::tlv_limits& limits) {
    if (data.size() < 4 || status_word(data.last(2)).empty()) return false;
    return emv::check_tlv(data.first(data.size() - 2), limits).has_value();
}

/// How many bytes of a length stand in front of the TLV, as field 55 has them: three digits of text, two or one of
/// packed digits or a number. Zero: none.
std::size_t length_in_front(byte_view data, const emv::tlv_limits& limits) {
    const auto sound = [&](std::size_t at) { return emv::check_tlv(data.subspan(at), limits).has_value(); };
    const auto digit = [](std::uint8_t byte) {
        return byte >= '0' && byte <= '9' ? byte - std::size_t{'0'} : 1'000U;
    };
    if (data.size() > 4 && digit(data[0]) * 100 + digit(data[1]) * 10 + digit(data[2]) == data.size() - 3 && sound(3))
        return 3;
    if (data.size() > 3) {
        const auto packed =
            (data[0] >> 4U) * 1'000U + (data[0] & 15U) * 100U + (data[1] >> 4U) * 10U + (data[1] & 15U);
        const auto rest = data.size() - 2;
        if ((packed == rest || load_be16(data.data()) == rest) && sound(2)) return 2;
    }
    return data.size() > 2 && data[0] == data.size() - 1 && sound(1) ? 1 : 0;
}

void tell_tlv_note(std::string_view words) {
    std::cerr << "cipherlane tlv decode: NOTE: " << words << '\n';
}

/// An object whose length goes too far: what is there of it.
struct cut_object {
    emv::tag_number tag = 0;
    std::size_t announced = 0;
    std::size_t left = 0; ///< of all bytes behind its length
    std::size_t at = 0;   ///< of its value
};

std::optional<cut_object> cut_at(byte_view data, const error& why) {
    if (why.code() != emv::make_error_code(emv::emv_errc::length_past_end) || !why.offset()) return {};
    cut_object made;
    auto at = *why.offset();
    if (at >= data.size()) return {};
    made.tag = data[at];
    if ((data[at] & 0x1FU) == 0x1F) {
        do {
            if (++at >= data.size()) return {};
            made.tag = made.tag << 8U | data[at];
        } while ((data[at] & 0x80U) != 0);
    }
    if (++at >= data.size()) return {};
    made.announced = data[at++];
    if (made.announced > 0x80 && made.announced <= 0x84 && data.size() - at >= made.announced - 0x80) {
        const auto digits = data.subspan(at, made.announced - 0x80);
        at += digits.size();
        made.announced = 0;
        for (const auto byte : digits)
            made.announced = (made.announced << 8U) | byte;
    }
    made.at = at;
    made.left = data.size() - at;
    return made;
}

/// "8 bytes announced, 3 follow", of the object where a length goes too far.
std::string announced_length(const cut_object& cut) {
    if (cut.announced <= cut.left)
        return std::to_string(cut.announced) + " bytes announced, the template around it ends before";
    return std::to_string(cut.announced) + " bytes announced, " + std::to_string(cut.left) + " are left of all";
}

/// The longest run of decimal digits.
std::size_t longest_number(std::string_view digits) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : digits) {
        run = c >= '0' && c <= '9' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

/// The bytes of a cut value, or nothing where they may not be shown: what is hidden or masked where it is whole, and
/// what may hold a card number, since a length that is wrong takes in what stands behind.
std::string open_part(const cut_object& cut, byte_view value, showing how) {
    constexpr std::size_t shortest_card = 13;
    constexpr std::size_t most = 32;
    const auto digits = to_hex(value);
    if (how == showing::clear) return digits;
    const auto* row = emv::find_tag(cut.tag);
    const bool may_be_so_long = row != nullptr && cut.announced <= (row->most == 0 ? most : std::size_t{row->most});
    const bool its_own = may_be_so_long && cut.announced > cut.left;
    const bool plain =
        its_own && longest_number(digits) < shortest_card && tlv_value({cut.tag, value, 0}, how) == digits;
    return plain ? digits : std::string();
}

/// What is there of a value, as far as it may be shown: of a template what is in it.
void show_cut(std::ostream& out, byte_view data, const cut_object& cut, const tlv_options& chosen, int depth = 0) {
    constexpr int deepest = 8;
    const auto* row = emv::find_tag(cut.tag);
    const auto value = data.subspan(cut.at, std::min(cut.left, cut.announced));
    out << "! " << emv::tag_text(cut.tag) << "  " << (row == nullptr ? "(unknown)" : row->name)
        << ", cut: " << announced_length(cut);
    if (emv::is_template(cut.tag) && depth < deepest) {
        out << "\n";
        emv::tlv_reader inside(value, chosen.limits);
        try {
            print_tlv(out, inside, chosen.how);
            inside.finish().value();
        } catch (const error_exception& why) {
            if (const auto deeper = cut_at(value, why.why())) show_cut(out, value, *deeper, chosen, depth + 1);
        }
        return;
    }
    const auto shown = open_part(cut, value, chosen.how);
    out << (value.empty() ? "" : ": ") << (shown.empty() && !value.empty() ? "(not shown)" : shown) << "\n";
}

/// What can be read in front of a fault, which is told elsewhere.
nlohmann::ordered_json objects_in_front(byte_view data, const tlv_options& chosen) {
    auto list = nlohmann::ordered_json::array();
    emv::tlv_reader reader(data, chosen.limits);
    try {
        tlv_to_json(list, reader, chosen.how);
    } catch (const error_exception&) {
        return list;
    }
    return list;
}

/// The object that is cut, as `show_cut` prints it.
nlohmann::ordered_json cut_to_json(byte_view data, const cut_object& cut, const tlv_options& chosen, int depth = 0) {
    constexpr int deepest = 8;
    const auto* row = emv::find_tag(cut.tag);
    const auto value = data.subspan(cut.at, std::min(cut.left, cut.announced));
    nlohmann::ordered_json made{{"tag", emv::tag_text(cut.tag)}, {"name", row == nullptr ? "(unknown)" : row->name},
        {"announced", cut.announced}, {"left", cut.left}};
    if (emv::is_template(cut.tag) && depth < deepest) {
        made["objects"] = objects_in_front(value, chosen);
        const auto read = emv::check_tlv(value, chosen.limits);
        const auto deeper = read ? std::nullopt : cut_at(value, read.error());
        if (deeper) made["cut"] = cut_to_json(value, *deeper, chosen, depth + 1);
    } else if (const auto shown = open_part(cut, value, chosen.how); !shown.empty()) {
        made["value"] = shown;
    }
    return made;
}

/// For scripts: the fault, what stands in front of it, and the object that it cuts.
[[noreturn]] void end_with_fault(byte_view data, const std::optional<cut_object>& cut, const error& why,
    const std::string& advice, const tlv_options& chosen) {
    nlohmann::ordered_json made{{"error", cli::to_json(why)}};
    if (!advice.empty()) made["error"]["advice"] = advice;
    made["objects"] = objects_in_front(data, chosen);
    if (cut) made["cut"] = cut_to_json(data, *cut, chosen);
    made["exit"] = static_cast<int>(ending::wrong_use);
    std::cout << made.dump(2) << "\n" << std::flush;
    throw CLI::RuntimeError(static_cast<int>(ending::wrong_use));
}

/// Whether another reading begins with this one and goes on: the lines behind it were left out as a log's words.
bool lacks_the_end(const input_reading& one, const std::vector<input_reading>& all) {
    return std::any_of(all.begin(), all.end(), [&](const input_reading& other) {
        return !other.half_a_byte && other.whole.size() > one.whole.size() &&
               std::equal(one.whole.begin(), one.whole.end(), other.whole.begin());
    });
}

/// Whether all but one or two characters are hex digits: a slip in hex, though it may be read as base64.
bool is_nearly_hex(std::string_view given) {
    constexpr std::ptrdiff_t most = 2;
    constexpr std::size_t fewest = 8;
    const auto others = std::count_if(given.begin(), given.end(),
        [](char c) { return hex_value(c) < 0 && c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
    return given.size() >= fewest && others <= most;
}

/// The first reading that is sound TLV, else the likeliest; a consumer-presented code is base64 of its own.
/// `damaged`: the input is not what was written, and that has been told.
result<bytes> read_data(const tlv_options& chosen, bool& damaged) {
    CIPHERLANE_TRY(const auto taken, take_input(chosen.data));
    const auto given = chosen.form == input_form::automatic ? without_times(without_title(taken)) : taken;
    if (const auto text = without_space(given); emv::consumer_code::recognised(text)) {
        CIPHERLANE_TRY(const auto code, emv::consumer_code::parse(text, emv::cpm_reading::lenient));
        return bytes(code.data().begin(), code.data().end());
    }
    const bool may_be_pairs = chosen.form == input_form::automatic && given.find_first_of("=:") != std::string::npos;
    const auto pairs = may_be_pairs ? read_tag_list(given) : std::nullopt;
    if (pairs && given.find('=') != std::string::npos) return *pairs;
    const auto bracketed = chosen.form == input_form::automatic ? tags_out_of_brackets(given) : std::string();
    const auto lines = chosen.form == input_form::automatic && !pairs ? objects_of_words(given) : std::string();
    auto in_words = lines.empty() ? std::nullopt : read_tag_list(lines);
    if (!in_words && !bracketed.empty()) in_words = read_tag_list(bracketed);
    const auto read = readings_of(given, chosen.form);
    if (!read && in_words) return *in_words;
    CIPHERLANE_TRY(const auto& readings, read);
    // "61 1C" is no object 61 with one byte in it.
    const auto& plain = readings.front();
    if (!plain.half_a_byte && plain.whole.size() == 2 && !status_word(plain.whole).empty()) return plain.whole;
    const auto taken_so = [&](const input_reading& each) {
        if (!each.note.empty()) tell_tlv_note(each.note);
        damaged = each.damaged;
    };
    for (const auto& each : readings) {
        // A text that happens to be TLV is none.
        if (each.form == input_form::text && chosen.form == input_form::automatic) continue;
        if (each.form == input_form::log && lacks_the_end(each, readings)) continue;
        if (!each.half_a_byte && ends_in_status_word(each.whole, chosen.limits)) {
            const auto word = byte_view(each.whole).last(2);
            taken_so(each);
            tell_tlv_note(to_hex(word) + " at the end is the card's status word, no TLV: it is left out; it says: " +
                          status_word(word));
            return bytes(each.whole.begin(), each.whole.end() - 2);
        }
        if (!each.half_a_byte && emv::check_tlv(each.whole, chosen.limits)) {
            taken_so(each);
            return each.whole;
        }
    }
    if (pairs) return *pairs;
    if (in_words) return *in_words;
    for (const auto& each : readings) {
        if (each.half_a_byte) continue;
        if (const auto size = length_in_front(each.whole, chosen.limits); size != 0) {
            tell_tlv_note("a length of " + std::to_string(each.whole.size() - size) + " stands in front (" +
                          to_hex(byte_view(each.whole).first(size)) + "): it is left out");
            return bytes(each.whole.begin() + static_cast<std::ptrdiff_t>(size), each.whole.end());
        }
    }
    const auto& first = readings.front();
    const bool guessed = chosen.form == input_form::automatic &&
                         (first.form == input_form::text || first.form == input_form::log || first.half_a_byte ||
                             (first.form == input_form::base64 && is_nearly_hex(given)));
    // Text alone is no TLV: then the fault is told as one of hex.
    if (guessed) {
        CIPHERLANE_TRY(const auto as_hex, readings_of(given, input_form::hex));
        return as_hex.front().whole;
    }
    taken_so(first);
    return first.whole;
}

void refuse_what_is_no_tlv(byte_view data) {
    if (const auto words = card_command(data); !words.empty())
        throw tool_complaint(ending::wrong_use, "no TLV but a card's command: " + words);
    if (const auto words = status_word(data); !words.empty())
        throw tool_complaint(ending::wrong_use, "no TLV but a card's status word: " + words);
}

/// What was given instead of TLV; empty: nothing that is known.
std::string stranger_in(const tlv_options& chosen) {
    if (chosen.data.empty() || chosen.data == "-") return {}; // standard input is read
    const auto given = take_input(chosen.data);
    auto words = given ? other_protocol_in(*given) : std::string();
    return words.find("tlv decode") == std::string::npos ? words : std::string();
}

[[noreturn]] void stop(const error& why, const tlv_options& chosen, byte_view data = {}) {
    refuse_what_is_no_tlv(data);
    if (const auto other = stranger_in(chosen); !other.empty())
        throw tool_stop(why, "it looks like " + other, ending::wrong_use);
    const auto cut = cut_at(data, why);
    auto advice = cut ? announced_length(*cut) : std::string();
    if (cut && chosen.output == output_form::text) show_cut(std::cout, data, *cut, chosen);
    std::cout << std::flush;
    const bool bad = why.is(condition::bad_message) && chosen.limits.reading == emv::tlv_reading::strict;
    if (bad && why.where() == layer::emv)
        advice.append(advice.empty() ? "" : "; ").append("--tolerant reads what peers write beside the rules");
    if (!data.empty() && chosen.output == output_form::json) end_with_fault(data, cut, why, advice, chosen);
    throw tool_stop(why, advice, ending::wrong_use);
}

void run_decode(const tlv_options& chosen) {
    bool damaged = false;
    const auto data = read_data(chosen, damaged);
    if (!data) stop(data.error(), chosen);
    // "9000" is an empty object, too, and a command's class of 00 padding: its data may be a PIN.
    const bool doubtful = data->size() == 2 || (!data->empty() && data->front() == 0);
    if (doubtful) refuse_what_is_no_tlv(*data);
    // What can be read is printed before the fault is told.
    emv::tlv_reader reader(*data, chosen.limits);
    tlv_tally tally;
    try {
        if (chosen.output == output_form::json) {
            auto list = nlohmann::ordered_json::array();
            tally = tlv_to_json(list, reader, chosen.how);
            reader.finish().value();
            std::cout << list.dump(2) << "\n";
        } else {
            tally = print_tlv(std::cout, reader, chosen.how);
            reader.finish().value();
            const auto deviations = tally.deviations;
            if (deviations != 0) std::cout << deviations << (deviations == 1 ? " deviation\n" : " deviations\n");
        }
    } catch (const error_exception& why) {
        stop(why.why(), chosen, *data);
    }
    std::cout.flush();
    if (damaged || tally.wrong != 0) throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

} // namespace

void add_tlv_command(CLI::App& tool) {
    auto chosen = std::make_shared<tlv_options>();
    auto* group = tool.add_subcommand("tlv", "EMV BER-TLV in words");
    group->require_subcommand(1);
    auto* command = group->add_subcommand("decode",
        "Tags, names, values, bits and rules in words; card, phone and identity numbers and mail masked, track data "
        "and "
        "names not shown. Exit 1: a value has not the form of its tag, or the input is damaged; 2: no TLV, or cut");
    const auto words = std::make_shared<std::vector<std::string>>();
    constexpr int most_words = 100'000;
    command
        ->add_option("data", *words,
            "Hex in any spelling, a hexdump, base64, a consumer-presented code, the name of a file; - for stdin")
        ->required()
        ->expected(1, most_words);
    add_input_form(*command, chosen->form);
    command->add_flag_callback(
        "--tolerant", [chosen] { chosen->limits.reading = emv::tlv_reading::tolerant; },
        "Take padding of FF and one-byte lengths above 127; each is told with its place");
    command->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "As JSON, errors too");
    command->add_flag_callback(
        "--unmasked", [chosen] { chosen->how = showing::clear; }, "Every value in full, as hex: for test cards only");
    command->callback([chosen, words] {
        chosen->data = one_input(*words);
        run_decode(*chosen);
    });
}

} // namespace cipherlane::cli
