#include "hsm-sim/keys/pin_verification.hpp"

#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

/// A PIN block of the request and what it takes to open it.
struct enciphered_pin {
    clear_key key;
    std::array<std::uint8_t, 16> block{};
    pin_format format = pin_format::none;

    void read_block(command& c) {
        const auto read = c.block(key);
        std::copy(read.begin(), read.end(), block.begin());
    }
    clear_pin open(command& c, std::string_view account) const {
        clear_pin pin;
        if (c.failed()) return pin;
        const status verdict = open_pin_block(key, format, byte_view(block).first(key.block_size()), account, pin);
        if (!verdict.ok()) c.fail(verdict);
        return pin;
    }
};

/// Three characters: 001 a ZPK, 002 a TPK.
clear_key typed_pin_key(command& c) {
    const auto type = c.key_type();
    if (type == slots::in_block) return c.key_of(slots::zpk, slots::tpk, code::source_parity);
    if (!c.failed() && type != slots::zpk && type != slots::tpk) c.fail(code::key_type);
    return c.key(type, code::source_parity);
}

/// Where the check values of IBM 3624 come from: account, decimalisation table, validation data.
struct ibm_inputs {
    std::string_view account;
    std::string_view table;
    std::string_view user_data;

    /// `format`: of the block in the request, if there is one.
    void read(command& c, pin_format format = pin_format::none) {
        account = c.account(format);
        table = c.in.digits(16, code::decimalisation_table);
        if (!c.failed() && c.on.settings().policy == pin_policy::pci && !is_balanced())
            c.fail(code::decimalisation_table);
        user_data = c.in.text(12);
    }
    /// At least eight different digits, none more than four times: what units check against attacks on the table.
    [[nodiscard]] bool is_balanced() const {
        std::array<int, 10> uses{};
        for (const char digit : table)
            ++uses[static_cast<std::size_t>(digit - '0')];
        return std::ranges::count_if(uses, [](int n) { return n > 0; }) >= 8 &&
               std::ranges::all_of(uses, [](int n) { return n <= 4; });
    }
    /// The user's data with the last five digits of the account in the place of N.
    std::array<char, 16> natural(command& c, const clear_key& pvk) const {
        if (c.failed()) return {};
        std::string expanded(user_data);
        const auto at = expanded.find('N');
        if (at != std::string::npos) expanded.replace(at, 1, account.substr(account.size() - 5));
        if (expanded.size() != 16 || !std::ranges::all_of(expanded, [](char d) { return hex_value(d) >= 0; })) {
            c.fail(code::input_data);
            return {};
        }
        return ibm_natural_pin(pvk, expanded, table);
    }
};

std::string_view view(const std::array<char, 16>& digits) {
    return {digits.data(), digits.size()};
}

clear_key ibm_pvk(command& c) {
    const auto pvk = c.key(slots::tpk, code::destination_parity);
    if (!c.failed() && pvk.size() == 8) c.warn(code::pvk_warning);
    return pvk;
}

std::size_t check_length(command& c) {
    const std::size_t length = c.in.decimal(2, code::pin_length);
    if (!c.failed() && (length < clear_pin::shortest || length > clear_pin::longest)) c.fail(code::pin_length);
    return length;
}

/// Twelve characters, F behind the digits.
std::string_view offset_field(command& c) {
    const auto text = c.in.text(12);
    const auto digits = text.substr(0, text.find('F'));
    if (digits.find_first_not_of("0123456789") != std::string_view::npos ||
        text.find_first_not_of('F', digits.size()) != std::string_view::npos) {
        c.fail(code::input_data);
    }
    return digits;
}

/// DE: the offset of a PIN under the LMK.
void make_offset_of_lmk_pin(command& c) {
    const clear_key pvk = ibm_pvk(c);
    const std::size_t behind = 2 + 12 + 16 + 12;
    if (!c.failed() && c.in.left() <= behind) c.fail(code::input_data);
    const clear_pin pin = c.pin_under_lmk(c.failed() ? 0 : c.in.left() - behind);
    const std::size_t length = check_length(c);
    ibm_inputs inputs;
    inputs.read(c);
    c.end();
    const auto natural = inputs.natural(c, pvk);
    if (!c.failed() && pin.size() < length) c.fail(code::pin_length);
    if (!c.failed()) c.put_offset(ibm_offset(view(natural), pin.view()).view());
}

/// EE: the PIN that an offset gives.
void derive_pin(command& c) {
    const clear_key pvk = ibm_pvk(c);
    const auto offset = offset_field(c);
    const std::size_t length = check_length(c);
    ibm_inputs inputs;
    inputs.read(c);
    c.end();
    const auto natural = inputs.natural(c, pvk);
    if (c.failed()) return;
    if (offset.size() < length) return c.fail(code::pin_length);
    c.put_pin_under_lmk(ibm_pin(view(natural), offset));
}

