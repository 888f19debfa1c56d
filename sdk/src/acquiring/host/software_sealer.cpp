#include "host/mac_form.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/terminal_serial.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>

namespace cipherlane::acquiring {
namespace {

constexpr std::size_t master_key_size = 16;

crypto::algorithm cipher_of(const key_settings& keys, std::size_t key_size) noexcept {
    if (keys.algorithm == key_algorithm::sm4) return crypto::algorithm::sm4;
    return key_size == 8 ? crypto::algorithm::des : crypto::algorithm::tdes;
}

error wrong_check_value(std::string_view operation) {
    return error(acquiring_errc::check_value_wrong, layer::acquiring).during(operation);
}

} // namespace

struct software_sealer::state {
    key_settings settings;
    crypto::block_cipher first;  ///< as it was made: under it the host's chain of master keys begins
    crypto::block_cipher master; ///< in force
    logger log;
    std::optional<crypto::mac_key> mac = {};
    std::optional<crypto::mac_key> serial = {};

    /// The clear key, once it has proved right by its check value.
    result<secret_bytes> unwrap(const ports::wrapped_key& key, std::string_view operation) {
        return unwrap_under(master, key, operation);
    }

    result<secret_bytes> unwrap_under(
        crypto::block_cipher& above, const ports::wrapped_key& key, std::string_view operation) {
        if (key.cryptogram.empty() || key.cryptogram.size() % above.block_size() != 0) {
            return error(acquiring_errc::bad_working_keys, layer::acquiring).during(operation);
        }
        secret_bytes clear(key.cryptogram.size());
        CIPHERLANE_CHECK(above.decrypt_ecb(key.cryptogram, clear.expose()));
        const auto cipher = cipher_of(settings, clear.size());
        const auto fits = crypto::verify_key_check_value(
            cipher, clear.expose(), crypto::kcv_method::legacy, key.check_value, crypto::cup_pos_policy);
        if (!fits && fits.error().code() != crypto_errc::check_value_mismatch) {
            return error(acquiring_errc::bad_working_keys, layer::acquiring)
                .during(operation)
                .in_field("check value");
        }
        if (!fits) return wrong_check_value(operation);
        return clear;
    }
};

software_sealer::software_sealer(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
software_sealer::~software_sealer() = default;

result<std::unique_ptr<software_sealer>> software_sealer::create(
    const key_settings& keys, secret_bytes master_key, logger log) {
    if (master_key.size() != master_key_size) {
        return error(acquiring_errc::bad_settings, layer::acquiring).during("software sealer").in_field("master key");
    }
    const auto cipher = cipher_of(keys, master_key.size());
    CIPHERLANE_TRY(auto first, crypto::block_cipher::create(cipher, master_key.expose()));
    CIPHERLANE_TRY(auto master, crypto::block_cipher::create(cipher, master_key.expose()));
    log.warning("acquiring", "MACs are made in software: the terminal's master key is in this computer's memory. "
                             "Use a PIN pad or cipher machine for live payments.");
    return std::unique_ptr<software_sealer>(
        new software_sealer(std::make_unique<state>(state{keys, std::move(first), std::move(master), log})));
}

result<void> software_sealer::load_mac_key(const ports::wrapped_key& key, const call& /*bounds*/) {
    CIPHERLANE_TRY(const auto clear, state_->unwrap(key, "load TAK"));
    CIPHERLANE_TRY(auto made,
        crypto::mac_key::create(cipher_of(state_->settings, clear.size()), clear.expose(), crypto::cup_pos_policy));
    state_->mac.emplace(std::move(made));
    return {};
}

result<void> software_sealer::use_serial_key(const secret_bytes& key) {
    if (key.size() != master_key_size) {
        return error(acquiring_errc::bad_settings, layer::acquiring).during("software sealer").in_field("serial key");
    }
    CIPHERLANE_TRY(auto made, crypto::mac_key::create(crypto::algorithm::sm4, key.expose(), crypto::cup_pos_policy));
    state_->serial.emplace(std::move(made));
    state_->log.warning("acquiring", "terminal serial cryptograms are made in software: what shows that a message "
                                     "comes from this device is in this computer's memory. Use the device's own key "
                                     "for live payments.");
    return {};
}

bool software_sealer::makes_serial_cryptogram() const noexcept {
    return state_->serial.has_value();
}

result<ports::serial_cryptogram> software_sealer::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& /*bounds*/) {
    if (!state_->serial) return error(acquiring_errc::bad_working_keys, layer::acquiring).during("terminal serial");
    return crypto::terminal_serial_cryptogram(*state_->serial, serial, factor);
}

result<void> software_sealer::check_pin_key(const ports::wrapped_key& key, const call& /*bounds*/) {
    CIPHERLANE_TRY([[maybe_unused]] const auto clear, state_->unwrap(key, "check TPK"));
    return {};
}

result<void> software_sealer::load_master_key(const ports::wrapped_key& key, const call& /*bounds*/) {
    auto clear = state_->unwrap(key, "load TMK");
    // A lane that is opened again with the same sealer gives it the chain from its beginning.
    if (!clear && clear.error().is(condition::rejected_by_peer)) {
        clear = state_->unwrap_under(state_->first, key, "load TMK");
    }
    if (!clear) return clear.error();
    if (clear->size() != master_key_size) {
        return error(acquiring_errc::bad_working_keys, layer::acquiring).during("load TMK");
    }
    CIPHERLANE_TRY(
        auto master, crypto::block_cipher::create(cipher_of(state_->settings, clear->size()), clear->expose()));
    state_->master = std::move(master);
    state_->mac.reset();
    return {};
}

result<ports::mac_field> software_sealer::make_mac(byte_view mab, const call& /*bounds*/) {
    if (!state_->mac) return error(acquiring_errc::bad_working_keys, layer::acquiring).during("MAC");
    return crypto::unionpay_mac(*state_->mac, mab, mac_form_of(state_->settings));
}

result<bool> software_sealer::verify_mac(byte_view mab, const ports::mac_field& mac, const call& bounds) {
    CIPHERLANE_TRY(const auto right, make_mac(mab, bounds));
    return equal_in_constant_time(right, mac);
}

} // namespace cipherlane::acquiring
