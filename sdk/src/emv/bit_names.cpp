#include "verification_methods.hpp"

#include <cipherlane/emv/bit_names.hpp>

#include <algorithm>
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
    bit_name{2, 2, "biometric verification performed and successful"},
    bit_name{2, 1, "biometric template format not supported"},
    bit_name{3, 8, "cardholder verification not successful"},
    bit_name{3, 7, "unknown cardholder verification method"},
    bit_name{3, 6, "PIN tries exceeded"},
    bit_name{3, 5, "PIN needed but PIN pad absent or not working"},
    bit_name{3, 4, "PIN needed, PIN pad there, PIN not entered"},
    bit_name{3, 3, "online PIN entered"},
    bit_name{3, 2, "biometric needed but capture device not working"},
    bit_name{3, 1, "biometric needed, capture device there, entry bypassed"},
    bit_name{4, 8, "amount above the floor limit"},
    bit_name{4, 7, "lower consecutive offline limit exceeded"},
    bit_name{4, 6, "upper consecutive offline limit exceeded"},
    bit_name{4, 5, "chosen at random for online processing"},
    bit_name{4, 4, "merchant forced the transaction online"},
    bit_name{4, 3, "biometric tries exceeded"},
    bit_name{4, 2, "chosen biometric type not supported"},
    bit_name{4, 1, "extended data authentication failed"},
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

// Book 4, Annex A3.
constexpr std::array more_capabilities{
    bit_name{1, 8, "cash"},
    bit_name{1, 7, "goods"},
    bit_name{1, 6, "services"},
    bit_name{1, 5, "cashback"},
    bit_name{1, 4, "inquiry"},
    bit_name{1, 3, "transfer"},
    bit_name{1, 2, "payment"},
    bit_name{1, 1, "administrative"},
    bit_name{2, 8, "cash deposit"},
    bit_name{3, 8, "numeric keys"},
    bit_name{3, 7, "letters and special keys"},
    bit_name{3, 6, "command keys"},
    bit_name{3, 5, "function keys"},
    bit_name{4, 8, "prints for the attendant"},
    bit_name{4, 7, "prints for the cardholder"},
    bit_name{4, 6, "display for the attendant"},
    bit_name{4, 5, "display for the cardholder"},
    bit_name{4, 2, "code table 10"},
    bit_name{4, 1, "code table 9"},
    bit_name{5, 8, "code table 8"},
    bit_name{5, 7, "code table 7"},
    bit_name{5, 6, "code table 6"},
    bit_name{5, 5, "code table 5"},
    bit_name{5, 4, "code table 4"},
    bit_name{5, 3, "code table 3"},
    bit_name{5, 2, "code table 2"},
    bit_name{5, 1, "code table 1"},
};

// EMV Contactless Book A, 5.7.
constexpr std::array terminal_qualifiers{
    bit_name{1, 8, "magnetic-stripe mode supported"},
    bit_name{1, 6, "EMV mode supported"},
    bit_name{1, 5, "chip with contacts supported"},
    bit_name{1, 4, "reader works offline only"},
    bit_name{1, 3, "online PIN supported"},
    bit_name{1, 2, "signature supported"},
    bit_name{1, 1, "offline data authentication for online transactions supported"},
    bit_name{2, 8, "online cryptogram required"},
    bit_name{2, 7, "cardholder verification required"},
    bit_name{2, 6, "offline PIN supported (chip with contacts)"},
    bit_name{3, 8, "issuer update processing supported"},
    bit_name{3, 7, "consumer device CVM supported"},
    bit_name{4, 8, "fDDA of version 01 supported"},
};

// EMV Contactless Book C-3, Annex A.
constexpr std::array card_qualifiers{
    bit_name{1, 8, "online PIN required"},
    bit_name{1, 7, "signature required"},
    bit_name{1, 6, "go online if offline data authentication fails"},
    bit_name{1, 5, "use the contacts if offline data authentication fails"},
    bit_name{1, 4, "go online if the application has expired"},
    bit_name{1, 3, "use the contacts for cash"},
    bit_name{1, 2, "use the contacts for cashback"},
    bit_name{2, 8, "consumer device CVM performed"},
    bit_name{2, 7, "card supports issuer update processing at the terminal"},
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
    // Action codes have the bits of the TVR: of the issuer, and of the terminal in contactless kernels.
    bit_table{0x9F0D, tvr},
    bit_table{0x9F0E, tvr},
    bit_table{0x9F0F, tvr},
    bit_table{0x9F33, terminal_capabilities},
    bit_table{0x9F40, more_capabilities},
    bit_table{0x9F66, terminal_qualifiers},
    bit_table{0x9F6C, card_qualifiers},
    bit_table{0xDF8120, tvr},
    bit_table{0xDF8121, tvr},
    bit_table{0xDF8122, tvr},
};

constexpr std::string_view unnamed = "(set, but no meaning is known)";

// EMV 4.4 Book 3, table 14: bits 8 and 7.
constexpr std::array<std::string_view, 4> cryptograms{
    "AAC: declined by the card", "TC: approved offline", "ARQC: the card asks to go online", "reserved"};
// Book 4, 6.3.4.5.
constexpr std::array<std::string_view, 3> outcomes{"outcome not known", "failed", "successful"};

/// A value of one or two bytes that is a code.
struct coded_row {
    tag_number tag;
    std::uint16_t code;
    std::string_view words;
};

