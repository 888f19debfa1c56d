#include "decimalize.hpp"
#include "key_access.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/pin_ibm3624.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t block_digits = 16;
constexpr std::size_t max_pan = 19;
constexpr std::ptrdiff_t fewest_distinct = 8;

using pin_digits = std::array<char, clear_pin::max_digits>;

byte_span raw(pin_digits& digits) noexcept {
    return {reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()};
}

/// A table of few digits makes PINs that are easily guessed.
bool is_varied(std::string_view table) noexcept {
    std::array<std::size_t, 10> counts{};
    for (char digit : table)
        ++counts[static_cast<std::size_t>(digit - '0')];
    return std::ranges::count(counts, 0U) <= 10 - fewest_distinct;
}

/// The first digits of the natural PIN.
result<void> natural_pin(
    pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan, std::span<char> out) {
    if (key.cipher() != algorithm::des && key.cipher() != algorithm::tdes) {
        return crypto_error(crypto_errc::unsupported_algorithm, "IBM 3624");
    }
    CIPHERLANE_TRY(auto block, scheme.validation_data(pan));
    CIPHERLANE_TRY(auto* whole, key_access::cipher(key));
    CIPHERLANE_CHECK(whole->encrypt_ecb(block, block));
    decimalize_by_table(block, scheme.decimalization_table(), out);
    wipe(block);
    return {};
}

} // namespace

result<ibm3624_scheme> ibm3624_scheme::create(
    std::string_view decimalization_table, std::size_t first, std::size_t length, char pad) {
    const auto bad_table = [] { return crypto_error(crypto_errc::bad_decimalization_table, "IBM 3624"); };
    const auto wrong = first_non_digit(decimalization_table);
    if (wrong < decimalization_table.size()) return bad_table().at_offset(wrong);
    if (decimalization_table.size() != block_digits || !is_varied(decimalization_table)) return bad_table();
    const bool inside = length >= 1 && length <= block_digits && first < max_pan && first + length <= max_pan;
    if (!inside || hex_value(pad) < 0) return crypto_error(crypto_errc::bad_validation_data, "IBM 3624");
    ibm3624_scheme made;
    made.table_ = decimalization_table;
    made.first_ = first;
    made.length_ = length;
    made.pad_ = pad;
    return made;
}

result<std::array<std::uint8_t, 8>> ibm3624_scheme::validation_data(std::string_view pan) const {
    if (const auto wrong = first_non_digit(pan); wrong < pan.size()) {
        return crypto_error(crypto_errc::bad_pan, "IBM 3624").in_field("pan").at_offset(wrong);
    }
    if (pan.size() > max_pan) return crypto_error(crypto_errc::bad_pan, "IBM 3624").in_field("pan");
    if (pan.size() < first_ + length_) {
        return crypto_error(crypto_errc::bad_validation_data, "IBM 3624").in_field("pan");
    }
    std::array<char, block_digits> text;
    text.fill(pad_);
    std::ranges::copy(pan.substr(first_, length_), text.begin());
    std::array<std::uint8_t, 8> block;
    pack_hex_digits({text.data(), text.size()}, block);
    return block;
}

result<clear_pin> ibm3624_pin(
    pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan, std::string_view offset) {
    if (const auto wrong = first_non_digit(offset); wrong < offset.size()) {
        return crypto_error(crypto_errc::bad_offset, "IBM 3624").in_field("offset").at_offset(wrong);
    }
    if (offset.size() < clear_pin::min_digits || offset.size() > clear_pin::max_digits) {
        return crypto_error(crypto_errc::bad_offset, "IBM 3624").in_field("offset");
    }
    pin_digits digits{};
    const auto wanted = std::span<char>(digits).first(offset.size());
    CIPHERLANE_CHECK(natural_pin(key, scheme, pan, wanted));
    add_digits({digits.data(), offset.size()}, offset, wanted);
    auto pin = clear_pin::parse({digits.data(), offset.size()});
    wipe(raw(digits));
    return pin;
}

result<fixed_text<12>> ibm3624_offset(
    pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan, const clear_pin& pin) {
    const auto chosen = pin.expose();
    pin_digits digits{};
    const auto wanted = std::span<char>(digits).first(chosen.size());
    CIPHERLANE_CHECK(natural_pin(key, scheme, pan, wanted));
    subtract_digits(chosen, {digits.data(), chosen.size()}, wanted);
    const fixed_text<12> offset(std::string_view(digits.data(), chosen.size()));
    wipe(raw(digits));
    return offset;
}

result<void> verify_ibm3624_pin(pin_verification_key& key, const ibm3624_scheme& scheme, std::string_view pan,
    std::string_view offset, const clear_pin& pin) {
    CIPHERLANE_TRY(const auto right, ibm3624_pin(key, scheme, pan, offset));
    if (!(right == pin)) return crypto_error(crypto_errc::verification_failed, "IBM 3624");
    return {};
}

} // namespace cipherlane::crypto
