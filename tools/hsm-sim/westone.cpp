#include "hsm-sim/westone.hpp"

#include "hsm-sim/ciphers.hpp"
#include "hsm-sim/command.hpp"
#include "hsm-sim/mac.hpp"
#include "hsm-sim/pin.hpp"
#include "hsm-sim/table_commands.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hsm_sim {
namespace {

constexpr std::uint16_t key_follows = 0xFFFF;
constexpr std::size_t largest_data = 4096;

/// A key field: raw bytes in the request, or a number in the unit.
struct raw_key {
    byte_view bytes;
    std::uint16_t index = key_follows;
};

/// One request: first its layout is read, as far as the bytes go; then, if all are there, it is carried out.
class exchange {
  public:
    exchange(unit& of, const lmk_set& keys, std::string_view stream, std::string& out)
        : on(of)
        , lmks(keys)
        , stream_(as_bytes(stream))
        , out_(out) {}

    unit& on;
    const lmk_set& lmks;

    // Layout.

    byte_view take(std::size_t count) {
        if (incomplete_ || failed()) return {};
        if (stream_.size() - at_ < count) {
            incomplete_ = true;
            return {};
        }
        at_ += count;
        return stream_.subspan(at_ - count, count);
    }
    std::uint8_t byte() {
        const auto one = take(1);
        return one.empty() ? std::uint8_t{0} : one[0];
    }
    std::uint16_t word() {
        const auto two = take(2);
        if (two.empty()) return 0;
        const auto value = load_be16(two.data());
        return on.settings().little_endian ? static_cast<std::uint16_t>((value << 8) | (value >> 8)) : value;
    }
    /// 8, 16 or 24.
    std::size_t key_length() {
        const std::size_t length = byte();
        return checked_length(length);
    }
    /// 1, 2 or 3 for a single, double or triple key.
    std::size_t length_flag() { return checked_length(8U * byte()); }
    raw_key key_by_length() { return {take(key_length()), key_follows}; }
    raw_key key_or_index(std::uint16_t index, std::size_t length) {
        return index == key_follows ? raw_key{take(length), index} : raw_key{{}, index};
    }
    byte_view data() {
        const std::size_t length = word();
        if (length > largest_data) impossible(westone_error::input_length);
        return take(length);
    }
    /// Whether the whole request was there; only then may it be carried out.
    [[nodiscard]] bool ready() const noexcept { return !incomplete_ && !failed(); }
    [[nodiscard]] bool incomplete() const noexcept { return incomplete_ && !failed(); }
    [[nodiscard]] std::size_t consumed() const noexcept { return at_; }

    // Errors.

    void fail(westone_error why) noexcept {
        if (!failed()) error_ = why;
    }
    /// A length or number that leaves the end of the request unknown.
    void impossible(westone_error why) noexcept {
        if (incomplete_ || failed()) return;
        error_ = why;
        hang_up_ = true;
    }
    [[nodiscard]] bool failed() const noexcept { return error_ != westone_error::none; }
    [[nodiscard]] westone_error error() const noexcept { return error_; }
    [[nodiscard]] bool hang_up() const noexcept { return hang_up_; }

    // Keys.

    lmk_slot type(std::uint8_t code) {
        const std::uint8_t one[] = {code};
        return type_named(to_hex(one));
    }
    lmk_slot type_named(std::string_view code) {
        const auto& known = on.settings().raw_key_types;
        const auto found = known.find(code);
        if (found != known.end()) return found->second;
        fail(westone_error::key_type);
        return {};
    }
    lmk_slot untyped() { return type_named(on.settings().untyped); }
    lmk_slot transport() { return type_named("01"); }

