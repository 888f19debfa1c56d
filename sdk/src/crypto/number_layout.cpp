#include "provider.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/ff1.hpp>
#include <cipherlane/crypto/number_layout.hpp>

#include <array>
#include <cassert>

namespace cipherlane::crypto {
namespace {

constexpr char decimal_place = '#';
constexpr char mixed_place = '@';
constexpr char check_place = '%';
constexpr std::uint64_t most_numbers = 4'800'000'000'000'000'000; // 18 digits, or 12 of 36, fit; one more does not

bool is_letter(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}
bool is_hidden(char c) noexcept {
    return c == decimal_place || c == mixed_place;
}

error bad_layout() {
    return crypto_error(crypto_errc::bad_layout, "number layout");
}
error foreign() {
    return crypto_error(crypto_errc::not_of_this_plan, "number");
}

/// A layout as its text is read.
struct tally {
    std::array<char, number_layout::max_size> places{};
    std::size_t size = 0;
    std::size_t decimal = 0;
    std::size_t mixed = 0;
    std::size_t letters = 0;
    bool ended = false; // by the check digit

    /// False if the character does not fit here.
    [[nodiscard]] bool take(char c) noexcept {
        if (ended || size == places.size()) return false;
        decimal += c == decimal_place ? 1 : 0;
        mixed += c == mixed_place ? 1 : 0;
        letters += is_letter(c) ? 1 : 0;
        ended = c == check_place;
        const bool two_kinds = decimal != 0 && mixed != 0;
        const bool check_over_letters = ended && (mixed != 0 || letters != 0);
        places[size++] = c;
        return (is_digit(c) || is_letter(c) || is_hidden(c) || ended) && !two_kinds && !check_over_letters;
    }
    [[nodiscard]] std::string_view text() const noexcept { return {places.data(), size}; }
};

} // namespace

result<number_layout> number_layout::parse(std::string_view text) {
    tally seen;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != ' ' && !seen.take(text[at])) return bad_layout().at_offset(at);
    }
    if (seen.size == 0) return bad_layout();
    number_layout made;
    made.text_ = seen.text();
    made.hidden_ = seen.decimal + seen.mixed;
    made.radix_ = seen.mixed != 0 ? 36 : 10;
    made.check_ = seen.ended ? check_digit::luhn : check_digit::none;
    for (std::size_t i = 0; i < made.hidden_; ++i) {
        if (made.capacity_ > most_numbers / made.radix_) return bad_layout();
        made.capacity_ *= made.radix_;
    }
    if (made.capacity_ < ff1_min_domain) return crypto_error(crypto_errc::domain_too_small, "number layout");
    return made;
}

issued_number number_layout::compose(std::string_view hidden) const noexcept {
    assert(hidden.size() == hidden_);
    std::array<char, max_size> places{};
    std::size_t next = 0;
    for (std::size_t at = 0; at < size(); ++at) {
        const char c = text()[at];
        if (c == check_place) {
            places[at] = luhn_digit({places.data(), at});
        } else {
            places[at] = is_hidden(c) ? hidden[next++] : c;
        }
    }
    return issued_number(std::string_view(places.data(), size()));
}

result<issued_number> number_layout::hidden_of(std::string_view number) const {
    if (number.size() != size()) return foreign();
    std::array<char, max_size> hidden{};
    std::size_t next = 0;
    for (std::size_t at = 0; at < size(); ++at) {
        const char c = text()[at];
        const char found = number[at];
        bool fits = found == c;
        if (c == check_place) fits = found == luhn_digit(number.substr(0, at));
        if (is_hidden(c)) {
            fits = is_digit(found) || (c == mixed_place && is_letter(found));
            hidden[next++] = found;
        }
        if (!fits) return foreign().at_offset(at);
    }
    return issued_number(std::string_view(hidden.data(), next));
}

} // namespace cipherlane::crypto
