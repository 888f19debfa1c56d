#include "sql_list.hpp"
#include "support/lane/fake_devices.hpp"
#include "support/memory_folder.hpp"
#include "support/secret_search.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace cipherlane::store {
namespace {

using ports::decider;
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
    result<void> decide(std::uint64_t id, record_state state, std::int64_t approved = 0, decider by = decider::host) {
        journal_verdict verdict(state, by);
        if (approved != 0) verdict.approved = amount(approved);
        return journal->decide(id, verdict, soon());
    }
    void sql(const std::string& text) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << text;
        sqlite3_close(handle);
        ::chmod(path.c_str(), 0600); // as a journal's file must be
    }

    /// All that SQLite answers, in one piece.
    std::string asked(const std::string& text) {
        sqlite3* handle = nullptr;
        EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        std::string all;
        const auto take = [](void* to, int columns, char** values, char**) {
            for (int i = 0; i < columns; ++i)
                *static_cast<std::string*>(to) += values[i] != nullptr ? values[i] : "";
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), take, &all, nullptr), SQLITE_OK) << text;
        sqlite3_close(handle);
        return all;
    }

    tests::memory_folder folder;
    std::string path = folder.file("till.db");
    tests::fake_clock clock;
    std::unique_ptr<sqlite_journal> journal;
};

TEST_F(Journal, LivesInTheFileSystemThatIsNamed) {
    tests::fake_key key;
    sqlite_journal_settings settings;
    settings.path = folder.file("elsewhere.db");
    settings.vfs = "unix-excl";
    EXPECT_TRUE(sqlite_journal::open(settings, key, clock, soon(), logger::none()));
    settings.vfs = "no such file system";
    EXPECT_FALSE(sqlite_journal::open(settings, key, clock, soon(), logger::none()));
}

/// Takes away what the newest version has added.
const std::string as_before_17 =
    "ALTER TABLE notices DROP COLUMN matter; ALTER TABLE terminals DROP COLUMN settle_left_out; ";

TEST_F(Journal, OfTheFirstVersionIsBroughtUp) {
    const auto id = journal->begin(fresh("key"), nullptr, soon()).value().id;
    journal.reset();
    sql(as_before_17 +
        "ALTER TABLE records DROP COLUMN serial_block; ALTER TABLE records DROP COLUMN conversion; "
        "ALTER TABLE records DROP COLUMN converted; ALTER TABLE records DROP COLUMN converted_currency; "
        "ALTER TABLE records DROP COLUMN conversion_rate; "
        "DROP TABLE lists; ALTER TABLE records DROP COLUMN chip; ALTER TABLE records DROP COLUMN voucher; "
        "ALTER TABLE records DROP COLUMN instalment; ALTER TABLE records DROP COLUMN small_amount; "
        "ALTER TABLE records DROP COLUMN device_before; ALTER TABLE records DROP COLUMN arpc_failed; "
        "ALTER TABLE records DROP COLUMN earlier_sends; "
        "ALTER TABLE records DROP COLUMN at_card; ALTER TABLE records DROP COLUMN card_digest; "
        "DROP INDEX records_shift; ALTER TABLE records DROP COLUMN operator_id; ALTER TABLE records DROP COLUMN "
        "shift; ALTER TABLE records DROP COLUMN device_unsure; "
        "ALTER TABLE records DROP COLUMN renewals; "
        "ALTER TABLE terminals DROP COLUMN wishes; ALTER TABLE terminals DROP COLUMN master_keys; "
        "DROP TABLE notices; DROP INDEX records_order; DROP INDEX records_unsettled; "
        "ALTER TABLE records DROP COLUMN note; ALTER TABLE records DROP COLUMN phase; "
        "ALTER TABLE records DROP COLUMN counterpart; ALTER TABLE records DROP COLUMN expires; "
        "ALTER TABLE records DROP COLUMN covered; ALTER TABLE records DROP COLUMN checksum; "
        "ALTER TABLE terminals DROP COLUMN host_debit; ALTER TABLE terminals DROP COLUMN host_debit_count; "
        "ALTER TABLE terminals DROP COLUMN host_credit; ALTER TABLE terminals DROP COLUMN host_credit_count; "
        "PRAGMA user_version=1");
    reopen();
    EXPECT_EQ(journal->find(id, soon()).value()->note, "");
    journal_verdict verdict(record_state::declined, decider::host);
    verdict.note = "kept";
    ASSERT_TRUE(journal->decide(id, verdict, soon()));
    reopen();
    EXPECT_EQ(journal->find(id, soon()).value()->note, "kept");
}

