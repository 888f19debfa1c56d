#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// A peer's answer has no such member, or one of another kind.
[[nodiscard]] error unreadable_member(std::string_view member);

/// A peer's text: limits on size and depth are the parser's own, and nothing throws.
[[nodiscard]] result<boost::json::object> parse_json_object(std::string_view text);

/// A number by which a peer knows something, as it goes into books and onto paper: 1 to 64 characters, each to be
/// seen, of ASCII. @return `hostlink_errc::unreadable_answer` with the member's name.
[[nodiscard]] result<std::string> as_name(std::string text, std::string_view member);

/// What a code is to show: 1 to 1024 bytes without control characters. Errors as above.
[[nodiscard]] result<std::string> as_code(std::string text, std::string_view member);

/// The members of an object, each checked for its type. The object lives as long as this.
class json_reader {
  public:
    explicit json_reader(const boost::json::object& from) noexcept
        : from_(&from) {}

    /// @return `hostlink_errc::unreadable_answer` with the member's name.
    [[nodiscard]] result<std::string> text(std::string_view name) const;
    /// Not negative. Errors as above.
    [[nodiscard]] result<std::int64_t> number(std::string_view name) const;
    /// Errors as above.
    [[nodiscard]] result<json_reader> object(std::string_view name) const;
    /// A text; nothing where it is missing or null. Errors as above, for one of another kind.
    [[nodiscard]] result<std::string> optional_text(std::string_view name) const;
    /// A text of the form that `as_name` and `as_code` take. Errors as above.
    [[nodiscard]] result<std::string> name(std::string_view member) const;
    [[nodiscard]] result<std::string> code(std::string_view member) const;
    /// A text, or nothing where it is missing or of another kind.
    [[nodiscard]] std::string text_or_none(std::string_view name) const;

  private:
    const boost::json::object* from_;
};

} // namespace cipherlane::hostlink
