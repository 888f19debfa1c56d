#include "flow/balance.hpp"

#include "card/card_entry.hpp"
#include "flow/host_word.hpp"
#include "flow/ready.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"

#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ports/words.hpp>

namespace cipherlane::acquiring {
namespace {

const iso8583::transaction_row& balance_row() {
    return iso8583::row_of(iso8583::transaction::balance);
}

/// Field 54: account type 2, amount type 2, currency 3, sign 'C' or 'D', twelve digits (ISO 8583:1987).
result<void> read_balance(const std::string& field, balance_report& report, currency unit) {
    const bool whole = field.size() >= 20 && (field[7] == 'C' || field[7] == 'D');
    const auto value = whole ? amount_of_n12(std::string_view(field).substr(8, 12), unit) : std::nullopt;
    if (!value) return flow_error(acquiring_errc::bad_answer, "balance").in_field("54");
    report.answered = true;
    report.negative = field[7] == 'D';
    report.balance = *value;
    return {};
}

ports::chip_verdict verdict_for_card(const exchange_end& end, language in) {
    ports::chip_verdict made(ports::host_verdict::unreachable);
    made.line1 = ports::word("pad.thanks", in);
    if (end.what != exchange_end::kind::answered) return made;
    const bool approved = iso8583::approved(end.answer->code());
    pass_on(made, *end.answer, approved ? ports::host_verdict::approved : ports::host_verdict::declined);
    return made;
}

} // namespace

result<balance_report> perform(lane_core& on, const balance_request& /*request*/, const call& bounds) {
    const amount none(0, on.settings().unit);
    on.begin_stages({}, none);
    CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    CIPHERLANE_TRY(const auto entry, take_card(on, none, terminal.pin_key, pin_rule::always, bounds));
    CIPHERLANE_CHECK(check_time(on, bounds));
    CIPHERLANE_TRY(const auto trace, on.journal().take_trace(on.terminal_id(), bounds));
    const ports::stored_card card(entry.card.account.clone(), entry.card.expiry);
    request_source from(trace, terminal.batch);
    from.card = &card;
    auto message = request(balance_row(), from, on.settings());
    message.set(22, entry_field(entry));
    if (entry.card.sequence_number) message.set(23, *entry.card.sequence_number);
    CIPHERLANE_CHECK(fill_from_card(message, on, entry));
    on.enter(stage::sending);
    auto end = exchange(on, message, balance_row(), "balance", entry.card.account.masked(), bounds);
    on.enter(stage::finishing);
    (void)finish_card(on, entry.card.mode, verdict_for_card(end, on.settings().wording.pinpad));
    CIPHERLANE_TRY(const auto answer, answer_of(std::move(end), "balance", trace));
    balance_report report;
    report.host_code = answer.code();
    report.host_text = operator_text(answer);
    report.masked_pan = entry.card.account.masked();
    if (iso8583::approved(report.host_code)) {
        CIPHERLANE_CHECK(read_balance(answer.value(54), report, on.settings().unit));
    }
    return report;
}

} // namespace cipherlane::acquiring
