#include "pinpad-sim/pad_parameters.hpp"

#include <cipherlane/core/digits.hpp>

#include <algorithm>

namespace cipherlane::sim {
namespace {

std::uint16_t word(std::string_view text) {
    return static_cast<std::uint16_t>(
        (static_cast<unsigned char>(text[0]) << 8) | static_cast<unsigned char>(text[1]));
}

/// The parameters of one block; false where a length is wrong.
bool read_block(std::string_view block, std::vector<pad_parameter>& into) {
    while (!block.empty()) {
        if (block.size() < 4) return false;
        const std::size_t size = word(block.substr(2));
        if (block.size() - 4 < size) return false;
        into.push_back({word(block), block.substr(4, size)});
        block.remove_prefix(4 + size);
    }
    return true;
}

} // namespace

std::optional<std::vector<pad_parameter>> read_parameters(std::string_view rest) {
    std::vector<pad_parameter> all;
    while (!rest.empty()) {
        const auto digits = rest.substr(0, 3);
        if (digits.size() != 3 || !all_digits(digits)) return std::nullopt;
        const auto size =
            static_cast<std::size_t>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0');
        rest.remove_prefix(3);
        if (rest.size() < size || !read_block(rest.substr(0, size), all)) return std::nullopt;
        rest.remove_prefix(size);
    }
    return all;
}

std::optional<std::string_view> find_parameter(const std::vector<pad_parameter>& all, std::uint16_t name) noexcept {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const pad_parameter& one) { return one.name == name; });
    if (found == all.end()) return std::nullopt;
    return found->value;
}

std::string answer_parameter(std::uint16_t name, std::string_view value) {
    std::string out;
    for (const auto number : {std::size_t{name}, value.size()}) {
        out.push_back(static_cast<char>(number >> 8U));
        out.push_back(static_cast<char>(number & 0xFFU));
    }
    return out.append(value);
}

} // namespace cipherlane::sim
