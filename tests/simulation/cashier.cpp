#include "simulation/cashier.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/errc.hpp>

#include <array>
#include <sstream>
#include <utility>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using acquiring::payment;

constexpr int most_tries = 6;

} // namespace

cashier::cashier(world& in, std::map<std::string, slip> before)
    : world_(in)
    , slips_(std::move(before)) {}

cashier::~cashier() = default;

call cashier::patience() {
    world_.cashier = std::stop_source();
    return call(world_.people.patience, world_.cashier.get_token());
}

void cashier::stand(place where, int tries) {
    stands_at_ = static_cast<std::uint64_t>(where) << 32U | static_cast<std::uint64_t>(tries);
}

void cashier::begin_anew() {
    fingerprint state;
    state.add(world_.seed);
    world_.add_to(state);
    for (const std::uint64_t one : {errands_, stands_at_, starts_})
        state.add(one);
    for (const auto& [key, paper] : slips_) {
        state.add(key);
        state.add(paper.original);
        state.add(paper.attempts);
        for (const auto& told : paper.told) {
            state.add(told.outcome ? static_cast<std::uint64_t>(*told.outcome) + 1 : 0);
            state.add(static_cast<std::uint64_t>(told.approved));
            state.add(told.handle);
            state.add(told.attempt);
        }
    }
    for (const auto& end : settled_) {
        state.add(static_cast<std::uint64_t>(end.host));
        state.add(end.batch);
    }
    state.add(static_cast<std::uint64_t>(beside_));
    for (const auto& entry : copy_.files)
        state.add(entry.second->print);
    world_.draws.begin_anew(state.value());
    for (const auto& entry : slips_)
        state.add(static_cast<std::uint64_t>(entry.second.in_calm));
    if (world_.on_power_back) world_.on_power_back(state.value());
}

bool cashier::start() {
    till_.reset(); // what a till without power still does has no effect
    if (world_.doors.off()) {
        world_.drive.cut_power(world_.cut);
        world_.doors.power_on();
        world_.time.till_is_off(false);
        if (say) say("the power is back");
        begin_anew();
    }
    till_ = std::make_unique<till_under_test>(world_);
    till_->on_entry = [this](const acquiring::timeline_entry& entry) {
        if (!say) return;
        std::ostringstream line;
        line << entry;
        say(line.str());
    };
    const auto started = till_->start();
    if (started) return true;
    if (say && !world_.doors.off()) say("the till does not start: " + started.error().to_string());
    // The till says what it is; a person finds out what happened, and answers for it.
    if (world_.people.brings_back && started.error().code() == store_errc::journal_behind) world_.adopts = true;
    till_.reset();
    return false;
}

till_under_test* cashier::till() {
    bool fresh = false;
    for (int tries = 0; tries < most_tries; ++tries) {
        starts_ = static_cast<std::uint64_t>(tries);
        if (till_ != nullptr && !world_.doors.off()) {
            if (!fresh) return till_.get();
            fresh = false;
            recover();
            continue;
        }
        world_.time.pass(1s);
        fresh = start();
    }
    return world_.doors.off() ? nullptr : till_.get();
}

void cashier::cut_power(fault how) {
    if (!world_.doors.off()) {
        if (say) say("the power goes");
        world_.cut = how;
        world_.doors.power_off();
        world_.time.till_is_off(true);
    }
    stand(place::closing, 0);
    static_cast<void>(till());
}

/// A till whose journal fails is started again, as a person would: by its switch, or rather by its plug.
void cashier::start_again() {
    constexpr std::array plugs{fault::cut_all_kept, fault::cut_all_lost, fault::cut_torn};
    if (world_.draws.once_in(4)) return till_.reset();
    if (say) say("the cashier pulls the plug");
    world_.lose_power(plugs.at(static_cast<std::size_t>(world_.draws.below(plugs.size()))));
    world_.doors.power_off();
}

