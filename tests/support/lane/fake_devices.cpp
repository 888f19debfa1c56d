#include "support/lane/fake_devices.hpp"

#include "support/lane/fake_host.hpp"
#include "support/lane/forward_clock.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pause.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/terminal_serial.hpp>

#include <algorithm>

namespace cipherlane::tests {

const char* const test_pan = "6222000000000000004";
const char* const test_track2 = "6222000000000000004D30122011234";
const char* const test_pin_block = "1616116C76559985";
const char* const test_emv = "9F2608112233445566778895050080008000";
const char* const test_emv_arpc_failed = "9F26088877665544332211950500800080409F270140";

result<void> fake_pinpad::step(std::string_view name) {
    ++trips;
    if (name == "open") replugged = false;
    if (replugged)
        return error(acquiring_errc::bad_request, layer::drivers); // "not open", a misuse, as the drivers say
    if (const auto fault = faults_.next(std::string("pinpad ").append(name)); fault) return make_fault(*fault);
    return {};
}

result<void> fake_pinpad::open(const call& /*bounds*/) {
    auto done = step("open");
    --trips; // once a session, not once a sale
    return done;
}

error fake_pinpad::refusal() const {
    namespace errc = boost::system::errc;
    const auto code = *refuses == condition::cancelled ? errc::operation_canceled : errc::timed_out;
    return {errc::make_error_code(code), layer::drivers};
}

result<ports::card_data> fake_pinpad::read_card(const ports::card_request& request, const call& bounds) {
    time_for_card = bounds.until().left();
    CIPHERLANE_CHECK(step("card"));
    if (refuses && !refuses_pin) return refusal();
    const auto how = contactless ? ports::entry_mode::contactless
                     : chip      ? ports::entry_mode::contact
                                 : ports::entry_mode::magnetic;
    ports::card_data card(pan::parse(number).value(), how);
    pin_key = request.pin_key != nullptr ? request.pin_key->cryptogram : bytes();
    if (chip) {
        card.emv = from_hex(test_emv).value();
        card.sequence_number = "001";
        card.pin_block = secret_bytes(from_hex(test_pin_block).value());
    }
    card.expiry = "3012";
    card.track2 = secret_bytes(as_bytes(test_track2));
    card.pin_required = pin_required;
    card.approved_offline = request.offline && approves_offline;
    return card;
}

result<secret_bytes> fake_pinpad::enter_pin(const ports::pin_request& /*request*/, const call& bounds) {
    time_for_pin = bounds.until().left();
    CIPHERLANE_CHECK(step("pin"));
    if (refuses) return refusal();
    return secret_bytes(from_hex(pin_block).value());
}

result<void> fake_pinpad::finish(std::string_view line1, std::string_view /*line2*/, const call& /*bounds*/) {
    last_line = line1;
    return step("finish");
}

result<ports::chip_report> fake_pinpad::finish_chip(const ports::chip_verdict& verdict, const call& /*bounds*/) {
    last_line = verdict.line1;
    told = verdict;
    CIPHERLANE_CHECK(step("finish chip"));
    using decision = ports::chip_report::decision;
    ports::chip_report report;
    if (verdict.verdict != ports::host_verdict::approved) report.outcome = decision::declined_by_host;
    if (verdict.verdict == ports::host_verdict::approved && card_declines)
        report.outcome = decision::declined_by_card;
    report.emv = from_hex(arpc_fails ? test_emv_arpc_failed : test_emv).value();
    report.script_results = script_results;
    return report;
}

result<void> fake_pinpad::load_master_key(const ports::wrapped_key& key, const call& /*bounds*/) {
    CIPHERLANE_CHECK(step("master key"));
    --trips; // once a session
    ++master_keys_given;
    if (key.cryptogram == master_key) return {};
    if (clear_master.empty()) clear_master = from_hex(test_tmk).value();
    CIPHERLANE_TRY(auto above, crypto::block_cipher::create(crypto::algorithm::tdes, clear_master));
    bytes clear(key.cryptogram.size());
    CIPHERLANE_CHECK(above.decrypt_ecb(key.cryptogram, clear));
    CIPHERLANE_TRY(auto made, crypto::block_cipher::create(crypto::algorithm::tdes, clear));
    bytes check(8);
    CIPHERLANE_CHECK(made.encrypt_ecb(bytes(8, 0), check));
    if (!std::equal(key.check_value.begin(), key.check_value.end(), check.begin()))
        return error(acquiring_errc::check_value_wrong, layer::drivers);
    clear_master = std::move(clear);
    master_key = key.cryptogram;
    return {};
}

result<ports::serial_cryptogram> fake_pinpad::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& /*bounds*/) {
    CIPHERLANE_CHECK(step("serial cryptogram"));
    CIPHERLANE_TRY(auto key, crypto::mac_key::create(crypto::algorithm::sm4, serial_key, crypto::cup_pos_policy));
    return crypto::terminal_serial_cryptogram(key, serial, factor);
}

