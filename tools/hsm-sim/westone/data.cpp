#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/westone/commands.hpp"

namespace cipherlane::hsm_sim {
namespace {

/// Cipher algorithm 1, 2, 3: the number of DES parts of the key.
void check_algorithm(westone_exchange& x, std::size_t algorithm, const raw_key& key) {
    if (x.ready() && 8 * algorithm != key.bytes.size()) x.fail(westone_error::length_flag);
}

struct cipher_request {
    chain_mode mode = chain_mode::ecb;
    byte_view data;

    void read_mode(westone_exchange& x) {
        const auto code = x.byte();
        if (x.ready() && code > 1) x.impossible(westone_error::algorithm);
        mode = code == 1 ? chain_mode::cbc : chain_mode::ecb;
    }
    byte_view iv(westone_exchange& x) const { return mode == chain_mode::cbc ? x.take(8) : byte_view{}; }
    void check_data(westone_exchange& x) const {
        if (x.ready() && (data.empty() || data.size() % 8 != 0)) x.fail(westone_error::input_length);
    }
};

/// D0 12, D0 14
void run_cipher(westone_exchange& x, direction way) {
    cipher_request asked;
    asked.read_mode(x);
    const std::size_t algorithm = x.byte();
    const auto field = x.key_by_length();
    asked.data = x.data();
    const auto iv = asked.iv(x);
    check_algorithm(x, algorithm, field);
    asked.check_data(x);
    const auto key = x.open(field, x.untyped());
    if (!x.ready()) return;
    bytes out(asked.data.size());
    run_chained(key, asked.mode, way, iv, asked.data, out);
    x.put_word(out.size());
    x.put(out);
}

void encrypt_data(westone_exchange& x) {
    run_cipher(x, direction::encrypt);
}
void decrypt_data(westone_exchange& x) {
    run_cipher(x, direction::decrypt);
}

/// D0 16
void reencrypt_data(westone_exchange& x) {
    cipher_request asked;
    asked.read_mode(x);
    const raw_key source{x.take(x.length_flag())};
    const raw_key target{x.take(x.length_flag())};
    asked.data = x.data();
    const auto source_iv = asked.iv(x);
    const auto target_iv = asked.iv(x);
    asked.check_data(x);
    const auto from = x.open(source, x.untyped());
    const auto to = x.open(target, x.untyped());
    if (!x.ready()) return;
    bytes clear(asked.data.size());
    run_chained(from, asked.mode, direction::decrypt, source_iv, asked.data, clear);
    run_chained(to, asked.mode, direction::encrypt, target_iv, clear, clear);
    x.put_word(clear.size());
    x.put(clear);
}

constexpr westone_row westone_data_table[] = {
    {0xD0, 0x12, encrypt_data},
    {0xD0, 0x14, decrypt_data},
    {0xD0, 0x16, reencrypt_data},
};

} // namespace

std::span<const westone_row> westone_data_commands() noexcept {
    return westone_data_table;
}

} // namespace cipherlane::hsm_sim
