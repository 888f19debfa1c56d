#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/toml_value.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <filesystem>
#include <memory>
#include <string_view>

namespace cipherlane::iso8583 {

/// A dialect read from a TOML file (`docs/08-iso8583.md` has the keys), with the memory that its table points into.
///
/// The table is the same as a compiled one and has passed the same checks; messages are read and written as fast.
/// A copy shares the table. Immutable: share one between threads. Views and messages of the dialect must not outlive
/// the last copy.
class loaded_dialect {
  public:
    /// Reads a file.
    /// @return errors of `parse`, with the file's name as endpoint;
    /// `iso8583_errc::no_dialect_file` if it cannot be read.
    [[nodiscard]] static result<loaded_dialect> load(const std::filesystem::path& file);
    /// Reads text; `source` is its name in errors.
    /// @return `iso8583_errc::dialect_syntax` for text that is no TOML; `dialect_unknown_key` for a key that does
    /// not exist here; `dialect_no_key` for one that is missing; `dialect_key` for a value that a key cannot have;
    /// `bad_dialect` for values that contradict each other. The
    /// path is the key's ("field.35.max"), the offset its line, and `error::hint` says what would be right.
    [[nodiscard]] static result<loaded_dialect> parse(std::string_view toml, std::string_view source = "dialect");

    [[nodiscard]] const dialect& table() const noexcept { return *table_; }

  private:
    static result<loaded_dialect> read(const toml_value& root, std::string_view name);
    explicit loaded_dialect(std::shared_ptr<const dialect> table) noexcept
        : table_(std::move(table)) {}

    std::shared_ptr<const dialect> table_;
};

} // namespace cipherlane::iso8583
