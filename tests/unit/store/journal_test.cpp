#include "support/lane/fake_devices.hpp"
#include "support/secret_search.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace cipherlane::store {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;
using ports::trade;

call soon() {
    return call(std::chrono::seconds(20));
}

class Journal : public testing::Test {
  protected:
    result<std::unique_ptr<sqlite_journal>> try_open(
        std::uint8_t key_fill = 0x5A, journal_access access = journal_access::read_write) {
        tests::fake_key key(key_fill);
        sqlite_journal_settings settings;
        settings.path = path;
        settings.access = access;
        return sqlite_journal::open(settings, key, clock, soon(), logger::none());
    }
    void reopen() {
        journal.reset();
        journal = try_open().value();
    }
    void SetUp() override { reopen(); }

    journal_record fresh(const std::string& key, std::int64_t minor = 100, const std::string& terminal = "TEST0001") {
        journal_record record;
        record.terminal_id = terminal;
        record.idempotency_key = key;
        record.mti = "0200";
        record.requested = amount(minor);
        record.created_date = "20261121";
        return record;
    }
    ports::stored_card card() { return {pan::parse(tests::test_pan).value(), "3012"}; }
    result<void> decide(std::uint64_t id, record_state state, std::int64_t approved = 0) {
        journal_verdict verdict(state);
        if (approved != 0) verdict.approved = amount(approved);
        return journal->decide(id, verdict, soon());
    }
    void sql(const std::string& text) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << text;
        sqlite3_close(handle);
    }

    tests::temporary_folder folder;
    std::string path = folder.file("till.db");
    tests::fake_clock clock;
    std::unique_ptr<sqlite_journal> journal;
};

TEST_F(Journal, OfTheFirstVersionIsBroughtUp) {
    const auto id = journal->begin(fresh("key"), nullptr, soon()).value().id;
    journal.reset();
    sql("ALTER TABLE records DROP COLUMN note; PRAGMA user_version=1");
    reopen();
    EXPECT_EQ(journal->find(id, soon()).value()->note, "");
    journal_verdict verdict(record_state::unknown);
    verdict.note = "kept";
    ASSERT_TRUE(journal->decide(id, verdict, soon()));
    reopen();
    EXPECT_EQ(journal->find(id, soon()).value()->note, "kept");
}

TEST_F(Journal, KeepsEveryFieldOfARecord) {
    auto record = fresh("key");
    record.kind = trade::refund;
    record.merchant_id = "M";
    record.processing_code = "200000";
    record.entry = "012";
    record.sequence_number = "001";
    record.condition_code = "00";
    record.emv = {0x95, 0x01, 0x00};
    record.transaction_code = "25";
    record.field60_rest = "000500";
    record.field61 = "0000010000021121";
    record.masked_pan = "622200*********0004";
    record.original = 7;
    const auto owned = card();
    const auto written = journal->begin(record, &owned, soon()).value();
    journal_verdict verdict(record_state::approved);
    verdict.approved = amount(99);
    verdict.host_code = "00";
    verdict.host_text = "交易成功";
    verdict.reference = "112109310003";
    verdict.authorization = "A12345";
    verdict.host_date = "20261121";
    verdict.host_time = "093120";
    verdict.acquirer = "48000000";
    verdict.order_number = "O";
    verdict.reversal_reason = "06";
    verdict.note = "looked up";
    ASSERT_TRUE(journal->decide(written.id, verdict, soon()));
    ASSERT_TRUE(journal->count_reversal_send(written.id, soon()));
    ASSERT_TRUE(journal->close_record(written.id, soon()));
    reopen();
    const auto read = journal->find(written.id, soon()).value().value();
    EXPECT_EQ(read.terminal_id, "TEST0001");
    EXPECT_EQ(read.merchant_id, "M");
    EXPECT_EQ(read.idempotency_key, "key");
    EXPECT_EQ(read.kind, trade::refund);
    EXPECT_EQ(read.state, record_state::approved);
    EXPECT_EQ(read.mti, "0200");
    EXPECT_EQ(read.processing_code, "200000");
    EXPECT_EQ(read.requested, amount(100));
    EXPECT_EQ(read.approved, amount(99));
    EXPECT_EQ(read.trace, 1U);
    EXPECT_EQ(read.batch, 1U);
    EXPECT_EQ(read.entry, "012");
    EXPECT_EQ(read.note, "looked up");
    EXPECT_EQ(read.sequence_number, "001");
    EXPECT_EQ(read.condition_code, "00");
    EXPECT_EQ(read.emv, record.emv);
    EXPECT_EQ(read.transaction_code, "25");
    EXPECT_EQ(read.field60_rest, "000500");
    EXPECT_EQ(read.field61, record.field61);
    EXPECT_EQ(read.masked_pan, record.masked_pan);
    EXPECT_EQ(read.original, 7U);
    EXPECT_EQ(read.host_code, "00");
    EXPECT_EQ(read.host_text, "交易成功");
    EXPECT_EQ(read.reference, "112109310003");
    EXPECT_EQ(read.authorization, "A12345");
    EXPECT_EQ(read.host_date, "20261121");
    EXPECT_EQ(read.host_time, "093120");
    EXPECT_EQ(read.acquirer, "48000000");
    EXPECT_EQ(read.order_number, "O");
    EXPECT_EQ(read.reversal_reason, "06");
    EXPECT_EQ(read.reversal_sends, 1U);
    EXPECT_EQ(read.created_date, "20261121");
    EXPECT_EQ(read.created, clock.time);
    EXPECT_TRUE(read.closed);
    EXPECT_FALSE(read.settled);
    EXPECT_TRUE(read.card_sealed);
    const auto opened = journal->card(read.id, soon()).value();
    EXPECT_EQ(opened.account.expose(), tests::test_pan);
    EXPECT_EQ(opened.expiry, "3012");
}

