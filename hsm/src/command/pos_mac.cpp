#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <algorithm>

namespace cipherlane::hsm {

result<make_mac_request> pos_mac_request(const profile& dialect, const key& tak, byte_view mab) {
    if (dialect.can(operation::make_mac, "mac_algorithm", "unionpay")) {
        return make_mac_request(key_type::tak, tak, mac_algorithm::unionpay, mab);
    }
    CIPHERLANE_TRY(const auto folded, crypto::unionpay_mac_text::fold(8, mab));
    // Two whole blocks: nothing is to be filled up.
    return make_mac_request(key_type::tak, tak, mac_algorithm::x99, folded.text(), padding::zeros);
}

pos_mac pos_mac_field(const mac_result& made) noexcept {
    std::array<char, 32> digits{};
    to_hex(made.mac.view(), std::span<char>(digits).first(2 * made.mac.size()));
    pos_mac field{};
    std::copy_n(digits.begin(), field.size(), field.begin());
    return field;
}

result<pos_mac> make_pos_mac(operations& unit, const key& tak, byte_view mab, const call& bounds) {
    CIPHERLANE_TRY(const auto request, pos_mac_request(unit.dialect(), tak, mab));
    CIPHERLANE_TRY(const auto made, unit.make_mac(request, bounds));
    return pos_mac_field(made);
}

result<bool> verify_pos_mac(
    operations& unit, const key& tak, byte_view mab, const pos_mac& received, const call& bounds) {
    CIPHERLANE_TRY(const auto right, make_pos_mac(unit, tak, mab, bounds));
    return equal_in_constant_time(right, received);
}

} // namespace cipherlane::hsm
