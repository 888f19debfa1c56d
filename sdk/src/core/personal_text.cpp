#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/core/utf8.hpp>

#include <algorithm>

namespace cipherlane {
namespace {

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

bool is_card(std::string_view digits) noexcept {
    constexpr std::size_t shortest = 13;
    const bool size = digits.size() >= shortest && digits.size() <= pan::max_digits;
    // Zeros alone pass the check and are no card.
    return size && digits.find_first_not_of(digits.front()) != std::string_view::npos &&
           luhn_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

bool is_mobile(std::string_view digits) noexcept {
    return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

/// What a run of digits is; packed ones may have a zero in front.
std::optional<personal_number::kind> kind_of(std::string_view digits) noexcept {
    if (is_card(digits)) return personal_number::kind::card;
    if (is_mobile(digits)) return personal_number::kind::mobile;
    if (!digits.starts_with('0')) return {};
    const auto behind = digits.substr(1);
    if (is_card(behind)) return personal_number::kind::card;
    if (is_mobile(behind)) return personal_number::kind::mobile;
    return {};
}

/// The digits from `at` on, and where they end: groups that one blank or dash parts belong together.
std::string run_at(std::string_view text, std::size_t at, std::size_t& end) {
    std::string digits;
    for (end = at; at < text.size(); ++at) {
        const bool joins = (text[at] == ' ' || text[at] == '-') && at + 1 < text.size() && is_digit(text[at + 1]);
        if (!is_digit(text[at]) && !joins) break;
        if (!is_digit(text[at])) continue;
        digits += text[at];
        end = at + 1;
    }
    return digits;
}

/// The card number with which longer digits begin: those that follow are its date and codes.
std::size_t card_in_front(std::string_view digits) noexcept {
    if (digits.size() <= pan::max_digits || digits[0] < '2' || digits[0] > '6') return 0;
    for (const std::size_t size : {std::size_t{19}, std::size_t{16}}) {
        if (is_card(digits.substr(0, size))) return size;
    }
    return 0;
}

void mask_digits(std::string& text, const personal_number& where) {
    std::string digits;
    const auto end = where.at + where.size;
    for (auto at = where.at; at < end; ++at) {
        if (is_digit(text[at])) digits += text[at];
    }
    const auto shown = where.is == personal_number::kind::card ? mask_pan(digits) : mask_phone(digits);
    std::size_t next = 0;
    for (auto at = where.at; at < end; ++at) {
        if (is_digit(text[at])) text[at] = shown[next++];
    }
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

std::vector<personal_number> personal_numbers_in(std::string_view text) {
    std::vector<personal_number> found;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at])) continue;
        std::size_t end = 0;
        const auto digits = run_at(text, at, end);
        if (const auto is = kind_of(digits)) {
            found.push_back({at, end - at, *is});
        } else if (const auto size = card_in_front(digits); size != 0 && digits.size() == end - at) {
            found.push_back({at, size, personal_number::kind::card});
            end = at + size; // one more may follow
        } else if (digits.size() != end - at) {
            // The groups together are nothing; each may be.
            end = at;
            while (end < text.size() && is_digit(text[end]))
                ++end;
            if (const auto own = kind_of(text.substr(at, end - at))) found.push_back({at, end - at, *own});
        }
        at = end - 1;
    }
    return found;
}

std::string masked_unnamed(byte_view value) {
    const auto text = as_text(value);
    if (auto whole = masked_personal(text)) return "\"" + *whole + "\"";
    const bool readable = !text.empty() && all_printable_ascii(text);
    auto shown = readable ? std::string(text) : to_hex(value);
    const auto found = personal_numbers_in(shown);
    if (readable && found.empty()) {
        // Packed digits may look like letters, but not like digits alone.
        auto packed = to_hex(value);
        if (std::all_of(text.begin(), text.end(), is_digit)) return packed;
        for (const auto& each : personal_numbers_in(packed)) {
            mask_digits(packed, each);
        }
        return packed;
    }
    for (const auto& each : found)
        mask_digits(shown, each);
    return readable ? "\"" + shown + "\"" : shown;
}

} // namespace cipherlane
