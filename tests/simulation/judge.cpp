#include "simulation/judge.hpp"

#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace cipherlane::simulation {
namespace {

using acquiring::verdict;
using ports::record_state;

/// What a record says of the money.
enum class claim : std::uint8_t { moved, not_moved, unknown };

claim claim_of(record_state state) {
    switch (state) {
    case record_state::approved:
    case record_state::voided: return claim::moved;
    case record_state::returned: // and went back
    case record_state::declined:
    case record_state::reversed:
    case record_state::not_sent: return claim::not_moved;
    default: return claim::unknown;
    }
}

claim claim_of(verdict value) {
    switch (value) {
    case verdict::approved:
    case verdict::voided:
    case verdict::refunded: return claim::moved;
    case verdict::declined:
    case verdict::reversed:
    case verdict::not_sent: return claim::not_moved;
    case verdict::stored:
    case verdict::unknown: break;
    }
    return claim::unknown;
}

/// The till has said that it is done and the host will hear of it.
bool was_stored(const slip& paper) {
    return !paper.told.empty() && paper.told.back().outcome == verdict::stored;
}

std::string in_words(claim value) {
    return value == claim::moved ? "paid" : value == claim::not_moved ? "not paid" : "unknown";
}

} // namespace

void judge::find(std::string rule, const std::string& key, std::string words) {
    findings_.push_back({std::move(rule), key, std::move(words)});
}

void judge::add_to(const std::string& key, std::int64_t minor) {
    if (minor == 0) return;
    auto& sum = charges_[key];
    sum.minor += minor;
    ++sum.times;
}

/// What payers have paid for each key, but for what went back of itself; and what refunds have given back.
void judge::add_up_orders() {
    std::map<std::string, std::int64_t> went_back;
    for (const auto& [number, order] : truth_.gateway_books.orders()) {
        went_back.clear();
        for (const auto& [refund_number, refund] : order.refunds) {
            const bool undone = refund_number.starts_with("undone ");
            if (undone || rejected_by_.contains(refund_number)) {
                went_back[refund.payment] += refund.minor;
            } else {
                add_to(refund.key, refund.minor);
            }
        }
        for (const auto& paid : order.payments) {
            const auto found = went_back.find(paid.number);
            add_to(order.key, paid.minor - (found == went_back.end() ? 0 : found->second));
        }
    }
}

/// The books outside, once for all keys: they are what they are from here on.
void judge::add_up() {
    charges_.clear();
    for (const auto& entry : truth_.host_books.books()) {
        if (entry.at != booking::state::standing) continue;
        auto& sum = charges_[entry.key];
        sum.minor += entry.minor;
        sum.converted += entry.converted;
        ++sum.times;
    }
    for (const auto& entry : truth_.terminal.entries)
        add_to(entry.key, entry.minor);
    add_up_orders();
}

judge::charge judge::charged(const std::string& key) const {
    const auto found = charges_.find(key);
    return found == charges_.end() ? charge() : found->second;
}

bool judge::moved(const ports::journal_record& record) const {
    return charged(record.idempotency_key).times > 0;
}

bool judge::undone(const std::string& key) const {
    const auto& slips = paper_.slips();
    return std::any_of(slips.begin(), slips.end(), [&](const auto& one) { return one.second.original == key; });
}

void judge::look_at_tellings(const std::string& key, const slip& paper, const ports::journal_record* record) {
    const telling* before = nullptr;
    // Paid and given back, but not by a refund of the merchant's: nothing of it has moved.
    const bool returned = record != nullptr && record->state == record_state::returned;
    // It was told as not paid, and somebody paid: it is open again until the money has gone back.
    const bool reopened = returned && truth_.paid_late.contains(record->id);
    const auto meaning = [&](auto value) {
        if constexpr (std::is_same_v<decltype(value), verdict>) {
            if (returned && value == verdict::refunded) return claim::not_moved;
        }
        return claim_of(value);
    };
    for (const auto& one : paper.told) {
        const auto now = one.outcome ? meaning(*one.outcome) : claim::not_moved;
        if (before != nullptr) {
            const auto then = before->outcome ? meaning(*before->outcome) : claim::not_moved;
            const bool begun_again = !before->outcome && one.attempt > before->attempt;
            // "Not sent" frees the key: the cashier may run it again.
            const bool free = before->outcome == verdict::not_sent && one.attempt > before->attempt;
            // A till that could not even note that nothing had left asks a person for nothing: no harm to the money.
            const bool asks = !before->outcome && now == claim::unknown && charged(key).times == 0;
            const bool changed = then != claim::unknown && now != then && !begun_again && !free && !asks &&
                                 !(reopened && now == claim::unknown);
            if (changed) find("told and taken back", key, "first " + before->words + "; then " + one.words);
            const bool opened = then == claim::moved && before->outcome != one.outcome && now == claim::moved;
            if (opened && !undone(key)) find("told and taken back", key, before->words + "; then " + one.words);
        }
        before = &one;
    }
    if (record == nullptr || meaning(record->state) == claim::unknown) return;
    const auto ends = meaning(record->state);
    if (before == nullptr) {
        if (ends == claim::moved) find("never told", key, "the till has it as " + in_words(ends));
        return;
    }
    const auto told = before->outcome ? meaning(*before->outcome) : claim::not_moved;
    // What is stored counts as done; where the host refuses it somebody is called.
    const bool announced = ends == claim::moved || truth_.called_for.contains(record->id);
    if (before->outcome == verdict::stored && announced) return;
    if (told != ends) {
        find(told == claim::unknown ? "never told" : "told and taken back", key,
            "told " + before->words + "; the till has it as " + in_words(ends));
    }
}

