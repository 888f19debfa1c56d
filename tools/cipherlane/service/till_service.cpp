#include "cipherlane/service/till_service.hpp"

#include "cipherlane/payment_json.hpp"
#include "cipherlane/service/answers.hpp"
#include "cipherlane/service/metrics.hpp"
#include "cipherlane/service/operator_sessions.hpp"
#include "cipherlane/service/service_table.hpp"
#include "cipherlane/service/terminal_desk.hpp"
#include "cipherlane/service/url_text.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/till_json.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>

namespace cipherlane::service {

using json = nlohmann::ordered_json;
namespace asio = boost::asio;

namespace {

constexpr std::size_t journal_threads = 4;
constexpr std::size_t most_scanner_threads = 64;
constexpr std::size_t most_printer_threads = 8;
constexpr std::chrono::seconds status_time{3};
constexpr std::int64_t usual_wait = 120;
constexpr std::int64_t usual_idle_minutes = 15;
/// How long what has left is waited for: a host's time to answer, and its reversal.
constexpr std::chrono::seconds wind_up_time{110};
constexpr std::chrono::milliseconds wind_up_step{20};

error not_now() {
    return error(acquiring_errc::lane_closed, layer::tools).during("service").with_hint("it is being stopped");
}

/// What a till tells while it works, as events. One for each settings file; called on its terminals' threads.
class till_watch final : public acquiring::timeline {
  public:
    till_watch(asio::io_context& io, std::shared_ptr<event_log> events)
        : io_(io)
        , events_(std::move(events)) {}

    /// Before any of them works.
    void add(terminal_desk& one) { desks_.push_back(&one); }

    void on_entry(const acquiring::timeline_entry& entry) noexcept override {
        events_->publish("entry", entry.terminal_id, json_line(entry));
    }
    void on_alert(const acquiring::alert& what) noexcept override {
        events_->publish("alert", what.record.terminal_id, json_line(what));
    }
    void on_stage(const acquiring::stage_event& what) noexcept override {
        for (auto* desk : desks_)
            if (desk->is_mine()) asio::post(io_, [desk, what] { desk->reached(what); });
    }

  private:
    asio::io_context& io_;
    const std::shared_ptr<event_log> events_;
    std::vector<terminal_desk*> desks_;
};

std::string random_name() {
    bytes data(4);
    (void)crypto::random_fill(data);
    return to_hex(data);
}

bool by_handle(const nlohmann::json& query) {
    return query.value("by", std::string("key")) == "handle";
}

std::chrono::seconds wait_of(const nlohmann::json& query, std::int64_t usual) {
    return std::chrono::seconds(query.value("wait", usual));
}

} // namespace

struct till_service::impl {
    impl(asio::io_context& on, std::size_t terminals)
        : io(on)
        , journal(journal_threads)
        , scanner(std::min(most_scanner_threads, terminals * 2))
        , printer(std::min(most_printer_threads, terminals * 2))
        , winding(on) {}
    ~impl() {
        door.reset();
        journal.join();
        scanner.join();
        printer.join();
    }
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    result<void> open_till(till_settings settings, const logger& log, const call& bounds);
    terminal_desk* desk_of(const std::string& terminal) {
        const auto found =
            std::find_if(desks.begin(), desks.end(), [&](const auto& one) { return one->id() == terminal; });
        return found == desks.end() ? nullptr : found->get();
    }

    void serve(http_request request, answer_sink tell);
    static void serve_trade(terminal_desk& at, http_request& request, const nlohmann::json& query,
        const std::string& who, answer_sink tell);
    void serve_terminal(const route& row, terminal_desk& at, const std::string& key, const nlohmann::json& query,
        const nlohmann::json& wish, const std::string& who, answer_sink tell);
    void serve_sign_on(terminal_desk& at, http_request& request, const answer_sink& tell);
    void serve_sign_off(terminal_desk& at, const http_request& request, const answer_sink& tell);
    void serve_close_shift(terminal_desk& at, const nlohmann::json& wish, const std::string& who, answer_sink tell);
    /// Who asks; empty where nobody has to say.
    [[nodiscard]] result<std::string> asked_by(
        const route& row, const std::string& terminal, const http_request& request);
    void serve_all(const route& row, const http_request& request, const nlohmann::json& query, answer_sink tell);

    [[nodiscard]] std::vector<terminal_view> views() const;
    /// Asks the journals, then makes the answer.
    void with_status(answer_sink tell, std::function<http_answer(std::vector<terminal_view>)> make);
    [[nodiscard]] static http_answer health(const std::vector<terminal_view>& all);
    void wait_until_idle(const deadline& until, const std::function<void()>& done);

