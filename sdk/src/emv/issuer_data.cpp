#include "issuer_data.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace cipherlane::emv::detail {
namespace {

/// A bit of card verification results; bytes are counted without a length in front.
struct result_bit {
    std::uint8_t byte;
    std::uint8_t bit;
    std::string_view text;
};

/// Four bits that are a count.
struct result_count {
    std::uint8_t byte;
    bool high;
    std::string_view text;
};

/// Which cryptograms the card gave stands in four bits of one byte, alike in every scheme.
struct result_table {
    std::uint8_t cryptograms; ///< the byte
    std::span<const result_bit> bits;
    std::span<const result_count> counts;
};

// EMV 4.4 Book 3, Annex C9.3.
constexpr std::array core_bits{
    result_bit{1, 4, "combined dynamic data authentication performed"},
    result_bit{1, 3, "dynamic data authentication performed"},
    result_bit{1, 2, "issuer authentication not performed"},
    result_bit{1, 1, "issuer authentication failed"},
    result_bit{2, 4, "offline PIN verification performed"},
    result_bit{2, 3, "offline PIN verification failed"},
    result_bit{2, 2, "PIN tries exceeded"},
    result_bit{2, 1, "last online transaction not completed"},
    result_bit{3, 8, "lower limit of offline transactions exceeded"},
    result_bit{3, 7, "upper limit of offline transactions exceeded"},
    result_bit{3, 6, "lower limit of the offline amount exceeded"},
    result_bit{3, 5, "upper limit of the offline amount exceeded"},
    result_bit{3, 4, "issuer's bit 1"},
    result_bit{3, 3, "issuer's bit 2"},
    result_bit{3, 2, "issuer's bit 3"},
    result_bit{3, 1, "issuer's bit 4"},
    result_bit{4, 4, "issuer script failed"},
    result_bit{4, 3, "offline data authentication failed in the transaction before"},
    result_bit{4, 2, "the next transaction was to go online"},
    result_bit{4, 1, "unable to go online"},
};
constexpr std::array core_counts{
    result_count{2, true, "PIN tries left, low digit"},
    result_count{4, true, "script commands with secure messaging"},
};

// Visa's and UnionPay's cards (VIS, PBOC) share them.
constexpr std::array vis_bits{
    result_bit{1, 4, "issuer authentication failed"},
    result_bit{1, 3, "offline PIN verification performed"},
    result_bit{1, 2, "offline PIN verification failed"},
    result_bit{1, 1, "unable to go online"},
    result_bit{2, 8, "last online transaction not completed"},
    result_bit{2, 7, "PIN tries exceeded"},
    result_bit{2, 6, "velocity counters exceeded"},
    result_bit{2, 5, "new card"},
    result_bit{2, 4, "issuer authentication failed in the last online transaction"},
    result_bit{2, 3, "issuer authentication not performed after the last online transaction"},
    result_bit{2, 2, "application blocked by the card, since PIN tries were exceeded"},
    result_bit{2, 1, "static data authentication failed in the last transaction, declined offline"},
    result_bit{3, 4, "issuer script failed"},
    result_bit{3, 3, "dynamic data authentication failed in the last transaction, declined offline"},
    result_bit{3, 2, "dynamic data authentication performed"},
    result_bit{3, 1, "a PIN was expected, no command to check one came"},
};
constexpr std::array vis_counts{result_count{3, true, "issuer script commands"}};

// Visa's formats 2 and 4, of phones; byte 1 is told in words of its own. One published source, not Visa's own.
constexpr std::array phone_bits{
    result_bit{2, 4, "issuer authentication failed"},
    result_bit{2, 3, "consumer device CVM performed"},
    result_bit{2, 1, "unable to go online"},
    result_bit{3, 8, "last online transaction not completed"},
    result_bit{3, 7, "PIN tries exceeded"},
    result_bit{3, 6, "velocity counters exceeded"},
    result_bit{3, 5, "new card"},
    result_bit{3, 4, "issuer authentication failed in the last online transaction"},
    result_bit{3, 3, "issuer authentication not performed after the last online transaction"},
    result_bit{3, 2, "application blocked by the card, since PIN tries were exceeded"},
    result_bit{3, 1, "static data authentication failed in the last transaction"},
    result_bit{4, 4, "issuer script failed"},
    result_bit{4, 3, "dynamic data authentication failed in the last transaction"},
    result_bit{4, 2, "dynamic data authentication performed"},
    result_bit{4, 1, "a PIN was expected, no command to check one came"},
    result_bit{5, 8, "device not in debug mode"},
    result_bit{5, 7, "device not rooted"},
    result_bit{5, 6, "application not hooked"},
    result_bit{5, 5, "application whole"},
    result_bit{5, 4, "device has a data connection"},
    result_bit{5, 3, "device genuine"},
    result_bit{5, 2, "consumer device CVM performed"},
    result_bit{5, 1, "secure messaging with EMV session keys"},
};
constexpr std::array phone_counts{result_count{4, true, "issuer script commands"}};

// M/Chip 4 and Advance.
constexpr std::array mchip_bits{
    result_bit{1, 4, "date check failed"},
    result_bit{1, 3, "offline PIN verification performed"},
    result_bit{1, 2, "offline enciphered PIN verification performed"},
    result_bit{1, 1, "offline PIN verification successful"},
    result_bit{2, 8, "dynamic data authentication returned"},
    result_bit{2, 7, "combined data authentication returned in the first GENERATE AC"},
    result_bit{2, 6, "combined data authentication returned in the second GENERATE AC"},
    result_bit{2, 5, "issuer authentication performed"},
    result_bit{2, 4, "default action skipped at a terminal of level 3"},
    result_bit{2, 3, "offline change of PIN successful"},
    result_bit{2, 2, "issuer's bit 2"},
    result_bit{2, 1, "issuer's bit 1"},
    result_bit{4, 8, "last online transaction not completed"},
    result_bit{4, 7, "unable to go online"},
    result_bit{4, 6, "offline PIN verification not performed"},
    result_bit{4, 5, "offline PIN verification failed"},
    result_bit{4, 4, "PIN tries exceeded"},
    result_bit{4, 3, "international transaction"},
    result_bit{4, 2, "domestic transaction"},
    result_bit{4, 1, "terminal takes the offline PIN for right, wrongly"},
    result_bit{5, 8, "lower limit of offline transactions (counter 1) exceeded"},
    result_bit{5, 7, "upper limit of offline transactions (counter 1) exceeded"},
    result_bit{5, 6, "lower limit of the offline amount exceeded"},
    result_bit{5, 5, "upper limit of the offline amount exceeded"},
    result_bit{5, 4, "the next transaction was to go online"},
    result_bit{5, 3, "issuer authentication failed"},
    result_bit{5, 2, "script received"},
    result_bit{5, 1, "script failed"},
    result_bit{6, 8, "lower limit of counter 2 exceeded"},
    result_bit{6, 7, "upper limit of counter 2 exceeded"},
    result_bit{6, 6, "lower limit of accumulator 2 exceeded"},
    result_bit{6, 5, "upper limit of accumulator 2 exceeded"},
    result_bit{6, 4, "limit of one transaction's amount exceeded"},
    result_bit{6, 3, "days offline exceeded"},
    result_bit{6, 2, "found in the additional check table"},
    result_bit{6, 1, "not found in the additional check table"},
};
constexpr std::array mchip_counts{
    result_count{3, true, "script commands, low digit"},
    result_count{3, false, "PIN tries left, low digit"},
};

constexpr result_table core_results{1, core_bits, core_counts};
constexpr result_table vis_results{1, vis_bits, vis_counts};
constexpr result_table phone_results{2, phone_bits, phone_counts};
constexpr result_table mchip_results{1, mchip_bits, mchip_counts};

std::string hex_of(byte_view data) {
    return to_hex(data);
}

std::string hex_of(std::uint8_t byte) {
    return to_hex({&byte, 1});
}

void tell_cryptograms(std::uint8_t byte, std::vector<std::string>& to) {
    constexpr std::array<std::string_view, 4> second{"AAC in the second GENERATE AC", "TC in the second GENERATE AC",
        "no second GENERATE AC", "reserved value for the second GENERATE AC"};
    constexpr std::array<std::string_view, 4> first{"AAC in the first GENERATE AC", "TC in the first GENERATE AC",
        "ARQC in the first GENERATE AC", "reserved value for the first GENERATE AC"};
    to.emplace_back(std::string("  ").append(first[byte >> 4U & 3U]).append(", ").append(second[byte >> 6U]));
}

/// All bits that are set, those without a name too.
void tell_results(byte_view results, const result_table& table, std::uint8_t told, std::vector<std::string>& to) {
    to.push_back("CVR " + hex_of(results));
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(i + 1);
        if (byte == told) continue;
        unsigned counted = 0;
        if (byte == table.cryptograms) {
            tell_cryptograms(results[i], to);
            counted = 0xF0;
        }
        for (const auto& row : table.counts) {
            if (row.byte != byte) continue;
            counted |= row.high ? 0xF0U : 0x0FU;
            const unsigned count = row.high ? results[i] >> 4U : results[i] & 15U;
            to.push_back("  " + std::string(row.text) + ": " + std::to_string(count));
        }
        for (unsigned bit = 8; bit >= 1; --bit) {
            const unsigned mask = 1U << (bit - 1);
            if ((results[i] & mask) == 0 || (counted & mask) != 0) continue;
            const auto row = std::find_if(table.bits.begin(), table.bits.end(),
                [&](const result_bit& each) { return each.byte == byte && each.bit == bit; });
            const auto text =
                row != table.bits.end() ? row->text : std::string_view("(set, but no meaning is known)");
            to.push_back("  byte " + std::to_string(byte) + " bit " + std::to_string(bit) + ": " + std::string(text));
        }
    }
}

