#include "simulation/devices.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/ports/words.hpp>

#include <functional>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto device_time = 40ms;
constexpr auto card_time = 2'000ms;

error gone(net_errc why) {
    return {why, layer::drivers};
}

constexpr std::string_view code_prefix = "https://pay.example/";

} // namespace

error without_effect(fault what) {
    switch (what) {
    case fault::timed_out: return gone(net_errc::timed_out);
    case fault::holder_cancels:
    case fault::cashier_stops: return gone(net_errc::cancelled);
    default: return gone(net_errc::lost);
    }
}

result<void> take_call(world& in, std::string_view what, const call& bounds) {
    const auto wrong = in.doors.next(point::pad, what);
    if (wrong != fault::none) return without_effect(wrong);
    if (bounds.stopped()) return without_effect(fault::cashier_stops);
    return {};
}

result<void> pad::take(std::string_view what, const call& bounds) {
    return take_call(world_, what, bounds);
}

result<void> pad::open(const call& bounds) {
    CIPHERLANE_CHECK(take("open", bounds));
    world_.time.pass(device_time);
    return {};
}

result<ports::card_data> pad::read_card(const ports::card_request& request, const call& bounds) {
    CIPHERLANE_CHECK(take("card", bounds));
    world_.time.pass(card_time);
    const bool chip = world_.people.chip;
    ports::card_data card(
        pan::parse("6222000000000000004").value(), chip ? ports::entry_mode::contact : ports::entry_mode::magnetic);
    card.expiry = "3012";
    card.track2 = secret_bytes(as_bytes("6222000000000000004D30122011234"));
    if (!chip) return card;
    card.approved_offline = request.offline;
    card.emv = from_hex("9F2608112233445566778895050080008000").value();
    card.sequence_number = "001";
    card.pin_block = secret_bytes(from_hex("1616116C76559985").value());
    return card;
}

result<secret_bytes> pad::enter_pin(const ports::pin_request& /*request*/, const call& bounds) {
    CIPHERLANE_CHECK(take("PIN", bounds));
    world_.time.pass(card_time);
    return secret_bytes(from_hex("1616116C76559985").value());
}

result<void> pad::end(bool approved) {
    const auto wrong = world_.doors.next(point::pad_end, approved ? "approved" : "not approved");
    if (wrong != fault::none && wrong != fault::fails_late) return without_effect(wrong);
    world_.time.pass(device_time);
    if (approved || world_.wrong == mutant::approved_before_verdict) world_.shown_approved.insert(world_.key);
    if (wrong == fault::fails_late) return without_effect(wrong);
    return {};
}

result<void> pad::finish(std::string_view line1, std::string_view /*line2*/, const call& /*bounds*/) {
    const bool declined_by_card = line1 == ports::word("pad.declined", language::english);
    if (declined_by_card && !world_.doors.off()) world_.shown_approved.erase(world_.key);
    return end(line1 == ports::word("pad.approved", language::english));
}

result<ports::chip_report> pad::finish_chip(const ports::chip_verdict& verdict, const call& /*bounds*/) {
    using decision = ports::chip_report::decision;
    const bool approved = verdict.verdict == ports::host_verdict::approved;
    const bool declines = approved && world_.people.card_declines;
    if (world_.looks_meanwhile && !world_.doors.off()) world_.looks_meanwhile();
    CIPHERLANE_CHECK(end(approved && !declines));
    ports::chip_report report;
    if (!approved) report.outcome = decision::declined_by_host;
    if (declines) report.outcome = decision::declined_by_card;
    return report;
}

result<ports::currency_choice> pad::choose_currency(
    const amount& /*local*/, const ports::conversion& /*offer*/, const call& bounds) {
    CIPHERLANE_CHECK(take("currency", bounds));
    world_.time.pass(card_time);
    return ports::currency_choice::converted;
}

result<void> pad_sealer::load_mac_key(const ports::wrapped_key& key, const call& bounds) {
    CIPHERLANE_CHECK(take_call(world_, "MAC key", bounds));
    return real_->load_mac_key(key, bounds);
}

result<void> pad_sealer::check_pin_key(const ports::wrapped_key& key, const call& bounds) {
    return real_->check_pin_key(key, bounds);
}

/// Made when nobody waits any more, too: a reversal's.
result<ports::mac_field> pad_sealer::make_mac(byte_view mab, const call& bounds) {
    const auto wrong = world_.doors.next(point::pad, "make MAC");
    if (wrong != fault::none) return without_effect(wrong);
    return real_->make_mac(mab, bounds);
}

result<bool> pad_sealer::verify_mac(byte_view mab, const ports::mac_field& carried, const call& bounds) {
    const auto wrong = world_.doors.next(point::pad, "check MAC");
    if (wrong != fault::none) return without_effect(wrong);
    return real_->verify_mac(mab, carried, bounds);
}

result<void> pad::show(std::string_view /*line1*/, std::string_view /*line2*/, const call& bounds) {
    return take("show", bounds);
}
result<void> pad::close(const call& bounds) {
    return take("close", bounds);
}

result<void> code_display::show(const ports::display_content& what, const call& bounds) {
    const auto* code = std::get_if<std::reference_wrapper<const ports::qr_view>>(&what);
    const auto wrong = world_.doors.next(point::display, code != nullptr ? "code" : "other content");
    if (wrong != fault::none) world_.display_failed = true; // what stands there then is not the till's doing
    if (wrong != fault::none && wrong != fault::fails_late) return without_effect(wrong);
    static_cast<void>(bounds);
    world_.time.pass(device_time);
    look_at_last_code();
    if (code != nullptr) {
        world_.code_on_display = code->get().payload.substr(code_prefix.size());
        world_.display_failed = wrong != fault::none;
        const bool scanned = ++world_.codes_shown == world_.people.scans || world_.people.scans == 0;
        if (!scanned) return wrong == fault::fails_late ? without_effect(wrong) : result<void>();
        // Somebody scans what stands there, and confirms a while later, whether or not it still does.
        fingerprint tag;
        tag.add(world_.code_on_display);
        world_.time.plan(
            world_.people.payer, [&in = world_, number = world_.code_on_display] { in.pay(number); }, tag.value());
        if (world_.people.second_payer.count() > 0) {
            tag.add("second");
            world_.time.plan(
                world_.people.second_payer, [&in = world_, number = world_.code_on_display] { in.pay(number); },
                tag.value());
        }
    } else if (world_.wrong != mutant::code_left_standing) {
        world_.code_on_display.clear();
    }
    if (wrong == fault::fails_late) return without_effect(wrong);
    return {};
}

/// A code that was closed or had expired while it stood there, and the display took what it was told.
void code_display::look_at_last_code() {
    if (world_.display_failed || world_.code_on_display.empty()) return;
    const auto* order = world_.gateway_books.find(world_.code_on_display, world_.time.elapsed());
    const bool dead = order != nullptr && (order->state == ports::qr_order_state::cancelled ||
                                              order->state == ports::qr_order_state::expired);
    if (dead) world_.dead_codes_shown.insert(world_.code_on_display);
}

result<void> code_display::set_brightness(int /*percent*/, const call& /*bounds*/) {
    return {};
}
result<std::string> code_display::heartbeat(const call& /*bounds*/) {
    return std::string("simulated");
}
ports::display_capabilities code_display::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = true;
    can.outcome = true;
    return can;
}

} // namespace cipherlane::simulation
