#include "cipherlane/service/terminal_desk.hpp"

#include "cipherlane/payment_json.hpp"
#include "cipherlane/service/answers.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/last_settlement.hpp>
#include <cipherlane/till/route_hand.hpp>
#include <cipherlane/till/till_json.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cmath>

namespace cipherlane::service {

using json = nlohmann::ordered_json;
namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds journal_time{10};
constexpr unsigned usual_time = 120;
constexpr std::size_t most_flights = 64; ///< under way and waiting for their turn
constexpr std::size_t most_waiters = 64; ///< for one end
constexpr std::size_t most_refusals = 256;
constexpr std::size_t most_shifts = 1000;
const std::string usual_subject = acquiring::trade_request({}, {}).subject;

error desk_error(acquiring_errc what, std::string_view operation, std::string_view field) {
    return error(what, layer::tools).during(operation).in_field(field);
}

std::chrono::seconds time_of(const nlohmann::json& wish) {
    return std::chrono::seconds(wish.value("timeout_seconds", usual_time));
}

json rows_of(const std::vector<ports::journal_record>& records) {
    auto rows = json::array();
    for (const auto& record : records) {
        if (ledger::own_trades.contains(record.kind)) continue; // the till's own: nobody's payment
        auto value = acquiring::to_payment(acquiring::as_told_now(record));
        value.told = acquiring::told::recorded;
        rows.push_back(cli::to_json(value));
    }
    return rows;
}

json rows_of(const std::vector<payment>& payments) {
    auto rows = json::array();
    for (const auto& one : payments)
        rows.push_back(cli::to_json(one));
    return rows;
}

json recovered(const std::vector<payment>& payments) {
    const bool all = std::all_of(payments.begin(), payments.end(), [](const payment& one) { return one.decided(); });
    return {{"records", rows_of(payments)}, {"all_decided", all}};
}

/// What stands in a path in the place of a number.
std::optional<std::uint64_t> number_in(const std::string& text) {
    const bool digits =
        !text.empty() && text.size() < 19 && text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::optional<std::uint64_t>(std::stoull(text)) : std::nullopt;
}

http_answer answer_of(const result<payment>& how) {
    return how ? told(cli::to_json(*how)) : refused(how.error());
}

result<void> has_route(const route_hand& among, const std::string& name, const char* field) {
    const auto& gateways = among.gateways();
    const auto& hosts = among.routes();
    if (std::any_of(gateways.begin(), gateways.end(), [&](const auto& one) { return one.name == name; }) ||
        std::any_of(hosts.begin(), hosts.end(), [&](const auto& one) { return one.host == name; }))
        return {};
    return error(till_errc::no_route, layer::tools)
        .during("routing")
        .in_field(field)
        .with_hint("found no route to " + printable_text(name));
}

} // namespace

/// Somebody who waits for an end, no longer than until his time.
struct terminal_desk::waiter {
    waiter(asio::io_context& on, answer_sink to)
        : timer(on)
        , tell(std::move(to)) {}
    asio::steady_timer timer;
    answer_sink tell;
};

/// What a request asks for, whatever words it has for it. The payer's code is no part of it.
struct terminal_desk::asked {
    ports::trade kind = ports::trade::sale;
    std::string original; ///< as it was named; empty once the journal has said which one it is
    bool by_handle = false;
    std::uint64_t handle = 0;
    std::optional<std::int64_t> total;
    std::string authorization;
    std::string subject;
    std::string gateway; ///< by its name
    int periods = 0;
    std::string plan;
    bool partial = false;
    bool no_credit = false;

    bool operator==(const asked&) const = default;

