// Which records of a batch are told to the host again, and in which messages.
#include <cipherlane/ledger/upload_plan.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherlane::ledger {
namespace {

using iso8583::settlement_verdict;
using iso8583::transaction;
using ports::journal_record;
using ports::trade;

journal_record record_of(trade kind, std::uint32_t trace, bool chip = false, bool sealed = true) {
    journal_record record;
    record.kind = kind;
    record.trace = trace;
    record.card_sealed = sealed;
    if (chip) record.chip = {0x9F, 0x26};
    return record;
}

std::string traces(const upload_plan& plan) {
    std::string all;
    for (std::size_t place = 0; place < plan.size(); ++place)
        all += std::to_string(plan.at(place).trace) + " ";
    return all;
}

std::vector<journal_record> mixed_batch() {
    return {record_of(trade::refund, 1), record_of(trade::sale, 2, true), record_of(trade::sale, 3),
        record_of(trade::qr_sale, 4), record_of(trade::sale, 5, true, false), record_of(trade::pre_auth, 6, true),
        record_of(trade::void_sale, 7), record_of(trade::device_sale, 8)};
}

TEST(UploadPlan, TellsStripesThenChipsThenRefunds) {
    for (const auto host : {settlement_verdict::not_balanced, settlement_verdict::none, settlement_verdict::error})
        EXPECT_EQ(traces(upload_of(mixed_batch(), host)), "3 5 7 2 1 ");
}

TEST(UploadPlan, OfABatchThatBalancesTellsChipsAlone) {
    EXPECT_EQ(traces(upload_of(mixed_batch(), settlement_verdict::balanced)), "2 ");
}

TEST(UploadPlan, GoesUpInMessagesOfEightStripesAndOneOfAnythingElse) {
    std::vector<journal_record> batch;
    for (std::uint32_t trace = 1; trace <= 9; ++trace)
        batch.push_back(record_of(trade::sale, trace));
    batch.push_back(record_of(trade::sale, 10, true));
    batch.push_back(record_of(trade::sale, 11, true));
    batch.push_back(record_of(trade::refund, 12));
    const auto plan = upload_of(batch, settlement_verdict::not_balanced);
    std::vector<std::pair<transaction, std::size_t>> steps;
    for (std::size_t place = 0; place < plan.size();) {
        const auto step = step_at(plan, place);
        steps.emplace_back(step.what, step.count);
        place += step.count;
    }
    const std::vector<std::pair<transaction, std::size_t>> wanted{{transaction::upload_mag, 8},
        {transaction::upload_mag, 1}, {transaction::upload_ic, 1}, {transaction::upload_ic, 1},
        {transaction::upload_refund, 1}};
    EXPECT_EQ(steps, wanted);
}

} // namespace
} // namespace cipherlane::ledger
