#pragma once

#include "cipherlane/kat/kat.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/errc.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::cli {

/// What a row's operation gave: text to compare, or why it refused.
using kat_outcome = result<std::string>;

/// What a row asks for that the arithmetic does not have.
[[nodiscard]] inline error crypto_refused(crypto_errc code) {
    return {code, layer::tools};
}

/// A cell with a word that names nothing: what was found, and which words there are.
[[nodiscard]] inline error unknown_word(std::string_view column, std::string_view found, std::string_view expected) {
    return crypto_refused(crypto_errc::unsupported_algorithm)
        .in_field(column)
        .with_hint("found \"" + printable_text(found, 60) + "\", expected " + std::string(expected));
}

/// Holds an outcome against the row: a rejected row must have been refused, any other must give `wanted`.
[[nodiscard]] inline std::optional<std::string> judge(
    const kat_row& row, const kat_outcome& got, std::string_view wanted) {
    if (row.must_be_rejected()) {
        return got ? std::optional<std::string>("accepted, but must be rejected") : std::nullopt;
    }
    if (!got) return got.error().to_string();
    if (*got != wanted) return "gives " + *got + " instead of " + std::string(wanted);
    return std::nullopt;
}

/// The same for a MAC that the row may carry truncated.
[[nodiscard]] inline std::optional<std::string> judge_truncated(
    const kat_row& row, const kat_outcome& got, const std::string& wanted) {
    if (!got || row.must_be_rejected()) return judge(row, got, wanted);
    constexpr std::size_t shortest = 8; // 4 bytes
    if (wanted.size() < shortest) return "the row's MAC is shorter than 4 bytes";
    return judge(row, got->substr(0, wanted.size()), wanted);
}

} // namespace cipherlane::cli
