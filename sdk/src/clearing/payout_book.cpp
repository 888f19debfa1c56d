#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/clearing/largest_remainder.hpp>
#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <tuple>

namespace cipherlane::clearing {
namespace {

error refuse(clearing_errc what, const clearing_item& item, std::string_view hint) {
    return error(what, layer::core).during("clear").in_field("record " + std::to_string(item.record)).with_hint(hint);
}

result<std::vector<std::uint32_t>> weights_of(const clearing_item& item) {
    std::vector<std::uint32_t> weights;
    std::uint64_t all = 0;
    for (const auto& one : item.shares) {
        if (one.party.empty()) return refuse(clearing_errc::bad_shares, item, "a share has no party");
        weights.push_back(one.weight);
        all += one.weight;
    }
    if (all == 0 || all > most_weight) {
        return refuse(clearing_errc::bad_shares, item,
            "found weights of " + std::to_string(all) + " together, expected 1 to " + std::to_string(most_weight));
    }
    return weights;
}

} // namespace

std::optional<clearing_item> item_of(const ports::journal_record& record, std::string_view category) {
    const auto entry = reconcile::own_entry(record, {});
    if (!entry || entry->stands != reconcile::standing::moved) return std::nullopt;
    clearing_item item;
    item.merchant = record.merchant_id;
    item.category = category;
    item.day = reconcile::day_of(entry->moment);
    item.way = entry->way;
    item.minor = entry->minor;
    item.unit = entry->unit;
    item.free = ledger::states::went_back.contains(record.state) || ledger::undoing_trades.contains(record.kind);
    item.record = record.id;
    return item;
}

struct payout_book::state {
    state(const fee_schedule& with, const business_calendar& by, unsigned after, currency of)
        : fees(&with)
        , calendar(&by)
        , days(after)
        , money(of) {}

    const fee_schedule* fees;
    const business_calendar* calendar;
    unsigned days;
    currency money;
    std::map<std::pair<std::int64_t, std::string>, merchant_day> rows;
};

payout_book::payout_book(const fee_schedule& fees, const business_calendar& calendar, unsigned days, currency money)
    : state_(std::make_unique<state>(fees, calendar, days, money)) {}
payout_book::payout_book(payout_book&&) noexcept = default;
payout_book& payout_book::operator=(payout_book&&) noexcept = default;
payout_book::~payout_book() = default;

result<cleared> payout_book::add(const clearing_item& item) {
    const auto fits = [](std::int64_t minor) { return minor >= 0 && minor <= amount::max_minor; };
    if (!fits(item.minor) || (item.of && !(fits(item.of->minor) && fits(item.of->before)))) {
        return refuse(clearing_errc::too_much, item, "expected an amount of at most twelve digits");
    }
    if (item.unit != state_->money) {
        return refuse(clearing_errc::other_currency, item,
            "found " + std::to_string(item.unit.number) + ", expected " + std::to_string(state_->money.number));
    }
    const bool payment = item.way == reconcile::direction::payment;
    cleared made;
    made.gross = payment ? item.minor : -item.minor;
    if (!item.free) {
        CIPHERLANE_TRY(const auto* rule, state_->fees->rule(item.category));
        const auto fee = payment || !item.of ? rule->fee(item.way, item.minor)
                                             : rule->fee_back(item.of->minor, item.of->before, item.minor);
        made.fee = payment ? fee : -fee;
    }
    made.net = made.gross - made.fee;
    if (item.shares.empty()) {
        made.parts.emplace_back(item.merchant, made.net);
    } else {
        CIPHERLANE_TRY(const auto weights, weights_of(item));
        const auto parts = divide(made.net, weights);
        for (std::size_t i = 0; i < parts.size(); ++i)
            made.parts.emplace_back(item.shares[i].party, parts[i]);
    }
    auto& row = state_->rows[{item.day, item.merchant}];
    constexpr auto most = std::int64_t{1'000'000} * amount::max_minor; // far from what 64 bits hold
    if ((payment ? row.gross : row.refunds) > most) {
        return refuse(clearing_errc::too_much, item, "the merchant's day is beyond a million largest amounts");
    }
    (payment ? row.payments : row.give_backs) += 1;
    (payment ? row.gross : row.refunds) += item.minor;
    row.fees += made.fee;
    row.net += made.net;
    for (const auto& [party, part] : made.parts)
        row.parties[party] += part;
    return made;
}

result<std::vector<merchant_day>> payout_book::finish() const {
    std::vector<merchant_day> all;
    for (const auto& [key, row] : state_->rows) {
        all.push_back(row);
        all.back().day = key.first;
        all.back().merchant = key.second;
        all.back().unit = state_->money;
        CIPHERLANE_TRY(all.back().pay_day,
            state_->calendar->after(std::chrono::sys_days(std::chrono::days(key.first)), state_->days));
    }
    return all;
}

} // namespace cipherlane::clearing
