// Bytes in records that check themselves: Intel HEX, Motorola's S-records, uuencode.
#include "cipherlane/people_input_forms.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <numeric>
#include <optional>

namespace cipherlane::cli {
namespace {

std::string_view without_blanks(std::string_view line) {
    const auto from = line.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return line.substr(from, line.find_last_not_of(" \t") + 1 - from);
}

/// Data and where it stands, and whether the record's sum is right.
struct checked_record {
    bool carries = false; ///< else it says an address or the end
    std::size_t address = 0;
    bytes data;
    bool right = false;
};

unsigned sum_of_record(byte_view data) {
    return std::accumulate(data.begin(), data.end(), 0U) & 0xFFU;
}

std::size_t address_of_record(byte_view data) {
    return std::accumulate(data.begin(), data.end(), std::size_t{0},
        [](std::size_t value, std::uint8_t byte) { return value << 8U | byte; });
}

/// ":LLAAAATT", the data, and what makes the sum nought.
std::optional<checked_record> intel_record(std::string_view line) {
    constexpr std::size_t head = 4;
    if (!line.starts_with(':')) return {};
    const auto raw = from_hex(line.substr(1));
    if (!raw || raw->size() <= head || raw->size() != head + 1U + raw->front()) return {};
    const auto all = byte_view(*raw);
    const auto data = all.subspan(head, all[0]);
    return checked_record{
        all[3] == 0, address_of_record(all.subspan(1, 2)), bytes(data.begin(), data.end()), sum_of_record(all) == 0};
}

/// "S1" to "S3" with an address of two to four bytes, the data, and the complement of the sum.
std::optional<checked_record> motorola_record(std::string_view line) {
    if (line.size() < 4 || line[0] != 'S' || line[1] < '0' || line[1] > '9') return {};
    const auto raw = from_hex(line.substr(2));
    if (!raw || raw->size() < 4 || raw->size() != 1U + raw->front()) return {};
    const auto all = byte_view(*raw);
    const bool carries = line[1] >= '1' && line[1] <= '3';
    const std::size_t address = carries ? static_cast<std::size_t>(line[1] - '0') + 1 : 2;
    if (all.size() < address + 2) return {};
    const auto data = all.subspan(1 + address, all.size() - address - 2);
    return checked_record{carries, address_of_record(all.subspan(1, address)), bytes(data.begin(), data.end()),
        sum_of_record(all) == 0xFF};
}

/// A part for each run of addresses without a hole.
template <class Read>
std::optional<input_reading> read_records_of(const std::vector<std::string_view>& lines, Read read) {
    input_reading made{.form = input_form::records};
    std::size_t next = 0;
    std::size_t number = 0;
    for (const auto line : lines) {
        ++number;
        if (without_blanks(line).empty()) continue;
        const auto one = read(without_blanks(line));
        if (!one) return {};
        if (!one->right && made.note.empty())
            made.note =
                "the sum of the record in line " + std::to_string(number) + " is wrong: a digit of it is, too";
        if (!one->carries) continue;
        if (made.parts.empty() || one->address != next) made.parts.emplace_back();
        made.parts.back().insert(made.parts.back().end(), one->data.begin(), one->data.end());
        made.whole.insert(made.whole.end(), one->data.begin(), one->data.end());
        next = one->address + one->data.size();
    }
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

/// Between "begin MODE NAME" and "end"; what has no end is no such file.
std::optional<input_reading> read_uuencoded(const std::vector<std::string_view>& lines) {
    input_reading made{.form = input_form::records};
    bool begun = false;
    for (const auto line : lines) {
        if (!begun) {
            begun = begins_uuencode(line);
        } else if (line == "end") {
            return made.whole.empty() ? std::nullopt : std::optional(std::move(made));
        } else {
            const auto data = uu_line(line);
            if (!data) return {};
            made.whole.insert(made.whole.end(), data->begin(), data->end());
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<input_reading> read_records(std::string_view text) {
    const auto lines = lines_of(text);
    if (auto made = read_records_of(lines, intel_record)) return made;
    if (auto made = read_records_of(lines, motorola_record)) return made;
    return read_uuencoded(lines);
}

} // namespace cipherlane::cli
