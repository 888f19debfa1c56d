#include "pattern_text.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

/// Takes the next piece off the front of `text`, which begins with something else than a blank.
std::optional<pattern_piece> take_piece(std::string_view& text) {
    const auto first = text.front();
    if (first == '{' || first == '\'') {
        const auto end = text.find(first == '{' ? '}' : '\'', 1);
        if (end == std::string_view::npos || end == 1) return std::nullopt;
        const auto inside = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (first == '{') return pattern_piece{{}, inside};
        return pattern_piece{bytes(inside.begin(), inside.end()), {}};
    }
    const auto end = std::min(text.find_first_of(" {'"), text.size());
    auto data = from_hex(text.substr(0, end));
    if (!data || data->empty()) return std::nullopt;
    text.remove_prefix(end);
    return pattern_piece{*std::move(data), {}};
}

} // namespace

std::optional<std::vector<pattern_piece>> split_pattern(std::string_view text) {
    std::vector<pattern_piece> pieces;
    for (;;) {
        const auto begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos) return pieces;
        text.remove_prefix(begin);
        auto next = take_piece(text);
        if (!next) return std::nullopt;
        pieces.push_back(*std::move(next));
    }
}

std::optional<bytes> parse_literal(std::string_view text) {
    const auto pieces = split_pattern(text);
    if (!pieces) return std::nullopt;
    bytes all;
    for (const auto& one : *pieces) {
        if (one.literal.empty()) return std::nullopt;
        all.insert(all.end(), one.literal.begin(), one.literal.end());
    }
    return all;
}

} // namespace cipherlane::drivers
