#include "flow/besides.hpp"

#include "lane/failed_lately.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

constexpr std::chrono::milliseconds short_while{1000}; ///< nobody at a counter minds it

/// Whether a gateway has said something: its code or word is there, or it has told a state that decides nothing. That
/// it has failed (500 to 599) is no answer: the next question would fare no better.
bool has_answered(const std::optional<error>& why) {
    constexpr std::size_t http_status = 3;
    if (!why || (why->peer_code().size() == http_status && why->peer_code().starts_with('5'))) return false;
    return !why->peer_code().empty() || !why->untrusted_peer_text().empty() ||
           why->code() == acquiring_errc::order_pending;
}

} // namespace

bool besides::may_ask(const ports::journal_record& about) {
    left_ = bounds_.until().left();
    if (bounds_.stopped() || left_ < on_.settings().gateway.response_time + kept_) return false;
    const auto now = on_.clock().now();
    const auto put_off = on_.records_put_off.find(about.id);
    if (put_off != on_.records_put_off.end() && failed_lately(put_off->second, now)) return false;
    const auto failed = on_.gateways_failed.find(about.counterpart);
    return failed == on_.gateways_failed.end() || !failed_lately(failed->second, now);
}

void besides::asked(const ports::journal_record& about, const std::optional<error>& why) {
    on_.records_put_off.erase(about.id);
    // A gateway that is still at it is waited for by its adapter: a second of these would take as long again.
    const bool was_quick =
        left_ - bounds_.until().left() < std::max(on_.settings().gateway.response_time / 2, short_while);
    if (ledger::states::decided.contains(about.state)) {
        on_.gateways_failed.erase(about.counterpart);
    } else if (was_quick && has_answered(why)) {
        on_.gateways_failed.erase(about.counterpart);
        on_.records_put_off[about.id] = on_.clock().now();
    } else {
        on_.gateways_failed[about.counterpart] = on_.clock().now();
    }
}

} // namespace cipherlane::acquiring
