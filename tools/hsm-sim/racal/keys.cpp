#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>

#include <ctime>

namespace cipherlane::hsm_sim {
namespace {

std::size_t default_kcv(const command& c) {
    return c.on.settings().kcv_digits;
}

/// The two-character type of BU, KA and BW: variant, then the pair's code; FF names three characters behind `;`.
std::optional<lmk_slot> short_type(std::string_view two) {
    if (two.size() != 2) return std::nullopt;
    const char three[] = {two[0], '0', two[1]};
    return slot_of_key_type({three, 3});
}

/// Atalla variant n changes the first byte of each part of the ZMK by eight times n.
clear_key with_atalla_variant(clear_key zmk, std::size_t variant) {
    for (std::size_t at = 0; at < zmk.size(); at += 8)
        zmk.span()[at] ^= static_cast<std::uint8_t>(8 * variant);
    return zmk;
}

std::size_t atalla_variant(command& c) {
    const auto next = c.in.ahead().substr(0, 2);
    const auto digits = std::min(next.find_first_not_of("0123456789"), next.size());
    return digits == 0 ? 0 : c.in.decimal(digits);
}

/// A store request behind a TASS command: K, index, label length, label.
struct store_request {
    bool wanted = false;
    std::uint32_t index = 0;
    std::string_view label;
};

store_request store_tail(command& c) {
    store_request read;
    if ((static_cast<std::uint8_t>(c.on.settings().dialect) & chinese) == 0 || !c.in.take_if('K')) return read;
    read.wanted = true;
    read.index = static_cast<std::uint32_t>(c.in.decimal(4, code::index));
    if (read.index < 1 || read.index > 2048) c.fail(code::index);
    const std::size_t length = c.in.decimal(2);
    if (length > 16) c.fail(code::input_data);
    read.label = c.in.text(length);
    return read;
}

/// Year to second, 14 digits, by the unit's clock.
std::string now_as_digits() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 15> text{};
    std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &parts);
    return text.data();
}

struct new_key {
    std::string_view type_text;
    lmk_slot type{};
    char scheme = '0';
};

/// The key under the LMK into the answer and, if asked, into the user storage.
void put_and_store(command& c, const new_key& what, const clear_key& key, const store_request& store) {
    if (c.failed()) return;
    std::string field;
    command writer(c.on, c.lmks, {}, 32, field);
    writer.put_key(what.type, what.scheme, key);
    if (writer.failed()) return c.fail(writer.verdict());
    c.put(field);
    if (!store.wanted) return;
    std::string kcv;
    command(c.on, c.lmks, {}, 32, kcv).put_kcv(key, 16);
    c.on.store(store.index, {field, std::string(what.type_text), std::string(store.label), kcv, now_as_digits()});
}

/// The initial key of a DUKPT terminal: derivation 0, kind of BDK, BDK, serial number of 15 digits without counter.
clear_key derive_initial_key(command& c) {
    (void)c.in.one_of("0");
    const char kind = c.in.one_of("123");
    const lmk_slot slot = kind == '1' ? slots::bdk1 : kind == '2' ? slots::bdk2 : slots::bdk3;
    const clear_key base = c.key(slot, code::source_parity, untagged::pair);
    const auto digits = c.in.text(15);
    key_serial serial{};
    request_reader whole(digits.size() == 15 ? digits.substr(0, 14) : std::string_view{});
    whole.hex(byte_span(serial).first(7));
    const int last = digits.size() == 15 ? hex_value(digits[14]) : -1;
    if (!c.failed() && (whole.failed() || last < 0)) c.fail(code::input_data);
    if (!c.failed() && base.size() != 16) c.fail(code::key_length);
    if (c.failed()) return {};
    serial[7] = static_cast<std::uint8_t>(last << 4);
    clear_key made = dukpt_initial_key(base, serial);
    force_odd_parity(made.span());
    return made;
}

