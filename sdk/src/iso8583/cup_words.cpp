#include "cup_words.hpp"

#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <span>

namespace cipherlane::iso8583 {
namespace {

struct meaning {
    std::string_view code;
    std::string_view text;
};

constexpr meaning entry_modes[] = {
    {"01", "keyed"},
    {"02", "magnetic stripe"},
    {"03", "code"},
    {"05", "chip"},
    {"07", "contactless chip"},
};
constexpr meaning pin_presence[] = {{"1", "with PIN"}, {"2", "without PIN"}};
constexpr meaning conditions[] = {
    {"00", "ordinary"},
    {"06", "pre-authorisation"},
    {"64", "instalments"},
    {"65", "points"},
    {"67", "reservation"},
    {"91", "e-cash load"},
};
constexpr meaning pin_forms[] = {{"0", "no PIN"}, {"1", "PIN block without PAN"}, {"2", "PIN block with PAN"}};
constexpr meaning ciphers[] = {{"0", "DES"}, {"3", "SM4"}, {"6", "TDES"}};
constexpr meaning tracks[] = {{"0", "tracks in clear"}, {"1", "tracks encrypted"}};
constexpr meaning reversal_reasons[] = {
    {reversal_no_answer, "no answer in time"},
    {reversal_terminal_failed, "approved, but the terminal failed"},
    {reversal_bad_mac, "wrong MAC in the answer"},
    {reversal_other, "other reason"},
};
constexpr std::string_view requests[] = {"", "download parameters", "upload status", "sign in again",
    "download CA keys", "download chip parameters", "remote update"};

std::string_view look_up(std::span<const meaning> table, std::string_view code) {
    for (const auto& row : table) {
        if (row.code == code) return row.text;
    }
    return {};
}

/// The texts that there are, with commas between.
std::string listed(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const auto text : texts) {
        if (text.empty()) continue;
        if (!all.empty()) all += ", ";
        all += text;
    }
    return all;
}

} // namespace

std::string_view message_in_words(const message_view& what) {
    // The third digit is odd in answers.
    if ((what.mti()[2] - '0') % 2 != 0) return "answer";
    const auto found = identify(what);
    return found ? row_of(*found).name : std::string_view();
}

std::string_view header_in_words(std::string_view digits) {
    const auto header = pos_header::parse(digits);
    if (!header) return {};
    const auto index = static_cast<std::size_t>(header->request());
    return index < std::size(requests) ? requests[index] : "asks for something unknown";
}

std::string value_in_words(const message_view& what, int number, std::string_view value) {
    switch (number) {
    case 22: return listed({look_up(entry_modes, value.substr(0, 2)), look_up(pin_presence, value.substr(2))});
    case 25: return std::string(look_up(conditions, value));
    case 39: return std::string(what.mti() == "0400" ? look_up(reversal_reasons, value) : response_of(value).text);
    case 53:
        return listed({look_up(pin_forms, value.substr(0, 1)), look_up(ciphers, value.substr(1, 1)),
            look_up(tracks, value.substr(2, 1))});
    default: return {};
    }
}

} // namespace cipherlane::iso8583