void check_offset(command& c, const std::array<char, 16>& natural, const clear_pin& pin, std::string_view offset,
    std::size_t length) {
    if (c.failed()) return;
    if (pin.size() < length || offset.size() < length) return c.fail(code::pin_length);
    const clear_pin expected = ibm_pin(view(natural), offset.substr(0, length));
    if (expected.view() != pin.view().substr(0, length)) c.fail(code::verification_failed);
}

/// DA, EA: is this the PIN that the offset gives?
void verify_offset(command& c, lmk_slot type) {
    enciphered_pin entered;
    entered.key = c.key(type, code::source_parity);
    const clear_key pvk = ibm_pvk(c);
    const std::size_t most = c.in.decimal(2, code::pin_length);
    entered.read_block(c);
    entered.format = c.format();
    const std::size_t length = check_length(c);
    ibm_inputs inputs;
    inputs.read(c, entered.format);
    const auto offset = offset_field(c);
    c.end();
    const clear_pin pin = entered.open(c, inputs.account);
    if (!c.failed() && pin.size() > most) return c.fail(code::pin_length);
    check_offset(c, inputs.natural(c, pvk), pin, offset, length);
}

clear_key base_key(command& c) {
    const auto base = c.key(slots::bdk1, code::source_parity, untagged::pair);
    if (!c.failed() && base.size() != 16) c.fail(code::key_length);
    return base;
}

/// Whether the PIN is enciphered by the DUKPT of before 2004 or the Triple-DES one; only the latter names a format.
enum class dukpt_age : std::uint8_t { single, triple };

/// GO and GQ begin with a mode: 0 the PIN alone. With 1 they would verify a MAC too; its fields are not published
/// whole.
void read_dukpt_mode(command& c, dukpt_age age) {
    if (age == dukpt_age::triple) (void)c.in.one_of("0");
}

/// Serial number, block and, with Triple-DES, format.
void read_dukpt_pin(command& c, const clear_key& base, dukpt_age age, enciphered_pin& entered) {
    const auto serial = c.serial();
    if (c.failed()) return;
    entered.key =
        age == dukpt_age::single ? single_dukpt_pin_key(base, serial) : dukpt_key(base, serial, dukpt_use::pin);
    entered.read_block(c);
    entered.format = age == dukpt_age::single ? pin_format::iso0 : c.format();
}

/// CK, GO: a DUKPT terminal's PIN by IBM 3624.
void verify_dukpt_offset(command& c, dukpt_age age) {
    read_dukpt_mode(c, age);
    const clear_key base = base_key(c);
    const clear_key pvk = ibm_pvk(c);
    enciphered_pin entered;
    read_dukpt_pin(c, base, age, entered);
    const std::size_t length = check_length(c);
    ibm_inputs inputs;
    inputs.read(c, entered.format);
    const auto offset = offset_field(c);
    c.end();
    check_offset(c, inputs.natural(c, pvk), entered.open(c, inputs.account), offset, length);
}
void verify_single_dukpt_offset(command& c) {
    verify_dukpt_offset(c, dukpt_age::single);
}
void verify_triple_dukpt_offset(command& c) {
    verify_dukpt_offset(c, dukpt_age::triple);
}

void verify_terminal_offset(command& c) {
    verify_offset(c, slots::tpk);
}
void verify_zone_offset(command& c) {
    verify_offset(c, slots::zpk);
}

/// BK, DU: the offset of a PIN that the customer chose; DU first checks the old one.
void offset_of_chosen(command& c, bool check_old) {
    enciphered_pin chosen;
    chosen.key = typed_pin_key(c);
    const clear_key pvk = ibm_pvk(c);
    chosen.read_block(c);
    chosen.format = c.format();
    const std::size_t length = check_length(c);
    ibm_inputs inputs;
    inputs.read(c, chosen.format);
    enciphered_pin current = chosen;
    std::string_view old_offset;
    if (check_old) {
        old_offset = offset_field(c);
        chosen.read_block(c);
    }
    c.end();
    const auto natural = inputs.natural(c, pvk);
    if (check_old) {
        const clear_pin old = current.open(c, inputs.account);
        if (c.failed()) return;
        if (old.size() < length || old_offset.size() < length) return c.fail(code::chosen_pin_length);
        if (ibm_pin(view(natural), old_offset.substr(0, length)).view() != old.view().substr(0, length)) {
            return c.fail(code::verification_failed);
        }
    }
    const clear_pin pin = chosen.open(c, inputs.account);
    if (!c.failed() && pin.size() < length) c.fail(code::chosen_pin_length);
    if (!c.failed()) c.put_offset(ibm_offset(view(natural), pin.view()).view());
}

void offset_of_new(command& c) {
    offset_of_chosen(c, false);
}
void offset_of_changed(command& c) {
    offset_of_chosen(c, true);
}

clear_key pvk_pair(command& c) {
    const auto pvk = c.key(slots::tpk, code::destination_parity, untagged::pair);
    if (!c.failed() && pvk.size() != 16) c.fail(code::key_length);
    return pvk;
}