/// A0: modes 0 and 1 make a key, A and B derive a DUKPT initial key; 1 and B also wrap it for a ZMK or TMK.
void generate_key(command& c) {
    const char mode = c.in.one_of("01AB", code::input_data);
    const std::string_view type_text = c.in.ahead().substr(0, 3);
    const lmk_slot type = c.key_type();
    const char scheme = c.scheme();
    clear_key wrapping;
    char out_scheme = '0';
    clear_key derived;
    if (mode == 'A' || mode == 'B') {
        if (!c.failed() && type != slots::ipek) c.fail(code::key_type);
        derived = derive_initial_key(c);
    }
    const bool goes_out = mode == '1' || mode == 'B';
    if (goes_out) {
        // `;` and a flag tell what follows: 0 a ZMK, 1 a TMK.
        const bool terminal = c.in.take_if(';') && c.in.one_of("01") == '1';
        wrapping = terminal ? c.key(slots::tpk) : c.key(slots::zmk, code::source_parity, untagged::zmk);
        out_scheme = c.scheme();
    }
    const auto store = store_tail(c);
    c.end();
    const clear_key made = derived.empty() ? c.generate(scheme) : derived;
    put_and_store(c, {type_text, type, scheme}, made, store);
    if (goes_out) c.put_key_under(wrapping, out_scheme, made);
    c.put_kcv(made, default_kcv(c));
}

/// KR (TASS): a new key into the user storage.
void generate_stored(command& c) {
    const std::string_view type_text = c.in.ahead().substr(0, 3);
    const lmk_slot type = c.key_type();
    const char scheme = c.scheme();
    const auto store = store_tail(c);
    c.end();
    if (!c.failed() && !store.wanted) c.fail(code::index);
    const clear_key made = c.generate(scheme);
    put_and_store(c, {type_text, type, scheme}, made, store);
    c.put_kcv(made, default_kcv(c));
}

/// A2: makes a component and prints it; the second answer says that it is printed.
void print_component(command& c) {
    const lmk_slot type = c.key_type();
    const char scheme = c.scheme();
    (void)c.in.rest(); // print fields
    const clear_key made = c.generate(scheme);
    c.put_key(type, scheme, made);
    c.answer_again("AZ");
}

clear_key exclusive_or(command& c, const clear_key& sum, const clear_key& part) {
    if (c.failed() || sum.empty()) return part;
    if (sum.size() != part.size()) {
        c.fail(code::key_length);
        return {};
    }
    clear_key out = sum;
    for (std::size_t i = 0; i < out.size(); ++i)
        out.span()[i] ^= part.view()[i];
    return out;
}

/// The components of a key, each under the LMK, into the key.
clear_key form(command& c, std::size_t count, lmk_slot type, untagged length) {
    clear_key sum;
    for (std::size_t i = 0; i < count && !c.failed(); ++i) {
        sum = exclusive_or(c, sum, c.key(type, code::source_parity, length));
    }
    // An even number of odd-parity parts gives even parity; the key is stored odd.
    if (sum.kind() == key_algorithm::des) force_odd_parity(sum.span());
    return sum;
}

/// A4: a key from components under the LMK.
void form_key(command& c) {
    const std::size_t count = c.in.decimal(1, code::count_range);
    if (!c.failed() && (count < 2 || count > 9)) c.fail(code::count_range);
    const std::string_view type_text = c.in.ahead().substr(0, 3);
    const lmk_slot type = c.key_type();
    const char scheme = c.scheme();
    const clear_key formed = form(c, count, type, untagged::one);
    const auto store = store_tail(c);
    c.end();
    put_and_store(c, {type_text, type, scheme}, formed, store);
    c.put_kcv(formed, default_kcv(c));
}

/// GG, GY: a ZMK from three, or from 2 to 9, components.
void form_zmk_from(command& c, std::size_t count) {
    const clear_key formed = form(c, count, slots::zmk, untagged::zmk);
    const auto tail = c.tail();
    c.end();
    const char plain = formed.size() == 8 ? '0' : 'X';
    c.put_key(slots::zmk, tail.given ? tail.lmk_scheme : plain, formed);
    c.put_kcv(formed, tail.given ? tail.kcv_digits : 16);
}

void form_zmk_of_three(command& c) {
    form_zmk_from(c, 3);
}

