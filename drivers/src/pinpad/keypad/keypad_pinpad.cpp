#include "../../charset/gbk_text.hpp"
#include "../../charset/plain_text.hpp"
#include "../../one_call.hpp"
#include "../magnetic_stripe.hpp"

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pinpad.hpp>
#include <cipherlane/net/engine.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using ports::working_key;
using value = keypad_value;

/// Twelve digits before the check digit, zeros on the left.
std::string account12(std::string_view account) {
    constexpr std::size_t wanted = 12;
    account.remove_suffix(1);
    if (account.size() > wanted) account.remove_prefix(account.size() - wanted);
    return std::string(wanted - account.size(), '0') + std::string(account);
}

/// What a pad shows instead of characters that it does not have, and of those that would end a frame.
std::string plain_line(std::string_view line) {
    std::string shown;
    for (const char one : line) {
        const auto byte = static_cast<std::uint8_t>(one);
        if ((byte & 0xC0U) == 0x80U) continue; // the rest of a character that is shown already
        shown += byte < 0x20 || byte > 0x7E ? '?' : one;
    }
    return shown;
}

/// Compares as many bytes as both have: hosts and devices send check values of different lengths.
bool same_check_value(byte_view one, byte_view other) {
    const auto size = std::min(one.size(), other.size());
    constexpr std::size_t least = 3;
    return size >= least && equal_in_constant_time(one.first(size), other.first(size));
}

bool same_key(const ports::wrapped_key& one, const ports::wrapped_key& other) {
    return one.master_slot == other.master_slot && one.cryptogram == other.cryptogram;
}

/// It has said itself that it is through with a command. A control byte alone does not say so for sure: it may belong
/// to what was said before.
bool ended_by_device(const keypad_description& of, const error& why) {
    if (why.code() == drivers_errc::not_acknowledged) return false;
    if (why.code() == drivers_errc::cardholder_cancelled) return !of.acknowledged;
    return why.is(condition::rejected_by_peer) || why.code() == drivers_errc::cardholder_timeout;
}

std::size_t index(working_key use) {
    return static_cast<std::size_t>(use);
}

