#include "hsm-sim/keys/key_block.hpp"

#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/mac.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/zero_padded.hpp>

#include <algorithm>
#include <charconv>

namespace cipherlane::hsm_sim {
namespace {

constexpr std::size_t header_size = 16;
constexpr std::size_t largest_block = 4096;

constexpr status bad_header{'8', '3'};
constexpr status bad_version{'A', '9'};
constexpr status bad_length{'A', '5'};

/// The sub-key of SP 800-38B: shifted left, the overflow folded in.
void shift(byte_span block) noexcept {
    const bool overflow = (block[0] & 0x80) != 0;
    for (std::size_t i = 0; i + 1 < block.size(); ++i) {
        block[i] = static_cast<std::uint8_t>((block[i] << 1) | (block[i + 1] >> 7));
    }
    block.back() = static_cast<std::uint8_t>(block.back() << 1);
    if (overflow) block.back() ^= static_cast<std::uint8_t>(block.size() == 16 ? 0x87 : 0x1B);
}

enum class derived : std::uint8_t { encryption = 0, authentication = 1 };

/// X9.143 8.1: a key of the protection key's length, by CMAC over counter, use, algorithm and length.
clear_key derive(const clear_key& protection, derived use) noexcept {
    const std::size_t size = protection.size();
    const bool des = protection.kind() == key_algorithm::des;
    const std::uint8_t algorithm = des ? (size == 16 ? 0 : 1) : static_cast<std::uint8_t>(size / 8);
    const std::size_t bits = 8 * size;
    clear_key key(size, protection.kind());
    const std::size_t block = protection.block_size();
    for (std::uint8_t counter = 1; (counter - 1U) * block < size; ++counter) {
        const std::uint8_t input[] = {counter, 0, static_cast<std::uint8_t>(use), 0, 0, algorithm,
            static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)};
        const auto part = cmac(protection, input);
        const std::size_t at = (counter - 1U) * block;
        std::copy_n(part.begin(), std::min(block, size - at), key.span().begin() + static_cast<std::ptrdiff_t>(at));
    }
    return key;
}

char version_of(block_kind kind, const clear_key& protection) noexcept {
    const bool des = protection.kind() == key_algorithm::des;
    if (kind == block_kind::thales) return des ? '0' : '1';
    return des ? 'B' : 'D';
}

key_algorithm algorithm_of(char letter) noexcept {
    return letter == 'A' ? key_algorithm::aes : key_algorithm::des;
}

std::array<std::uint8_t, 16> authenticate(const clear_key& with, std::string_view header, byte_view clear) {
    bytes all(header.begin(), header.end());
    all.insert(all.end(), clear.begin(), clear.end());
    const auto mac = cmac(with, all);
    wipe(all);
    return mac;
}

/// Header and optional blocks in front of the enciphered part; 0 if they do not fit.
std::size_t skip_optional_blocks(std::string_view block) {
    const auto two = [&](std::size_t at) {
        int value = 0;
        if (at + 2 > block.size()) return -1;
        const auto end = std::from_chars(block.data() + at, block.data() + at + 2, value, at == 12 ? 10 : 16);
        return end.ec == std::errc{} && end.ptr == block.data() + at + 2 ? value : -1;
    };
    int count = two(12);
    std::size_t at = header_size;
    for (; count > 0; --count) {
        const int length = two(at + 2); // extended lengths are for blocks that no key here needs
        if (length < 4) return 0;
        at += static_cast<std::size_t>(length);
    }
    return count < 0 || at > block.size() ? 0 : at;
}

} // namespace

std::array<std::uint8_t, 16> cmac(const clear_key& key, byte_view data) noexcept {
    const std::size_t size = key.block_size();
    std::array<std::uint8_t, 16> space{};
    const byte_span sub_key(space.data(), size);
    encrypt_ecb(key, sub_key, sub_key);
    shift(sub_key);
    const std::size_t whole = data.empty() ? 0 : (data.size() - 1) / size * size;
    const auto tail = data.subspan(whole);
    std::array<std::uint8_t, 16> last{};
    std::copy(tail.begin(), tail.end(), last.begin());
    if (tail.size() != size) {
        last[tail.size()] = 0x80;
        shift(sub_key);
    }
    for (std::size_t i = 0; i < size; ++i)
        last[i] ^= sub_key[i];
    std::array<std::uint8_t, 16> state{};
    const byte_span chain(state.data(), size);
    (void)run_mac(key, mac_method::cbc, mac_padding::none, true, data.first(whole), chain);
    (void)run_mac(key, mac_method::cbc, mac_padding::none, true, byte_view(last).first(size), chain);
    return state;
}

