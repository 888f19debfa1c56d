#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/mac.hpp"
#include "hsm-sim/racal/command.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

/// How the TASS family fills the last block: 00 PBOC enciphering (length byte in front), 01 PBOC MAC (80), 02 zeros,
/// 03 X9.23, 04 PKCS 5, 05 not at all.
class padding {
  public:
    void read(command& c) {
        const auto two = c.in.digits(2);
        if (!c.failed() && two > "05") c.fail(code::input_data);
        if (!c.failed()) code_ = two[1];
    }
    [[nodiscard]] bool add(bytes& data, std::size_t block) const {
        if (code_ == '0') data.insert(data.begin(), static_cast<std::uint8_t>(data.size()));
        const std::size_t over = data.size() % block;
        const std::size_t missing = block - over;
        switch (code_) {
        case '0':
            if (over == 0) return data.size() <= 256;
            [[fallthrough]];
        case '1':
            data.push_back(0x80);
            data.resize((data.size() + block - 1) / block * block);
            return true;
        case '2': data.resize((data.size() + block - 1) / block * block); return true;
        case '3':
            data.resize(data.size() + missing);
            data.back() = static_cast<std::uint8_t>(missing);
            return true;
        case '4': data.insert(data.end(), missing, static_cast<std::uint8_t>(missing)); return true;
        default: return over == 0;
        }
    }
    [[nodiscard]] bool remove(bytes& data, std::size_t block) const {
        if (data.empty()) return true;
        switch (code_) {
        case '0': {
            const std::size_t length = data.front();
            if (length >= data.size()) return false;
            data.erase(data.begin());
            data.resize(length);
            return true;
        }
        case '1': {
            const auto mark = std::find_if(data.rbegin(), data.rend(), [](std::uint8_t byte) { return byte != 0; });
            if (mark == data.rend() || *mark != 0x80) return false;
            data.erase(mark.base() - 1, data.end());
            return true;
        }
        case '3':
        case '4': {
            const std::size_t count = data.back();
            if (count == 0 || count > block || count > data.size()) return false;
            data.resize(data.size() - count);
            return true;
        }
        default: return true;
        }
    }

  private:
    char code_ = '5';
};

/// A key of any type, diversified by so many factors (PBOC: the factor and its complement enciphered), and without a
/// session key: the modes of those are not published.
clear_key derived_key(command& c) {
    const auto type = c.key_type();
    clear_key key = c.key(type);
    const std::size_t count = c.in.decimal(2, code::count_range);
    if (!c.failed() && count > 3) c.fail(code::count_range);
    for (std::size_t i = 0; i < count && !c.failed(); ++i) {
        if (key.size() != 16) return c.fail(code::key_length), clear_key{};
        std::array<std::uint8_t, 16> factor{};
        const bool des = key.kind() == key_algorithm::des;
        c.in.hex(byte_span(factor).first(des ? 8 : 16));
        if (des) {
            for (std::size_t k = 0; k < 8; ++k)
                factor[8 + k] = static_cast<std::uint8_t>(~factor[k]);
        }
        const clear_key parent = key;
        encrypt_ecb(parent, factor, key.span());
    }
    if (c.in.digits(2) != "00") c.fail(code::input_data);
    return key;
}

bytes data_field(command& c) {
    const std::size_t length = c.in.hexadecimal(4, code::data_length);
    const auto text = c.in.text(length, code::data_length);
    return {text.begin(), text.end()};
}

struct initial_value {
    std::array<std::uint8_t, 16> space{};
    std::size_t size = 8;
    void read(command& c, const clear_key& key) {
        size = key.block_size();
        c.in.hex(byte_span(space).first(size));
    }
    [[nodiscard]] byte_span span() { return byte_span(space).first(size); }
};

/// S0: 01 ISO 9797-1 algorithm 1, 03 algorithm 3. The length of the MAC is in hex: 04, 08, 10.
void make_mac(command& c) {
    const auto algorithm = c.in.digits(2);
    if (!c.failed() && algorithm != "01" && algorithm != "03") c.fail(code::input_data);
    const std::size_t mac_size = c.in.hexadecimal(2);
    const clear_key key = derived_key(c);
    padding fill;
    fill.read(c);
    bytes data = data_field(c);
    initial_value iv;
    iv.read(c, key);
    c.end();
    if (c.failed()) return;
    if (mac_size < 4 || mac_size > key.block_size()) return c.fail(code::input_data);
    if (!fill.add(data, key.block_size()) || data.empty()) return c.fail(code::data_length);
    const auto method = algorithm == "01" ? mac_method::cbc : mac_method::retail;
    (void)run_mac(key, method, mac_padding::none, true, data, iv.span());
    c.put_hex(iv.span().first(mac_size));
}

