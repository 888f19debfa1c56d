#include "shared_devices.hpp"

#include <cipherlane/till/errc.hpp>

namespace cipherlane::assembly {
namespace {

using namespace std::chrono_literals;

/// How long a card's trade may take from its reading to its end: PIN and host, with room.
constexpr auto card_trade = 3min;
/// A code that nothing else ends.
constexpr auto endless_code = 10min;

/// How long a content keeps the display: a code while it is valid.
std::chrono::milliseconds held_by(const ports::display_content& what) {
    if (const auto* code = std::get_if<std::reference_wrapper<const ports::qr_view>>(&what)) {
        const auto valid = code->get().valid_for;
        return valid.count() > 0 ? valid : endless_code;
    }
    if (const auto* code = std::get_if<ports::remaining_view>(&what)) return code->left;
    return 0ms;
}

} // namespace

result<device_lease::turn> device_lease::enter(const void* who, std::string_view device) {
    const std::scoped_lock lock(mutex_);
    const bool others = owner_ != nullptr && owner_ != who && clock::now() < until_;
    if (in_call_ || others) return error(till_errc::device_busy, layer::till).during(device);
    in_call_ = true;
    return turn(*this, who);
}

void device_lease::leave(const void* who, std::optional<std::chrono::milliseconds> keep) noexcept {
    const std::scoped_lock lock(mutex_);
    in_call_ = false;
    if (!keep) return;
    owner_ = keep->count() > 0 ? who : nullptr;
    until_ = clock::now() + *keep;
}

result<void> shared_pinpad::open(const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->open(bounds);
}

result<ports::card_data> shared_pinpad::read_card(const ports::card_request& request, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto card = real_->read_card(request, bounds);
    if (card) turn.keep(card_trade);
    return card;
}

result<secret_bytes> shared_pinpad::enter_pin(const ports::pin_request& request, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto block = real_->enter_pin(request, bounds);
    if (block) turn.keep(card_trade);
    return block;
}

result<void> shared_pinpad::finish(std::string_view line1, std::string_view line2, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->finish(line1, line2, bounds);
}

result<ports::chip_report> shared_pinpad::finish_chip(const ports::chip_verdict& verdict, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->finish_chip(verdict, bounds);
}

result<void> shared_pinpad::show(std::string_view line1, std::string_view line2, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->show(line1, line2, bounds);
}

result<void> shared_pinpad::load_master_key(const ports::wrapped_key& key, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->load_master_key(key, bounds);
}

result<void> shared_pinpad::load_working_key(
    ports::working_key use, const ports::wrapped_key& key, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->load_working_key(use, key, bounds);
}

/// Within a card's trade, as the serial cryptogram.
result<bytes> shared_pinpad::make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto made = real_->make_mac(key, mab, bounds);
    turn.keep(card_trade);
    return made;
}

result<void> shared_pinpad::load_list(std::string_view name, const std::vector<bytes>& entries, const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->load_list(name, entries, bounds);
}

result<ports::currency_choice> shared_pinpad::choose_currency(
    const amount& local, const ports::conversion& offer, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto chosen = real_->choose_currency(local, offer, bounds);
    turn.keep(card_trade);
    return chosen;
}

/// Within a card's trade: the pad stays this terminal's.
result<ports::serial_cryptogram> shared_pinpad::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto made = real_->make_serial_cryptogram(serial, factor, bounds);
    turn.keep(card_trade);
    return made;
}

result<void> shared_pinpad::close(const call& bounds) {
    CIPHERLANE_TRY(const auto turn, enter());
    return real_->close(bounds);
}

result<void> shared_display::show(const ports::display_content& what, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    auto done = real_->show(what, bounds);
    if (done) turn.keep(held_by(what));
    return done;
}

result<void> shared_display::set_brightness(int percent, const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    turn.leave_as_before();
    return real_->set_brightness(percent, bounds);
}

result<std::string> shared_display::heartbeat(const call& bounds) {
    CIPHERLANE_TRY(auto turn, enter());
    turn.leave_as_before();
    return real_->heartbeat(bounds);
}

} // namespace cipherlane::assembly
