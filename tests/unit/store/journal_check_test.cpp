// A journal that a disk has damaged: what is noticed, what can be read, what can be saved.
#include "support/lane/fake_devices.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/journal_check.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

namespace cipherlane::store {
namespace {

namespace fs = std::filesystem;
using ports::journal_record;
using ports::record_state;

class DamagedJournal : public testing::Test {
  protected:
    static call in_time() { return call(std::chrono::seconds(20)); }
    result<std::unique_ptr<sqlite_journal>> open() {
        tests::fake_key key;
        sqlite_journal_settings settings;
        settings.path = path;
        settings.mark_path = mark;
        return sqlite_journal::open(settings, key, clock, in_time(), logger::none());
    }
    static journal_record sale(int number) {
        journal_record record;
        record.terminal_id = "TEST0001";
        record.idempotency_key = "key " + std::to_string(number);
        record.mti = "0200";
        record.requested = amount(100 + number);
        record.created_date = "20261121";
        return record;
    }
    void SetUp() override {
        const auto journal = open().value();
        const ports::stored_card owned(pan::parse(tests::test_pan).value(), "3012");
        for (int i = 1; i <= many; ++i) {
            ASSERT_EQ(journal->begin(sale(i), &owned, in_time())->id, static_cast<std::uint64_t>(i));
            ports::journal_verdict verdict(record_state::approved, ports::decider::host);
            verdict.approved = amount(100 + i);
            if (i % 10 == 0) {
                ASSERT_TRUE(journal->decide(static_cast<std::uint64_t>(i), verdict, in_time()));
            }
        }
    }
    /// The first answer.
    std::string sql(const std::string& text) {
        sqlite3* handle = nullptr;
        EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        std::string answer;
        const auto take = [](void* to, int, char** values, char**) {
            auto& kept = *static_cast<std::string*>(to);
            if (kept.empty() && values[0] != nullptr) kept = values[0];
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), take, &answer, nullptr), SQLITE_OK) << text;
        sqlite3_close(handle);
        return answer;
    }
    void overwrite(std::uint64_t page, char with) {
        constexpr std::size_t page_size = 4096;
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>((page - 1) * page_size));
        file << std::string(page_size, with);
    }
    /// Pages of the table of records that hold records, the first of them first.
    std::vector<std::uint64_t> leaves() {
        std::vector<std::uint64_t> found;
        sqlite3* handle = nullptr;
        sqlite3_open(path.c_str(), &handle);
        const auto take = [](void* to, int, char** values, char**) {
            static_cast<std::vector<std::uint64_t>*>(to)->push_back(std::stoull(values[0]));
            return 0;
        };
        sqlite3_exec(handle, "SELECT pageno FROM dbstat WHERE name = 'records' AND pagetype = 'leaf' ORDER BY path",
            take, &found, nullptr);
        sqlite3_close(handle);
        return found;
    }
    journal_findings check() { return check_journal(path, mark, in_time()).value(); }

    static constexpr int many = 60;
    static constexpr std::size_t undecided = 54;
    tests::temporary_folder folder;
    std::string path = folder.file("till.db");
    std::string mark = folder.file("till.mark");
    tests::fake_clock clock;
};

TEST_F(DamagedJournal, IsToldFromAWholeOne) {
    const auto found = check();
    EXPECT_TRUE(found.whole()) << (found.faults.empty() ? "" : found.faults.front());
    EXPECT_EQ(found.records, static_cast<std::uint64_t>(many));
    EXPECT_EQ(found.id.size(), 32U);
    EXPECT_EQ(found.open.size(), undecided);
}

/// A value that a disk changed, where the file's structure is whole.
TEST_F(DamagedJournal, HasRecordsThatAreNotBelieved) {
    sql("UPDATE records SET approved = approved + 900 WHERE id = 10");
    sql("UPDATE records SET state = 4 WHERE id = 11");
    const auto journal = open().value();
    EXPECT_EQ(journal->find(10, in_time()).error().code(), store_errc::record_damaged);
    EXPECT_EQ(journal->find_key("TEST0001", "key 10", in_time()).error().code(), store_errc::record_damaged);
    EXPECT_EQ(journal->batch_records("TEST0001", 1, in_time()).error().code(), store_errc::record_damaged);
    EXPECT_TRUE(journal->find(8, in_time()));
    const auto found = check();
    ASSERT_EQ(found.damaged.size(), 2U);
    EXPECT_EQ(found.damaged[0].id, 10U);
    EXPECT_EQ(found.open.size(), undecided - 1) << "nothing in a damaged record is certain";
}

/// Written before there were checksums: a number that no version has written shows it all the same.
TEST_F(DamagedJournal, HasNoNumberThatNobodyHasWritten) {
    sql("UPDATE records SET covered = 0, state = 200 WHERE id = 10");
    sql("UPDATE records SET covered = 0, kind = 99 WHERE id = 11");
    sql("UPDATE records SET covered = 0, phase = 259 WHERE id = 12");
    sql("UPDATE records SET covered = 0 WHERE id = 13");
    sql("UPDATE records SET covered = 0, conversion = 3 WHERE id = 14");
    sql("UPDATE records SET covered = 0, earlier_sends = 4 WHERE id = 15");
    const auto journal = open().value();
    for (const std::uint64_t id : {10U, 11U, 12U, 14U, 15U}) {
        const auto found = journal->find(id, in_time());
        ASSERT_FALSE(found) << id << " is told as something else";
        EXPECT_EQ(found.error().code(), store_errc::record_damaged) << id;
    }
    EXPECT_TRUE(journal->find(13, in_time()));
    EXPECT_EQ(check().damaged.size(), 5U);
}

