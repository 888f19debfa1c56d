#include "pinpad-sim/pin_entry.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/pin_block.hpp>

namespace cipherlane::sim {

pin_entry::state pin_entry::press(char key) {
    if (key >= '0' && key <= '9') {
        if (count_ < most_) digits_.expose()[count_++] = static_cast<std::uint8_t>(key);
    } else if (key == 'E') {
        if (count_ >= least_) return state::entered;
    } else if (key == 'C') {
        return state::cancelled;
    } else if (key == '<') {
        wipe(digits_.expose());
        count_ = 0;
    }
    return state::entering;
}

result<secret_bytes> encrypt_pin(const pin_cipher& how, const secret_bytes& master, std::string_view digits) {
    using crypto::algorithm;
    using crypto::block_cipher;
    std::size_t key_size = how.method == 0 ? 8 : 16;
    CIPHERLANE_TRY(auto unwrap, block_cipher::create(algorithm::tdes, master.expose()));
    secret_bytes clear(key_size);
    CIPHERLANE_CHECK(unwrap.decrypt_ecb(how.working_key.expose().first(key_size), clear.expose()));
    CIPHERLANE_TRY(
        auto cipher, block_cipher::create(how.method == 0 ? algorithm::des : algorithm::tdes, clear.expose()));
    CIPHERLANE_TRY(auto pin, crypto::clear_pin::parse(digits));
    auto account = how.account.size() < 13 ? std::string(13 - how.account.size(), '0') + how.account : how.account;
    CIPHERLANE_TRY(auto block, crypto::pin_block_codec::encode(crypto::pin_block_format::iso_0, pin, account));
    secret_bytes out(block.expose().size());
    CIPHERLANE_CHECK(cipher.encrypt_ecb(block.expose(), out.expose()));
    return out;
}

} // namespace cipherlane::sim
