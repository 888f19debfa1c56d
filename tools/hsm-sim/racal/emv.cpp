#include "hsm-sim/keys/emv.hpp"

#include "hsm-sim/keys/mac.hpp"
#include "hsm-sim/racal/command.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

constexpr status unknown_mode{'0', '4'};
constexpr status bad_scheme{'0', '5'};
constexpr status bad_tree{'5', '2'};
constexpr status no_data{'8', '1'};

/// Length in two hex digits, data, `;`: what a cryptogram is made over.
byte_view transaction_data(command& c) {
    const std::size_t length = c.in.hexadecimal(2, code::data_length);
    if (!c.failed() && length == 0) c.fail(no_data);
    const auto data = as_bytes(c.in.text(length, code::data_length));
    if (!c.in.take_if(';')) c.fail(code::data_length);
    return data;
}

/// Compares; where it differs the right one is the diagnostic of a unit that may show it.
bool agrees(command& c, byte_view computed, byte_view given) {
    if (equal_in_constant_time(computed, given)) return true;
    c.fail(code::verification_failed);
    if (c.on.authorised()) {
        c.put_bytes(computed);
        c.keep_body();
    }
    return false;
}

/// As above where it may be empty.
byte_view optional_data(command& c) {
    const std::size_t length = c.in.hexadecimal(2, code::data_length);
    const auto data = as_bytes(c.in.text(length, code::data_length));
    if (!c.in.take_if(';')) c.fail(code::data_length);
    return data;
}

/// KQ: scheme 0 Visa (card key), 1 M/Chip (session key of counter and unpredictable number). The host pads as its
/// scheme wants; what is no whole block is filled with zeros. Mode 0 verifies, 1 verifies and answers, 2 answers.
void verify_cryptogram(command& c) {
    const char mode = c.in.one_of("012", unknown_mode);
    const char scheme = c.in.one_of("01", bad_scheme);
    const clear_key master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
    const auto pan = as_bytes(c.in.text(8));
    const auto atc = as_bytes(c.in.text(2));
    const auto unpredictable = as_bytes(c.in.text(4));
    byte_view data;
    // A request for the answer alone may carry the data or not.
    if (mode != '2' || c.in.left() > 8 + 2 + 1) data = mode == '2' ? optional_data(c) : transaction_data(c);
    const auto arqc = as_bytes(c.in.text(8));
    const auto arc = mode == '0' ? byte_view{} : as_bytes(c.in.text(2));
    c.end();
    if (!c.failed() && master.size() != 16) c.fail(code::key_length);
    if (c.failed()) return;

    const clear_key card = card_key(master, pan);
    if (mode != '2') {
        const clear_key key = scheme == '0' ? card : mchip_session_key(card, atc, unpredictable);
        const auto computed = whole_mac(key, mac_method::retail, mac_padding::zeros, data);
        if (!agrees(c, byte_view(computed).first(8), arqc)) return;
    }
    if (mode != '0') c.put_bytes(response_cryptogram(card, arqc, arc));
}

/// KW: modes 0 verify, 1 and 2 with or for ARPC method 1, 3 and 4 with or for method 2. Schemes 0 and 1 the key tree
/// of EMV 2000, 2 and 3 the common session key; 1 and 3 derive the card's key by option B.
struct kw_request {
    char mode = '0';
    char scheme = '0';
    clear_key master;
    byte_view iv;
    byte_view pan;
    unsigned branch = 2;
    unsigned height = 16;
    byte_view atc;
    byte_view data;
    byte_view arqc;
    byte_view arc;
    byte_view status_update;
    byte_view proprietary;

    [[nodiscard]] bool by_tree() const { return scheme < '2'; }
    [[nodiscard]] bool by_hash() const { return scheme == '1' || scheme == '3'; }
    [[nodiscard]] bool verifies() const { return mode == '0' || mode == '1' || mode == '3'; }

    void read(command& c) {
        mode = c.in.one_of("01234", unknown_mode);
        scheme = c.in.one_of("0123", bad_scheme);
        master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
        if (by_tree()) iv = as_bytes(c.in.text(16));
        read_pan(c);
        if (by_tree() && c.in.one_of("01", bad_tree) == '1') {
            branch = 4;
            height = 8;
        }
        atc = as_bytes(c.in.text(2));
        if (verifies()) data = transaction_data(c);
        arqc = as_bytes(c.in.text(8));
        if (mode == '1' || mode == '2') arc = as_bytes(c.in.text(2));
        if (mode == '3' || mode == '4') {
            status_update = as_bytes(c.in.text(4));
            const std::size_t length = c.in.decimal(1);
            if (!c.failed() && length > 8) c.fail(code::input_data);
            proprietary = as_bytes(c.in.text(length));
        }
        c.end();
        if (!c.failed() && master.size() != 16) c.fail(code::key_length);
    }

  private:
    void read_pan(command& c) {
        if (!by_hash()) {
            pan = as_bytes(c.in.text(8));
            return;
        }
        const std::size_t length = c.in.decimal(2);
        if (!c.failed() && length < 8) c.fail(code::input_data);
        pan = as_bytes(c.in.text(length));
        if (!c.in.take_if(';')) c.fail(code::input_data);
    }
};

void verify_cryptogram_emv4(command& c) {
    kw_request asked;
    asked.read(c);
    if (c.failed()) return;
    const clear_key card =
        asked.by_hash() ? card_key_by_hash(asked.master, asked.pan) : card_key(asked.master, asked.pan);
    const clear_key session = asked.by_tree()
                                  ? tree_session_key(card, asked.iv, asked.branch, asked.height, asked.atc)
                                  : common_session_key(card, asked.atc);
    if (asked.verifies()) {
        // The host pads as its scheme wants; what is no whole block is filled with zeros.
        const auto computed = whole_mac(session, mac_method::retail, mac_padding::zeros, asked.data);
        if (!agrees(c, byte_view(computed).first(8), asked.arqc)) return;
    }
    if (!asked.arc.empty()) c.put_bytes(response_cryptogram(session, asked.arqc, asked.arc));
    if (!asked.status_update.empty())
        c.put_bytes(response_mac(session, asked.arqc, asked.status_update, asked.proprietary));
}

/// K6 (TASS): the session key of PBOC cards; PAN and sequence number of 16 digits, hexadecimal throughout.
void verify_cryptogram_tass(command& c) {
    const char mode = c.in.one_of("012", unknown_mode);
    const clear_key master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
    std::array<std::uint8_t, 8> pan{};
    std::array<std::uint8_t, 2> atc{};
    std::array<std::uint8_t, 8> arqc{};
    std::array<std::uint8_t, 2> arc{};
    c.in.hex(pan, code::account);
    c.in.hex(atc);
    const std::size_t length = c.in.hexadecimal(2, code::data_length);
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
    const clear_key key = pboc_session_key(card_key(master, pan), atc);
    if (mode != '2') {
        const auto computed = whole_mac(key, mac_method::retail, mac_padding::one_and_zeros, data);
        if (!equal_in_constant_time(byte_view(computed).first(8), arqc)) return c.fail(code::verification_failed);
    }
    if (mode != '0') c.put_hex(response_cryptogram(key, arqc, arc));
}

constexpr command_row emv_table[] = {
    {"KQ", verify_cryptogram, every_racal},
    {"KW", verify_cryptogram_emv4, every_racal},
    {"K6", verify_cryptogram_tass, static_cast<std::uint8_t>(family::sjj1310)},
};

} // namespace

std::span<const command_row> emv_commands() noexcept {
    return emv_table;
}

} // namespace cipherlane::hsm_sim
