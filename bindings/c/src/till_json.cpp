#include "till_json.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <boost/json.hpp>

namespace cipherlane::c {
namespace {

namespace json = boost::json;

json::object side(const ports::batch_side& of) {
    return {{"count", of.count}, {"minor", of.minor}};
}

std::string_view result_words(acquiring::settlement_result value) {
    switch (value) {
    case acquiring::settlement_result::balanced: return "balanced";
    case acquiring::settlement_result::not_balanced: return "not balanced";
    case acquiring::settlement_result::host_error: break;
    }
    return "host error";
}

json::object why_object(const error& what) {
    return {{"layer", to_string(what.where())}, {"code", what.code().value()}, {"text", what.to_string()}};
}

} // namespace

std::string to_json(const acquiring::payment& what) {
    json::object made{{"outcome", to_string(what.outcome)}, {"ok", what.ok()}, {"key", what.key},
        {"handle", what.handle}, {"original", what.original},
        {"told", what.told == acquiring::told::fresh ? "fresh" : "recorded"},
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
    if (what.why) made["why"] = why_object(*what.why);
    return json::serialize(made);
}

std::string to_json(const ports::journal_record& what) {
    const auto* const row = ledger::find_row(what.kind);
    const json::object made{{"record", what.id}, {"terminal", what.terminal_id}, {"merchant", what.merchant_id},
        {"key", what.idempotency_key}, {"trade", row == nullptr ? std::string_view("?") : row->name},
        {"state", to_string(what.state)}, {"open", ledger::states::open.contains(what.state)},
        {"requested", what.requested.minor()}, {"approved", what.approved.minor()},
        {"currency", what.requested.unit().number}, {"batch", what.batch}, {"trace", what.trace},
        {"card", what.masked_pan}, {"original", what.original}, {"host_code", what.host_code},
        {"reference", what.reference}, {"authorization", what.authorization}, {"date", what.host_date},
        {"time", what.host_time}, {"order", what.order_number}, {"voucher", what.voucher}, {"note", what.note},
        {"operator", what.operator_id}, {"shift", what.shift}, {"created", ports::to_civil(what.created).to_string()},
        {"told", what.closed}, {"settled", what.settled}};
    return json::serialize(made);
}

std::string to_json(const till_status& what) {
    return json::serialize(json::object{{"terminal", what.terminal_id}, {"batch", what.batch}, {"trace", what.trace},
        {"signed_in", what.signed_in}, {"settling", what.settling}, {"undecided", what.undecided},
        {"settlement_overdue", what.settlement_overdue}, {"operator", what.operator_id}, {"shift", what.shift},
        {"host", to_string(what.host)}, {"gateway", to_string(what.gateway)}, {"pinpad", to_string(what.pinpad)},
        {"card_terminal", to_string(what.card_terminal)}, {"display", to_string(what.display)},
        {"printer", to_string(what.printer)}, {"scanner", to_string(what.scanner)},
        {"sealer", to_string(what.sealer)}, {"host_connects", what.host_connects},
        {"host_exchanges", what.host_exchanges}, {"host_answers", what.host_answers},
        {"host_dropped", what.host_dropped}, {"notices_taken", what.notices_taken},
        {"notices_refused", what.notices_refused}, {"slips_waiting", what.slips_waiting}});
}

std::string to_json(const shift_report& what) {
    const auto stamp = [](std::chrono::system_clock::time_point when) {
        return ports::to_civil(when).to_string() + " +08:00";
    };
    json::array rights;
    for (const auto one : what.rights)
        rights.push_back(json::value(to_string(one)));
    return json::serialize(json::object{{"terminal", what.terminal_id}, {"operator", what.operator_id},
        {"name", printable_text(what.operator_name)}, {"shift", what.number}, {"opened", stamp(what.opened)},
        {"closed", what.closed ? stamp(*what.closed) : std::string()}, {"debit", side(what.totals.debit)},
        {"credit", side(what.totals.credit)}, {"qr_debit", side(what.totals.qr_debit)},
        {"qr_credit", side(what.totals.qr_credit)}, {"records", what.records}, {"undecided", what.undecided},
        {"rights", std::move(rights)}});
}

std::string to_json(const acquiring::settlement_report& what, std::string_view slip) {
    json::array open;
    for (const auto& each : what.open)
        open.push_back(json::object{{"handle", each.handle}, {"key", each.key}});
    return json::serialize(json::object{{"batch", what.batch}, {"host", result_words(what.host)},
        {"debit", side(what.totals.debit)}, {"credit", side(what.totals.credit)},
        {"qr_debit", side(what.totals.qr_debit)}, {"qr_credit", side(what.totals.qr_credit)},
        {"uploaded", what.uploaded}, {"refused", what.refused}, {"end_code", what.end_code},
        {"cards_erased", what.cards_erased}, {"resumed", what.resumed}, {"open", std::move(open)}, {"slip", slip}});
}

std::string to_json(const preflight_step& what) {
    return json::serialize(json::object{
        {"part", what.part}, {"state", to_string(what.state)}, {"found", what.found}, {"likely", what.likely}});
}

std::string to_json(const acquiring::timeline_entry& what) {
    json::object made{{"event", "step"}, {"terminal", what.terminal_id}, {"from", to_string(what.from)},
        {"to", to_string(what.to)}, {"what", what.what}, {"result", what.result}, {"card", what.masked_pan}};
    if (what.total) made["amount"] = what.total->minor();
    if (what.trace) made["trace"] = *what.trace;
    return json::serialize(made);
}

std::string to_json(const acquiring::alert& what) {
    return json::serialize(json::object{{"event", "alert"}, {"alert", to_string(what.kind)},
        {"record", what.record.id}, {"key", what.record.idempotency_key}, {"terminal", what.record.terminal_id}});
}

std::string to_json(const acquiring::stage_event& what) {
    return json::serialize(json::object{{"event", "stage"}, {"stage", to_string(what.at)},
        {"words", words_of(what.at, language::english)}, {"words_zh", words_of(what.at, language::chinese)},
        {"key", what.key}, {"amount", what.total.minor()},
        {"cancel", what.cancel == acquiring::cancelling::possible}});
}

std::string log_json(std::string_view level, std::string_view component, std::string_view line) {
    return json::serialize(
        json::object{{"event", "log"}, {"level", level}, {"component", component}, {"line", line}});
}

} // namespace cipherlane::c
