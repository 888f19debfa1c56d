#pragma once

#include <cipherlane/iso8583/describe.hpp>

#include <string>
#include <vector>

namespace cipherlane::cli {

/// A place where two messages differ.
struct message_difference {
    std::string path; ///< "55/9F26", "header", "mti"
    std::string name;
    std::string left; ///< as `how` shows it; empty: not there
    std::string right;
    bool hidden = false; ///< what is shown is alike, what stands behind it is not
};

/// Differences by path, in the order of the messages.
[[nodiscard]] std::vector<message_difference> differences(
    const iso8583::partial_message& left, const iso8583::partial_message& right, iso8583::reveal how);

} // namespace cipherlane::cli
