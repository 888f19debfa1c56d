#pragma once

#include <cipherlane/qr/mpm.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::qr {

/// A rule of EMVCo QRCPS MPM v1.1 that a payload can break while its syntax is right.
enum class mpm_rule : std::uint8_t {
    missing,     ///< a mandatory object is absent
    zero,        ///< an amount or a fee is zero
    too_long,    ///< more characters than the object allows
    wrong_size,  ///< an object of fixed length with another one
    bad_value,   ///< characters or a value that the object does not allow
    combination, ///< objects that must not, or only, come together
    reserved,    ///< an object that is reserved for future use
    no_template, ///< the value of a template that is none
    crc,         ///< wrong or missing CRC (lenient reading)
};

/// One broken rule: which, where, and in words.
struct mpm_violation {
    mpm_rule rule;
    std::vector<std::string> objects; ///< paths of the objects named: "52", "62/09"
    std::string text;                 ///< "city longer than 15"
    friend bool operator==(const mpm_violation&, const mpm_violation&) = default;
};

/// The strict check: every broken rule, in the order missing objects, then the objects' own rules in the order of
/// their IDs, then the rules between objects. Empty: the payload obeys the specification.
///
/// "Should" clauses of the specification are no violations: more than 512 characters, decimals that do not fit the
/// currency (`mpm_advice` tells).
[[nodiscard]] std::vector<mpm_violation> check_mpm(const mpm_payload& payload);

/// What the specification advises against without forbidding it, in words.
[[nodiscard]] std::vector<std::string> mpm_advice(const mpm_payload& payload);

/// The violations' texts, joined by "; ".
[[nodiscard]] std::string to_string(std::span<const mpm_violation> violations);

/// What an object is called: `mpm_object_name(59)` is "merchant name"; empty where it has no name of its own.
[[nodiscard]] std::string_view mpm_object_name(std::uint8_t id) noexcept;
/// As above for an object inside template 62 or 64.
[[nodiscard]] std::string_view mpm_object_name(std::uint8_t id, std::uint8_t sub) noexcept;

} // namespace cipherlane::qr
