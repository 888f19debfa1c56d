#include "cipherlane/service/service_table.hpp"
#include "cipherlane/till_trade_rows.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::service {

using json = nlohmann::ordered_json;

namespace {

/// An answer: its members as "name:type", "?" behind the name of one that may be missing, "[]" behind the type of a
/// list; a type that is no word of JSON is another row.
struct answer_row {
    std::string_view name;
    std::string_view about;
    std::string_view members;
};

constexpr answer_row answers[] = {
    {"payment",
        "A payment as the journal has it. A decline is an outcome, not an error; an unknown one is never to be "
        "treated as declined: ask again, recover, or let a person decide",
        "outcome:verdict ok:flag key:text handle:number original:number told:text trade:text terminal:text "
        "merchant:text requested:number approved:number refunded:number currency:number batch:number trace:number "
        "card:text entry:text host_code:text reference:text authorization:text date:text time:text order:text "
        "voucher:text note:text conversion?:conversion operator:text shift:number settlement_overdue?:flag "
        "reason?:text why?:problem"},
    {"conversion", "What the cardholder has chosen to pay in", "amount:number currency:number rate:text"},
    {"under_way", "A payment that goes on, whoever asks",
        "under_way:flag terminal:text key:text trade:text stage:text cancel:text"},
    {"problem", "Why something was not done",
        "text:text condition:text category?:text code?:number layer?:text "
        "operation?:text where?:text field?:text peer_code?:text hint?:text byte?:number line?:number "
        "trace?:number advice?:text"},
    {"error", "Nothing was done", "error:problem key?:text"},
    {"terminal", "A terminal now",
        "terminal:text batch:number trace:number signed_in:flag settling:flag "
        "undecided:number settlement_overdue:flag operator:text shift:number host:part gateway:part sealer:part "
        "card_terminal:part pinpad:part display:part printer:part scanner:part host_connects:number "
        "host_exchanges:number host_answers:number host_dropped:number notices_taken:number "
        "notices_refused:number notices_waiting:number slips_waiting:number recovering:flag under_way:under_way[]"},
    {"terminals", "All terminals", "terminals:terminal[]"},
    {"unready", "A part that is not ready", "part:text state:text why?:text"},
    {"terminal_health", "", "terminal:text ready:flag not_ready:unready[] undecided?:number recovering:flag"},
    {"health", "Whether the till can work", "ready:flag version:text terminals:terminal_health[]"},
    {"side", "A side of a batch", "count:number minor:number"},
    {"totals", "What a batch adds up to", "debit:side credit:side qr_debit:side qr_credit:side"},
    {"records", "Payments", "records:payment[] all_decided?:flag batch?:number totals?:totals"},
    {"settlement", "How a batch was closed",
        "batch:number host:text debit:side credit:side qr_debit:side qr_credit:side differences:difference[] "
        "open:open_question[] late:late_decision[] left_out:left_out[] "
        "uploaded:number refused:number end_code:text cards_erased:number "
        "resumed:flag "
        "slip:text"},
    {"difference", "A side that till and host have counted differently", "side:text till:side host:side"},
    {"open_question", "A payment that nobody has decided; it is in no totals", "handle:number key:text"},
    {"late_decision", "A payment that was decided after its own batch was closed; it is in no totals",
        "handle:number key:text batch:number approved:number"},
    {"left_out", "A payment of which the host was not told by the upload",
        "handle:number key:text batch:number approved:number"},
    {"signed_in", "The host's batch is 0 where it names none",
        "batch:number host_batch:number date:text time:text acquirer:text"},
    {"balance", "", "answered:flag balance:number card:text host_code:text"},
    {"answered", "", "service:text messages:number entries:number resumed:flag"},
    {"acknowledged", "", "acknowledged:flag key:text handle:number"},
    {"notice",
        "What a gateway has said: of an order that the journal does not have (unknown order), something else than "
        "the journal has (contradiction), a second payment, or something new of an order whose terminal or gateway "
        "is no longer set; paid in minor units of its currency",
        "notice:number terminal:text matter:text order:text merchant:text state:text paid:number currency:number "
        "reference:text"},
    {"notices", "", "notices:notice[]"},
    {"notice_acknowledged", "", "acknowledged:flag notice:number"},
    {"route",
        "A gateway that is chosen among. Of its last orders, those of the settings' window: how many, the part of "
        "them that was served in millionths, and how long it took; failures and a link that is gone take it down",
        "gateway:text up:flag closed:flag pinned:flag success_ppm:number mean_ms:number orders:number "
        "undecided:number fee_ppm:number fee_minor:number"},
    {"routes", "", "routes:route[]"},
    {"receipt", "", "key:text handle:number copy:text receipt:text"},
    {"printed", "", "key:text handle:number printed:flag reprint:flag why?:text"},
    {"opened", "", "opened:flag"},
    {"shift", "What an operator has done in a shift; closed is empty while it is open",
        "terminal:text operator:text name:text shift:number opened:text closed:text debit:side credit:side "
        "qr_debit:side qr_credit:side records:number undecided:number rights:text[]"},
    {"shifts", "", "shifts:shift[]"},
    {"signed_on", "", "session:text idle_minutes:number shift:shift"},
    {"signed_off", "", "signed_off:flag"},
};

json reference(std::string_view name) {
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

json type_of(std::string_view word) {
    if (word == "text") return {{"type", "string"}};
    if (word == "number") return {{"type", "integer"}};
    if (word == "flag") return {{"type", "boolean"}};
    if (!word.ends_with("[]")) return reference(word);
    return {{"type", "array"}, {"items", type_of(word.substr(0, word.size() - 2))}};
}

json schema_of(const answer_row& row) {
    json made{{"type", "object"}};
    if (!row.about.empty()) made["description"] = row.about;
    made["additionalProperties"] = false;
    auto needed = json::array();
    auto properties = json::object();
    for (const auto word : words_of(row.members)) {
        const auto colon = word.find(':');
        auto name = word.substr(0, colon);
        const bool always = !name.ends_with('?');
        if (!always) name.remove_suffix(1);
        if (always) needed.push_back(name);
        properties[std::string(name)] = type_of(word.substr(colon + 1));
    }
    made["required"] = std::move(needed);
    made["properties"] = std::move(properties);
    return made;
}

json schemas() {
    json made = json::object();
    for (const auto& trade : cli::till_trades) {
        auto one = schema_of(std::span<const member>(members_of_trade(trade.verb)));
        one["description"] = trade.about;
        made["trade_" + std::string(trade.verb)] = std::move(one);
    }
    made["verdict"] = {{"type", "string"},
        {"enum", {"approved", "declined", "reversed", "unknown", "not sent", "voided", "refunded", "stored"}}};
    made["part"] = {{"type", "string"}, {"enum", {"none", "ready", "away", "given"}}};
    for (const auto& row : answers)
        made[std::string(row.name)] = schema_of(row);
    return made;
}

json body_of(std::string_view schema) {
    return {{"content", {{"application/json", {{"schema", reference(schema)}}}}}};
}

json request_body(const route& row) {
    json schema;
    if (row.what == operation::trade) {
        auto each = json::array();
        for (const auto& trade : cli::till_trades)
            each.push_back(reference("trade_" + std::string(trade.verb)));
        schema = {{"oneOf", std::move(each)}, {"discriminator", {{"propertyName", "trade"}}}};
    } else {
        schema = schema_of(row.body);
    }
    const bool needed = schema.contains("required") || row.what == operation::trade;
    return {{"required", needed}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

json parameters_of(const route& row) {
    auto made = json::array();
    for (std::string_view rest = row.path; rest.find('{') != std::string_view::npos;) {
        const auto from = rest.find('{') + 1;
        const auto to = rest.find('}');
        made.push_back({{"name", rest.substr(from, to - from)}, {"in", "path"}, {"required", true},
            {"schema", {{"type", "string"}}}});
        rest.remove_prefix(to + 1);
    }
    for (const auto& word : row.query) {
        made.push_back({{"name", word.name}, {"in", "query"}, {"required", word.is == presence::needed},
            {"schema", schema_of(word)}});
    }
    if (row.session != shown_session::none) {
        made.push_back(
            {{"name", "Operator-Session"}, {"in", "header"}, {"required", row.session == shown_session::always},
                {"description", "What sign-on gave; needed where the settings name operators"},
                {"schema", {{"type", "string"}}}});
    }
    return made;
}

json responses_of(const route& row) {
    json made = json::object();
    const auto with = [](json body, std::string_view about) {
        body["description"] = about;
        return body;
    };
    if (!row.answer.empty()) made["200"] = with(body_of(row.answer), "Done");
    if (row.what == operation::metrics)
        made["200"] = with({{"content", {{"text/plain", json::object()}}}}, "Prometheus text");
    if (row.what == operation::open_api)
        made["200"] = with({{"content", {{"application/json", json::object()}}}}, "This document");
    if (row.what == operation::events)
        made["200"] = with({{"content", {{"text/event-stream", json::object()}}}}, "Events without end");
    if (row.what == operation::cancel) {
        made.erase("200");
        made["202"] = with(body_of("under_way"), "Asked to end");
    }
    if (row.what == operation::trade || row.what == operation::find)
        made["202"] = with(body_of("under_way"), "It goes on; ask for it by its key");
    if (row.what == operation::health) made["503"] = with(body_of("health"), "A part is not ready");
    made["default"] = with(body_of("error"), "Nothing was done, and why");
    return made;
}

} // namespace

json open_api() {
    json made{{"openapi", "3.0.3"},
        {"info", {{"title", "Cipherlane till"}, {"version", "1"},
                     {"description", "A till as a local service: trades by key and amount. Amounts are whole numbers "
                                     "of minor units."}}},
        {"security", json::array({{{"token", json::array()}}})}};
    auto paths = json::object();
    for (const auto& row : routes()) {
        json one{{"operationId", row.id}, {"summary", row.about}};
        if (auto all = parameters_of(row); !all.empty()) one["parameters"] = std::move(all);
        if (!row.body.empty() || row.what == operation::trade) one["requestBody"] = request_body(row);
        one["responses"] = responses_of(row);
        paths[std::string(row.path)][row.verb == "GET" ? "get" : "post"] = std::move(one);
    }
    made["paths"] = std::move(paths);
    made["components"] = {
        {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", schemas()}};
    return made;
}

} // namespace cipherlane::service