/// What a call leaves the cardholder, as much of it as a device takes.
unsigned seconds_left(const call& bounds) {
    constexpr std::int64_t longest = 255;
    return static_cast<unsigned>(std::clamp<std::int64_t>(bounds.until().left().count() / 1'000, 1, longest));
}

constexpr std::size_t key_block = 8;
constexpr std::size_t sm4_block = 16;

} // namespace

keypad_pinpad::keypad_pinpad(std::unique_ptr<net::transport> link, keypad_description description)
    : link_(std::move(link))
    , description_(std::move(description)) {}

keypad_pinpad::~keypad_pinpad() = default;

result<keypad_data> keypad_pinpad::ask(keypad_action action, const keypad_data& values, const call& bounds) {
    if (!description_.can(action)) return cannot(to_string(action)).at_endpoint(link_->endpoint());
    const auto from = unsettled_ ? keypad_exchange::start::after_failure : keypad_exchange::start::clean;
    using clock = monotonic_clock;
    std::chrono::milliseconds late{0};
    if (late_until_ != clock::time_point{}) { // where its time is over, what came meanwhile is dropped all the same
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(late_until_ - clock::now());
        late = std::max(left, description_.quiet);
    }
    keypad_exchange exchange(description_, action, values, from, late);
    unsettled_ = true;
    auto outcome = net::run(exchange, *link_, bounds);
    late_until_ = exchange.late().count() > 0 ? clock::now() + exchange.late() : clock::time_point{};
    unsettled_ = !outcome && !ended_by_device(description_, outcome.error());
    if (outcome) return outcome;
    if (unsettled_ && !outcome.error().is(condition::link_lost)) stop_device();
    return std::move(outcome).error().at_endpoint(link_->endpoint());
}

/// The device must not go on asking the cardholder; that it stopped is made sure of by the next call.
void keypad_pinpad::stop_device() {
    if (!description_.can(keypad_action::cancel)) return;
    const auto line = description_.line_of(description_.of(keypad_action::cancel).front(), keypad_data());
    if (line) static_cast<void>(link_->write(line->expose(), call(std::chrono::milliseconds{200})));
}

result<void> keypad_pinpad::open(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    given_ = {}; // it may have lost them with its power
    unsettled_ = true;
    if (description_.can(keypad_action::open)) CIPHERLANE_CHECK(ask(keypad_action::open, keypad_data(), bounds));
    return {};
}

result<void> keypad_pinpad::close(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    given_ = {};
    if (description_.can(keypad_action::close)) CIPHERLANE_CHECK(ask(keypad_action::close, keypad_data(), bounds));
    return {};
}

result<ports::card_data> keypad_pinpad::read_card(const ports::card_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    keypad_data values;
    values.set(value::amount, as_bytes(request.total.to_string()));
    values.set(value::seconds, seconds_left(bounds));
    CIPHERLANE_TRY(const auto answer, ask(keypad_action::card, values, bounds));
    auto card = card_of_stripe(answer.text(value::track2));
    if (!card) return std::move(card).error().during("card").at_endpoint(link_->endpoint());
    return card;
}

/// The master key's slot as the device counts it.
result<void> keypad_pinpad::take_slot(keypad_data& into, int master_slot) const {
    if (master_slot < 0 || static_cast<unsigned>(master_slot) >= description_.slots) {
        return bad_setting("master_slot")
            .with_hint(
                "found " + std::to_string(master_slot) + ", allowed: 0 to " + std::to_string(description_.slots - 1));
    }
    into.set(value::master, description_.first_slot + static_cast<unsigned>(master_slot));
    return {};
}

result<keypad_data> keypad_pinpad::with_key(working_key use, const ports::wrapped_key& key) const {
    keypad_data values;
    CIPHERLANE_CHECK(take_slot(values, key.master_slot));
    const auto& sizes = use == working_key::pin ? description_.pin_key_sizes : description_.mac_key_sizes;
    if (std::ranges::find(sizes, key.cryptogram.size()) == sizes.end()) {
        return cannot("load working key")
            .in_field(use == working_key::pin ? "TPK" : "TAK")
            .with_hint("found a key of " + std::to_string(key.cryptogram.size()) +
                       " bytes, which this keypad cannot use for that");
    }
    values.set(value::key, key.cryptogram);
    values.set(value::check, key.check_value);
    values.set(value::blocks, static_cast<unsigned>(key.cryptogram.size() / key_block));
    values.set(value::slot, use == working_key::pin ? description_.pin_slot : description_.mac_slot);
    return values;
}

result<void> keypad_pinpad::give_key(working_key use, const ports::wrapped_key& key, const call& bounds) {
    const auto action = use == working_key::pin ? keypad_action::pin_key : keypad_action::mac_key;
    CIPHERLANE_TRY(const auto values, with_key(use, key));
    if (!description_.can(action)) return {}; // goes with each command
    given_[index(use)] = {};
    CIPHERLANE_TRY(const auto answer, ask(action, values, bounds));
    const auto told = answer.text(value::check);
    if (!told.empty() && !same_check_value(told, key.check_value)) {
        return refused(drivers_errc::refused).during(to_string(action)).in_field("check value");
    }
    given_[index(use)] = key;
    return {};
}

result<keypad_data> keypad_pinpad::ready_key(working_key use, const ports::wrapped_key& key, const call& bounds) {
    const auto action = use == working_key::pin ? keypad_action::pin_key : keypad_action::mac_key;
    if (description_.can(action) && !same_key(given_[index(use)], key)) CIPHERLANE_CHECK(give_key(use, key, bounds));
    return with_key(use, key);
}

result<void> keypad_pinpad::load_working_key(working_key use, const ports::wrapped_key& key, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    const bool can = use == working_key::pin ? description_.takes_pins() : description_.makes_macs();
    if (!can) return cannot("load working key");
    return give_key(use, key, bounds);
}

result<secret_bytes> keypad_pinpad::enter_pin(const ports::pin_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!description_.takes_pins()) {
        return cannot("pin").with_hint("no PIN block under the host's key");
    }
    CIPHERLANE_TRY(auto values, ready_key(working_key::pin, request.key, bounds));
    const auto account = request.account.expose();
    values.set(value::account, as_bytes(account));
    auto twelve = account12(account);
    values.set(value::account12, as_bytes(twelve));
    wipe({reinterpret_cast<std::uint8_t*>(twelve.data()), twelve.size()});
    values.set(value::amount, as_bytes(request.total.to_string()));
    values.set(value::least, static_cast<unsigned>(request.min_digits));
    values.set(value::most, static_cast<unsigned>(request.max_digits));
    values.set(value::seconds, seconds_left(bounds));
    CIPHERLANE_TRY(const auto answer, ask(keypad_action::pin, values, bounds));
    const auto block = answer.text(value::block);
    if (block.size() != description_.block_size()) {
        return refused(drivers_errc::bad_content).during("pin").in_field("block").at_endpoint(link_->endpoint());
    }
    return secret_bytes(block);
}

