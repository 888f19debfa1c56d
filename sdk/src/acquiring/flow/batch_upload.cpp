#include "flow/batch_upload.hpp"

#include "flow/request_on_file.hpp"
#include "flow/settlement_progress.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"

#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/upload_plan.hpp>

#include <algorithm>
#include <span>

namespace cipherlane::acquiring {
namespace {

using iso8583::transaction;
using ledger::upload_plan;
using ports::journal_record;
using ports::settlement_progress;
using ports::settlement_step;

result<upload_plan> plan_upload(lane_core& on, const settlement_progress& progress) {
    if (is_balanced(progress) && !on.settings().settlement.chip_records_when_balanced) return upload_plan();
    CIPHERLANE_TRY(const auto all, on.journal().batch_records(on.terminal_id(), progress.batch, on.journal_call()));
    return ledger::upload_of(all, verdict_of(progress));
}

/// Whether the record's card can be had, where there is one.
result<void> check_card(lane_core& on, const journal_record& record) {
    if (!record.card_sealed) return {};
    const auto card = on.journal().card(record.id, on.journal_call());
    if (card) return {};
    return error(card.error()).during("batch upload").for_trace(record.trace);
}

/// A damaged seal is none that another run can open; a disk that takes too long is not the card's fault.
bool is_of_the_card(const error& why) noexcept {
    return why.is(condition::local_fault) || why.is(condition::misuse);
}

/// Those of a group that can be told of, and those that cannot.
struct upload_group_parts {
    std::vector<journal_record> kept;
    std::vector<journal_record> left_out;
};

/// @return the seal's error, where nobody has said that such records are passed over.
result<upload_group_parts> parts_of(
    lane_core& on, after_refusal how, const upload_plan& plan, std::size_t at, std::size_t count) {
    upload_group_parts parts;
    for (auto place = at; place < at + count; ++place) {
        const auto there = check_card(on, plan.at(place));
        if (there) {
            parts.kept.push_back(plan.at(place));
        } else {
            if (!is_of_the_card(there.error())) return there.error();
            CIPHERLANE_CHECK(needs_a_person(on, how, there.error()));
            parts.left_out.push_back(plan.at(place));
        }
    }
    return parts;
}

result<iso8583::message> upload_group(
    lane_core& on, const settlement_progress& progress, std::span<const journal_record> group) {
    std::vector<iso8583::upload_record> records;
    for (const auto& record : group) {
        std::optional<pan> number;
        if (record.card_sealed) {
            CIPHERLANE_TRY(auto card, on.journal().card(record.id, on.journal_call()));
            number = std::move(card.account);
        }
        records.push_back({0, record.trace, std::move(number), record.approved.minor()});
    }
    CIPHERLANE_TRY(const auto digits, iso8583::write_upload_records(records));
    CIPHERLANE_TRY(const auto from, new_source(on, progress.batch));
    auto message = request(iso8583::row_of(transaction::upload_mag), from, on.settings());
    message.set(48, digits);
    return message;
}

result<iso8583::message> upload_refund(lane_core& on, const journal_record& record) {
    const auto& row = iso8583::row_of(transaction::upload_refund);
    CIPHERLANE_TRY(const auto original, on.journal().find(record.original, on.journal_call()));
    // What was given back, which a person may have found to be less than was asked for.
    auto booked = record;
    booked.requested = record.approved;
    booked.conversion = ledger::share_of(record.conversion, record.requested, record.approved);
    request_source from(booked);
    from.original = original ? &*original : &record;
    return request_on_file(on, row, from);
}

/// Field 60.3: whether the batch balances, and whether the card believed the issuer.
std::string_view chip_network(const settlement_progress& progress, const journal_record& record) {
    const auto& row = iso8583::row_of(transaction::upload_ic);
    if (!record.arpc_failed) return is_balanced(progress) ? row.network : row.network_unbalanced;
    return is_balanced(progress) ? iso8583::upload_arpc_failed : iso8583::upload_arpc_failed_unbalanced;
}

result<iso8583::message> upload_chip(
    lane_core& on, const settlement_progress& progress, const journal_record& record) {
    request_source from(record);
    from.network = chip_network(progress, record);
    CIPHERLANE_TRY(auto message, request_on_file(on, iso8583::row_of(transaction::upload_ic), from));
    message.set(4, record.approved.to_n12());
    return message;
}

result<iso8583::message> upload_message(
    lane_core& on, const settlement_progress& progress, transaction what, std::span<const journal_record> records) {
    if (what == transaction::upload_mag) return upload_group(on, progress, records);
    if (what == transaction::upload_ic) return upload_chip(on, progress, records.front());
    return upload_refund(on, records.front());
}

/// The host's code to what goes up in one message, and the trace number of that.
struct step_answer {
    std::string code;
    std::uint32_t trace;
};
result<step_answer> send_step(lane_core& on, const settlement_progress& progress, transaction what,
    std::span<const journal_record> records, const call& bounds) {
    CIPHERLANE_TRY(auto message, upload_message(on, progress, what, records));
    CIPHERLANE_TRY(const auto answer, ask(on, message, iso8583::row_of(what), "batch upload", bounds));
    return step_answer{answer.code(), static_cast<std::uint32_t>(number_of(message.get(11)).value_or(0))};
}

/// What is left of the plan stays untold.
void break_off(settlement_progress& progress, const upload_plan& plan, settlement_report& report) {
    for (std::size_t place = progress.uploaded; place < plan.size(); ++place)
        report.left_out.push_back(to_payment(plan.at(place)));
    progress.uploaded -= static_cast<std::uint32_t>(progress.left_out.size());
}

/// A group that has gone up, or that nobody waits for: what of it could not go up stays told, whatever becomes of its
/// card since.
result<void> count_group(lane_core& on, settlement_progress& progress, std::size_t count,
    const std::vector<journal_record>& left_out, settlement_report& report) {
    for (const auto& record : left_out) {
        progress.left_out.push_back(record.id);
        report.left_out.push_back(to_payment(record));
    }
    progress.uploaded += static_cast<std::uint32_t>(count);
    return save_progress(on, progress);
}

} // namespace

result<upload_end> upload(lane_core& on, settlement_progress& progress, const step_taken& as,
    settlement_report& report, const call& bounds) {
    CIPHERLANE_TRY(const auto plan, plan_upload(on, progress));
    CIPHERLANE_TRY(report.left_out, left_out(on, progress));
    while (progress.uploaded < plan.size()) {
        const auto step = step_at(plan, progress.uploaded);
        CIPHERLANE_TRY(const auto group, parts_of(on, as.how, plan, progress.uploaded, step.count));
        if (!group.kept.empty()) {
            const auto told = send_step(on, progress, step.what, group.kept, bounds);
            if (!told) {
                CIPHERLANE_CHECK(end_unasked(on, progress, as, report, told.error(), bounds));
                break_off(progress, plan, report);
                return upload_end::broken_off;
            }
            if (!iso8583::approved(told->code)) {
                CIPHERLANE_CHECK(needs_a_person(on, as.how, refusal("0320", told->code, told->trace)));
                report.refused += static_cast<std::uint32_t>(group.kept.size());
            }
        }
        CIPHERLANE_CHECK(count_group(on, progress, step.count, group.left_out, report));
    }
    return upload_end::whole;
}

result<std::vector<payment>> left_out(lane_core& on, const settlement_progress& progress) {
    std::vector<payment> missing;
    for (const auto id : progress.left_out) {
        CIPHERLANE_TRY(const auto record, on.journal().find(id, on.journal_call()));
        if (record) missing.push_back(to_payment(*record));
    }
    return missing;
}

} // namespace cipherlane::acquiring
