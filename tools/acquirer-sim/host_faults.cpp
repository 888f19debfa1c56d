#include "acquirer-sim/host_faults.hpp"

#include <cipherlane/iso8583/transaction.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <string>

namespace cipherlane::sim {
namespace {

using iso8583::transaction_row;

template <class Fits>
std::vector<std::string> transactions_where(Fits fits) {
    std::vector<std::string> names;
    for (const auto& row : iso8583::transactions()) {
        if (fits(row)) names.emplace_back(row.name);
    }
    return names;
}

bool sealed(const transaction_row& row) {
    return row.seal == iso8583::sealing::mac;
}

/// What a reversal undoes.
bool reversible(const transaction_row& row) {
    return row.silence == iso8583::on_silence::reverse;
}

/// What names an earlier trade.
bool follows(const transaction_row& row) {
    return row.what == iso8583::transaction::reversal || (sealed(row) && row.required.contains(61));
}

/// What is booked under its trace, so that a copy of it is told from the first.
bool booked_once(const transaction_row& row) {
    return sealed(row) && row.required.contains(4) && row.what != iso8583::transaction::reversal;
}

/// What takes money by itself, and is decided by the host.
bool pays(const transaction_row& row) {
    const auto* trade = ledger::find_row(row.what);
    return trade != nullptr && trade->role == ledger::trade_role::payment && trade->sends == ledger::delivery::online;
}

/// What may come when the day has been cut since its trade, and has another answer then.
bool of_its_day(const transaction_row& row) {
    const auto* trade = ledger::find_row(row.what);
    if (trade == nullptr)
        return row.what == iso8583::transaction::reversal || row.what == iso8583::transaction::batch_settle;
    return trade->role == ledger::trade_role::undoing && trade->totals != ledger::counted_in::nothing;
}

/// What brings keys.
bool brings_keys(const transaction_row& row) {
    return row.what == iso8583::transaction::sign_in || row.what == iso8583::transaction::master_key_download;
}

std::vector<std::string> only(iso8583::transaction what) {
    return {std::string(iso8583::row_of(what).name)};
}

} // namespace

std::vector<fault_kind> host_faults() {
    using enum fault_effect;
    auto all = transactions_where([](const auto&) { return true; });
    all.emplace_back("unknown");
    const auto settlement = only(iso8583::transaction::batch_settle);
    const auto payments = transactions_where(pays);
    const std::string code = "an answer code, two letters or digits";
    return {{"no_answer", withhold, all}, {"late_answer", wait, all}, {"duplicate_answer", repeat, all},
        {"disconnect_after_request", end, all}, {"lost_request", withhold, all},
        {"wrong_mac", alter, transactions_where(sealed)}, {"garbage", alter, all},
        {"foreign_answer", alter, transactions_where(sealed), {"(11|41)?", "11 or 41, or none"}},
        {"no_field", alter, all, {"[0-9]{1,2}", "the number of a field"}},
        {"refuse", alter, all, {"([0-9A-Za-z]{2})?", code + ", or none"}},
        {"answer_code", alter, transactions_where(booked_once), {"[0-9A-Za-z]{2}", code}},
        {"partial", alter, payments}, {"wrong_check_value", alter, transactions_where(brings_keys)},
        {"resent", alter, transactions_where(booked_once)}, {"overtaken", withhold, transactions_where(reversible)},
        {"no_tomb", alter, only(iso8583::transaction::reversal)},
        {"answer_after_reversal", withhold, transactions_where(reversible), {"(behind)?", "\"behind\", or none"}},
        {"forget", alter, transactions_where(follows)}, {"cut_day", alter, transactions_where(of_its_day)},
        {"not_balanced", alter, settlement},
        {"wrong_totals", alter, settlement, {"(debit|credit|foreign)?", "debit, credit or foreign, or none"}}};
}

} // namespace cipherlane::sim
