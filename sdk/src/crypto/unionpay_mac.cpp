#include "key_access.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t field_size = std::tuple_size_v<unionpay_mac_field>;

} // namespace

unionpay_mac_field unionpay_mac_field_of(byte_view last, unionpay_mac_form form) noexcept {
    unionpay_mac_field field{};
    if (form == unionpay_mac_form::raw8) {
        std::copy_n(last.begin(), field_size, field.begin());
    } else {
        to_hex(last.first(field_size / 2), {reinterpret_cast<char*>(field.data()), field.size()});
    }
    return field;
}

result<unionpay_mac_text> unionpay_mac_text::fold(std::size_t block_size, byte_view mab) {
    if (block_size != 8 && block_size != 16) return crypto_error(crypto_errc::unsupported_algorithm, "POS MAC");
    if (mab.empty()) return crypto_error(crypto_errc::empty_input, "POS MAC");
    unionpay_mac_text made;
    made.block_ = block_size;
    while (!mab.empty()) {
        const auto block = mab.first(std::min(mab.size(), block_size));
        for (std::size_t i = 0; i < block.size(); ++i)
            made.fold_[i] ^= block[i];
        mab = mab.subspan(block.size());
    }
    to_hex(made.folded(), {reinterpret_cast<char*>(made.text_.data()), 2 * block_size});
    return made;
}

result<unionpay_mac_steps> explain_unionpay_mac(mac_key& test_key, byte_view mab) {
    if (test_key.cipher() == algorithm::aes) return crypto_error(crypto_errc::unsupported_algorithm, "POS MAC");
    const std::size_t block = block_size_of(test_key.cipher());
    unionpay_mac_steps steps;
    steps.block = block;
    CIPHERLANE_TRY(steps.text, unionpay_mac_text::fold(block, mab));
    CIPHERLANE_TRY(auto* cipher, key_access::cipher(test_key));
    CIPHERLANE_CHECK(cipher->encrypt_ecb(steps.text.text().first(block), steps.first));
    const auto second = steps.text.text().subspan(block);
    for (std::size_t i = 0; i < block; ++i)
        steps.last[i] = static_cast<std::uint8_t>(steps.first[i] ^ second[i]);
    const auto last = byte_span(steps.last).first(block);
    CIPHERLANE_CHECK(cipher->encrypt_ecb(last, last));
    steps.ascii8 = unionpay_mac_field_of(last, unionpay_mac_form::ascii8);
    steps.raw8 = unionpay_mac_field_of(last, unionpay_mac_form::raw8);
    return steps;
}

result<unionpay_mac_field> unionpay_mac(mac_key& key, byte_view mab, unionpay_mac_form form) {
    CIPHERLANE_TRY(auto steps, explain_unionpay_mac(key, mab));
    wipe(steps.first);
    return form == unionpay_mac_form::raw8 ? steps.raw8 : steps.ascii8;
}

result<void> verify_unionpay_mac(
    mac_key& key, byte_view mab, unionpay_mac_form form, const unionpay_mac_field& received) {
    CIPHERLANE_TRY(const unionpay_mac_field computed, unionpay_mac(key, mab, form));
    if (!equal_in_constant_time(computed, received)) return crypto_error(crypto_errc::verification_failed, "POS MAC");
    return {};
}

} // namespace cipherlane::crypto
