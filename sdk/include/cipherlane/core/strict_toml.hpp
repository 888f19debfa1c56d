#pragma once

#include <cipherlane/core/toml_report.hpp>
#include <cipherlane/core/toml_value.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace cipherlane {

/// A word of a file and what it stands for.
template <class Value>
using toml_word = std::pair<std::string_view, Value>;

/// Takes the keys of one table of a file one after the other; absent keys leave what is there. What does not fit goes
/// to the report, with the path, the line, what was found and what is allowed; `finish` adds each key that nobody has
/// asked for and what was probably meant. The table and the report must outlive the reader.
///
///     toml_report report(faults, "till.toml");
///     toml_reader top(root, "", report);
///     auto host = top.section("host");
///     host.text("address", settings.address);
///     host.number("sends", settings.sends, 1, 9);
///     host.finish();
///     top.finish();
///     CIPHERLANE_CHECK(report.outcome());
class toml_reader {
  public:
    /// `path` is that of the table, empty for the whole file. A value that is no table reads as an empty one.
    toml_reader(const toml_value& table, std::string path, toml_report& report)
        : table_(&table)
        , path_(std::move(path))
        , report_(&report) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::size_t line() const noexcept { return table_->line(); }
    [[nodiscard]] bool has(std::string_view key) const { return table_->find(key) != nullptr; }
    /// The value as it stands; the caller judges it. Null where the key is absent.
    const toml_value* take(std::string_view key);
    /// Notes a key that is missing.
    void need(std::string_view key);

    void text(std::string_view key, std::string& to);
    /// Text of 1 to `longest` bytes without control characters; nothing where the key is absent.
    [[nodiscard]] std::optional<std::string> text(std::string_view key, std::size_t longest);
    void texts(std::string_view key, std::vector<std::string>& to); ///< a list of texts
    void character(std::string_view key, char& to);                 ///< text of one character
    void flag(std::string_view key, bool& to);
    /// A whole number from `least` to `most`; `Number` may be an optional.
    template <class Number>
    void number(std::string_view key, Number& to, std::int64_t least, std::int64_t most) {
        if (const auto found = whole(key, least, most)) to = static_cast<Number>(*found);
    }
    /// A whole number from 0 to the largest that `Number` holds.
    template <class Number>
    void number(std::string_view key, Number& to) {
        using limits = std::numeric_limits<Number>;
        constexpr bool wide = sizeof(Number) >= sizeof(std::int64_t);
        number(key, to, 0, wide ? limits_of_whole::max() : static_cast<std::int64_t>(limits::max()));
    }
    /// A whole number of the unit that `to` counts in.
    template <class Rep, class Period>
    void span(std::string_view key, std::chrono::duration<Rep, Period>& to, std::int64_t least = 0,
        std::int64_t most = 0x7FFF'FFFF) {
        if (const auto found = whole(key, least, most)) {
            to = std::chrono::duration<Rep, Period>(static_cast<Rep>(*found));
        }
    }
    /// One of a few words.
    template <class Value>
    void choice(std::string_view key, Value& to, std::type_identity_t<std::span<const toml_word<Value>>> words) {
        std::vector<std::string_view> allowed;
        for (const auto& each : words)
            allowed.push_back(each.first);
        if (const auto found = one_of(key, allowed)) to = words[*found].second;
    }
    template <class Value>
    void choice(
        std::string_view key, Value& to, std::type_identity_t<std::initializer_list<toml_word<Value>>> words) {
        choice(key, to, std::span<const toml_word<Value>>(words.begin(), words.size()));
    }

    [[nodiscard]] const toml_value* table(std::string_view key);
    [[nodiscard]] const toml_value* list(std::string_view key);
    /// A reader of the table under this key: one of an empty table where there is none.
    [[nodiscard]] toml_reader section(std::string_view key);
    /// A reader for each table of a list, `[[key]]` in the file.
    [[nodiscard]] std::vector<toml_reader> sections(std::string_view key);

    /// What this key has cannot be: `toml_faults::value`, or another code of the caller's.
    void fail(std::string_view key, std::string_view hint = {});
    void fail(const boost::system::error_code& why, std::string_view key, std::string_view hint = {});
    /// Looks for keys that nobody has asked for.
    void finish();

  private:
    using limits_of_whole = std::numeric_limits<std::int64_t>;

    [[nodiscard]] std::string path_of(std::string_view key) const;
    std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<std::size_t> one_of(std::string_view key, std::span<const std::string_view> allowed);
    void unlike(const toml_value& found, std::string_view key, std::string_view expected);

    const toml_value* table_;
    std::string path_;
    toml_report* report_;
    std::vector<std::string> known_;
};

} // namespace cipherlane
