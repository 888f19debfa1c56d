#include "pinpad-sim/keypad/keypad_keys.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::sim {

crypto::algorithm keypad_keys::cipher_for(byte_view key) const noexcept {
    if (of_ == family::sm4) return crypto::algorithm::sm4;
    return key.size() == 8 ? crypto::algorithm::des : crypto::algorithm::tdes;
}

const secret_bytes* keypad_keys::working(int master, int slot) const {
    const auto found = working_.find({master, slot});
    return found == working_.end() ? nullptr : &found->second;
}

void keypad_keys::put_master(int slot, byte_view clear) {
    std::erase_if(working_, [slot](const auto& one) { return one.first.first == slot; });
    masters_[slot] = secret_bytes(clear);
}

bool keypad_keys::replace_master(int slot, byte_view cryptogram, byte_view check) {
    const auto clear = unwrap(slot, cryptogram);
    if (!clear) return false;
    const auto right = check_value(*clear);
    if (!std::ranges::equal(byte_view(right).first(std::min(check.size(), right.size())), check)) return false;
    put_master(slot, clear->expose());
    return true;
}

bool keypad_keys::put_working(int master, int slot, byte_view cryptogram, byte_view check) {
    auto clear = unwrap(master, cryptogram);
    if (!clear) return false;
    const auto right = check_value(*clear);
    if (!std::ranges::equal(byte_view(right).first(std::min(check.size(), right.size())), check)) return false;
    working_[{master, slot}] = *std::move(clear);
    return true;
}

std::optional<secret_bytes> keypad_keys::unwrap(int master, byte_view cryptogram) const {
    const auto found = masters_.find(master);
    if (found == masters_.end()) return std::nullopt;
    const auto key = found->second.expose();
    auto cipher = crypto::block_cipher::create(cipher_for(key), key);
    secret_bytes clear(cryptogram.size());
    if (!cipher || !cipher->decrypt_ecb(cryptogram, clear.expose())) return std::nullopt;
    return clear;
}

bytes keypad_keys::encipher(const secret_bytes& key, byte_view data) const {
    auto cipher = crypto::block_cipher::create(cipher_for(key.expose()), key.expose());
    bytes out(data.size());
    if (!cipher || !cipher->encrypt_ecb(data, out)) return {};
    return out;
}

bytes keypad_keys::encipher_by_master(int slot, byte_view data) const {
    const auto found = masters_.find(slot);
    return found == masters_.end() ? bytes() : encipher(found->second, data);
}

bytes keypad_keys::check_value(const secret_bytes& key) const {
    return encipher(key, bytes(block_size()));
}

bytes keypad_keys::chain(const secret_bytes& key, byte_view data) const {
    bytes value(block_size());
    for (; data.size() >= value.size(); data = data.subspan(value.size())) {
        for (std::size_t i = 0; i < value.size(); ++i)
            value[i] ^= data[i];
        value = encipher(key, value);
    }
    return value;
}

bytes keypad_keys::pin_block(const secret_bytes& key, std::string_view pin, std::string_view pan) const {
    const auto entered = crypto::clear_pin::parse(pin);
    // Twelve digits stand before a check digit that nobody looks at.
    const auto account = pan.size() == 12 ? std::string(pan) + "0" : std::string(pan);
    const auto format = of_ == family::sm4 ? crypto::pin_block_format::unionpay_sm4 : crypto::pin_block_format::iso_0;
    if (!entered) return {};
    const auto block = crypto::pin_block_codec::encode(format, *entered, account);
    return block ? encipher(key, block->expose()) : bytes();
}

} // namespace cipherlane::sim
