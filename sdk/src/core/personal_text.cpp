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

unsigned two_digits(std::string_view digits, std::size_t at) noexcept {
    return static_cast<unsigned>(digits[at] - '0') * 10U + static_cast<unsigned>(digits[at + 1] - '0');
}

constexpr std::size_t identity_size = 18;

/// GB 11643: region, date of birth, order, check character.
bool has_form_of_identity(std::string_view text) noexcept {
    constexpr std::size_t year = 6;
    if (text.size() != identity_size || text[0] == '0') return false;
    const auto century = two_digits(text, year);
    const auto month = two_digits(text, year + 4);
    const auto day = two_digits(text, year + 6);
    return (century == 19 || century == 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool is_identity(std::string_view text) noexcept {
    if (!has_form_of_identity(text)) return false;
    constexpr unsigned weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < identity_size; ++i)
        sum += weights[i] * static_cast<unsigned>(text[i] - '0');
    return "10X98765432"[sum % 11] == text.back();
}

/// Digits that belong together, and where each stands: groups that one blank or dash parts, and an X that ends an
/// identity number.
struct digit_run {
    std::string digits;
    std::vector<std::size_t> places;
};

digit_run run_at(std::string_view text, std::size_t at) {
    digit_run made;
    const auto take = [&](char c) {
        made.digits += c;
        made.places.push_back(at);
    };
    for (; at < text.size(); ++at) {
        const bool joins = (text[at] == ' ' || text[at] == '-') && at + 1 < text.size() &&
                           (is_digit(text[at + 1]) || text[at + 1] == 'X' || text[at + 1] == 'x');
        if (is_digit(text[at]))
            take(text[at]);
        else if (!joins)
            break;
    }
    const bool ends = at < text.size() && (text[at] == 'X' || text[at] == 'x');
    if (ends && made.digits.size() + 1 >= identity_size) take('X');
    return made;
}

/// A part of a run.
struct found_part {
    std::size_t at;
    std::size_t size;
    personal_number::kind is;
};
using maybe_part = std::optional<found_part>;
using number_kind = personal_number::kind;

/// All digits behind the first `from`, as a card's or a mobile's.
maybe_part whole_number(std::string_view digits, std::size_t from) {
    const auto rest = digits.substr(from);
    // 86 and a mobile's digits may pass the check of a card.
    for (const std::string_view country : {"", "86", "0086"}) {
        if (rest.starts_with(country) && is_mobile(rest.substr(country.size())))
            return found_part{from + country.size(), rest.size() - country.size(), number_kind::mobile};
    }
    if (is_card(rest)) return found_part{from, rest.size(), number_kind::card};
    return {};
}

/// An identity number at the end, alone or behind the two digits of the document's type. One whose check character is
/// right stands anywhere.
maybe_part identity_in(std::string_view digits) {
    constexpr std::size_t longest_type = 2;
    if (digits.size() < identity_size) return {};
    const auto last = digits.size() - identity_size;
    for (std::size_t at = 0; at <= last; ++at) {
        const auto part = digits.substr(at, identity_size);
        if (is_identity(part)) return found_part{at, identity_size, number_kind::identity};
    }
    const bool alone = last <= longest_type && has_form_of_identity(digits.substr(last));
    return alone ? maybe_part(found_part{last, identity_size, number_kind::identity}) : maybe_part();
}

/// A card number behind two digits that say how long it is.
maybe_part card_behind_its_length(std::string_view digits) {
    constexpr std::size_t prefix = 2;
    if (digits.size() <= prefix) return {};
    const auto size = two_digits(digits, 0);
    if (digits.size() < prefix + size || !is_card(digits.substr(prefix, size))) return {};
    return found_part{prefix, size, number_kind::card};
}

/// The card number with which longer digits begin: those that follow are its date and codes.
maybe_part card_in_front(std::string_view digits) {
    if (digits.size() <= pan::max_digits || digits[0] < '2' || digits[0] > '6') return {};
    for (const std::size_t size : {std::size_t{19}, std::size_t{16}}) {
        if (is_card(digits.substr(0, size))) return found_part{0, size, number_kind::card};
    }
    return {};
}

maybe_part part_of(std::string_view digits) {
    if (digits.ends_with('X')) {
        if (auto found = identity_in(digits)) return found;
        digits.remove_suffix(1);
    }
    // An identity number may pass the check of a card.
    if (has_form_of_identity(digits)) return found_part{0, identity_size, number_kind::identity};
    if (auto found = whole_number(digits, 0)) return found;
    // Packed digits may have a zero in front.
    if (auto found = digits.starts_with('0') ? whole_number(digits, 1) : maybe_part()) return found;
    if (auto found = card_behind_its_length(digits)) return found;
    if (auto found = card_in_front(digits)) return found;
    return identity_in(digits);
}

/// Where a magnetic stripe's data end behind a card number that ends before `at`; `at` where none follow.
std::size_t end_of_track(std::string_view text, std::size_t at) {
    constexpr std::size_t shortest = 3;
    if (at >= text.size()) return at;
    if (text[at] == '^') return std::min(text.find('?', at), text.size());
    if (text[at] != 'D' && text[at] != 'd' && text[at] != '=') return at;
    auto end = at + 1;
    while (end < text.size() && is_digit(text[end]))
        ++end;
    return end - at > shortest ? end : at;
}

/// Masks one number; what a stripe has behind it is hidden to the last character.
void mask_number(std::string& text, const personal_number& where) {
    std::string number;
    std::vector<std::size_t> places;
    const auto end = where.at + where.size;
    auto at = where.at;
    for (; at < end; ++at) {
        const bool separator = text[at] == '^' || text[at] == '=' || text[at] == 'D' || text[at] == 'd';
        if (where.is == number_kind::track && separator) break;
        if (text[at] == ' ' || text[at] == '-') continue;
        number += is_digit(text[at]) ? text[at] : '0';
        places.push_back(at);
    }
    const bool card = where.is == number_kind::card || where.is == number_kind::track;
    const auto shown = card ? mask_pan(number) : mask_phone(number);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (is_digit(text[places[i]]) || shown[i] == '*') text[places[i]] = shown[i];
    }
    for (++at; at < end; ++at)
        text[at] = '*';
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
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
    for (std::size_t at = 0; at < text.size();) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        auto run = run_at(text, at);
        auto part = part_of(run.digits);
        if (!part) {
            // The groups together are nothing; each may be.
            std::size_t size = 1;
            while (size < run.places.size() && run.places[size] == at + size)
                ++size;
            run.digits.resize(size);
            run.places.resize(size);
            part = part_of(run.digits);
        }
        if (!part) {
            at = run.places.back() + 1;
            continue;
        }
        personal_number one{run.places[part->at], 0, part->is};
        at = run.places[part->at + part->size - 1] + 1;
        if (const auto end = part->is == number_kind::card ? end_of_track(text, at) : at; end != at) {
            one.is = number_kind::track;
            at = end;
        }
        one.size = at - one.at;
        found.push_back(one);
    }
    return found;
}

