#include "hsm-sim/keys/mac.hpp"

#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::hsm_sim {
namespace {

/// X9.9 with a single-length key, X9.19 with another.
mac_block retail_mac(const clear_key& key, byte_view data) {
    return whole_mac(key, mac_method::retail, mac_padding::zeros, data);
}

bool matches(const mac_block& computed, byte_view given) {
    return equal_in_constant_time(byte_view(computed).first(given.size()), given);
}

/// MA: 4 bytes of MAC over all that follows the TAK.
void make_tak_mac(command& c) {
    const clear_key tak = c.key(slots::tak);
    if (!c.failed() && c.in.empty()) c.fail(code::data_length);
    const auto data = c.in.rest();
    if (!c.failed()) c.put_hex(byte_view(retail_mac(tak, as_bytes(data))).first(4));
}

/// MC: checks it.
void verify_tak_mac(command& c) {
    const clear_key tak = c.key(slots::tak);
    std::array<std::uint8_t, 4> given{};
    c.in.hex(given);
    if (!c.failed() && c.in.empty()) c.fail(code::data_length);
    const auto data = c.in.rest();
    if (!c.failed() && !matches(retail_mac(tak, as_bytes(data)), given)) c.fail(code::verification_failed);
}

/// ME: checks it and makes the MAC under another TAK.
void translate_tak_mac(command& c) {
    const clear_key source = c.key(slots::tak, code::source_parity);
    const clear_key target = c.key(slots::tak, code::destination_parity);
    std::array<std::uint8_t, 4> given{};
    c.in.hex(given);
    if (!c.failed() && c.in.empty()) c.fail(code::data_length);
    const auto data = as_bytes(c.in.rest());
    if (c.failed()) return;
    if (!matches(retail_mac(source, data), given)) return c.fail(code::verification_failed);
    c.put_hex(byte_view(retail_mac(target, data)).first(4));
}

/// MK, MM and MO are MA, MC and ME for binary messages, whose length stands in front in three hex digits.
byte_view counted_data(command& c) {
    const std::size_t length = c.in.hexadecimal(3, code::data_length);
    const auto data = as_bytes(c.in.text(length, code::data_length));
    if (!c.failed() && length == 0) c.fail(code::data_length);
    c.end();
    return data;
}

void make_binary_mac(command& c) {
    const clear_key tak = c.key(slots::tak);
    const auto data = counted_data(c);
    if (!c.failed()) c.put_hex(byte_view(retail_mac(tak, data)).first(4));
}

void verify_binary_mac(command& c) {
    const clear_key tak = c.key(slots::tak);
    std::array<std::uint8_t, 4> given{};
    c.in.hex(given);
    const auto data = counted_data(c);
    if (!c.failed() && !matches(retail_mac(tak, data), given)) c.fail(code::verification_failed);
}

void translate_binary_mac(command& c) {
    const clear_key source = c.key(slots::tak, code::source_parity);
    const clear_key target = c.key(slots::tak, code::destination_parity);
    std::array<std::uint8_t, 4> given{};
    c.in.hex(given);
    const auto data = counted_data(c);
    if (c.failed()) return;
    if (!matches(retail_mac(source, data), given)) return c.fail(code::verification_failed);
    c.put_hex(byte_view(retail_mac(target, data)).first(4));
}

/// Which part of a message a request of MQ, MS and MU carries: 0 all, 1 first, 2 middle, 3 last.
struct message_part {
    char number = '0';
    [[nodiscard]] bool continues() const noexcept { return number == '2' || number == '3'; }
    [[nodiscard]] bool is_last() const noexcept { return number == '0' || number == '3'; }
};

/// The chaining value, for parts that continue: hex, one block.
struct chaining_value {
    std::array<std::uint8_t, 16> bytes{};
    std::size_t size = 8;

