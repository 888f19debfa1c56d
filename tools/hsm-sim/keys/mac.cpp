#include "hsm-sim/keys/mac.hpp"

#include "hsm-sim/keys/ciphers.hpp"

#include <algorithm>
#include <cassert>

namespace cipherlane::hsm_sim {
namespace {

constexpr std::size_t chunk = 256;

/// CBC over whole blocks, keeping only the last.
void chain(const clear_key& key, byte_span state, byte_view data) noexcept {
    std::array<std::uint8_t, chunk> out;
    while (!data.empty()) {
        const auto now = data.first(std::min(chunk, data.size()));
        run_chained(key, chain_mode::cbc, direction::encrypt, state, now, out);
        std::copy_n(
            out.begin() + static_cast<std::ptrdiff_t>(now.size() - state.size()), state.size(), state.begin());
        data = data.subspan(now.size());
    }
}

void fold(byte_span state, byte_view data) noexcept {
    for (std::size_t i = 0; i < data.size(); ++i)
        state[i % state.size()] ^= data[i];
}

/// The bytes that follow the last whole block, padded. False if there are some and nothing pads them.
bool pad_tail(mac_padding padding, byte_view tail, bool nothing_before, byte_span block, bool& used) noexcept {
    std::fill(block.begin(), block.end(), std::uint8_t{0});
    std::copy(tail.begin(), tail.end(), block.begin());
    switch (padding) {
    case mac_padding::none: used = false; return tail.empty();
    case mac_padding::zeros: used = !tail.empty() || nothing_before; return true;
    case mac_padding::one_and_zeros:
        block[tail.size()] = 0x80;
        used = true;
        return true;
    }
    return false;
}

} // namespace

bool run_mac(const clear_key& key, mac_method method, mac_padding padding, bool last, byte_view data,
    byte_span state) noexcept {
    const std::size_t size = key.block_size();
    assert(state.size() == size);
    const std::size_t whole = data.size() / size * size;
    std::array<std::uint8_t, 16> tail_space{};
    const byte_span tail(tail_space.data(), size);
    bool has_tail = false;
    if (!last && whole != data.size()) return false;
    if (last && !pad_tail(padding, data.subspan(whole), whole == 0, tail, has_tail)) return false;

    const bool retail = method == mac_method::retail && key.kind() == key_algorithm::des && key.size() > 8;
    const clear_key left = retail ? clear_key(key.part(0)) : key;
    const auto run = [&](byte_view blocks) {
        method == mac_method::xor_fold ? fold(state, blocks) : chain(left, state, blocks);
    };
    run(data.first(whole));
    if (has_tail) run(tail);
    if (last && retail) {
        des_decrypt(key.part(1), state, state);
        des_encrypt(key.size() == 24 ? key.part(2) : key.part(0), state, state);
    }
    if (last && method == mac_method::xor_fold) encrypt_ecb(key, state, state);
    return true;
}

mac_block whole_mac(const clear_key& key, mac_method method, mac_padding padding, byte_view data) noexcept {
    mac_block state{};
    [[maybe_unused]] const bool done =
        run_mac(key, method, padding, true, data, byte_span(state).first(key.block_size()));
    assert(done);
    return state;
}

} // namespace cipherlane::hsm_sim
