#include "gateway_desk.hpp"

#include "payment_codes.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/journal.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::assembly {
namespace {

using acquiring::payment;
using acquiring::stage;
using acquiring::verdict;
using routing::route_word;
using std::chrono::milliseconds;

constexpr std::size_t most_replayed = 2000;

/// A gateway that refuses to make a code does not work for this merchant now. What it says to a payer's code is the
/// payer's side mostly: no money, a limit, a code that is over. Its own is what HTTP calls so, and that it does not
/// know the merchant.
route_word word_on_refusal(ports::trade kind, std::string_view code) {
    if (!ledger::charge_trades.contains(kind)) return route_word::failed;
    const bool of_its_own = code.starts_with("5") || code == "401" || code == "403" || code == "429";
    return code.size() == 3 && of_its_own ? route_word::failed : route_word::answered;
}

/// It would not have the order, and nobody can pay it.
bool was_refused(ports::order_phase phase) {
    return !(ledger::phases::acknowledged | ledger::phases::payable).contains(phase);
}

route_word word_on_file(const ports::journal_record& record) {
    if (ledger::states::undecided.contains(record.state)) return route_word::silent;
    if (ledger::states::frees_key.contains(record.state)) return route_word::failed;
    return was_refused(record.phase) ? word_on_refusal(record.kind, record.host_code) : route_word::answered;
}

/// A key names a payment of its terminal alone.
std::string name_of(std::string_view terminal_id, std::string_view key) {
    return std::string(terminal_id) + "\n" + std::string(key);
}

bool takes(const std::vector<std::string>& words, const std::vector<qr::code_kind>& kinds) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        const auto kind = payment_code_of(word);
        return kind && std::find(kinds.begin(), kinds.end(), *kind) != kinds.end();
    });
}

} // namespace

void order_stopwatch::begin(std::string_view key) {
    const std::scoped_lock lock(mutex_);
    laps_.insert_or_assign(std::string(key), lap());
}

std::optional<milliseconds> order_stopwatch::end(std::string_view key) {
    const std::scoped_lock lock(mutex_);
    const auto found = laps_.find(key);
    if (found == laps_.end()) return std::nullopt;
    const auto [asked, told] = found->second;
    laps_.erase(found);
    if (!asked) return std::nullopt;
    return std::chrono::duration_cast<milliseconds>(told.value_or(monotonic_clock::now()) - *asked);
}

void order_stopwatch::on_entry(const acquiring::timeline_entry& entry) noexcept {
    if (next_) next_->on_entry(entry);
}

void order_stopwatch::on_alert(const acquiring::alert& what) noexcept {
    if (next_) next_->on_alert(what);
}

void order_stopwatch::on_stage(const acquiring::stage_event& what) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        const auto found = laps_.find(what.key);
        if (found != laps_.end()) {
            auto& [asked, told] = found->second;
            if (asked && !told) told = monotonic_clock::now();
            if (!asked && what.at == stage::ordering) asked = monotonic_clock::now();
        }
    }
    if (next_) next_->on_stage(what);
}

gateway_desk::gateway_desk(std::vector<way> ways, std::vector<routing::route> routes, route_hand file,
    const till_settings& all, const ports::clock& clock, logger log)
    : routes_(std::move(ways))
    , taken_elsewhere_([&] {
        std::vector<std::string> words;
        for (const auto& place : all.gateways()) {
            const bool is_route =
                std::any_of(routes_.begin(), routes_.end(), [&](const way& one) { return one.name == place.name; });
            if (!is_route) words.insert(words.end(), place.takes.begin(), place.takes.end());
        }
        return words;
    }())
    , by_hand_(std::move(file))
    , how_(all.routing.how)
    , log_(std::move(log))
    , begun_(std::chrono::duration_cast<milliseconds>(clock.now().time_since_epoch()))
    , router_(std::move(routes), all.routing.how) {}

result<std::shared_ptr<gateway_desk>> gateway_desk::open(
    const till_settings& all, const ports::clock& clock, const logger& log) {
    if (all.routing.gateways.empty()) return std::shared_ptr<gateway_desk>();
    CIPHERLANE_TRY(auto file, route_hand::of(all));
    std::vector<way> ways;
    std::vector<routing::route> routes;
    const auto places = all.gateways();
    for (const auto& one : file.gateways()) {
        const auto found =
            std::find_if(places.begin(), places.end(), [&](const auto& place) { return place.name == one.name; });
        if (found == places.end()) continue; // which `validate` refuses
        std::vector<std::string> addresses{found->address};
        if (!found->wechat.second_address.empty()) addresses.push_back(found->wechat.second_address);
        ways.push_back(
            {one.name, static_cast<std::size_t>(found - places.begin()), std::move(addresses), found->takes});
        routes.push_back({one.name, one.fee_ppm, one.fee_minor});
    }
    std::shared_ptr<gateway_desk> made(
        new gateway_desk(std::move(ways), std::move(routes), std::move(file), all, clock, log));
    const std::scoped_lock lock(made->mutex_);
    CIPHERLANE_CHECK(made->take_hand());
    return made;
}