result<void> fake_pinpad::load_list(
    std::string_view name, const std::vector<bytes>& entries, const call& /*bounds*/) {
    CIPHERLANE_CHECK(step("list"));
    --trips; // no part of a sale
    lists[std::string(name)] = entries;
    return {};
}

result<void> fake_pinpad::show(std::string_view /*line1*/, std::string_view /*line2*/, const call& /*bounds*/) {
    return step("show");
}

result<void> fake_pinpad::close(const call& /*bounds*/) {
    return step("close");
}

result<void> fake_display::step(std::string_view name) {
    last = name;
    if (const auto fault = faults_.next(std::string("display ").append(name)); fault) return make_fault(*fault);
    return {};
}

result<void> fake_display::show(const ports::display_content& what, const call& /*bounds*/) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}
result<void> fake_display::draw(const ports::qr_view& view) {
    code = view.payload; // even a failed transfer may leave the code there
    payee = view.payee;
    valid_for = view.valid_for;
    return step("qr");
}
result<void> fake_display::replace(std::string_view name) {
    CIPHERLANE_CHECK(step(name));
    code.clear();
    return {};
}
result<void> fake_display::set_brightness(int /*percent*/, const call& /*bounds*/) {
    return step("brightness");
}
result<std::string> fake_display::heartbeat(const call& /*bounds*/) {
    return std::string("fake");
}
ports::display_capabilities fake_display::capabilities() const noexcept {
    ports::display_capabilities can;
    can.qr = true;
    can.outcome = true;
    return can;
}

namespace {

ports::qr_order_status status_of(const fake_ledger::order& entry, const ports::order_payer& payer) {
    ports::qr_order_status status;
    status.order_number = entry.number;
    status.state = entry.state == 'P'   ? ports::qr_order_state::paid
                   : entry.state == 'C' ? ports::qr_order_state::cancelled
                   : entry.state == 'B' ? ports::qr_order_state::refunded
                   : entry.state == 'A' ? ports::qr_order_state::paying
                                        : ports::qr_order_state::waiting;
    const bool paid = entry.state == 'P' || entry.state == 'B';
    status.paid = amount(paid ? entry.amount : 0);
    if (paid) status.transaction_number = "T0001";
    if (paid) status.payer = payer;
    return status;
}

bool before_effect(const std::optional<fault_kind>& fault) {
    return fault && *fault != fault_kind::lost_answer && *fault != fault_kind::late_fault;
}

} // namespace

error fake_gateway::refused(std::string_view code) {
    class refused_category final : public boost::system::error_category {
      public:
        [[nodiscard]] const char* name() const noexcept override { return "fake gateway"; }
        [[nodiscard]] std::string message(int) const override { return "no such order"; }
        [[nodiscard]] boost::system::error_condition default_error_condition(int) const noexcept override {
            return make_error_condition(condition::rejected_by_peer);
        }
    };
    static const refused_category category;
    return error(boost::system::error_code(404, category), layer::hostlink).with_peer_code(code);
}

result<fake_ledger::order*> fake_gateway::order(std::string_view number) {
    if (auto* found = books_.find_order(number); found != nullptr && !forgets) return found;
    return refused("404");
}

fake_ledger::order& fake_gateway::make(std::string_view number, std::int64_t minor, char state) {
    if (auto* known = books_.find_order(number); known != nullptr) return *known;
    auto& entry = books_.orders[books_.order_count];
    std::copy_n(number.data(), std::min<std::size_t>(number.size(), 39), entry.number);
    entry.amount = minor;
    entry.state = state;
    ++books_.order_count;
    return entry;
}

void fake_gateway::pay(std::string_view number, payer moment) {
    auto* found = books_.find_order(number);
    if (pays != moment || found == nullptr || (found->state != 'W' && found->state != 'A')) return;
    found->state = 'P';
    if (pays_only) found->amount = *pays_only;
}

result<ports::qr_order> fake_gateway::create(const ports::qr_order_request& request, const call& /*bounds*/) {
    const auto fault = faults_.next("gateway create");
    if (before_effect(fault)) return make_fault(*fault);
    make(request.order_number, request.total.minor(), 'W');
    device_serial = request.device_serial;
    funds = request.funds;
    built_code = request.code;
    if (fault) return make_fault(fault_kind::lost_answer);
    ports::qr_order order;
    order.order_number = request.order_number;
    order.state = made_as;
    order.expires = expires;
    order.code_url = "https://qr.95516.com/00010000/" + request.order_number;
    return order;
}