result<secret_bytes> keypad_pinpad::ask_digits(int least, int most, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    keypad_data values;
    values.set(value::least, static_cast<unsigned>(least));
    values.set(value::most, static_cast<unsigned>(most));
    values.set(value::seconds, seconds_left(bounds));
    CIPHERLANE_TRY(const auto answer, ask(keypad_action::digits, values, bounds));
    secret_bytes digits(answer.text(value::digits));
    for (auto& one : digits.expose()) {
        one &= 0x7FU; // some send them with a bit of parity
        if (one < '0' || one > '9') return refused(drivers_errc::bad_content).during("digits").in_field("digits");
    }
    return digits;
}

result<void> keypad_pinpad::put_lines(std::string_view line1, std::string_view line2, const call& bounds) {
    keypad_data values;
    for (const auto& [what, line] : {std::pair{value::line1, line1}, std::pair{value::line2, line2}}) {
        if (description_.text == keypad_description::text_set::gbk) {
            CIPHERLANE_CHECK(check_plain_utf8(line, to_string(what))); // 03 would end a frame
            CIPHERLANE_TRY(const auto shown, to_gbk(line, to_string(what)));
            values.set(what, shown);
        } else {
            values.set(what, as_bytes(plain_line(line)));
        }
    }
    CIPHERLANE_CHECK(ask(keypad_action::show, values, bounds));
    return {};
}

result<void> keypad_pinpad::show(std::string_view line1, std::string_view line2, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return put_lines(line1, line2, bounds);
}

result<void> keypad_pinpad::finish(std::string_view line1, std::string_view line2, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!description_.can(keypad_action::show)) return {};
    return put_lines(line1, line2, bounds);
}

bool keypad_pinpad::takes_master_key() const noexcept {
    return description_.can(keypad_action::master_key) && description_.can(keypad_action::master_check);
}

result<bool> keypad_pinpad::has_master_key(const ports::wrapped_key& key, const call& bounds) {
    keypad_data values;
    CIPHERLANE_CHECK(take_slot(values, key.master_slot));
    CIPHERLANE_TRY(const auto answer, ask(keypad_action::master_check, values, bounds));
    return same_check_value(answer.text(value::check), key.check_value);
}

result<void> keypad_pinpad::load_master_key(const ports::wrapped_key& key, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!takes_master_key()) return cannot("load TMK");
    CIPHERLANE_TRY(const bool there, has_master_key(key, bounds));
    if (there) return {};
    keypad_data values;
    CIPHERLANE_CHECK(take_slot(values, key.master_slot));
    values.set(value::key, key.cryptogram);
    values.set(value::check, key.check_value);
    values.set(value::blocks, static_cast<unsigned>(key.cryptogram.size() / key_block));
    CIPHERLANE_CHECK(ask(keypad_action::master_key, values, bounds));
    given_ = {}; // what was under the old one
    CIPHERLANE_TRY(const bool taken, has_master_key(key, bounds));
    if (taken) return {};
    return refused(drivers_errc::refused).during("load TMK").in_field("check value");
}

