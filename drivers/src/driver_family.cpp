#include "refusals.hpp"

#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/drivers/driver_family.hpp>

namespace cipherlane::drivers {

result<device_address> driver_family::address(std::string_view text) const {
    CIPHERLANE_TRY(auto where, device_address::parse(text));
    if (reached_by.has(where.kind)) return where;
    return refused(drivers_errc::bad_address)
        .during("address")
        .at_endpoint(text)
        .in_field("address")
        .with_hint(std::string(name) + " is not reached by " + std::string(to_string(where.kind)) +
                   ", allowed: " + reached_by.to_string());
}

error unknown_driver(std::string_view name, std::span<const std::string_view> known) {
    auto hint = "found \"" + std::string(name) + "\"";
    if (const auto meant = nearest_word(name, known); !meant.empty()) {
        hint.append(", did you mean \"").append(meant).append("\"?");
    } else {
        hint.append(", allowed: ");
        for (const auto one : known)
            hint.append(one == known.front() ? "" : ", ").append(one);
    }
    return refused(drivers_errc::unknown_driver).in_field("driver").with_hint(hint);
}

} // namespace cipherlane::drivers
