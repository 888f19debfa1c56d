#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/toml_value.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane {

/// How a layer reports what is wrong with a file of its own.
struct toml_faults {
    layer where;
    std::string_view operation;           ///< "load dialect"
    boost::system::error_code unreadable; ///< no such file, or not one that can be read
    boost::system::error_code syntax;     ///< no TOML, too large or too deep
    boost::system::error_code value;      ///< a key that is unknown or missing, or a value that it cannot have
    /// Codes of their own for a key that nothing reads, and for one that is missing; none: `value` says it.
    boost::system::error_code unknown_key{};
    boost::system::error_code missing_key{};
};

/// The first thing that is wrong with a file. Errors name the file (its last 48 characters), the key's path and the
/// line, and say what was found and what would be right (`error::hint`).
class toml_report {
  public:
    /// `file` may be empty: a text without a name. What `as` views must live on.
    explicit toml_report(const toml_faults& as, std::string_view file = {})
        : as_(as)
        , file_(file) {}

    /// Only the first call counts.
    void fail(const boost::system::error_code& why, std::string_view path, std::size_t line, std::string_view hint);
    void missing(std::string_view path, std::size_t line);
    /// A key that nothing reads; it counts before one that is missing and was probably misspelt.
    void unknown(std::string_view path, std::size_t line, std::string_view hint);

    [[nodiscard]] bool failed() const noexcept { return wrong_ || missing_; }
    /// The first fault, if there is one.
    [[nodiscard]] result<void> outcome() const;
    [[nodiscard]] const toml_faults& faults() const noexcept { return as_; }

  private:
    [[nodiscard]] error make(
        const boost::system::error_code& why, std::string_view path, std::size_t line, std::string_view hint) const;

    toml_faults as_;
    std::string file_;
    std::optional<error> wrong_;
    std::optional<error> missing_;
};

/// A TOML text as plain values. At most 1 MiB and 32 levels of brackets or of a dotted key: both are looked at
/// before the parser sees the text, since a parser's depth is that of its stack.
/// @return a table; `faults.syntax` with the line
[[nodiscard]] result<toml_value> parse_toml(
    std::string_view text, const toml_faults& faults, std::string_view file = {});

/// The same of a file; errors name it as the caller does.
/// @return `faults.unreadable` also for what is no regular file: a folder, a pipe that would never end
[[nodiscard]] result<toml_value> load_toml(const std::filesystem::path& file, const toml_faults& faults);

} // namespace cipherlane
