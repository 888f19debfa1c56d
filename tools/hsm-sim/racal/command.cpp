#include "hsm-sim/racal/command.hpp"

#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/key_schemes.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <charconv>

namespace cipherlane::hsm_sim {
void command::end() {
    if (in.peek() == '%' && in.left() >= 3) {
        (void)in.text(1);
        if (in.digits(2, code::lmk_id) != "00") fail(code::lmk_id);
    }
    if (!failed() && in.peek() == '\x19') {
        (void)in.text(1);
        if (in.left() > 32) fail(code::input_data);
        trailer_ = in.rest();
    }
    in.expect_end();
}

lmk_slot command::key_type() {
    const auto three = in.text(3);
    if (uses_blocks() && three == "FFF") return slots::in_block;
    const auto slot = slot_of_key_type(three);
    if (!slot && !failed()) fail(code::key_type);
    return slot.value_or(slots::zmk);
}

command::wrapped_key command::key_field(untagged length, std::optional<lmk_slot> type) {
    wrapped_key field;
    const char next = in.peek();
    if (next == 'K') return stored(type, length);
    // A scheme's tag may stand in front of an index: what is stored there are digits then.
    if (in.left() > 1 && in.ahead()[1] == 'K' && scheme_of(next, on.settings().dialect) != nullptr) {
        const char tag = in.text(1).front();
        return stored(type, length, tag);
    }
    if (hex_value(next) >= 0) {
        field.size = length == untagged::zmk ? untagged_zmk_ / 2 : length == untagged::pair ? 16 : 8;
    } else if (const auto* row = scheme_of(next, on.settings().dialect)) {
        field.scheme = in.text(1).front();
        field.size = row->size;
        field.kind = row->kind;
    } else {
        fail(in.empty() ? code::input_data : code::key_scheme);
        return field;
    }
    in.hex(byte_span(field.bytes).first(field.size));
    last_scheme_ = field.scheme;
    return field;
}

command::wrapped_key command::stored(std::optional<lmk_slot> type, untagged length, char tag) {
    (void)in.text(1);
    const bool decimal = (static_cast<std::uint8_t>(on.settings().dialect) & chinese) != 0;
    const std::size_t index = decimal ? in.decimal(4, code::index) : in.hexadecimal(3, code::index);
    if (failed()) return {};
    const auto found = on.find(static_cast<std::uint32_t>(index));
    if (!found) {
        fail(code::storage_empty);
        return {};
    }
    if (type && !found->type.empty() && slot_of_key_type(found->type) != type) {
        fail(code::key_type_mismatch);
        return {};
    }
    // The stored text is read as if it stood in the request.
    request_reader request = in;
    std::string text = found->field;
    if (tag != '0') text.insert(0, 1, tag);
    in = request_reader(text);
    // Digits that were stored without a tag say their length themselves, up to the fill.
    if (tag == '0' && hex_value(text.empty() ? ' ' : text.front()) >= 0 && text.size() > 16) {
        if (text.find_first_not_of('F', 16) == std::string::npos) text.resize(16);
        in = request_reader(text);
        length = text.size() > 16 ? untagged::pair : untagged::one;
    }
    auto field = key_field(length, type);
    if (tag != '0' && in.ahead().find_first_not_of('F') == std::string_view::npos) (void)in.rest();
    in.expect_end();
    const status why = in.why();
    in = request;
    if (!why.ok()) fail(why);
    return field;
}

/// Why a key of this content is refused, if it is.
[[nodiscard]] static status fault_of(const clear_key& key, status parity, bool strict) {
    if (key.kind() != key_algorithm::des) return code::ok;
    if (!has_odd_parity(key.view())) return parity;
    if (strict && key.size() == 8) return code::key_length;
    if (strict && has_repeated_parts(key.view())) return code::repeated_halves;
    return code::ok;
}

clear_key command::checked(clear_key key, status parity) {
    const status fault = fault_of(key, parity, on.settings().strict);
    if (!fault.ok()) {
        fail(fault);
        return {};
    }
    return key;
}

clear_key command::any_block(block_attributes& what) {
    std::string field;
    if (in.peek() == 'K') {
        (void)in.text(1);
        const auto found = on.find(static_cast<std::uint32_t>(in.hexadecimal(3, code::index)));
        if (!failed() && !found) fail(code::storage_empty);
        if (found) field = found->field;
        if (!field.empty()) field.erase(0, 1);
    } else {
        if (!in.take_if('S')) fail(in.empty() ? code::input_data : code::key_scheme);
        field = in.text(failed() ? 0 : block_length(in.ahead()));
    }
    if (failed()) return {};
    const auto opened = open_block(block_kind::thales, lmks.block_key(), field);
    if (!opened.verdict.ok()) {
        fail(opened.verdict);
        return {};
    }
    last_scheme_ = 'S';
    what = opened.what;
    return opened.key;
}

clear_key command::block_key(lmk_slot type) {
    block_attributes what;
    clear_key key = any_block(what);
    const auto* row = usage_of(type);
    if (type == slots::in_block) return key;
    if (!failed() && (row == nullptr || !allows(row->usages, what.usage))) fail(code::block_usage);
    return failed() ? clear_key{} : key;
}

clear_key command::key_of(lmk_slot one, lmk_slot other, status parity) {
    if (!uses_blocks()) return key(one, parity);
    block_attributes what;
    clear_key read = any_block(what);
    const auto fits = [&](lmk_slot type) {
        const auto* row = usage_of(type);
        return row != nullptr && allows(row->usages, what.usage);
    };
    if (!failed() && !fits(one) && !fits(other)) fail(code::block_usage);
    return failed() ? clear_key{} : read;
}

clear_key command::block_under(const clear_key& transport, block_attributes& what) {
    if (!in.take_if('R')) fail(code::key_scheme);
    const auto block = in.text(failed() ? 0 : block_length(in.ahead()));
    if (failed()) return {};
    const auto opened = open_block(block_kind::tr31, transport, block);
    if (!opened.verdict.ok()) fail(opened.verdict);
    what = opened.what;
    return opened.key;
}

clear_key command::key(lmk_slot type, status parity, untagged length) {
    if (uses_blocks()) return block_key(type);
    const auto field = key_field(length, type);
    if (failed()) return {};
    clear_key key(field.size, field.kind);
    lmks.unwrap(type, rule_of(field.scheme), byte_view(field.bytes).first(field.size), key.span());
    const status fault = fault_of(key, parity, on.settings().strict);
    if (!fault.ok()) fail(fault); // the key goes back as it is: one copy less in a path that is run often
    return key;
}

clear_key command::key_under(const clear_key& transport, untagged length) {
    const auto field = key_field(length, std::nullopt);
    if (failed()) return {};
    clear_key key(field.size, field.kind);
    const auto wrapped = byte_view(field.bytes).first(field.size);
    if (transport.kind() == key_algorithm::des) {
        unwrap_under(transport.view(), rule_of(field.scheme), wrapped, key.span());
    } else {
        decrypt_ecb(transport, wrapped, key.span());
    }
    if (key.kind() == key_algorithm::des && !has_odd_parity(key.view())) {
        parity_put_right_ = true;
        force_odd_parity(key.span());
    }
    return checked(std::move(key), code::source_parity);
}

clear_key command::clear_component() {
    const auto field = key_field(untagged::one, std::nullopt);
    return failed() ? clear_key{} : clear_key(byte_view(field.bytes).first(field.size), field.kind);
}

char command::scheme() {
    const auto taken = in.text(1);
    if (failed()) return '0';
    if (taken.front() != '0' && scheme_of(taken.front(), on.settings().dialect) == nullptr) {
        fail(code::key_scheme);
        return '0';
    }
    return taken.front() == 'Z' ? '0' : taken.front();
}

scheme_tail command::tail() {
    scheme_tail read;
    if (!in.take_if(';')) return read;
    read.given = true;
    read.zmk_scheme = scheme();
    read.lmk_scheme = scheme();
    read.kcv_digits = in.one_of("01") == '0' ? 16 : 6;
    return read;
}

clear_key command::generate(char scheme) {
    if (failed()) return {};
    const auto* row = scheme_of(scheme == '0' ? 'Z' : scheme, on.settings().dialect);
    return generate(row->size, row->kind);
}

clear_key command::generate(std::size_t size, key_algorithm kind) {
    if (failed()) return {};
    clear_key key(size, kind);
    fill_random(key.span());
    if (key.kind() == key_algorithm::des) force_odd_parity(key.span());
    return checked(std::move(key), code::hardware);
}

pin_format command::format() {
    const auto two = in.text(2, code::pin_format);
    if (failed()) return pin_format::none;
    const auto& known = on.settings().pin_formats;
    const auto found = known.find(two);
    if (found == known.end()) {
        fail(code::pin_format);
        return pin_format::none;
    }
    if (on.settings().strict && found->second == pin_format::diebold) fail(code::format_disabled);
    return found->second;
}

std::string_view command::account(pin_format one, pin_format other) {
    const bool plus = one == pin_format::plus || other == pin_format::plus;
    auto digits = in.text(plus ? 18 : 12, code::account);
    const auto filled = plus ? digits.find_first_not_of('F') : 0;
    for (std::size_t i = std::min(filled, digits.size()); i < digits.size(); ++i) {
        if (digits[i] < '0' || digits[i] > '9') {
            fail(code::account);
            return {};
        }
    }
    return digits;
}

byte_view command::block(const clear_key& key) {
    const auto space = byte_span(block_).first(key.block_size());
    in.hex(space);
    return space;
}

key_serial command::serial() {
    key_serial read;
    read.fill(0xFF);
    std::size_t digits = 5;
    for (int i = 0; i < 3; ++i)
        digits += in.hexadecimal(1);
    if (!failed() && digits > 2 * read.size()) fail(code::input_data);
    const auto text = in.text(failed() ? 0 : digits);
    for (std::size_t i = 0; i < text.size() && !failed(); ++i) {
        const int value = hex_value(text[i]);
        if (value < 0) fail(code::input_data);
        const std::size_t at = 2 * read.size() - text.size() + i;
        const int shift = at % 2 == 0 ? 4 : 0;
        read[at / 2] = static_cast<std::uint8_t>((read[at / 2] & ~(0x0F << shift)) | ((value & 0x0F) << shift));
    }
    if (on.settings().policy == pin_policy::pci && !is_usable(read)) fail(code::input_data);
    return read;
}

clear_pin command::pin_under_lmk(std::size_t chars) {
    const auto text = in.text(chars, code::input_data);
    if (failed()) return {};
    if (!all_digits(text) || text.empty() || text.front() != '0' || text.size() - 1 < clear_pin::shortest ||
        text.size() - 1 > clear_pin::longest) {
        fail(code::pin_under_lmk);
        return {};
    }
    return clear_pin(text.substr(1));
}

} // namespace cipherlane::hsm_sim