    static asked of(const cli::till_trade& row, const nlohmann::json& wish) {
        asked made;
        made.kind = wish.value("gateway", false) ? ledger::at_gateway(row.kind) : row.kind;
        if (row.has('o')) {
            const auto& original = wish.at("original");
            made.by_handle = !original.is_string();
            made.original = made.by_handle ? original.dump() : original.get<std::string>();
        }
        if (wish.contains("amount")) made.total = wish.at("amount").get<std::int64_t>();
        made.authorization = wish.value("authorization", std::string());
        if (ledger::gateway_trades.contains(made.kind)) made.subject = wish.value("subject", usual_subject);
        made.gateway = wish.value("gateway_name", std::string());
        made.periods = wish.value("periods", 0);
        made.plan = wish.value("plan", std::string());
        made.partial = wish.value("partial", false);
        made.no_credit = wish.value("no_credit", false);
        return made;
    }
    [[nodiscard]] acquiring::trade_request order(const std::string& key, const currency& unit) const {
        acquiring::trade_request made(kind, key, {}, handle);
        if (total) made.total = amount(*total, unit);
        made.authorization = authorization;
        if (!subject.empty()) made.subject = subject;
        made.gateway = gateway;
        made.instalment = {periods, plan, '0'};
        if (partial) made.partial = acquiring::partial_approval::accept;
        if (no_credit) made.funds = ports::order_funds::no_credit;
        return made;
    }
};

/// A payment under way.
struct terminal_desk::flight {
    std::string key;
    const cli::till_trade* row = nullptr;
    asked what;
    std::optional<payment> known; ///< what the key has already, and is not decided
    call bounds{std::chrono::seconds(0)};
    std::string who;     ///< asks for it
    bool acting = false; ///< the till has been told
    std::stop_source stop;
    std::string stage = "waiting";
    bool may_cancel = true;
    bool ended = false;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::list<std::shared_ptr<waiter>> waiters;
};

terminal_desk::terminal_desk(till at, const workshop& with)
    : id_(at.terminal().terminal_id)
    , at_(std::move(at))
    , with_(with) {}

terminal_desk::~terminal_desk() = default;

void terminal_desk::trade(const cli::till_trade& row, private_wish wish, const std::string& who,
    std::chrono::seconds wait, answer_sink tell) {
    const auto key = wish->at("key").get<std::string>();
    if (const auto there = flights_.find(key); there != flights_.end()) {
        if (there->second->row != &row) return tell(refused(desk_error(acquiring_errc::key_reused, row.verb, "key")));
        return join(there->second, std::move(wish), who, wait, std::move(tell));
    }
    if (flights_.size() >= most_flights) return tell(refused(desk_error(acquiring_errc::busy, row.verb, "terminal")));
    std::erase_if(refusals_, [&](const auto& one) { return one.first == key; });
    const auto one = std::make_shared<flight>();
    one->key = key;
    one->row = &row;
    one->who = who;
    one->what = asked::of(row, *wish);
    one->bounds = call(time_of(*wish), one->stop.get_token());
    flights_.emplace(key, one);
    wait_for(one, wait, std::move(tell));
    prepare(one, std::move(wish));
}

void terminal_desk::join(const std::shared_ptr<flight>& one, private_wish wish, const std::string& who,
    std::chrono::seconds wait, answer_sink tell) {
    auto what = asked::of(*one->row, *wish);
    what.no_credit = one->what.no_credit; // no record has it: the same request before a restart and after it
    if (what == one->what) return wait_for(one, wait, std::move(tell));
    const auto reused = [](const flight& of) {
        return refused(desk_error(acquiring_errc::key_reused, of.row->verb, "key"));
    };
    if (!one->row->has('o')) return tell(reused(*one));
    // The journal says whether a key and a handle are of one original, and what is left of it.
    asio::post(with_.journal, [this, one, reused, what = std::move(what), wish = std::move(wish), who, wait,
                                  tell = std::move(tell)]() mutable {
        const auto mine = resolved(*one->row, std::move(what));
        const auto its = resolved(*one->row, one->what);
        asio::post(with_.io, [this, one, reused, mine, same = mine && its && *mine == *its, wish = std::move(wish),
                                 who, wait, tell = std::move(tell)]() mutable {
            if (!mine) return tell(refused(error(mine.error()).in_field("original")));
            if (!same) return tell(reused(*one));
            if (one->ended) return trade(*one->row, std::move(wish), who, wait, std::move(tell));
            wait_for(one, wait, std::move(tell));
        });
    });
}