std::string masked_numbers(std::string_view text) {
    std::string shown(text);
    for (const auto& each : personal_numbers_in(text))
        mask_number(shown, each);
    return shown;
}

std::vector<personal_number> packed_numbers_in(byte_view value) {
    const auto text = as_text(value);
    if (std::all_of(text.begin(), text.end(), is_digit)) return {};
    auto digits = to_hex(value);
    for (const auto& each : personal_numbers_in(text))
        digits.replace(2 * each.at, 2 * each.size, 2 * each.size, '.');
    return personal_numbers_in(digits);
}

std::string masked_hex(byte_view value) {
    const auto text = as_text(value);
    auto shown = to_hex(value);
    for (const auto& each : packed_numbers_in(value))
        mask_number(shown, each);
    const auto masked = masked_numbers(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (masked[i] != text[i]) shown.replace(2 * i, 2, "**");
    }
    return shown;
}

bool reads_as_words(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
        [](char c) { return is_digit(c) || c == ' ' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

bool holds_personal(byte_view value) {
    // Cards of payment begin with 2 to 6.
    const auto is_plausible = [](std::string_view text, const personal_number& each) {
        const bool card = each.is == number_kind::card || each.is == number_kind::track;
        return !card || (text[each.at] >= '2' && text[each.at] <= '6');
    };
    const auto text = as_text(value);
    if (masked_personal(text)) return true;
    for (const auto& each : personal_numbers_in(text)) {
        if (is_plausible(text, each)) return true;
    }
    const auto digits = to_hex(value);
    for (const auto& each : packed_numbers_in(value)) {
        const bool begins = each.at == 0 || (each.at == 1 && digits[0] == '0');
        // Eleven digits of a mobile number are found in counters and amounts; the others hardly are.
        if (begins && each.is != number_kind::mobile && is_plausible(digits, each)) return true;
    }
    return false;
}

std::string masked_unnamed(byte_view value, unnamed_form open) {
    const auto text = as_text(value);
    if (auto whole = masked_personal(text)) return in_quotes(*whole);
    if (text.empty() || !all_printable_ascii(text)) return masked_hex(value);
    if (const auto shown = masked_numbers(text); shown != text) return in_quotes(shown);
    const bool words = open == unnamed_form::text && reads_as_words(text);
    if (!words && !packed_numbers_in(value).empty()) return masked_hex(value);
    return open == unnamed_form::text ? in_quotes(text) : to_hex(value);
}

} // namespace cipherlane