    void read(command& c, const clear_key& key) {
        size = key.block_size();
        c.in.hex(span());
    }
    void start(const clear_key& key) noexcept { size = key.block_size(); }
    [[nodiscard]] byte_span span() noexcept { return byte_span(bytes).first(size); }
};

/// MQ: binary data, zero padding, the whole chaining value out.
void make_zak_mac(command& c) {
    const message_part part{c.in.one_of("0123")};
    const clear_key zak = c.key(slots::zak);
    chaining_value state;
    part.continues() ? state.read(c, zak) : state.start(zak);
    const std::size_t length = c.in.hexadecimal(3, code::data_length);
    const auto data = c.in.text(length, code::data_length);
    c.end();
    if (c.failed()) return;
    const auto how = c.on.settings().mq;
    const bool whole_key =
        how == mq_double_key::tdes_cbc || (how == mq_double_key::as_published && part.number != '0');
    const auto method = whole_key ? mac_method::cbc : mac_method::retail;
    if (!run_mac(zak, method, mac_padding::zeros, part.is_last(), as_bytes(data), state.span())) {
        return c.fail(code::data_length);
    }
    c.put_hex(state.span());
}

/// Data of MS and M6: binary as it is, or hex whose length counts its characters; MS of some units counts bytes.
class message_data {
  public:
    void read(command& c, bool is_hex, std::size_t behind) {
        const std::size_t length = c.in.hexadecimal(4, code::data_length);
        if (c.failed()) return;
        const std::size_t here = c.in.left() >= behind ? c.in.left() - behind : 0;
        const std::size_t chars = is_hex && here == 2 * length ? here : length;
        const auto text = c.in.text(chars, code::data_length);
        if (c.failed()) return;
        if (!is_hex) {
            view_ = as_bytes(text);
            return;
        }
        auto decoded = from_hex(text);
        if (!decoded) return c.fail(code::input_data);
        held_ = *std::move(decoded);
        view_ = held_;
    }
    [[nodiscard]] byte_view view() const noexcept { return view_; }

  private:
    bytes held_;
    byte_view view_;
};

/// MS: the X9.9 or X9.19 MAC of a large message, by key type and length flag.
struct ms_request {
    message_part part;
    clear_key key;
    chaining_value state;
    message_data data;

    void read(command& c) {
        part.number = c.in.one_of("0123");
        const lmk_slot type = c.in.one_of("01", code::key_type) == '0' ? slots::tak : slots::zak;
        const bool is_double = c.in.one_of("01", code::length_flag) == '1';
        const bool is_hex = c.in.one_of("01") == '1';
        key = c.key(type, code::source_parity, is_double ? untagged::pair : untagged::one);
        if (!c.failed() && key.kind() == key_algorithm::des && (key.size() == 8) == is_double)
            c.fail(code::key_length);
        part.continues() ? state.read(c, key) : state.start(key);
        data.read(c, is_hex, 0);
        c.end();
    }
};

void make_large_mac(command& c) {
    ms_request asked;
    asked.read(c);
    if (c.failed()) return;
    if (!run_mac(asked.key, mac_method::retail, mac_padding::zeros, asked.part.is_last(), asked.data.view(),
            asked.state.span())) {
        return c.fail(code::data_length);
    }
    c.put_hex(asked.state.span());
}

/// MU (SJL06): the layout of MS, the UnionPay POS algorithm: fold, write the sum as hex, CBC over that.
void make_unionpay_mac(command& c) {
    ms_request asked;
    asked.read(c);
    if (c.failed()) return;
    const auto sum = asked.state.span();
    const auto data = asked.data.view();
    if (!asked.part.is_last() && data.size() % sum.size() != 0) return c.fail(code::data_length);
    for (std::size_t i = 0; i < data.size(); ++i)
        sum[i % sum.size()] ^= data[i];
    if (asked.part.is_last()) {
        const std::string expanded = to_hex(sum);
        std::ranges::fill(sum, std::uint8_t{0});
        [[maybe_unused]] const bool whole =
            run_mac(asked.key, mac_method::cbc, mac_padding::none, true, as_bytes(expanded), sum);
    }
    c.put_hex(sum);
}

/// M6 and M8: their own codes for the fields in front of the key.
struct m6_request {
    static constexpr status bad_mode{'0', '2'};
    static constexpr status bad_input{'0', '3'};
    static constexpr status bad_algorithm{'0', '4'};
    static constexpr status bad_key_type{'0', '5'};
    static constexpr status bad_length{'0', '6'}; ///< no multiple of the block, and nothing pads it
    static constexpr status bad_padding{'0', '9'};

