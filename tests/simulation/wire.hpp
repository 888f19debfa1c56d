#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::simulation {

/// A message of the POS dialect as the simulated bank reads and writes it, from the table of its fact sheet and not
/// by the SDK's codec: a mistake of that one would be seen here. BCD fields as digits, the others as their bytes.
struct wire_message {
    std::string tpdu;   ///< 10 digits
    std::string header; ///< 12 digits
    std::string mti;
    std::array<std::optional<std::string>, 65> fields;

    [[nodiscard]] bool has(int field) const { return fields[static_cast<std::size_t>(field)].has_value(); }
    /// Empty if it is not there.
    [[nodiscard]] std::string_view get(int field) const {
        const auto& one = fields[static_cast<std::size_t>(field)];
        return one ? std::string_view(*one) : std::string_view();
    }
    void set(int field, std::string value) { fields[static_cast<std::size_t>(field)] = std::move(value); }
};

/// Where the MAC of a message's bytes is, and what it covers.
struct sealed_part {
    byte_view covered;
    byte_view mac; ///< empty where there is none
};

/// Nothing for bytes that are no such message to the last one.
[[nodiscard]] std::optional<wire_message> read_wire(byte_view data, sealed_part* seal = nullptr);
/// Field 64 is written as it stands.
[[nodiscard]] bytes write_wire(const wire_message& value);

} // namespace cipherlane::simulation