    asio::io_context& io;
    std::shared_ptr<event_log> events = std::make_shared<event_log>(random_name());
    std::vector<std::unique_ptr<till_watch>> watches; ///< outlive the tills
    asio::thread_pool journal;
    asio::thread_pool scanner; ///< one that waits for a code holds up no receipt
    asio::thread_pool printer;
    std::vector<std::unique_ptr<terminal_desk>> desks;
    asio::steady_timer winding;
    operator_sessions sessions;
    std::unique_ptr<http_door> door;
    bool closing = false;
};

result<void> till_service::impl::open_till(till_settings settings, const logger& log, const call& bounds) {
    auto watch = std::make_unique<till_watch>(io, events);
    till_parts with;
    with.log = log;
    with.observer = lend<acquiring::timeline>(*watch);
    CIPHERLANE_TRY(auto all, till::open(std::move(settings), std::move(with), bounds));
    for (const auto& name : all.terminals()) {
        if (desk_of(name) != nullptr) {
            return error(till_errc::in_use, layer::tools)
                .during("open")
                .in_field("terminal.id")
                .with_hint("found " + name + " in two settings files, expected each number once");
        }
        CIPHERLANE_TRY(auto one, all.at(name));
        desks.push_back(
            std::make_unique<terminal_desk>(std::move(one), workshop{io, journal, scanner, printer, events}));
        watch->add(*desks.back());
    }
    watches.push_back(std::move(watch));
    return {};
}

void till_service::impl::serve(http_request request, answer_sink tell) {
    const auto segments = segments_of(request.path);
    auto found = segments ? find_route(request.method, *segments) : found_route();
    if (found.row == nullptr) return tell(no_such_path(found.allowed));
    const auto& row = *found.row;
    const auto query = read_query(request.query, row.query);
    if (!query) return tell(refused(query.error()));
    if (found.names.empty()) return serve_all(row, request, *query, std::move(tell));
    auto* const desk = desk_of(found.names.front());
    if (desk == nullptr) {
        return tell(refused(
            error(till_errc::no_such_terminal, layer::tools).during("service").in_field(found.names.front())));
    }
    if (closing) {
        auto no = refused(not_now());
        no.status = 503;
        return tell(std::move(no));
    }
    const auto who = asked_by(row, desk->id(), request);
    if (!who) return tell(refused(who.error()));
    if (row.what == operation::trade) return serve_trade(*desk, request, *query, *who, std::move(tell));
    if (row.what == operation::sign_on) return serve_sign_on(*desk, request, tell);
    if (row.what == operation::sign_off) return serve_sign_off(*desk, request, tell);
    auto wish = read_body(request.body, row.body);
    if (!wish) return tell(refused(wish.error()));
    const auto key = found.names.size() > 1 ? found.names[1] : std::string();
    serve_terminal(row, *desk, key, *query, *wish, *who, std::move(tell));
}

result<std::string> till_service::impl::asked_by(
    const route& row, const std::string& terminal, const http_request& request) {
    const auto& shown = request.operator_session;
    const bool nobody =
        row.session == shown_session::none || (shown.empty() && row.session == shown_session::where_there_are);
    if (nobody) return std::string();
    return sessions.find(terminal, shown.expose(), operator_sessions::clock::now());
}

namespace {

void wipe_body(http_request& request) {
    wipe(std::span(reinterpret_cast<std::uint8_t*>(request.body.data()), request.body.size()));
}

/// The session stands in the text alone, which the door wipes.
http_answer signed_on(const wiped_text& session, std::int64_t idle_minutes, const shift_report& shift) {
    const auto rest = text_of(json{{"idle_minutes", idle_minutes}, {"shift", cli::to_json(shift)}});
    http_answer made;
    made.body.reserve(rest.size() + session.expose().size() + 20);
    made.body.append("{\"session\":\"").append(session.expose()).append("\",").append(rest, 1).append("\n");
    return made;
}

} // namespace

void till_service::impl::serve_sign_on(terminal_desk& at, http_request& request, const answer_sink& tell) {
    auto read = read_object(request.body);
    wipe_body(request);
    if (!read) return tell(refused(read.error()));
    const private_wish wish(*std::move(read));
    const auto* const row = find_route("POST", {"v1", "terminals", at.id(), "sign-on"}).row;
    if (const auto judged = judge(*wish, row->body); !judged) return tell(refused(judged.error()));
    const auto who = wish->at("operator").get<std::string>();
    const auto idle = wish->value("idle_minutes", usual_idle_minutes);
    secret_bytes secret(as_bytes(wish->at("secret").get_ref<const std::string&>()));
    at.enter(who, std::move(secret), [this, &at, who, idle, tell](const result<shift_report>& begun) {
        if (!begun) return tell(refused(begun.error()));
        const auto session =
            sessions.begin({at.id(), who}, std::chrono::minutes(idle), operator_sessions::clock::now());
        tell(session ? signed_on(*session, idle, *begun) : refused(session.error()));
    });
}

void till_service::impl::serve_sign_off(terminal_desk& at, const http_request& request, const answer_sink& tell) {
    const auto now = operator_sessions::clock::now();
    if (const auto left = sessions.end(at.id(), request.operator_session.expose(), now))
        at.at().leave(left->operator_id);
    tell(told({{"signed_off", true}}));
}

void till_service::impl::serve_close_shift(
    terminal_desk& at, const nlohmann::json& wish, const std::string& who, answer_sink tell) {
    at.close_shift(wish, who, [this, &at, who, tell = std::move(tell)](const result<shift_report>& ended) {
        if (!ended) return tell(refused(ended.error()));
        sessions.end_all({at.id(), who});
        tell(told(cli::to_json(*ended)));
    });
}

/// Which members there may be is said by the verb that the body names.
void till_service::impl::serve_trade(
    terminal_desk& at, http_request& request, const nlohmann::json& query, const std::string& who, answer_sink tell) {
    auto read = read_object(request.body);
    wipe_body(request);
    if (!read) return tell(refused(read.error()));
    private_wish wish(*std::move(read));
    std::string verbs;
    for (const auto& one : cli::till_trades)
        verbs.append(verbs.empty() ? "" : " ").append(one.verb);
    const member named{"trade", "Which", value_kind::text, presence::needed, 1, 16, verbs};
    auto judged = judge(*wish, named);
    const auto* trade = judged ? cli::find_till_trade(wish->at("trade").get_ref<const std::string&>()) : nullptr;
    if (trade != nullptr) judged = judge(*wish, members_of_trade(trade->verb));
    if (!judged) return tell(refused(judged.error()));
    at.trade(*trade, std::move(wish), who, wait_of(query, usual_wait), std::move(tell));
}

void till_service::impl::serve_terminal(const route& row, terminal_desk& at, const std::string& key,
    const nlohmann::json& query, const nlohmann::json& wish, const std::string& who, answer_sink tell) {
    const bool handle = by_handle(query);
    switch (row.what) {
    case operation::find: return at.find(key, handle, wait_of(query, 0), std::move(tell));
    case operation::cancel: return at.cancel(key, tell);
    case operation::acknowledge: return at.acknowledge(key, handle, std::move(tell));
    case operation::recover_one: return at.recover_one(key, handle, wish, std::move(tell));
    case operation::decide: return at.decide(key, handle, wish, who, std::move(tell));
    case operation::receipt: return at.receipt(key, handle, query, std::move(tell));
    case operation::print: return at.print(key, handle, wish, std::move(tell));
    case operation::records: return at.records(query, std::move(tell));
    case operation::notices: return at.notices(std::move(tell));
    case operation::acknowledge_notice: return at.acknowledge_notice(key, who, std::move(tell));
    case operation::gateway_routes: return at.gateway_routes(std::move(tell));
    case operation::set_gateway_route: return at.set_gateway_route(wish, who, std::move(tell));
    case operation::recover: return at.recover(wish, std::move(tell));
    case operation::settle: return at.settle(wish, who, std::move(tell));
    case operation::settlement: return at.last_settlement(std::move(tell));
    case operation::sign_in: return at.sign_in(wish, std::move(tell));
    case operation::balance: return at.balance(wish, std::move(tell));
    case operation::ask: return at.ask(wish, std::move(tell));
    case operation::drawer: return at.open_drawer(std::move(tell));
    case operation::close_shift: return serve_close_shift(at, wish, who, std::move(tell));
    case operation::shifts: return at.shifts(query, std::move(tell));
    case operation::terminal: break;
    default: return tell(no_such_path({}));
    }
    with_status(std::move(tell), [&at, now = at.under_way()](const std::vector<terminal_view>& all) {
        for (const auto& one : all)
            if (one.id == at.id()) return one.status ? told(terminal_json(one, now)) : refused(one.status.error());
        return no_such_path({});
    });
}

void till_service::impl::serve_all(
    const route& row, const http_request& request, const nlohmann::json& query, answer_sink tell) {
    switch (row.what) {
    case operation::open_api: return tell(told(open_api()));
    case operation::health: return with_status(std::move(tell), health);
    case operation::metrics:
        return with_status(std::move(tell), [counts = door->counters(), told = events->published()](const auto& all) {
            return http_answer{200, metrics_text(all, counts, told), "text/plain; version=0.0.4", {}, {}};
        });
    case operation::events: {
        http_answer stream;
        stream.events = {events, query.value("terminal", std::string()), request.last_event_id};
        return tell(std::move(stream));
    }
    case operation::terminals: break;
    default: return tell(no_such_path({}));
    }
    std::vector<json> under_way;
    for (const auto& one : desks)
        under_way.push_back(one->under_way());
    with_status(std::move(tell), [under_way](const std::vector<terminal_view>& all) {
        auto rows = json::array();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!all[i].status) return refused(all[i].status.error());
            rows.push_back(terminal_json(all[i], under_way[i]));
        }
        return told({{"terminals", std::move(rows)}});
    });
}

