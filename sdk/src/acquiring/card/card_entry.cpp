#include "card/card_entry.hpp"

#include "lane/opened_pinpad.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tlv.hpp>
#include <cipherlane/iso8583/field62.hpp>
#include <cipherlane/ports/words.hpp>

#include <sstream>

namespace cipherlane::acquiring {
namespace {

void note_pinpad(lane_core& on, std::string what, const amount& total, std::string result, std::string masked_pan) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::pinpad;
    entry.what = std::move(what);
    entry.result = std::move(result);
    entry.total = total;
    entry.masked_pan = std::move(masked_pan);
    on.note(std::move(entry));
}

bool has_chip(ports::entry_mode how) noexcept {
    return how == ports::entry_mode::contact || how == ports::entry_mode::contactless;
}

void note_end(lane_core& on, std::string_view line1, std::string result) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::pinpad;
    entry.what = "show " + std::string(line1);
    entry.result = std::move(result);
    on.note(std::move(entry));
}

/// The call less what the host may take for its answer, so that nobody presents a card or types a PIN for nothing.
result<call> before_host(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto* const host, on.host());
    const auto left = bounds.until().left() - host->response_time();
    if (left.count() <= 0) return flow_error(acquiring_errc::too_little_time, to_string(stage::card));
    return bounds.no_later_than(left);
}

/// What a pad's refusal means: who did not do their part.
error told_by_pad(const error& why, stage at, const call& bounds) {
    if (why.is(condition::cancelled)) {
        const auto who = bounds.stopped() ? acquiring_errc::cashier_cancelled : acquiring_errc::cardholder_cancelled;
        return flow_error(who, to_string(at));
    }
    if (!why.is(condition::timed_out)) return why;
    return flow_error(at == stage::card ? acquiring_errc::no_card : acquiring_errc::no_pin, to_string(at));
}

result<ports::card_data> read_card(lane_core& on, ports::pinpad& pinpad, const amount& total,
    const ports::wrapped_key& pin_key, const call& bounds, approval by = approval::host) {
    ports::card_request request(total);
    if (!pin_key.cryptogram.empty()) request.pin_key = &pin_key;
    const auto now = ports::to_civil(on.clock().now());
    request.offline = by == approval::card;
    request.date_time = now.yyyymmdd().substr(2) + now.hhmmss();
    on.enter(stage::card);
    auto card = pinpad.read_card(request, bounds.no_later_than(on.settings().timers.card));
    if (!card) note_pinpad_failure(on, card.error());
    note_pinpad(on, "read card", total, card ? "card read" : card.error().code().message(),
        card ? card->account.masked() : std::string());
    if (!card && by == approval::card && card.error().is(condition::rejected_by_peer)) {
        finish_pinpad(on, ports::word("pad.declined", on.settings().wording.pinpad), "");
        return flow_error(acquiring_errc::offline_declined, to_string(stage::card));
    }
    if (!card) return told_by_pad(card.error(), stage::card, bounds);
    return card;
}

result<secret_bytes> take_pin(lane_core& on, ports::pinpad& pinpad, const ports::card_data& card, const amount& total,
    const ports::wrapped_key& key, const call& bounds) {
    if (key.cryptogram.empty()) return flow_error(acquiring_errc::pin_key_missing, "PIN");
    const ports::pin_request request(card.account, key, total);
    on.enter(stage::pin);
    auto block = pinpad.enter_pin(request, bounds.no_later_than(on.settings().timers.pin));
    if (!block) note_pinpad_failure(on, block.error());
    note_pinpad(on, "enter PIN", total, block ? "PIN block" : block.error().code().message(), card.account.masked());
    if (!block) return told_by_pad(block.error(), stage::pin, bounds);
    return block;
}

/// The rule for small amounts.
bool is_small(const lane_core& on, ports::entry_mode how, const amount& total) noexcept {
    const auto& rule = on.settings().small_amounts;
    return total.minor() <= rule.most_minor && (how == ports::entry_mode::contactless || !rule.contactless_only);
}

/// PIN format, PIN cipher, track encryption: field 53.
std::string field53(const lane_core& on, std::size_t key_size) {
    if (on.settings().keys.algorithm == key_algorithm::sm4) return "2300000000000000";
    return key_size > 8 ? "2600000000000000" : "2000000000000000";
}

} // namespace

result<card_entry> take_card(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, pin_rule pins, const call& bounds) {
    CIPHERLANE_TRY(const auto room, before_host(on, bounds));
    CIPHERLANE_TRY(auto* const pinpad, opened_pinpad(on, bounds));
    CIPHERLANE_TRY(auto card, read_card(on, *pinpad, total, pin_key, room));
    card_entry entry(std::move(card));
    entry.pin_key_size = pin_key.cryptogram.size();
    entry.pin_block = std::move(entry.card.pin_block);
    if (!entry.card.pin_required || !entry.pin_block.empty()) return entry;
    if (pins == pin_rule::not_for_small_amounts && is_small(on, entry.card.mode, total)) {
        entry.small_amount = true;
        return entry;
    }
    auto block = take_pin(on, *pinpad, entry.card, total, pin_key, room);
    if (!block) {
        finish_pinpad(on, ports::word("pad.not_completed", on.settings().wording.pinpad), "");
        return block.error();
    }
    entry.pin_block = *std::move(block);
    return entry;
}