    clear_key open(raw_key field, lmk_slot type) {
        if (!ready()) return {};
        bytes stored;
        if (field.index != key_follows) {
            const auto found = on.find(field.index);
            auto raw = found ? from_hex(found->field) : result<bytes>(bytes{});
            if (!found || !raw) {
                fail(westone_error::key_index);
                return {};
            }
            stored = *std::move(raw);
            field.bytes = stored;
        }
        clear_key key(field.bytes.size());
        lmks.unwrap(type, part_rule::ecb, field.bytes, key.span());
        check(key);
        return key;
    }
    clear_key open_under(const clear_key& transport_key, byte_view wrapped) {
        if (!ready()) return {};
        clear_key key(wrapped.size());
        unwrap_under(transport_key.view(), part_rule::ecb, wrapped, key.span());
        if (on.settings().check_import_parity) check(key);
        force_odd_parity(key.span());
        return key;
    }
    clear_key generate(std::size_t size) {
        if (!ready()) return {};
        clear_key key(size);
        fill_random(key.span());
        force_odd_parity(key.span());
        check(key);
        return key;
    }
    void check_kcv(const clear_key& key, byte_view given) {
        if (!ready()) return;
        const auto value = check_value(key);
        if (given.size() > value.size() || !equal_in_constant_time(byte_view(value).first(given.size()), given)) {
            fail(westone_error::check_value);
        }
    }

    // Answer.

    void put(byte_view raw) { out_.append(reinterpret_cast<const char*>(raw.data()), raw.size()); }
    void put_byte(std::size_t value) { out_.push_back(static_cast<char>(value)); }
    void put_word(std::size_t value) {
        std::array<std::uint8_t, 2> two{};
        store_be16(two.data(), static_cast<std::uint16_t>(value));
        if (on.settings().little_endian) std::swap(two[0], two[1]);
        put(two);
    }
    void put_key(lmk_slot type, const clear_key& key) {
        std::array<std::uint8_t, 24> wrapped{};
        const auto out = byte_span(wrapped).first(key.size());
        lmks.wrap(type, part_rule::ecb, key.view(), out);
        put(out);
    }
    void put_under(const clear_key& transport_key, const clear_key& key) {
        std::array<std::uint8_t, 24> wrapped{};
        const auto out = byte_span(wrapped).first(key.size());
        wrap_under(transport_key.view(), part_rule::ecb, key.view(), out);
        put(out);
    }
    void put_kcv(const clear_key& key) { put(check_value(key)); }
    /// Length, key under the LMK, check value: what most commands answer.
    void put_new_key(lmk_slot type, const clear_key& key) {
        if (!ready()) return;
        put_byte(key.size());
        put_key(type, key);
        put_kcv(key);
    }

  private:
    std::size_t checked_length(std::size_t length) {
        if (length == 8 || length == 16 || length == 24) return length;
        impossible(westone_error::length_flag);
        return 0;
    }
    void check(const clear_key& key) {
        const bool refused = on.settings().strict && (key.size() == 8 || has_repeated_parts(key.view()));
        if (!has_odd_parity(key.view()) || refused) fail(westone_error::key_parity);
    }

    byte_view stream_;
    std::string& out_;
    std::size_t at_ = 2;
    bool incomplete_ = false;
    bool hang_up_ = false;
    westone_error error_ = westone_error::none;
};

/// D1 02
void import_key(exchange& x) {
    const auto length = x.key_length();
    const auto transport_length = x.key_length();
    const auto transport = x.key_or_index(x.word(), transport_length);
    const auto wrapped = x.take(length);
    const auto check = x.take(x.byte());
    const auto type = x.type_named(x.on.settings().import_type);
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open_under(bmk, wrapped);
    x.check_kcv(key, check);
    x.put_new_key(type, key);
}

/// D1 04
void export_key(exchange& x) {
    const auto length = x.key_length();
    const auto transport_length = x.key_length();
    const auto index = x.word();
    const auto type_code = x.byte();
    const auto transport = x.key_or_index(index, transport_length);
    const raw_key wrapped{x.take(length)};
    const auto check = x.take(x.byte());
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open(wrapped, type);
    x.check_kcv(key, check);
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_under(bmk, key);
    x.put_kcv(key);
}

/// D1 06
void generate_key(exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    x.put_new_key(type, x.generate(length));
}

/// D1 07
void generate_and_wrap(exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    const auto index = x.word();
    const auto transport = x.key_or_index(index, x.key_length());
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    const auto zmk = x.open(transport, x.transport());
    const auto key = x.generate(length);
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_key(type, key);
    x.put_under(zmk, key);
    x.put_kcv(key);
}

void take_clear(exchange& x, lmk_slot type, byte_view clear) {
    if (!x.ready()) return;
    if (!x.on.authorised()) return x.fail(westone_error::not_authorised);
    if (!has_odd_parity(clear)) return x.fail(westone_error::key_parity);
    x.put_new_key(type, clear_key(clear));
}

/// D1 08
void take_clear_key(exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    const auto clear = x.take(length);
    if (x.ready()) take_clear(x, x.type(type_code), clear);
}

/// D0 08
void take_untyped_clear_key(exchange& x) {
    const auto clear = x.take(x.key_length());
    if (x.ready()) take_clear(x, x.untyped(), clear);
}

pin_format format_of(exchange& x, std::uint8_t code) {
    const std::uint8_t one[] = {code};
    const auto& known = x.on.settings().pin_formats;
    const auto found = known.find(to_hex(one));
    if (found == known.end() || (x.on.settings().strict && found->second == pin_format::diebold)) {
        x.fail(westone_error::pin_format);
        return pin_format::none;
    }
    return found->second;
}

std::string_view account_of(exchange& x, byte_view field) {
    const auto digits = as_text(field);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) x.fail(westone_error::account);
    return digits;
}

