#include "host/sign_in.hpp"

#include "host/exchange.hpp"
#include "host/request.hpp"

#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/terminal_life.hpp>

namespace cipherlane::acquiring {
namespace {

ports::wrapped_key wrapped(const lane_core& on, const iso8583::sign_in_key& key) {
    return {on.settings().keys.master_slot, key.cryptogram, key.check_value};
}

/// Keys of SM4 have 16 bytes: what has not, as the single-length keys of a DES host, came before the change.
bool may_be_of_own_cipher(const lane_core& on, const ports::wrapped_key& key) noexcept {
    constexpr std::size_t sm4_key = 16;
    return on.settings().keys.algorithm != key_algorithm::sm4 || key.cryptogram.size() == sm4_key;
}

/// The keys are proved before any of them is kept: a bad delivery leaves the old ones in force.
result<ports::terminal_state> take_keys(lane_core& on, byte_view field62, const call& bounds) {
    const auto& division = on.settings().keys.sign_in_division;
    const auto layout = division.empty() ? result<iso8583::sign_in_layout>(iso8583::sign_in_layout())
                                         : iso8583::sign_in_layout::parse(division);
    if (!layout) return layout.error();
    const auto keys =
        division.empty() ? iso8583::sign_in_keys::parse(field62) : iso8583::sign_in_keys::parse(field62, *layout);
    if (!keys) return flow_error(acquiring_errc::bad_working_keys, "sign-in").in_field("62");
    ports::terminal_state state;
    state.pin_key = wrapped(on, keys->tpk);
    state.mac_key = wrapped(on, keys->tak);
    CIPHERLANE_TRY(auto* const sealer, on.sealer());
    const auto wrong = [](std::string_view which) {
        return flow_error(acquiring_errc::check_value_wrong, "sign-in").in_field(which);
    };
    if (const auto checked = sealer->check_pin_key(state.pin_key, bounds); !checked) {
        if (checked.error().is(condition::rejected_by_peer)) return wrong("62/TPK");
        if (!checked.error().is(condition::unsupported)) return checked.error();
    }
    if (const auto loaded = sealer->load_mac_key(state.mac_key, bounds); !loaded) {
        if (loaded.error().is(condition::rejected_by_peer)) return wrong("62/TAK");
        return loaded.error();
    }
    return state;
}

/// The host's master keys of the terminal's slot, each under the one before it. Those that do not fit the sealer are
/// of a chain that was replaced by hand, or of another sealer: the lane opens all the same, what came by download
/// since then fits, and the working keys show whether the key is right.
result<void> load_master_keys(lane_core& on, const ports::terminal_state& terminal, const call& bounds) {
    CIPHERLANE_TRY(auto* const sealer, on.sealer());
    // Not asked whether it takes any: a PIN pad that has not been opened yet cannot tell.
    for (const auto& key : terminal.master_keys) {
        if (!on.is_of_own_slot(key)) continue;
        const auto loaded = sealer->load_master_key(key, bounds);
        if (loaded || loaded.error().is(condition::rejected_by_peer)) continue;
        if (loaded.error().is(condition::unsupported)) return {};
        return loaded.error();
    }
    return {};
}

/// A cipher machine or PIN pad that does not answer may be there when it is needed.
bool is_away(const error& why) {
    return why.is(condition::link_lost) || why.is(condition::timed_out) || why.is(condition::outcome_unknown);
}

/// Field 60.2 of an answer; 0 where there is none.
std::uint32_t batch_named(const host_answer& answer) {
    const auto told = iso8583::field60::parse(answer.value(60));
    return told ? static_cast<std::uint32_t>(number_of(told->batch.view()).value_or(0)) : 0;
}

/// No public text says what the field holds in this answer: the request's batch, zeros, or the one that the host has.
/// So a later one is a person's to look at, and an answer without a MAC moves no number here.
result<void> check_batch(lane_core& on, const ports::terminal_state& terminal, std::uint32_t told) {
    if (!ledger::is_behind(terminal.batch, told)) return {};
    ports::journal_record named;
    named.terminal_id = on.terminal_id();
    named.batch = told;
    named.reference = ledger::six_digits(told); // each is told once
    named.requested = amount(0, on.settings().unit);
    on.raise(alert_kind::host_ahead, named);
    if (!ledger::is_new(terminal)) return {};
    return flow_error(acquiring_errc::host_ahead, "sign-in")
        .in_field("60.2")
        .with_hint("found batch " + std::to_string(told) + " there and " + std::to_string(terminal.batch) + " here");
}

} // namespace

result<void> load_kept_keys(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    const auto sealer = on.sealer();
    if (!sealer) return {};
    auto loaded = load_master_keys(on, terminal, bounds);
    // Keys under a master key of another slot, such as that of another cipher, are none of this terminal's any more.
    const auto& kept = terminal.mac_key;
    const bool has_mac_key = !kept.cryptogram.empty() && on.is_of_own_slot(kept) && may_be_of_own_cipher(on, kept);
    if (loaded && has_mac_key) loaded = (*sealer)->load_mac_key(terminal.mac_key, bounds);
    on.keys_wait = !loaded && is_away(loaded.error());
    on.mac_key_loaded = loaded && has_mac_key;
    // Keys of an earlier master key do not fit the new one: the next trade signs in first.
    if (!loaded && loaded.error().is(condition::rejected_by_peer))
        return on.journal().mark_sign_in_due(on.terminal_id(), bounds);
    return loaded;
}

result<void> load_waiting_keys(lane_core& on, const call& bounds) {
    return on.keys_wait ? load_kept_keys(on, bounds) : result<void>();
}

result<sign_in_report> sign_in_now(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY([[maybe_unused]] auto* const sealer, on.sealer());
    CIPHERLANE_CHECK(load_waiting_keys(on, bounds));
    CIPHERLANE_TRY(const auto before, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_TRY(const auto trace, on.journal().take_trace(on.terminal_id(), bounds));
    const auto& row = iso8583::row_of(iso8583::transaction::sign_in);
    request_source from(trace, before.batch);
    from.network = on.settings().keys.sign_in_code;
    auto message = request(row, from, on.settings());
    if (const auto& serial = on.settings().serial_number; !serial.empty()) message.set(62, serial);
    CIPHERLANE_TRY(const auto answer, ask(on, message, row, "sign-in", bounds));
    if (!iso8583::approved(answer.code())) {
        return flow_error(acquiring_errc::sign_in_refused, "sign-in").with_peer_code(answer.code());
    }
    const auto host_batch = batch_named(answer);
    CIPHERLANE_CHECK(check_batch(on, before, host_batch));
    const auto field62 = answer.value(62);
    on.mac_key_loaded = false; // whatever happens next, the sealer's key may no longer be the journal's
    CIPHERLANE_TRY(auto keys, take_keys(on, as_bytes(field62), bounds));
    keys.signed_in_date = on.today();
    keys.acquirer = answer.value(32);
    CIPHERLANE_CHECK(on.journal().save_sign_in(on.terminal_id(), keys, on.journal_call()));
    on.mac_key_loaded = true;
    sign_in_report report;
    report.batch = before.batch;
    report.host_batch = host_batch;
    report.host_date = ports::infer_year(answer.value(13), on.clock().now());
    report.host_time = answer.value(12);
    report.acquirer = keys.acquirer;
    return report;
}

result<void> begin_batch(lane_core& on, std::uint32_t batch, const call& bounds) {
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    if (batch == terminal.batch) return {};
    if (batch > ledger::last_number || !ledger::is_behind(terminal.batch, batch)) {
        return flow_error(acquiring_errc::bad_request, "sign-in")
            .in_field("batch")
            .with_hint("expected a later one than " + std::to_string(terminal.batch) + ", of up to six digits");
    }
    return on.journal().begin_batch(on.terminal_id(), batch, on.journal_call());
}

result<void> ensure_signed_in(lane_core& on, const call& bounds) {
    CIPHERLANE_CHECK(load_waiting_keys(on, bounds));
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), on.journal_call()));
    if (!terminal.sign_in_due && !terminal.mac_key.cryptogram.empty() && on.mac_key_loaded) return {};
    CIPHERLANE_TRY([[maybe_unused]] const auto report, sign_in_now(on, bounds));
    return {};
}

} // namespace cipherlane::acquiring
