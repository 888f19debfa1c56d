#include "dukpt_aes_steps.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/dukpt_aes_terminal.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t number_size = dukpt_aes_transaction::serial_number_size;

} // namespace

struct dukpt_aes_terminal::state {
    std::size_t key_size;
    aes_key_generation steps;
    dukpt_future_keys keys;
};

dukpt_aes_terminal::dukpt_aes_terminal(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
dukpt_aes_terminal::dukpt_aes_terminal(dukpt_aes_terminal&&) noexcept = default;
dukpt_aes_terminal& dukpt_aes_terminal::operator=(dukpt_aes_terminal&&) noexcept = default;
dukpt_aes_terminal::~dukpt_aes_terminal() = default;

result<dukpt_aes_terminal> dukpt_aes_terminal::create(const dukpt_initial_key& initial, byte_view identifier) {
    if (initial.cipher() != algorithm::aes) return crypto_error(crypto_errc::unsupported_algorithm, "DUKPT");
    CIPHERLANE_TRY(const auto number, serial_number_of(identifier));
    CIPHERLANE_TRY(auto steps, aes_key_generation::create(initial.size()));
    auto made = std::unique_ptr<state>(
        new state{initial.size(), std::move(steps), dukpt_future_keys(aes_counter, initial.size())});
    made->steps.set_serial_number(number);
    CIPHERLANE_CHECK(made->keys.load(made->steps, key_access::material(initial)));
    return dukpt_aes_terminal(std::move(made));
}

result<dukpt_aes_terminal> dukpt_aes_terminal::restore(const secret_bytes& saved) {
    const auto refused = crypto_error(crypto_errc::bad_key_encoding, "DUKPT");
    if (saved.size() <= number_size || (saved.size() - number_size) % aes_counter.bits != 0) return refused;
    const std::size_t key_size = (saved.size() - number_size) / aes_counter.bits;
    if (!key_size_fits(algorithm::aes, key_size)) return refused;
    aes_serial_number number;
    std::copy_n(saved.expose().begin(), number.size(), number.begin());
    const std::uint32_t counter = counter_of(number);
    if (counter != 0 && !is_used(aes_counter, counter)) return refused;
    CIPHERLANE_TRY(auto steps, aes_key_generation::create(key_size));
    secret_bytes registers(saved.expose().subspan(number_size));
    auto made = std::unique_ptr<state>(
        new state{key_size, std::move(steps), dukpt_future_keys(aes_counter, counter, std::move(registers))});
    made->steps.set_serial_number(number);
    return dukpt_aes_terminal(std::move(made));
}

secret_bytes dukpt_aes_terminal::save() const {
    const auto number = with_counter(state_->steps.serial_number(), counter());
    const auto registers = state_->keys.expose();
    secret_bytes saved(number.size() + registers.size());
    std::copy(number.begin(), number.end(), saved.expose().begin());
    std::copy(registers.begin(), registers.end(), saved.expose().begin() + number.size());
    return saved;
}

result<dukpt_aes_transaction> dukpt_aes_terminal::next_transaction() {
    dukpt_aes_transaction made(state_->key_size);
    made.serial_number_ = with_counter(state_->steps.serial_number(), counter());
    CIPHERLANE_CHECK(state_->keys.take(state_->steps, made.key()));
    return made;
}

std::uint32_t dukpt_aes_terminal::counter() const noexcept {
    return state_->keys.counter();
}

} // namespace cipherlane::crypto
