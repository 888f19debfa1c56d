#include "flow/order_watch.hpp"

#include "flow/order_outcome.hpp"

#include <cipherlane/core/pause.hpp>

#include <algorithm>

namespace cipherlane::acquiring {

using ports::qr_order_state;

bool at_end(qr_order_state state) noexcept {
    return state != qr_order_state::waiting && state != qr_order_state::paying;
}

void note_from_gateway(lane_core& on, std::string what, const ports::journal_record& record, std::string result) {
    timeline_entry entry;
    entry.from = party::gateway;
    entry.to = party::till;
    entry.what = std::move(what);
    entry.result = std::move(result);
    entry.total = record.requested;
    entry.trace = record.trace;
    on.note(std::move(entry));
}

order_news watch(lane_core& on, ports::qr_gateway& gateway, const ports::journal_record& record, const call& bounds) {
    const auto& times = on.settings().gateway;
    const auto rarest = std::max(times.poll, on.settings().qr.longest_poll);
    const auto number = order_number(record);
    auto interval = times.poll;
    order_news news;
    const auto hear = [&](const result<ports::qr_order_status>& told, std::string_view how) {
        if (!told || !speaks_of(record, *told)) return false;
        const bool paying = told->state == qr_order_state::paying;
        if (paying && !news.paying) on.enter(stage::paying);
        news.paying = paying;
        if (!at_end(told->state)) return false;
        note_from_gateway(on, std::string(how), record, std::string(to_string(told->state)));
        news.told = *told;
        return true;
    };
    while (!bounds.until().passed() && !bounds.stopped()) {
        const auto turn = bounds.no_later_than(interval);
        const auto notice = gateway.wait_notification(number, turn);
        if (hear(notice, "notification")) return news;
        if (!notice && !notice.error().is(condition::timed_out)) pause(turn); // no notifications here: poll
        if (bounds.until().passed() || bounds.stopped()) break;
        const auto asked = gateway.query(number, bounds.no_later_than(times.response_time));
        if (hear(asked, "query")) return news;
        interval = asked ? times.poll : std::min(rarest, interval * 3 / 2);
    }
    return news;
}

} // namespace cipherlane::acquiring
