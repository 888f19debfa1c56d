#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <algorithm>

namespace cipherlane::hsm {

namespace {

/// Empty where the dialect has none.
std::string_view sm4_tag(const profile& dialect) noexcept {
    const auto* tag = dialect.raw_keys ? nullptr : dialect.code("scheme", to_string(key_scheme_name::sm4));
    return tag != nullptr ? std::string_view(*tag) : std::string_view();
}

} // namespace

bool knows_sm4_keys(const profile& dialect) noexcept {
    return !sm4_tag(dialect).empty();
}

bool is_sm4_key(const profile& dialect, const key& one) noexcept {
    return knows_sm4_keys(dialect) && one.text().starts_with(sm4_tag(dialect));
}

result<make_mac_request> pos_mac_request(const profile& dialect, const key& tak, byte_view mab) {
    if (dialect.can(operation::make_mac, "mac_algorithm", "unionpay")) {
        return make_mac_request(key_type::tak, tak, mac_algorithm::unionpay, mab);
    }
    constexpr std::size_t des_block = 8;
    constexpr std::size_t sm4_block = 16;
    const auto block = is_sm4_key(dialect, tak) ? sm4_block : des_block;
    CIPHERLANE_TRY(const auto folded, crypto::unionpay_mac_text::fold(block, mab));
    // Two whole blocks: nothing is to be filled up.
    return make_mac_request(key_type::tak, tak, mac_algorithm::x99, folded.text(), padding::zeros);
}

pos_mac pos_mac_field(const mac_result& made, crypto::unionpay_mac_form form) noexcept {
    if (form == crypto::unionpay_mac_form::raw8) {
        pos_mac field{};
        const auto data = made.mac.view();
        std::copy_n(data.begin(), std::min(data.size(), field.size()), field.begin());
        return field;
    }
    std::array<char, 32> digits{};
    to_hex(made.mac.view(), std::span<char>(digits).first(2 * made.mac.size()));
    pos_mac field{};
    std::copy_n(digits.begin(), field.size(), field.begin());
    return field;
}

result<pos_mac> make_pos_mac(
    operations& unit, const key& tak, byte_view mab, const call& bounds, crypto::unionpay_mac_form form) {
    CIPHERLANE_TRY(const auto request, pos_mac_request(unit.dialect(), tak, mab));
    CIPHERLANE_TRY(const auto made, unit.make_mac(request, bounds));
    return pos_mac_field(made, form);
}

result<bool> verify_pos_mac(operations& unit, const key& tak, byte_view mab, const pos_mac& received,
    const call& bounds, crypto::unionpay_mac_form form) {
    CIPHERLANE_TRY(const auto right, make_pos_mac(unit, tak, mab, bounds, form));
    return equal_in_constant_time(right, received);
}

} // namespace cipherlane::hsm
