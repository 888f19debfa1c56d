#include "hsm-sim/keys/ceremony.hpp"

#include "hsm-sim/keys/check_value.hpp"
#include "hsm-sim/keys/ciphers.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace cipherlane::hsm_sim {
namespace {

/// Names by which people know the types, as the racal profile has them.
struct type_name {
    std::string_view name;
    std::string_view code;
};
constexpr type_name type_names[] = {{"zmk", "000"}, {"zpk", "001"}, {"tmk", "002"}, {"tpk", "002"}, {"pvk", "002"},
    {"tak", "003"}, {"zak", "008"}, {"bdk", "009"}, {"zek", "00A"}, {"dek", "00B"}, {"ikey", "302"}, {"cvk", "402"},
    {"mk_ac", "109"}, {"mk_smi", "209"}, {"mk_smc", "309"}};

struct ceremony_scheme {
    char tag;
    std::size_t size;
    part_rule rule;
};
constexpr ceremony_scheme schemes[] = {
    {'Z', 8, part_rule::ecb},
    {'U', 16, part_rule::variant},
    {'X', 16, part_rule::ecb},
    {'T', 24, part_rule::variant},
    {'Y', 24, part_rule::ecb},
};

error wrong(std::string_view field) {
    return error(boost::system::errc::make_error_code(boost::system::errc::invalid_argument), layer::tools)
        .during("key ceremony")
        .in_field(field);
}

/// The three characters of a type that is given by them or by its name.
std::string code_of(std::string_view type) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto is = [&](const type_name& row) {
        return std::equal(row.name.begin(), row.name.end(), type.begin(), type.end(),
            [&](char a, char b) { return a == lower(b); });
    };
    const auto* found = std::find_if(std::begin(type_names), std::end(type_names), is);
    return std::string(found != std::end(type_names) ? found->code : type);
}

std::string every_type() {
    std::string words;
    for (const auto& row : type_names)
        words.append(words.empty() ? "" : ", ").append(row.code).append(" ").append(row.name);
    return words;
}

std::string check_digits(const clear_key& key) {
    return to_hex(byte_view(check_value(key)).first(3));
}

/// The four keys under which DES is its own inverse (FIPS 74, 3.6), without parity bits; a zero key is the first.
bool is_weak_part(byte_view part) {
    static constexpr std::array<std::array<std::uint8_t, 8>, 4> weak{
        {{0, 0, 0, 0, 0, 0, 0, 0}, {0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE},
            {0xE0, 0xE0, 0xE0, 0xE0, 0xF0, 0xF0, 0xF0, 0xF0}, {0x1E, 0x1E, 0x1E, 0x1E, 0x0E, 0x0E, 0x0E, 0x0E}}};
    return std::any_of(weak.begin(), weak.end(), [&](const auto& each) {
        return std::equal(part.begin(), part.end(), each.begin(), each.end(),
            [](std::uint8_t a, std::uint8_t b) { return (a & 0xFE) == b; });
    });
}

/// What makes a key useless as one of its scheme; empty where nothing does.
std::string weakness_of(byte_view key) {
    for (std::size_t at = 0; at < key.size(); at += 8) {
        const auto part = key.subspan(at, 8);
        if (is_weak_part(part)) return "a weak DES key";
        if (at == 0) continue;
        const auto before = key.subspan(at - 8, 8);
        if (std::equal(part.begin(), part.end(), before.begin(), before.end())) return "two equal parts";
    }
    return {};
}

/// Sheets may show fewer digits than the longest check value.
bool is_expected(std::string_view expected, const std::string& check_value) {
    if (expected.empty()) return true;
    const auto same = [](char a, char b) { return hex_value(a) >= 0 && hex_value(a) == hex_value(b); };
    return expected.size() >= 4 && expected.size() <= check_value.size() &&
           std::equal(expected.begin(), expected.end(), check_value.begin(), same);
}

/// What is wrong with a component; empty where nothing is.
std::string fault_of(const ceremony_request& asked, std::size_t number, std::size_t wanted) {
    const auto given = asked.entered[number].expose();
    if (given.size() != wanted) {
        return std::to_string(wanted) + " bytes wanted, " + std::to_string(given.size()) + " given";
    }
    if (!has_odd_parity(given)) return "parity is not odd";
    for (std::size_t other = 0; other < number; ++other) {
        if (equal_in_constant_time(given, asked.entered[other].expose()))
            return "the same as component " + std::to_string(other + 1);
    }
    return {};
}

std::string wrapped(const lmk_set& keys, lmk_slot type, const ceremony_scheme& scheme, const clear_key& key) {
    bytes out(key.size());
    keys.wrap(type, scheme.rule, key.view(), out);
    return (scheme.tag == 'Z' ? "" : std::string(1, scheme.tag)) + to_hex(out);
}

