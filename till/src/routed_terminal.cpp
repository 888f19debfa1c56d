#include "counter.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/host_word.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/journal.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/route_hand.hpp>
#include <cipherlane/till/routed_terminal.hpp>
#include <cipherlane/till/till.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <set>
#include <thread>

namespace cipherlane {
namespace {

using acquiring::payment;
using acquiring::verdict;
using routing::route_word;
using std::chrono::milliseconds;

constexpr std::size_t most_replayed = 2000;
constexpr std::chrono::seconds journal_time{10};
constexpr std::chrono::seconds care_time{150}; ///< a host's answers to the reversals of a terminal

error routing_error(till_errc what, std::string_view field) {
    return error(what, layer::till).during("routing").in_field(field);
}

/// A terminal with such a record sends nothing else before the host has answered its reversal.
bool is_first_undone(const ports::journal_record& record) {
    return ledger::row_of(record.kind).through == ledger::channel::host &&
           ledger::states::reverses.contains(ledger::state_if_found(record));
}

/// What a record says about its route.
route_word word_of(const ports::journal_record& record) {
    switch (ledger::word_on_host(record)) {
    case ledger::host_word::served: return route_word::answered;
    case ledger::host_word::failed: return route_word::failed;
    case ledger::host_word::silent: break;
    }
    return route_word::silent;
}

/// Likewise a payment that has just ended; it knows besides who has stopped it.
route_word word_of(const payment& what) {
    const auto host_or = [](bool failed) { return failed ? route_word::failed : route_word::answered; };
    switch (what.outcome) {
    case verdict::unknown: return route_word::silent;
    case verdict::not_sent:
    case verdict::reversed: return host_or(!what.unpaid || what.unpaid->by == acquiring::actor::host);
    case verdict::declined: return host_or(ledger::is_the_hosts_own(what.host_code));
    default: return route_word::answered;
    }
}

/// Whose fault an error is, of which nothing of the payment has come.
enum class fault : std::uint8_t {
    of_the_route, ///< its host cannot be reached, or serves the terminal with nothing
    of_the_hour,  ///< this terminal cannot now: it must settle, or undo something first
    of_others,    ///< caller, cardholder, a device, this machine
};

template <std::size_t Size>
bool is_any(const error& why, const std::array<acquiring_errc, Size>& of) {
    return std::any_of(of.begin(), of.end(), [&](auto one) { return why.code() == make_error_code(one); });
}

/// @param address of the host: a device may be at another one
fault fault_of(const error& why, std::string_view address) {
    using enum acquiring_errc;
    constexpr std::array by_host{
        sign_in_refused, bad_working_keys, check_value_wrong, bad_answer, answer_mac_wrong, host_silent};
    constexpr std::array by_hour{settlement_due, batch_full, reversal_pending};
    if (is_any(why, by_hour)) return fault::of_the_hour;
    if (is_any(why, by_host)) return fault::of_the_route;
    const bool link = why.where() == layer::hostlink || (why.where() == layer::net && why.endpoint() == address);
    const bool lost =
        why.is(condition::link_lost) || why.is(condition::timed_out) || why.is(condition::outcome_unknown);
    return link && lost ? fault::of_the_route : fault::of_others;
}

} // namespace

struct routed_terminal::impl {
    struct way {
        till at;
        std::string address; ///< of its host
        milliseconds next_care{};
    };

    impl(std::vector<way> all, std::vector<routing::route> routes, const till_settings::routing_place& place,
        route_hand file, assembly::counter& parts)
        : ways(std::move(all))
        , by_hand(std::move(file))
        , how(place.how)
        , router(std::move(routes), place.how)
        , stages(*parts.stages())
        , log(parts.log())
        , begun(std::chrono::duration_cast<milliseconds>(parts.clock().now().time_since_epoch())) {}
    ~impl() {
        care.request_stop();
        wake.notify_all();
    }

