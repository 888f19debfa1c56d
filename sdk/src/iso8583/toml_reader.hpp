#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Where a text comes from, and the first thing that was wrong with it.
class toml_source {
  public:
    explicit toml_source(std::string_view name)
        : name_(name) {}

    /// Only the first call counts.
    void fail(iso8583_errc why, std::string_view path, const toml::source_region& where);
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    [[nodiscard]] const error& failure() const { return *failure_; }

  private:
    std::string name_;
    std::optional<error> failure_;
};

/// A word of the file and what it stands for.
template <class Enum>
struct word {
    std::string_view text;
    Enum value;
};

/// Takes the keys of one table one after the other. What is wrong goes to the source, with key and line; a key that
/// nobody has asked for is wrong, too.
class toml_reader {
  public:
    toml_reader(const toml::table& from, std::string path, toml_source& source)
        : from_(from)
        , path_(std::move(path))
        , source_(source) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] bool has(std::string_view key) const { return from_.get(key) != nullptr; }
    /// Text of 1 to `longest` printable characters; nothing where the key is absent.
    [[nodiscard]] std::optional<std::string> text(std::string_view key, std::size_t longest = 64);
    /// A whole number from `least` to `most`, else what `to` has.
    template <class Number>
    void number(std::string_view key, std::int64_t least, std::int64_t most, Number& to) {
        if (const auto value = integer(key, least, most)) to = static_cast<Number>(*value);
    }
    void flag(std::string_view key, bool& to);
    template <class Enum>
    void choice(std::string_view key, std::span<const word<Enum>> words, Enum& to) {
        const auto text = this->text(key);
        if (!text) return;
        for (const auto& each : words) {
            if (each.text == *text) {
                to = each.value;
                return;
            }
        }
        fail(iso8583_errc::dialect_key, key);
    }
    [[nodiscard]] const toml::table* table(std::string_view key);
    [[nodiscard]] const toml::array* array(std::string_view key);
    /// Notes a key that is missing.
    void need(std::string_view key) {
        if (!has(key)) fail(iso8583_errc::dialect_key, key);
    }
    /// A fault of this key, or of the table where the key is absent.
    void fail(iso8583_errc why, std::string_view key);
    /// Looks for keys that nobody has asked for.
    void finish();

  private:
    const toml::node* take(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);

    const toml::table& from_;
    std::string path_;
    toml_source& source_;
    std::set<std::string, std::less<>> known_;
};

} // namespace cipherlane::iso8583
