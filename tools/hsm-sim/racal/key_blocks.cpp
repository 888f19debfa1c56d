#include "hsm-sim/keys/key_block.hpp"
#include "hsm-sim/racal/command.hpp"

namespace cipherlane::hsm_sim {
namespace {

constexpr status bad_algorithm{'A', '7'};
constexpr status bad_exportability{'A', 'A'};

/// Behind `#` or `&`: usage 2, [algorithm 2,] mode of use 1, version 2, exportability 1, number of optional blocks 2.
struct asked_attributes {
    block_attributes what;
    std::size_t size = 16;
    key_algorithm kind = key_algorithm::des;

    void read(command& c, bool with_algorithm) {
        what.usage = c.in.text(2, code::block_usage);
        if (with_algorithm) read_algorithm(c);
        what.mode_of_use = c.in.one_of("BCDEGNSTVX", code::block_mode);
        what.version = c.in.digits(2);
        what.exportability = c.in.one_of("ENS", bad_exportability);
        if (c.in.digits(2) != "00") c.fail(status{'A', 'B'});
    }

  private:
    void read_algorithm(command& c) {
        struct row {
            std::string_view code;
            std::size_t size;
            key_algorithm kind;
        };
        static constexpr row rows[] = {
            {"D1", 8, key_algorithm::des},
            {"T2", 16, key_algorithm::des},
            {"T3", 24, key_algorithm::des},
            {"A1", 16, key_algorithm::aes},
            {"A2", 24, key_algorithm::aes},
            {"A3", 32, key_algorithm::aes},
        };
        const auto code = c.in.text(2, bad_algorithm);
        for (const auto& row : rows) {
            if (row.code != code) continue;
            what.algorithm = code.front();
            size = row.size;
            kind = row.kind;
            return;
        }
        c.fail(bad_algorithm);
    }
};

/// FFF: the block itself says what the key is for.
void type_in_block(command& c) {
    if (c.in.text(3, code::key_type) != "FFF") c.fail(code::key_type);
}

/// A0: mode 0 makes a key, 1 also wraps it.
void generate(command& c) {
    const char mode = c.in.one_of("01");
    type_in_block(c);
    (void)c.in.one_of("S", code::key_scheme);
    clear_key wrapping;
    char out_scheme = '0';
    if (mode == '1') {
        const bool terminal = c.in.take_if(';') && c.in.one_of("01") == '1';
        wrapping = c.key(terminal ? slots::tpk : slots::zmk);
        out_scheme = c.in.one_of("RXYU", code::key_scheme);
    }
    if (!c.in.take_if('#')) c.fail(code::block_usage);
    asked_attributes asked;
    asked.read(c, true);
    c.end();
    const clear_key made = c.generate(asked.size, asked.kind);
    c.put_block(asked.what, made);
    if (mode == '1') c.put_exported(wrapping, out_scheme, asked.what, made);
    c.put_kcv(made, 6);
}

/// A4: a key from components, each in a block of whatever usage.
void form_block(command& c) {
    const std::size_t count = c.in.decimal(1, code::count_range);
    if (!c.failed() && (count < 2 || count > 9)) c.fail(code::count_range);
    type_in_block(c);
    (void)c.in.one_of("S", code::key_scheme);
    clear_key sum;
    block_attributes first;
    for (std::size_t i = 0; i < count && !c.failed(); ++i) {
        block_attributes what;
        const clear_key part = c.any_block(what);
        if (i == 0) {
            sum = part;
            first = what;
            continue;
        }
        if (!c.failed() && (part.size() != sum.size() || part.kind() != sum.kind())) c.fail(code::key_length);
        for (std::size_t k = 0; k < part.size() && !c.failed(); ++k)
            sum.span()[k] ^= part.view()[k];
    }
    if (!c.in.take_if('#')) c.fail(code::block_usage);
    asked_attributes asked;
    asked.what.algorithm = first.algorithm;
    asked.read(c, false);
    c.end();
    if (c.failed()) return;
    if (sum.kind() == key_algorithm::des) force_odd_parity(sum.span());
    c.put_block(asked.what, sum);
    c.put_kcv(sum, 6);
}

/// A6: TR-31 blocks bring their attributes along; other schemes are told theirs.
void import_block(command& c) {
    type_in_block(c);
    const clear_key zmk = c.key(slots::zmk);
    block_attributes what;
    const bool block = c.in.peek() == 'R';
    const clear_key key = block ? c.block_under(zmk, what) : c.key_under(zmk);
    (void)c.in.one_of("S", code::key_scheme);
    if (c.in.take_if('&') || c.in.take_if('#')) {
        asked_attributes asked;
        asked.what.algorithm = what.algorithm;
        asked.read(c, false);
        what = asked.what;
    } else if (!block) {
        c.fail(code::block_usage);
    }
    c.end();
    if (c.parity_put_right()) c.warn(code::parity_advice);
    c.put_block(what, key);
    c.put_kcv(key, 6);
}

/// A8: out as a TR-31 block or in another scheme, unless the block forbids it.
void export_block(command& c) {
    type_in_block(c);
    const bool terminal = c.in.take_if(';') && c.in.one_of("01") == '1';
    const clear_key zmk = c.key(terminal ? slots::tpk : slots::zmk);
    block_attributes what;
    const clear_key key = c.any_block(what);
    const char scheme = c.in.one_of("RXYU", code::key_scheme);
    c.end();
    if (!c.failed() && what.exportability == 'N') c.fail(bad_exportability);
    c.put_exported(zmk, scheme, what, key);
    c.put_kcv(key, 6);
}

/// BU: any block; type FF, flag F.
void check_value_of_block(command& c) {
    if (c.in.text(2, code::key_type) != "FF") c.fail(code::key_type);
    (void)c.in.one_of("F", code::length_flag);
    block_attributes what;
    const clear_key key = c.any_block(what);
    std::size_t digits = 16;
    if (c.in.ahead().starts_with(";FFF")) (void)c.in.text(4);
    if (c.in.take_if(';')) {
        (void)c.in.text(2);
        digits = c.in.one_of("01") == '0' ? 16 : 6;
    }
    c.end();
    c.put_kcv(key, digits);
}

constexpr auto here = static_cast<std::uint8_t>(family::payshield_kb);
constexpr command_row key_blocks_table[] = {
    {"A0", generate, here},
    {"A4", form_block, here, true},
    {"A6", import_block, here},
    {"A8", export_block, here},
    {"BU", check_value_of_block, here},
};

} // namespace

std::span<const command_row> key_block_commands() noexcept {
    return key_blocks_table;
}

} // namespace cipherlane::hsm_sim