char key_index(command& c) {
    const auto digit = c.in.digits(1);
    return digit.empty() ? '0' : digit.front();
}

void put_pvv(command& c, const std::array<char, 4>& pvv) {
    c.put(std::string_view(pvv.data(), pvv.size()));
}

/// DG: the PVV of a PIN under the LMK.
void make_pvv_of_lmk_pin(command& c) {
    const clear_key pvk = pvk_pair(c);
    if (!c.failed() && c.in.left() <= 13) c.fail(code::input_data);
    const clear_pin pin = c.pin_under_lmk(c.failed() ? 0 : c.in.left() - 13);
    const auto account = c.in.digits(12, code::account);
    const char index = key_index(c);
    c.end();
    if (!c.failed()) put_pvv(c, visa_pvv(pvk, account, index, pin));
}

/// DC, EC: is this the PIN of the PVV?
void verify_pvv(command& c, lmk_slot type) {
    enciphered_pin entered;
    entered.key = c.key(type, code::source_parity);
    const clear_key pvk = pvk_pair(c);
    entered.read_block(c);
    entered.format = c.format();
    const auto account = c.account(entered.format);
    const char index = key_index(c);
    const auto pvv = c.in.digits(4);
    c.end();
    const clear_pin pin = entered.open(c, account);
    if (c.failed()) return;
    const auto expected = visa_pvv(pvk, account, index, pin);
    if (pvv != std::string_view(expected.data(), expected.size())) c.fail(code::verification_failed);
}

void verify_terminal_pvv(command& c) {
    verify_pvv(c, slots::tpk);
}
void verify_zone_pvv(command& c) {
    verify_pvv(c, slots::zpk);
}

/// CM, GQ: a DUKPT terminal's PIN by PVV.
void verify_dukpt_pvv(command& c, dukpt_age age) {
    read_dukpt_mode(c, age);
    const clear_key base = base_key(c);
    const clear_key pvk = pvk_pair(c);
    enciphered_pin entered;
    read_dukpt_pin(c, base, age, entered);
    const auto account = c.account(entered.format);
    const char index = key_index(c);
    const auto pvv = c.in.digits(4);
    c.end();
    const clear_pin pin = entered.open(c, account);
    if (c.failed()) return;
    const auto expected = visa_pvv(pvk, account, index, pin);
    if (pvv != std::string_view(expected.data(), expected.size())) c.fail(code::verification_failed);
}
void verify_single_dukpt_pvv(command& c) {
    verify_dukpt_pvv(c, dukpt_age::single);
}
void verify_triple_dukpt_pvv(command& c) {
    verify_dukpt_pvv(c, dukpt_age::triple);
}

/// FW, CU: the PVV of a PIN that the customer chose; CU first checks the old one.
void pvv_of_chosen(command& c, bool check_old) {
    enciphered_pin chosen;
    chosen.key = typed_pin_key(c);
    const clear_key pvk = pvk_pair(c);
    chosen.read_block(c);
    chosen.format = c.format();
    const auto account = c.account(chosen.format);
    const char index = key_index(c);
    enciphered_pin current = chosen;
    std::string_view old_pvv;
    if (check_old) {
        old_pvv = c.in.digits(4);
        chosen.read_block(c);
    }
    c.end();
    if (check_old) {
        const clear_pin old = current.open(c, account);
        if (c.failed()) return;
        const auto expected = visa_pvv(pvk, account, index, old);
        if (old_pvv != std::string_view(expected.data(), expected.size())) {
            return c.fail(code::verification_failed);
        }
    }
    const clear_pin pin = chosen.open(c, account);
    if (!c.failed()) put_pvv(c, visa_pvv(pvk, account, index, pin));
}

void pvv_of_new(command& c) {
    pvv_of_chosen(c, false);
}
void pvv_of_changed(command& c) {
    pvv_of_chosen(c, true);
}

constexpr command_row pin_verification_table[] = {
    {"DE", make_offset_of_lmk_pin, every_racal},
    {"EE", derive_pin, every_racal},
    {"DA", verify_terminal_offset, every_racal},
    {"EA", verify_zone_offset, every_racal},
    {"BK", offset_of_new, every_racal},
    {"DU", offset_of_changed, every_racal},
    {"DG", make_pvv_of_lmk_pin, every_racal},
    {"DC", verify_terminal_pvv, every_racal},
    {"EC", verify_zone_pvv, every_racal},
    {"FW", pvv_of_new, every_racal},
    {"CU", pvv_of_changed, every_racal},
    {"CK", verify_single_dukpt_offset, every_racal},
    {"CM", verify_single_dukpt_pvv, every_racal},
    {"GO", verify_triple_dukpt_offset, every_racal},
    {"GQ", verify_triple_dukpt_pvv, every_racal},
};

} // namespace

std::span<const command_row> pin_verification_commands() noexcept {
    return pin_verification_table;
}

} // namespace cipherlane::hsm_sim
