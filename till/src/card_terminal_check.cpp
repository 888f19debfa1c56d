#include "card_terminal_check.hpp"

#include "part_makers.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::assembly {
namespace {

std::string shown(std::int64_t minor, const currency& unit) {
    return amount(minor, unit).to_string();
}

} // namespace

void card_terminal_check::ask(const link_trial& try_link, const std::function<call()>& turn) {
    const auto places = settings_.card_terminals();
    if (places.empty()) return notes_.skip("card terminal", "the settings name none");
    for (const auto& place : places) {
        const auto has = [&](const till_settings::terminal& one) {
            const auto* const its = settings_.card_terminal_of(one);
            return its != nullptr && *its == place;
        };
        const auto at = std::find_if(settings_.terminals.begin(), settings_.terminals.end(), has);
        const auto& of = at != settings_.terminals.end() ? *at : settings_.terminals.front();
        at_hand one;
        one.part = places.size() > 1 ? "card terminal " + place.name : "card terminal";
        one.unit = of.unit;
        ask_one(place, one, try_link, turn);
        if (at != settings_.terminals.end()) by_terminal_.insert_or_assign(of.terminal_id, std::move(one));
    }
}

void card_terminal_check::ask_one(const till_settings::card_terminal_place& place, at_hand& one,
    const link_trial& try_link, const std::function<call()>& turn) {
    auto made = make_card_terminal(on_, place, one.unit, {}, logger::none());
    if (!made) return void(notes_.wrong(one.part, made.error()));
    one.device = *std::move(made);
    if (!place.host.address.empty()) {
        (void)try_link(one.part + "'s host link", place.host, "card_terminal.host");
        auto way = make_terminal_relay(place.host, logger::none());
        if (!way) return void(notes_.wrong(one.part + "'s host link", way.error()));
        one.relay = *std::move(way);
        if (const auto taken = one.device->reach_host_by(one.relay.get()); !taken)
            return void(notes_.wrong(one.part, has_own_line()));
    }
    const auto now = one.device->status(turn());
    if (!now) return void(notes_.wrong(one.part, now.error()));
    const auto told = place.driver + " " + printable_text(now->terminal_id) + ", state " + printable_text(now->code);
    one.is_ready = now->ready;
    if (one.is_ready) return notes_.good(one.part, told + ", ready");
    notes_.note({one.part, preflight_state::wrong, told + ", not ready",
        "it is at something else, or wants something done: look at its display and its paper", {}});
}

void card_terminal_check::ask_of_the_day(
    const std::string& terminal_id, const books& ours, const std::function<call()>& turn) {
    const auto found = by_terminal_.find(terminal_id);
    if (found == by_terminal_.end()) return;
    auto& one = found->second;
    const auto leave = [&](std::string_view why) {
        notes_.skip(one.part + "'s host", std::string(why));
        notes_.skip(one.part + "'s day", std::string(why));
    };
    if (!one.is_ready) return leave("it is not ready");
    if (!ours.at_rest) return leave("what is open in the records comes first");
    ask_reach(one, turn());
    ask_totals(one, ours.totals, turn());
}

void card_terminal_check::ask_reach(at_hand& one, const call& limits) {
    const auto part = one.part + "'s host";
    if (!one.device->capabilities().diagnoses)
        return notes_.skip(part, "its protocol cannot ask whether it is reached; a payment is the only proof");
    const auto heard = one.device->diagnosis(limits);
    if (heard) return notes_.good(part, "the terminal reaches it");
    if (heard.error().is(condition::unsupported)) return notes_.skip(part, "this terminal does not say");
    notes_.wrong(part, heard.error());
}

/// A difference says nothing of who is right: both lists do.
void card_terminal_check::ask_totals(at_hand& one, const ports::batch_totals& ours, const call& limits) {
    const auto part = one.part + "'s day";
    if (!one.device->capabilities().tells_totals)
        return notes_.skip(part, "its protocol tells totals only of a day that it closes: cipherlane till settle "
                                 "compares them");
    const auto told = one.device->totals(limits);
    if (!told) return void(notes_.wrong(part, told.error()));
    if (!told->total) return notes_.skip(part, "the terminal tells no sum");
    ports::settlement_progress compared;
    compared.totals = ours;
    compared.host_debit = *told->total;
    const auto theirs = "its open day comes to " + shown(told->total->minor, one.unit);
    const auto differences = ledger::net_difference(compared);
    if (differences.empty()) return notes_.good(part, theirs + ", as the batch does");
    notes_.note(
        {part, preflight_state::wrong, theirs + ", the batch to " + shown(differences.front().till.minor, one.unit),
            "the day was closed at the terminal itself, or money was moved there without this till: compare its list "
            "with "
            "cipherlane journal list before the batch is settled",
            {}});
}

} // namespace cipherlane::assembly
