// What terminal and card say to each other around the TLV: commands and status words.
#include "cipherlane/card_talk.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace cipherlane::cli {
namespace {

struct status_row {
    std::uint16_t word;
    std::string_view text;
};

// ISO 7816-4, table 6, and what EMV says of it.
constexpr std::array statuses{
    status_row{0x9000, "done"},
    status_row{0x6200, "done, with a warning"},
    status_row{0x6281, "part of the data may be corrupt"},
    status_row{0x6283, "the selected application is blocked"},
    status_row{0x6300, "authentication failed"},
    status_row{0x6400, "execution error"},
    status_row{0x6581, "memory failure"},
    status_row{0x6700, "wrong length"},
    status_row{0x6882, "secure messaging not supported"},
    status_row{0x6981, "the command does not fit the file"},
    status_row{0x6982, "security status not satisfied"},
    status_row{0x6983, "authentication method blocked: PIN tries exceeded"},
    status_row{0x6984, "reference data not usable"},
    status_row{0x6985, "conditions of use not satisfied"},
    status_row{0x6986, "command not allowed"},
    status_row{0x6987, "secure messaging objects missing"},
    status_row{0x6988, "secure messaging objects wrong: the MAC"},
    status_row{0x6A80, "wrong data"},
    status_row{0x6A81, "function not supported: card blocked, or command unknown"},
    status_row{0x6A82, "file or application not found"},
    status_row{0x6A83, "record not found"},
    status_row{0x6A84, "no room in the file"},
    status_row{0x6A86, "wrong P1 or P2"},
    status_row{0x6A88, "referenced data not found"},
    status_row{0x6B00, "wrong P1 or P2"},
    status_row{0x6D00, "instruction not supported"},
    status_row{0x6E00, "class not supported"},
    status_row{0x6F00, "no precise diagnosis"},
};

struct command_row {
    std::uint8_t instruction;
    std::string_view name;
};

constexpr std::array commands{
    command_row{0x16, "CARD BLOCK"},
    command_row{0x18, "APPLICATION UNBLOCK"},
    command_row{0x1E, "APPLICATION BLOCK"},
    command_row{0x20, "VERIFY"},
    command_row{0x24, "PIN CHANGE/UNBLOCK"},
    command_row{0x2A, "COMPUTE CRYPTOGRAPHIC CHECKSUM"},
    command_row{0x82, "EXTERNAL AUTHENTICATE"},
    command_row{0x84, "GET CHALLENGE"},
    command_row{0x88, "INTERNAL AUTHENTICATE"},
    command_row{0xA4, "SELECT"},
    command_row{0xA8, "GET PROCESSING OPTIONS"},
    command_row{0xAE, "GENERATE AC"},
    command_row{0xB0, "READ BINARY"},
    command_row{0xB2, "READ RECORD"},
    command_row{0xC0, "GET RESPONSE"},
    command_row{0xCA, "GET DATA"},
    command_row{0xDA, "PUT DATA"},
    command_row{0xDC, "UPDATE RECORD"},
};

constexpr std::size_t header_size = 4;

} // namespace

std::string status_word(byte_view data) {
    if (data.size() != 2) return {};
    if (data[0] == 0x61) return std::to_string(int{data[1]}) + " bytes more can be fetched";
    if (data[0] == 0x6C) return "wrong length, right is " + std::to_string(int{data[1]});
    if (data[0] == 0x63 && (data[1] & 0xF0U) == 0xC0)
        return "PIN wrong, tries left: " + std::to_string(data[1] & 15U);
    const auto word = load_be16(data.data());
    const auto* found =
        std::find_if(statuses.begin(), statuses.end(), [&](const auto& row) { return row.word == word; });
    return found == statuses.end() ? std::string() : std::string(found->text);
}

std::string card_command(byte_view data) {
    constexpr std::array<std::uint8_t, 6> classes{0x00, 0x04, 0x0C, 0x80, 0x84, 0x8C};
    if (data.size() < header_size || std::find(classes.begin(), classes.end(), data[0]) == classes.end()) return {};
    const auto* found =
        std::find_if(commands.begin(), commands.end(), [&](const auto& row) { return row.instruction == data[1]; });
    if (found == commands.end()) return {};
    auto text = std::string(found->name) + " (" + to_hex(data.first(header_size)) + ")";
    if (data.size() <= header_size + 1) return text;
    const std::size_t size = data[header_size];
    const auto behind = data.size() - header_size - 1;
    if (behind != size && behind != size + 1) return {};
    return text + ", " + std::to_string(size) + " bytes of data at byte " + std::to_string(header_size + 1);
}

} // namespace cipherlane::cli