void terminal_desk::wait_for(const std::shared_ptr<flight>& one, std::chrono::seconds wait, answer_sink tell) {
    if (wait.count() == 0) return tell(told(so_far(*one), 202));
    if (one->waiters.size() >= most_waiters) {
        one->waiters.front()->timer.cancel();
        one->waiters.front()->tell(told(so_far(*one), 202));
        one->waiters.pop_front();
    }
    const auto who = std::make_shared<waiter>(with_.io, std::move(tell));
    one->waiters.push_back(who);
    who->timer.expires_after(wait);
    who->timer.async_wait([this, weak = std::weak_ptr(who), of = std::weak_ptr(one)](const auto& stopped) {
        const auto self = weak.lock();
        const auto trade = of.lock();
        if (stopped || !self || !trade || trade->ended) return;
        trade->waiters.remove(self);
        self->tell(told(so_far(*trade), 202));
    });
}

result<terminal_desk::asked> terminal_desk::resolved(const cli::till_trade& row, asked what) {
    if (!row.has('o')) return what;
    CIPHERLANE_TRY(const auto found, look_up(what.original, what.by_handle));
    what.handle = found.handle;
    what.original.clear();
    what.by_handle = false;
    if (row.has('A') && !what.total) what.total = found.approved.minor();
    return what;
}

/// What needs the journal before the trade can be asked for: its original, and what its key has already. A key that
/// was used gets what became of it, whatever the terminal is at, and nobody's code is asked for.
void terminal_desk::prepare(const std::shared_ptr<flight>& one, private_wish wish) {
    asio::post(with_.journal, [this, one, wish = std::move(wish)] {
        const auto& row = *one->row;
        const auto what = resolved(row, one->what);
        if (!what) return end_later(one, error(what.error()).in_field("original"));
        auto order = what->order(one->key, at_.terminal().unit);
        const bool has_code = wish->contains("code");
        if (has_code) order.payment_code = std::string_view(wish->at("code").get_ref<const std::string&>());
        auto known = acquiring::lookup(at_.journal(), id_, order, call(journal_time));
        if (!known) return end_later(one, known.error());
        if (*known) {
            if ((*known)->decided()) return end_later(one, **std::move(known));
            one->known = **std::move(known);
        }
        if (!row.has('q') || has_code) return begin(one, std::move(order));
        if (one->known) return ask_again(one, one->known->handle);
        scan(one, std::move(order));
    });
}

/// The other side is asked what has become of a payment whose code nobody has any more.
void terminal_desk::ask_again(const std::shared_ptr<flight>& one, std::uint64_t handle) {
    at_.async_recover(acquiring::recovery_request(handle), one->bounds,
        asio::bind_executor(with_.io.get_executor(), [this, one](const result<std::vector<payment>>& how) {
            if (how && how->size() == 1) return end(one, how->front());
            end(one, how ? *one->known : result<payment>(how.error()));
        }));
}

void terminal_desk::scan(const std::shared_ptr<flight>& one, acquiring::trade_request wish) {
    // As with every trade: one at a time, unless the settings say that others wait.
    if (scanning_.fetch_add(1) > 0 && !at_.terminal().queue) {
        --scanning_;
        return end_later(one, desk_error(acquiring_errc::busy, one->row->verb, "terminal"));
    }
    asio::post(with_.scanner, [this, one, order = std::move(wish)]() mutable {
        auto code = at_.scan_payment_code(one->bounds);
        --scanning_;
        if (!code) return end_later(one, code.error());
        order.payment_code = *std::move(code);
        begin(one, std::move(order));
    });
}

void terminal_desk::begin(const std::shared_ptr<flight>& one, acquiring::trade_request wish) {
    auto done = [this, one] {
        return asio::bind_executor(
            with_.io.get_executor(), [this, one](const result<payment>& how) { end(one, how); });
    };
    if (!one->who.empty()) {
        if (const auto named = at_.act_as(one->who, one->key); !named) return end_later(one, named.error());
        one->acting = true;
    }
    auto order = cli::order_of(*one->row, std::move(wish));
    if (auto* undoes = std::get_if<acquiring::void_request>(&order))
        return at_.async_void_payment(std::move(*undoes), one->bounds, done());
    if (auto* returns = std::get_if<acquiring::refund_request>(&order))
        return at_.async_refund(std::move(*returns), one->bounds, done());
    at_.async_trade(std::get<acquiring::trade_request>(std::move(order)), one->bounds, done());
}