    /// Wall time when this was opened, and the time since then by a clock that nobody sets.
    [[nodiscard]] milliseconds now() const {
        return begun + std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - steady_begun);
    }
    [[nodiscard]] const std::string& host_of(std::size_t which) const { return router.routes()[which].name; }
    [[nodiscard]] std::optional<std::size_t> route_of(std::string_view host) const {
        for (std::size_t i = 0; i < ways.size(); ++i)
            if (host_of(i) == host) return i;
        return std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> way_of(std::string_view terminal_id) const {
        for (std::size_t i = 0; i < ways.size(); ++i)
            if (ways[i].at.terminal().terminal_id == terminal_id) return i;
        return std::nullopt;
    }

    result<void> replay(const call& bounds);
    result<void> take_hand();
    result<std::optional<std::size_t>> where_used(std::string_view key, const call& bounds);
    result<void> refuse_strangers(std::string_view key, const call& bounds);
    result<std::optional<std::size_t>> where_is(std::uint64_t handle, const call& bounds);
    result<std::set<std::size_t>> in_doubt(const call& bounds);
    result<std::size_t> choose(const std::string& key, const amount& total, const std::set<std::size_t>& without);
    template <class Run>
    result<payment> run(const std::string& key, const amount& total, std::uint64_t original, const call& bounds,
        Run run, std::optional<std::size_t> usual = std::nullopt);
    template <class Run>
    result<payment> run_fresh(const std::string& key, const amount& total, const call& bounds, Run run);
    void report(std::size_t route, const std::string& key, const result<payment>& end, const call& bounds);
    [[nodiscard]] milliseconds took(std::size_t route, std::uint64_t handle, const call& bounds);
    [[nodiscard]] std::optional<milliseconds> next_care() const;
    void look_after(const std::stop_token& stop);

    std::vector<way> ways;
    const route_hand by_hand;
    const routing::router_settings how;
    std::mutex mutex; ///< of all below
    routing::router router;
    static constexpr std::string_view unread = "unread";
    std::string hand_version{unread};
    route_hand::word hand;
    assembly::stage_book& stages;
    const logger log;
    const milliseconds begun;
    const std::chrono::steady_clock::time_point steady_begun = std::chrono::steady_clock::now();
    std::condition_variable_any wake;
    std::jthread care; ///< ends first
};

/// What each route has done in the window, from the records.
result<void> routed_terminal::impl::replay(const call& bounds) {
    auto* const journal = dynamic_cast<store::journal*>(&ways.front().at.journal());
    if (journal == nullptr) return {}; // a store of the caller's: nothing is known yet
    struct seen {
        milliseconds at;
        milliseconds took;
        std::size_t route;
        route_word word;
    };
    std::vector<seen> all;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        CIPHERLANE_TRY(const auto records, journal->list(ways[i].at.terminal().terminal_id, most_replayed, bounds));
        for (const auto& one : records) {
            const auto& row = ledger::row_of(one.kind);
            if (row.role != ledger::trade_role::payment || row.through != ledger::channel::host) continue;
            const bool open = ledger::states::undecided.contains(one.state);
            const auto ended = open ? one.created : one.decided;
            const auto at = std::chrono::duration_cast<milliseconds>(ended.time_since_epoch());
            if (at + how.window < begun || at > begun) continue;
            const auto span = std::chrono::duration_cast<milliseconds>(ended - one.created);
            all.push_back({at, std::max(span, milliseconds(0)), i, word_of(one)});
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const seen& a, const seen& b) { return a.at < b.at; });
    for (const auto& one : all) {
        (void)router.bind("earlier", host_of(one.route));
        router.report("earlier", one.word, one.took, one.at);
        router.decided("earlier");
    }
    return {};
}

/// With the lock held: what somebody has said meanwhile, in whichever process. A word that cannot be read stops a
/// start, and no payment after it: what was said before holds.
result<void> routed_terminal::impl::take_hand() {
    const auto version = by_hand.version();
    if (version == hand_version) return {};
    auto said = by_hand.read();
    if (!said && hand_version == unread) return said.error();
    hand_version = version;
    if (!said) {
        log.error("routing", "what was said by hand cannot be read: " + said.error().to_string());
        return {};
    }
    hand = *std::move(said);
    router.pin(route_of(hand.pinned));
    for (std::size_t i = 0; i < ways.size(); ++i)
        hand.closed.contains(host_of(i)) ? router.close(i) : router.reopen(i);
    return {};
}

