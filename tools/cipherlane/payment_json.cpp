#include "cipherlane/payment_json.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::cli {

using json = nlohmann::ordered_json;

nlohmann::ordered_json to_json(const acquiring::payment& what) {
    json made{{"outcome", to_string(what.outcome)}, {"ok", what.ok()}, {"key", what.key}, {"handle", what.handle},
        {"original", what.original}, {"told", what.told == acquiring::told::fresh ? "fresh" : "recorded"},
        {"trade", ledger::row_of(what.kind).name}, {"terminal", what.terminal_id}, {"merchant", what.merchant_id},
        {"requested", what.requested.minor()}, {"approved", what.approved.minor()},
        {"refunded", what.refunded.minor()}, {"currency", what.requested.unit().number}, {"batch", what.batch},
        {"trace", what.trace}, {"card", what.masked_pan}, {"entry", what.entry}, {"host_code", what.host_code},
        {"reference", what.reference}, {"authorization", what.authorization}, {"date", what.date},
        {"time", what.time}, {"order", what.order_number}, {"voucher", what.voucher}, {"note", what.note}};
    if (what.conversion.chosen()) {
        made["conversion"] = {{"amount", what.conversion.converted.minor()},
            {"currency", what.conversion.converted.unit().number}, {"rate", ports::rate_text(what.conversion.rate)}};
    }
    if (!what.ok()) made["reason"] = what.reason(language::english);
    if (what.why) made["why"] = cli::to_json(*what.why);
    return made;
}

} // namespace cipherlane::cli
