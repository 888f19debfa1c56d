#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/key_block.hpp"
#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

constexpr status bad_mode{'0', '2'};
constexpr status bad_input{'0', '3'};
constexpr status bad_output{'0', '4'};
constexpr status bad_key_type{'0', '5'};
constexpr status bad_length{'0', '6'};
constexpr std::size_t largest_data = 32'000;

chain_mode mode_of(command& c) {
    const auto two = c.in.text(2, bad_mode);
    if (two == "00") return chain_mode::ecb;
    if (two == "01") return chain_mode::cbc;
    if (two == "03") return chain_mode::cfb;
    if (!c.failed()) c.fail(bad_mode);
    return chain_mode::ecb;
}

/// Data of M0, M2, M4: binary, hex or text, with a length in front that counts characters.
struct formatted_data {
    static char input_format(command& c) { return c.in.one_of("012", bad_input); }
    static char output_format(command& c) { return c.in.one_of("012", bad_output); }

    bytes content;

    void read(command& c, char format) {
        const std::size_t length = c.in.hexadecimal(4, bad_length);
        const auto text = c.in.text(length, code::data_length);
        c.end();
        if (c.failed()) return;
        if (format != '1') {
            content.assign(text.begin(), text.end());
            return;
        }
        auto decoded = from_hex(text);
        if (!decoded) return c.fail(code::input_data);
        content = *std::move(decoded);
    }
    void write(command& c, char format) const {
        c.put_hexadecimal(format == '1' ? 2 * content.size() : content.size(), 4);
        format == '1' ? c.put_hex(content) : c.put_bytes(content);
    }
    void check(command& c, std::size_t block, chain_mode mode) const {
        if (c.failed()) return;
        const bool whole = mode == chain_mode::cfb || content.size() % block == 0;
        if (content.empty() || !whole || content.size() > largest_data) c.fail(bad_length);
    }
};

/// The block says what the key is for; that of a base derivation key has a serial number behind it.
clear_key key_in_block(command& c) {
    block_attributes what;
    const clear_key key = c.any_block(what);
    constexpr std::string_view bases[] = {"B0", "41", "42", "43"};
    constexpr std::string_view ciphers[] = {"D0", "D3", "21", "22", "23"};
    if (std::ranges::count(bases, what.usage) != 0) {
        const auto serial = c.serial();
        if (!c.failed() && key.size() != 16) c.fail(code::key_length);
        return c.failed() ? clear_key{} : dukpt_key(key, serial, dukpt_use::data);
    }
    if (!c.failed() && std::ranges::count(ciphers, what.usage) == 0) c.fail(code::block_usage);
    return c.failed() ? clear_key{} : key;
}

/// A key type and a key that may encipher data: ZEK, DEK, TEK, or a BDK with the serial number behind it.
clear_key data_key(command& c, status parity) {
    const auto type = c.key_type();
    const bool derives = type == slots::bdk1 || type == slots::bdk2 || type == slots::bdk3;
    const bool known = derives || type == slots::zek || type == slots::tek || type == slots::in_block;
    if (!c.failed() && !known) c.fail(bad_key_type);
    if (type == slots::in_block) return key_in_block(c);
    const clear_key key = c.key(type, parity, derives ? untagged::pair : untagged::one);
    if (!derives) return key;
    const auto serial = c.serial();
    if (!c.failed() && key.size() != 16) c.fail(code::key_length);
    return c.failed() ? clear_key{} : dukpt_key(key, serial, dukpt_use::data);
}

struct initial_value {
    std::array<std::uint8_t, 16> space{};
    std::size_t size = 0;

    void read(command& c, const clear_key& key, chain_mode mode) {
        if (mode == chain_mode::ecb || c.failed()) return;
        size = key.block_size();
        c.in.hex(byte_span(space).first(size));
    }
    [[nodiscard]] byte_view view() const { return byte_view(space).first(size); }
    /// The value for the next part of a long message: the last block of the cipher text.
    void put_next(command& c, byte_view cipher_text) const {
        if (size != 0) c.put_hex(cipher_text.size() < size ? view() : cipher_text.last(size));
    }
};

/// M0 and M2
void run_cipher(command& c, direction way) {
    const chain_mode mode = mode_of(c);
    const char input = formatted_data::input_format(c);
    const char output = formatted_data::output_format(c);
    const clear_key key = data_key(c, code::source_parity);
    initial_value iv;
    iv.read(c, key, mode);
    formatted_data data;
    data.read(c, input);
    data.check(c, key.block_size(), mode);
    if (c.failed()) return;
    formatted_data result{bytes(data.content.size())};
    run_chained(key, mode, way, iv.view(), data.content, result.content);
    iv.put_next(c, way == direction::encrypt ? result.content : data.content);
    result.write(c, output);
}

void encrypt(command& c) {
    run_cipher(c, direction::encrypt);
}
void decrypt(command& c) {
    run_cipher(c, direction::decrypt);
}