result<std::optional<std::size_t>> routed_terminal::impl::where_used(std::string_view key, const call& bounds) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
        auto& at = ways[i].at;
        CIPHERLANE_TRY(const auto found, at.journal().find_key(at.terminal().terminal_id, key, bounds));
        if (found && !ledger::states::frees_key.contains(found->state)) return std::optional(i);
    }
    return std::optional<std::size_t>();
}

/// A key that was used at a terminal which is no route, or is none any more, is not sold with again.
result<void> routed_terminal::impl::refuse_strangers(std::string_view key, const call& bounds) {
    auto& journal = ways.front().at.journal();
    CIPHERLANE_TRY(const auto on_file, journal.terminals(bounds));
    for (const auto& name : on_file) {
        if (way_of(name)) continue;
        CIPHERLANE_TRY(const auto found, journal.find_key(name, key, bounds));
        if (!found || ledger::states::frees_key.contains(found->state)) continue;
        return error(acquiring_errc::key_reused, layer::till)
            .during("routing")
            .in_field("key")
            .with_hint("terminal " + name + " has a payment with it, and is no route");
    }
    return {};
}

result<std::optional<std::size_t>> routed_terminal::impl::where_is(std::uint64_t handle, const call& bounds) {
    CIPHERLANE_TRY(const auto found, ways.front().at.journal().find(handle, bounds));
    return found ? way_of(found->terminal_id) : std::nullopt;
}

/// Terminals that would first have to undo something, and send nothing else until the host has answered that.
result<std::set<std::size_t>> routed_terminal::impl::in_doubt(const call& bounds) {
    std::set<std::size_t> made;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        auto& at = ways[i].at;
        CIPHERLANE_TRY(const auto open, at.journal().open_records(at.terminal().terminal_id, bounds));
        if (std::any_of(open.begin(), open.end(), is_first_undone)) made.insert(i);
    }
    return made;
}

/// With the lock held. Where all others are closed, a terminal that must first undo something is better than none.
result<std::size_t> routed_terminal::impl::choose(
    const std::string& key, const amount& total, const std::set<std::size_t>& without) {
    CIPHERLANE_CHECK(take_hand());
    auto chosen = router.choose(key, total.minor(), now(), without);
    if (!chosen) chosen = router.choose(key, total.minor(), now());
    if (!chosen) {
        return routing_error(till_errc::no_route, "routing.terminals")
            .with_hint("all routes are closed by hand: cipherlane till route");
    }
    log.info("routing", host_of(chosen->route) + ": " + std::string(to_string(chosen->why)));
    return chosen->route;
}

milliseconds routed_terminal::impl::took(std::size_t route, std::uint64_t handle, const call& bounds) {
    const auto found = ways[route].at.journal().find(handle, bounds);
    if (!found || !*found || (*found)->decided < (*found)->created) return milliseconds(0);
    return std::chrono::duration_cast<milliseconds>((*found)->decided - (*found)->created);
}

/// What is in doubt is bound by its record from here on.
void routed_terminal::impl::report(
    std::size_t route, const std::string& key, const result<payment>& end, const call& bounds) {
    const bool said =
        end ? end->told == acquiring::told::fresh : fault_of(end.error(), ways[route].address) == fault::of_the_route;
    const auto word = end ? word_of(*end) : route_word::failed;
    const auto span = end ? took(route, end->handle, bounds) : milliseconds(0);
    const std::scoped_lock lock(mutex);
    if (said) router.report(key, word, span, now());
    router.decided(key);
    const bool no_link = !end && said;
    if (no_link || (said && word == route_word::silent)) router.link_is_down(route, now());
    const bool doubt =
        end ? word == route_word::silent : end.error().code() == make_error_code(acquiring_errc::reversal_pending);
    if (!doubt) return;
    ways[route].next_care = now() + how.first_trial;
    wake.notify_all();
}