result<ports::card_data> read_card_alone(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, const call& bounds) {
    CIPHERLANE_TRY(const auto room, before_host(on, bounds));
    CIPHERLANE_TRY(auto* const pinpad, opened_pinpad(on, bounds));
    CIPHERLANE_TRY(auto card, read_card(on, *pinpad, total, pin_key, room));
    // The card's own transaction ends here: what follows is between till and host.
    ports::chip_verdict over(ports::host_verdict::unreachable);
    over.line1 = ports::word("pad.remove_card", on.settings().wording.pinpad);
    if (has_chip(card.mode)) (void)finish_card(on, card.mode, over);
    return card;
}

result<card_entry> take_card_alone(
    lane_core& on, const amount& total, const ports::wrapped_key& pin_key, approval by, const call& bounds) {
    CIPHERLANE_TRY(auto* const pinpad, opened_pinpad(on, bounds));
    CIPHERLANE_TRY(auto card, read_card(on, *pinpad, total, pin_key, bounds, by));
    card_entry entry(std::move(card));
    entry.card.pin_block = secret_bytes(); // where the host is not asked, it goes nowhere
    return entry;
}

std::string entry_field(const card_entry& entry) {
    const auto mode = static_cast<int>(entry.card.mode);
    return std::string("0") + static_cast<char>('0' + mode) + (entry.pin_block.empty() ? '2' : '1');
}

namespace {

/// Those of the list, from the first source that has them.
bytes kept_tags(std::initializer_list<byte_view> sources, const std::string& list) {
    std::size_t most = 0;
    for (const auto source : sources)
        most += source.size();
    bytes kept(most);
    emv::tlv_writer writer(kept);
    std::istringstream tags(list);
    for (std::string text; tags >> text;) {
        emv::tag_number tag = 0;
        for (const char digit : text)
            tag = tag << 4U | static_cast<unsigned>(hex_value(digit));
        for (const auto source : sources) {
            const auto found = emv::find_tlv(source, tag);
            if (!found || !*found) continue;
            writer.put(tag, **found);
            break;
        }
    }
    const auto written = writer.finish();
    kept.resize(written ? written->size() : 0);
    return kept;
}

} // namespace

bytes reversal_emv(const lane_core& on, byte_view emv) {
    return kept_tags({emv}, on.settings().reversal.emv_tags);
}

bytes told_emv(const lane_core& on, byte_view emv) {
    return kept_tags({emv}, on.settings().settlement.emv_tags);
}

bytes told_emv_at_end(const lane_core& on, byte_view emv, byte_view before) {
    return kept_tags({emv, before}, on.settings().settlement.emv_tags);
}

bool arpc_failed(byte_view emv) {
    constexpr emv::tag_number verification_results = 0x95;
    const auto found = emv::find_tlv(emv, verification_results);
    // EMV 4.4 Book 3, C5: byte 5, bit 7, issuer authentication failed.
    return found && *found && (*found)->size() == 5 && ((**found)[4] & 0x40U) != 0;
}

bytes script_emv(const lane_core& on, byte_view emv, byte_view results) {
    constexpr emv::tag_number script_results = 0xDF31;
    auto told = told_emv(on, emv);
    bytes room(results.size() + 8);
    emv::tlv_writer writer(room);
    writer.put(script_results, results);
    if (const auto written = writer.finish()) told.insert(told.end(), written->begin(), written->end());
    return told;
}

result<void> fill_from_card(iso8583::message& request, const lane_core& on, const card_entry& entry) {
    const auto& card = entry.card;
    if (!card.track2.empty()) request.set(35, as_text(card.track2.expose()));
    if (!card.track3.empty()) request.set(36, as_text(card.track3.expose()));
    if (!card.emv.empty()) request.set(55, byte_view(card.emv));
    if (entry.pin_block.empty()) return {};
    request.set(26, "12");
    request.set(53, field53(on, entry.pin_key_size));
    if (on.settings().keys.algorithm == key_algorithm::sm4) {
        // What stands in field 62 already, such as an instalment plan, must not be lost for the PIN.
        if (request.has(62)) {
            return flow_error(acquiring_errc::bad_request, "request").in_field("keys.algorithm");
        }
        CIPHERLANE_TRY(const auto field, iso8583::write_sm4_pin(entry.pin_block.expose()));
        request.set(52, bytes(8, 0));
        request.set(62, field);
    } else {
        request.set(52, entry.pin_block.expose());
    }
    return {};
}

ports::chip_report finish_card(lane_core& on, ports::entry_mode how, const ports::chip_verdict& end) {
    using decision = ports::chip_report::decision;
    ports::chip_report host_said;
    if (end.verdict != ports::host_verdict::approved) host_said.outcome = decision::declined_by_host;
    if (!has_chip(how)) {
        finish_pinpad(on, end.line1, end.line2);
        return host_said;
    }
    const auto pinpad = on.pinpad();
    if (!pinpad || !on.pinpad_open) return host_said;
    // Scripts of the issuer take their time.
    auto report = (*pinpad)->finish_chip(end, call(on.settings().timers.card));
    if (!report) note_pinpad_failure(on, report.error());
    const bool declined = report && report->outcome == decision::declined_by_card;
    note_end(on, end.line1, !report ? report.error().code().message() : declined ? "declined by the card" : "");
    return report ? *std::move(report) : host_said;
}

void finish_pinpad(lane_core& on, std::string_view line1, std::string_view line2) {
    const auto pinpad = on.pinpad();
    if (!pinpad || !on.pinpad_open) return;
    const auto ended = (*pinpad)->finish(line1, line2, call(on.settings().timers.device));
    if (!ended) note_pinpad_failure(on, ended.error());
    note_end(on, line1, ended ? std::string() : ended.error().code().message());
}

} // namespace cipherlane::acquiring