void cashier::note(const std::string& key, const result<payment>& end, std::size_t terminal) {
    auto& paper = slips_[key];
    telling said;
    said.attempt = paper.attempts;
    if (end) {
        said.outcome = end->outcome;
        said.approved = end->approved.minor();
        said.handle = end->handle;
        std::ostringstream words;
        words << *end;
        said.words = words.str();
    } else {
        said.words = end.error().to_string();
    }
    if (say) say("told of " + key + ": " + (end ? "" : "error: ") + said.words);
    paper.told.push_back(std::move(said));
    // It stands on paper: recovery need not tell it again.
    if (end && till_ != nullptr && !world_.doors.off())
        (void)till_->lane(terminal).acknowledge(end->handle, call(world_.people.patience));
}

void cashier::recover() {
    for (int tries = 0; tries < 2; ++tries) {
        if (till_ == nullptr || world_.doors.off()) return;
        bool good = true;
        for (std::size_t terminal = 0; terminal < till_->terminals(); ++terminal) {
            if (say) say("recovery");
            const auto all = acquiring::recovery(till_->lane(terminal)).run({}, patience());
            if (world_.doors.off()) return;
            for (std::size_t i = 0; all && i < all->size(); ++i)
                note((*all)[i].key, (*all)[i], terminal);
            if (all) continue;
            good = false;
            last_words_ = "recovery: " + all.error().to_string();
            if (say) say(last_words_);
        }
        if (good) return;
    }
}

void cashier::perform(const std::string& key, const work& what) {
    auto& paper = slips_[key];
    ++errands_;
    for (int tries = 0; tries < most_tries; ++tries) {
        stand(place::at_work, tries);
        auto* const open = till();
        if (open == nullptr) continue;
        world_.key = key;
        if (paper.attempts == 0) paper.in_calm = world_.doors.is_calm();
        ++paper.attempts;
        if (say) say("the cashier runs " + key);
        const auto end = what(open->lane(), patience());
        world_.key.clear();
        if (world_.doors.off()) {
            if (world_.people.tries_again) continue;
            stand(place::giving_up, tries);
            static_cast<void>(till());
            return;
        }
        note(key, end, 0);
        if (end && end->outcome != acquiring::verdict::unknown) return;
        if (!end && (!world_.people.tries_again || tries == 2)) return;
        world_.time.pass(60s);
        if (!end && tries == 1) start_again();
        if (end) recover();
        if (end && paper.last()->outcome != acquiring::verdict::unknown) return;
        if (end && tries == 2) return;
    }
}

void cashier::sign_in() {
    ++errands_;
    stand(place::signing_in, 0);
    auto* const open = till();
    if (open == nullptr) return;
    if (say) say("the cashier signs in");
    for (std::size_t terminal = 0; terminal < open->terminals() && !world_.doors.off(); ++terminal)
        static_cast<void>(acquiring::sign_in(open->lane(terminal)).run({}, patience()));
    stand(place::signing_in, 1);
    static_cast<void>(till());
}

bool cashier::was_paid(const std::string& key) const {
    const auto found = slips_.find(key);
    return found != slips_.end() && found->second.paid();
}

void cashier::sell(const std::string& key, std::int64_t minor) {
    perform(key, [=, this](acquiring::lane& on, const call& bounds) {
        acquiring::sale_request wish(key, amount(minor));
        if (world_.people.takes_part) wish.partial = acquiring::partial_approval::accept;
        return acquiring::sale(on).run(wish, bounds);
    });
}

void cashier::sell_by_code(const std::string& key, std::int64_t minor) {
    perform(key, [=](acquiring::lane& on, const call& bounds) {
        return acquiring::qr_sale(on).run({key, amount(minor)}, bounds);
    });
}

void cashier::reserve(const std::string& key, std::int64_t minor) {
    perform(key, [=](acquiring::lane& on, const call& bounds) {
        return acquiring::trade(on).run({ports::trade::pre_auth, key, amount(minor)}, bounds);
    });
}

void cashier::undo(const std::string& key, const std::string& original) {
    if (!was_paid(original)) return;
    slips_[key].original = original;
    perform(key, [key, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::void_payment(on).run({key, handle}, bounds);
    });
}

void cashier::give_back(const std::string& key, const std::string& original, std::int64_t minor) {
    if (!was_paid(original)) return;
    slips_[key].original = original;
    perform(key, [key, minor, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::refund(on).run({key, handle, amount(minor)}, bounds);
    });
}