std::string version(std::uint8_t cvn) {
    return "CVN " + hex_of(cvn) + " (decimal " + std::to_string(cvn) + ")";
}

/// Who verified the cardholder on a phone, and how; from the same source as `phone_bits`.
std::string phone_verification(std::uint8_t byte) {
    constexpr std::array<std::string_view, 9> who{"no consumer device CVM", "by Visa's mobile application", "by MG",
        "by another application of the secure element", "by a trusted application", "by the mobile application",
        "by the terminal", "in the cloud", "by the device's system"};
    constexpr std::array<std::string_view, 8> how{
        "none", "passcode", "finger", "pattern", "face", "iris", "voice", "palm"};
    const std::size_t entity = byte >> 4U;
    const std::size_t kind = byte & 15U;
    std::string text = "  verification ";
    text.append(entity < who.size() ? who[entity] : "by an unknown party").append(", ");
    if (kind < how.size()) return text.append(how[kind]);
    return text.append(kind == 0x0D ? "signature" : kind == 0x0E ? "online PIN" : "of an unknown kind");
}

using lines = std::vector<std::string>;

lines common_core(byte_view value) {
    lines to{"form: EMV common core definitions"};
    const unsigned cipher = value[1] & 15U;
    to.push_back("common core identifier " + hex_of(value[1]) +
                 (cipher == 5      ? ", TDES"
                     : cipher == 6 ? ", AES"
                                   : ", cryptogram version unknown"));
    to.push_back("key index " + hex_of(value[2]));
    tell_results(value.subspan(3, 5), core_results, 0, to);
    to.push_back("counters " + hex_of(value.subspan(8, 8)));
    to.push_back("issuer's own data " + hex_of(value.subspan(17)));
    return to;
}

