#pragma once

#include "support/vectors.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/hex.hpp>

#include <stdexcept>
#include <string>

namespace cipherlane::tests {

/// A vector of the POS dialect without its length and, where it has one, its MAC.
inline std::string vector_body(const std::string& id, std::size_t mac_bytes) {
    for (const auto& row : load_vectors("iso8583_cup_pos.csv")) {
        if (row["id"] != id) continue;
        return row["hex"].substr(4, row["hex"].size() - 4 - 2 * mac_bytes);
    }
    throw std::runtime_error("no vector " + id);
}

inline std::string hex_without_mac(const bytes& message, std::size_t mac_bytes) {
    return to_hex(byte_view(message).first(message.size() - mac_bytes));
}

} // namespace cipherlane::tests
