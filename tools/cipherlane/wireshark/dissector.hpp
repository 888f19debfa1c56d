#pragma once

#include <cipherlane/hsm/profile.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// Lua for Wireshark that reads what the codec reads, made from the codec's own table: every field is a text under
/// NAME.…, masked as `iso8583 explain` and `hsm tap` mask. `ports` are those of the host or the unit.
[[nodiscard]] std::string wireshark_dissector(
    const iso8583::dialect& format, const std::vector<std::uint16_t>& ports);
[[nodiscard]] std::string wireshark_dissector(const hsm::profile& dialect, const std::vector<std::uint16_t>& ports);

/// What a dialect or profile is called in filters: "cup-pos" as "cup_pos".
[[nodiscard]] std::string wireshark_name(std::string_view name);
/// The protocol and the first word of its filters: as above, with "cl_" in front where Wireshark has such a protocol
/// itself, or takes no such name.
[[nodiscard]] std::string wireshark_protocol(std::string_view name);
/// What a field is called behind that: "f60"; its part "60.2" as "f60.2", a part of that in the same way.
[[nodiscard]] std::string wireshark_field(int number);
[[nodiscard]] std::string wireshark_part(std::string_view above, std::string_view tag);

} // namespace cipherlane::cli