void terminal_desk::end_later(const std::shared_ptr<flight>& one, result<payment> how) {
    asio::post(with_.io, [this, one, how = std::move(how)] { end(one, how); });
}

void terminal_desk::end(const std::shared_ptr<flight>& one, const result<payment>& told) {
    auto how = told;
    if (!how && one->known) { // no error: that would mean that nothing is pending
        how = *one->known;
        how->why = told.error();
    }
    one->ended = true;
    if (one->acting) at_.act_done(one->key);
    flights_.erase(one->key);
    auto answer = answer_of(how);
    json event;
    if (how) {
        ++counts_.outcomes[{one->row->verb, std::string(to_string(how->outcome))}];
        event = cli::to_json(*how);
    } else {
        const auto why = error_json(how.error());
        ++counts_.conditions[{one->row->verb, why.at("condition").get<std::string>()}];
        refusals_.emplace_back(one->key, how.error());
        if (refusals_.size() > most_refusals) refusals_.pop_front();
        event = {{"terminal", id_}, {"key", one->key}, {"trade", one->row->verb}, {"error", why}};
    }
    ++counts_.ended;
    counts_.taken +=
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - one->began);
    with_.events->publish("payment", id_, text_of(event));
    for (const auto& who : std::exchange(one->waiters, {})) {
        who->timer.cancel();
        who->tell(answer);
    }
}

json terminal_desk::so_far(const flight& one) const {
    return {{"under_way", true}, {"terminal", id_}, {"key", one.key}, {"trade", one.row->verb}, {"stage", one.stage},
        {"cancel", one.may_cancel ? "possible" : "too late"}};
}

json terminal_desk::under_way() const {
    auto made = json::array();
    for (const auto& [key, one] : flights_)
        made.push_back(so_far(*one));
    return made;
}

void terminal_desk::reached(const acquiring::stage_event& what) {
    const bool may_cancel = what.cancel == acquiring::cancelling::possible;
    if (const auto found = flights_.find(what.key); found != flights_.end()) {
        found->second->stage = to_string(what.at);
        found->second->may_cancel = may_cancel;
    }
    with_.events->publish("stage", id_, json_line(what, id_));
}

result<payment> terminal_desk::look_up(const std::string& name, bool by_handle) {
    const auto missing = [] { return desk_error(acquiring_errc::no_original, "lookup", "key"); };
    const call bounds(journal_time);
    if (!by_handle) {
        CIPHERLANE_TRY(auto found, at_.lookup(name, bounds));
        return found ? result<payment>(*std::move(found)) : result<payment>(missing());
    }
    const auto handle = number_in(name);
    if (!handle) return missing();
    CIPHERLANE_TRY(auto found, at_.lookup(*handle, bounds));
    return found ? result<payment>(*std::move(found)) : result<payment>(missing());
}

template <class Work>
void terminal_desk::by_journal(answer_sink tell, Work work) {
    asio::post(with_.journal, [tell = std::move(tell), work = std::move(work)]() mutable {
        result<json> made = work();
        tell(made ? told(*made) : refused(made.error()));
    });
}

void terminal_desk::find(const std::string& name, bool by_handle, std::chrono::seconds wait, answer_sink tell) {
    if (const auto there = flights_.find(name); !by_handle && there != flights_.end())
        return wait_for(there->second, wait, std::move(tell));
    const auto refusal = std::find_if(
        refusals_.begin(), refusals_.end(), [&](const auto& one) { return !by_handle && one.first == name; });
    std::optional<error> why;
    if (refusal != refusals_.end()) why = refusal->second;
    by_journal(std::move(tell), [this, name, by_handle, why]() -> result<json> {
        auto found = look_up(name, by_handle);
        if (found) return cli::to_json(*found);
        const bool unused = found.error().code() == make_error_code(acquiring_errc::no_original);
        return unused && why ? *why : found.error();
    });
}