/// M4
void reencrypt(command& c) {
    const chain_mode from = mode_of(c);
    const chain_mode to = mode_of(c);
    const char input = formatted_data::input_format(c);
    const char output = formatted_data::output_format(c);
    const clear_key source = data_key(c, code::source_parity);
    const clear_key target = data_key(c, code::destination_parity);
    initial_value source_iv;
    source_iv.read(c, source, from);
    initial_value target_iv;
    target_iv.read(c, target, to);
    formatted_data data;
    data.read(c, input);
    data.check(c, source.block_size(), from);
    data.check(c, target.block_size(), to);
    if (c.failed()) return;
    formatted_data result{bytes(data.content.size())};
    run_chained(source, from, direction::decrypt, source_iv.view(), data.content, result.content);
    run_chained(target, to, direction::encrypt, target_iv.view(), result.content, result.content);
    source_iv.put_next(c, data.content);
    target_iv.put_next(c, result.content);
    result.write(c, output);
}

/// E0 (SJL05, SJL06): direction 0 enciphers, 1 deciphers; 1 ECB, 2 CBC. The numbers of directions and key types are
/// not published. The fill's first digit turns it on, the two behind it are its first byte, zeros follow.
void run_e0(command& c) {
    (void)c.in.one_of("0123");
    const auto way = c.in.one_of("01") == '0' ? direction::encrypt : direction::decrypt;
    const auto mode = c.in.one_of("12") == '1' ? chain_mode::ecb : chain_mode::cbc;
    (void)c.in.one_of("0", code::key_type);
    const clear_key key = c.key(slots::zek);
    const char input = c.in.one_of("01");
    const char output = c.in.one_of("01");
    const bool fills = c.in.one_of("01") == '1';
    std::array<std::uint8_t, 1> fill{};
    c.in.hex(fill);
    (void)c.in.digits(3);
    initial_value iv;
    iv.read(c, key, mode);
    const std::size_t length = c.in.hexadecimal(3, code::data_length);
    const auto text = c.in.text(length, code::data_length);
    c.end();
    if (c.failed()) return;
    bytes data(text.begin(), text.end());
    if (input == '1') {
        auto decoded = from_hex(text);
        if (!decoded) return c.fail(code::input_data);
        data = *std::move(decoded);
    }
    const std::size_t block = key.block_size();
    if (way == direction::encrypt && fills && data.size() % block != 0) {
        data.push_back(fill[0]);
        data.resize((data.size() + block - 1) / block * block);
    }
    if (data.empty() || data.size() % block != 0) return c.fail(code::data_length);
    bytes result(data.size());
    run_chained(key, mode, way, iv.view(), data, result);
    c.put(output);
    c.put_hexadecimal(output == '1' ? 2 * result.size() : result.size(), 3);
    output == '1' ? c.put_hex(result) : c.put_bytes(result);
    iv.put_next(c, way == direction::encrypt ? result : data);
}

/// GM: a digest by the unit's numbers, binary.
void digest_data(command& c) {
    struct hash_row {
        std::string_view id;
        crypto::digest_algorithm hash;
    };
    static constexpr hash_row hashes[] = {
        {"01", crypto::digest_algorithm::sha1},
        {"05", crypto::digest_algorithm::sha224},
        {"06", crypto::digest_algorithm::sha256},
        {"07", crypto::digest_algorithm::sha384},
        {"08", crypto::digest_algorithm::sha512},
        {"20", crypto::digest_algorithm::sm3},
    };
    const auto id = c.in.digits(2);
    const std::size_t length = c.in.decimal(5, code::data_length);
    const auto data = c.in.text(length, code::data_length);
    c.end();
    if (c.failed()) return;
    if (id == "02") {
        std::array<std::uint8_t, 16> value{};
        if (!md5(as_bytes(data), value)) return c.fail(code::hardware);
        return c.put_bytes(value);
    }
    const auto* row = std::ranges::find(hashes, id, &hash_row::id);
    const bool sm3_here = (static_cast<std::uint8_t>(c.dialect()) & chinese) != 0;
    const status unknown_hash = sm3_here ? status{'7', '9'} : status{'0', '5'};
    if (row == std::end(hashes) || (id == "20" && !sm3_here)) return c.fail(unknown_hash);
    const auto value = crypto::digest(row->hash, as_bytes(data));
    if (!value) return c.fail(code::hardware);
    c.put_bytes(value->view());
}

constexpr command_row data_table[] = {
    {"M0", encrypt, every_racal},
    {"M2", decrypt, every_racal},
    {"M4", reencrypt, every_racal},
    {"E0", run_e0, family::sjl05 | family::sjl06},
    {"GM", digest_data, every_racal},
};

} // namespace

std::span<const command_row> data_commands() noexcept {
    return data_table;
}

} // namespace cipherlane::hsm_sim
