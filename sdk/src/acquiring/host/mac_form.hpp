#pragma once

#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

namespace cipherlane::acquiring {

/// What the host wants in field 64.
[[nodiscard]] inline crypto::unionpay_mac_form mac_form_of(const key_settings& keys) noexcept {
    const bool raw = keys.algorithm == key_algorithm::sm4 && !keys.sm4_mac_ascii;
    return raw ? crypto::unionpay_mac_form::raw8 : crypto::unionpay_mac_form::ascii8;
}

} // namespace cipherlane::acquiring