void terminal_desk::cancel(const std::string& key, const answer_sink& tell) {
    const auto found = flights_.find(key);
    if (found == flights_.end()) {
        return tell(refused(desk_error(acquiring_errc::no_original, "cancel", "key")
                                .with_hint("expected the key of a payment under way")));
    }
    const auto one = found->second;
    tell(told(so_far(*one), 202));
    one->stop.request_stop();
}

void terminal_desk::acknowledge(const std::string& name, bool by_handle, answer_sink tell) {
    by_journal(std::move(tell), [this, name, by_handle]() -> result<json> {
        CIPHERLANE_TRY(const auto found, look_up(name, by_handle));
        CIPHERLANE_CHECK(at_.acknowledge(found, call(journal_time)));
        return json{{"acknowledged", true}, {"key", found.key}, {"handle", found.handle}};
    });
}

void terminal_desk::receipt(const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell) {
    const auto whose = wish.value("copy", std::string("cardholder"));
    const auto columns = wish.value("columns", std::size_t{32});
    by_journal(std::move(tell), [this, name, by_handle, whose, columns]() -> result<json> {
        CIPHERLANE_TRY(const auto found, look_up(name, by_handle));
        const auto copy = whose == "merchant" ? receipt_copy::merchant : receipt_copy::cardholder;
        return json{{"key", found.key}, {"handle", found.handle}, {"copy", whose},
            {"receipt", at_.receipt(found, copy, columns)}};
    });
}

void terminal_desk::print(const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell) {
    const auto copy =
        wish.value("copy", std::string()) == "merchant" ? receipt_copy::merchant : receipt_copy::cardholder;
    asio::post(with_.printer, [this, name, by_handle, copy, bounds = call(time_of(wish)), tell = std::move(tell)] {
        const auto found = look_up(name, by_handle);
        if (!found) return tell(refused(found.error()));
        const auto report = at_.print_receipt(*found, copy, bounds);
        if (!report) return tell(refused(report.error()));
        json made{{"key", found->key}, {"handle", found->handle},
            {"printed", report->what == ports::print_report::progress::printed},
            {"reprint", report->carries == ports::print_report::mark::reprint}};
        if (report->why) made["why"] = report->why->to_string();
        tell(told(made));
    });
}

void terminal_desk::open_drawer(answer_sink tell) {
    asio::post(with_.printer, [this, tell = std::move(tell)] {
        const auto done = at_.open_drawer(call(journal_time));
        tell(done ? told({{"opened", true}}) : refused(done.error()));
    });
}

void terminal_desk::records(const nlohmann::json& wish, answer_sink tell) {
    const auto of = wish.value("of", std::string("open"));
    const auto number = wish.value("batch", std::uint32_t{0});
    by_journal(std::move(tell), [this, of, number]() -> result<json> {
        const call bounds(journal_time);
        auto& journal = at_.journal();
        if (of == "open") {
            CIPHERLANE_TRY(const auto found, journal.open_records(id_, bounds));
            return json{{"records", rows_of(found)}};
        }
        if (of == "untold") {
            CIPHERLANE_TRY(const auto found, journal.untold_records(id_, bounds));
            return json{{"records", rows_of(found)}};
        }
        CIPHERLANE_TRY(const auto state, journal.terminal(id_, bounds));
        const auto batch = number == 0 ? state.batch : number;
        CIPHERLANE_TRY(const auto found, journal.batch_records(id_, batch, bounds));
        CIPHERLANE_TRY(const auto totals, journal.totals(id_, batch, bounds));
        return json{{"records", rows_of(found)}, {"batch", batch}, {"totals", cli::to_json(totals)}};
    });
}

void terminal_desk::notices(answer_sink tell) {
    by_journal(std::move(tell), [this]() -> result<json> {
        CIPHERLANE_TRY(const auto left, at_.notices(call(journal_time)));
        auto rows = json::array();
        for (const auto& one : left)
            rows.push_back(cli::to_json(one));
        return json{{"notices", std::move(rows)}};
    });
}