/// The phase of an order was the gateway's word, among the codes of the host.
TEST_F(Journal, OfTheSecondVersionLearnsThePhasesOfItsOrders) {
    journal.reset();
    path = folder.file("second.db");
    std::ifstream old(std::string(std::getenv("CIPHERLANE_SOURCE_DIR")) + "/tests/unit/store/journal_version_2.sql");
    sql({std::istreambuf_iterator<char>(old), {}});
    reopen();
    using enum ports::order_phase;
    const std::vector wanted{
        none, asked, issued, issued, paid, cancelled, expired, refunded, refused, refunded, asked, none, asked, none};
    const auto records = journal->list("TEST0001", 100, soon()).value();
    ASSERT_EQ(records.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_EQ(records[i].phase, wanted[i]) << "record " << records[i].id << ", " << records[i].host_code;
        EXPECT_EQ(records[i].order_number, "O" + std::to_string(records[i].id));
    }
    EXPECT_EQ(records[12].state, record_state::unknown) << "it left without a mark then: it may have been sent";
    EXPECT_EQ(records[13].state, record_state::unknown);
}

TEST_F(Journal, GivesNoNumberTwiceThoughItsSequenceWasLost) {
    const auto first = journal->begin(fresh("a"), nullptr, soon()).value().id;
    journal.reset();
    sql("DELETE FROM sqlite_sequence");
    reopen();
    const auto second = journal->begin(fresh("b"), nullptr, soon()).value().id;
    EXPECT_EQ(second, first + 1);
    EXPECT_EQ(journal->find(first, soon()).value()->idempotency_key, "a");
    EXPECT_EQ(journal->find(second, soon()).value()->idempotency_key, "b");
}

TEST_F(Journal, OfTheThirteenthVersionHasRecordsOfNobody) {
    const auto id = journal->begin(fresh("key"), nullptr, soon()).value().id;
    journal.reset();
    sql(as_before_17 +
        "ALTER TABLE records DROP COLUMN at_card; ALTER TABLE records DROP COLUMN card_digest; "
        "DROP INDEX records_shift; ALTER TABLE records DROP COLUMN operator_id; "
        "ALTER TABLE records DROP COLUMN device_unsure; ALTER TABLE records DROP COLUMN shift; UPDATE records SET "
        "covered = 0; PRAGMA user_version=13");
    reopen();
    const auto read = journal->find(id, soon()).value().value();
    EXPECT_EQ(read.operator_id, "");
    EXPECT_EQ(read.shift, 0U);
}

/// Whether a card terminal did not know itself could be seen from whether it had given a code.
TEST_F(Journal, OfTheFourteenthVersionLearnsWhichTerminalsWereUnsure) {
    struct row {
        std::string key;
        ports::trade kind;
        record_state state;
        std::string code;
        bool wanted;
    };
    using ports::trade;
    const std::vector<row> rows{{"silent", trade::device_sale, record_state::unknown, "", false},
        {"unsure", trade::device_sale, record_state::unknown, "98", true},
        {"unsure refund", trade::device_refund, record_state::unknown, "98", true},
        {"done", trade::device_sale, record_state::approved, "00", false},
        {"host's", trade::refund, record_state::unknown, "96", false}};
    std::string old = as_before_17 +
                      "ALTER TABLE records DROP COLUMN device_unsure; "
                      "ALTER TABLE records DROP COLUMN at_card; ALTER TABLE records DROP COLUMN card_digest; PRAGMA "
                      "user_version=14; ";
    for (const auto& one : rows) {
        auto record = fresh(one.key);
        record.kind = one.kind;
        const auto id = journal->begin(record, nullptr, soon()).value().id;
        old += "UPDATE records SET covered = 0, state = " + std::to_string(static_cast<int>(one.state)) +
               ", host_code = '" + one.code + "' WHERE id = " + std::to_string(id) + "; ";
    }
    journal.reset();
    sql(old);
    reopen();
    for (const auto& one : rows)
        EXPECT_EQ(journal->find_key("TEST0001", one.key, soon()).value()->device_unsure, one.wanted) << one.key;
}

