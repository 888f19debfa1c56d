#include "flow/host_word.hpp"

#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/field59.hpp>

namespace cipherlane::acquiring {
namespace {

using ports::journal_verdict;
using ports::record_state;

std::string without_padding(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

/// Field 59, A4.
std::string voucher_of(const host_answer& answer) {
    const auto field = answer.value(59);
    const auto found =
        iso8583::find_subfield(iso8583::field59_format(), as_bytes(field), iso8583::tag_payment_voucher);
    return found && *found ? without_padding(std::string(as_text(**found))) : std::string();
}

} // namespace

journal_verdict word_of_host(const lane_core& on, const host_answer& answer) {
    journal_verdict verdict(record_state::approved, ports::decider::host);
    const auto set = [&](std::optional<std::string>& member, int field) {
        if (answer.view().has(field)) member = without_padding(answer.value(field));
    };
    verdict.host_code = answer.code();
    set(verdict.reference, 37);
    set(verdict.authorization, 38);
    set(verdict.host_time, 12);
    set(verdict.acquirer, 32);
    verdict.host_text = operator_text(answer);
    if (const auto voucher = voucher_of(answer); !voucher.empty()) verdict.voucher = voucher;
    if (const auto date = ports::infer_year(answer.value(13), on.clock().now()); !date.empty()) {
        verdict.host_date = date;
    }
    return verdict;
}

std::optional<amount> approved_part(const ports::journal_record& record, const host_answer& answer) {
    const auto given = amount_of_n12(answer.value(4), record.requested.unit());
    return given && given->minor() > 0 && given->is_within(record.requested) ? given : std::nullopt;
}

void pass_on(ports::chip_verdict& to, const host_answer& answer, ports::host_verdict what) {
    to.verdict = what;
    to.response_code = answer.code();
    const auto data = answer.value(55);
    to.issuer_data.assign(data.begin(), data.end());
}

} // namespace cipherlane::acquiring
