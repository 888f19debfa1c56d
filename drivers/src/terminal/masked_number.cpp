#include "masked_number.hpp"

#include <cipherlane/core/pan.hpp>

namespace cipherlane::drivers {

std::string masked_number(std::string_view told) {
    constexpr std::size_t longest_part = 10; // too short to be a number: what the terminal itself shows of one
    return told.size() > longest_part ? mask_pan(told) : std::string(told);
}

} // namespace cipherlane::drivers