constexpr std::array coded_rows{
    // Book 4, Annex A6, and ISO 8583: what terminals put in themselves, and the issuer's yes.
    coded_row{0x8A, 0x3030, "approved by the issuer"},
    coded_row{0x8A, 0x5931, "approved offline"},
    coded_row{0x8A, 0x5A31, "declined offline"},
    coded_row{0x8A, 0x5932, "approved after the card had asked for a referral"},
    coded_row{0x8A, 0x5A32, "declined after the card had asked for a referral"},
    coded_row{0x8A, 0x5933, "approved offline, as nobody could be reached"},
    coded_row{0x8A, 0x5A33, "declined offline, as nobody could be reached"},
    // ISO 8583, first two digits of the processing code; 03 is UnionPay's.
    coded_row{0x9C, 0x00, "purchase"},
    coded_row{0x9C, 0x01, "cash"},
    coded_row{0x9C, 0x03, "pre-authorisation"},
    coded_row{0x9C, 0x09, "purchase with cash back"},
    coded_row{0x9C, 0x20, "refund"},
    coded_row{0x9C, 0x30, "available funds asked for"},
    coded_row{0x9C, 0x31, "balance asked for"},
    // ISO 8583, first two digits of the entry mode.
    coded_row{0x9F39, 0x01, "typed"},
    coded_row{0x9F39, 0x02, "magnetic stripe"},
    coded_row{0x9F39, 0x05, "chip with contacts"},
    coded_row{0x9F39, 0x07, "contactless chip"},
    coded_row{0x9F39, 0x80, "magnetic stripe of a card whose chip could not be read"},
    coded_row{0x9F39, 0x90, "magnetic stripe, whole track"},
    coded_row{0x9F39, 0x91, "contactless, data of a magnetic stripe"},
    coded_row{0x9F39, 0x95, "chip, its security code not to be relied on"},
    // PBOC 3.0 Part 5.
    coded_row{0x9F62, 0x00, "identity card"},
    coded_row{0x9F62, 0x01, "officer's pass"},
    coded_row{0x9F62, 0x02, "passport"},
    coded_row{0x9F62, 0x03, "entry permit"},
    coded_row{0x9F62, 0x04, "temporary identity card"},
    coded_row{0x9F62, 0x05, "another document"},
};

std::string code_in_words(tag_number tag, byte_view value) {
    const std::size_t size = tag == 0x8A ? 2 : 1;
    if (value.size() != size) return {};
    const auto code = size == 2 ? load_be16(value.data()) : std::uint16_t{value[0]};
    const auto* row = std::find_if(coded_rows.begin(), coded_rows.end(),
        [&](const coded_row& each) { return each.tag == tag && each.code == code; });
    return row == coded_rows.end() ? std::string() : std::string(row->words);
}

// Book 4, Annex A1.
std::string terminal_type(std::uint8_t value) {
    constexpr std::array<std::string_view, 4> owners{
        "", "of a financial institution", "of a merchant", "of a cardholder"};
    constexpr std::array<std::string_view, 7> places{"", "attended, online only", "attended, offline with online",
        "attended, offline only", "unattended, online only", "unattended, offline with online",
        "unattended, offline only"};
    const std::size_t owner = value >> 4U;
    const std::size_t place = value & 15U;
    if (owner < 1 || owner >= owners.size() || place < 1 || place >= places.size()) return {};
    return std::string(places[place]).append(", ").append(owners[owner]);
}

} // namespace

std::span<const bit_name> bit_names(tag_number tag) noexcept {
    for (const auto& table : tables) {
        if (table.tag == tag) return table.names;
    }
    return {};
}

namespace {

constexpr tag_number qualifiers_of_terminal = 0x9F66;
constexpr tag_number qualifiers_of_card = 0x9F6C;

/// Mastercard's contactless kernel gives both tags another meaning (EMV Contactless Book C-2, annex A): a bit map of
/// track 2, and the version of the magnetic-stripe application.
bool means_something_else(tag_number tag, byte_view value, card_scheme scheme) {
    if (tag != qualifiers_of_terminal && tag != qualifiers_of_card) return false;
    const std::size_t size = tag == qualifiers_of_terminal ? 4 : 2;
    return scheme == card_scheme::mastercard || value.size() != size;
}

} // namespace

std::vector<bit_name> set_bits(tag_number tag, byte_view value, card_scheme scheme) {
    std::vector<bit_name> found;
    if (means_something_else(tag, value, scheme)) return found;
    const auto names = bit_names(tag);
    if (names.empty()) return found;
    for (std::size_t i = 0; i < value.size() && i < 255; ++i) {
        for (std::uint8_t bit = 8; bit >= 1; --bit) {
            if (((value[i] >> (bit - 1U)) & 1U) == 0) continue;
            const auto byte = static_cast<std::uint8_t>(i + 1);
            const auto row = std::find_if(names.begin(), names.end(),
                [&](const bit_name& name) { return name.byte == byte && name.bit == bit; });
            found.push_back(row != names.end() ? *row : bit_name{byte, bit, unnamed});
        }
    }
    return found;
}

std::string coded_meaning(tag_number tag, byte_view value) {
    if (tag == 0x9F27 && value.size() == 1) return std::string(cryptograms[value[0] >> 6U]);
    if (tag == 0x9F35 && value.size() == 1) return terminal_type(value[0]);
    if (tag != 0x9F34) return code_in_words(tag, value);
    if (value.size() != 3) return {};
    if (value[0] == 0x3F) return "no method performed";
    auto text = detail::method_text(value[0]);
    text.append(", ").append(detail::method_condition(value[1]));
    text.append(", ").append(value[2] < outcomes.size() ? outcomes[value[2]] : "outcome unknown");
    return text;
}

} // namespace cipherlane::emv