westone_error meaning(status verdict) {
    if (verdict.ok()) return westone_error::none;
    if (verdict == code::pin_length) return westone_error::pin_length;
    return verdict == code::pin_format ? westone_error::pin_format : westone_error::pin_block;
}

/// D1 24
void translate_pin(exchange& x) {
    const auto& settings = x.on.settings();
    const auto source = x.key_by_length();
    const auto target = x.key_by_length();
    const auto from_code = x.byte();
    const auto to_code = x.byte();
    const auto block = x.take(8);
    const auto account = x.take(settings.account_digits);
    const auto separator = x.take(settings.pin_separator.size());
    const auto new_account = x.take(settings.account_digits);
    if (!x.ready()) return;
    if (as_text(separator) != settings.pin_separator) return x.impossible(westone_error::account);
    const auto type = x.type_named("11");
    const auto from_key = x.open(source, type);
    const auto to_key = x.open(target, type);
    const auto from = format_of(x, from_code);
    const auto to = format_of(x, to_code);
    const auto from_account = account_of(x, account);
    const auto to_account = account_of(x, new_account);
    if (x.ready() && !may_translate(settings.policy, from, to)) x.fail(westone_error::pin_format);
    if (settings.policy == pin_policy::pci && from_account != to_account) x.fail(westone_error::account);
    if (!x.ready()) return;
    clear_pin pin;
    std::array<std::uint8_t, 8> out{};
    status verdict = open_pin_block(from_key, from, block, from_account, pin);
    if (verdict.ok()) verdict = seal_pin_block(to_key, to, pin, to_account, out);
    if (!verdict.ok()) return x.fail(meaning(verdict));
    x.put(out);
}

/// D1 26
void decrypt_pin(exchange& x) {
    const auto source = x.key_by_length();
    const auto code = x.byte();
    const auto block = x.take(8);
    const auto account = x.take(x.on.settings().account_digits);
    if (!x.ready()) return;
    if (!x.on.authorised() || x.on.settings().policy == pin_policy::pci) return x.fail(westone_error::not_authorised);
    const auto key = x.open(source, x.type_named("11"));
    const auto format = format_of(x, code);
    const auto digits = account_of(x, account);
    if (!x.ready()) return;
    clear_pin pin;
    const status verdict = open_pin_block(key, format, block, digits, pin);
    if (!verdict.ok()) return x.fail(meaning(verdict));
    x.put_byte(pin.size());
    x.put(as_bytes(pin.view()));
}

struct mac_request {
    std::uint8_t algorithm = 0;
    raw_key key;
    byte_view iv;
    byte_view given;
    byte_view data;
};

