#include "acquirer-sim/exchange.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/emv/tlv.hpp>
#include <cipherlane/iso8583/field48.hpp>

namespace cipherlane::sim {

namespace {

constexpr std::string_view upload_line = "batch upload"; ///< its lines are counted together

/// Says that it balances, over figures that are not what it was told.
void falsify(iso8583::settlement_totals& told, std::string_view side) {
    told.domestic.verdict = iso8583::settlement_verdict::balanced;
    if (side == "foreign")
        told.foreign.debit_amount += 1;
    else if (side == "credit")
        told.domestic.credit_amount += 1;
    else
        told.domestic.debit_amount += 1;
}

/// Whether a chip record goes up by the number that its own data asks for: of a card that could not verify the
/// issuer's answer (tag 95, byte 5, bit 7) by 204 or 206.
bool number_fits(const iso8583::message_view& request) {
    const auto chip = request.value(55);
    const auto results = emv::find_tlv(as_bytes(chip), emv::tag_number{0x95});
    const bool failed = results && *results && (*results)->size() == 5 && ((**results)[4] & 0x40U) != 0;
    const auto number = request.value(60).substr(8, 3);
    return failed == (number == "204" || number == "206");
}

} // namespace

/// Once: the answer closes the batch for trades, and nobody counts it again.
void host_core::settle(exchange& on) {
    if (books_.settled(on.terminal->terminal_id, on.batch)) return on.refuse(wrong_batch);
    auto claimed = iso8583::settlement_totals::parse(on.request.value(48));
    if (!claimed) return on.refuse("30");
    const auto ours = books_.totals(on.terminal->terminal_id, on.batch);
    const auto& theirs = claimed->domestic;
    const bool equal = theirs.debit_amount == ours.debit.minor && theirs.debit_count == ours.debit.count &&
                       theirs.credit_amount == ours.credit.minor && theirs.credit_count == ours.credit.count;
    const bool same = !on.asked("not_balanced") && equal;
    const auto verdict = same ? iso8583::settlement_verdict::balanced : iso8583::settlement_verdict::not_balanced;
    claimed->domestic.verdict = verdict;
    claimed->foreign.verdict = iso8583::settlement_verdict::balanced;
    if (on.asked("wrong_totals")) falsify(*claimed, on.planned->value);
    books_.settle(on.terminal->terminal_id, on.batch, static_cast<int>(verdict));
    on.answer.set(48, *claimed->to_digits());
    on.accept();
}

void host_core::upload(exchange& on) {
    if (books_.ended(on.terminal->terminal_id, on.batch)) return on.refuse(wrong_batch);
    if (*on.what == iso8583::transaction::upload_ic) {
        if (!number_fits(on.request)) return on.refuse("30");
        books_.upload(on.terminal->terminal_id, on.batch, on.request.value(11), std::stoll(on.request.value(4)));
        return on.accept();
    }
    const auto records = iso8583::parse_upload_records(on.request.value(48));
    if (!records) return on.refuse("30");
    for (const auto& record : *records) {
        const bool known =
            books_.upload(on.terminal->terminal_id, on.batch, zero_padded(record.trace, 6), record.amount);
        if (!known)
            log_.tell(
                log_level::warning, upload_line, "batch upload: trace " + zero_padded(record.trace, 6) + " differs");
    }
    on.accept();
}

/// A refund comes alone, as it was sent before, without its MAC.
void host_core::upload_refund(exchange& on) {
    if (books_.ended(on.terminal->terminal_id, on.batch)) return on.refuse(wrong_batch);
    const auto trace = on.request.value(11);
    if (!books_.upload(on.terminal->terminal_id, on.batch, trace, std::stoll(on.request.value(4)))) {
        log_.tell(log_level::warning, upload_line, "batch upload: refund with trace " + trace + " differs");
    }
    on.accept();
}

void host_core::upload_end(exchange& on) {
    if (books_.ended(on.terminal->terminal_id, on.batch)) return on.refuse(wrong_batch);
    const auto expected = on.request.value(48);
    const auto have = books_.uploads(on.terminal->terminal_id, on.batch);
    if (expected != zero_padded(have, expected.size())) {
        log_.tell(log_level::warning, "batch end",
            "batch upload: " + printable_text(expected) + " announced, " + std::to_string(have) + " here");
        return on.refuse(records_missing);
    }
    if (books_.settled(on.terminal->terminal_id, on.batch)) books_.end(on.terminal->terminal_id, on.batch);
    on.accept();
}

} // namespace cipherlane::sim
