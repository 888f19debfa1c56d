#include "hsm-sim/westone/exchange.hpp"

#include "hsm-sim/keys/check_value.hpp"
#include "hsm-sim/keys/ciphers.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hsm_sim {
namespace {

constexpr std::size_t largest_data = 4096;

} // namespace

byte_view westone_exchange::take(std::size_t count) {
    if (incomplete_ || failed()) return {};
    if (stream_.size() - at_ < count) {
        incomplete_ = true;
        return {};
    }
    at_ += count;
    return stream_.subspan(at_ - count, count);
}

std::uint8_t westone_exchange::byte() {
    const auto one = take(1);
    return one.empty() ? std::uint8_t{0} : one[0];
}

std::uint16_t westone_exchange::word() {
    const auto two = take(2);
    if (two.empty()) return 0;
    const auto value = load_be16(two.data());
    return on.settings().little_endian ? static_cast<std::uint16_t>((value << 8) | (value >> 8)) : value;
}

std::size_t westone_exchange::key_length() {
    const std::size_t length = byte();
    return checked_length(length);
}

std::size_t westone_exchange::length_flag() {
    return checked_length(8U * byte());
}

raw_key westone_exchange::key_or_index(std::uint16_t index, std::size_t length) {
    return index == raw_key::follows ? raw_key{take(length), index} : raw_key{{}, index};
}

byte_view westone_exchange::data() {
    const std::size_t length = word();
    if (length > largest_data) impossible(westone_error::input_length);
    return take(length);
}

void westone_exchange::fail(westone_error why) noexcept {
    if (!failed()) error_ = why;
}

void westone_exchange::impossible(westone_error why) noexcept {
    if (incomplete_ || failed()) return;
    error_ = why;
    hang_up_ = true;
}

lmk_slot westone_exchange::type(std::uint8_t code) {
    const std::uint8_t one[] = {code};
    return type_named(to_hex(one));
}

lmk_slot westone_exchange::type_named(std::string_view code) {
    const auto& known = on.settings().raw_key_types;
    const auto found = known.find(code);
    if (found != known.end()) return found->second;
    fail(westone_error::key_type);
    return {};
}

clear_key westone_exchange::open(raw_key field, lmk_slot type) {
    if (!ready()) return {};
    bytes stored;
    if (field.index != raw_key::follows) {
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

clear_key westone_exchange::open_under(const clear_key& transport_key, byte_view wrapped) {
    if (!ready()) return {};
    clear_key key(wrapped.size());
    unwrap_under(transport_key.view(), part_rule::ecb, wrapped, key.span());
    if (on.settings().check_import_parity) check(key);
    force_odd_parity(key.span());
    return key;
}

clear_key westone_exchange::generate(std::size_t size) {
    if (!ready()) return {};
    clear_key key(size);
    fill_random(key.span());
    force_odd_parity(key.span());
    check(key);
    return key;
}

void westone_exchange::check_kcv(const clear_key& key, byte_view given) {
    if (!ready()) return;
    const auto value = check_value(key);
    if (given.size() > value.size() || !equal_in_constant_time(byte_view(value).first(given.size()), given)) {
        fail(westone_error::check_value);
    }
}

void westone_exchange::put_word(std::size_t value) {
    std::array<std::uint8_t, 2> two{};
    store_be16(two.data(), static_cast<std::uint16_t>(value));
    if (on.settings().little_endian) std::swap(two[0], two[1]);
    put(two);
}

void westone_exchange::put_key(lmk_slot type, const clear_key& key) {
    std::array<std::uint8_t, 24> wrapped{};
    const auto out = byte_span(wrapped).first(key.size());
    lmks.wrap(type, part_rule::ecb, key.view(), out);
    put(out);
}

void westone_exchange::put_under(const clear_key& transport_key, const clear_key& key) {
    std::array<std::uint8_t, 24> wrapped{};
    const auto out = byte_span(wrapped).first(key.size());
    wrap_under(transport_key.view(), part_rule::ecb, key.view(), out);
    put(out);
}

void westone_exchange::put_kcv(const clear_key& key) {
    put(check_value(key));
}

void westone_exchange::put_new_key(lmk_slot type, const clear_key& key) {
    if (!ready()) return;
    put_byte(key.size());
    put_key(type, key);
    put_kcv(key);
}

std::size_t westone_exchange::checked_length(std::size_t length) {
    if (length == 8 || length == 16 || length == 24) return length;
    impossible(westone_error::length_flag);
    return 0;
}

void westone_exchange::check(const clear_key& key) {
    const bool refused = on.settings().strict && (key.size() == 8 || has_repeated_parts(key.view()));
    if (!has_odd_parity(key.view()) || refused) fail(westone_error::key_parity);
}

} // namespace cipherlane::hsm_sim