std::size_t block_length(std::string_view block) noexcept {
    std::size_t length = 0;
    if (block.size() < header_size) return 0;
    const auto end = std::from_chars(block.data() + 1, block.data() + 5, length);
    return end.ec == std::errc{} && end.ptr == block.data() + 5 ? length : 0;
}

namespace {

std::string header_of(char version, std::size_t length, const block_attributes& what) {
    std::string block(1, version);
    block.append(zero_padded(length, 4));
    block.append(what.usage).append(1, what.algorithm).append(1, what.mode_of_use).append(what.version);
    block.append(1, what.exportability).append("0000"); // no optional blocks; reserved, or local master key 00
    return block;
}

struct sealed_body {
    bytes hidden;
    std::string mac; ///< in hex
};

/// Length in bits, secret, random bytes up to `size`, under the keys that the protection key gives.
sealed_body seal_body(const clear_key& protection, std::string_view header, byte_view secret, std::size_t size) {
    const std::size_t unit = protection.block_size();
    bytes clear(size);
    fill_random(clear);
    store_be16(clear.data(), static_cast<std::uint16_t>(8 * secret.size()));
    std::copy(secret.begin(), secret.end(), clear.begin() + 2);
    const auto mac = authenticate(derive(protection, derived::authentication), header, clear);
    sealed_body made{bytes(size), to_hex(byte_view(mac).first(unit))};
    run_chained(derive(protection, derived::encryption), chain_mode::cbc, direction::encrypt,
        byte_view(mac).first(unit), clear, made.hidden);
    wipe(clear);
    return made;
}

} // namespace

std::string wrap_block(
    block_kind kind, const clear_key& protection, const block_attributes& what, const clear_key& key) {
    const std::size_t unit = protection.block_size();
    const std::size_t hidden = key.kind() == key_algorithm::des ? 24 : 32;
    const std::size_t size = (2 + std::max(hidden, key.size()) + unit - 1) / unit * unit;
    const auto block = header_of(version_of(kind, protection), header_size + 2 * size + 2 * unit, what);
    const auto body = seal_body(protection, block, key.view(), size);
    return block + to_hex(body.hidden) + body.mac;
}

std::string wrap_private_block(const clear_key& protection, const block_attributes& what, byte_view secret) {
    const std::size_t unit = protection.block_size();
    const std::size_t size = (2 + secret.size() + unit - 1) / unit * unit;
    auto block = header_of(version_of(block_kind::thales, protection), header_size + size + 2 * unit, what);
    const auto body = seal_body(protection, block, secret, size);
    return block.append(as_text(body.hidden)).append(body.mac);
}

opened_block open_block(block_kind kind, const clear_key& protection, std::string_view block) {
    opened_block out;
    const std::size_t unit = protection.block_size();
    if (block.size() < header_size || block.size() > largest_block || block_length(block) != block.size()) {
        out.verdict = bad_header;
        return out;
    }
    if (block.front() != version_of(kind, protection)) {
        out.verdict = bad_version;
        return out;
    }
    const std::size_t body = skip_optional_blocks(block);
    const std::size_t digits = body == 0 ? 0 : block.size() - body;
    if (digits < 4 * unit || digits % (2 * unit) != 0) {
        out.verdict = bad_header;
        return out;
    }
    const auto hidden_key = from_hex(block.substr(body, digits - 2 * unit));
    const auto mac = from_hex(block.substr(block.size() - 2 * unit));
    if (!hidden_key || !mac) {
        out.verdict = bad_header;
        return out;
    }
    bytes clear(hidden_key->size());
    run_chained(
        derive(protection, derived::encryption), chain_mode::cbc, direction::decrypt, *mac, *hidden_key, clear);
    const auto expected = authenticate(derive(protection, derived::authentication), block.substr(0, body), clear);
    const std::size_t bits = load_be16(clear.data());
    if (!equal_in_constant_time(byte_view(expected).first(unit), *mac)) {
        out.verdict = code::block_authentication;
    } else if (bits == 0 || bits % 64 != 0 || bits / 8 > clear.size() - 2 || bits / 8 > clear_key::largest) {
        out.verdict = bad_length;
    } else {
        out.what = {std::string(block.substr(5, 2)), block[7], block[8], std::string(block.substr(9, 2)), block[11]};
        out.key = clear_key(byte_view(clear).subspan(2, bits / 8), algorithm_of(block[7]));
    }
    wipe(clear);
    return out;
}

} // namespace cipherlane::hsm_sim