void terminal_desk::acknowledge_notice(const std::string& number, const std::string& who, answer_sink tell) {
    if (const auto may = may_decide(who); !may) return tell(refused(may.error()));
    by_journal(std::move(tell), [this, number]() -> result<json> {
        const auto notice = number_in(number);
        if (!notice) return desk_error(acquiring_errc::no_original, "acknowledge", "notice");
        CIPHERLANE_CHECK(at_.acknowledge_notice(*notice, call(journal_time)));
        return json{{"acknowledged", true}, {"notice", *notice}};
    });
}

/// Figures as whole numbers, as all of the service's are.
result<json> terminal_desk::routes_now() {
    CIPHERLANE_TRY(const auto all, at_.gateway_routes(call(journal_time)));
    auto rows = json::array();
    const auto places = at_.settings().gateways();
    for (const auto& one : all) {
        const auto place =
            std::find_if(places.begin(), places.end(), [&](const auto& each) { return each.name == one.host; });
        const auto whole = [](double value) { return static_cast<std::int64_t>(std::llround(value)); };
        json row{{"gateway", one.host}, {"up", one.state.up}, {"closed", one.state.closed}, {"pinned", one.pinned},
            {"success_ppm", whole(one.state.success * 1e6)}, {"mean_ms", whole(one.state.mean_seconds * 1e3)},
            {"orders", one.state.payments}, {"undecided", one.undecided}};
        row["fee_ppm"] = place == places.end() ? 0 : place->fee_ppm;
        row["fee_minor"] = place == places.end() ? 0 : place->fee_minor;
        rows.push_back(std::move(row));
    }
    return json{{"routes", std::move(rows)}};
}

void terminal_desk::gateway_routes(answer_sink tell) {
    by_journal(std::move(tell), [this] { return routes_now(); });
}

void terminal_desk::set_gateway_route(const nlohmann::json& wish, const std::string& who, answer_sink tell) {
    if (const auto may = may_decide(who); !may) return tell(refused(may.error()));
    by_journal(std::move(tell), [this, wish]() -> result<json> {
        CIPHERLANE_TRY(const auto hand, route_hand::of(at_.settings()));
        const auto named = [&wish](const char* word) { return wish.value(word, std::string()); };
        // All words are carried out, or none: a name that no route has is found before the first one is.
        for (const char* word : {"pin", "close", "reopen"}) {
            if (const auto name = named(word); !name.empty()) CIPHERLANE_CHECK(has_route(hand, name, word));
        }
        if (!named("pin").empty()) CIPHERLANE_CHECK(hand.pin(named("pin")));
        if (wish.value("unpin", false)) CIPHERLANE_CHECK(hand.pin({}));
        if (!named("close").empty()) CIPHERLANE_CHECK(hand.close(named("close")));
        if (!named("reopen").empty()) CIPHERLANE_CHECK(hand.reopen(named("reopen")));
        return routes_now();
    });
}

void terminal_desk::enter(
    const std::string& operator_id, secret_bytes secret, std::function<void(const result<shift_report>&)> done) {
    asio::post(with_.journal, [this, operator_id, secret = std::move(secret), done = std::move(done)]() mutable {
        asio::post(with_.io,
            [this, operator_id, done = std::move(done), made = at_.enter(operator_id, secret, call(journal_time))] {
                if (made) rights_.insert_or_assign(operator_id, made->rights);
                done(made);
            });
    });
}

void terminal_desk::close_shift(
    const nlohmann::json& wish, const std::string& who, std::function<void(const result<shift_report>&)> done) {
    asio::post(with_.scanner,
        [this, who, bounds = call(time_of(wish), errands_stop_.get_token()), done = std::move(done)]() mutable {
            asio::post(with_.io, [done = std::move(done), made = at_.close_shift_of(who, bounds)] { done(made); });
        });
}

