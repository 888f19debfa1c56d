#include "cipherlane/iso8583_front.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/header_piece.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

namespace cipherlane::cli::doctor {
namespace {

using iso8583::frame_length;
using form = frame_length::form;

constexpr length_guess lengths[] = {
    {{form::binary, 2}, "binary2", "2 bytes, binary"},
    {{form::ascii, 4}, "ascii4", "4 ASCII digits"},
    {{form::bcd, 2}, "bcd2", "2 bytes, packed digits"},
    {{form::binary, 2, 2}, "binary2", "2 bytes, binary, and 2 zeros"},
    {{form::binary, 4}, "binary4", "4 bytes, binary"},
    {{form::hex, 4}, "hex4", "4 hex digits"},
    {{form::little, 2}, "little2", "2 bytes, binary, least significant first"},
    {{form::ascii, 3}, "ascii3", "3 ASCII digits"},
    {{form::ascii, 5}, "ascii5", "5 ASCII digits"},
    {{form::ascii, 6}, "ascii6", "6 ASCII digits"},
    {{form::ascii, 8}, "ascii8", "8 ASCII digits"},
    {{form::little, 4}, "little4", "4 bytes, binary, least significant first"},
    {{form::binary, 1}, "binary1", "1 byte, binary"},
};

constexpr std::uint8_t tpdu_begin = 0x60;

named_header pieces_of(byte_view data) {
    named_header made;
    const auto* pos = iso8583::find_header_piece("pos-header");
    while (!data.empty()) {
        const iso8583::header_piece* found = nullptr;
        // The six bytes of a POS header are known by what stands in front of them; alone, where they begin as a TPDU
        // does, which would leave one of them over.
        const bool pos_alone = made.known.empty() && !data.empty() && data.front() == tpdu_begin;
        if ((!made.known.empty() || pos_alone) && data.size() == pos->bytes && iso8583::fits(*pos, data)) found = pos;
        for (const auto& each : iso8583::known_header_pieces()) {
            const bool twice = std::any_of(
                made.known.begin(), made.known.end(), [&](const auto& earlier) { return earlier.first == &each; });
            if (found != nullptr || twice || each.begins.empty() || data.size() < each.bytes) continue;
            if (iso8583::fits(each, data.first(each.bytes))) found = &each;
        }
        if (found == nullptr) break;
        made.known.emplace_back(found, data.first(found->bytes));
        data = data.subspan(found->bytes);
    }
    made.rest = data;
    return made;
}

} // namespace

std::span<const length_guess> length_guesses() {
    return lengths;
}

std::optional<std::size_t> number_in_front(const frame_length& length, byte_view data) {
    // A table is large, and this is asked at every place of an input: only its length is ever changed.
    thread_local iso8583::dialect probe;
    probe.envelope.length = length;
    probe.envelope.length.zero_is = frame_length::zero::poll;
    const auto frame = iso8583::read_frame(probe, data);
    if (!frame) return {};
    return frame->body;
}

std::string told(const front& before, std::size_t trailer) {
    if (!before.length) return "no length in front";
    std::string text(before.length->text);
    const auto own = static_cast<std::ptrdiff_t>(before.length->length.bytes);
    if (before.adjust == 0) return text + (trailer != 0 ? "; counts neither itself nor the trailer" : "");
    if (before.adjust == own) return text + "; counts itself";
    if (trailer != 0 && before.adjust == static_cast<std::ptrdiff_t>(trailer)) return text + "; counts the trailer";
    if (trailer != 0 && before.adjust == own + static_cast<std::ptrdiff_t>(trailer))
        return text + "; counts itself and the trailer";
    return text + "; " + std::to_string(before.adjust) + " more than what it counts";
}

namespace {

/// What each form of a length reads in front: it does not change with the place of a message.
using front_numbers = std::array<std::optional<std::size_t>, std::size(lengths)>;

front_numbers numbers_in_front(byte_view data) {
    front_numbers made;
    for (std::size_t i = 0; i < made.size(); ++i)
        made[i] = number_in_front(lengths[i].length, data);
    return made;
}

front front_of(byte_view data, std::size_t at, std::size_t behind, const front_numbers& numbers) {
    const auto in_front = data.first(at);
    const bool words =
        at > 1 && std::all_of(in_front.begin(), in_front.end(), [](auto b) { return b > 0x20 && b < 0x7F; });
    for (std::size_t i = 0; i < std::size(lengths); ++i) {
        const auto& guess = lengths[i];
        const std::size_t prefix = guess.length.prefix_bytes();
        // A letter of a word is a number, too, and sometimes the right one.
        if (prefix > at || (prefix == 1 && words)) continue;
        const auto& says = numbers[i];
        if (!says) continue;
        const auto body = static_cast<std::ptrdiff_t>(data.size() - prefix - behind);
        const auto adjust = static_cast<std::ptrdiff_t>(*says) - body;
        const auto own = static_cast<std::ptrdiff_t>(guess.length.bytes);
        const auto tail = static_cast<std::ptrdiff_t>(behind);
        if (adjust == 0 || adjust == own || (tail != 0 && (adjust == tail || adjust == own + tail))) {
            return {guess, adjust, prefix};
        }
    }
    return {};
}

std::optional<front> wrong_length(byte_view frame, std::size_t at, const front_numbers& numbers) {
    for (std::size_t i = 0; i < std::size(lengths); ++i) {
        const auto& guess = lengths[i];
        const auto& says = numbers[i];
        const auto prefix = guess.length.prefix_bytes();
        if (prefix > at || guess.length.bytes < 2 || !says) continue;
        const auto there = frame.size() - prefix;
        const auto header = pieces_of(frame.subspan(prefix, at - prefix));
        if (!header.rest.empty()) continue;
        // Behind a nought, or a number that was negative, two headers that are known leave no doubt.
        if (header.known.size() > 1) return front{guess, 0, prefix};
        if (*says == 0) continue;
        // Headers that are known are a sign of their own, however much of the message is missing.
        constexpr std::size_t longest = 4096;
        const bool near = *says <= 4 * there && 4 * *says >= there;
        if (!near && (header.known.empty() || *says > longest)) continue;
        return front{guess, 0, prefix};
    }
    return {};
}

surroundings look_around(byte_view data, std::size_t at, std::size_t behind, const front_numbers& numbers) {
    surroundings made;
    made.before = front_of(data, at, behind, numbers);
    made.score = 1000;
    auto header_at = made.before.header_at;
    const auto& length = made.before.length;
    const bool right = length && length->length.bytes >= 2;
    if (length) made.score += right ? 600 : 100;
    // Of a cut message the length says more than there is; the headers stand behind it all the same.
    if (!length && at != 0) made.wrong = wrong_length(data, at, numbers);
    if (made.wrong) {
        made.score += 900;
        header_at = made.wrong->header_at;
    }
    made.header = pieces_of(data.subspan(header_at, at - header_at));
    const auto left = made.header.rest.size();
    if (left == 0) made.score += made.header.known.empty() ? 400 : 700;
    made.score -= std::min<std::size_t>(900, 12 * left);
    made.in_place = at == 0 || (left == 0 && (right || !made.header.known.empty()));
    return made;
}

} // namespace

front front_of(byte_view data, std::size_t at, std::size_t behind) {
    return front_of(data, at, behind, numbers_in_front(data));
}

std::optional<front> wrong_length(byte_view frame, std::size_t at) {
    return wrong_length(frame, at, numbers_in_front(frame));
}

surroundings look_around(byte_view data, std::size_t at, std::size_t behind) {
    return look_around(data, at, behind, numbers_in_front(data));
}

struct places::known {
    front_numbers numbers;
    std::map<std::pair<std::size_t, std::size_t>, surroundings> around; ///< by place and bytes behind the last field
};

places::places(byte_view data)
    : data_(data)
    , known_(std::make_unique<known>()) {
    known_->numbers = numbers_in_front(data);
}

places::~places() = default;

bool surroundings::has_piece(std::string_view name) const noexcept {
    return std::any_of(
        header.known.begin(), header.known.end(), [&](const auto& each) { return each.first->name == name; });
}

const surroundings& places::around(std::size_t at, std::size_t behind) {
    const std::pair place{at, behind};
    auto& all = known_->around;
    const auto found = all.find(place);
    if (found != all.end()) return found->second;
    return all.emplace(place, look_around(data_, at, behind, known_->numbers)).first->second;
}

bool begins_with_piece(byte_view header) {
    return !pieces_of(header).known.empty();
}

bool ends_a_frame(byte_view tail) {
    // ETX, EOT, ETB, line ends, separators, the end of a file; zeros and FF fill records.
    constexpr std::string_view signs{"\x00\x03\x04\x0A\x0D\x17\x1A\x1C\x1D\x1E\x1F\xFF", 12};
    constexpr std::uint8_t etx = 0x03;
    constexpr std::size_t longest_check = 2;
    if (tail.empty()) return false;
    if (tail[0] == etx && tail.size() <= 1 + longest_check) return true; // a check of one or two bytes behind it
    const auto text = as_text(tail);
    return text.find_first_not_of(signs) == std::string_view::npos;
}

bool leaves_out(byte_view data, std::size_t at, std::size_t behind) {
    const auto before = front_of(data, at, behind);
    if (!before.length) return false;
    const auto own = static_cast<std::ptrdiff_t>(before.length->length.bytes);
    // One that counts itself, or as many bytes behind the last field: nothing tells which.
    return before.adjust == 0 || (before.adjust == own && own != static_cast<std::ptrdiff_t>(behind));
}

bool may_be_shown(byte_view unexplained) {
    constexpr std::size_t most = 12;
    constexpr std::size_t shortest_card = 13;
    if (unexplained.size() > most) return false;
    const auto longest_run = [](std::string_view text) {
        std::size_t longest = 0;
        std::size_t run = 0;
        for (const char c : text) {
            run = c >= '0' && c <= '9' ? run + 1 : 0;
            longest = std::max(longest, run);
        }
        return longest;
    };
    const auto text = as_text(unexplained);
    const bool readable = all_printable_ascii(text);
    return longest_run(text) < shortest_card && (readable || longest_run(to_hex(unexplained)) < shortest_card);
}

void name_header(byte_view data, diagnosis& to) {
    std::string toml;
    const auto add = [&](const std::string& word, const std::string& item) {
        to.header.append(to.header.empty() ? "" : ", ").append(word);
        toml.append(toml.empty() ? "" : ", ").append(item);
    };
    const auto header = pieces_of(data);
    for (const auto& [piece, part] : header.known) {
        const bool text = piece->form == iso8583::piece_form::text;
        add(std::string(piece->name) + " " + (text ? printable_text(as_text(part)) : to_hex(part)),
            "\"" + std::string(piece->name) + "\"");
    }
    // A piece of a dialect's file has so many bytes at most.
    auto rest_of_all = header.rest;
    for (int number = 1; !rest_of_all.empty(); ++number) {
        const auto rest = rest_of_all.first(std::min(rest_of_all.size(), iso8583::max_piece_bytes));
        rest_of_all = rest_of_all.subspan(rest.size());
        const auto name = "{name = \"head" + (number == 1 ? std::string() : std::to_string(number)) + "\", ";
        const bool text =
            std::all_of(rest.begin(), rest.end(), [](auto byte) { return byte >= 0x20 && byte <= 0x7E; });
        const bool digits =
            std::all_of(rest.begin(), rest.end(), [](auto byte) { return byte <= 0x99 && (byte & 15U) <= 9; });
        const auto count = std::to_string(rest.size());
        const auto size = count + (rest.size() == 1 ? " byte of " : " bytes of ");
        const bool shown = may_be_shown(rest);
        if (text) {
            add(size + "text" + (shown ? " \"" + printable_text(as_text(rest)) + "\"" : std::string()),
                name + "form = \"text\", bytes = " + count + "}");
        } else if (digits) {
            add(size + "packed digits" + (shown ? " " + to_hex(rest) : std::string()),
                name + "form = \"digits\", bytes = " + count + "}");
        } else {
            add(size + "header" + (shown ? " " + to_hex(rest) : std::string()), name + "bytes = " + count + "}");
        }
    }
    if (!toml.empty()) to.toml += "header = [" + toml + "]\n";
}

} // namespace cipherlane::cli::doctor
