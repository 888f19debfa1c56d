#pragma once

#include "hsm-sim/racal/command.hpp"

#include <cstdint>
#include <string_view>

namespace cipherlane::hsm_sim {

/// What a scheme tag says of the key behind it.
struct scheme_row {
    char tag;
    std::uint8_t families;
    std::size_t size;
    part_rule rule;
    key_algorithm kind;
};
/// Null for a tag that a dialect does not have.
[[nodiscard]] const scheme_row* scheme_of(char tag, family dialect) noexcept;
[[nodiscard]] part_rule rule_of(char tag) noexcept;

/// What may stand in a block's header where a command wants this type of key. TMK, TPK and PVK share a place in the
/// commands of variant units, so their usages are one list here.
struct usage_row {
    lmk_slot type;
    std::string_view usages; ///< two characters each; the first is what new keys get
    char mode_of_use;
};
/// Null for a type that stands in no block.
[[nodiscard]] const usage_row* usage_of(lmk_slot type) noexcept;
[[nodiscard]] bool allows(std::string_view usages_in_twos, std::string_view usage) noexcept;

} // namespace cipherlane::hsm_sim