TEST_F(Journal, TraceNumbersAreDurablePerTerminalAndComeRound) {
    EXPECT_EQ(journal->take_trace("TEST0001", soon()).value(), 1U);
    EXPECT_EQ(journal->begin(fresh("a"), nullptr, soon()).value().trace, 2U);
    EXPECT_EQ(journal->take_trace("TEST0002", soon()).value(), 1U);
    reopen();
    EXPECT_EQ(journal->take_trace("TEST0001", soon()).value(), 3U);
    journal.reset();
    sql("UPDATE terminals SET last_trace = 999999");
    reopen();
    EXPECT_EQ(journal->take_trace("TEST0001", soon()).value(), 1U);
}

TEST_F(Journal, AKeyIsUsedOncePerTerminalUnlessNothingWasSent) {
    const auto first = journal->begin(fresh("key"), nullptr, soon()).value();
    EXPECT_EQ(journal->begin(fresh("key"), nullptr, soon()).error().code(), store_errc::key_used);
    EXPECT_TRUE(journal->begin(fresh("key", 100, "TEST0002"), nullptr, soon()));
    ASSERT_TRUE(decide(first.id, record_state::not_sent));
    const auto second = journal->begin(fresh("key"), nullptr, soon());
    ASSERT_TRUE(second) << second.error();
    EXPECT_EQ(journal->find_key("TEST0001", "key", soon()).value()->id, second->id);
    EXPECT_EQ(second->trace, 2U) << "a refused record takes no trace number";
}

TEST_F(Journal, OnlyVerdictsThatFitTheStateAreTaken) {
    const auto record = journal->begin(fresh("key"), nullptr, soon()).value();
    EXPECT_EQ(decide(record.id, record_state::reversed).error().code(), store_errc::bad_transition);
    ASSERT_TRUE(decide(record.id, record_state::approved, 100));
    ASSERT_TRUE(journal->close_record(record.id, soon()));
    EXPECT_EQ(decide(record.id, record_state::reversal_pending).error().code(), store_errc::bad_transition)
        << "an approved payment that was told is never reversed";
    const auto chip = journal->begin(fresh("chip"), nullptr, soon()).value();
    ASSERT_TRUE(decide(chip.id, record_state::approved, 100));
    EXPECT_TRUE(decide(chip.id, record_state::reversal_pending)) << "the card may decline before anybody is told";
    EXPECT_EQ(decide(99, record_state::approved).error().code(), store_errc::no_record);
}

