#include "decimalize.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/card_verification.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_size = 8;
constexpr std::size_t data_digits = 32;
constexpr std::size_t min_pan = 8;
constexpr std::size_t max_pan = 19;

byte_span raw(std::array<char, 3>& digits) noexcept {
    return {reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()};
}

result<void> check_digits(
    std::string_view text, std::size_t shortest, std::size_t longest, crypto_errc fault, std::string_view field) {
    const std::size_t wrong = first_non_digit(text);
    if (wrong < text.size()) return crypto_error(fault, "CVV").in_field(field).at_offset(wrong);
    if (text.size() < shortest || text.size() > longest) return crypto_error(fault, "CVV").in_field(field);
    return {};
}

} // namespace

card_verification_digits::card_verification_digits(card_verification_digits&& other) noexcept
    : digits_(other.digits_) {
    wipe(raw(other.digits_));
}

card_verification_digits& card_verification_digits::operator=(card_verification_digits&& other) noexcept {
    if (this != &other) {
        digits_ = other.digits_;
        wipe(raw(other.digits_));
    }
    return *this;
}

card_verification_digits::~card_verification_digits() {
    wipe(raw(digits_));
}

result<card_verification_digits> card_verification::compute(
    card_verification_key& key, std::string_view pan, std::string_view expiry, std::string_view service_code) {
    CIPHERLANE_CHECK(check_digits(pan, min_pan, max_pan, crypto_errc::bad_pan, "pan"));
    CIPHERLANE_CHECK(check_digits(expiry, 4, 4, crypto_errc::bad_expiry, "expiry"));
    CIPHERLANE_CHECK(check_digits(service_code, 3, 3, crypto_errc::bad_service_code, "service code"));
    if (key.cipher() != algorithm::tdes || key.size() != 2 * block_size) {
        return crypto_error(crypto_errc::bad_key_length, "CVV");
    }
    std::array<char, data_digits> text;
    text.fill('0');
    auto end = std::copy(pan.begin(), pan.end(), text.begin());
    end = std::copy(expiry.begin(), expiry.end(), end);
    std::copy(service_code.begin(), service_code.end(), end);

    std::array<std::uint8_t, 2 * block_size> data;
    pack_hex_digits({text.data(), text.size()}, data);
    const auto chain = byte_span(data).first(block_size);
    const auto second = byte_span(data).last(block_size);
    CIPHERLANE_TRY(auto* left, key_access::left_des(key));
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    CIPHERLANE_CHECK(left->encrypt(chain, chain));
    for (std::size_t i = 0; i < block_size; ++i)
        chain[i] ^= second[i];
    CIPHERLANE_CHECK(whole->encrypt_ecb(chain, chain));

    card_verification_digits value;
    decimalize_in_two_passes(chain, value.digits_);
    wipe(data);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return value;
}

result<void> card_verification::verify(card_verification_key& key, std::string_view pan, std::string_view expiry,
    std::string_view service_code, std::string_view received) {
    CIPHERLANE_TRY(const auto value, compute(key, pan, expiry, service_code));
    if (!equal_in_constant_time(as_bytes(value.expose()), as_bytes(received))) {
        return crypto_error(crypto_errc::verification_failed, "CVV");
    }
    return {};
}

} // namespace cipherlane::crypto
