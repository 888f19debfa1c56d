#pragma once

#include <cipherlane/emv/tlv.hpp>

#include <iosfwd>
#include <string>

namespace cipherlane::cli {

enum class showing : std::uint8_t { masked, clear };

/// A value as `how` allows it.
[[nodiscard]] std::string tlv_value(const emv::tlv_object& object, showing how);

/// The objects of a level with names, values and bits in words, templates indented. Throws `error_exception` for a
/// fault inside a template; the level's own is left to the caller.
void print_tlv(std::ostream& out, emv::tlv_reader& reader, showing how);

} // namespace cipherlane::cli
