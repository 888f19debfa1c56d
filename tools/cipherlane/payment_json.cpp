#include "cipherlane/payment_json.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::cli {

using json = nlohmann::ordered_json;

namespace {

std::string_view to_string(acquiring::settlement_result value) {
    switch (value) {
    case acquiring::settlement_result::balanced: return "balanced";
    case acquiring::settlement_result::not_balanced: return "not balanced";
    case acquiring::settlement_result::host_error: break;
    }
    return "host error";
}

json side(const ports::batch_side& of) {
    return {{"count", of.count}, {"minor", of.minor}};
}

} // namespace

nlohmann::ordered_json to_json(const acquiring::payment& what) {
    json made{{"outcome", to_string(what.outcome)}, {"ok", what.ok()}, {"key", what.key}, {"handle", what.handle},
        {"original", what.original}, {"told", what.told == acquiring::told::fresh ? "fresh" : "recorded"},
        {"trade", ledger::row_of(what.kind).name}, {"terminal", what.terminal_id}, {"merchant", what.merchant_id},
        {"requested", what.requested.minor()}, {"approved", what.approved.minor()},
        {"refunded", what.refunded.minor()}, {"currency", what.requested.unit().number}, {"batch", what.batch},
        {"trace", what.trace}, {"card", what.masked_pan}, {"entry", what.entry}, {"host_code", what.host_code},
        {"reference", what.reference}, {"authorization", what.authorization}, {"date", what.date},
        {"time", what.time}, {"order", what.order_number}, {"voucher", what.voucher}, {"note", what.note}};
    if (what.conversion.chosen()) {
        made["conversion"] = {{"amount", what.conversion.converted.minor()},
            {"currency", what.conversion.converted.unit().number}, {"rate", ports::rate_text(what.conversion.rate)}};
    }
    made["operator"] = what.operator_id;
    made["shift"] = what.shift;
    if (what.settlement_overdue) made["settlement_overdue"] = true;
    if (!what.ok()) made["reason"] = what.reason(language::english);
    if (what.why) made["why"] = cli::to_json(*what.why);
    return made;
}

json to_json(const ports::batch_totals& what) {
    return {{"debit", side(what.debit)}, {"credit", side(what.credit)}, {"qr_debit", side(what.qr_debit)},
        {"qr_credit", side(what.qr_credit)}};
}

json to_json(const acquiring::settlement_report& what) {
    json made{{"batch", what.batch}, {"host", to_string(what.host)}};
    made.update(cli::to_json(what.totals));
    made.update({{"uploaded", what.uploaded}, {"refused", what.refused}, {"end_code", what.end_code},
        {"cards_erased", what.cards_erased}, {"resumed", what.resumed}});
    return made;
}

json to_json(const acquiring::balance_report& what) {
    const auto sign = what.negative ? -1 : 1;
    return {{"answered", what.answered}, {"balance", sign * what.balance.minor()}, {"card", what.masked_pan},
        {"host_code", what.host_code}};
}

json to_json(const acquiring::sign_in_report& what) {
    return {{"batch", what.batch}, {"date", what.host_date}, {"time", what.host_time}, {"acquirer", what.acquirer}};
}

json to_json(acquiring::service asked, const acquiring::service_report& what) {
    return {{"service", acquiring::to_string(asked)}, {"messages", what.messages}, {"entries", what.entries},
        {"resumed", what.resumed}};
}

json to_json(const till_status& what) {
    return {{"terminal", what.terminal_id}, {"batch", what.batch}, {"trace", what.trace},
        {"signed_in", what.signed_in}, {"settling", what.settling}, {"undecided", what.undecided},
        {"settlement_overdue", what.settlement_overdue}, {"operator", what.operator_id}, {"shift", what.shift},
        {"host", to_string(what.host)}, {"gateway", to_string(what.gateway)}, {"sealer", to_string(what.sealer)},
        {"card_terminal", to_string(what.card_terminal)}};
}

std::string civil_stamp(std::chrono::system_clock::time_point when) {
    return ports::to_civil(when).to_string() + " +08:00";
}

json to_json(const shift_report& what) {
    json rights = json::array();
    for (const auto one : what.rights)
        rights.push_back(to_string(one));
    json made{{"terminal", what.terminal_id}, {"operator", what.operator_id},
        {"name", printable_text(what.operator_name)}, {"shift", what.number}, {"opened", civil_stamp(what.opened)},
        {"closed", what.closed ? civil_stamp(*what.closed) : ""}};
    made.update(cli::to_json(what.totals));
    made.update({{"records", what.records}, {"undecided", what.undecided}, {"rights", std::move(rights)}});
    return made;
}

} // namespace cipherlane::cli
