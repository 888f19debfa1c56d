#include "hsm-sim/racal/key_schemes.hpp"

namespace cipherlane::hsm_sim {
namespace {

constexpr scheme_row schemes[] = {
    {'U', every_racal, 16, part_rule::variant, key_algorithm::des},
    {'X', every_racal, 16, part_rule::ecb, key_algorithm::des},
    {'T', every_racal, 24, part_rule::variant, key_algorithm::des},
    {'Y', every_racal, 24, part_rule::ecb, key_algorithm::des},
    {'Z', every_racal, 8, part_rule::ecb, key_algorithm::des},
    {'R', static_cast<std::uint8_t>(family::sjj1310), 16, part_rule::ecb, key_algorithm::sm4},
    {'L', static_cast<std::uint8_t>(family::sjj1310), 16, part_rule::ecb, key_algorithm::aes},
    {'S', family::sjl05 | family::sjl06, 16, part_rule::ecb, key_algorithm::sm4},
    {'S', static_cast<std::uint8_t>(family::payshield_kb), 16, part_rule::ecb, key_algorithm::des},
};

constexpr usage_row usages[] = {
    {slots::zmk, "52K054", 'B'},
    {slots::zpk, "72P0", 'B'},
    {slots::tpk, "71P051K0V0V1V2", 'N'},
    {slots::tak, "M3M0M1M6M861", 'C'},
    {slots::zak, "M3M0M1M6M861", 'C'},
    {slots::cvk, "C011121313", 'C'},
    {slots::bdk1, "B0", 'N'},
    {slots::bdk2, "41", 'N'},
    {slots::bdk3, "42", 'N'},
    {slots::ipek, "B1", 'N'},
    {slots::mk_ac, "E0", 'N'},
    {slots::mk_smi, "E2", 'N'},
    {slots::mk_smc, "E1", 'N'},
    {slots::zek, "22D021", 'B'},
    {slots::tek, "23D0", 'B'},
};

} // namespace

const usage_row* usage_of(lmk_slot type) noexcept {
    for (const auto& row : usages) {
        if (row.type == type) return &row;
    }
    return nullptr;
}

bool allows(std::string_view usages_in_twos, std::string_view usage) noexcept {
    for (std::size_t at = 0; at + 2 <= usages_in_twos.size(); at += 2) {
        if (usages_in_twos.substr(at, 2) == usage) return true;
    }
    return false;
}

const scheme_row* scheme_of(char tag, family dialect) noexcept {
    for (const auto& row : schemes) {
        if (row.tag == tag && (row.families & static_cast<std::uint8_t>(dialect)) != 0) return &row;
    }
    return nullptr;
}

part_rule rule_of(char tag) noexcept {
    return tag == 'U' || tag == 'T' ? part_rule::variant : part_rule::ecb;
}

} // namespace cipherlane::hsm_sim
