#include <cipherlane/hostlink/http_fields.hpp>

#include <algorithm>

namespace cipherlane::hostlink {
namespace {

char lower_case(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_field(std::string_view one, std::string_view other) noexcept {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
        [](char a, char b) { return lower_case(a) == lower_case(b); });
}

} // namespace

std::optional<std::string_view> http_fields::only(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& [key, value] : fields_) {
        if (!is_same_field(key, name)) continue;
        if (found) return std::nullopt;
        found = value;
    }
    return found;
}

bool http_fields::has(std::string_view name) const {
    return std::any_of(
        fields_.begin(), fields_.end(), [&](const auto& one) { return is_same_field(one.first, name); });
}

} // namespace cipherlane::hostlink