milliseconds gateway_desk::now() const {
    return begun_ + std::chrono::duration_cast<milliseconds>(monotonic_clock::now() - steady_begun_);
}

/// With the lock held: what somebody has said meanwhile, in whichever process. A word that cannot be read stops a
/// start, and no payment after it: what was said before holds.
result<void> gateway_desk::take_hand() {
    const auto version = by_hand_.version();
    if (hand_version_ == version) return {};
    auto said = by_hand_.read();
    if (!said && !hand_version_) return said.error();
    hand_version_ = version;
    if (!said) {
        log_.error("routing", "what was said by hand cannot be read: " + said.error().to_string());
        return {};
    }
    hand_ = *std::move(said);
    for (std::size_t i = 0; i < routes_.size(); ++i)
        hand_.closed.contains(routes_[i].name) ? router_.close(i) : router_.reopen(i);
    router_.pin(pinned());
    return {};
}

std::optional<std::size_t> gateway_desk::pinned() const {
    const auto found = std::find_if(
        routes_.begin(), routes_.end(), [&](const way& one) { return one.name == hand_.pinned_gateway; });
    if (found == routes_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - routes_.begin());
}

result<void> gateway_desk::replay(const std::string& terminal_id, const std::vector<std::vector<std::string>>& whose,
    ports::store& journal, const call& bounds) {
    auto* const records = dynamic_cast<store::journal*>(&journal);
    if (records == nullptr) return {}; // a store of the caller's: nothing is known yet
    CIPHERLANE_TRY(const auto all, records->list(terminal_id, most_replayed, bounds));
    const std::scoped_lock lock(mutex_);
    for (const auto& one : all) {
        if (!ledger::order_trades.contains(one.kind) || one.counterpart.empty()) continue;
        const auto route = std::find_if(routes_.begin(), routes_.end(), [&](const way& each) {
            const auto& names = whose[each.place];
            return std::find(names.begin(), names.end(), one.counterpart) != names.end();
        });
        if (route == routes_.end()) continue;
        const bool open = ledger::states::undecided.contains(one.state);
        const auto ended = open ? one.created : one.decided;
        const auto at = std::chrono::duration_cast<milliseconds>(ended.time_since_epoch());
        const auto place = static_cast<std::size_t>(route - routes_.begin());
        if (open) router_.link_is_down(place, begun_); // until a trial: what is open there would be asked for first
        if (at + how_.window < begun_ || at > begun_) continue;
        (void)router_.bind("earlier", route->name);
        // A record does not have how much of its time was the payer's.
        router_.report("earlier", word_on_file(one), std::nullopt, at);
        router_.decided("earlier");
    }
    return {};
}

std::set<std::size_t> gateway_desk::that_cannot_take(const acquiring::trade_request& wish) const {
    std::set<std::size_t> made;
    if (!ledger::charge_trades.contains(wish.kind)) return made;
    const auto kinds = qr::kinds_of(wish.payment_code.expose());
    // Without words of its own a gateway takes what no other one does, as without routing.
    const bool named =
        std::any_of(routes_.begin(), routes_.end(), [&](const way& one) { return takes(one.takes, kinds); });
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const auto& words = routes_[i].takes;
        if (words.empty() ? named : !takes(words, kinds)) made.insert(i);
    }
    return made;
}

bool gateway_desk::chooses_for(const acquiring::trade_request& wish) const {
    if (!wish.gateway.empty() || !ledger::order_trades.contains(wish.kind)) return false;
    if (!ledger::charge_trades.contains(wish.kind)) return true;
    const bool elsewhere = takes(taken_elsewhere_, qr::kinds_of(wish.payment_code.expose()));
    return !elsewhere && that_cannot_take(wish).size() < routes_.size();
}

