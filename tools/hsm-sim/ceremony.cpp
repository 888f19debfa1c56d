#include "hsm-sim/ceremony.hpp"

#include "hsm-sim/ciphers.hpp"
#include "hsm-sim/command.hpp"

#include <cipherlane/core/hex.hpp>

namespace cipherlane::hsm_sim {
namespace {

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

std::string check_digits(const clear_key& key) {
    return to_hex(byte_view(check_value(key)).first(3));
}

std::string wrapped(const lmk_set& keys, lmk_slot type, const ceremony_scheme& scheme, const clear_key& key) {
    bytes out(key.size());
    keys.wrap(type, scheme.rule, key.view(), out);
    return (scheme.tag == 'Z' ? "" : std::string(1, scheme.tag)) + to_hex(out);
}

} // namespace

result<ceremony_outcome> hold_ceremony(const ceremony_request& asked, const lmk_set& keys) {
    const auto type = slot_of_key_type(asked.key_type);
    if (!type) return wrong("type");
    const ceremony_scheme* scheme = nullptr;
    for (const auto& row : schemes) {
        if (row.tag == asked.scheme) scheme = &row;
    }
    if (scheme == nullptr) return wrong("scheme");
    const std::size_t count = asked.entered.empty() ? asked.components : asked.entered.size();
    if (count < 2 || count > 9) return wrong("components");

    ceremony_outcome held;
    clear_key sum(scheme->size);
    for (std::size_t i = 0; i < count; ++i) {
        clear_key part(scheme->size);
        if (asked.entered.empty()) {
            fill_random(part.span());
            force_odd_parity(part.span());
        } else {
            const auto given = asked.entered[i].expose();
            if (given.size() != part.size() || !has_odd_parity(given)) return wrong("component");
            part = clear_key(given);
        }
        for (std::size_t k = 0; k < sum.size(); ++k)
            sum.span()[k] ^= part.view()[k];
        held.components.push_back(
            {secret_bytes(part.view()), check_digits(part), wrapped(keys, *type, *scheme, part)});
    }
    force_odd_parity(sum.span());
    held.check_value = check_digits(sum);
    held.under_lmk = wrapped(keys, *type, *scheme, sum);
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