struct cipher_part {
    chain_mode mode = chain_mode::ecb;
    clear_key key;
    padding fill;

    void read(command& c) {
        const auto two = c.in.digits(2);
        if (!c.failed() && two > "03") c.fail(code::input_data);
        static constexpr chain_mode modes[] = {chain_mode::ecb, chain_mode::cbc, chain_mode::cfb, chain_mode::ofb};
        if (!c.failed()) mode = modes[two[1] - '0'];
        key = derived_key(c);
        fill.read(c);
    }
    void read_iv(command& c, initial_value& iv) const {
        if (mode != chain_mode::ecb)
            iv.read(c, key);
        else
            iv.size = key.block_size();
    }
};

void put_data(command& c, byte_view data) {
    c.put_hexadecimal(data.size(), 4);
    c.put_bytes(data);
}

void seal(command& c, const cipher_part& part, initial_value& iv, bytes& data) {
    if (!part.fill.add(data, part.key.block_size()) || data.empty()) return c.fail(code::data_length);
    run_chained(part.key, part.mode, direction::encrypt, iv.span(), data, data);
}

void unseal(command& c, const cipher_part& part, initial_value& iv, bytes& data) {
    if (data.empty() || data.size() % part.key.block_size() != 0) return c.fail(code::data_length);
    run_chained(part.key, part.mode, direction::decrypt, iv.span(), data, data);
    if (!part.fill.remove(data, part.key.block_size())) c.fail(code::input_data);
}

/// S3
void encrypt(command& c) {
    cipher_part part;
    part.read(c);
    bytes data = data_field(c);
    initial_value iv;
    part.read_iv(c, iv);
    c.end();
    if (!c.failed()) seal(c, part, iv, data);
    if (!c.failed()) put_data(c, data);
}

/// S4
void decrypt(command& c) {
    cipher_part part;
    part.read(c);
    bytes data = data_field(c);
    initial_value iv;
    part.read_iv(c, iv);
    c.end();
    if (!c.failed()) unseal(c, part, iv, data);
    if (!c.failed()) put_data(c, data);
}

/// S5
void reencrypt(command& c) {
    cipher_part source;
    source.read(c);
    cipher_part target;
    target.read(c);
    bytes data = data_field(c);
    initial_value source_iv;
    source.read_iv(c, source_iv);
    initial_value target_iv;
    target.read_iv(c, target_iv);
    c.end();
    if (!c.failed()) unseal(c, source, source_iv, data);
    if (!c.failed()) seal(c, target, target_iv, data);
    if (!c.failed()) put_data(c, data);
}

/// KG: what the user storage holds at an index.
void find_key(command& c) {
    if (!c.in.take_if('K')) c.fail(code::input_data);
    const std::size_t index = c.in.decimal(4, code::index);
    c.end();
    if (!c.failed() && (index < 1 || index > 2048)) c.fail(code::index);
    if (c.failed()) return;
    const auto found = c.on.find(static_cast<std::uint32_t>(index));
    if (!found) return c.fail(code::storage_empty);
    const char tag = found->field.empty() ? '0' : found->field.front();
    c.put(found->type);
    c.put(tag >= '0' && tag <= '9' ? 'Z' : tag);
    c.put(found->kcv);
    c.put_decimal(found->label.size(), 2);
    c.put(found->label);
    c.put(found->stored_at);
}

/// AN: the same key as another type.
void convert_type(command& c) {
    const auto from = c.key_type();
    const clear_key key = c.key(from);
    const char scheme = c.last_scheme();
    const auto to = c.key_type();
    c.end();
    c.put_key(to, scheme, key);
    c.put_kcv(key, 16);
}

constexpr auto tass = static_cast<std::uint8_t>(family::sjj1310);
constexpr command_row chinese_table[] = {
    {"S0", make_mac, tass},
    {"S3", encrypt, tass},
    {"S4", decrypt, tass},
    {"S5", reencrypt, tass},
    {"KG", find_key, tass},
    {"AN", convert_type, tass, true},
};

} // namespace

std::span<const command_row> chinese_commands() noexcept {
    return chinese_table;
}

} // namespace cipherlane::hsm_sim
