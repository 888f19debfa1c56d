#include "json_reader.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::hostlink {

namespace {

/// Members of all objects of a value.
std::size_t members_in(const boost::json::value& of) {
    std::size_t count = 0;
    if (const auto* const list = of.if_array())
        for (const auto& one : *list)
            count += members_in(one);
    if (const auto* const object = of.if_object())
        for (const auto& one : *object)
            count += 1 + members_in(one.value());
    return count;
}

/// Outside texts, of which each is a member's.
std::size_t colons_in(std::string_view json) {
    std::size_t count = 0;
    bool inside = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (inside && json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            inside = !inside;
        } else if (!inside && json[i] == ':') {
            ++count;
        }
    }
    return count;
}

} // namespace

error unreadable_member(std::string_view member) {
    return error(hostlink_errc::unreadable_answer, layer::hostlink).during("gateway").in_field(member);
}

result<boost::json::object> parse_json_object(std::string_view text) {
    boost::system::error_code code;
    auto value = boost::json::parse({text.data(), text.size()}, code);
    if (code || !value.is_object()) return unreadable_member("body");
    // Of two members of one name nobody can say which one counts.
    if (members_in(value) != colons_in(text)) return unreadable_member("body").with_hint("a member is there twice");
    return std::move(value.get_object());
}

result<std::string> as_name(std::string text, std::string_view member) {
    constexpr std::size_t longest = 64;
    const bool seen = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (text.empty() || text.size() > longest || !seen) return unreadable_member(member);
    return text;
}

result<std::string> as_code(std::string text, std::string_view member) {
    constexpr std::size_t longest = 1024;
    const bool steers = std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
    if (text.empty() || text.size() > longest || steers) return unreadable_member(member);
    return text;
}

result<std::string> json_reader::text(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return unreadable_member(name);
    return std::string(value->get_string());
}

result<std::int64_t> json_reader::number(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr) return unreadable_member(name);
    if (value->is_int64() && value->get_int64() >= 0) return value->get_int64();
    if (value->is_uint64() && value->get_uint64() <= INT64_MAX) return static_cast<std::int64_t>(value->get_uint64());
    return unreadable_member(name);
}

result<json_reader> json_reader::object(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_object()) return unreadable_member(name);
    return json_reader(value->get_object());
}

result<std::string> json_reader::optional_text(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr || value->is_null()) return std::string();
    return text(name);
}

result<std::string> json_reader::name(std::string_view member) const {
    CIPHERLANE_TRY(auto value, text(member));
    return as_name(std::move(value), member);
}

result<std::string> json_reader::code(std::string_view member) const {
    CIPHERLANE_TRY(auto value, text(member));
    return as_code(std::move(value), member);
}

std::string json_reader::text_or_none(std::string_view name) const {
    auto value = text(name);
    return value ? *std::move(value) : std::string();
}

} // namespace cipherlane::hostlink
