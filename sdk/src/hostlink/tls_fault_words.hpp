#pragma once

#include <cipherlane/core/error.hpp>

#include <string>

namespace cipherlane::hostlink {

/// Why there is no TLS with a peer: the fault, and what the layer below found where it says so.
[[nodiscard]] inline std::string tls_fault_words(const error& why) {
    auto words = why.code().message();
    if (!why.hint().empty()) words.append(": ").append(why.hint());
    return words;
}

} // namespace cipherlane::hostlink