lines visa_phone(byte_view value) {
    lines to{"form: Visa, format " + std::to_string(value[1] >> 4U)};
    to.push_back(version(value[1]));
    to.push_back("key index " + hex_of(value[2]));
    const auto results = value.subspan(3, 5);
    tell_results(results, phone_results, 1, to);
    to.push_back(phone_verification(results[0]));
    if (value.size() > 8) to.push_back("issuer's own data " + hex_of(value.subspan(8)));
    return to;
}

/// Length, key index, version, length of the results, results: Visa's cards with 06, UnionPay's with 07 and an
/// algorithm.
lines vis_like(byte_view value, card_scheme scheme) {
    const std::size_t head = std::size_t{value[0]} + 1;
    std::string_view whose = value[0] == 7 ? "UnionPay (PBOC)" : "Visa";
    if (scheme == card_scheme::amex) whose = "American Express";
    if (scheme == card_scheme::jcb) whose = "JCB";
    lines to{"form: " + std::string(whose) +
             (whose == "Visa" ? ", format " + std::to_string(value[2] >> 4U) : std::string())};
    to.push_back(version(value[2]));
    to.push_back("key index " + hex_of(value[1]));
    const auto results = value.subspan(4, 3);
    // Others have bits of their own there.
    if (scheme == card_scheme::amex || scheme == card_scheme::jcb) {
        to.push_back("CVR " + hex_of(results));
    } else {
        tell_results(results, vis_results, 0, to);
    }
    if (value[0] == 7) {
        constexpr unsigned sm4 = 4;
        to.push_back("algorithm " + hex_of(value[7]) +
                     (value[7] == 1        ? ", TDES"
                         : value[7] == sm4 ? ", SM4"
                                           : ", unknown"));
    }
    if (value.size() > head) to.push_back("issuer's own data " + hex_of(value.subspan(head)));
    return to;
}

lines mchip(byte_view value) {
    lines to{value.size() == 18 ? "form: M/Chip 4 or Advance" : "form: M/Chip Advance"};
    to.push_back("key index " + hex_of(value[0]));
    const bool own = (value[1] & 6U) == 0;
    to.push_back(version(value[1]) + (own ? ", Mastercard's session key" : ", EMV's session key") +
                 ((value[1] & 1U) != 0 ? ", counters in the cryptogram" : ""));
    tell_results(value.subspan(2, 6), mchip_results, 0, to);
    to.push_back("data authentication code or dynamic number " + hex_of(value.subspan(8, 2)));
    if (value.size() > 10) to.push_back("counters " + hex_of(value.subspan(10)));
    return to;
}

} // namespace

std::vector<std::string> issuer_data_lines(byte_view value, card_scheme scheme) {
    const auto size = value.size();
    const bool core = size == 32 && value[0] == 0x0F && value[16] == 0x0F;
    if (core) return common_core(value);
    const bool phone = size >= 8 && value[0] == 0x1F;
    if (phone && (scheme == card_scheme::unknown || scheme == card_scheme::visa)) return visa_phone(value);
    const bool vis = size >= 7 && (value[0] == 6 || value[0] == 7) && value[3] == 3 && size > value[0];
    if (vis && scheme != card_scheme::mastercard) return vis_like(value, scheme);
    const bool chip = size == 18 || size == 20 || size == 26 || size == 28;
    if (chip && value[1] >> 4U == 1) return mchip(value);
    return {"form: not known"};
}

} // namespace cipherlane::emv::detail
