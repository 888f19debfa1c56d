#include "template_parser.hpp"

#include "../../description/pattern_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

using item = command_template::item;

constexpr std::array<std::string_view, command_values> value_words{"code", "payee", "amount", "words", "line1",
    "line2", "pixels", "seconds", "level", "left", "top", "right", "bottom", "width", "height", "ink", "size", "part",
    "parts", "offset", "sequence"};

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

} // namespace

bool is_text(command_value value) noexcept {
    return value <= command_value::pixels;
}

bool command_template::uses(command_value value) const noexcept {
    return std::ranges::any_of(
        items, [value](const item& one) { return one.what == item::kind::value && one.value == value; });
}

std::optional<command_template> parse_template(std::string_view text) {
    auto pieces = split_pattern(text);
    if (!pieces) return std::nullopt;
    command_template made;
    for (auto& piece : *pieces) {
        auto next = piece.literal.empty() ? parse_item(piece.value)
                                          : item{item::kind::literal, std::move(piece.literal), {}, {}};
        if (!next) return std::nullopt;
        made.items.push_back(*std::move(next));
    }
    return made;
}

void read_pattern(toml_reader& in, std::string_view key, command_template& into) {
    std::string given;
    in.text(key, given);
    if (given.empty()) return;
    auto parsed = parse_template(given);
    if (!parsed) return in.fail(key, "expected bytes in hex, text in single quotes and values in braces");
    into = *std::move(parsed);
}

} // namespace cipherlane::drivers
