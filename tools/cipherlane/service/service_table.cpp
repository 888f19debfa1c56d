#include "cipherlane/service/service_table.hpp"

#include "cipherlane/service/url_text.hpp"
#include "cipherlane/till_trade_rows.hpp"

#include <algorithm>

namespace cipherlane::service {
namespace {

using kind = value_kind;
constexpr auto needed = presence::needed;
constexpr auto optional = presence::optional;

constexpr member wait_word{"wait",
    "Seconds to wait for the end of what is under way; then 202 says how far it is, and it goes on", kind::number,
    optional, 0, 300};
constexpr member by_word{"by", "What stands in the path", kind::text, optional, 1, 6, "key handle"};
constexpr member time_word{"timeout_seconds", "Bounds all of it; usual: 120", kind::number, optional, 1, 3600};
constexpr member terminal_word{"terminal", "Of this terminal alone", kind::text, optional, 1, 16};
constexpr member copy_word{"copy", "Whose; usual: cardholder", kind::text, optional, 1, 16, "cardholder merchant"};

constexpr std::array wait_alone{wait_word};
constexpr std::array by_alone{by_word};
constexpr std::array wait_and_by{wait_word, by_word};
constexpr std::array time_alone{time_word};
constexpr std::array terminal_alone{terminal_word};
constexpr std::array receipt_words{
    by_word, copy_word, member{"columns", "Width of the paper; usual: 32", kind::number, optional, 16, 96}};
constexpr std::array print_words{copy_word, time_word};
constexpr std::array record_words{
    member{"of",
        "open: somebody must still act on them; untold: decided, and nobody has acknowledged them; batch: "
        "what has moved money in a batch, with its totals; usual: open",
        kind::text, optional, 1, 8, "open untold batch"},
    member{"batch", "Its number; usual: the open one", kind::number, optional, 1, 999'999}};
constexpr std::array settle_words{
    member{"close_batch", "Also where the host refuses a record: agreed with it", kind::flag}, time_word};
constexpr std::array ask_words{
    member{"service", "sign-off, echo, master-key, status, parameters, CA-keys, …", kind::text, needed, 1, 40},
    time_word};
constexpr std::array sign_in_words{
    member{"batch", "Begin this one, agreed with the acquirer; the open one must be empty", kind::number, optional, 1,
        999'999},
    time_word};
constexpr std::array decide_words{
    member{"found", "What a person has found out", kind::text, needed, 1, 8, "paid not_paid"},
    member{"note", "Who has found out, and how; kept in the journal", kind::text, needed, 1, 200},
    member{"moved", "With paid: how much, in minor units, where it is not all", kind::number, optional, 1,
        999'999'999'999}};

constexpr member route_name(std::string_view name, std::string_view about) {
    return {name, about, kind::text, optional, 1, 40};
}
constexpr std::array route_words{route_name("pin", "All orders go to this one"),
    member{"unpin", "They are chosen for again", kind::flag},
    route_name("close", "No order goes to this one; what is undecided there stays"),
    route_name("reopen", "Some may again")};

constexpr std::array sign_on_words{member{"operator", "Who", kind::text, needed, 1, 3},
    member{"secret", "Their PIN or password", kind::text, needed, 4, 128},
    member{
        "idle_minutes", "How long the session lasts without a request; usual: 15", kind::number, optional, 1, 720}};
constexpr std::array shift_words{member{"operator", "Of this one alone", kind::text, optional, 1, 3},
    member{"limit", "At most so many, the newest; usual: 20", kind::number, optional, 1, 1000}};

constexpr auto may_be = shown_session::where_there_are;
constexpr auto table = std::to_array<route>({
    {operation::health, "GET", "/health", "health",
        "Whether each terminal can work, and which part is not ready; 503 where one is not", "health"},
    {operation::metrics, "GET", "/metrics", "metrics", "Counters and states as Prometheus reads them", ""},
    {operation::open_api, "GET", "/openapi.json", "openApi", "This document", ""},
    {operation::events, "GET", "/v1/events", "events",
        "What happens, as server-sent events: stage, entry, alert, payment, done; with Last-Event-ID what followed "
        "it; "
        "missed where something is no longer there",
        "", terminal_alone},
    {operation::terminals, "GET", "/v1/terminals", "listTerminals", "All terminals", "terminals"},
    {operation::terminal, "GET", "/v1/terminals/{terminal}", "terminalStatus",
        "What a terminal has under way, and how its parts are; asks no device", "terminal"},
    {operation::trade, "POST", "/v1/terminals/{terminal}/payments", "trade",
        "A trade by its key. The same key again gives the same payment: one that is under way is joined, one that "
        "has ended is told again. Whoever goes away while it waits loses nothing",
        "payment", wait_alone, {}, may_be},
    {operation::find, "GET", "/v1/terminals/{terminal}/payments/{key}", "findPayment",
        "What has become of a payment; asks nobody", "payment", wait_and_by},
    {operation::cancel, "POST", "/v1/terminals/{terminal}/payments/{key}/cancel", "cancelPayment",
        "Asks a payment under way to end; too late once its request has left", "under_way"},
    {operation::acknowledge, "POST", "/v1/terminals/{terminal}/payments/{key}/acknowledge", "acknowledgePayment",
        "The outcome has been told to whom it concerns: recovery does not tell it again", "acknowledged", by_alone},
    {operation::recover_one, "POST", "/v1/terminals/{terminal}/payments/{key}/recover", "recoverPayment",
        "Decides one payment that is not decided, as far as the other side answers", "records", by_alone, time_alone},
    {operation::decide, "POST", "/v1/terminals/{terminal}/payments/{key}/decide", "decidePayment",
        "Takes a person's word on what is not decided", "payment", by_alone, decide_words, may_be},
    {operation::receipt, "GET", "/v1/terminals/{terminal}/payments/{key}/receipt", "receipt",
        "The text of a receipt, once more", "receipt", receipt_words},
    {operation::print, "POST", "/v1/terminals/{terminal}/payments/{key}/print", "printReceipt",
        "Prints a receipt on the printer of the settings, now or when that can be", "printed", by_alone, print_words},
    {operation::records, "GET", "/v1/terminals/{terminal}/records", "records", "What the journal has", "records",
        record_words},
    {operation::notices, "GET", "/v1/terminals/{terminal}/notices", "notices",
        "What a gateway has said, no flow could settle, and nobody has acknowledged", "notices"},
    {operation::acknowledge_notice, "POST", "/v1/terminals/{terminal}/notices/{notice}/acknowledge",
        "acknowledgeNotice", "Somebody has seen to it: recovery does not raise it again", "notice_acknowledged", {},
        {}, may_be},
    {operation::gateway_routes, "GET", "/v1/terminals/{terminal}/routes", "gatewayRoutes",
        "The gateways that are chosen among, as they are now; none where the settings name none", "routes"},
    {operation::set_gateway_route, "POST", "/v1/terminals/{terminal}/routes", "setGatewayRoute",
        "Says by hand where orders go, of all terminals, kept over restarts; whoever names a gateway has chosen",
        "routes", {}, route_words, may_be},
    {operation::recover, "POST", "/v1/terminals/{terminal}/recover", "recover",
        "Decides what is undecided, and tells again what nobody has acknowledged", "records", {}, time_alone},
    {operation::settle, "POST", "/v1/terminals/{terminal}/settle", "settle",
        "Settles the open batch; asked while one is under way, that one is joined", "settlement", {}, settle_words,
        may_be},
    {operation::settlement, "GET", "/v1/terminals/{terminal}/settlement", "lastSettlement",
        "What the last settlement came to; after a start from the journal, without what is not kept there",
        "settlement"},
    {operation::sign_in, "POST", "/v1/terminals/{terminal}/sign-in", "signIn", "Gets new working keys from the host",
        "signed_in", {}, sign_in_words},
    {operation::balance, "POST", "/v1/terminals/{terminal}/balance", "balance", "Asks for a card's balance",
        "balance", {}, time_alone},
    {operation::ask, "POST", "/v1/terminals/{terminal}/ask", "askHost", "Asks the host for a service", "answered", {},
        ask_words},
    {operation::drawer, "POST", "/v1/terminals/{terminal}/drawer", "openDrawer",
        "Opens the cash drawer behind the printer, once", "opened"},
    {operation::sign_on, "POST", "/v1/terminals/{terminal}/sign-on", "signOn",
        "An operator's shift begins or goes on; the session is shown with each request of theirs. Nobody else's ends",
        "signed_on", {}, sign_on_words},
    {operation::sign_off, "POST", "/v1/terminals/{terminal}/sign-off", "signOff",
        "Ends a session; the shift stays open", "signed_off", {}, {}, shown_session::always},
    {operation::close_shift, "POST", "/v1/terminals/{terminal}/close-shift", "closeShift",
        "Ends the operator's shift, after the payment under way, and all their sessions there", "shift", {},
        time_alone, shown_session::always},
    {operation::shifts, "GET", "/v1/terminals/{terminal}/shifts", "shifts",
        "What operators have done in their shifts, the newest first, counted from the journal", "shifts",
        shift_words},
});

struct trade_member {
    char letter;
    member is;
};

constexpr auto trade_members = std::to_array<trade_member>({
    {'k',
        {"key", "Names this trade at its terminal: the same key again gives its outcome", kind::text, needed, 1, 64}},
    {'a', {"amount", "In minor units", kind::number, needed, 1, 999'999'999'999}},
    {'A', {"amount", "In minor units; usual: all of it", kind::number, optional, 1, 999'999'999'999}},
    {'o', {"original", "The payment that this one is about", kind::payment, needed}},
    {'p', {"partial", "Take an approval of less", kind::flag}},
    {'s', {"subject", "What the payer reads", kind::text, optional, 1, 200}},
    {'t', {"authorization", "The code that was given", kind::text, needed, 1, 6}},
    {'q', {"code", "The payer's payment code; without it the scanner of the settings is waited for", kind::text,
              optional, 1, 350}},
    {'g', {"gateway", "Through the QR gateway, not the host", kind::flag}},
    {'n', {"gateway_name", "Which gateway, where there are several; usual: the first", kind::text, optional, 1, 40}},
    {'c', {"no_credit", "Credit may not pay it", kind::flag}},
    {'i', {"periods", "How many instalments", kind::number, needed, 2, 99}},
    {'i', {"plan", "The issuer's code of the plan", kind::text, optional, 1, 30}},
});

} // namespace

std::span<const route> routes() noexcept {
    return table;
}

std::vector<member> members_of_trade(std::string_view verb) {
    const auto* row = cli::find_till_trade(verb);
    if (row == nullptr) return {};
    std::vector<member> made{{"trade", row->about, kind::text, needed, 1, 16, row->verb}};
    for (const auto& one : trade_members)
        if (row->has(one.letter)) made.push_back(one.is);
    made.push_back(time_word);
    return made;
}

found_route find_route(std::string_view verb, const std::vector<std::string>& segments) {
    found_route found;
    for (const auto& row : table) {
        const auto parts = segments_of(row.path);
        if (!parts || parts->size() != segments.size()) continue;
        std::vector<std::string> names;
        const bool same =
            std::equal(parts->begin(), parts->end(), segments.begin(), [&](const auto& part, const auto& given) {
                if (!part.starts_with('{')) return part == given;
                names.push_back(given);
                return !given.empty();
            });
        if (!same) continue;
        if (row.verb == verb) return {&row, std::move(names), {}};
        found.allowed.append(found.allowed.empty() ? "" : ", ").append(row.verb);
    }
    return found;
}

} // namespace cipherlane::service
