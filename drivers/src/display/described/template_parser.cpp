#include "template_parser.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

using item = command_template::item;

constexpr std::array<std::string_view, command_values> value_words{"code", "payee", "amount", "words", "line1",
    "line2", "pixels", "seconds", "level", "left", "top", "right", "bottom", "width", "height", "ink", "size", "part",
    "parts", "offset", "sequence"};

constexpr std::array<std::pair<std::string_view, number_form>, 8> form_words{{{"none", number_form::none},
    {"u8", number_form::u8}, {"be16", number_form::be16}, {"le16", number_form::le16}, {"be32", number_form::be32},
    {"le32", number_form::le32}, {"digits3", number_form::digits3}, {"decimal", number_form::decimal}}};

std::optional<command_value> parse_value(std::string_view word) {
    const auto found = std::ranges::find(value_words, word);
    if (found == value_words.end()) return std::nullopt;
    return static_cast<command_value>(found - value_words.begin());
}

/// What stands between braces: "code", "part:u8", "code.size:be16".
std::optional<item> parse_item(std::string_view text) {
    constexpr std::string_view size_of_text = ".size";
    item made;
    made.what = item::kind::value;
    const auto colon = text.find(':');
    auto word = text.substr(0, colon);
    if (word.ends_with(size_of_text)) {
        made.what = item::kind::size_of_value;
        word.remove_suffix(size_of_text.size());
    }
    const auto value = parse_value(word);
    if (!value) return std::nullopt;
    made.value = *value;
    const bool number = made.what == item::kind::size_of_value || !is_text(*value);
    if (made.what == item::kind::size_of_value && !is_text(*value)) return std::nullopt;
    if (number != (colon != std::string_view::npos)) return std::nullopt;
    if (number) {
        const auto form = parse_number_form(text.substr(colon + 1));
        if (!form || *form == number_form::none) return std::nullopt;
        made.form = *form;
    }
    return made;
}

/// Takes the next item off the front of `text`, which begins with something else than a space.
std::optional<item> take_item(std::string_view& text) {
    const auto first = text.front();
    if (first == '{' || first == '\'') {
        const auto end = text.find(first == '{' ? '}' : '\'', 1);
        if (end == std::string_view::npos) return std::nullopt;
        const auto inside = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (first == '{') return parse_item(inside);
        return item{item::kind::literal, bytes(inside.begin(), inside.end()), {}, {}};
    }
    const auto end = std::min(text.find_first_of(" {'"), text.size());
    auto data = from_hex(text.substr(0, end));
    if (!data || data->empty()) return std::nullopt;
    text.remove_prefix(end);
    return item{item::kind::literal, *std::move(data), {}, {}};
}

} // namespace

bool is_text(command_value value) noexcept {
    return value <= command_value::pixels;
}

bool command_template::uses(command_value value) const noexcept {
    return std::ranges::any_of(
        items, [value](const item& one) { return one.what == item::kind::value && one.value == value; });
}

std::optional<number_form> parse_number_form(std::string_view word) {
    for (const auto& [name, form] : form_words) {
        if (name == word) return form;
    }
    return std::nullopt;
}

std::optional<command_template> parse_template(std::string_view text) {
    command_template made;
    for (;;) {
        const auto begin = text.find_first_not_of(' ');
        if (begin == std::string_view::npos) return made;
        text.remove_prefix(begin);
        auto next = take_item(text);
        if (!next) return std::nullopt;
        made.items.push_back(*std::move(next));
    }
}

std::optional<bytes> parse_literal(std::string_view text) {
    auto parsed = parse_template(text);
    if (!parsed) return std::nullopt;
    bytes all;
    for (const auto& one : parsed->items) {
        if (one.what != item::kind::literal) return std::nullopt;
        all.insert(all.end(), one.literal.begin(), one.literal.end());
    }
    return all;
}

} // namespace cipherlane::drivers
