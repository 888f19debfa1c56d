#pragma once

#include <cipherlane/iso8583/dialect.hpp>

#include <span>
#include <string>

namespace cipherlane::cli {

/// A dialect without its envelope, to be tried at any place.
struct dialect_variant {
    std::string name;
    std::string toml; ///< the keys that make it, for a dialect's file
    iso8583::dialect table;
};

/// The built-in dialects and the mixtures of encodings that hosts are known to send. Made once.
[[nodiscard]] std::span<const dialect_variant> dialect_variants();

} // namespace cipherlane::cli