    message_part part;
    std::size_t mac_size = 4;
    mac_method method = mac_method::cbc;
    mac_padding padding = mac_padding::none;
    clear_key key;
    chaining_value state;
    message_data data;

    void read(command& c, std::size_t (*behind)(const m6_request&)) {
        part.number = c.in.one_of("0123", bad_mode);
        const char input = c.in.one_of("012", bad_input);
        mac_size = c.in.one_of("01") == '0' ? 4 : 8;
        method = c.in.one_of("13", bad_algorithm) == '1' ? mac_method::cbc : mac_method::retail;
        switch (c.in.one_of("012", bad_padding)) {
        case '1': padding = mac_padding::zeros; break;
        case '2': padding = mac_padding::one_and_zeros; break;
        default: padding = mac_padding::none; break;
        }
        const auto type = c.key_type();
        if (!c.failed() && type != slots::tak && type != slots::zak && type != slots::in_block) c.fail(bad_key_type);
        key = type == slots::in_block ? c.key_of(slots::tak, slots::zak, code::source_parity) : c.key(type);
        part.continues() ? state.read(c, key) : state.start(key);
        data.read(c, input == '1', behind(*this));
        if (!c.failed() && method == mac_method::retail && key.size() == 8) c.fail(bad_algorithm);
    }
    void run(command& c) {
        if (c.failed()) return;
        if (!run_mac(key, method, padding, part.is_last(), data.view(), state.span())) c.fail(bad_length);
    }
};

void make_mac(command& c) {
    m6_request asked;
    asked.read(c, [](const m6_request&) -> std::size_t { return 0; });
    c.end();
    asked.run(c);
    if (c.failed()) return;
    if (!asked.part.is_last()) return c.put_hex(asked.state.span());
    c.put_hexadecimal(2 * asked.mac_size, 4);
    c.put_hex(asked.state.span().first(asked.mac_size));
}

void verify_mac(command& c) {
    m6_request asked;
    asked.read(c, [](const m6_request& m) { return m.part.is_last() ? 2 * m.mac_size : 0; });
    std::array<std::uint8_t, 8> space{};
    const auto given = byte_span(space).first(asked.mac_size);
    if (asked.part.is_last()) c.in.hex(given);
    c.end();
    asked.run(c);
    if (c.failed()) return;
    if (!asked.part.is_last()) return c.put_hex(asked.state.span());
    if (!equal_in_constant_time(asked.state.span().first(given.size()), given)) c.fail(code::verification_failed);
}

/// UQ (TASS): a MAC under a ZPK, of as many bytes as asked. Its algorithm is not published: as MQ makes it.
void make_zpk_mac(command& c) {
    const message_part part{c.in.one_of("0123")};
    const clear_key zpk = c.key(slots::zpk);
    chaining_value state;
    part.continues() ? state.read(c, zpk) : state.start(zpk);
    const std::size_t length = c.in.hexadecimal(3, code::data_length);
    const auto data = c.in.text(length, code::data_length);
    const std::size_t wanted = c.in.hexadecimal(2);
    c.end();
    if (!c.failed() && (wanted < 4 || wanted > zpk.block_size())) c.fail(code::input_data);
    if (c.failed()) return;
    if (!run_mac(zpk, mac_method::retail, mac_padding::zeros, part.is_last(), as_bytes(data), state.span())) {
        return c.fail(code::data_length);
    }
    c.put_hex(part.is_last() ? state.span().first(wanted) : state.span());
}

constexpr command_row mac_table[] = {
    {"UQ", make_zpk_mac, static_cast<std::uint8_t>(family::sjj1310)},
    {"MA", make_tak_mac, every_racal},
    {"MC", verify_tak_mac, every_racal},
    {"ME", translate_tak_mac, every_racal},
    {"MK", make_binary_mac, every_racal},
    {"MM", verify_binary_mac, every_racal},
    {"MO", translate_binary_mac, every_racal},
    {"MQ", make_zak_mac, every_racal},
    {"MS", make_large_mac, every_racal},
    {"MU", make_unionpay_mac, family::sjl06 | family::sjl05},
    {"M6", make_mac, every_racal},
    {"M8", verify_mac, every_racal},
};

} // namespace

std::span<const command_row> mac_commands() noexcept {
    return mac_table;
}

} // namespace cipherlane::hsm_sim