result<void> keypad_pinpad::put_master_key(int slot, const secret_bytes& key, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    keypad_data values;
    CIPHERLANE_CHECK(take_slot(values, slot));
    values.set(value::key, key.expose());
    values.set(value::blocks, static_cast<unsigned>(key.size() / key_block));
    given_ = {};
    CIPHERLANE_CHECK(ask(keypad_action::plain_key, values, bounds));
    return {};
}

/// One block, or what else the command gives for `data`.
result<bytes> keypad_pinpad::encipher(keypad_action action, keypad_data& values, byte_view data, const call& bounds) {
    values.set(value::data, data);
    values.set(value::size, static_cast<unsigned>(data.size()));
    CIPHERLANE_TRY(const auto answer, ask(action, values, bounds));
    const auto block = answer.text(value::mac);
    const auto wanted = action == keypad_action::mac ? description_.block_size() : sm4_block;
    if (block.size() != wanted)
        return refused(drivers_errc::bad_content)
            .during(to_string(action))
            .in_field("mac")
            .at_endpoint(link_->endpoint());
    return bytes(block.begin(), block.end());
}

/// The POS MAC of a folded message by a device that enciphers single blocks.
result<bytes> keypad_pinpad::encipher_both_halves(
    keypad_action action, keypad_data& values, byte_view text, const call& bounds) {
    const auto block = text.size() / 2;
    CIPHERLANE_TRY(auto first, encipher(action, values, text.first(block), bounds));
    const auto second = text.subspan(block);
    for (std::size_t i = 0; i < block; ++i)
        first[i] ^= second[i];
    auto last = encipher(action, values, first, bounds);
    wipe(first);
    return last;
}

result<bytes> keypad_pinpad::make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!description_.makes_macs()) return cannot("mac");
    CIPHERLANE_TRY(auto values, ready_key(working_key::mac, key, bounds));
    CIPHERLANE_TRY(const auto text, crypto::unionpay_mac_text::fold(description_.block_size(), mab));
    using kind = keypad_description::mac_kind;
    // The fold of a message has the message's MAC: the device gets no more than it must.
    if (description_.mac_is == kind::whole) return encipher(keypad_action::mac, values, text.folded(), bounds);
    if (description_.mac_is == kind::chain) return encipher(keypad_action::mac, values, text.text(), bounds);
    return encipher_both_halves(keypad_action::mac, values, text.text(), bounds);
}

result<ports::serial_cryptogram> keypad_pinpad::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& bounds) {
    constexpr auto action = keypad_action::serial_cryptogram;
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!makes_serial_cryptogram()) return cannot(to_string(action));
    std::string text(serial);
    text.append(factor);
    if (text.size() > description_.serial_longest) {
        return bad_setting("serial")
            .during(to_string(action))
            .with_hint("found " + std::to_string(text.size()) +
                       " characters with the factor, allowed by this keypad: " +
                       std::to_string(description_.serial_longest));
    }
    keypad_data values;
    values.set(value::slot, description_.serial_slot);
    if (description_.serial_is == keypad_description::serial_kind::block) {
        CIPHERLANE_TRY(const auto folded, crypto::unionpay_mac_text::fold(sm4_block, as_bytes(text)));
        CIPHERLANE_TRY(const auto last, encipher_both_halves(action, values, folded.text(), bounds));
        return crypto::unionpay_mac_field_of(last, crypto::unionpay_mac_form::ascii8);
    }
    values.set(value::serial, as_bytes(serial));
    values.set(value::factor, as_bytes(factor));
    values.set(value::data, as_bytes(text));
    values.set(value::size, static_cast<unsigned>(text.size()));
    CIPHERLANE_TRY(const auto answer, ask(action, values, bounds));
    const auto told = answer.text(value::cryptogram);
    ports::serial_cryptogram made{};
    if (told.size() != made.size()) {
        return refused(drivers_errc::bad_content)
            .during(to_string(action))
            .in_field("cryptogram")
            .at_endpoint(link_->endpoint());
    }
    std::copy(told.begin(), told.end(), made.begin());
    return made;
}

} // namespace cipherlane::drivers