/// 01 XOR and encrypt, 02 X9.9 with the whole key, 03 X9.19.
void run_mac_request(exchange& x, const mac_request& asked, std::array<std::uint8_t, 8>& state) {
    if (!x.ready()) return;
    static constexpr mac_method methods[] = {mac_method::xor_fold, mac_method::cbc, mac_method::retail};
    if (asked.algorithm < 1 || asked.algorithm > std::size(methods)) return x.fail(westone_error::algorithm);
    const auto key = x.open(asked.key, x.type_named("12"));
    if (!x.ready()) return;
    if (asked.data.empty()) return x.fail(westone_error::input_length);
    std::copy(asked.iv.begin(), asked.iv.end(), state.begin());
    (void)run_mac(key, methods[asked.algorithm - 1], mac_padding::zeros, true, asked.data, state);
}

/// D1 32
void make_mac(exchange& x) {
    mac_request asked;
    asked.algorithm = x.byte();
    asked.key = x.key_by_length();
    asked.iv = x.take(8);
    asked.data = x.data();
    std::array<std::uint8_t, 8> mac{};
    run_mac_request(x, asked, mac);
    if (x.ready()) x.put(mac);
}

/// D1 34
void verify_mac(exchange& x) {
    mac_request asked;
    asked.algorithm = x.byte();
    asked.key = x.key_by_length();
    asked.iv = x.take(8);
    asked.given = x.take(4);
    asked.data = x.data();
    std::array<std::uint8_t, 8> mac{};
    run_mac_request(x, asked, mac);
    if (!x.ready()) return;
    if (!equal_in_constant_time(byte_view(mac).first(4), asked.given)) return x.fail(westone_error::mac);
    x.put(mac);
}

/// D0 02
void transport_to_lmk(exchange& x) {
    const raw_key transport{x.take(x.length_flag())};
    const auto wrapped = x.take(x.key_length());
    const auto bmk = x.open(transport, x.transport());
    x.put_new_key(x.untyped(), x.open_under(bmk, wrapped));
}

/// D0 04
void lmk_to_transport(exchange& x) {
    const raw_key transport{x.take(x.length_flag())};
    const raw_key wrapped{x.take(x.key_length())};
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open(wrapped, x.untyped());
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_under(bmk, key);
    x.put_kcv(key);
}

/// D0 06
void random_key(exchange& x) {
    const auto length = x.key_length();
    x.put_new_key(x.untyped(), x.generate(length));
}

/// D0 0A. The command names no type: the key is what its parity fits under, the untyped one first.
void check_key(exchange& x) {
    const auto field = x.key_by_length();
    const std::size_t length = x.byte();
    if (x.ready() && (length < 4 || length > 8)) return x.impossible(westone_error::input_length);
    const auto given = x.take(length);
    if (!x.ready()) return;
    const auto fits = [&](lmk_slot type) {
        clear_key key(field.bytes.size());
        x.lmks.unwrap(type, part_rule::ecb, field.bytes, key.span());
        return has_odd_parity(key.view());
    };
    lmk_slot type = x.untyped();
    if (x.ready() && !fits(type)) {
        for (const auto& [code, slot] : x.on.settings().raw_key_types) {
            if (fits(slot)) type = slot;
        }
    }
    x.check_kcv(x.open(field, type), given);
}

/// D0 0C
void form_key(exchange& x) {
    const auto length = x.key_length();
    const std::size_t count = x.byte();
    if (x.ready() && (count < 1 || count > 9)) return x.impossible(westone_error::input_length);
    clear_key sum(length);
    const auto components = x.take(count * length);
    for (std::size_t i = 0; i < count && x.ready(); ++i) {
        const auto part = x.open({components.subspan(i * length, length)}, x.untyped());
        for (std::size_t k = 0; k < part.size(); ++k)
            sum.span()[k] ^= part.view()[k];
    }
    force_odd_parity(sum.span());
    x.put_new_key(x.untyped(), sum);
}

/// Cipher algorithm 1, 2, 3: the number of DES parts of the key.
void check_algorithm(exchange& x, std::size_t algorithm, const raw_key& key) {
    if (x.ready() && 8 * algorithm != key.bytes.size()) x.fail(westone_error::length_flag);
}

