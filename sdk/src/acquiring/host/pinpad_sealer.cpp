#include "host/mac_form.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/pinpad_sealer.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

#include <utility>

namespace cipherlane::acquiring {
namespace {

error no_key(std::string_view operation) {
    return error(acquiring_errc::bad_working_keys, layer::acquiring).during(operation);
}

} // namespace

pinpad_sealer::pinpad_sealer(const key_settings& keys, std::shared_ptr<ports::pinpad> pad)
    : keys_(keys)
    , pad_(std::move(pad)) {}

pinpad_sealer::~pinpad_sealer() = default;

result<void> pinpad_sealer::load_mac_key(const ports::wrapped_key& key, const call& bounds) {
    CIPHERLANE_CHECK(pad_->load_working_key(ports::working_key::mac, key, bounds));
    mac_key_ = key;
    return {};
}

result<void> pinpad_sealer::check_pin_key(const ports::wrapped_key& key, const call& bounds) {
    return pad_->load_working_key(ports::working_key::pin, key, bounds);
}

result<void> pinpad_sealer::load_master_key(const ports::wrapped_key& key, const call& bounds) {
    CIPHERLANE_CHECK(pad_->load_master_key(key, bounds));
    mac_key_ = {};
    return {};
}

result<ports::serial_cryptogram> pinpad_sealer::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& bounds) {
    return pad_->make_serial_cryptogram(serial, factor, bounds);
}

result<ports::mac_field> pinpad_sealer::make_mac(byte_view mab, const call& bounds) {
    if (mac_key_.cryptogram.empty()) return no_key("MAC");
    CIPHERLANE_TRY(const auto last, pad_->make_mac(mac_key_, mab, bounds));
    if (last.size() < crypto::least_unionpay_block) return no_key("MAC");
    return crypto::unionpay_mac_field_of(last, mac_form_of(keys_));
}

result<bool> pinpad_sealer::verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) {
    CIPHERLANE_TRY(const auto right, make_mac(mab, bounds));
    return equal_in_constant_time(right, mac);
}

} // namespace cipherlane::acquiring
