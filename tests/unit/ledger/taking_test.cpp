// What may be taken of an original, and why not; how much of a trade's money a word has moved.
#include <cipherlane/ledger/moved.hpp>
#include <cipherlane/ledger/taking.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cipherlane::ledger {
namespace {

using namespace std::chrono_literals;
using ports::journal_record;
using ports::record_state;
using ports::trade;

constexpr taking_limits limits{115, 15};
constexpr currency yen{392, 0};

journal_record approved(trade kind, std::int64_t minor = 1000) {
    journal_record record;
    record.id = 7;
    record.kind = kind;
    record.state = record_state::approved;
    record.requested = record.approved = amount(minor);
    record.batch = 3;
    return record;
}

taking_rules today() {
    return {limits, 3, std::chrono::system_clock::time_point(), std::chrono::days(0)};
}

taking take(trade kind, std::int64_t minor, const journal_record& original, const original_sums& sums,
    const taking_rules& rules = today()) {
    return taking_of(row_of(kind), amount(minor), original, sums, rules);
}

TEST(Taking, LeavesWhatTheRoleLets) {
    struct row {
        trade_role role;
        original_sums original;
        std::int64_t left;
    };
    using enum trade_role;
    const std::vector<row> rows{
        {undoing, {1000, 0, 0}, 1000},
        {undoing, {1000, 1, 0}, 0}, // a part went back: the whole cannot
        {undoing, {1000, 0, 1}, 0}, // what was added would stay charged
        {finishing, {1000, 0, 0}, 1150},
        {finishing, {999, 0, 0}, 1148}, // never more than the share
        {finishing, {1000, 1, 0}, 0},   // once
        {returning, {1000, 0, 0}, 1000},
        {returning, {1000, 999, 0}, 1},
        {returning, {1000, 1000, 0}, 0},
        {returning, {1000, 0, 100}, 1000}, // of what was asked for, as the host knows it
        {adding, {1000, 0, 0}, 150},
        {adding, {1000, 0, 100}, 50},
        {adding, {1000, 0, 150}, 0},
        {adding, {1000, 1, 0}, 0},
        {payment, {1000, 0, 0}, 0},
        {notifying, {1000, 0, 0}, 0},
        {rejecting, {1000, 0, 0}, 0},
    };
    for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(left_of(rows[i].role, rows[i].original, limits), rows[i].left) << "row " << i;
}

TEST(Taking, IsOfWhatStandsAlone) {
    for (const auto state : states::all) {
        auto original = approved(trade::sale);
        original.state = state;
        const auto wanted = state == record_state::approved ? taking::fits : taking::not_standing;
        for (const auto& [kind, minor] : {std::pair(trade::void_sale, 1000), {trade::refund, 400}, {trade::tip, 10}})
            EXPECT_EQ(take(kind, minor, original, {1000, 0, 0}), wanted) << ports::to_string(state);
    }
}

TEST(Taking, OfACompletionIsOfWhatStandsAlone) {
    for (const auto state : states::all) {
        for (const auto& [original, kind] : {std::pair(trade::pre_auth, trade::completion),
                 {trade::pre_auth, trade::completion_advice}, {trade::device_pre_auth, trade::device_completion}}) {
            auto reserved = approved(original);
            reserved.state = state;
            EXPECT_EQ(take(kind, 400, reserved, {1000, 0, 0}),
                state == record_state::approved ? taking::fits : taking::not_standing)
                << row_of(kind).name << " of what is " << ports::to_string(state);
        }
    }
}

TEST(Taking, IsNoMoreThanIsLeft) {
    EXPECT_EQ(take(trade::refund, 600, approved(trade::sale), {1000, 400, 0}), taking::fits);
    EXPECT_EQ(take(trade::refund, 601, approved(trade::sale), {1000, 400, 0}), taking::too_much);
    EXPECT_EQ(take(trade::completion, 1150, approved(trade::pre_auth), {1000, 0, 0}), taking::fits);
    EXPECT_EQ(take(trade::completion, 1151, approved(trade::pre_auth), {1000, 0, 0}), taking::too_much);
    EXPECT_EQ(take(trade::tip, 50, approved(trade::sale), {1000, 0, 100}), taking::fits);
    EXPECT_EQ(take(trade::tip, 51, approved(trade::sale), {1000, 0, 100}), taking::too_much);
    EXPECT_EQ(taking_of(row_of(trade::refund), amount(1, yen), approved(trade::sale), {1000, 0, 0}, today()),
        taking::too_much)
        << "of another currency";
}

TEST(Taking, UndoesAndAddsInItsBatchAlone) {
    auto earlier = approved(trade::sale);
    earlier.batch = 2;
    auto settled = approved(trade::sale);
    settled.settled = true;
    for (const auto& original : {earlier, settled}) {
        EXPECT_EQ(take(trade::void_sale, 1000, original, {1000, 0, 0}), taking::not_standing);
        EXPECT_EQ(take(trade::tip, 10, original, {1000, 0, 0}), taking::not_standing);
        EXPECT_EQ(take(trade::refund, 10, original, {1000, 0, 0}), taking::fits);
    }
    auto reserved = approved(trade::pre_auth);
    reserved.batch = 2;
    EXPECT_EQ(take(trade::pre_auth_void, 1000, reserved, {1000, 0, 0}), taking::fits) << "no batch counts it";
}

TEST(Taking, OfAReservationEndsWithItsDays) {
    auto rules = today();
    rules.reserved_for = std::chrono::days(30);
    const auto original = approved(trade::pre_auth);
    rules.now = original.created + std::chrono::days(30);
    EXPECT_EQ(take(trade::completion, 10, original, {1000, 0, 0}, rules), taking::fits);
    rules.now += 1ms;
    EXPECT_EQ(take(trade::completion, 10, original, {1000, 0, 0}, rules), taking::expired);
    EXPECT_EQ(take(trade::pre_auth_void, 1000, original, {1000, 0, 0}, rules), taking::fits);
    rules.reserved_for = std::chrono::days(0);
    EXPECT_EQ(take(trade::completion, 10, original, {1000, 0, 0}, rules), taking::fits);
}

TEST(Taking, WhatIsNotDecidedHasNotCertainlyGoneBack) {
    auto doubtful = approved(trade::refund, 300);
    doubtful.state = record_state::unknown;
    doubtful.original = 7;
    auto another = doubtful;
    another.original = 8;
    const std::vector open{doubtful, another};
    EXPECT_EQ(surely_given_back(7, amount(1000), open), amount(700));
    EXPECT_EQ(surely_given_back(9, amount(1000), open), amount(1000));
    EXPECT_FALSE(all_given_back(amount(1000), amount(700)));
    EXPECT_TRUE(all_given_back(amount(1000), amount(1000)));
}

TEST(Moved, IsWhatAPersonFoundIfItCanHaveMoved) {
    struct row {
        trade kind;
        std::optional<amount> named;
        std::optional<amount> moved;
    };
    const std::vector<row> rows{
        {trade::sale, std::nullopt, amount(1000)},
        {trade::sale, amount(999), amount(999)},
        {trade::sale, amount(1001), std::nullopt},
        {trade::sale, amount(0), std::nullopt},
        {trade::sale, amount(1000, yen), std::nullopt},
        {trade::device_sale, amount(1100), amount(1100)}, // with a tip
        {trade::device_sale, amount(1100, yen), std::nullopt},
        {trade::device_sale, amount(800), amount(800)}, // a part
        {trade::device_sale, amount(0), std::nullopt},
        {trade::device_pre_auth, amount(800), amount(800)},
        {trade::device_pre_auth, amount(1001), std::nullopt}, // nobody tips a reservation
        {trade::device_pre_auth_void, amount(1000), amount(1000)},
        {trade::device_pre_auth_void, amount(999), std::nullopt},
        {trade::device_completion, amount(1200), amount(1200)},
        {trade::device_completion, amount(800), amount(800)},
        {trade::device_completion, amount(0), std::nullopt},
        {trade::device_refund, amount(400), amount(400)},
        {trade::device_refund, amount(1001), std::nullopt},
        {trade::device_refund, amount(0), std::nullopt},
        {trade::void_sale, amount(999), std::nullopt}, // all or nothing
        {trade::void_sale, amount(1000), amount(1000)},
        {trade::device_void, amount(999), std::nullopt},
        {trade::device_void, amount(1001), std::nullopt},
        {trade::device_void, amount(1000), amount(1000)},
    };
    for (const auto& one : rows) {
        const auto record = approved(one.kind);
        EXPECT_EQ(moved_by(record, finding::paid, one.named), one.moved) << row_of(one.kind).name;
        EXPECT_EQ(moved_by(record, finding::not_paid, one.named), amount(0));
    }
}

TEST(Moved, IsWhatTheHostHasBooked) {
    const auto sold = approved(trade::offline_sale);
    EXPECT_EQ(booked_by(sold, "00", std::nullopt), amount(1000));
    EXPECT_EQ(booked_by(sold, "00", amount(1)), amount(1000)) << "all of it, by its code";
    EXPECT_EQ(booked_by(sold, "10", amount(400)), amount(400));
    EXPECT_EQ(booked_by(sold, "10", std::nullopt), std::nullopt) << "it does not say which part";
    EXPECT_EQ(booked_by(approved(trade::script_notice), "00", std::nullopt), amount(0));
}

} // namespace
} // namespace cipherlane::ledger