struct cipher_request {
    chain_mode mode = chain_mode::ecb;
    byte_view data;

    void read_mode(exchange& x) {
        const auto code = x.byte();
        if (x.ready() && code > 1) x.impossible(westone_error::algorithm);
        mode = code == 1 ? chain_mode::cbc : chain_mode::ecb;
    }
    byte_view iv(exchange& x) const { return mode == chain_mode::cbc ? x.take(8) : byte_view{}; }
    void check_data(exchange& x) const {
        if (x.ready() && (data.empty() || data.size() % 8 != 0)) x.fail(westone_error::input_length);
    }
};

/// D0 12, D0 14
void run_cipher(exchange& x, direction way) {
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

void encrypt_data(exchange& x) {
    run_cipher(x, direction::encrypt);
}
void decrypt_data(exchange& x) {
    run_cipher(x, direction::decrypt);
}

/// D0 16
void reencrypt_data(exchange& x) {
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

struct westone_row {
    std::uint8_t group;
    std::uint8_t number;
    void (*run)(exchange&);
};

constexpr westone_row rows[] = {
    {0xD1, 0x02, import_key},
    {0xD1, 0x04, export_key},
    {0xD1, 0x06, generate_key},
    {0xD1, 0x07, generate_and_wrap},
    {0xD1, 0x08, take_clear_key},
    {0xD1, 0x24, translate_pin},
    {0xD1, 0x26, decrypt_pin},
    {0xD1, 0x32, make_mac},
    {0xD1, 0x34, verify_mac},
    {0xD0, 0x02, transport_to_lmk},
    {0xD0, 0x04, lmk_to_transport},
    {0xD0, 0x06, random_key},
    {0xD0, 0x08, take_untyped_clear_key},
    {0xD0, 0x0A, check_key},
    {0xD0, 0x0C, form_key},
    {0xD0, 0x12, encrypt_data},
    {0xD0, 0x14, decrypt_data},
    {0xD0, 0x16, reencrypt_data},
};

const westone_row* row_of(byte_view code) {
    for (const auto& row : rows) {
        if (row.group == code[0] && row.number == code[1]) return &row;
    }
    return nullptr;
}

void put_error(std::string& out, westone_error why) {
    out.push_back('E');
    out.push_back(static_cast<char>(why));
}

} // namespace

westone_processor::westone_processor(unit& of)
    : westone_processor(of, builtin_only{}) {
    if (const auto& tables = of.settings().tables) file_ = std::make_unique<table_commands>(of, tables);
}

westone_processor::westone_processor(unit& of, builtin_only)
    : unit_(of)
    , lmks_(of.lmks()) {}

westone_processor::~westone_processor() = default;

westone_processor::outcome westone_processor::answer_by_file(std::string_view stream, std::string& out) {
    const auto done = file_->answer(stream, out);
    if (done.consumed == 0) return {};
    std::uint8_t code = 0;
    if (!from_hex(done.status, byte_span(&code, 1))) code = static_cast<std::uint8_t>(westone_error::input_length);
    return {done.consumed, static_cast<westone_error>(code), false};
}

westone_processor::outcome westone_processor::answer(std::string_view stream, std::string& out) {
    if (lmks_->generation() != unit_.lmk_generation()) lmks_ = unit_.lmks();
    if (stream.size() < 2) return {};
    if (file_ != nullptr && file_->has(stream)) return answer_by_file(stream, out);
    const auto* row = file_ != nullptr && file_->removes(stream) ? nullptr : row_of(as_bytes(stream));
    if (row == nullptr) {
        put_error(out, westone_error::unknown_command);
        return {stream.size(), westone_error::unknown_command, true};
    }
    const std::size_t start = out.size();
    out.push_back('A');
    exchange x(unit_, *lmks_, stream, out);
    row->run(x);
    if (x.incomplete()) {
        out.resize(start);
        return {};
    }
    if (x.failed()) {
        out.resize(start);
        put_error(out, x.error());
    }
    return {x.hang_up() ? stream.size() : x.consumed(), x.error(), x.hang_up()};
}

} // namespace cipherlane::hsm_sim
