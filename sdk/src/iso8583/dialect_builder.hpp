#pragma once

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::iso8583 {

/// A table and all that it points into. Never moved once it is built.
struct dialect_store {
    dialect table;
    std::deque<std::string> texts;
    std::deque<std::vector<subfield_spec>> rows;
    std::map<std::string, composite_spec, std::less<>> composites;

    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

/// Builds and checks; what is wrong goes to `report`, and the result is then of no use.
[[nodiscard]] std::shared_ptr<const dialect_store> build_dialect(const toml_value& root, toml_report& report);

} // namespace cipherlane::iso8583