/// How a stored trade was sent before could be seen from the code of the host, where a mark stood for "never".
TEST_F(Journal, OfTheEleventhVersionLearnsHowItsStoredTradesWereSent) {
    using enum ports::sent_before;
    struct row {
        const char* sends;
        std::string code;
        ports::sent_before wanted;
    };
    const std::vector<row> rows{{"0", "", never}, {"2", "never left", never}, {"1", "", unanswered},
        {"1", "96", unanswered}, {"1", "94", answered}, {"1", "79", answered}, {"1", "A0", answered},
        {"1", "91", answered}, {"1", "51", doubted}};
    std::string old = as_before_17 +
                      "ALTER TABLE records DROP COLUMN at_card; ALTER TABLE records DROP COLUMN card_digest; DROP "
                      "INDEX records_shift; ALTER TABLE records DROP "
                      "COLUMN operator_id; "
                      "ALTER TABLE records DROP COLUMN shift; "
                      "ALTER TABLE records DROP COLUMN device_unsure; "
                      "ALTER TABLE records DROP COLUMN renewals; ALTER TABLE records DROP COLUMN earlier_sends; "
                      "PRAGMA user_version=11; ";
    for (const auto& [sends, code, wanted] : rows) {
        const auto id = journal->begin(fresh("sent " + std::string(sends) + " " + code), nullptr, soon());
        old += "UPDATE records SET state = 12, covered = 0, reversal_sends = " + std::string(sends) +
               ", host_code = '" + code + "' WHERE id = " + std::to_string(id.value().id) + "; ";
    }
    journal.reset();
    sql(old);
    reopen();
    const auto records = journal->list("TEST0001", 100, soon()).value();
    ASSERT_EQ(records.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(records[i].earlier_sends, rows[i].wanted) << rows[i].code;
        EXPECT_EQ(records[i].host_code, rows[i].code.size() == 2 ? rows[i].code : "");
    }
}

/// The list of states in a partial index is fixed by the schema: if the ledger's changes, a new step must make the
/// index anew.
TEST_F(Journal, FindsOpenRecordsByTheirIndex) {
    journal.reset();
    auto text = asked("SELECT sql FROM sqlite_master WHERE name = 'records_open'");
    const auto open = sql_chain("state", ledger::records::open.states);
    EXPECT_NE(text.find(open), std::string::npos) << text;
    text = asked("EXPLAIN QUERY PLAN SELECT id FROM records WHERE terminal_id = 'T' AND state >= 0 AND " + open);
    EXPECT_NE(text.find("records_open"), std::string::npos) << text;
    for (const auto* const change : {"INSERT INTO records(state) VALUES (1)", "UPDATE records SET state = 2"}) {
        text = asked(std::string("EXPLAIN ") + change);
        EXPECT_NE(text.find("IdxInsert"), std::string::npos) << text;
        EXPECT_EQ(text.find("OpenEphemeral"), std::string::npos) << "makes a table for its index: " << text;
    }
}

/// Of a journal of years a refund must not read each record.
TEST_F(Journal, AddsUpWhatFollowsARecordByItsIndex) {
    journal.reset();
    for (const auto& sum : {ledger::sums::given_back, ledger::sums::added}) {
        const auto plan = asked("EXPLAIN QUERY PLAN " + sql_sum_of_followers(sum));
        EXPECT_NE(plan.find("records_original"), std::string::npos) << plan;
    }
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
    ::chmod(path.c_str(), 0600);
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

} // namespace
} // namespace cipherlane::store