void terminal_desk::shifts(const nlohmann::json& wish, answer_sink tell) {
    const auto of = wish.value("operator", std::string());
    const auto limit = wish.value("limit", std::size_t{20});
    by_journal(std::move(tell), [this, of, limit]() -> result<json> {
        CIPHERLANE_TRY(const auto all, at_.shifts(of.empty() ? limit : most_shifts, call(journal_time)));
        auto rows = json::array();
        for (const auto& one : all) {
            if (rows.size() < limit && (of.empty() || one.operator_id == of)) rows.push_back(cli::to_json(one));
        }
        return json{{"shifts", std::move(rows)}};
    });
}

void terminal_desk::run(
    const std::string& name, const nlohmann::json& wish, answer_sink tell, const errand_start& begin) {
    auto& waiters = errands_[name];
    const bool fresh = waiters.empty();
    if (waiters.size() >= most_waiters) return tell(refused(desk_error(acquiring_errc::busy, name, "terminal")));
    waiters.push_back(std::move(tell));
    if (fresh) begin(call(time_of(wish), errands_stop_.get_token()));
}

void terminal_desk::wind_up() {
    errands_stop_.request_stop();
    for (const auto& [key, one] : flights_)
        one->stop.request_stop();
}

void terminal_desk::errand_ended(const std::string& name, const result<json>& how) {
    auto ended = errands_.extract(name);
    if (ended.empty()) return;
    const auto answer = how ? told(*how) : refused(how.error());
    json event{{"terminal", id_}, {"what", name.substr(0, name.find('#'))}};
    if (how) {
        event["result"] = *how;
    } else {
        event["error"] = error_json(how.error());
    }
    with_.events->publish("done", id_, text_of(event));
    for (const auto& tell : ended.mapped())
        tell(answer);
}

/// What follows is asked for by an operator, where one has said so.
result<void> terminal_desk::act(const std::string& who, const std::string& key) {
    return who.empty() ? result<void>() : at_.act_as(who, key);
}

/// The service has seen to it that `who` is one whose session lasts.
result<void> terminal_desk::may_decide(const std::string& who) {
    if (at_.settings().clerks.file.empty()) return {};
    const auto refusal = [](till_errc what, const std::string& hint) {
        return error(what, layer::tools).during("duty").in_field(to_string(right::decide)).with_hint(hint);
    };
    const auto found = rights_.find(who);
    if (found == rights_.end()) return refusal(till_errc::nobody_on_duty, "expected an operator who has signed on");
    const auto& own = found->second;
    if (std::find(own.begin(), own.end(), right::decide) != own.end()) return {};
    return refusal(till_errc::no_right, "operator " + who + " may not do this");
}

std::function<void()> terminal_desk::acted(const std::string& who, const std::string& key) {
    if (who.empty()) return [] {};
    return [this, key] { at_.act_done(key); };
}

template <class Outcome, class ToJson>
auto terminal_desk::ending(std::string name, ToJson to, std::function<void()> before) {
    return asio::bind_executor(with_.io.get_executor(),
        [this, name = std::move(name), to, before = std::move(before)](const result<Outcome>& how) {
            before();
            errand_ended(name, how ? result<json>(to(*how)) : result<json>(how.error()));
        });
}

void terminal_desk::recover(const nlohmann::json& wish, answer_sink tell) {
    run("recover", wish, std::move(tell), [this](const call& bounds) {
        at_.async_recover({}, bounds, ending<std::vector<payment>>("recover", recovered));
    });
}

void terminal_desk::recover_one(
    const std::string& name, bool by_handle, const nlohmann::json& wish, answer_sink tell) {
    const auto errand = "recover#" + std::to_string(++last_errand_);
    run(errand, wish, std::move(tell), [this, errand, name, by_handle](const call& bounds) {
        asio::post(with_.journal, [this, errand, name, by_handle, bounds] {
            auto done = ending<std::vector<payment>>(errand, recovered);
            const auto found = look_up(name, by_handle);
            if (!found)
                return asio::post(with_.io, [this, errand, why = found.error()] { errand_ended(errand, why); });
            at_.async_recover(acquiring::recovery_request(found->handle), bounds, std::move(done));
        });
    });
}

