#pragma once

#include <cipherlane/hsm/codec.hpp>

#include <string>
#include <vector>

namespace cipherlane::cli {

/// How much of a message may be shown.
enum class reveal {
    masked, ///< clear PINs, clear keys and accounts left out, PANs as first six and last four
    all,    ///< test cards and test keys only
};

struct described_field {
    std::string name;
    std::string value;
};

/// The fields of a layout that have a value, in order, for people.
[[nodiscard]] std::vector<described_field> describe(
    const hsm::layout& fields, const hsm::field_set& values, reveal how);

} // namespace cipherlane::cli
