#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/machine_sealer.hpp>
#include <cipherlane/hsm/pos_mac.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace cipherlane::hsm {
namespace {

constexpr std::size_t least_check_value = 4; ///< field 62
constexpr std::size_t sm4_block = 16;

/// A key as it stands under the master key, plain ECB, in the dialect's words.
key written(const profile& dialect, byte_view cryptogram, key_scheme_name scheme) {
    const auto name = scheme == key_scheme_name::sm4 ? scheme : key_scheme_name::double_ecb;
    const auto* tag =
        scheme == key_scheme_name::single || dialect.raw_keys ? nullptr : dialect.code("scheme", to_string(name));
    return key((tag != nullptr ? *tag : std::string()) + to_hex(cryptogram));
}

/// A unit, or what stands between it and the till, may have hung up since the last message.
bool was_cut_off(const error& why) {
    return why.is(condition::link_lost) || why.code() == make_error_code(hsm_errc::lost_answer);
}

} // namespace

result<key> machine_sealer::take_in(key_type type, const ports::wrapped_key& given, const call& bounds) {
    const auto size = given.cryptogram.size();
    const bool sm4 = double_ == key_scheme_name::sm4;
    if (sm4 && !knows_sm4_keys(unit_.dialect())) {
        return fail(hsm_errc::unsupported).during("working key").in_field("scheme");
    }
    const bool single = !sm4 && size == key_size(key_scheme_name::single);
    if (!single && size != key_size(key_scheme_name::double_)) {
        return fail(hsm_errc::bad_length).during("working key").in_field("cryptogram");
    }
    if (given.check_value.size() < least_check_value) {
        return fail(hsm_errc::bad_length).during("working key").in_field("check_value");
    }
    const auto scheme = single ? key_scheme_name::single : double_;
    import_key_request request(type, master_, written(unit_.dialect(), given.cryptogram, scheme), scheme);
    request.expect(given.check_value);
    CIPHERLANE_TRY(const auto made, unit_.import_key(request, bounds));
    if (made.check_value.size() >= given.check_value.size()) return made.under_lmk;
    // A6 may tell fewer digits than the host did; BU tells them all.
    check_value_request rest(type, made.under_lmk);
    rest.expect(given.check_value);
    CIPHERLANE_CHECK(unit_.check_value(rest, bounds));
    return made.under_lmk;
}

result<void> machine_sealer::load_mac_key(const ports::wrapped_key& given, const call& bounds) {
    CIPHERLANE_TRY(auto made, take_in(key_type::tak, given, bounds));
    mac_key_.emplace(std::move(made));
    return {};
}

result<void> machine_sealer::check_pin_key(const ports::wrapped_key& given, const call& bounds) {
    CIPHERLANE_CHECK(take_in(key_type::tpk, given, bounds));
    return {};
}

result<ports::mac_field> machine_sealer::make_mac(byte_view mab, const call& bounds) {
    if (!mac_key_) return fail(hsm_errc::missing_field).during("MAC").in_field("key");
    auto made = make_pos_mac(unit_, *mac_key_, mab, bounds, form_);
    if (!made && was_cut_off(made.error())) made = make_pos_mac(unit_, *mac_key_, mab, bounds, form_);
    return made;
}

result<ports::serial_cryptogram> machine_sealer::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& bounds) {
    if (!serial_key_) return fail(hsm_errc::missing_field).during("terminal serial").in_field("key");
    std::string text(serial);
    text.append(factor);
    CIPHERLANE_TRY(const auto folded, crypto::unionpay_mac_text::fold(sm4_block, as_bytes(text)));
    const encrypt_request request(
        key_type::zek, *serial_key_, cipher_mode::cbc, folded.text(), std::array<std::uint8_t, sm4_block>{});
    auto made = unit_.encrypt(request, bounds);
    if (!made && was_cut_off(made.error())) made = unit_.encrypt(request, bounds);
    if (!made) return std::move(made).error();
    const auto data = std::as_const(made->data).expose();
    if (data.size() < 2 * sm4_block) return fail(hsm_errc::bad_length).during("terminal serial").in_field("data");
    const auto digits = to_hex(data.subspan(sm4_block, 4));
    ports::serial_cryptogram cryptogram{};
    std::copy_n(digits.begin(), cryptogram.size(), cryptogram.begin());
    return cryptogram;
}

result<bool> machine_sealer::verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) {
    CIPHERLANE_TRY(const auto right, make_mac(mab, bounds));
    return equal_in_constant_time(right, mac);
}

} // namespace cipherlane::hsm