/// One that has begun nowhere: over one route after the other, as long as nobody has noticed.
template <class Run>
result<payment> routed_terminal::impl::run_fresh(
    const std::string& key, const amount& total, const call& bounds, Run run) {
    CIPHERLANE_TRY(auto without, in_doubt(bounds));
    if (without.size() == ways.size()) without.clear(); // each must first undo something: any may
    std::optional<result<payment>> before;
    for (std::size_t tries = 1;; ++tries) {
        std::size_t route = 0;
        {
            const std::scoped_lock lock(mutex);
            CIPHERLANE_TRY(route, choose(key, total, without));
            if (before && without.contains(route)) { // there is no other
                router.decided(key);
                return *before;
            }
        }
        stages.begin(key);
        auto end = run(ways[route].at);
        const bool noticed = stages.end(key);
        report(route, key, end, call(journal_time));
        const bool over = bounds.stopped() || bounds.until().passed() || tries == ways.size();
        if (end || noticed || over || fault_of(end.error(), ways[route].address) == fault::of_others) return end;
        without.insert(route);
        if (without.size() == ways.size()) return end;
        CIPHERLANE_TRY(const auto used, where_used(key, bounds));
        if (used) return end;
        log.warning("routing", host_of(route) + " is passed over: " + end.error().to_string());
        before = std::move(end);
    }
}

template <class Run>
result<payment> routed_terminal::impl::run(const std::string& key, const amount& total, std::uint64_t original,
    const call& bounds, Run run, std::optional<std::size_t> usual) {
    if (!stages.take(key)) return error(acquiring_errc::busy, layer::till).during("routing").in_field("key");
    struct leaver {
        assembly::stage_book& of;
        const std::string& key;
        ~leaver() { of.leave(key); }
    };
    const leaver later{stages, key};
    CIPHERLANE_TRY(auto there, where_used(key, bounds));
    if (!there) CIPHERLANE_CHECK(refuse_strangers(key, bounds));
    if (!there && original != 0) {
        CIPHERLANE_TRY(const auto its, where_is(original, bounds));
        there = its.value_or(0); // of none of these terminals: the terminal says so
    }
    if (!there) there = usual; // what goes to the gateway goes by no route, nor does what lacks its original
    if (there) return run(ways[*there].at);
    return run_fresh(key, total, bounds, run);
}

/// With the lock held: when the first of them is to be asked; nothing where all is decided.
std::optional<milliseconds> routed_terminal::impl::next_care() const {
    std::optional<milliseconds> first;
    for (const auto& one : ways)
        if (one.next_care != milliseconds(0) && (!first || one.next_care < *first)) first = one.next_care;
    return first;
}

/// Payments in doubt are asked for again while nobody waits for it: the terminal can be used again then.
void routed_terminal::impl::look_after(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        const auto next = next_care();
        const auto changed = [&] { return next_care() != next; };
        if (next) {
            (void)wake.wait_for(lock, stop, *next - now(), changed);
        } else {
            (void)wake.wait(lock, stop, changed);
        }
        for (auto& one : ways) {
            if (stop.stop_requested() || one.next_care == milliseconds(0) || now() < one.next_care) continue;
            const auto planned = one.next_care = now() + how.first_trial;
            lock.unlock();
            const auto told = one.at.recover(call(care_time, stop));
            const bool all = told && std::none_of(told->begin(), told->end(),
                                         [](const payment& each) { return each.outcome == verdict::unknown; });
            lock.lock();
            if (one.next_care != planned) continue; // of a payment that has come into doubt meanwhile
            one.next_care = all ? milliseconds(0) : now() + how.first_trial;
        }
    }
}

routed_terminal::routed_terminal(std::unique_ptr<impl> body) noexcept
    : impl_(std::move(body)) {}
routed_terminal::routed_terminal(routed_terminal&&) noexcept = default;
routed_terminal& routed_terminal::operator=(routed_terminal&&) noexcept = default;
routed_terminal::~routed_terminal() = default;