TEST_F(Journal, OpenAndUntoldRecordsAreFound) {
    const auto open = journal->begin(fresh("open"), nullptr, soon()).value();
    const auto pending = journal->begin(fresh("pending"), nullptr, soon()).value();
    const auto told = journal->begin(fresh("told"), nullptr, soon()).value();
    const auto untold = journal->begin(fresh("untold"), nullptr, soon()).value();
    ASSERT_TRUE(journal->begin(fresh("other", 1, "TEST0002"), nullptr, soon()));
    ASSERT_TRUE(decide(pending.id, record_state::reversal_pending));
    ASSERT_TRUE(decide(told.id, record_state::approved, 100));
    ASSERT_TRUE(journal->close_record(told.id, soon()));
    ASSERT_TRUE(decide(untold.id, record_state::declined));
    const auto found = journal->open_records("TEST0001", soon()).value();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].id, open.id);
    EXPECT_EQ(found[1].id, pending.id);
    const auto missed = journal->untold_records("TEST0001", soon()).value();
    ASSERT_EQ(missed.size(), 1U);
    EXPECT_EQ(missed[0].id, untold.id);
}

TEST_F(Journal, ABatchAddsUpAndCloses) {
    const auto sale = journal->begin(fresh("s"), nullptr, soon()).value();
    ASSERT_TRUE(decide(sale.id, record_state::approved, 100));
    auto undo = fresh("v");
    undo.kind = trade::void_sale;
    undo.original = sale.id;
    ASSERT_TRUE(decide(journal->begin(undo, nullptr, soon()).value().id, record_state::approved, 100));
    EXPECT_EQ(journal->find(sale.id, soon()).value()->state, record_state::voided);
    auto code = fresh("q", 30);
    code.kind = trade::qr_sale;
    ASSERT_TRUE(decide(journal->begin(code, nullptr, soon()).value().id, record_state::approved, 30));
    ASSERT_TRUE(decide(journal->begin(fresh("d"), nullptr, soon()).value().id, record_state::declined));
    const auto sums = journal->totals("TEST0001", 1, soon()).value();
    EXPECT_EQ(sums, (ports::batch_totals{{100, 1}, {100, 1}, {30, 1}, {0, 0}}));

    ports::settlement_progress progress{1, ports::settlement_step::uploading, sums, 2, 8};
    ASSERT_TRUE(journal->save_settlement("TEST0001", progress, soon()));
    reopen();
    EXPECT_EQ(journal->settlement("TEST0001", soon()).value(), progress);
    ASSERT_TRUE(journal->close_batch("TEST0001", 1, soon()));
    EXPECT_FALSE(journal->close_batch("TEST0001", 1, soon())) << "once";
    EXPECT_EQ(journal->terminal("TEST0001", soon())->batch, 2U);
    EXPECT_EQ(journal->settlement("TEST0001", soon())->step, ports::settlement_step::none);
    EXPECT_TRUE(journal->find(sale.id, soon()).value()->settled);
}

TEST_F(Journal, CardDataIsErasedAfterSettlementOnly) {
    const auto owned = card();
    const auto old = journal->begin(fresh("a"), &owned, soon()).value();
    const auto pending = journal->begin(fresh("b"), &owned, soon()).value();
    ASSERT_TRUE(decide(old.id, record_state::approved, 100));
    ASSERT_TRUE(decide(pending.id, record_state::reversal_pending));
    const auto later = clock.time + std::chrono::days(30);
    EXPECT_EQ(journal->erase_cards(later, soon()).value(), 0U);
    ASSERT_TRUE(journal->close_batch("TEST0001", 1, soon()));
    EXPECT_EQ(journal->erase_cards(later, soon()).value(), 1U);
    EXPECT_EQ(journal->card(old.id, soon()).error().code(), store_errc::card_absent);
    EXPECT_TRUE(journal->card(pending.id, soon())) << "its reversal needs the card";
}

TEST_F(Journal, ASealHoldsForItsRecordAlone) {
    const auto owned = card();
    const auto a = journal->begin(fresh("a"), &owned, soon()).value();
    const auto b = journal->begin(fresh("b"), &owned, soon()).value();
    journal.reset();
    sql("UPDATE records SET card = (SELECT card FROM records WHERE id = 1) WHERE id = 2");
    reopen();
    EXPECT_TRUE(journal->card(a.id, soon()));
    EXPECT_EQ(journal->card(b.id, soon()).error().code(), store_errc::seal_broken);
}

