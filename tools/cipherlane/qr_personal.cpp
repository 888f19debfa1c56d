#include "cipherlane/qr_personal.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::cli {
namespace {

/// Account templates in which one object is a person's own identifier, whatever it looks like.
struct alias_row {
    std::string_view scheme; ///< object 00, letters of either case
    std::uint8_t sub;
};

constexpr std::array aliases{
    alias_row{"br.gov.bcb.pix", 1},   // key: phone, mail, tax number, or a random one
    alias_row{"A000000677010111", 1}, // PromptPay: phone
    alias_row{"A000000677010111", 2}, // PromptPay: identity card or tax number
    alias_row{"A000000677010111", 3}, // PromptPay: wallet
    alias_row{"SG.PAYNOW", 2},        // phone or registration number
    alias_row{"com.p2pqrpay", 4},     // InstaPay between persons: phone or account
    alias_row{"A000000727", 1},       // VietQR: the account, or a phone, of whom is paid
};

/// Visa's and Mastercard's own objects: a number as a card has it.
constexpr std::uint8_t first_network = 2;
constexpr std::uint8_t last_network = 5;

constexpr std::uint8_t first_account = 26;
constexpr std::uint8_t last_account = 51;

bool same(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_random_key(std::string_view value) {
    return value.size() == 36 && value[8] == '-' && value[13] == '-';
}

/// Digits that begin as a mobile number does: with a zero and 3 to 9 at home, with 00 and a country, or as those of
/// the Chinese mainland.
bool begins_as_mobile(std::string_view value) {
    if (!all_digits(value)) return false;
    const auto from = [&](std::size_t at, char least) { return value[at] >= least; };
    switch (value.size()) {
    case 10: return value[0] == '0' && from(1, '3');
    case 11: return (value[0] == '0' && from(1, '3')) || (value[0] == '1' && from(1, '3'));
    case 12:
    case 13: return value.starts_with("00") && from(2, '1');
    default: return false;
    }
}

/// A number that a scheme lays down as a person's, or that looks like one; a random key names nobody.
std::optional<std::string> alias(std::string_view scheme, std::uint8_t sub, std::string_view value) {
    if (sub != 0 && begins_as_mobile(value)) return mask_phone(value);
    const bool listed = std::any_of(aliases.begin(), aliases.end(),
        [&](const alias_row& row) { return row.sub == sub && same(row.scheme, scheme); });
    if (!listed || is_random_key(value)) return {};
    return mask_phone(value);
}

} // namespace

qr_personal::qr_personal(const qr::mpm_payload& payload) {
    for (const auto& object : payload.level().objects()) {
        if (object.id < first_account || object.id > last_account) continue;
        const auto inside = payload.sub_level(object.id);
        if (!inside) continue;
        std::string_view scheme;
        for (const auto& sub : inside->objects()) {
            if (sub.id == 0) scheme = sub.value;
            any_ = any_ || masked_personal(sub.value) || alias(scheme, sub.id, sub.value);
        }
    }
}

std::string qr_personal::shown(std::uint8_t id, std::optional<std::uint8_t> sub, std::string_view value) const {
    if (auto hidden = masked_personal(value)) return *hidden;
    constexpr std::size_t shortest_card = 13;
    const bool network = id >= first_network && id <= last_network;
    if (network && value.size() >= shortest_card && all_digits(value)) return mask_pan(value);
    constexpr std::uint8_t mobile = 2;
    if (id == qr::mpm_id::additional && sub == mobile && value != "***") return mask_phone(value);
    const bool account = id >= first_account && id <= last_account;
    // Numbers of eight and more digits in an account that is known to be a person's.
    if (any_ && account && sub && *sub != 0) {
        const auto digits = std::count_if(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits >= 8 && !is_random_key(value)) return mask_phone(value);
    }
    if (any_ && id == qr::mpm_id::name) return mask_name(value);
    return std::string(value);
}

} // namespace cipherlane::cli
