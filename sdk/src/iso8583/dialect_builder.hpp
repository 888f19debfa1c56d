#pragma once

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/dialect.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::iso8583 {

/// What a key that cannot be read, and values that contradict each other, are reported as.
inline constexpr auto wrong_key = iso8583_errc::dialect_key;
inline constexpr auto contradicts = iso8583_errc::bad_dialect;

/// A table and all that it points into. Never moved once it is built.
struct dialect_store {
    dialect table;
    std::deque<std::string> texts;
    std::deque<std::vector<subfield_spec>> rows;
    std::vector<header_piece> pieces;
    std::deque<std::vector<header_part>> piece_parts;
    std::map<std::string, composite_spec, std::less<>> composites;

    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

/// Builds and checks; what is wrong goes to `report`, and the result is then of no use.
[[nodiscard]] std::shared_ptr<const dialect_store> build_dialect(const toml_value& root, toml_report& report);

} // namespace cipherlane::iso8583
