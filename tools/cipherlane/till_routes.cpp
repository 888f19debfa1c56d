// The routes of a till: what is known of each, and what somebody says by hand. A till that runs elsewhere sees it at
// its next payment: it writes a file of its own, and nothing of the journal.
#include "cipherlane/settings_input.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/till/route_hand.hpp>

#include <sstream>

namespace cipherlane::cli::till_verbs {

using json = nlohmann::ordered_json;

void route(const till_options& options) {
    const teller by("route", options);
    const auto settings = read_settings(options.settings);
    auto hand = by.need(route_hand::of(settings));
    const auto done = [&by](const result<void>& how) {
        if (!how) by.fail(how.error());
    };
    if (!options.pin.empty()) done(hand.pin(options.pin));
    if (options.unpin) done(hand.pin({}));
    if (!options.shut.empty()) done(hand.close(options.shut));
    if (!options.reopen.empty()) done(hand.reopen(options.reopen));
    const auto now = by.need(hand.read());
    json rows = json::array();
    std::ostringstream text;
    for (const auto& one : hand.routes()) {
        const bool pinned = now.pinned == one.host;
        const bool closed = now.closed.contains(one.host);
        rows.push_back({{"host", one.host}, {"terminal", one.terminal}, {"fee_ppm", one.fee_ppm},
            {"fee_minor", one.fee_minor}, {"pinned", pinned}, {"closed", closed}});
        text << one.host << "  terminal " << one.terminal << ", " << one.fee_ppm << " millionths and "
             << one.fee_minor << (pinned ? ", all payments go there" : "") << (closed ? ", closed" : "") << "\n";
    }
    for (const auto& one : hand.gateways()) {
        const bool pinned = now.pinned_gateway == one.name;
        const bool closed = now.closed.contains(one.name);
        rows.push_back({{"gateway", one.name}, {"fee_ppm", one.fee_ppm}, {"fee_minor", one.fee_minor},
            {"pinned", pinned}, {"closed", closed}});
        text << one.name << "  gateway, " << one.fee_ppm << " millionths and " << one.fee_minor
             << (pinned ? ", all orders go there" : "") << (closed ? ", closed" : "") << "\n";
    }
    const bool pinned = !now.pinned.empty() || !now.pinned_gateway.empty();
    text << (pinned ? "by hand" : "chosen for each payment");
    by.say({{"routes", std::move(rows)}, {"chosen", !pinned}}, text.str(), ending::done);
}

} // namespace cipherlane::cli::till_verbs
