#include "dialect/layout_parser.hpp"

#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cipherlane::hsm {
namespace {

constexpr std::uint16_t no_limit = 0xFFFF;

error bad(std::string_view word, std::size_t at, std::string_view right) {
    return fail(hsm_errc::profile_value).during("parse layout").in_field(word).at_offset(at).with_hint(right);
}

constexpr std::string_view types_allowed =
    "allowed: N, A, H, B with a size (N4, A1..40), *, # or <N2; K; len.N2; behind it @TABLE, =DEFAULT";
constexpr std::string_view conditions_allowed = "allowed: [NAME=VALUE: ...], [NAME!=VALUE: ...], [NAME>=VALUE: ...]";

/// Takes a decimal number off the front.
std::optional<std::uint16_t> take_number(std::string_view& text) {
    std::uint16_t value = 0;
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool take(std::string_view& text, std::string_view start) {
    if (text.substr(0, start.size()) != start) return false;
    text.remove_prefix(start.size());
    return true;
}

/// "(name)" off the front; empty if there is none.
std::string_view take_name(std::string_view& text) {
    if (text.empty() || text.front() != '(') return {};
    const auto end = text.find(')');
    if (end == std::string_view::npos) return {};
    auto name = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return name;
}

/// How a length is written: b, w, N3, H4, ksn; then perhaps /UNIT.
bool take_number_form(std::string_view& text, field_spec& into) {
    if (take(text, "ksn")) {
        into.prefix = number_form::ksn;
    } else if (take(text, "b")) {
        into.prefix = number_form::byte;
    } else if (take(text, "w")) {
        into.prefix = number_form::word;
    } else if (!text.empty() && (text.front() == 'N' || text.front() == 'H')) {
        into.prefix = text.front() == 'N' ? number_form::decimal : number_form::hexadecimal;
        text.remove_prefix(1);
        auto width = take_number(text);
        if (!width || *width == 0 || *width > 8) return false;
        into.prefix_width = static_cast<std::uint8_t>(*width);
    } else {
        return false;
    }
    if (take(text, "/")) {
        auto unit = take_number(text);
        if (!unit || *unit == 0 || *unit > 255) return false;
        into.unit = static_cast<std::uint8_t>(*unit);
    }
    return true;
}

/// "8", "8..24" or nothing.
bool take_range(std::string_view& text, field_spec& into) {
    into.least = 0;
    into.most = no_limit;
    auto least = take_number(text);
    if (!least) return true;
    into.least = into.most = *least;
    if (!take(text, "..")) return true;
    auto most = take_number(text);
    if (!most || *most < *least) return false;
    into.most = *most;
    return true;
}

/// "|32(key,format)": another size, and what asks for it.
bool take_other_size(std::string_view& text, field_spec& into) {
    if (!take(text, "|")) return true;
    const auto wide = take_number(text);
    auto names = take_name(text);
    if (!wide || *wide < into.least || names.empty()) return false;
    if (into.kind != field_kind::hex && into.kind != field_kind::digits) return false;
    into.wide = *wide;
    while (!names.empty()) {
        const auto name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        into.sized_by.emplace_back(name);
    }
    return true;
}

/// Two hex digits: the byte that ends the field.
bool take_stop(std::string_view& text, field_spec& into) {
    const auto byte = from_hex(text.substr(0, 2));
    if (!byte || byte->size() != 1) return false;
    text.remove_prefix(2);
    into.rule = length_rule::ended;
    into.most = no_limit;
    into.stop = byte->front();
    return true;
}

bool take_extent(std::string_view& text, field_spec& into) {
    if (take(text, "*")) {
        into.rule = length_rule::rest;
        into.most = no_limit;
        return true;
    }
    if (take(text, "#")) {
        into.rule = length_rule::counted;
        auto other = take_name(text);
        into.counts = other.empty() ? into.name : field_name(other);
        return take_range(text, into);
    }
    if (take(text, "<")) {
        into.rule = length_rule::prefixed;
        if (!take_number_form(text, into)) return false;
        take(text, ",");
        return take_range(text, into);
    }
    if (into.kind == field_kind::binary && take(text, ".der")) {
        into.rule = length_rule::self;
        into.least = 2;
        into.most = no_limit;
        return true;
    }
    if (into.kind == field_kind::text && take(text, "^")) return take_stop(text, into);
    if (into.kind == field_kind::key) {
        into.rule = length_rule::self;
        auto untagged = take_number(text);
        into.least = untagged.value_or(16);
        into.most = no_limit;
        into.takes_serial = take(text, "~");
        return into.least == 16 || into.least == 32;
    }
    if (text.empty() || text.front() < '0' || text.front() > '9' || !take_range(text, into)) return false;
    into.rule = into.least == into.most ? length_rule::fixed : length_rule::range;
    if (into.rule == length_rule::fixed && !take_other_size(text, into)) return false;
    const bool whole =
        into.kind != field_kind::hex || (into.least % 2 == 0 && into.most % 2 == 0 && into.wide % 2 == 0);
    return whole && into.most != 0;
}

std::optional<field_kind> kind_of(char letter) {
    switch (letter) {
    case 'N': return field_kind::digits;
    case 'A': return field_kind::text;
    case 'H': return field_kind::hex;
    case 'B': return field_kind::binary;
    case 'K': return field_kind::key;
    default: return std::nullopt;
    }
}

/// Cuts a layout's text into words, groups and literals, and builds the items.
class layout_text_reader {
  public:
    layout_text_reader(std::string_view text, const layout& known)
        : text_(text)
        , known_(&known) {}

    result<layout> read() {
        CIPHERLANE_CHECK(read_items(false));
        if (items_.size() > most_items) return bad(items_.back().label, at_, "more fields than a layout may have");
        CIPHERLANE_CHECK(check_counts());
        CIPHERLANE_CHECK(check_sizes());
        CIPHERLANE_CHECK(check_names());
        return std::move(items_);
    }

  private:
    result<void> read_items(const bool inside) {
        for (;;) {
            skip_blanks();
            if (at_ == text_.size())
                return inside ? result<void>(bad("]", at_, "a [ is not closed")) : result<void>();
            const char next = text_[at_];
            if (next == ']') {
                if (!inside) return bad("]", at_, "no [ stands in front of it");
                ++at_;
                return {};
            }
            if (next == '[') {
                CIPHERLANE_CHECK(read_group());
            } else if (next == '\'') {
                CIPHERLANE_CHECK(read_literal());
            } else {
                CIPHERLANE_CHECK(read_field());
            }
        }
    }

    result<void> read_group() {
        if (++depth_ > 8) return bad("[", at_, "allowed: 8 brackets inside each other");
        ++at_;
        const auto index = items_.size();
        field_spec group;
        group.kind = field_kind::group;
        CIPHERLANE_CHECK(read_condition(group));
        items_.push_back(std::move(group));
        CIPHERLANE_CHECK(read_items(true));
        items_[index].children = static_cast<std::uint16_t>(items_.size() - index - 1);
        --depth_;
        return {};
    }

    /// "mode=2|3:" after the bracket, if it is there.
    result<void> read_condition(field_spec& group) {
        const auto end = text_.find_first_of(" ]", at_);
        auto word = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
        if (word.empty() || word.back() != ':') return {};
        const auto start = at_;
        at_ += word.size();
        word.remove_suffix(1);
        const auto sign = word.find_first_of("=!>");
        if (sign == std::string_view::npos) return bad(word, start, conditions_allowed);
        const auto subject = field_name(word.substr(0, sign));
        auto rest = word.substr(sign);
        group.when = take(rest, ">=") ? presence::at_least : take(rest, "!=") ? presence::unequal : presence::equal;
        if (group.when == presence::equal && !take(rest, "=")) return bad(word, start, conditions_allowed);
        group.subject = subject;
        const auto* field = find_field(items_, subject);
        if (field == nullptr) field = find_field(*known_, subject);
        if (field == nullptr) return bad(word, start, "no field of this name stands in front, or in the request");
        while (!rest.empty()) {
            auto value = rest.substr(0, rest.find('|'));
            rest.remove_prefix(std::min(rest.size(), value.size() + 1));
            auto parsed = parse_field_value(*field, value);
            if (!parsed) return bad(word, start, "its field is bytes: expected hex digits, two a byte");
            group.values.push_back(*std::move(parsed));
        }
        return group.values.empty() ? result<void>(bad(word, start, conditions_allowed)) : result<void>();
    }

    result<void> read_literal() {
        const auto end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos || end == at_ + 1)
            return bad("'", at_, "expected a text, and ' at its end");
        field_spec item;
        item.kind = field_kind::literal;
        item.label = std::string(text_.substr(at_ + 1, end - at_ - 1));
        item.least = item.most = static_cast<std::uint16_t>(item.label.size());
        items_.push_back(std::move(item));
        at_ = end + 1;
        return {};
    }

    result<void> read_field() {
        const auto start = at_;
        const auto end = std::min(text_.find_first_of(" ]", at_), text_.size());
        const auto whole = text_.substr(at_, end - at_);
        at_ = end;
        const auto colon = whole.find(':');
        if (colon == 0 || colon == std::string_view::npos)
            return bad(whole, start, "expected NAME:TYPE, as in account:N12");
        field_spec item;
        item.label = std::string(whole.substr(0, colon));
        item.name = field_name(item.label);
        auto rest = whole.substr(colon + 1);
        if (!read_type(rest, item)) return bad(whole, start, types_allowed);
        if (take(rest, "@")) {
            const auto stop = std::min(rest.find('='), rest.size());
            item.domain = std::string(rest.substr(0, stop));
            rest.remove_prefix(stop);
        }
        if (take(rest, "=")) {
            // Always the code as sent, not a name of the code table.
            auto value = parse_field_value(item, rest);
            if (!value) return bad(whole, start, "its default: expected hex digits, two a byte");
            item.preset = *std::move(value);
            item.has_preset = true;
            rest = {};
        }
        if (!rest.empty()) return bad(whole, start, types_allowed);
        if (collides(item))
            return bad(whole, start, "another field's name has the same number inside: choose another");
        items_.push_back(std::move(item));
        return {};
    }

    static bool read_type(std::string_view& rest, field_spec& item) {
        if (take(rest, "len.")) {
            item.kind = field_kind::length;
            if (!take_number_form(rest, item)) return false;
            if (const auto name = take_name(rest); !name.empty()) item.counts = field_name(name);
            return true;
        }
        if (rest.empty()) return false;
        auto kind = kind_of(rest.front());
        if (!kind) return false;
        item.kind = *kind;
        rest.remove_prefix(1);
        return take_extent(rest, item);
    }

    /// Two names with one number.
    [[nodiscard]] bool collides(const field_spec& item) const {
        const auto* other = find_field(items_, item.name);
        if (other == nullptr) other = find_field(*known_, item.name);
        return other != nullptr && other->label != item.label;
    }

    /// The groups around an item, outermost first.
    [[nodiscard]] std::vector<const field_spec*> groups_around(std::size_t place) const {
        std::vector<const field_spec*> all;
        for (std::size_t i = 0; i < place; ++i) {
            if (items_[i].kind == field_kind::group && i + items_[i].children >= place) all.push_back(&items_[i]);
        }
        return all;
    }

    /// Whether two groups are never there together: other values of one subject.
    static bool exclude(const field_spec& one, const field_spec& other) {
        const auto has = [](const field_spec& group, const bytes& value) {
            return std::find(group.values.begin(), group.values.end(), value) != group.values.end();
        };
        if (one.subject != other.subject || one.subject == field_name()) return false;
        if (one.when == presence::equal && other.when == presence::equal) {
            return std::none_of(one.values.begin(), one.values.end(), [&](const auto& v) { return has(other, v); });
        }
        const auto& wants = one.when == presence::equal ? one : other;
        const auto& refuses = one.when == presence::equal ? other : one;
        return wants.when == presence::equal && refuses.when == presence::unequal &&
               std::all_of(wants.values.begin(), wants.values.end(), [&](const auto& v) { return has(refuses, v); });
    }

    /// A name may stand twice only where the two are never there together.
    result<void> check_names() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (items_[i].kind == field_kind::group || items_[i].kind == field_kind::literal) continue;
            for (std::size_t k = i + 1; k < items_.size(); ++k) {
                const bool same = items_[k].kind != field_kind::group && items_[k].kind != field_kind::literal &&
                                  items_[k].name == items_[i].name;
                if (!same) continue;
                const auto first = groups_around(i);
                const auto second = groups_around(k);
                const bool apart = std::any_of(first.begin(), first.end(), [&](const auto* a) {
                    return std::any_of(second.begin(), second.end(), [&](const auto* b) { return exclude(*a, *b); });
                });
                if (!apart)
                    return bad(items_[k].label, 0, "the name stands twice, and no condition keeps the two apart");
            }
        }
        return {};
    }

    /// What a field is sized by must be a key or have a code table, here or in the request.
    result<void> check_sizes() {
        for (const auto& item : items_) {
            const bool good = std::all_of(item.sized_by.begin(), item.sized_by.end(), [&](field_name name) {
                const auto* by = find_field(items_, name);
                if (by == nullptr) by = find_field(*known_, name);
                return by != nullptr && (by->kind == field_kind::key || !by->domain.empty());
            });
            if (!good) return bad(item.label, 0, "what sizes it must be a key, or a field with a table of codes");
        }
        return {};
    }

    /// Each counted field needs its count in front of it.
    result<void> check_counts() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            const auto& item = items_[i];
            if (item.kind == field_kind::length || item.rule != length_rule::counted) continue;
            const bool found = std::any_of(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(i),
                [&](const field_spec& f) { return f.kind == field_kind::length && f.counts == item.counts; });
            if (!found) return bad(item.label, 0, "its count must stand in front of it: NAME:len.N2");
        }
        return {};
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) {
            ++at_;
        }
    }

    std::string_view text_;
    const layout* known_;
    std::size_t at_ = 0;
    int depth_ = 0;
    layout items_;
};

} // namespace

const field_spec* find_field(const layout& in, field_name name) noexcept {
    for (const auto& item : in) {
        if (item.kind != field_kind::group && item.kind != field_kind::literal && item.name == name) return &item;
    }
    return nullptr;
}

result<bytes> parse_field_value(const field_spec& field, std::string_view text) {
    if (field.kind == field_kind::hex || field.kind == field_kind::binary) return from_hex(text);
    return bytes(text.begin(), text.end());
}

result<layout> parse_layout(std::string_view text, const layout& known) {
    return layout_text_reader(text, known).read();
}

} // namespace cipherlane::hsm
