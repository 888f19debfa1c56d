#pragma once

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hsm {

using text_map = std::map<std::string, std::string, std::less<>>;

/// How faults of profiles are reported.
[[nodiscard]] const toml_faults& profile_faults() noexcept;

/// `hsm_errc::profile_value` at an entry: its line where it stands in the caller's own text, and what was found or
/// would be right.
[[nodiscard]] error profile_fault(std::string_view path, const toml_value* at, std::string_view hint);

/// Reads a table of texts, laid over what is there.
void read_words(toml_reader& in, std::string_view key, text_map& into);

/// `what` is wrong with a word, and what was probably meant or would be right.
[[nodiscard]] std::string unknown_word(
    std::string_view word, std::span<const std::string_view> known, std::string_view what = "unknown");

/// The keys of a map.
template <class Map>
[[nodiscard]] std::vector<std::string_view> names_of(const Map& map) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : map) {
        names.emplace_back(name);
    }
    return names;
}

} // namespace cipherlane::hsm