TEST_F(Journal, HoldsNoSecretInAnyForm) {
    const auto owned = card();
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(journal->begin(fresh(std::to_string(i)), &owned, soon()));
    tests::secret_search search;
    search.add_digits(tests::test_pan);
    EXPECT_EQ(search.find_in_folder(folder.path()), std::vector<std::string>()) << "with the log file";
    ASSERT_FALSE(search.find(as_bytes(tests::test_pan)).empty()) << "the search itself works";
    journal.reset();
    EXPECT_EQ(search.find_in_folder(folder.path()), std::vector<std::string>());
}

TEST_F(Journal, ASecondWriterIsKeptOutAndAReaderIsNot) {
    const auto second = try_open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), store_errc::in_use);
    EXPECT_TRUE(second.error().is(condition::local_fault));
    const auto owned = card();
    ASSERT_TRUE(journal->begin(fresh("a"), &owned, soon()));
    const auto reader = try_open(0x5A, journal_access::read_only);
    ASSERT_TRUE(reader) << reader.error();
    ASSERT_EQ((*reader)->list("", 10, soon()).value().size(), 1U);
    EXPECT_EQ((*reader)->card(1, soon()).error().code(), store_errc::card_absent);
    EXPECT_FALSE((*reader)->begin(fresh("b"), nullptr, soon()));
}

TEST_F(Journal, WhatCannotBeOpenedIsSaidClearly) {
    journal.reset();
    EXPECT_EQ(try_open(0x11).error().code(), store_errc::wrong_key);
    sql("PRAGMA user_version = 99");
    EXPECT_EQ(try_open().error().code(), store_errc::newer_schema);
    path = folder.file("text");
    std::ofstream(path) << std::string(5000, 'x');
    EXPECT_EQ(try_open().error().code(), store_errc::not_a_journal);
    path = folder.file("other.db");
    sql("CREATE TABLE something(x)");
    EXPECT_EQ(try_open().error().code(), store_errc::not_a_journal);
    path = folder.file("no/such/folder/till.db");
    const auto nowhere = try_open();
    EXPECT_EQ(nowhere.error().code(), store_errc::cannot_open);
    EXPECT_FALSE(nowhere.error().endpoint().empty());
}

TEST_F(Journal, ACorruptFileIsRefused) {
    const auto owned = card();
    for (int i = 0; i < 200; ++i)
        ASSERT_TRUE(journal->begin(fresh(std::to_string(i)), &owned, soon()));
    journal.reset();
    ASSERT_GT(std::filesystem::file_size(path), 20'000U);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8192);
    file << std::string(8192, '\xFF');
    file.close();
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), store_errc::corrupt) << opened.error();
}

TEST_F(Journal, ManyCallersShareOneCommit) {
    constexpr int callers = 8;
    constexpr int each = 25;
    std::vector<std::thread> threads;
    for (int t = 0; t < callers; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const auto terminal = "TEST000" + std::to_string(t);
                EXPECT_TRUE(journal->begin(fresh(std::to_string(i), 1, terminal), nullptr, soon()));
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    const auto counted = journal->statistics();
    EXPECT_EQ(counted.durable_operations, static_cast<std::uint64_t>(callers * each));
    EXPECT_LT(counted.commits, counted.durable_operations);
    EXPECT_EQ(journal->list("", 1000, soon()).value().size(), static_cast<std::size_t>(callers * each));
}

TEST_F(Journal, ADeadlineThatHasPassedWritesNothing) {
    const auto late = journal->begin(fresh("a"), nullptr, call(std::chrono::milliseconds(-1)));
    if (!late) {
        EXPECT_TRUE(late.error().is(condition::timed_out) || late.error().is(condition::local_fault));
    }
    const auto records = journal->list("", 10, soon()).value();
    EXPECT_EQ(records.size(), late ? 1U : records.size());
}

TEST_F(Journal, AnIncompleteRecordIsRefused) {
    auto record = fresh("");
    EXPECT_EQ(journal->begin(record, nullptr, soon()).error().code(), store_errc::bad_record);
    record = fresh("a");
    record.state = record_state::approved;
    EXPECT_EQ(journal->begin(record, nullptr, soon()).error().code(), store_errc::bad_record);
}

} // namespace
} // namespace cipherlane::store
