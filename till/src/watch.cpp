#include "watch.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/till/errc.hpp>

namespace cipherlane::assembly {

result<ports::duty> watch::may_begin(
    const std::string& terminal_id, const ports::intent& what, const call& /*bounds*/) {
    if (rules && what.what == ports::deed::trade) rules->may_begin(terminal_id, what);
    if (!duties || what.what == ports::deed::settle_at_its_time) return ports::duty();
    return duties->allow(terminal_id, right_for(what), what.key);
}

/// Somebody who may review has reviewed by asking for it.
result<void> watch::check_risk(const ports::journal_record& fresh, const call& bounds) {
    const bool pays = ledger::row_of(fresh.kind).role == ledger::trade_role::payment;
    if (!risk || !pays) return {};
    const auto said = risk->ask(fresh, bounds);
    const auto refused = [&](std::string_view what) {
        return error(till_errc::risk_refuses, layer::till)
            .during("risk")
            .in_field(what)
            .with_hint(printable_text(said.reason, 100));
    };
    if (said.word == ports::risk_word::accept) return {};
    if (said.word == ports::risk_word::reject) return refused("reject");
    if (duties && duties->allow(fresh.terminal_id, right::review, fresh.idempotency_key)) return {};
    return refused("review");
}

result<void> watch::may_send(const ports::journal_record& fresh, const call& bounds) {
    if (rules) CIPHERLANE_CHECK(rules->may_send(fresh, bounds));
    if (const auto judged = check_risk(fresh, bounds); !judged) {
        if (rules) rules->not_sent(fresh);
        return judged;
    }
    return {};
}

ports::order_funds watch::funds_for(const ports::journal_record& fresh, ports::order_funds asked) const {
    return rules ? rules->funds_for(fresh, asked) : asked;
}

void watch::paid_by(const ports::journal_record& record, const ports::order_payer& payer) noexcept {
    if (rules) rules->paid_by(record, payer);
}

void watch::not_sent(const ports::journal_record& record) noexcept {
    if (rules) rules->not_sent(record);
}

void watch::decided(const ports::journal_record& record) noexcept {
    if (rules) rules->decided(record);
}

} // namespace cipherlane::assembly
