#include "till_json.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>

#include <boost/json.hpp>

namespace cipherlane::c {

namespace json = boost::json;

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
