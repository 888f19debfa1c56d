#include "client/what_came.hpp"

#include <cipherlane/hsm/foreign_protocol.hpp>

namespace cipherlane::hsm {

std::string what_came(const framing& how, byte_view first) {
    if (const auto foreign = foreign_protocol(how, first); !foreign.empty())
        return "what came looks like " + std::string(foreign);
    if (how.length != framing::prefix::be16 || first.size() < 2) return {};
    const std::size_t whole = 2U + load_be16(first.data());
    if (whole <= first.size() || whole > how.largest) return {};
    return std::to_string(first.size()) + " of " + std::to_string(whole) + " bytes of an answer came";
}

} // namespace cipherlane::hsm
