#include "card_entry.hpp"
#include "flows.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/gbk.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <cstdlib>

namespace cipherlane::acquiring {
namespace {

const iso8583::transaction_row& balance_row() {
    return iso8583::row_of(iso8583::transaction::balance);
}

/// Field 54: account type 2, amount type 2, currency 3, sign 'C' or 'D', twelve digits (ISO 8583:1987).
result<void> read_balance(const std::string& field, balance_report& report, currency unit) {
    const bool whole =
        field.size() >= 20 && (field[7] == 'C' || field[7] == 'D') && field.find_first_not_of("0123456789", 8) >= 20;
    if (!whole) return flow_error(acquiring_errc::bad_answer, "balance").in_field("54");
    report.answered = true;
    report.negative = field[7] == 'D';
    report.balance = amount(std::atoll(field.substr(8, 12).c_str()), unit);
    return {};
}

ports::chip_verdict verdict_for_card(const exchange_end& end) {
    ports::chip_verdict made(ports::host_verdict::unreachable);
    made.line1 = "THANK YOU";
    if (end.what != exchange_end::kind::answered) return made;
    made.response_code = end.answer->code();
    made.verdict =
        iso8583::approved(made.response_code) ? ports::host_verdict::approved : ports::host_verdict::declined;
    const auto data = end.answer->value(55);
    made.issuer_data.assign(data.begin(), data.end());
    return made;
}

} // namespace

result<balance_report> perform(lane_core& on, const balance_request& /*request*/, const call& bounds) {
    CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    const amount none(0, on.settings().unit);
    CIPHERLANE_TRY(const auto entry, take_card(on, none, terminal.pin_key, bounds));
    CIPHERLANE_CHECK(check_time(on, bounds));
    CIPHERLANE_TRY(const auto trace, on.journal().take_trace(on.terminal_id(), bounds));
    auto request = new_request(on, balance_row(), trace);
    request.set(2, entry.card.account.expose());
    if (!entry.card.expiry.empty()) request.set(14, entry.card.expiry);
    request.set(22, entry_field(entry));
    if (entry.card.sequence_number) request.set(23, *entry.card.sequence_number);
    request.set(49, "156");
    set_field60(request, on, balance_row(), terminal.batch);
    CIPHERLANE_CHECK(fill_from_card(request, on, entry));
    const auto end = exchange(on, request, balance_row(), "balance", entry.card.account.masked(), bounds);
    (void)finish_card(on, entry.card.mode, verdict_for_card(end));
    if (end.what == exchange_end::kind::in_doubt && end.why.is(condition::outcome_unknown)) {
        return error(boost::system::errc::make_error_code(boost::system::errc::timed_out), layer::acquiring)
            .during("balance")
            .for_trace(trace);
    }
    if (end.what != exchange_end::kind::answered) return error(end.why).for_trace(trace);
    balance_report report;
    report.host_code = end.answer->code();
    report.masked_pan = entry.card.account.masked();
    const auto field63 = end.answer->value(63);
    if (const auto text = iso8583::field63::parse(field63); text) {
        if (auto utf8 = iso8583::gbk_to_utf8(as_bytes(text->texts)); utf8) report.host_text = *std::move(utf8);
    }
    if (iso8583::approved(report.host_code)) {
        CIPHERLANE_CHECK(read_balance(end.answer->value(54), report, on.settings().unit));
    }
    return report;
}

} // namespace cipherlane::acquiring
