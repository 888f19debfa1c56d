#include "flow/script_notice.hpp"

#include "card/card_entry.hpp"
#include "flow/original.hpp"
#include "flow/unsent.hpp"
#include "host/request.hpp"

#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {

using ports::journal_record;

void store_script_notice(lane_core& on, const journal_record& of, byte_view emv, byte_view results) {
    const auto kind = ledger::notified_by(of.kind);
    if (!kind) return;
    const auto& message = ledger::message_of(ledger::row_of(*kind));
    journal_record notice;
    notice.terminal_id = of.terminal_id;
    notice.merchant_id = of.merchant_id;
    notice.idempotency_key = "script result of " + std::to_string(of.id);
    notice.kind = *kind;
    notice.requested = of.requested;
    notice.approved = amount(0, of.requested.unit());
    notice.created_date = on.today();
    notice.counterpart = of.counterpart;
    notice.operator_id = of.operator_id;
    notice.shift = of.shift;
    notice.mti = message.mti;
    notice.processing_code = of.processing_code;
    notice.condition_code = of.condition_code;
    notice.transaction_code = message.type;
    notice.field60_rest = field60_rest(message, on.settings());
    notice.chip = script_emv(on, emv, results);
    refer_to(notice, of);
    notice.entry = of.entry;
    const auto begun = begin_record(on, notice, nullptr, on.journal_call());
    if (!begun) return on.log().warning("acquiring", "script result: " + begun.error().to_string());
    auto record = *begun;
    if (const auto marked = mark_sent(on, record); !marked) {
        on.log().warning("acquiring", "script result: " + marked.error().to_string());
    }
}

} // namespace cipherlane::acquiring
