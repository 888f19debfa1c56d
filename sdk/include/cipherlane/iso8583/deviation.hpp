#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <cstddef>
#include <cstdint>

namespace cipherlane::iso8583 {

/// How much a reader forgives.
enum class reading : std::uint8_t {
    strict,   ///< every rule of the dialect
    tolerant, ///< what can be read is read; each deviation is noted
};

/// Where a message that was read tolerantly breaks its dialect.
struct deviation {
    iso8583_errc what{};
    fixed_text<64> field;   ///< the path, as in errors
    std::size_t offset = 0; ///< from the start of the input
    fixed_text<96> found{}; ///< what was found, and what the dialect has instead; no card data
};

} // namespace cipherlane::iso8583
