#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// A value of a TOML 1.0 file and the line where it stands. Plain data: the parser behind it stays out of sight.
class toml_value {
  public:
    enum class kind : std::uint8_t { text, whole, real, flag, time, list, table };

    toml_value(kind what, std::string key, std::size_t line)
        : kind_(what)
        , line_(line)
        , key_(std::move(key)) {}

    [[nodiscard]] kind what() const noexcept { return kind_; }
    /// The name under which it stands in its table; empty in a list and for a whole file.
    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    /// Counted from 1; 0 where the value stands in no text of the caller.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

    /// Each gives nothing where the value is of another kind: nothing is converted.
    [[nodiscard]] const std::string* text() const noexcept { return is(kind::text) ? &text_ : nullptr; }
    [[nodiscard]] std::optional<std::int64_t> whole() const noexcept;
    [[nodiscard]] std::optional<double> real() const noexcept;
    [[nodiscard]] std::optional<bool> flag() const noexcept;
    [[nodiscard]] const toml_value* list() const noexcept { return is(kind::list) ? this : nullptr; }
    [[nodiscard]] const toml_value* table() const noexcept { return is(kind::table) ? this : nullptr; }

    /// What a list holds, in its order, or a table, by key.
    [[nodiscard]] std::span<const toml_value> items() const noexcept { return items_; }
    /// The entry of a table; null where there is none.
    [[nodiscard]] const toml_value* find(std::string_view key) const noexcept;

    void set(std::string text) { text_ = std::move(text); }
    void set(std::int64_t whole) noexcept { whole_ = whole; }
    void set(double real) noexcept { real_ = real; }
    void set(bool flag) noexcept { whole_ = flag ? 1 : 0; }
    /// At the end of a list, or into a table, where it replaces what stands under its key.
    void put(toml_value item);
    void erase(std::string_view key);
    /// Lays a table over this one: tables merge, all else is replaced, and what says `remove = true` goes away.
    void lay(toml_value over);
    /// Sets all lines to 0: what stands here is no text of the caller.
    void forget_lines() noexcept;

  private:
    [[nodiscard]] bool is(kind what) const noexcept { return kind_ == what; }
    [[nodiscard]] std::vector<toml_value>::iterator place_of(std::string_view key) noexcept;

    kind kind_;
    std::size_t line_;
    std::string key_;
    std::string text_;
    std::int64_t whole_ = 0;
    double real_ = 0;
    std::vector<toml_value> items_; ///< of a table: sorted by key
};

/// In words, for messages: "text", "a whole number", "a table", …
[[nodiscard]] std::string_view to_string(toml_value::kind what) noexcept;

} // namespace cipherlane
