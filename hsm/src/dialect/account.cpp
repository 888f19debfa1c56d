#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/account.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <algorithm>

namespace cipherlane::hsm {

byte_view account_of(byte_view card, std::size_t digits) noexcept {
    if (card.size() < digits + 1) return {};
    return card.subspan(card.size() - 1 - digits, digits);
}

void fill_wide_account(byte_view digits, byte_span into) noexcept {
    const auto used = digits.last(std::min(digits.size(), into.size()));
    const auto gap = into.size() - used.size();
    std::fill_n(into.begin(), gap, std::uint8_t{'F'});
    std::copy(used.begin(), used.end(), into.begin() + static_cast<std::ptrdiff_t>(gap));
}

std::size_t length_flag_of(const profile& dialect, std::string_view key) noexcept {
    std::size_t digits = key.size();
    if (!key.empty() && hex_value(key[0]) < 0) {
        const auto* scheme = dialect.scheme(key[0]);
        digits = scheme == nullptr || scheme->digits == 0 ? 32 : scheme->digits;
    }
    return digits <= 16 ? 0 : digits / 16 - 1;
}

} // namespace cipherlane::hsm
