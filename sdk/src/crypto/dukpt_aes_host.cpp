#include "dukpt_aes_steps.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/dukpt_aes_host.hpp>

namespace cipherlane::crypto {

struct dukpt_aes_host::state {
    secret_bytes base;
    aes_key_generation steps;
};

dukpt_aes_host::dukpt_aes_host(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
dukpt_aes_host::dukpt_aes_host(dukpt_aes_host&&) noexcept = default;
dukpt_aes_host& dukpt_aes_host::operator=(dukpt_aes_host&&) noexcept = default;
dukpt_aes_host::~dukpt_aes_host() = default;

result<dukpt_aes_host> dukpt_aes_host::create(const base_derivation_key& base) {
    if (base.cipher() != algorithm::aes) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    CIPHERLANE_TRY(auto steps, aes_key_generation::create(base.size()));
    return dukpt_aes_host(
        std::unique_ptr<state>(new state{secret_bytes(key_access::material(base)), std::move(steps)}));
}

result<dukpt_initial_key> dukpt_aes_host::initial_key(byte_view identifier) {
    CIPHERLANE_TRY(const auto number, serial_number_of(identifier));
    state_->steps.set_serial_number(number);
    secret_bytes key(state_->base.size());
    const auto done = state_->steps.derive_initial(state_->base.expose(), key.expose());
    state_->steps.forget();
    if (!done) return done.error();
    return dukpt_initial_key::create(algorithm::aes, key.expose(), legacy_policy);
}

result<dukpt_aes_transaction> dukpt_aes_host::transaction(byte_view serial_number) {
    dukpt_aes_transaction made(state_->base.size());
    if (serial_number.size() != made.serial_number_.size()) return crypto_error(crypto_errc::bad_ksn, "DUKPT");
    std::copy(serial_number.begin(), serial_number.end(), made.serial_number_.begin());
    const std::uint32_t counter = counter_of(made.serial_number_);
    if (!is_used(aes_counter, counter)) return crypto_error(crypto_errc::bad_ksn, "DUKPT");
    auto& steps = state_->steps;
    steps.set_serial_number(made.serial_number_);
    auto done = steps.derive_initial(state_->base.expose(), made.key());
    if (done) done = derive_transaction_key(steps, aes_counter, counter, made.key());
    steps.forget();
    if (!done) return done.error();
    return made;
}

} // namespace cipherlane::crypto
