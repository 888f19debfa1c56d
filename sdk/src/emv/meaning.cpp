#include "card_answers.hpp"
#include "issuer_data.hpp"
#include "verification_methods.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/meaning.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::emv {
namespace {

struct scheme_row {
    std::array<std::uint8_t, 5> rid;
    card_scheme scheme;
};

constexpr scheme_row schemes[] = {
    {{0xA0, 0x00, 0x00, 0x00, 0x03}, card_scheme::visa},
    {{0xA0, 0x00, 0x00, 0x00, 0x04}, card_scheme::mastercard},
    {{0xA0, 0x00, 0x00, 0x00, 0x10}, card_scheme::mastercard},
    {{0xA0, 0x00, 0x00, 0x03, 0x33}, card_scheme::unionpay},
    {{0xA0, 0x00, 0x00, 0x00, 0x25}, card_scheme::amex},
    {{0xA0, 0x00, 0x00, 0x00, 0x65}, card_scheme::jcb},
    {{0xA0, 0x00, 0x00, 0x01, 0x52}, card_scheme::discover},
    {{0xA0, 0x00, 0x00, 0x03, 0x24}, card_scheme::discover},
};

std::uint32_t number(byte_view four) {
    return std::uint32_t{four[0]} << 24U | std::uint32_t{four[1]} << 16U | std::uint32_t{four[2]} << 8U | four[3];
}

/// Two amounts, then rules of two bytes: method and condition.
std::vector<std::string> cvm_list(byte_view value) {
    std::vector<std::string> lines;
    if (value.size() < 8) return {"too short for the amounts X and Y"};
    lines.push_back("X = " + std::to_string(number(value)) + ", Y = " + std::to_string(number(value.subspan(4))) +
                    " in units of the application's currency");
    auto rules = value.subspan(8);
    for (std::size_t i = 1; rules.size() >= 2; ++i, rules = rules.subspan(2)) {
        constexpr unsigned go_on = 0x40;
        auto text = "rule " + std::to_string(i) + ": " + detail::method_text(rules[0]);
        text.append(", ").append(detail::method_condition(rules[1]));
        const bool last_word = (rules[0] & 0x3FU) == 0 || (rules[0] & 0x3FU) == 0x1F;
        if ((rules[0] & go_on) != 0)
            text += "; if it fails, the next rule";
        else if (!last_word)
            text += "; if it fails, verification has failed";
        if ((rules[0] & 0x80U) != 0) text += "; bit 8 set, no meaning is known";
        lines.push_back(std::move(text));
    }
    if (rules.size() == 1) lines.emplace_back("half a rule at the end");
    return lines;
}

/// EMV 4.4 Book 4, Annex A5: five bytes a script, the outcome and the command that failed in the first, the script's
/// identifier behind it.
std::vector<std::string> script_results(byte_view value) {
    constexpr std::size_t size = 5;
    constexpr std::array<std::string_view, 3> outcomes{"not performed", "failed", "successful"};
    std::vector<std::string> lines;
    if (value.size() % size != 0) return lines;
    for (; !value.empty(); value = value.subspan(size)) {
        const auto outcome = std::size_t{value[0]} >> 4U;
        auto text = "script " + to_hex(value.subspan(1, size - 1)) + ": ";
        text += outcome < outcomes.size() ? outcomes[outcome] : "outcome unknown";
        const auto command = value[0] & 15U;
        if (outcome == 1 && command == 15)
            text += " at command 15 or behind it";
        else if (outcome == 1 && command != 0)
            text += " at command " + std::to_string(command);
        lines.push_back(std::move(text));
    }
    return lines;
}

} // namespace

card_scheme scheme_of_aid(byte_view aid) noexcept {
    for (const auto& row : schemes) {
        if (aid.size() >= row.rid.size() && std::equal(row.rid.begin(), row.rid.end(), aid.begin()))
            return row.scheme;
    }
    return card_scheme::unknown;
}

card_scheme scheme_of_level(tlv_reader reader) noexcept {
    while (reader.next()) {
        const auto tag = reader.object().tag;
        if (tag != 0x4F && tag != 0x84 && tag != 0x9F06) continue;
        if (const auto scheme = scheme_of_aid(reader.object().value); scheme != card_scheme::unknown) return scheme;
    }
    return card_scheme::unknown;
}

std::vector<std::string> meaning_lines(tag_number tag, byte_view value, card_scheme scheme) {
    if (tag == 0x8E) return cvm_list(value);
    if (tag == 0x9F10) return detail::issuer_data_lines(value, scheme);
    if (tag == 0x91) return detail::issuer_authentication_lines(value);
    if (tag == 0x94) return detail::file_locator_lines(value);
    if (tag == 0x80) return detail::plain_answer_lines(value);
    const bool two_bytes = value.size() == 2;
    if (tag == 0x9F6C && two_bytes && scheme == card_scheme::mastercard)
        return {"version of the magnetic-stripe application (Mastercard), not Visa's qualifiers"};
    if (tag == 0x9F66 && two_bytes && (scheme == card_scheme::mastercard || scheme == card_scheme::unknown))
        return {"PUNATC of track 2 (Mastercard): where unpredictable number and counter go, not Visa's qualifiers"};
    // Mastercard's contactless kernel has a list of data objects there.
    if (tag == 0x9F5B && scheme != card_scheme::mastercard) return script_results(value);
    if (tag == 0x9F6E) return detail::device_lines(value, scheme);
    return {};
}

} // namespace cipherlane::emv