std::vector<terminal_view> till_service::impl::views() const {
    std::vector<terminal_view> all;
    for (const auto& one : desks)
        all.push_back({one->id(), one->recovering(), one->flights(), one->counts(), till_status()});
    return all;
}

void till_service::impl::with_status(answer_sink tell, std::function<http_answer(std::vector<terminal_view>)> make) {
    asio::post(journal, [this, all = views(), tell = std::move(tell), make = std::move(make)]() mutable {
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i].status = desks[i]->at().status(call(status_time));
        tell(make(std::move(all)));
    });
}

http_answer till_service::impl::health(const std::vector<terminal_view>& all) {
    bool ready = true;
    auto rows = json::array();
    for (const auto& one : all) {
        auto missing = json::array();
        if (!one.status)
            missing.push_back({{"part", "journal"}, {"state", "fails"}, {"why", one.status.error().to_string()}});
        if (one.recovering) missing.push_back({{"part", "recovery"}, {"state", "under way"}});
        if (one.status) {
            for (const auto& [part, state] : parts_of(*one.status))
                if (state == part_state::away) missing.push_back({{"part", part}, {"state", to_string(state)}});
        }
        json row{
            {"terminal", one.id}, {"ready", missing.empty()}, {"not_ready", missing}, {"recovering", one.recovering}};
        if (one.status) row["undecided"] = one.status->undecided;
        ready = ready && missing.empty();
        rows.push_back(std::move(row));
    }
    return told({{"ready", ready}, {"version", service_version}, {"terminals", std::move(rows)}}, ready ? 200 : 503);
}

