#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/core/condition_words.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/ports/rate_text.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/shift_report.hpp>
#include <cipherlane/till/till_json.hpp>
#include <cipherlane/till/till_status.hpp>

#include <boost/json.hpp>

namespace cipherlane {
namespace {

namespace json = boost::json;

/// As it is, but for bytes that are no UTF-8.
void mend(json::string& text) {
    std::string_view rest(text.data(), text.size());
    if (utf8_length(rest)) return;
    json::string made;
    while (!rest.empty()) {
        auto behind = rest;
        if (take_code_point(behind)) {
            made.append(rest.substr(0, rest.size() - behind.size()));
            rest = behind;
        } else {
            made.append("\xEF\xBF\xBD");
            rest.remove_prefix(1);
        }
    }
    text = std::move(made);
}

void mend(json::value& what) {
    if (auto* const text = what.if_string()) return mend(*text);
    if (auto* const object = what.if_object()) {
        for (auto& member : *object)
            mend(member.value());
    }
    if (auto* const list = what.if_array()) {
        for (auto& one : *list)
            mend(one);
    }
}

std::string line_of(json::object made) {
    json::value whole(std::move(made));
    mend(whole);
    return json::serialize(whole);
}

json::object side(const ports::batch_side& of) {
    return {{"count", of.count}, {"minor", of.minor}};
}

void add(json::object& to, const ports::batch_totals& what) {
    to["debit"] = side(what.debit);
    to["credit"] = side(what.credit);
    to["qr_debit"] = side(what.qr_debit);
    to["qr_credit"] = side(what.qr_credit);
}

std::string_view words_of(acquiring::settlement_result value) {
    switch (value) {
    case acquiring::settlement_result::balanced: return "balanced";
    case acquiring::settlement_result::not_balanced: return "not balanced";
    case acquiring::settlement_result::host_error: break;
    }
    return "host error";
}

std::string stamp(std::chrono::system_clock::time_point when) {
    return ports::to_civil(when).to_string() + " +08:00";
}

json::object object_of(const error& why) {
    const auto met = find_condition(why);
    json::object made{{"text", why.to_string()}, {"condition", met ? to_string(*met) : std::string_view("?")},
        {"category", why.code().category().name()}, {"code", why.code().value()}, {"layer", to_string(why.where())}};
    const auto context = [&](const char* name, std::string_view value) {
        if (!value.empty()) made[name] = value;
    };
    context("operation", why.operation());
    context("where", why.endpoint());
    context("field", why.field());
    context("peer_code", why.peer_code());
    context("hint", why.hint());
    if (why.offset()) made[why.counts_lines() ? "line" : "byte"] = *why.offset();
    if (why.trace()) made["trace"] = *why.trace();
    return made;
}

} // namespace

std::string json_line(const error& why) {
    return line_of(object_of(why));
}

std::string json_line(const acquiring::payment& what) {
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
    if (what.why) made["why"] = object_of(*what.why);
    return line_of(std::move(made));
}

std::string json_line(const ports::batch_totals& what) {
    json::object made;
    add(made, what);
    return line_of(std::move(made));
}

namespace {

json::array booked(const std::vector<acquiring::payment>& what) {
    json::array made;
    for (const auto& one : what)
        made.push_back(json::object{
            {"handle", one.handle}, {"key", one.key}, {"batch", one.batch}, {"approved", one.approved.minor()}});
    return made;
}

json::object object_of(const acquiring::settlement_report& what) {
    json::object made{{"batch", what.batch}, {"host", words_of(what.host)}};
    add(made, what.totals);
    json::array differences;
    for (const auto& one : what.differences) {
        differences.push_back(json::object{{"side", one.side == ledger::money_side::debit ? "debit" : "credit"},
            {"till", side(one.till)}, {"host", side(one.host)}});
    }
    made["differences"] = std::move(differences);
    json::array open;
    for (const auto& one : what.open)
        open.push_back(json::object{{"handle", one.handle}, {"key", one.key}});
    made["open"] = std::move(open);
    made["late"] = booked(what.late);
    made["left_out"] = booked(what.left_out);
    made["uploaded"] = what.uploaded;
    made["refused"] = what.refused;
    made["end_code"] = what.end_code;
    made["cards_erased"] = what.cards_erased;
    made["resumed"] = what.resumed;
    return made;
}

} // namespace

std::string json_line(const acquiring::settlement_report& what) {
    return line_of(object_of(what));
}

std::string json_line(const acquiring::settlement_report& what, std::string_view slip) {
    auto made = object_of(what);
    made["slip"] = slip;
    return line_of(std::move(made));
}

std::string json_line(const acquiring::balance_report& what) {
    const auto sign = what.negative ? -1 : 1;
    return line_of({{"answered", what.answered}, {"balance", sign * what.balance.minor()}, {"card", what.masked_pan},
        {"host_code", what.host_code}});
}

std::string json_line(const acquiring::sign_in_report& what) {
    return line_of({{"batch", what.batch}, {"host_batch", what.host_batch}, {"date", what.host_date},
        {"time", what.host_time}, {"acquirer", what.acquirer}});
}

std::string json_line(acquiring::service asked, const acquiring::service_report& what) {
    return line_of({{"service", to_string(asked)}, {"messages", what.messages}, {"entries", what.entries},
        {"resumed", what.resumed}});
}

std::string json_line(const till_status& what) {
    return line_of({{"terminal", what.terminal_id}, {"batch", what.batch}, {"trace", what.trace},
        {"signed_in", what.signed_in}, {"settling", what.settling}, {"undecided", what.undecided},
        {"settlement_overdue", what.settlement_overdue}, {"operator", what.operator_id}, {"shift", what.shift},
        {"host", to_string(what.host)}, {"gateway", to_string(what.gateway)}, {"pinpad", to_string(what.pinpad)},
        {"card_terminal", to_string(what.card_terminal)}, {"display", to_string(what.display)},
        {"printer", to_string(what.printer)}, {"scanner", to_string(what.scanner)},
        {"sealer", to_string(what.sealer)}, {"host_connects", what.host_connects},
        {"host_exchanges", what.host_exchanges}, {"host_answers", what.host_answers},
        {"host_dropped", what.host_dropped}, {"notices_taken", what.notices_taken},
        {"notices_refused", what.notices_refused}, {"notices_waiting", what.notices_waiting},
        {"slips_waiting", what.slips_waiting}});
}

std::string json_line(const ports::order_notice& what) {
    const auto& told = what.told;
    return line_of({{"notice", what.id}, {"terminal", told.terminal_id}, {"matter", to_string(what.matter)},
        {"order", told.order_number}, {"merchant", told.merchant_id}, {"state", to_string(told.state)},
        {"paid", told.paid.minor()}, {"currency", told.paid.unit().number}, {"reference", told.transaction_number}});
}

std::string json_line(const shift_report& what) {
    json::object made{{"terminal", what.terminal_id}, {"operator", what.operator_id},
        {"name", printable_text(what.operator_name)}, {"shift", what.number}, {"opened", stamp(what.opened)},
        {"closed", what.closed ? stamp(*what.closed) : std::string()}};
    add(made, what.totals);
    made["records"] = what.records;
    made["undecided"] = what.undecided;
    json::array rights;
    for (const auto one : what.rights)
        rights.push_back(json::value(to_string(one)));
    made["rights"] = std::move(rights);
    return line_of(std::move(made));
}

std::string json_line(const preflight_step& what) {
    json::object made{
        {"part", what.part}, {"state", to_string(what.state)}, {"found", what.found}, {"likely", what.likely}};
    if (what.why) made["error"] = object_of(*what.why);
    return line_of(std::move(made));
}

std::string json_line(const acquiring::timeline_entry& what) {
    const auto when = std::chrono::duration_cast<std::chrono::milliseconds>(what.when.time_since_epoch());
    json::object made{{"terminal", what.terminal_id}, {"when_ms", when.count()}, {"from", to_string(what.from)},
        {"to", to_string(what.to)}, {"what", what.what}, {"result", what.result}};
    if (what.total) made["total"] = what.total->minor();
    if (what.trace) made["trace"] = *what.trace;
    if (!what.masked_pan.empty()) made["card"] = what.masked_pan;
    return line_of(std::move(made));
}

std::string json_line(const acquiring::alert& what) {
    json::object made{{"terminal", what.record.terminal_id}, {"alert", to_string(what.kind)},
        {"trace", what.record.trace}, {"key", what.record.idempotency_key}, {"handle", what.record.id}};
    if (what.notice != 0) {
        made["notice"] = what.notice;
        made["order"] = what.record.order_number;
        made["reference"] = what.record.reference;
        made["paid"] = what.record.requested.minor();
    }
    return line_of(std::move(made));
}

std::string json_line(const acquiring::stage_event& what, std::string_view terminal) {
    json::object made;
    if (!terminal.empty()) made["terminal"] = terminal;
    made["key"] = what.key;
    made["stage"] = to_string(what.at);
    made["cancel"] = what.cancel == acquiring::cancelling::possible ? "possible" : "too late";
    made["total"] = what.total.minor();
    made["words"] = {{"en", words_of(what.at, language::english)}, {"zh", words_of(what.at, language::chinese)}};
    if (what.expires) {
        made["expires"] = std::chrono::duration_cast<std::chrono::seconds>(what.expires->time_since_epoch()).count();
    }
    return line_of(std::move(made));
}

namespace {

std::string_view words_of(log_level level) {
    switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warning: return "warning";
    default: return "error";
    }
}

} // namespace

std::string json_line(log_level level, std::string_view component, std::string_view line) {
    return line_of({{"level", words_of(level)}, {"component", component}, {"line", line}});
}

} // namespace cipherlane
