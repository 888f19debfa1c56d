#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <ostream>

namespace cipherlane {
namespace {

constexpr std::size_t min_digits = 8;
constexpr std::size_t shown_first = 6;
constexpr std::size_t shown_last = 4;
constexpr std::size_t shortest_shown = 13;

byte_view bytes_of(std::string_view text) noexcept {
    return as_bytes(text);
}

} // namespace

pan::pan(pan&& other) noexcept
    : digits_(other.digits_)
    , size_(other.size_) {
    wipe({reinterpret_cast<std::uint8_t*>(other.digits_.data()), other.digits_.size()});
    other.size_ = 0;
}

pan& pan::operator=(pan&& other) noexcept {
    if (this != &other) {
        digits_ = other.digits_;
        size_ = other.size_;
        wipe({reinterpret_cast<std::uint8_t*>(other.digits_.data()), other.digits_.size()});
        other.size_ = 0;
    }
    return *this;
}

pan::~pan() {
    wipe({reinterpret_cast<std::uint8_t*>(digits_.data()), digits_.size()});
}

result<pan> pan::parse(std::string_view digits) {
    if (digits.size() < min_digits || digits.size() > max_digits) {
        return error(core_errc::wrong_length, layer::core).during("pan");
    }
    pan card;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (digits[i] < '0' || digits[i] > '9') {
            return error(core_errc::not_digits, layer::core).during("pan").at_offset(i);
        }
        card.digits_[i] = digits[i];
    }
    card.size_ = static_cast<std::uint8_t>(digits.size());
    return card;
}

pan pan::clone() const noexcept {
    pan copy;
    copy.digits_ = digits_;
    copy.size_ = size_;
    return copy;
}

std::string pan::masked() const {
    return mask_pan(expose());
}

bool pan::luhn_ok() const noexcept {
    const auto digits = expose();
    return !digits.empty() && luhn_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

bool operator==(const pan& a, const pan& b) noexcept {
    return equal_in_constant_time(bytes_of(a.expose()), bytes_of(b.expose()));
}

std::string mask_pan(std::string_view digits) {
    std::string text(digits.size(), '*');
    if (digits.size() < shortest_shown) return text;
    std::copy_n(digits.begin(), shown_first, text.begin());
    std::copy_n(digits.end() - shown_last, shown_last, text.end() - shown_last);
    return text;
}

char luhn_digit(std::string_view digits) noexcept {
    int sum = 0;
    bool twice = true;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
        int value = *digit - '0';
        if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::ostream& operator<<(std::ostream& out, const pan& card) {
    return out << card.masked();
}

} // namespace cipherlane