till_service::till_service(std::unique_ptr<impl> body)
    : impl_(std::move(body)) {}

till_service::~till_service() = default;

result<std::unique_ptr<till_service>> till_service::open(
    asio::io_context& on, service_settings settings, logger log, const call& bounds) {
    CIPHERLANE_CHECK(settings.door.validate()); // before anything is opened
    std::size_t terminals = 0;
    for (const auto& one : settings.tills)
        terminals += one.terminals.size();
    auto body = std::make_unique<impl>(on, std::max<std::size_t>(terminals, 1));
    for (auto& one : settings.tills)
        CIPHERLANE_CHECK(body->open_till(std::move(one), log, bounds));
    CIPHERLANE_TRY(body->door, http_door::open(
                                   on, std::move(settings.door),
                                   [raw = body.get()](http_request request, answer_sink tell) {
                                       raw->serve(std::move(request), std::move(tell));
                                   },
                                   std::move(log)));
    if (settings.first == at_start::recover) {
        for (const auto& one : body->desks)
            one->recover(nlohmann::json::object(), [](const http_answer&) {});
    }
    return std::unique_ptr<till_service>(new till_service(std::move(body)));
}

const std::string& till_service::where() const noexcept {
    return impl_->door->where();
}

void till_service::wind_up(std::function<void()> done) {
    if (impl_->closing) return;
    impl_->closing = true;
    impl_->door->close();
    for (const auto& one : impl_->desks)
        one->wind_up();
    impl_->wait_until_idle(deadline::in(wind_up_time), done);
}

/// One step more after the last has ended: its answer is on its way.
void till_service::impl::wait_until_idle(const deadline& until, const std::function<void()>& done) {
    const bool idle = std::all_of(desks.begin(), desks.end(), [](const auto& one) { return one->idle(); });
    winding.expires_after(idle ? 5 * wind_up_step : wind_up_step);
    winding.async_wait([this, until, done, last = idle || until.passed()](boost::system::error_code stopped) {
        if (stopped) return;
        if (last) return done();
        wait_until_idle(until, done);
    });
}

} // namespace cipherlane::service
