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

/// The objects of a level with names, values and bits in words, templates indented; what a tolerant reader forgives
/// is told with its place. Throws `error_exception` for a fault inside a template; the level's own is left to the
/// caller.
/// @param above whose application the level stands in, where it does not say so itself.
/// @return deviations.
std::size_t print_tlv(
    std::ostream& out, emv::tlv_reader& reader, showing how, emv::card_scheme above = emv::card_scheme::unknown);

/// The same as JSON: a list of `tag`, `name`, `value` or `objects`, `meaning`, `bits`, `meanings`, `deviation`.
[[nodiscard]] nlohmann::ordered_json tlv_to_json(
    emv::tlv_reader& reader, showing how, emv::card_scheme above = emv::card_scheme::unknown);

} // namespace cipherlane::cli
