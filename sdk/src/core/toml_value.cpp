#include <cipherlane/core/toml_value.hpp>

#include <algorithm>
#include <array>

namespace cipherlane {
namespace {

bool before(const toml_value& item, std::string_view key) noexcept {
    return item.key() < key;
}

} // namespace

std::optional<std::int64_t> toml_value::whole() const noexcept {
    return is(kind::whole) ? std::optional(whole_) : std::nullopt;
}

std::optional<double> toml_value::real() const noexcept {
    return is(kind::real) ? std::optional(real_) : std::nullopt;
}

std::optional<bool> toml_value::flag() const noexcept {
    return is(kind::flag) ? std::optional(whole_ != 0) : std::nullopt;
}

std::vector<toml_value>::iterator toml_value::place_of(std::string_view key) noexcept {
    return std::lower_bound(items_.begin(), items_.end(), key, before);
}

const toml_value* toml_value::find(std::string_view key) const noexcept {
    if (!is(kind::table)) return nullptr;
    const auto at = std::lower_bound(items_.begin(), items_.end(), key, before);
    return at != items_.end() && at->key() == key ? &*at : nullptr;
}

void toml_value::put(toml_value item) {
    if (!is(kind::table)) return items_.push_back(std::move(item));
    const auto at = place_of(item.key());
    if (at != items_.end() && at->key() == item.key()) {
        *at = std::move(item);
    } else {
        items_.insert(at, std::move(item));
    }
}

void toml_value::erase(std::string_view key) {
    const auto at = place_of(key);
    if (at != items_.end() && at->key() == key) items_.erase(at);
}

void toml_value::lay(toml_value over) {
    for (auto& item : over.items_) {
        const auto below = place_of(item.key());
        const bool known = below != items_.end() && below->key() == item.key();
        const auto* remove = item.find("remove");
        if (remove != nullptr && remove->flag() == true) {
            if (known) items_.erase(below);
        } else if (known && below->is(kind::table) && item.is(kind::table)) {
            below->line_ = item.line_;
            below->lay(std::move(item));
        } else {
            put(std::move(item));
        }
    }
}

void toml_value::forget_lines() noexcept {
    line_ = 0;
    for (auto& item : items_) {
        item.forget_lines();
    }
}

std::string_view to_string(toml_value::kind what) noexcept {
    static constexpr std::array names{
        "text", "a whole number", "a number with a point", "true or false", "a time", "a list", "a table"};
    return names[static_cast<std::size_t>(what)];
}

} // namespace cipherlane
