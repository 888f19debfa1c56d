#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::assembly {

/// How long a certificate still holds.
enum class days_left : std::uint8_t {
    enough,
    few,  ///< 30 or fewer
    none, ///< it has expired, or does not hold yet
};

/// One certificate of a file that a gateway's settings name, or why the file has none.
struct certificate_days {
    std::string part; ///< "gateway.app_certificate_file"
    days_left left = days_left::enough;
    std::string text;         ///< what it is, and from when to when it holds
    std::optional<error> why; ///< with `none`, and where the file cannot be read
};

/// All certificates that the settings of a gateway name, ours and the gateway's, in the order of the settings.
[[nodiscard]] std::vector<certificate_days> days_of_certificates(
    const till_settings::gateway_place& place, std::chrono::system_clock::time_point now);

/// Tells the log of those that do not hold (an error), and of those that soon will not (a warning). They keep no till
/// from opening: the gateway may refuse what they sign, and cards go on.
void tell_days_of_certificates(
    const till_settings::gateway_place& place, std::chrono::system_clock::time_point now, const logger& log);

} // namespace cipherlane::assembly