void terminal_desk::decide(
    const std::string& name, bool by_handle, const nlohmann::json& wish, const std::string& who, answer_sink tell) {
    const auto errand = "decide#" + std::to_string(++last_errand_);
    run(errand, wish, std::move(tell), [this, errand, name, by_handle, wish, who](const call& bounds) {
        asio::post(with_.journal, [this, errand, name, by_handle, wish, who, bounds] {
            const auto found = look_up(name, by_handle);
            const auto named = found ? act(who, found->key) : result<void>(found.error());
            if (!named)
                return asio::post(with_.io, [this, errand, why = named.error()] { errand_ended(errand, why); });
            const auto finding = wish.at("found") == "paid" ? acquiring::finding::paid : acquiring::finding::not_paid;
            acquiring::decision_request what(found->handle, finding, wish.at("note").get<std::string>());
            if (wish.contains("moved"))
                what.moved = amount(wish.at("moved").get<std::int64_t>(), found->requested.unit());
            at_.async_decide(std::move(what), bounds,
                ending<payment>(
                    errand, [](const payment& one) { return cli::to_json(one); }, acted(who, found->key)));
        });
    });
}

void terminal_desk::settle(const nlohmann::json& wish, const std::string& who, answer_sink tell) {
    acquiring::settlement_request request;
    if (wish.value("close_batch", false)) request.refused = acquiring::after_refusal::close_batch;
    run("settle", wish, std::move(tell), [this, request, who](const call& bounds) {
        if (const auto named = act(who, {}); !named)
            return asio::post(with_.io, [this, why = named.error()] { errand_ended("settle", why); });
        at_.async_settle(request, bounds,
            ending<acquiring::settlement_report>(
                "settle",
                [this](const acquiring::settlement_report& report) {
                    auto made = cli::to_json(report);
                    made["slip"] = at_.settlement_slip(report);
                    last_settlement_ = made;
                    return made;
                },
                acted(who, {})));
    });
}

/// The answer that was given, or what the journal has of one that nobody was there for.
void terminal_desk::last_settlement(answer_sink tell) {
    by_journal(std::move(tell), [this, given = last_settlement_]() -> result<json> {
        CIPHERLANE_TRY(const auto found, cipherlane::last_settlement(at_, call(journal_time)));
        if (given && (!found || given->at("batch") == found->batch)) return *given;
        if (!found)
            return desk_error(acquiring_errc::no_original, "settlement", "terminal")
                .with_hint("no batch has been closed, or another settlement has begun since");
        auto made = cli::to_json(*found);
        made["slip"] = at_.settlement_slip(*found);
        return made;
    });
}

void terminal_desk::sign_in(const nlohmann::json& wish, answer_sink tell) {
    acquiring::sign_in_request request;
    request.begin_batch = wish.value("batch", std::uint32_t{0});
    run("sign-in", wish, std::move(tell), [this, request](const call& bounds) {
        at_.async_sign_in(request, bounds,
            ending<acquiring::sign_in_report>("sign-in", [](const auto& report) { return cli::to_json(report); }));
    });
}

void terminal_desk::balance(const nlohmann::json& wish, answer_sink tell) {
    const auto errand = "balance#" + std::to_string(++last_errand_);
    run(errand, wish, std::move(tell), [this, errand](const call& bounds) {
        at_.async_balance(bounds,
            ending<acquiring::balance_report>(errand, [](const auto& report) { return cli::to_json(report); }));
    });
}

void terminal_desk::ask(const nlohmann::json& wish, answer_sink tell) {
    const auto what = acquiring::find_service(wish.at("service").get<std::string>());
    if (!what) {
        return tell(
            refused(desk_error(acquiring_errc::bad_request, "ask", "service")
                        .with_hint("expected sign-off, echo, master-key, status, parameters, CA-keys, "
                                   "SM-CA-keys, AIDs, contactless-parameters, small-amount-BINs, blacklist or "
                                   "card-BINs")));
    }
    const auto errand = "ask#" + std::to_string(++last_errand_);
    run(errand, wish, std::move(tell), [this, errand, what](const call& bounds) {
        at_.async_ask_host(*what, bounds, ending<acquiring::service_report>(errand, [what](const auto& report) {
            return cli::to_json(*what, report);
        }));
    });
}

} // namespace cipherlane::service