result<ports::qr_order_status> fake_gateway::query(std::string_view order_number, const call& /*bounds*/) {
    ++queries;
    const auto fault = faults_.next("gateway query");
    if (fault) return make_fault(*fault);
    pay(order_number, payer::before_query);
    CIPHERLANE_TRY(const auto* found, order(order_number));
    return status_of(*found, payer_told);
}

result<ports::qr_order_status> fake_gateway::cancel(std::string_view order_number, const call& /*bounds*/) {
    const auto fault = faults_.next("gateway cancel");
    if (before_effect(fault)) return make_fault(*fault);
    pay(order_number, payer::before_cancel);
    CIPHERLANE_TRY(auto* found, order(order_number));
    if (found->state == 'W') found->state = 'C';
    if (fault) return make_fault(fault_kind::lost_answer);
    return status_of(*found, payer_told);
}

result<ports::qr_order_status> fake_gateway::refund(const ports::qr_refund_request& request, const call& /*bounds*/) {
    const auto fault = faults_.next("gateway refund");
    refunds_asked_before.push_back(request.asked_before);
    if (before_effect(fault)) return make_fault(*fault);
    CIPHERLANE_TRY(auto* found, order(request.order_number));
    // Of one that may have left before a refusal says nothing.
    if (refuses_refunds && request.asked_before) return make_fault(fault_kind::lost_answer).with_peer_code("409");
    if (refuses_refunds) return refused("409");
    if (std::find(refunds.begin(), refunds.end(), request.refund_number) == refunds.end()) {
        refunds.push_back(request.refund_number);
        const bool other = !request.transaction_number.empty() && request.transaction_number != "T0001";
        (other ? others_given_back : found->refunded) += request.total.minor();
    }
    if (fault) return make_fault(fault_kind::lost_answer);
    return status_of(*found, payer_told);
}

result<ports::qr_order_status> fake_gateway::charge(const ports::qr_charge_request& request, const call& /*bounds*/) {
    const auto fault = faults_.next("gateway charge");
    if (before_effect(fault)) return make_fault(*fault);
    charged.emplace_back(request.code.expose());
    serial_block = request.serial_block;
    device_serial = request.device_serial;
    funds = request.funds;
    if (refuses_charges) return refused("409");
    const auto& entry = make(request.order_number, request.total.minor(), asks_password ? 'A' : 'P');
    if (fault) return make_fault(fault_kind::lost_answer);
    return status_of(entry, payer_told);
}

result<ports::qr_order_status> fake_gateway::reverse(std::string_view order_number, const call& /*bounds*/) {
    const auto fault = faults_.next("gateway reverse");
    if (before_effect(fault)) return make_fault(*fault);
    pay(order_number, payer::before_cancel);
    CIPHERLANE_TRY(auto* found, order(order_number));
    if (found->state == 'W' || found->state == 'A') found->state = 'C';
    if (found->state == 'P') found->state = 'B';
    if (fault) return make_fault(fault_kind::lost_answer);
    return status_of(*found, payer_told);
}

result<ports::qr_order_status> fake_gateway::wait_notification(std::string_view order_number, const call& bounds) {
    const auto fault = faults_.next("gateway notification");
    if (fault) {
        if (waits_no_time) wait_for_payer(bounds);
        return make_fault(*fault);
    }
    pay(order_number, payer::before_notification);
    const auto known = order(order_number);
    if (!known) {
        if (waits_no_time) wait_for_payer(bounds);
        return known.error();
    }
    const auto* const found = *known;
    if (notifies && found->state == 'P') return status_of(*found, payer_told);
    wait_for_payer(bounds);
    return make_fault(fault_kind::timed_out);
}

void fake_gateway::wait_for_payer(const call& bounds) {
    if (!waits_no_time) return pause(bounds);
    thread_local forward_clock clock; // of a lane's own thread, until that ends
    thread_local const time_source::on_this_thread in_place(clock);
    clock.pause(bounds);
    ahead = std::chrono::ceil<std::chrono::milliseconds>(clock.by);
}

result<secret_bytes> fake_key::journal_key(const call& /*bounds*/) {
    secret_bytes key(32);
    const auto out = key.expose();
    std::fill(out.begin(), out.end(), fill_);
    return key;
}

} // namespace cipherlane::tests
