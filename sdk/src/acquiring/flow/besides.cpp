#include "flow/besides.hpp"

#include "lane/failed_lately.hpp"

#include <cipherlane/ledger/record_life.hpp>

namespace cipherlane::acquiring {

bool besides::may_ask(const ports::journal_record& about) const {
    if (bounds_.stopped() || bounds_.until().left() < on_.settings().gateway.response_time + kept_) return false;
    const auto failed = on_.gateways_failed.find(about.counterpart);
    return failed == on_.gateways_failed.end() || !failed_lately(failed->second, on_.clock().now());
}

void besides::asked(const ports::journal_record& about) {
    if (ledger::states::decided.contains(about.state)) {
        on_.gateways_failed.erase(about.counterpart);
    } else {
        on_.gateways_failed[about.counterpart] = on_.clock().now();
    }
}

} // namespace cipherlane::acquiring