void cashier::complete(const std::string& key, const std::string& original, std::int64_t minor) {
    if (!was_paid(original)) return;
    slips_[key].original = original;
    perform(key, [key, minor, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::trade(on).run({ports::trade::completion, key, amount(minor), handle}, bounds);
    });
}

void cashier::run(ports::trade kind, const std::string& key, std::int64_t minor, const std::string& original) {
    if (!original.empty() && !was_paid(original)) return;
    if (!original.empty()) slips_[key].original = original;
    acquiring::trade_request wish(kind, key, amount(minor), original.empty() ? 0 : slips_[original].last()->handle);
    wish.payment_code = "285712345678901234";
    wish.authorization = "TEL123";
    wish.instalment = {12, "PLAN", '0'};
    if (ledger::stored_trades.contains(kind)) world_.host_books.told_later[minor] = key;
    perform(key, [wish](acquiring::lane& on, const call& bounds) { return acquiring::trade(on).run(wish, bounds); });
}

void cashier::sell_beside(const std::string& key, std::int64_t minor, std::chrono::milliseconds after) {
    fingerprint tag;
    tag.add(key);
    ++beside_;
    world_.time.plan(
        after, [=, this] { work_beside(key, minor); }, tag.value());
}

/// Is called wherever the other one waits, and so starts no till.
void cashier::work_beside(const std::string& key, std::int64_t minor) {
    --beside_;
    auto& paper = slips_[key];
    const bool can = till_ != nullptr && till_->terminals() > 1;
    if (!can) return sell_beside(key, minor, 10s);
    const auto at = std::exchange(world_.key, key);
    const auto stops = world_.cashier;
    if (paper.attempts == 0) paper.in_calm = world_.doors.is_calm();
    ++paper.attempts;
    if (say) say("beside, " + key + " is run");
    const auto end = acquiring::sale(till_->lane(1)).run({key, amount(minor)}, patience());
    if (say) say("beside, it is over");
    world_.key = at;
    world_.cashier = stops;
    const bool again = world_.doors.off() || !end || end->outcome == acquiring::verdict::unknown;
    if (!world_.doors.off()) note(key, end, 1);
    if (again && paper.attempts < most_tries) sell_beside(key, minor, 30s);
}

void cashier::wait_for_others() {
    while (beside_ > 0) {
        if (till() == nullptr) return;
        world_.time.pass(1s);
    }
}

void cashier::keep_copy() {
    ++errands_;
    if (till() == nullptr) return;
    till_.reset();
    copy_ = world_.drive.copy();
}

void cashier::bring_back_copy() {
    ++errands_;
    till_.reset();
    world_.drive.bring_back(copy_, "/till.db");
}

void cashier::settle() {
    ++errands_;
    settled_.clear();
    for (std::size_t terminal = 0; terminal < static_cast<std::size_t>(world_.people.terminals); ++terminal) {
        if (!settle(terminal)) return settled_.clear();
    }
}

bool cashier::settle(std::size_t terminal) {
    int refusals = 0;
    bool asks_bank = false;
    for (int tries = 0; tries < most_tries; ++tries) {
        stand(place::settling, tries);
        auto* const open = till();
        if (open == nullptr) continue;
        if (say) say("the cashier settles");
        acquiring::settlement_request wish;
        if (asks_bank) wish.refused = acquiring::after_refusal::close_batch;
        auto end = acquiring::settlement(open->lane(terminal)).run(wish, patience());
        if (world_.doors.off()) continue;
        if (end) {
            settled_.push_back({end->host, open->lane(terminal).settings().terminal_id, end->batch});
            return true;
        }
        // The second time that the bank will not, somebody rings it up, and both agree that the batch be closed.
        const bool refused = end.error().code() == acquiring_errc::settlement_refused;
        asks_bank = refused && ++refusals > 1;
        last_words_ = "settlement: " + end.error().to_string();
        if (say) say(last_words_);
        world_.time.pass(60s);
    }
    return false;
}

} // namespace cipherlane::simulation