void form_zmk(command& c) {
    const std::size_t count = c.in.decimal(1, code::count_range);
    if (!c.failed() && (count < 2 || count > 9)) c.fail(code::count_range);
    form_zmk_from(c, count);
}

/// AM (TASS): a key from clear components, each behind its scheme tag.
void form_clear_key(command& c) {
    const std::string_view type_text = c.in.ahead().substr(0, 3);
    const lmk_slot type = c.key_type();
    if (c.in.text(2) != "00") c.fail(code::input_data);
    const std::size_t count = c.in.decimal(2, code::count_range);
    if (!c.failed() && (count < 1 || count > 9)) c.fail(code::count_range);
    clear_key sum;
    for (std::size_t i = 0; i < count && !c.failed(); ++i)
        sum = exclusive_or(c, sum, c.clear_component());
    const char scheme = c.last_scheme();
    const auto store = store_tail(c);
    c.end();
    if (c.failed()) return;
    if (sum.kind() == key_algorithm::des) force_odd_parity(sum.span());
    put_and_store(c, {type_text, type, scheme}, sum, store);
    c.put_kcv(sum, default_kcv(c));
}

/// A6: a key in from a ZMK. Wrong parity is put right and told as a warning with the key.
void import_key(command& c) {
    const std::string_view type_text = c.in.ahead().substr(0, 3);
    const lmk_slot type = c.key_type();
    const clear_key zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    const std::size_t key_at = c.in.left();
    const std::string_view key_text = c.in.ahead();
    const clear_key as_is = c.key_under(zmk);
    const std::size_t key_chars = key_at - c.in.left();
    const char scheme = c.scheme();
    const std::size_t variant = atalla_variant(c);
    const auto store = store_tail(c);
    c.end();
    if (c.failed()) return;
    clear_key imported = as_is;
    if (variant != 0) {
        std::string nowhere;
        command again(c.on, c.lmks, key_text.substr(0, key_chars), 32, nowhere);
        imported = again.key_under(with_atalla_variant(zmk, variant));
        if (again.failed()) return c.fail(again.verdict());
        if (again.parity_put_right()) c.warn(code::parity_advice);
    } else if (c.parity_put_right()) {
        c.warn(code::parity_advice);
    }
    put_and_store(c, {type_text, type, scheme}, imported, store);
    c.put_kcv(imported, default_kcv(c));
}

/// A8: a key out under a ZMK, or a TMK by the flag of newer units.
void export_key(command& c) {
    const lmk_slot type = c.key_type();
    const bool terminal = c.in.take_if(';') && c.in.one_of("01") == '1';
    const clear_key zmk = terminal ? c.key(slots::tpk) : c.key(slots::zmk, code::source_parity, untagged::zmk);
    const clear_key key = c.key(type, code::destination_parity);
    const char scheme = c.scheme();
    const std::size_t variant = atalla_variant(c);
    c.end();
    if (c.failed()) return;
    if (scheme == '0' && key.size() != 8) return c.fail(code::key_length);
    c.put_key_under(with_atalla_variant(zmk, variant), scheme, key);
    c.put_kcv(key, default_kcv(c));
}

/// B0: the same key under another scheme.
void change_scheme(command& c) {
    const lmk_slot type = c.key_type();
    const clear_key key = c.key(type);
    const char scheme = c.scheme();
    c.end();
    c.put_key(type, scheme, key);
}

struct typed_key {
    lmk_slot type{};
    clear_key key;
};

/// Two-character type, length flag, key; the type behind `;` where it is FF.
untagged by_flag(command& c, char& flag) {
    flag = c.in.one_of("0123", code::length_flag);
    return flag == '0' ? untagged::one : untagged::pair;
}

lmk_slot short_or_tail_type(command& c, std::string_view two, std::size_t key_chars_ahead) {
    if (two == "FF") {
        // The type stands behind the key.
        const auto ahead = c.in.ahead();
        const auto at = ahead.find(';');
        if (at == std::string_view::npos || at < key_chars_ahead) {
            c.fail(code::key_type);
            return slots::zmk;
        }
        const auto slot = slot_of_key_type(ahead.substr(at + 1, 3));
        if (!slot) c.fail(code::key_type);
        return slot.value_or(slots::zmk);
    }
    const auto slot = short_type(two);
    if (!slot && !c.failed()) c.fail(code::key_type);
    return slot.value_or(slots::zmk);
}