TEST_F(DamagedJournal, IsOpenedWithoutReadingItsRecordsAndNoticedWhenOneIsRead) {
    const auto pages = leaves();
    if (pages.empty()) GTEST_SKIP() << "this SQLite has no dbstat";
    ASSERT_GT(pages.size(), 2U);
    overwrite(pages[1], '\xFF');
    const auto journal = open();
    ASSERT_TRUE(journal) << "a scan of everything would take a million records' time: " << journal.error();
    EXPECT_TRUE((*journal)->find(1, in_time()));
    EXPECT_EQ((*journal)->list("", 1000, in_time()).error().code(), store_errc::corrupt);
}

TEST_F(DamagedJournal, IsReadAsFarAsItGoesAndSaved) {
    const auto pages = leaves();
    if (pages.empty()) GTEST_SKIP() << "this SQLite has no dbstat";
    overwrite(pages[1], '\xFF');
    sql("UPDATE records SET approved = 1 WHERE id = 1");
    const auto found = check();
    EXPECT_FALSE(found.whole());
    ASSERT_EQ(found.lost.size(), 1U);
    const auto lost = found.lost[0].last - found.lost[0].first + 1;
    EXPECT_GE(found.lost[0].first, 2U);
    EXPECT_LT(lost, 30U);
    EXPECT_EQ(found.records + lost, static_cast<std::uint64_t>(many));

    const auto saved = folder.file("saved.db");
    const auto report = salvage_journal(path, mark, saved, in_time());
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->records, found.records - 1);
    ASSERT_EQ(report->damaged.size(), 1U);
    EXPECT_EQ(report->damaged[0].id, 1U);
    EXPECT_EQ(report->lost, found.lost);
    EXPECT_FALSE(salvage_journal(path, mark, saved, in_time())) << "never over another file";

    fs::rename(path, folder.file("damaged.db"));
    fs::rename(saved, path);
    const auto journal = open();
    ASSERT_TRUE(journal) << "it is the till's journal, with its key and its mark: " << journal.error();
    EXPECT_EQ((*journal)->list("", 1000, in_time()).value().size(), report->records);
    const auto after = check();
    EXPECT_TRUE(after.whole()) << "what was lost is known";
    EXPECT_FALSE(after.given_up.empty());
    EXPECT_EQ((*journal)->card(many, in_time()).value().account.expose(), std::string(tests::test_pan));
    EXPECT_FALSE((*journal)->open_records("TEST0001", in_time()).value().empty());
    EXPECT_EQ((*journal)->take_trace("TEST0001", in_time()).value(), static_cast<std::uint32_t>(many + 1));
}

TEST_F(DamagedJournal, ThatWasCutGivesItsFirstRecords) {
    fs::resize_file(path, fs::file_size(path) * 9 / 10);
    const auto found = check_journal(path, mark, in_time());
    ASSERT_TRUE(found) << found.error();
    EXPECT_FALSE(found->whole());
    EXPECT_GT(found->records, 10U);
    EXPECT_LT(found->records, static_cast<std::uint64_t>(many));
    const auto report = salvage_journal(path, mark, folder.file("saved.db"), in_time());
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->records, found->records);
}

TEST_F(DamagedJournal, WithoutTerminalsTakesTheNumbersOfItsMark) {
    const auto root = sql("SELECT rootpage FROM sqlite_master WHERE name = 'terminals'");
    overwrite(std::stoull(root), '\xFF');
    EXPECT_FALSE(open());
    const auto report = salvage_journal(path, mark, folder.file("saved.db"), in_time());
    ASSERT_TRUE(report) << report.error();
    EXPECT_FALSE(report->remarks.empty());
    EXPECT_EQ(report->records, static_cast<std::uint64_t>(many));
    fs::rename(folder.file("saved.db"), path);
    fs::remove(path + "-wal");
    const auto journal = open();
    ASSERT_TRUE(journal) << journal.error();
    EXPECT_EQ((*journal)->take_trace("TEST0001", in_time()).value(), static_cast<std::uint32_t>(many + 1));
}

TEST_F(DamagedJournal, SaysWhereItIsNotTheLatest) {
    fs::copy_file(path, folder.file("copy"));
    { ASSERT_TRUE(open().value()->take_trace("TEST0001", in_time())); }
    fs::copy_file(folder.file("copy"), path, fs::copy_options::overwrite_existing);
    const auto found = check();
    ASSERT_EQ(found.faults.size(), 1U);
    EXPECT_NE(found.faults[0].find("an old copy, 1 commits behind"), std::string::npos) << found.faults[0];
    fs::remove(mark);
    EXPECT_NE(check().faults.at(0).find("there is none"), std::string::npos);
}

TEST_F(DamagedJournal, OfAnotherKindIsNoJournal) {
    std::ofstream(folder.file("text")) << "hello";
    EXPECT_EQ(check_journal(folder.file("text"), mark, in_time()).error().code(), store_errc::not_a_journal);
    EXPECT_EQ(check_journal(folder.file("none"), mark, in_time()).error().code(), store_errc::cannot_open);
    EXPECT_EQ(check_journal(folder.path(), mark, in_time()).error().code(), store_errc::not_a_journal);
}

} // namespace
} // namespace cipherlane::store
