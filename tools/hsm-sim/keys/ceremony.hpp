#pragma once

#include "hsm-sim/keys/lmk.hpp"

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hsm_sim {

/// A key ceremony for a simulated unit: components drawn or entered, joined, put under its local master keys.
///
/// On a real unit this happens at its console, with one custodian for each component; here it shows what the steps
/// give, and makes keys for tests.
struct ceremony_request {
    std::string key_type = "000"; ///< three characters
    char scheme = 'U';            ///< Z, U, X, T or Y
    std::size_t components = 3;   ///< 2 to 9, where none are entered
    std::vector<secret_bytes> entered;
    secret_bytes key; ///< the whole key instead of components, as rigs know their test keys; empty: none
    /// What the custodians' sheets say: a check value for each component, in order, or none; hex digits, 4 to 6.
    std::vector<std::string> expected;
    std::string expected_sum; ///< of the key; empty: not known
};

struct ceremony_component {
    secret_bytes clear;
    std::string check_value; ///< 6 hex digits
    std::string under_lmk;   ///< as a request field, for A4 and GY
};

struct ceremony_outcome {
    std::vector<ceremony_component> components;
    std::string check_value;
    std::string under_lmk;
};

/// @return `misuse` with the field, and for a component its number and what is wrong with it: a key type or scheme
/// that is none, 1 or more than 9 components, a component of the wrong length, without odd parity, entered twice or
/// with another check value than expected; a key whose parts are equal, weak or zero, or not of the check value
/// expected. A whole key is held to the same.
[[nodiscard]] result<ceremony_outcome> hold_ceremony(const ceremony_request& asked, const lmk_set& keys);

/// What one custodian takes home: the component in groups of four, its check value, lines to sign. TEST KEYS on top.
[[nodiscard]] std::string print_sheet(
    const ceremony_request& asked, const ceremony_outcome& held, std::size_t number, std::string_view date);

} // namespace cipherlane::hsm_sim
