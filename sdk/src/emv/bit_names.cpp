#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/bit_names.hpp>

#include <array>

namespace cipherlane::emv {
namespace {

// EMV 4.4 Book 3, Annex C5.
constexpr std::array tvr{
    bit_name{1, 8, "offline data authentication not performed"},
    bit_name{1, 7, "static data authentication failed"},
    bit_name{1, 6, "card data missing"},
    bit_name{1, 5, "card on the terminal's exception file"},
    bit_name{1, 4, "dynamic data authentication failed"},
    bit_name{1, 3, "combined dynamic data authentication failed"},
    bit_name{1, 2, "static data authentication selected"},
    bit_name{1, 1, "extended data authentication selected"},
    bit_name{2, 8, "card and terminal have different application versions"},
    bit_name{2, 7, "application expired"},
    bit_name{2, 6, "application not yet effective"},
    bit_name{2, 5, "service not allowed for this card product"},
    bit_name{2, 4, "new card"},
    bit_name{3, 8, "cardholder verification not successful"},
    bit_name{3, 7, "unknown cardholder verification method"},
    bit_name{3, 6, "PIN tries exceeded"},
    bit_name{3, 5, "PIN needed but PIN pad absent or not working"},
    bit_name{3, 4, "PIN needed, PIN pad there, PIN not entered"},
    bit_name{3, 3, "online PIN entered"},
    bit_name{4, 8, "amount above the floor limit"},
    bit_name{4, 7, "lower consecutive offline limit exceeded"},
    bit_name{4, 6, "upper consecutive offline limit exceeded"},
    bit_name{4, 5, "chosen at random for online processing"},
    bit_name{4, 4, "merchant forced the transaction online"},
    bit_name{5, 8, "default TDOL used"},
    bit_name{5, 7, "issuer authentication failed"},
    bit_name{5, 6, "script failed before the final cryptogram"},
    bit_name{5, 5, "script failed after the final cryptogram"},
};

// Annex C6.
constexpr std::array tsi{
    bit_name{1, 8, "offline data authentication performed"},
    bit_name{1, 7, "cardholder verification performed"},
    bit_name{1, 6, "card risk management performed"},
    bit_name{1, 5, "issuer authentication performed"},
    bit_name{1, 4, "terminal risk management performed"},
    bit_name{1, 3, "script processing performed"},
};

// Annex C1.
constexpr std::array aip{
    bit_name{1, 7, "static data authentication supported"},
    bit_name{1, 6, "dynamic data authentication supported"},
    bit_name{1, 5, "cardholder verification supported"},
    bit_name{1, 4, "terminal risk management to be performed"},
    bit_name{1, 3, "issuer authentication with EXTERNAL AUTHENTICATE supported"},
    bit_name{1, 2, "on-device cardholder verification supported (contactless)"},
    bit_name{1, 1, "combined dynamic data authentication supported"},
    bit_name{2, 8, "EMV mode supported (contactless)"},
};

// Book 4, Annex A2.
constexpr std::array terminal_capabilities{
    bit_name{1, 8, "manual key entry"},
    bit_name{1, 7, "magnetic stripe"},
    bit_name{1, 6, "chip with contacts"},
    bit_name{2, 8, "plaintext PIN checked by the card"},
    bit_name{2, 7, "enciphered PIN checked online"},
    bit_name{2, 6, "signature on paper"},
    bit_name{2, 5, "enciphered PIN checked by the card"},
    bit_name{2, 4, "no cardholder verification"},
    bit_name{3, 8, "static data authentication"},
    bit_name{3, 7, "dynamic data authentication"},
    bit_name{3, 6, "card capture"},
    bit_name{3, 4, "combined dynamic data authentication"},
};

// Annex C2.
constexpr std::array usage_control{
    bit_name{1, 8, "valid for domestic cash"},
    bit_name{1, 7, "valid for international cash"},
    bit_name{1, 6, "valid for domestic goods"},
    bit_name{1, 5, "valid for international goods"},
    bit_name{1, 4, "valid for domestic services"},
    bit_name{1, 3, "valid for international services"},
    bit_name{1, 2, "valid at ATMs"},
    bit_name{1, 1, "valid at terminals other than ATMs"},
    bit_name{2, 8, "domestic cashback allowed"},
    bit_name{2, 7, "international cashback allowed"},
};

struct bit_table {
    tag_number tag;
    std::span<const bit_name> names;
};

constexpr std::array tables{
    bit_table{0x82, aip},
    bit_table{0x95, tvr},
    bit_table{0x9B, tsi},
    bit_table{0x9F07, usage_control},
    bit_table{0x9F33, terminal_capabilities},
};

// EMV 4.4 Book 3, table 14: bits 8 and 7.
constexpr std::array<std::string_view, 4> cryptograms{
    "AAC: declined by the card", "TC: approved offline", "ARQC: the card asks to go online", "reserved"};
// Book 3, Annex C3.
constexpr std::array<std::string_view, 6> methods{"verification fails", "plaintext PIN checked by the card",
    "enciphered PIN checked online", "plaintext PIN checked by the card, and signature",
    "enciphered PIN checked by the card", "enciphered PIN checked by the card, and signature"};
constexpr std::array<std::string_view, 10> conditions{"always", "if unattended cash", "if neither cash nor cashback",
    "if the terminal supports it", "if manual cash", "if cashback", "if in the application's currency and under X",
    "if in the application's currency and over X", "if in the application's currency and under Y",
    "if in the application's currency and over Y"};
// Book 4, 6.3.4.5.
constexpr std::array<std::string_view, 3> outcomes{"outcome not known", "failed", "successful"};

} // namespace

std::span<const bit_name> bit_names(tag_number tag) noexcept {
    for (const auto& table : tables) {
        if (table.tag == tag) return table.names;
    }
    return {};
}

std::vector<bit_name> set_bits(tag_number tag, byte_view value) {
    std::vector<bit_name> found;
    for (const auto& name : bit_names(tag)) {
        if (name.byte <= value.size() && ((value[name.byte - 1U] >> (name.bit - 1U)) & 1U) != 0)
            found.push_back(name);
    }
    return found;
}

std::string coded_meaning(tag_number tag, byte_view value) {
    if (tag == 0x9F27 && value.size() == 1) return std::string(cryptograms[value[0] >> 6U]);
    if (tag != 0x9F34 || value.size() != 3) return {};
    const unsigned method = value[0] & 0x3FU;
    if (value[0] == 0x3F) return "no method performed";
    std::string text(method < methods.size() ? methods[method]
                     : method == 0x1E        ? "signature on paper"
                     : method == 0x1F        ? "no verification required"
                                             : "method " + to_hex(value.first(1)));
    text.append(", ").append(value[1] < conditions.size() ? conditions[value[1]] : "condition unknown");
    text.append(", ").append(value[2] < outcomes.size() ? outcomes[value[2]] : "outcome unknown");
    return text;
}

} // namespace cipherlane::emv
