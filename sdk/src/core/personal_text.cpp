#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/utf8.hpp>

#include <algorithm>

namespace cipherlane {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_filler(char c) noexcept {
    return c == ' ' || c == '-' || c == '(' || c == ')';
}

bool is_address_char(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("._%+-").find(c) != std::string_view::npos;
}

bool is_phone(std::string_view text) noexcept {
    if (!text.starts_with('+')) return false;
    text.remove_prefix(1);
    const auto digits = std::count_if(text.begin(), text.end(), is_digit);
    return digits >= 7 && digits <= 15 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_filler(c); });
}

bool is_mail(std::string_view text) noexcept {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    const auto domain = text.substr(at + 1);
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), is_address_char) &&
           std::all_of(domain.begin(), domain.end(), is_address_char);
}

} // namespace

std::string mask_phone(std::string_view number) {
    constexpr std::ptrdiff_t first = 3;
    constexpr std::ptrdiff_t last = 2;
    constexpr std::ptrdiff_t least = 8;
    std::string text(number);
    const auto all = std::count_if(text.begin(), text.end(), is_digit);
    std::ptrdiff_t seen = 0;
    for (auto& c : text) {
        if (!is_digit(c)) continue;
        const bool shown = all >= least && (seen < first || seen >= all - last);
        if (!shown) c = '*';
        ++seen;
    }
    return text;
}

std::string mask_mail(std::string_view address) {
    const auto at = address.find('@');
    if (at == std::string_view::npos) return std::string(address.size(), '*');
    std::string text(address);
    std::fill(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(at), '*');
    return text;
}

std::string mask_name(std::string_view name) {
    std::string made;
    bool first = true;
    while (!name.empty()) {
        const auto before = name;
        if (!take_code_point(name)) name.remove_prefix(1);
        const auto character = before.substr(0, before.size() - name.size());
        if (character == " ")
            made += character;
        else if (first)
            made += character;
        else
            made += '*';
        first = character == " ";
    }
    return made;
}

std::optional<std::string> masked_personal(std::string_view text) {
    if (is_phone(text)) return mask_phone(text);
    if (is_mail(text)) return mask_mail(text);
    return {};
}

} // namespace cipherlane
