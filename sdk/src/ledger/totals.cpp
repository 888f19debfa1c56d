#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/totals.hpp>

namespace cipherlane::ledger {
namespace {

using ports::batch_side;
using ports::batch_totals;
using ports::trade;

/// The host has another batch than the till: perhaps as it has closed this one, and somebody spoilt its word.
constexpr std::string_view wrong_batch = "77";

/// The side that a trade stands on; null if it is in no totals.
batch_side* side_of(batch_totals& sums, const trade_row& row) noexcept {
    const bool debit = row.side == money_side::debit;
    switch (row.totals) {
    case counted_in::host_totals: return debit ? &sums.debit : &sums.credit;
    case counted_in::apart: return debit ? &sums.qr_debit : &sums.qr_credit;
    case counted_in::nothing: break;
    }
    return nullptr;
}

} // namespace

void add(batch_totals& sums, trade kind, ports::record_state state, const batch_side& part) {
    const auto* row = find_row(kind);
    if (row == nullptr || !states::counts.contains(state)) return;
    auto* const side = side_of(sums, *row);
    if (side == nullptr) return;
    side->minor += part.minor;
    side->count += part.count;
}

void add(batch_totals& to, const ports::journal_record& record) {
    add(to, record.kind, record.state, {amount_of(record, sums::of_batch.what).minor(), 1});
}

batch_totals totals_of(std::span<const ports::journal_record> batch) {
    batch_totals sums;
    for (const auto& record : batch)
        add(sums, record);
    return sums;
}

void take_apart(batch_totals& settled, const batch_totals& now) noexcept {
    settled.qr_debit = now.qr_debit;
    settled.qr_credit = now.qr_credit;
}

std::vector<side_difference> differences(const ports::settlement_progress& settled) {
    std::vector<side_difference> found;
    const auto compare = [&](money_side side, const batch_side& till, const batch_side& host) {
        if (till != host) found.push_back({side, till, host});
    };
    compare(money_side::debit, settled.totals.debit, settled.host_debit);
    compare(money_side::credit, settled.totals.credit, settled.host_credit);
    return found;
}

void take_host_totals(ports::settlement_progress& settled, const iso8583::settlement_totals& told) {
    using verdict = iso8583::settlement_verdict;
    const auto& own = told.domestic;
    settled.host_debit = {own.debit_amount, own.debit_count};
    settled.host_credit = {own.credit_amount, own.credit_count};
    auto foreign = told.foreign;
    const bool says_nothing = foreign.verdict == verdict::none || foreign.verdict == verdict::balanced;
    foreign.verdict = verdict::none;
    const bool fits = differences(settled).empty() && says_nothing && foreign == iso8583::card_totals();
    const bool doubtful = own.verdict == verdict::balanced && !fits;
    settled.host_result = static_cast<std::uint8_t>(doubtful ? verdict::not_balanced : own.verdict);
}

std::int64_t net_of(const batch_totals& sums) noexcept {
    return sums.debit.minor - sums.credit.minor;
}

bool is_comparable(const batch_side& told, const batch_totals& counted) noexcept {
    return told.minor != 0 || net_of(counted) == 0;
}

std::vector<side_difference> net_difference(const ports::settlement_progress& settled) {
    const auto own = net_of(settled.totals);
    if (settled.host_debit.minor == own) return {};
    return {{money_side::none, {own, 0}, settled.host_debit}};
}

settlement_word word_on_settlement(std::string_view code, totals_asked earlier) noexcept {
    if (iso8583::approved(code)) return settlement_word::counted;
    const bool nothing_done = earlier == totals_asked::never && !leaves_open(code) && code != wrong_batch;
    return nothing_done ? settlement_word::refused : settlement_word::unproven;
}

bool has_room(const batch_totals& sums, trade kind, const amount& total) noexcept {
    const auto& row = row_of(kind);
    if (row.totals != counted_in::host_totals) return true;
    const auto& side = row.side == money_side::debit ? sums.debit : sums.credit;
    return side.count < fullest_batch && side.minor <= amount::max_minor - total.minor();
}

batch_totals with_stored(batch_totals sums, std::span<const ports::journal_record> open) {
    for (const auto& one : open) {
        if (!states::repeats.contains(one.state)) continue;
        add(sums, one.kind, ports::record_state::approved, {one.requested.minor(), 1});
    }
    return sums;
}

bool awaits_host(const ports::journal_record& record) noexcept {
    return states::repeats.contains(record.state) && counted_trades.contains(record.kind);
}

bool is_frozen(const ports::settlement_progress& progress, const ports::journal_record& record) noexcept {
    return progress.step != ports::settlement_step::none && progress.batch == record.batch &&
           row_of(record.kind).totals == counted_in::host_totals;
}

bool gives_back(const ports::journal_record& record) noexcept {
    return sums::given_back.contains(record);
}

bool adds_more(const ports::journal_record& record) noexcept {
    return sums::added.contains(record);
}

} // namespace cipherlane::ledger
