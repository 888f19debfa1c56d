#include "dukpt_tdes_steps.hpp"
#include "key_access.hpp"

#include <cipherlane/crypto/dukpt_tdes_terminal.hpp>

#include <algorithm>

namespace cipherlane::crypto {
namespace {

constexpr std::size_t key_size = 16;
constexpr std::size_t saved_size = dukpt_tdes_transaction::serial_number_size + tdes_counter.bits * key_size;

} // namespace

struct dukpt_tdes_terminal::state {
    tdes_key_generation steps;
    dukpt_future_keys keys;
};

dukpt_tdes_terminal::dukpt_tdes_terminal(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
dukpt_tdes_terminal::dukpt_tdes_terminal(dukpt_tdes_terminal&&) noexcept = default;
dukpt_tdes_terminal& dukpt_tdes_terminal::operator=(dukpt_tdes_terminal&&) noexcept = default;
dukpt_tdes_terminal::~dukpt_tdes_terminal() = default;

result<dukpt_tdes_terminal> dukpt_tdes_terminal::create(const dukpt_initial_key& initial, byte_view serial_number) {
    if (initial.cipher() != algorithm::tdes || initial.size() != key_size) {
        return crypto_error(crypto_errc::bad_key_length, "DUKPT");
    }
    CIPHERLANE_TRY(const auto number, to_tdes_serial_number(serial_number));
    CIPHERLANE_TRY(auto des, des_once::create());
    auto made = std::unique_ptr<state>(
        new state{tdes_key_generation(std::move(des)), dukpt_future_keys(tdes_counter, key_size)});
    made->steps.set_serial_number(number);
    CIPHERLANE_CHECK(made->keys.load(made->steps, key_access::material(initial)));
    return dukpt_tdes_terminal(std::move(made));
}

result<dukpt_tdes_terminal> dukpt_tdes_terminal::restore(const secret_bytes& saved) {
    if (saved.size() != saved_size) return crypto_error(crypto_errc::bad_key_encoding, "DUKPT");
    const auto all = saved.expose();
    CIPHERLANE_TRY(const auto number, to_tdes_serial_number(all.first(dukpt_tdes_transaction::serial_number_size)));
    const std::uint32_t counter = counter_of(number);
    if (counter != 0 && !is_used(tdes_counter, counter)) {
        return crypto_error(crypto_errc::bad_key_encoding, "DUKPT");
    }
    CIPHERLANE_TRY(auto des, des_once::create());
    secret_bytes registers(all.subspan(dukpt_tdes_transaction::serial_number_size));
    auto made = std::unique_ptr<state>(new state{
        tdes_key_generation(std::move(des)), dukpt_future_keys(tdes_counter, counter, std::move(registers))});
    made->steps.set_serial_number(number);
    return dukpt_tdes_terminal(std::move(made));
}

secret_bytes dukpt_tdes_terminal::save() const {
    secret_bytes saved(saved_size);
    const auto number = with_counter(state_->steps.serial_number(), counter());
    std::copy(number.begin(), number.end(), saved.expose().begin());
    const auto registers = state_->keys.expose();
    std::copy(registers.begin(), registers.end(), saved.expose().begin() + number.size());
    return saved;
}

result<dukpt_tdes_transaction> dukpt_tdes_terminal::next_transaction() {
    dukpt_tdes_transaction made;
    made.serial_number_ = with_counter(state_->steps.serial_number(), counter());
    CIPHERLANE_CHECK(state_->keys.take(state_->steps, made.key_));
    return made;
}

std::uint32_t dukpt_tdes_terminal::counter() const noexcept {
    return state_->keys.counter();
}

} // namespace cipherlane::crypto