result<std::size_t> gateway_desk::choose(
    const std::string& terminal_id, acquiring::trade_request& wish, const std::set<std::size_t>& without) {
    auto not_these = that_cannot_take(wish);
    const auto cannot = not_these;
    not_these.insert(without.begin(), without.end());
    const auto name = name_of(terminal_id, wish.idempotency_key);
    const std::scoped_lock lock(mutex_);
    CIPHERLANE_CHECK(take_hand());
    auto chosen = router_.choose(name, wish.total.minor(), now(), not_these);
    if (chosen && cannot.contains(chosen->route)) { // said by hand for those whose codes it takes
        router_.decided(name);
        router_.pin(std::nullopt);
        chosen = router_.choose(name, wish.total.minor(), now(), not_these);
        router_.pin(pinned());
    }
    if (!chosen || without.contains(chosen->route)) {
        router_.decided(name);
        return error(till_errc::no_route, layer::till)
            .during("routing")
            .in_field("routing.gateways")
            .with_hint("all gateways that could take it are closed by hand: cipherlane till route");
    }
    wish.gateway = routes_[chosen->route].name;
    log_.info("routing", wish.gateway + ": " + std::string(to_string(chosen->why)));
    return chosen->route;
}

/// Of the gateway itself, and not of a device, of somebody else who is asked by HTTP, or of this machine.
bool gateway_desk::is_of(const error& why, std::size_t route) const {
    const auto& known = routes_[route].addresses;
    const bool named = std::find(known.begin(), known.end(), why.endpoint()) != known.end();
    // Its client speaks of an answer without naming whose it is.
    const bool its_client = why.where() == layer::hostlink && why.endpoint().empty();
    const bool there = its_client || (named && (why.where() == layer::hostlink || why.where() == layer::net));
    return there &&
           (why.is(condition::link_lost) || why.is(condition::timed_out) || why.is(condition::outcome_unknown));
}

route_word gateway_desk::word_of(const payment& what, std::size_t route) const {
    switch (what.outcome) {
    case verdict::unknown: return route_word::silent;
    case verdict::not_sent: return route_word::failed;
    case verdict::declined:
        if (was_refused(what.phase)) return word_on_refusal(what.kind, what.host_code);
        return what.why && is_of(*what.why, route) ? route_word::failed : route_word::answered;
    default: return route_word::answered;
    }
}

bool gateway_desk::report(const std::string& terminal_id, const acquiring::trade_request& wish, std::size_t route,
    const result<payment>& end, std::optional<milliseconds> took) {
    const auto name = name_of(terminal_id, wish.idempotency_key);
    const bool fresh = end && end->told == acquiring::told::fresh;
    const bool lost = !end && is_of(end.error(), route);
    // What is open there must be decided first, and it does not say what became of that.
    const bool waits = !end && end.error().code() == make_error_code(acquiring_errc::order_pending);
    const std::scoped_lock lock(mutex_);
    if (fresh || lost || waits) {
        const auto word = fresh ? word_of(*end, route) : route_word::failed;
        router_.report(name, word, took, now());
        if (!fresh || word == route_word::silent) router_.link_is_down(route, now());
    }
    router_.decided(name); // what is not decided is bound by its record
    if (!lost && !waits) return false;
    log_.warning("routing", routes_[route].name + " is passed over: " + end.error().to_string());
    return true;
}

result<std::vector<route_report>> gateway_desk::reports(const std::string& terminal_id) {
    std::vector<route_report> made;
    const std::scoped_lock lock(mutex_);
    CIPHERLANE_CHECK(take_hand());
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const auto& name = routes_[i].name;
        made.push_back({name, terminal_id, router_.state_of(i, now()), hand_.pinned_gateway == name, 0});
    }
    return made;
}

gateway_tour::gateway_tour(std::shared_ptr<gateway_desk> desk, std::shared_ptr<order_stopwatch> watch,
    std::string terminal_id, const acquiring::trade_request& wish)
    : desk_(std::move(desk))
    , watch_(std::move(watch))
    , terminal_id_(std::move(terminal_id))
    , wish_(wish) {}

result<std::unique_ptr<gateway_tour>> gateway_tour::begin(std::shared_ptr<gateway_desk> desk,
    std::shared_ptr<order_stopwatch> watch, std::string terminal_id, const acquiring::trade_request& wish) {
    if (!desk || !desk->chooses_for(wish)) return std::unique_ptr<gateway_tour>();
    std::unique_ptr<gateway_tour> made(
        new gateway_tour(std::move(desk), std::move(watch), std::move(terminal_id), wish));
    CIPHERLANE_CHECK(made->choose());
    return made;
}

result<void> gateway_tour::choose() {
    wish_.gateway.clear();
    CIPHERLANE_TRY(route_, desk_->choose(terminal_id_, wish_, passed_));
    watch_->begin(wish_.idempotency_key);
    return {};
}

bool gateway_tour::goes_on(const result<payment>& end, const call& bounds) {
    const auto took = watch_->end(wish_.idempotency_key);
    if (!desk_->report(terminal_id_, wish_, route_, end, took)) return false;
    passed_.insert(route_);
    if (bounds.stopped() || bounds.until().passed() || passed_.size() == desk_->size()) return false;
    return choose().has_value();
}

} // namespace cipherlane::assembly
