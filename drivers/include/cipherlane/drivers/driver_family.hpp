#pragma once

#include <cipherlane/drivers/transport/address.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// What every row of a table of drivers begins with, whatever the driver drives.
struct driver_family {
    std::string_view name;    ///< as settings and command lines write it: "rcall", "abecs"
    std::string_view about;   ///< in words, for people
    address_kinds reached_by; ///< the addresses that it takes
    serial_settings line;     ///< how its serial line is set up; `device` is empty

    /// The address of a device of this family.
    /// @return `bad_address`, also for a kind of address that the family does not take.
    [[nodiscard]] result<device_address> address(std::string_view text) const;
};

/// The row of this name; null if there is none.
template <class Row>
[[nodiscard]] const Row* find_driver(std::span<const Row> table, std::string_view name) noexcept {
    for (const auto& row : table) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

/// `unknown_driver`: its hint has the name found and the one that was perhaps meant, or those that there are.
[[nodiscard]] error unknown_driver(std::string_view name, std::span<const std::string_view> known);

/// The row of this name.
/// @return `unknown_driver`.
template <class Row>
[[nodiscard]] result<const Row*> driver_named(std::span<const Row> table, std::string_view name) {
    if (const auto* row = find_driver(table, name)) return row;
    std::vector<std::string_view> known;
    for (const auto& row : table)
        known.push_back(row.name);
    return unknown_driver(name, known);
}

} // namespace cipherlane::drivers
