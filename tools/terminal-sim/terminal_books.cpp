#include "terminal-sim/terminal_books.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t already_reversed = 0xB4;
constexpr std::uint8_t reversal_not_possible = 0xB5;
constexpr std::uint8_t amount_too_large = 0xC3;

struct trade_row {
    const char* name;
    int sign; ///< of the merchant's gain
    bool has_original;
    bool undoes;
    sim_trade original; ///< what its original is
};
constexpr auto rows = std::to_array<trade_row>({
    {"sale", 1, false, false, {}},
    {"void", 0, true, true, sim_trade::sale},
    {"refund", -1, false, false, {}},
    {"reservation", 0, false, false, {}},
    {"reservation void", 0, true, true, sim_trade::reservation},
    {"booking", 1, true, false, sim_trade::reservation},
});

const trade_row& row_of(sim_trade what) {
    return rows[static_cast<std::size_t>(what)];
}

constexpr std::array state_names{"authorised", "stored", "undone", "declined"};

/// A booking is a payment that can be voided, too.
bool fits(sim_trade wanted, sim_trade found) {
    return found == wanted || (wanted == sim_trade::sale && found == sim_trade::booking);
}

} // namespace

std::int64_t gain(const sim_entry& entry) noexcept {
    using state = sim_entry::state;
    const bool stands = entry.now == state::stored || entry.now == state::authorised;
    return stands ? row_of(entry.what).sign * entry.minor : 0;
}

sim_entry* terminal_books::find(int receipt) {
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
        [&](const sim_entry& one) { return one.receipt == receipt && one.now != sim_entry::state::declined; });
    return found != entries_.rend() ? &*found : nullptr;
}

std::uint8_t terminal_books::refusal(sim_trade what, std::int64_t minor, const sim_entry* original) const {
    const auto& row = row_of(what);
    if (!row.has_original) return 0;
    if (original == nullptr || !fits(row.original, original->what)) return reversal_not_possible;
    if (original->now != sim_entry::state::stored) return already_reversed;
    const bool booked = std::any_of(entries_.begin(), entries_.end(), [&](const sim_entry& one) {
        return one.original == original->receipt && one.what == sim_trade::booking && gain(one) != 0;
    });
    if (booked) return already_reversed;
    return minor > original->minor ? amount_too_large : std::uint8_t{0};
}

sim_entry& terminal_books::ask(sim_trade what, std::int64_t minor, int original, const sim_card& card) {
    auto* const of = row_of(what).has_original ? find(original) : nullptr;
    sim_entry made;
    made.what = what;
    made.minor = minor == 0 && of != nullptr ? of->minor : minor;
    made.original = original;
    made.pan = of != nullptr ? of->pan : card.pan;
    made.trace = ++traces_;
    made.code = card.declines != 0 && of == nullptr ? card.declines : refusal(what, made.minor, of);
    if (made.code != 0) {
        made.now = sim_entry::state::declined;
    } else {
        made.receipt = receipts_ = receipts_ % 9'999 + 1;
        if (row_of(what).undoes) of->now = sim_entry::state::undone;
    }
    entries_.push_back(std::move(made));
    return entries_.back();
}

void terminal_books::store(sim_entry& entry) {
    entry.now = sim_entry::state::stored;
    last_ = &entry;
}

void terminal_books::take_back(sim_entry& entry) {
    entry.now = sim_entry::state::undone;
    if (!row_of(entry.what).undoes) return;
    if (auto* const original = find(entry.original)) original->now = sim_entry::state::stored;
}

sim_entry* terminal_books::pending() {
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
        [](const sim_entry& one) { return one.now == sim_entry::state::authorised; });
    return found != entries_.rend() ? &*found : nullptr;
}

terminal_books::totals terminal_books::open_batch() const {
    totals sum;
    for (auto at = batch_from_; at < entries_.size(); ++at) {
        sum.minor += gain(entries_[at]);
        sum.count += gain(entries_[at]) != 0 ? 1 : 0;
    }
    return sum;
}

terminal_books::totals terminal_books::close_batch() {
    const auto sum = open_batch();
    batch_from_ = entries_.size();
    return sum;
}

nlohmann::json terminal_books::to_json() const {
    auto all = nlohmann::json::array();
    for (const auto& one : entries_)
        all.push_back({{"trade", row_of(one.what).name}, {"minor", one.minor}, {"receipt", one.receipt},
            {"trace", one.trace}, {"original", one.original},
            {"state", state_names[static_cast<std::size_t>(one.now)]}, {"gain", gain(one)}});
    const auto open = open_batch();
    return {{"entries", all}, {"batch", {{"minor", open.minor}, {"count", open.count}}}};
}

} // namespace cipherlane::sim
