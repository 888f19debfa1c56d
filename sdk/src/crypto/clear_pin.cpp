#include "provider.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/clear_pin.hpp>

namespace cipherlane::crypto {
namespace {

byte_span raw(std::array<char, 15>& digits) noexcept {
    return {reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()};
}
byte_view raw(const std::array<char, 15>& digits) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(digits.data()), digits.size()};
}

} // namespace

result<clear_pin> clear_pin::parse(std::string_view digits) {
    if (digits.size() < min_digits || digits.size() > max_digits) return crypto_error(crypto_errc::bad_pin, "PIN");
    clear_pin made;
    unsigned wrong = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto value = static_cast<unsigned>(static_cast<unsigned char>(digits[i])) - '0';
        wrong |= ((9U - value) | value) >> 31;
        made.digits_[i] = digits[i];
    }
    if (wrong != 0) return crypto_error(crypto_errc::bad_pin, "PIN");
    made.size_ = static_cast<std::uint8_t>(digits.size());
    return made;
}

clear_pin::clear_pin(clear_pin&& other) noexcept
    : digits_(other.digits_)
    , size_(other.size_) {
    wipe(raw(other.digits_));
    other.size_ = 0;
}

clear_pin& clear_pin::operator=(clear_pin&& other) noexcept {
    if (this != &other) {
        digits_ = other.digits_;
        size_ = other.size_;
        wipe(raw(other.digits_));
        other.size_ = 0;
    }
    return *this;
}

clear_pin::~clear_pin() {
    wipe(raw(digits_));
    wipe({&size_, 1});
}

clear_pin clear_pin::clone() const noexcept {
    clear_pin copy;
    copy.digits_ = digits_;
    copy.size_ = size_;
    return copy;
}

// Digits after the size are zero characters, so the arrays are equal only if the sizes are.
bool operator==(const clear_pin& a, const clear_pin& b) noexcept {
    return equal_in_constant_time(raw(a.digits_), raw(b.digits_));
}

} // namespace cipherlane::crypto