result<void> finish(
    const ceremony_request& asked, const clear_key& key, std::string under_lmk, ceremony_outcome& held) {
    if (const auto weakness = weakness_of(key.view()); !weakness.empty()) return wrong("key: " + weakness);
    held.check_value = check_digits(key);
    if (!is_expected(asked.expected_sum, held.check_value))
        return wrong("key: its check value is " + held.check_value);
    held.under_lmk = std::move(under_lmk);
    return {};
}

result<ceremony_outcome> take_whole(
    const ceremony_request& asked, lmk_slot type, const ceremony_scheme& scheme, const lmk_set& keys) {
    const auto given = asked.key.expose();
    if (given.size() != scheme.size) {
        return wrong(
            "key: " + std::to_string(scheme.size) + " bytes wanted, " + std::to_string(given.size()) + " given");
    }
    if (!has_odd_parity(given)) return wrong("key: parity is not odd");
    const clear_key key(given);
    ceremony_outcome held;
    CIPHERLANE_CHECK(finish(asked, key, wrapped(keys, type, scheme, key), held));
    return held;
}

} // namespace

result<ceremony_outcome> hold_ceremony(const ceremony_request& asked, const lmk_set& keys) {
    const auto type = slot_of_key_type(code_of(asked.key_type));
    if (!type)
        return wrong("type").with_hint("found " + printable_text(asked.key_type, 60) + ", expected " + every_type());
    const ceremony_scheme* scheme = nullptr;
    for (const auto& row : schemes) {
        if (row.tag == asked.scheme) scheme = &row;
    }
    if (scheme == nullptr) {
        return wrong("scheme").with_hint("found " + printable_text(std::string(1, asked.scheme)) +
                                         ", expected Z single, U or X double, T or Y triple");
    }
    if (!asked.key.empty()) return take_whole(asked, *type, *scheme, keys);
    const std::size_t count = asked.entered.empty() ? asked.components : asked.entered.size();
    if (count < 2 || count > 9)
        return wrong("components").with_hint("found " + std::to_string(count) + ", expected 2 to 9");
    if (!asked.expected.empty() && asked.expected.size() != count) {
        return wrong("expected")
            .with_hint("found " + std::to_string(asked.expected.size()) + " check values for " +
                       std::to_string(count) + " components");
    }

    ceremony_outcome held;
    clear_key sum(scheme->size);
    for (std::size_t i = 0; i < count; ++i) {
        clear_key part(scheme->size);
        if (asked.entered.empty()) {
            fill_random(part.span());
            force_odd_parity(part.span());
        } else {
            const auto fault = fault_of(asked, i, scheme->size);
            if (!fault.empty()) return wrong("component " + std::to_string(i + 1) + ": " + fault);
            part = clear_key(asked.entered[i].expose());
        }
        for (std::size_t k = 0; k < sum.size(); ++k)
            sum.span()[k] ^= part.view()[k];
        held.components.push_back(
            {secret_bytes(part.view()), check_digits(part), wrapped(keys, *type, *scheme, part)});
        const auto& check = held.components.back().check_value;
        if (!asked.expected.empty() && !is_expected(asked.expected[i], check))
            return wrong("component " + std::to_string(i + 1) + ": its check value is " + check);
    }
    force_odd_parity(sum.span());
    CIPHERLANE_CHECK(finish(asked, sum, wrapped(keys, *type, *scheme, sum), held));
    return held;
}

std::string print_sheet(
    const ceremony_request& asked, const ceremony_outcome& held, std::size_t number, std::string_view date) {
    const auto& component = held.components.at(number);
    const std::string digits = to_hex(component.clear.expose());
    std::string sheet = "TEST KEYS - KEY COMPONENT SHEET - FOR TESTS ONLY\n\n";
    sheet += "Date            " + std::string(date) + "\n";
    sheet += "Key type        " + asked.key_type + "\n";
    sheet +=
        "Component       " + std::to_string(number + 1) + " of " + std::to_string(held.components.size()) + "\n\n";
    for (std::size_t at = 0; at < digits.size(); at += 16) {
        sheet += at == 0 ? "Value           " : "                ";
        for (std::size_t group = 0; group < 16; group += 4)
            sheet += digits.substr(at + group, 4) + " ";
        sheet += "\n";
    }
    sheet += "\nCheck value     " + component.check_value + "\n";
    sheet += "Of the key      " + held.check_value + "\n\n";
    sheet += "Custodian       ______________________________\n\n";
    sheet += "Signature       ______________________________\n";
    return sheet;
}

} // namespace cipherlane::hsm_sim
