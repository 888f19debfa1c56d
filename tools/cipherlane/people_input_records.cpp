// Bytes in records that check themselves: Intel HEX, Motorola's S-records, uuencode.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace cipherlane::cli {
namespace {

std::string_view without_blanks(std::string_view line) {
    const auto from = line.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return line.substr(from, line.find_last_not_of(" \t") + 1 - from);
}

/// Data and where it stands, and whether the record's sum is right.
struct checked_record {
    enum class purpose : std::uint8_t { data, base, end, other };
    purpose is = purpose::other;
    std::size_t address = 0; ///< of the data, or what later addresses count from
    bytes data;
    bool right = false;
};
using purpose = checked_record::purpose;

unsigned sum_of_record(byte_view data) {
    return std::accumulate(data.begin(), data.end(), 0U) & 0xFFU;
}

std::size_t address_of_record(byte_view data) {
    return std::accumulate(data.begin(), data.end(), std::size_t{0},
        [](std::size_t value, std::uint8_t byte) { return value << 8U | byte; });
}

/// ":LLAAAATT", the data, and what makes the sum nought. Types 02 and 04 say what the addresses behind them count
/// from, by 16 bytes or by 64 KiB.
std::optional<checked_record> intel_record(std::string_view line) {
    constexpr std::size_t head = 4;
    if (!line.starts_with(':')) return {};
    const auto raw = from_hex(line.substr(1));
    if (!raw || raw->size() <= head || raw->size() != head + 1U + raw->front()) return {};
    const auto all = byte_view(*raw);
    const auto data = all.subspan(head, all[0]);
    checked_record made{purpose::other, 0, {}, sum_of_record(all) == 0};
    if (all[3] == 0) {
        made.is = purpose::data;
        made.address = address_of_record(all.subspan(1, 2));
        made.data.assign(data.begin(), data.end());
    } else if (all[3] == 1) {
        made.is = purpose::end;
    } else if ((all[3] == 2 || all[3] == 4) && data.size() == 2) {
        made.is = purpose::base;
        made.address = address_of_record(data) << (all[3] == 2 ? 4U : 16U);
    }
    return made;
}

/// "S1" to "S3" with an address of two to four bytes, the data, and the complement of the sum; "S7" to "S9" end it.
std::optional<checked_record> motorola_record(std::string_view line) {
    if (line.size() < 4 || line[0] != 'S' || line[1] < '0' || line[1] > '9') return {};
    const auto raw = from_hex(line.substr(2));
    if (!raw || raw->size() < 4 || raw->size() != 1U + raw->front()) return {};
    const auto all = byte_view(*raw);
    checked_record made{line[1] >= '7' ? purpose::end : purpose::other, 0, {}, sum_of_record(all) == 0xFF};
    if (line[1] < '1' || line[1] > '3') return made;
    const std::size_t address = static_cast<std::size_t>(line[1] - '0') + 1;
    if (all.size() < address + 2) return {};
    const auto data = all.subspan(1 + address, all.size() - address - 2);
    made.is = purpose::data;
    made.address = address_of_record(all.subspan(1, address));
    made.data.assign(data.begin(), data.end());
    return made;
}

/// Data at its place in memory and in the text.
struct placed_data {
    std::size_t address = 0;
    std::size_t line = 0;
    bytes data;
};

/// Tells the first fault, or the first thing to know where there is none.
void note_record(input_reading& in, std::string words, bool damaged) {
    if (damaged && !in.damaged) in.note.clear();
    if (in.note.empty()) in.note = std::move(words);
    in.damaged = in.damaged || damaged;
}

std::string in_line(std::size_t number) {
    return "the record in line " + std::to_string(number);
}

/// The records of one file in the order of their addresses: a part for each run without a hole.
void add_file(std::vector<placed_data>& records, input_reading& to) {
    const auto by_address = [](const placed_data& a, const placed_data& b) { return a.address < b.address; };
    if (const auto turned = std::is_sorted_until(records.begin(), records.end(), by_address);
        turned != records.end()) {
        note_record(to, in_line(turned->line) + " stands behind ones of higher addresses: put in their order", false);
        std::stable_sort(records.begin(), records.end(), by_address);
    }
    const placed_data* before = nullptr;
    for (const auto& one : records) {
        const auto next = before == nullptr ? one.address : before->address + before->data.size();
        if (one.address > next) {
            note_record(to,
                std::to_string(one.address - next) + " bytes are missing in front of " + in_line(one.line) +
                    ", behind line " + std::to_string(before->line),
                true);
        } else if (one.address < next) {
            note_record(to,
                in_line(one.line) + " says bytes once more that line " + std::to_string(before->line) + " has said",
                true);
        }
        if (before == nullptr || one.address != next) to.parts.emplace_back();
        to.parts.back().insert(to.parts.back().end(), one.data.begin(), one.data.end());
        to.whole.insert(to.whole.end(), one.data.begin(), one.data.end());
        before = &one;
    }
    records.clear();
}

void note_another_file(input_reading& in, std::size_t line) {
    note_record(in, "another file begins in line " + std::to_string(line) + ": each is a message of its own", false);
}

template <class Read>
std::optional<input_reading> read_records_of(const std::vector<std::string_view>& lines, Read read) {
    input_reading made{.form = input_form::records, .proven = true};
    std::vector<placed_data> records;
    std::size_t base = 0;
    std::size_t number = 0;
    bool ended = false;
    for (const auto line : lines) {
        ++number;
        if (without_blanks(line).empty()) continue;
        auto one = read(without_blanks(line));
        if (!one) return {};
        made.proven = made.proven && one->right;
        if (!one->right)
            note_record(made, "the sum of " + in_line(number) + " is wrong: a digit of it is, too", true);
        if (ended && one->is != purpose::end) {
            add_file(records, made);
            note_another_file(made, number);
            base = 0;
        }
        ended = one->is == purpose::end;
        if (one->is == purpose::base) base = one->address;
        if (one->is == purpose::data) records.push_back({base + one->address, number, std::move(one->data)});
    }
    add_file(records, made);
    if (made.whole.empty()) return {};
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

/// One line of uuencode: its first character says how many bytes follow, four characters carry three of them.
std::optional<bytes> uu_line(std::string_view line) {
    const auto value = [](char c) { return (static_cast<unsigned>(static_cast<unsigned char>(c)) - 0x20U) & 0x3FU; };
    if (line.empty() || std::any_of(line.begin(), line.end(), [](char c) { return c < ' ' || c > '`'; })) return {};
    const std::size_t size = value(line[0]);
    const std::size_t wanted = (size + 2) / 3 * 4;
    // Blanks at the end are lost on many ways; a writer may add a character.
    if (line.size() > wanted + 2) return {};
    std::string letters(line.substr(1));
    letters.resize(std::max(wanted, letters.size()), ' ');
    bytes made;
    for (std::size_t at = 0; at < wanted; at += 4) {
        const auto four = value(letters[at]) << 18U | value(letters[at + 1]) << 12U | value(letters[at + 2]) << 6U |
                          value(letters[at + 3]);
        for (const unsigned shift : {16U, 8U, 0U})
            made.push_back(static_cast<std::uint8_t>(four >> shift & 0xFFU));
    }
    made.resize(size);
    return made;
}

/// "begin 644 name": the word alone begins many a log's line.
bool begins_uuencode(std::string_view line) {
    constexpr std::string_view word = "begin ";
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    const auto mode = line.find_first_not_of("01234567");
    return (mode == 3 || mode == 4) && line[mode] == ' ' && line.size() > mode + 1;
}

/// Between "begin MODE NAME" and "end", each such file a part; what has no end is none.
std::optional<input_reading> read_uuencoded(const std::vector<std::string_view>& lines) {
    input_reading made{.form = input_form::records};
    bytes file;
    bool begun = false;
    std::size_t number = 0;
    for (const auto line : lines) {
        ++number;
        if (!begun) {
            begun = begins_uuencode(line);
            if (begun && !made.parts.empty()) note_another_file(made, number);
        } else if (line == "end") {
            begun = false;
            if (file.empty()) continue;
            made.whole.insert(made.whole.end(), file.begin(), file.end());
            made.parts.push_back(std::exchange(file, {}));
        } else {
            const auto data = uu_line(line);
            if (!data) return {};
            file.insert(file.end(), data->begin(), data->end());
        }
    }
    if (begun && !made.parts.empty()) note_record(made, "the last file of uuencode has no end: it is left out", true);
    if (made.whole.empty()) return {};
    if (made.parts.size() < 2) made.parts.clear();
    return made;
}

} // namespace

std::optional<input_reading> read_records(std::string_view text) {
    const auto lines = lines_of(text);
    if (auto made = read_records_of(lines, intel_record)) return made;
    if (auto made = read_records_of(lines, motorola_record)) return made;
    return read_uuencoded(lines);
}

} // namespace cipherlane::cli
