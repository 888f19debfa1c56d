#pragma once

#include <cipherlane/hsm/field_name.hpp>
#include <cipherlane/hsm/operation.hpp>

#include <string_view>
#include <vector>

namespace cipherlane::hsm {

/// What the typed calls of an operation carry and expect, by the names that profiles use too; lists of words with
/// blanks between them.
struct operation_values {
    operation what;
    std::string_view holds; ///< what a request may hold
    std::string_view needs; ///< what a command must have a field for: without it the call would mean something else
    std::string_view gives; ///< what its answer must have
};

[[nodiscard]] const operation_values& values_of(operation what) noexcept;

/// Whether a list has the word.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word) noexcept;
/// The words of a list, in its order.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view list);

/// Whether any typed request may hold a value of that name.
[[nodiscard]] bool is_request_value(std::string_view name) noexcept;

/// The words that typed calls use for a code table, or for a value that chooses a binding ("source_type"); with what
/// units have besides them. Empty: any.
[[nodiscard]] std::string_view known_words(std::string_view table) noexcept;

} // namespace cipherlane::hsm
