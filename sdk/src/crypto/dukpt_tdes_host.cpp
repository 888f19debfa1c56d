#include "dukpt_tdes_steps.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/dukpt_tdes_host.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t key_size = 16;
constexpr std::size_t half = 8;

} // namespace

struct dukpt_tdes_host::state {
    state(block_cipher&& base_left, block_cipher&& base_right, des_once&& des) noexcept
        : left(std::move(base_left))
        , right(std::move(base_right))
        , steps(std::move(des)) {}

    block_cipher left;  // the BDK, for the left half of initial keys
    block_cipher right; // its variant, for the right half
    tdes_key_generation steps;

    /// X9.24-1:2009 A.6: the serial number's first 8 bytes with the counter cleared, encrypted twice.
    result<void> initial(const tdes_serial_number& serial_number, byte_span key) {
        const auto cleared = with_counter(serial_number, 0);
        const auto data = byte_view(cleared).first(half);
        CIPHERLANE_CHECK(left.encrypt_ecb(data, key.first(half)));
        CIPHERLANE_CHECK(right.encrypt_ecb(data, key.subspan(half)));
        return {};
    }

    result<void> derive(byte_view data, tdes_serial_number& serial_number, byte_span key) {
        CIPHERLANE_TRY(serial_number, to_tdes_serial_number(data));
        const std::uint32_t counter = counter_of(serial_number);
        if (!is_used(tdes_counter, counter)) return crypto_error(crypto_errc::bad_ksn, "DUKPT");
        CIPHERLANE_CHECK(initial(serial_number, key));
        steps.set_serial_number(serial_number);
        auto done = derive_transaction_key(steps, tdes_counter, counter, key);
        steps.forget();
        return done;
    }
};

dukpt_tdes_host::dukpt_tdes_host(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
dukpt_tdes_host::dukpt_tdes_host(dukpt_tdes_host&&) noexcept = default;
dukpt_tdes_host& dukpt_tdes_host::operator=(dukpt_tdes_host&&) noexcept = default;
dukpt_tdes_host::~dukpt_tdes_host() = default;

result<dukpt_tdes_host> dukpt_tdes_host::create(const base_derivation_key& base) {
    if (base.cipher() != algorithm::tdes || base.size() != key_size) {
        return crypto_error(crypto_errc::bad_key_length, "DUKPT");
    }
    secret_bytes variant(key_access::material(base));
    apply_c0_variant(variant.expose());
    CIPHERLANE_TRY(auto left, block_cipher::create(algorithm::tdes, key_access::material(base)));
    CIPHERLANE_TRY(auto right, block_cipher::create(algorithm::tdes, variant.expose()));
    CIPHERLANE_TRY(auto des, des_once::create());
    return dukpt_tdes_host(std::make_unique<state>(std::move(left), std::move(right), std::move(des)));
}

result<dukpt_initial_key> dukpt_tdes_host::initial_key(byte_view serial_number) {
    CIPHERLANE_TRY(const auto number, to_tdes_serial_number(serial_number));
    secret_bytes key(key_size);
    CIPHERLANE_CHECK(state_->initial(number, key.expose()));
    return dukpt_initial_key::create(algorithm::tdes, key.expose(), legacy_policy);
}

result<dukpt_tdes_transaction> dukpt_tdes_host::transaction(byte_view serial_number) {
    dukpt_tdes_transaction made;
    CIPHERLANE_CHECK(state_->derive(serial_number, made.serial_number_, made.key_));
    return made;
}

result<clear_pin> dukpt_tdes_host::decrypt_pin_block(
    byte_view serial_number, pin_block_format format, byte_view cryptogram, std::string_view pan_digits) {
    const bool fits =
        format == pin_block_format::iso_0 || format == pin_block_format::iso_1 || format == pin_block_format::iso_3;
    if (!fits) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    if (cryptogram.size() != half) return crypto_error(crypto_errc::bad_pin_block, "DUKPT");
    dukpt_tdes_transaction keys;
    CIPHERLANE_CHECK(state_->derive(serial_number, keys.serial_number_, keys.key_));
    apply_variant(tdes_variant::pin, keys.key_);
    std::array<std::uint8_t, half> block{};
    auto done = state_->steps.des().decrypt(keys.key_, cryptogram, block);
    state_->steps.forget();
    auto pin = done ? pin_block_codec::decode(format, block, pan_digits) : result<clear_pin>(done.error());
    wipe(block);
    return pin;
}

} // namespace cipherlane::crypto
