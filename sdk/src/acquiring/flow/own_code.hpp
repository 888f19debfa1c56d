#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>

#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// The text of an EMV code (EMVCo QRCPS MPM v1.1) for one payment of one order: dynamic (01 = 12), the merchant's
/// account and data of the settings, amount and currency, and in the additional data (62) the order's number: its
/// first eight characters, which are the terminal's, as terminal label (07), the rest as reference label (05).
/// @return what `qr::mpm_payload` says of a value that has no place.
[[nodiscard]] result<std::string> build_own_code(
    const terminal_settings& settings, std::string_view order_number, const amount& total);

} // namespace cipherlane::acquiring
