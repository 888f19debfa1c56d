#include "provider.hpp"

#include <cipherlane/crypto/pin_translation.hpp>

#include <array>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t kinds = 6;

/// PCI PIN v3.1, requirement 3-3. Rows: from ISO 0, 1, 2, 3, 4, nonstandard. Columns: to the same.
constexpr std::array<std::array<bool, kinds>, kinds> allowed{{
    {true, false, false, true, true, false},
    {true, true, false, true, true, false},
    {false, false, false, false, false, false},
    {true, false, false, true, true, false},
    {true, false, false, true, true, false},
    {true, false, false, true, true, false},
}};

constexpr bool column_is_empty(std::size_t to) {
    for (const auto& row : allowed) {
        if (row[to]) return false;
    }
    return true;
}
static_assert(column_is_empty(static_cast<std::size_t>(translated_format::nonstandard)));
static_assert(column_is_empty(static_cast<std::size_t>(translated_format::iso_2)));

translated_format seen_as(pin_block_format format) noexcept {
    switch (format) {
    case pin_block_format::iso_0:
    case pin_block_format::unionpay_sm4: return translated_format::iso_0;
    case pin_block_format::iso_1: return translated_format::iso_1;
    case pin_block_format::iso_2: return translated_format::iso_2;
    case pin_block_format::iso_3: return translated_format::iso_3;
    case pin_block_format::iso_4: return translated_format::iso_4;
    }
    return translated_format::nonstandard;
}

} // namespace

translated_format find_translated_format(std::string_view name) noexcept {
    const bool iso = name.size() == 1 && name[0] >= '0' && name[0] <= '4';
    return iso ? static_cast<translated_format>(name[0] - '0') : translated_format::nonstandard;
}

bool translation_allowed(translated_format from, translated_format to, pan_change change) noexcept {
    return change == pan_change::no && allowed[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

result<pin_cryptogram> translate_pin_block(pin_key& from_key, pin_block_format from, byte_view cryptogram,
    pin_key& to_key, pin_block_format to, std::string_view pan_digits) {
    if (!translation_allowed(seen_as(from), seen_as(to), pan_change::no)) {
        return crypto_error(crypto_errc::translation_refused, "PIN translation");
    }
    CIPHERLANE_TRY(const auto pin, decrypt_pin_block(from_key, from, cryptogram, pan_digits));
    return encrypt_pin_block(to_key, to, pin, pan_digits);
}

} // namespace cipherlane::crypto
