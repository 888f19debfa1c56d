#include "hsm-sim/command.hpp"
#include "hsm-sim/emv.hpp"
#include "hsm-sim/mac.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

constexpr status bad_scheme{'0', '3'};
constexpr status bad_mode{'0', '4'};
constexpr status no_data{'0', '5'};
constexpr status too_much_data{'0', '6'};

/// KQ: scheme 0 Visa (card key, data filled with zeros), 1 M/Chip (session key of counter and unpredictable number,
/// data marked with 80 and filled). Mode 0 verifies, 1 verifies and answers, 2 answers.
void verify_cryptogram(command& c) {
    const char mode = c.in.one_of("012", bad_mode);
    const char scheme = c.in.one_of("01", bad_scheme);
    const clear_key master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
    const auto pan = as_bytes(c.in.text(8));
    const auto atc = as_bytes(c.in.text(2));
    const auto unpredictable = as_bytes(c.in.text(4));
    const std::size_t length = c.in.hexadecimal(2, no_data);
    if (!c.failed() && length == 0 && mode != '2') c.fail(no_data);
    if (!c.failed() && length > 255) c.fail(too_much_data);
    const auto data = as_bytes(c.in.text(length, code::data_length));
    if (!c.in.take_if(';')) c.fail(code::data_length);
    const auto arqc = as_bytes(c.in.text(8));
    const auto arc = mode == '0' ? byte_view{} : as_bytes(c.in.text(2));
    c.end();
    if (!c.failed() && master.size() != 16) c.fail(code::key_length);
    if (c.failed()) return;

    const clear_key card = card_key(master, pan);
    if (mode != '2') {
        const clear_key key = scheme == '0' ? card : mchip_session_key(card, atc, unpredictable);
        const auto padding = scheme == '0' ? mac_padding::zeros : mac_padding::one_and_zeros;
        const auto computed = whole_mac(key, mac_method::retail, padding, data);
        const auto front = byte_view(computed).first(8);
        if (!equal_in_constant_time(front, arqc)) {
            c.fail(code::verification_failed);
            // What it should have been, only for a unit that may show it.
            if (!c.on.authorised()) return;
            c.put_bytes(front);
            return c.keep_body();
        }
    }
    if (mode != '0') c.put_bytes(response_cryptogram(card, arqc, arc));
}

/// K6 (TASS): the common session key; PAN of 16 digits, hexadecimal throughout.
void verify_cryptogram_tass(command& c) {
    const char mode = c.in.one_of("012", bad_mode);
    const clear_key master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
    std::array<std::uint8_t, 8> pan{};
    std::array<std::uint8_t, 2> atc{};
    std::array<std::uint8_t, 8> arqc{};
    std::array<std::uint8_t, 2> arc{};
    c.in.hex(pan, code::account);
    c.in.hex(atc);
    const std::size_t length = c.in.hexadecimal(2, no_data);
    const auto digits = c.in.text(2 * length, code::data_length);
    bytes data(length);
    request_reader hex(digits);
    hex.hex(data);
    if (hex.failed()) c.fail(code::input_data);
    c.in.hex(arqc);
    if (mode != '0') c.in.hex(arc);
    c.end();
    if (!c.failed() && master.size() != 16) c.fail(code::key_length);
    if (c.failed()) return;
    const clear_key key = common_session_key(card_key(master, pan), atc);
    if (mode != '2') {
        const auto computed = whole_mac(key, mac_method::retail, mac_padding::one_and_zeros, data);
        if (!equal_in_constant_time(byte_view(computed).first(8), arqc)) return c.fail(code::verification_failed);
    }
    if (mode != '0') c.put_hex(response_cryptogram(key, arqc, arc));
}

constexpr command_row rows[] = {
    {"KQ", verify_cryptogram, every_racal},
    {"K6", verify_cryptogram_tass, static_cast<std::uint8_t>(family::sjj1310)},
};

} // namespace

std::span<const command_row> emv_commands() noexcept {
    return rows;
}

} // namespace cipherlane::hsm_sim