void judge::look_at_key(
    const std::string& key, const ports::journal_record* record, const std::set<std::uint64_t>& called) {
    const auto truth = charged(key);
    if (truth.times > 1) find("double charge", key, std::to_string(truth.times) + " times");
    if (truth_.people.brings_back) return; // an old journal does not know what was paid since
    if (record == nullptr) {
        if (truth.times > 0) find("charged without a record", key, std::to_string(truth.minor));
        return;
    }
    switch (claim_of(record->state)) {
    case claim::moved:
        if (record->conversion.chosen() && truth.converted != record->conversion.converted.minor()) {
            find("books differ", key,
                "the till has " + record->conversion.converted.to_string() + " of the card's currency, outside are " +
                    std::to_string(truth.converted));
        }
        if (truth.minor != record->approved.minor()) {
            find("books differ", key,
                "the till has " + record->approved.to_string() + ", outside are " + std::to_string(truth.minor));
        }
        break;
    case claim::not_moved:
        if (truth.times > 0)
            find("lost payment", key, "not paid at the till, outside are " + std::to_string(truth.minor));
        break;
    case claim::unknown:
        if (!called.contains(record->id)) find("silent unknown", key, std::string(to_string(record->state)));
        break;
    }
    // What the till did by itself the host may refuse, and then somebody is called.
    const bool announced = ledger::stored_trades.contains(record->kind) && truth_.called_for.contains(record->id);
    if (truth_.read_approved.contains(key) && claim_of(record->state) == claim::not_moved) {
        find("told and taken back", key,
            "the journal was read as approved; it is " + std::string(to_string(record->state)));
    }
    if (!announced && truth_.shown_approved.contains(key) && claim_of(record->state) == claim::not_moved) {
        find(
            "shown and taken back", key, "the pad has said approved; it is " + std::string(to_string(record->state)));
    }
}

void judge::look(const std::vector<ports::journal_record>& records, const std::set<std::uint64_t>& called) {
    std::unordered_map<std::string_view, const ports::journal_record*> latest;
    for (const auto& record : records) {
        latest[record.idempotency_key] = &record;
        if (record.kind == ports::trade::qr_return) rejected_by_.insert("R" + record.order_number);
    }
    add_up();
    const auto record_of = [&](const std::string& key) {
        const auto found = latest.find(key);
        return found == latest.end() ? nullptr : found->second;
    };
    for (const auto& [key, paper] : paper_.slips()) {
        const auto* const record = record_of(key);
        const bool told_paid =
            !paper.told.empty() && paper.told.back().outcome && claim_of(*paper.told.back().outcome) == claim::moved;
        const bool paid =
            told_paid || (was_stored(paper) && record != nullptr && claim_of(record->state) == claim::moved);
        if (!truth_.people.brings_back && paper.in_calm && truth_.people.all_agree() && !paid) {
            find("refused for nothing", key, paper.told.empty() ? std::string() : paper.told.back().words);
        }
        look_at_key(key, record, called);
        if (!truth_.people.brings_back) look_at_tellings(key, paper, record);
    }
    for (const auto& record : records) {
        const bool waits = record.state == record_state::stored && !called.contains(record.id);
        const bool open = waits || record.state == record_state::prepared || record.state == record_state::sent ||
                          record.state == record_state::reversal_pending;
        if (open) find("no end", record.idempotency_key, "still " + std::string(to_string(record.state)));
    }
    if (charged({}).times > 0)
        find("sent by itself", {}, "nobody had begun what moved " + std::to_string(charged({}).minor));
    // The mark is not waited for: what a power cut takes of it no old copy is noticed by.
    const bool may_miss = truth_.people.brings_back && truth_.power_was_cut;
    if (!may_miss && truth_.host_books.numbers_used_twice() > 0) find("trade number used twice", {}, {});
    for (const auto& code : truth_.dead_codes_shown)
        find("dead code on the display", {}, code);
    if (!truth_.code_on_display.empty()) find("code left on the display", {}, truth_.code_on_display);
}

void judge::look_at_settlement() {
    if (truth_.people.brings_back) return;
    if (paper_.settled().empty()) return find("cannot settle", {}, paper_.last_words());
    using end = bank::batch_end;
    for (const auto& [host, terminal, batch] : paper_.settled()) {
        const auto there = truth_.host_books.end_of(terminal, batch);
        // The bank has closed it before, and says no more than that: somebody has agreed with it to leave it so.
        const bool by_hand = host == acquiring::settlement_result::host_error;
        if (there == end::open && !truth_.people.card_terminal)
            find("batch is open at the bank", {}, std::to_string(batch));
        if (there == end::different || (host != acquiring::settlement_result::balanced && !by_hand))
            find("batch does not add up", {}, "batch " + std::to_string(batch));
    }
}

} // namespace cipherlane::simulation