result<routed_terminal> routed_terminal::open(till& of, const call& bounds) {
    const auto& all = of.settings();
    const auto& place = all.routing;
    if (place.terminals.empty())
        return routing_error(till_errc::missing_setting, "routing.terminals")
            .with_hint("expected the terminals that are chosen among");
    CIPHERLANE_TRY(auto file, route_hand::of(all));
    std::vector<impl::way> ways;
    std::vector<routing::route> routes;
    for (const auto& one : file.routes()) {
        CIPHERLANE_TRY(auto at, of.at(one.terminal));
        const auto* const host = all.find_host(one.host);
        ways.push_back({std::move(at), host->address, {}});
        routes.push_back({one.host, one.fee_ppm, one.fee_minor});
    }
    auto body = std::make_unique<impl>(std::move(ways), std::move(routes), place, std::move(file), *of.all_);
    if (const auto known = body->replay(bounds); !known)
        body->log.warning("routing", "begins with what is expected: " + known.error().to_string());
    CIPHERLANE_TRY(const auto waiting, body->in_doubt(bounds));
    for (const auto which : waiting)
        body->ways[which].next_care = body->now(); // at once: a program for one payment does not wait
    {
        const std::scoped_lock lock(body->mutex);
        CIPHERLANE_CHECK(body->take_hand());
    }
    body->care = std::jthread([raw = body.get()](const std::stop_token& stop) { raw->look_after(stop); });
    return routed_terminal(std::move(body));
}

result<payment> routed_terminal::trade(const acquiring::trade_request& request, const call& bounds) {
    const auto* const row = ledger::find_row(request.kind);
    const bool by_host = row != nullptr && row->through == ledger::channel::host;
    const bool begins = by_host && row->role == ledger::trade_role::payment;
    // What was approved offline, or by telephone, is one acquirer's, whichever that is.
    if (begins && row->sends == ledger::delivery::stored) {
        return error(acquiring_errc::bad_request, layer::till)
            .during("routing")
            .in_field("terminal")
            .with_hint("expected a trade at the terminal of the acquirer whose it is: --terminal");
    }
    return impl_->run(
        request.idempotency_key, request.total, request.handle, bounds,
        [&](till& at) { return at.trade(request, bounds); }, begins ? std::nullopt : std::optional<std::size_t>(0));
}

result<payment> routed_terminal::void_payment(const acquiring::void_request& request, const call& bounds) {
    return impl_->run(
        request.idempotency_key, amount(), request.handle, bounds,
        [&](till& at) { return at.void_payment(request, bounds); }, 0);
}

result<payment> routed_terminal::refund(const acquiring::refund_request& request, const call& bounds) {
    return impl_->run(
        request.idempotency_key, request.total, request.handle, bounds,
        [&](till& at) { return at.refund(request, bounds); }, 0);
}

result<std::optional<payment>> routed_terminal::lookup(std::string_view key, const call& bounds) {
    CIPHERLANE_TRY(const auto there, impl_->where_used(key, bounds));
    if (there) return impl_->ways[*there].at.lookup(key, bounds);
    for (auto& one : impl_->ways) { // what was certainly not sent
        CIPHERLANE_TRY(auto found, one.at.lookup(key, bounds));
        if (found) return found;
    }
    return std::optional<payment>();
}

result<std::optional<payment>> routed_terminal::lookup(std::uint64_t handle, const call& bounds) {
    CIPHERLANE_TRY(const auto there, impl_->where_is(handle, bounds));
    if (!there) return std::optional<payment>();
    return impl_->ways[*there].at.lookup(handle, bounds);
}

result<std::vector<payment>> routed_terminal::recover(const call& bounds) {
    std::vector<payment> all;
    std::optional<error> why;
    for (auto& one : impl_->ways) {
        auto some = one.at.recover(bounds);
        if (!some) {
            why = some.error();
        } else {
            std::move(some->begin(), some->end(), std::back_inserter(all));
        }
    }
    if (why && all.empty()) return *why;
    return all;
}

result<std::vector<route_report>> routed_terminal::routes(const call& bounds) {
    std::vector<route_report> made;
    for (std::size_t i = 0; i < impl_->ways.size(); ++i) {
        CIPHERLANE_TRY(const auto now, impl_->ways[i].at.status(bounds));
        const std::scoped_lock lock(impl_->mutex);
        CIPHERLANE_CHECK(impl_->take_hand());
        made.push_back({impl_->host_of(i), now.terminal_id, impl_->router.state_of(i, impl_->now()),
            impl_->hand.pinned == impl_->host_of(i), now.undecided});
    }
    return made;
}

result<void> routed_terminal::pin(std::string_view host) {
    return impl_->by_hand.pin(host);
}

result<void> routed_terminal::close(std::string_view host) {
    return impl_->by_hand.close(host);
}

result<void> routed_terminal::reopen(std::string_view host) {
    return impl_->by_hand.reopen(host);
}

} // namespace cipherlane
