#include "simulation/cashier.hpp"

#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

#include <sstream>

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

bool cashier::start() {
    till_.reset(); // what a till without power still does has no effect
    if (world_.doors.off()) {
        world_.drive.cut_power(world_.cut);
        world_.doors.power_on();
        world_.time.till_is_off(false);
        if (say) say("the power is back");
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
    till_.reset();
    return false;
}

till_under_test* cashier::till() {
    bool fresh = false;
    for (int tries = 0; tries < most_tries; ++tries) {
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
    static_cast<void>(till());
}

void cashier::note(const std::string& key, const result<payment>& end) {
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
        (void)till_->lane().acknowledge(end->handle, call(world_.people.patience));
}

void cashier::recover() {
    for (int tries = 0; tries < 2; ++tries) {
        if (till_ == nullptr || world_.doors.off()) return;
        if (say) say("recovery");
        const auto all = acquiring::recovery(till_->lane()).run({}, patience());
        if (world_.doors.off()) return;
        if (all) {
            for (const auto& one : *all)
                note(one.key, one);
            return;
        }
        last_words_ = "recovery: " + all.error().to_string();
        if (say) say(last_words_);
    }
}

void cashier::perform(const std::string& key, const work& what) {
    auto& paper = slips_[key];
    for (int tries = 0; tries < most_tries; ++tries) {
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
            static_cast<void>(till());
            return;
        }
        note(key, end);
        if (end && end->outcome != acquiring::verdict::unknown) return;
        if (!end && (!world_.people.tries_again || tries == 2)) return;
        world_.time.pass(60s);
        // A till whose journal fails is started again, as a person would.
        if (!end && tries == 1) till_.reset();
        if (end) recover();
        if (end && paper.last()->outcome != acquiring::verdict::unknown) return;
        if (end && tries == 2) return;
    }
}

void cashier::sign_in() {
    auto* const open = till();
    if (open == nullptr) return;
    if (say) say("the cashier signs in");
    static_cast<void>(acquiring::sign_in(open->lane()).run({}, patience()));
    static_cast<void>(till());
}

void cashier::sell(const std::string& key, std::int64_t minor) {
    perform(key, [=](acquiring::lane& on, const call& bounds) {
        return acquiring::sale(on).run({key, amount(minor)}, bounds);
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
    if (!slips_[original].paid()) return;
    slips_[key].original = original;
    perform(key, [key, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::void_payment(on).run({key, handle}, bounds);
    });
}

void cashier::give_back(const std::string& key, const std::string& original, std::int64_t minor) {
    if (!slips_[original].paid()) return;
    slips_[key].original = original;
    perform(key, [key, minor, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::refund(on).run({key, handle, amount(minor)}, bounds);
    });
}

void cashier::complete(const std::string& key, const std::string& original, std::int64_t minor) {
    if (!slips_[original].paid()) return;
    slips_[key].original = original;
    perform(key, [key, minor, handle = slips_[original].last()->handle](acquiring::lane& on, const call& bounds) {
        return acquiring::trade(on).run({ports::trade::completion, key, amount(minor), handle}, bounds);
    });
}

void cashier::settle() {
    for (int tries = 0; tries < most_tries; ++tries) {
        auto* const open = till();
        if (open == nullptr) continue;
        if (say) say("the cashier settles");
        auto end = acquiring::settlement(open->lane()).run({}, patience());
        if (world_.doors.off()) continue;
        if (end) {
            settled_ = *end;
            return;
        }
        last_words_ = "settlement: " + end.error().to_string();
        if (say) say(last_words_);
        world_.time.pass(60s);
    }
}

} // namespace cipherlane::simulation
