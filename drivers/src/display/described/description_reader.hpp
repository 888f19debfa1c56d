#pragma once

#include "template_parser.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::drivers {

/// `bad_setting` at "source:line" for the key.
[[nodiscard]] error bad_description(std::string_view source, const toml::node* node, std::string_view key);

/// Takes values out of one table of a description; remembers the first that does not fit. What nobody asked for is
/// found by `done`.
class section_reader {
  public:
    /// `path` stands before each key in errors: "packet.".
    section_reader(const toml::table& from, std::string path, std::string_view source)
        : from_(&from)
        , path_(std::move(path))
        , source_(source) {}

    [[nodiscard]] const toml::node* find(std::string_view key);
    void text(std::string_view key, std::string& into);
    void flag(std::string_view key, bool& into);
    void literal(std::string_view key, bytes& into);
    void pattern(std::string_view key, command_template& into);
    void span(std::string_view key, std::chrono::milliseconds& into, std::int64_t least, std::int64_t most);

    template <class Number>
    void number(std::string_view key, Number& into, std::int64_t least, std::int64_t most) {
        if (const auto found = whole(key, least, most)) into = static_cast<Number>(*found);
    }
    template <class Number>
    void number(std::string_view key, std::optional<Number>& into, std::int64_t least, std::int64_t most) {
        if (const auto found = whole(key, least, most)) into = static_cast<Number>(*found);
    }
    template <class Enum>
    void word(std::string_view key, Enum& into, std::initializer_list<std::pair<std::string_view, Enum>> words) {
        std::string given;
        text(key, given);
        if (given.empty()) return;
        for (const auto& [name, value] : words) {
            if (name == given) {
                into = value;
                return;
            }
        }
        wrong(key);
    }

    /// Something about this key cannot be right.
    void wrong(std::string_view key);
    /// @return the first thing that does not fit; a key that nobody asked for.
    [[nodiscard]] result<void> done();

  private:
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);

    const toml::table* from_;
    std::string path_;
    std::string_view source_;
    std::set<std::string, std::less<>> known_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