void put_asked_kcv(command& c, const clear_key& key, std::string_view two) {
    if (two == "FF") (void)c.in.text(4);
    std::size_t digits = 16;
    if (c.in.take_if(';')) {
        (void)c.in.text(2);
        digits = c.in.one_of("01") == '0' ? 16 : 6;
    }
    c.end();
    c.put_kcv(key, digits);
}

/// BU: the check value of any key.
void check_value_of_key(command& c) {
    const auto two = c.in.text(2, code::key_type);
    char flag = '0';
    const auto length = by_flag(c, flag);
    const lmk_slot type = short_or_tail_type(c, two, 16);
    const clear_key key = c.key(type, code::source_parity, length);
    const std::size_t parts = key.size() / 8;
    if (!c.failed() && key.kind() == key_algorithm::des && static_cast<std::size_t>(flag - '0') + 1 != parts) {
        c.fail(code::key_length);
    }
    put_asked_kcv(c, key, two);
}

/// KA: the same without a length flag; the type follows the key.
void check_value_of_single(command& c) {
    // The type is needed to open the key, so it is looked for first.
    const auto ahead = c.in.ahead();
    const char tag = c.in.peek();
    const std::size_t key_chars = tag == 'U' || tag == 'X' || tag == 'R' || tag == 'S' || tag == 'L' ? 33
                                  : tag == 'T' || tag == 'Y'                                         ? 49
                                  : tag == 'Z'                                                       ? 17
                                  : tag == 'K'                                                       ? 5
                                                                                                     : 16;
    if (ahead.size() < key_chars + 2) return c.fail(code::input_data);
    const auto type = short_type(ahead.substr(key_chars, 2));
    if (!type) return c.fail(code::key_type);
    const clear_key key = c.key(*type);
    (void)c.in.text(2);
    put_asked_kcv(c, key, {});
}

/// BW: a key from under the old LMK to under the new one.
void from_old_lmk(command& c) {
    const auto two = c.in.text(2, code::key_type);
    char flag = '0';
    const auto length = by_flag(c, flag);
    const lmk_slot type = short_or_tail_type(c, two, 16);
    const auto old = c.on.old_lmks();
    if (!old) return c.fail(code::no_old_lmk);
    std::string nowhere;
    command under_old(c.on, *old, c.in.ahead(), 32, nowhere);
    const clear_key key = under_old.key(type, code::source_parity, length);
    if (under_old.failed()) return c.fail(under_old.verdict());
    (void)c.in.text(c.in.left() - under_old.in.left());
    if (two == "FF") (void)c.in.text(4);
    char scheme = under_old.last_scheme();
    if (c.in.take_if(';')) {
        (void)c.in.text(1);
        scheme = c.scheme();
        (void)c.in.text(1);
    }
    c.end();
    c.put_key(type, scheme, key);
}

/// Units for key blocks have A0, A6, A8 and BU of their own.
constexpr auto variant_units = chinese | family::payshield;

constexpr command_row keys_table[] = {
    {"A0", generate_key, variant_units},
    {"A2", print_component, every_racal, true},
    {"A4", form_key, variant_units, true},
    {"A6", import_key, variant_units},
    {"A8", export_key, variant_units},
    {"AM", form_clear_key, static_cast<std::uint8_t>(family::sjj1310), true},
    {"B0", change_scheme, every_racal},
    {"BU", check_value_of_key, variant_units},
    {"BW", from_old_lmk, every_racal},
    {"GG", form_zmk_of_three, every_racal, true},
    {"GY", form_zmk, every_racal, true},
    {"KR", generate_stored, static_cast<std::uint8_t>(family::sjj1310)},
    {"KA", check_value_of_single, every_racal},
};

} // namespace

std::span<const command_row> key_commands() noexcept {
    return keys_table;
}

} // namespace cipherlane::hsm_sim
