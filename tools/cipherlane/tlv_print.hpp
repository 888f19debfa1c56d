#pragma once

#include <cipherlane/emv/meaning.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>

namespace cipherlane::cli {

enum class showing : std::uint8_t { masked, clear };

/// A value as `how` allows it.
[[nodiscard]] std::string tlv_value(const emv::tlv_object& object, showing how);

/// What a level and those below it have that is not as it should be.
struct tlv_tally {
    std::size_t deviations = 0; ///< that a tolerant reader has forgiven
    std::size_t wrong = 0;      ///< values that have not the form of their tag
};

/// The objects of a level with names, values and bits in words, templates indented; what a tolerant reader forgives
/// is told with its place. Throws `error_exception` for a fault inside a template; the level's own is left to the
/// caller.
/// @param above whose application the level stands in, where it does not say so itself.
tlv_tally print_tlv(
    std::ostream& out, emv::tlv_reader& reader, showing how, emv::card_scheme above = emv::card_scheme::unknown);

/// The same as JSON, added to a list: `tag`, `name`, `value` or `objects`, `meaning`, `wrong`, `bits`, `meanings`,
/// `deviation`; padding behind the last object is an entry that has a `deviation` alone. What was read in front of a
/// fault is in the list.
tlv_tally tlv_to_json(nlohmann::ordered_json& list, emv::tlv_reader& reader, showing how,
    emv::card_scheme above = emv::card_scheme::unknown);

} // namespace cipherlane::cli
