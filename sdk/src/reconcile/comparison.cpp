#include "entry_table.hpp"

#include <cipherlane/reconcile/comparison.hpp>

#include <algorithm>
#include <numeric>

namespace cipherlane::reconcile {
namespace {

side side_of(const slot& one) {
    return {one.place, one.minor, one.moment, one.stands, std::nullopt, one.unit};
}
side side_of(const entry& one) {
    return {one.place, one.minor, one.moment, one.stands, one.fee, one.unit};
}

void add(side_total& sum, direction way, standing stands, std::int64_t minor) {
    if (stands != standing::moved) return;
    (way == direction::payment ? sum.payments : sum.give_backs) += 1;
    (way == direction::payment ? sum.paid_minor : sum.given_back_minor) += minor;
}

/// What to do where the sides do not say the same of the money.
proposal proposed(standing ours, standing theirs, direction way) {
    if (ours == standing::undecided) {
        return theirs == standing::moved ? proposal::decide_paid : proposal::decide_not_paid;
    }
    if (theirs == standing::undecided) return proposal::await_next_statement;
    if (ours == standing::moved) return proposal::ask_for_payout;
    return way == direction::payment ? proposal::give_back_or_book : proposal::check_give_back;
}

} // namespace

std::uint64_t comparison_summary::to_do() const noexcept {
    return std::accumulate(found.begin(), found.end(), std::uint64_t{0}) - count(difference_kind::day_boundary);
}

struct comparison::state {
    state(comparison_settings how, teller whom)
        : settings(std::move(how))
        , tell(std::move(whom)) {}

    comparison_settings settings;
    teller tell;
    entry_table table;
    comparison_summary sums;
    std::optional<std::int64_t> first; ///< moment of theirs
    std::optional<std::int64_t> last;

    void found(const difference& what) {
        ++sums.found[static_cast<std::size_t>(what.kind)];
        tell(what);
    }

    void own(const entry& one) {
        auto* there = table.find(one);
        if (there == nullptr) {
            table.add(one);
            return;
        }
        if (one.stands == standing::not_moved) return;
        if (there->stands == standing::moved && one.stands == standing::moved) {
            found({difference_kind::duplicate, proposal::check_own_duplicate, one.way, one.key, side_of(one),
                std::nullopt, static_cast<std::int64_t>(there->place)});
            return;
        }
        // Of tries at one payment the one counts that came furthest.
        if (there->stands == standing::moved) return;
        there->minor = one.minor;
        there->unit = one.unit;
        there->moment = one.moment;
        there->place = one.place;
        there->stands = one.stands;
    }

    void compare_fee(const entry& one) {
        if (!one.fee || !settings.agreed_fee) return;
        const auto agreed = settings.agreed_fee(one);
        if (!agreed) return;
        // What is agreed is taken of a payment, and comes back with what is given back.
        const auto expected = one.way == direction::payment ? *agreed : -*agreed;
        const auto off = *one.fee < expected ? expected - *one.fee : *one.fee - expected;
        if (off <= settings.fee_tolerance) return;
        found({difference_kind::fee, proposal::claim_fee, one.way, one.key, std::nullopt, side_of(one), expected});
    }

    void compare(const slot& mine, const entry& one) {
        if (mine.stands != one.stands) {
            found({difference_kind::status, proposed(mine.stands, one.stands, one.way), one.way, one.key,
                side_of(mine), side_of(one), 0});
            return;
        }
        if (mine.stands == standing::not_moved) return;
        if (mine.minor != one.minor || mine.unit != one.unit) {
            found({difference_kind::amount, proposal::correct_amount, one.way, one.key, side_of(mine), side_of(one),
                0});
        } else if (day_of(mine.moment) != day_of(one.moment)) {
            found(
                {difference_kind::day_boundary, proposal::nothing, one.way, one.key, side_of(mine), side_of(one), 0});
        }
        compare_fee(one);
    }

    void other(const entry& one) {
        first = std::min(first.value_or(one.moment), one.moment);
        last = std::max(last.value_or(one.moment), one.moment);
        if (one.unit == settings.money) add(sums.theirs, one.way, one.stands, one.minor);
        if (one.unit == settings.money && one.stands == standing::moved) sums.fees_minor += one.fee.value_or(0);
        auto* mine = table.find(one);
        if (mine != nullptr && (mine->theirs || mine->seen)) {
            // A row that says that nothing moved is a try, not a second payment.
            if (one.stands == standing::moved) {
                found({difference_kind::duplicate, proposal::claim_duplicate, one.way, one.key, std::nullopt,
                    side_of(one), 0});
            }
            return;
        }
        if (mine != nullptr) {
            ++sums.matched;
            mine->seen = true;
            return compare(*mine, one);
        }
        if (one.stands != standing::moved) return;
        table.add(one).theirs = true;
        found({difference_kind::theirs_only,
            one.way == direction::payment ? proposal::give_back_or_book : proposal::check_give_back, one.way, one.key,
            std::nullopt, side_of(one), 0});
        compare_fee(one);
    }

    /// The days that are compared. A statement without rows is about all that is ours: it agrees with an empty till
    /// alone.
    void set_days() {
        if (!first) {
            for (const auto& mine : table.slots()) {
                first = std::min(first.value_or(mine.moment), mine.moment);
                last = std::max(last.value_or(mine.moment), mine.moment);
            }
        }
        sums.first_day = settings.first_day.value_or(first ? day_of(*first) : 0);
        sums.last_day = settings.last_day.value_or(last ? day_of(*last) : -1);
    }

    comparison_summary end() {
        const bool has_rows = first.has_value();
        set_days();
        const auto boundary = std::chrono::seconds(settings.boundary).count();
        const auto early = sums.first_day * day_seconds - boundary;
        const auto late = (sums.last_day + 1) * day_seconds - boundary;
        // Of the last minutes before the first day the statement before tells, if it was given too.
        const bool had_before = has_rows && *first < early;
        for (const auto& mine : table.slots()) {
            const auto day = day_of(mine.moment);
            if (mine.theirs || mine.moment < early || day > sums.last_day) continue;
            if (day >= sums.first_day && mine.unit == settings.money)
                add(sums.ours, mine.way, mine.stands, mine.minor);
            if (mine.seen || mine.stands == standing::not_moved) continue;
            difference what{difference_kind::ours_only, proposal::ask_for_payout, mine.way, mine.key_text(),
                side_of(mine), std::nullopt, 0};
            if (mine.moment >= late) {
                what.kind = difference_kind::day_boundary;
                what.action = proposal::await_next_statement;
            } else if (day < sums.first_day && !had_before) {
                what.action = proposal::give_statement_before;
            } else if (mine.stands == standing::undecided) {
                what.action = proposal::decide_not_paid;
            }
            found(what);
        }
        return sums;
    }
};

comparison::comparison(comparison_settings settings, teller tell)
    : state_(std::make_unique<state>(std::move(settings), std::move(tell))) {}
comparison::comparison(comparison&&) noexcept = default;
comparison& comparison::operator=(comparison&&) noexcept = default;
comparison::~comparison() = default;

void comparison::add_ours(const entry& one) {
    state_->own(one);
}
void comparison::add_theirs(const entry& one) {
    state_->other(one);
}
comparison_summary comparison::finish() {
    return state_->end();
}

} // namespace cipherlane::reconcile
