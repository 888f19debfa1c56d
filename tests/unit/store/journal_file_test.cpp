// What lies under a journal's name, what becomes of it, and who else has it.
#include "support/lane/fake_devices.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/crypto/aes_gcm.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherlane::store {
namespace {

namespace fs = std::filesystem;
using ports::journal_record;
using ports::record_state;

call in_time() {
    return call(std::chrono::seconds(20));
}

journal_record sale(const std::string& key) {
    journal_record record;
    record.terminal_id = "TEST0001";
    record.idempotency_key = key;
    record.mti = "0200";
    record.requested = amount(100);
    record.created_date = "20261121";
    return record;
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

mode_t mode_of(const std::string& path) {
    struct stat about {};
    ::stat(path.c_str(), &about);
    return about.st_mode & 07777U;
}

class JournalFile : public testing::Test {
  protected:
    result<std::unique_ptr<sqlite_journal>> open(journal_start start = journal_start::existing_or_first) {
        tests::fake_key key;
        sqlite_journal_settings settings;
        settings.path = path;
        settings.mark_path = mark;
        settings.start = start;
        return sqlite_journal::open(settings, key, clock, in_time(), logger::none());
    }
    boost::system::error_code refusal(journal_start start = journal_start::existing_or_first) {
        const auto opened = open(start);
        EXPECT_FALSE(opened);
        EXPECT_TRUE(opened.error().is(condition::local_fault)) << opened.error();
        return opened.error().code();
    }
    /// So many sales, and the journal closed again.
    void work(int sales) {
        const auto journal = open().value();
        for (int i = 0; i < sales; ++i)
            ASSERT_TRUE(journal->begin(sale("key " + std::to_string(++made)), nullptr, in_time()));
    }
    void sql(const std::string& text) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << text;
        sqlite3_close(handle);
    }
    /// The refused file is as it was, and nothing lies beside it.
    void expect_left_alone() {
        const auto before = content_of(path);
        const auto mode = mode_of(path);
        const auto files = std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
        const auto opened = open();
        ASSERT_FALSE(opened);
        EXPECT_TRUE(opened.error().is(condition::local_fault)) << opened.error();
        EXPECT_EQ(content_of(path), before);
        EXPECT_EQ(mode_of(path), mode);
        EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), files);
    }

    tests::temporary_folder folder;
    std::string path = folder.file("till.db");
    std::string mark = folder.file("mark");
    tests::fake_clock clock;
    int made = 0;
};

TEST_F(JournalFile, OfAnotherKindIsRefusedUnchanged) {
    for (const mode_t mode : {0644U, 0600U}) {
        std::ofstream(path) << "a text, " << std::string(5000, 'x');
        ::chmod(path.c_str(), mode);
        expect_left_alone();
        fs::remove(path);
        sql("CREATE TABLE something(x); INSERT INTO something VALUES (1)");
        ::chmod(path.c_str(), mode);
        expect_left_alone();
        fs::remove(path);
    }
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(refusal(), store_errc::not_a_journal) << "and not waited for";
    fs::remove(path);
    fs::create_directory(path);
    EXPECT_EQ(refusal(), store_errc::not_a_journal);
}

TEST_F(JournalFile, IsForThisUserAlone) {
    const auto mask = ::umask(0);
    work(1);
    ::umask(mask);
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_EQ(mode_of(mark), 0600U);
    ::chmod(path.c_str(), 0640);
    EXPECT_EQ(refusal(), core_errc::file_mode) << "refused, not mended";
    EXPECT_EQ(mode_of(path), 0640U);
    ::chmod(path.c_str(), 0600);
    constexpr uid_t nobody = 65534;
    if (::chown(path.c_str(), nobody, static_cast<gid_t>(-1)) == 0) {
        EXPECT_EQ(refusal(), core_errc::file_owner);
    }
}

TEST_F(JournalFile, IsNotMadeThroughALink) {
    fs::create_symlink(folder.file("elsewhere"), path);
    EXPECT_FALSE(open());
    EXPECT_FALSE(fs::exists(folder.file("elsewhere")));
}

TEST_F(JournalFile, HasANameThatIsAFile) {
    for (const char* name : {":memory:", "", "file:till.db?mode=memory"}) {
        path = name;
        EXPECT_EQ(refusal(), store_errc::cannot_open) << name;
    }
}

/// The lock is on the file, not on a name: a link or a removed file beside it lets nobody in.
TEST_F(JournalFile, IsLockedByWhateverNameItComes) {
    const auto own = path;
    const auto journal = open().value();
    const auto soft = folder.file("soft.db");
    const auto hard = folder.file("hard.db");
    fs::create_symlink(own, soft);
    fs::create_hard_link(own, hard);
    for (const auto& name : {own, soft, hard}) {
        path = name;
        EXPECT_EQ(refusal(), store_errc::in_use) << name;
        const pid_t other = ::fork();
        if (other == 0) {
            const int file = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
            ::_exit(file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) != 0 ? 0 : 1);
        }
        int status = -1;
        ::waitpid(other, &status, 0);
        EXPECT_EQ(status, 0) << "another process has it by " << name;
    }
    EXPECT_TRUE(journal->begin(sale("a"), nullptr, in_time()));
}

/// What is written after the file is gone is written into nothing: not one more payment begins, and no verdict is
/// told as kept.
TEST_F(JournalFile, ThatIsTakenAwayUnderTheTillIsNoticedAtOnce) {
    for (const char* suffix : {"", "-wal"}) {
        auto journal = open().value();
        const auto begun = journal->begin(sale(std::string("a") + suffix), nullptr, in_time()).value();
        const auto victim = path + suffix;
        fs::rename(victim, folder.file("away"));
        const auto next = journal->begin(sale(std::string("b") + suffix), nullptr, in_time());
        ASSERT_FALSE(next);
        EXPECT_EQ(next.error().code(), store_errc::journal_gone) << next.error();
        const ports::journal_verdict verdict(record_state::declined, ports::decider::host);
        EXPECT_EQ(journal->decide(begun.id, verdict, in_time()).error().code(), store_errc::journal_gone);
        std::ofstream(victim) << "another";
        EXPECT_EQ(journal->take_trace("TEST0001", in_time()).error().code(), store_errc::journal_gone);
        fs::rename(folder.file("away"), victim);
        EXPECT_TRUE(journal->decide(begun.id, verdict, in_time())) << "it is back";
    }
}

TEST_F(JournalFile, ThatIsLostIsNotMadeAnew) {
    work(3);
    fs::remove(path);
    EXPECT_EQ(refusal(), store_errc::journal_lost);
    EXPECT_FALSE(fs::exists(path));
    const auto journal = open(journal_start::adopt);
    ASSERT_TRUE(journal) << journal.error();
    EXPECT_GT((*journal)->take_trace("TEST0001", in_time()).value(), 3U) << "no trace comes again";
}

TEST_F(JournalFile, ThatWasTakenBackFromACopyIsNoticed) {
    work(2);
    const auto copy = folder.file("copy");
    fs::copy_file(path, copy);
    { // one verdict more, and nothing else: the copy would reverse an approved sale
        const auto journal = open().value();
        ASSERT_TRUE(journal->decide(1, {record_state::declined, ports::decider::host}, in_time()));
    }
    fs::copy_file(path, folder.file("latest"));
    fs::copy_file(copy, path, fs::copy_options::overwrite_existing);
    EXPECT_EQ(refusal(), store_errc::journal_behind);
    fs::copy_file(folder.file("latest"), path, fs::copy_options::overwrite_existing);
    EXPECT_TRUE(open()) << "the right one is taken";
    fs::copy_file(copy, path, fs::copy_options::overwrite_existing);
    EXPECT_TRUE(open(journal_start::adopt)) << "or a person decides";
    EXPECT_TRUE(open()) << "once";
}

TEST_F(JournalFile, OfAnotherTillIsNoticed) {
    work(1);
    const auto own = path;
    const auto own_mark = mark;
    path = folder.file("other.db");
    mark = folder.file("other.mark");
    work(9);
    mark = own_mark;
    EXPECT_EQ(refusal(), store_errc::other_journal);
    EXPECT_EQ(refusal(journal_start::existing), store_errc::other_journal);
}

TEST_F(JournalFile, HasAMarkThatIsMissedAndOutlivesATornWrite) {
    work(3);
    auto text = content_of(mark);
    // The slot that was being written when the power failed.
    std::ofstream(mark, std::ios::binary) << std::string(300, 'x') << text.substr(300);
    EXPECT_TRUE(open()) << "the other one is whole";
    work(1);
    std::ofstream(mark, std::ios::binary) << "nothing";
    EXPECT_EQ(refusal(), store_errc::mark_lost);
    fs::remove(mark);
    EXPECT_EQ(refusal(), store_errc::mark_lost);
    EXPECT_TRUE(open(journal_start::adopt));
    EXPECT_TRUE(open());
}

TEST_F(JournalFile, BegunInTheEndIsWholeOrNotThere) {
    EXPECT_EQ(refusal(journal_start::existing), store_errc::journal_lost);
    EXPECT_FALSE(fs::exists(path));
    ASSERT_TRUE(announce_first_start(path, mark));
    EXPECT_TRUE(first_start_was_announced(path, mark));
    EXPECT_TRUE(open()) << "a start that died before it had a journal is a first one still";
    EXPECT_FALSE(first_start_was_announced(path, mark));
    // The first bytes of the file tell what it is, whenever the power fails.
    EXPECT_EQ(content_of(path).substr(68, 4), "CPLJ");
}

/// With the key kept and a new journal begun, record 1 of the old one is not record 1 of the new one.
TEST_F(JournalFile, HasSealsThatOpenInNoOther) {
    const auto card = [] { return ports::stored_card(pan::parse(tests::test_pan).value(), "3012"); };
    const auto owned = card();
    { ASSERT_TRUE(open().value()->begin(sale("a"), &owned, in_time())); }
    const auto old = path;
    path = folder.file("new.db");
    mark = folder.file("new.mark");
    { ASSERT_TRUE(open().value()->begin(sale("a"), &owned, in_time())); }
    EXPECT_TRUE(open().value()->card(1, in_time()));
    sql("ATTACH '" + old + "' AS old; UPDATE records SET card = (SELECT card FROM old.records)");
    EXPECT_EQ(open().value()->card(1, in_time()).error().code(), store_errc::seal_broken);
}

TEST_F(JournalFile, OlderThanNamesGetsOneAndKeepsItsCards) {
    { ASSERT_TRUE(open().value()->begin(sale("a"), nullptr, in_time())); }
    const bytes key(32, 0x5A); // as `fake_key`
    auto cipher = crypto::data_key::create(crypto::algorithm::aes, key, crypto::cup_pos_policy).value();
    bytes clear(1 + pan::max_digits + 4);
    const std::string number = tests::test_pan;
    clear[0] = static_cast<std::uint8_t>(number.size());
    std::copy(number.begin(), number.end(), clear.begin() + 1);
    const auto sealed =
        crypto::gcm_seal(cipher, as_bytes(std::string_view("card of record 1 of TEST0001")), clear).value();
    sql("DELETE FROM meta WHERE name IN ('id', 'commits', 'marked'); UPDATE records SET card = x'" + to_hex(sealed) +
        "'");
    fs::remove(mark);
    const auto journal = open();
    ASSERT_TRUE(journal) << journal.error();
    EXPECT_EQ((*journal)->card(1, in_time()).value().account.expose(), number);
}

/// An erased card must not lie in the log until the till ends some day.
TEST_F(JournalFile, KeepsNothingOfAnErasedCard) {
    const ports::stored_card owned(pan::parse(tests::test_pan).value(), "3012");
    const auto journal = open().value();
    ASSERT_TRUE(journal->begin(sale("a"), &owned, in_time()));
    ports::journal_verdict verdict(record_state::approved, ports::decider::host);
    verdict.approved = amount(100);
    ASSERT_TRUE(journal->decide(1, verdict, in_time()));
    ASSERT_TRUE(journal->close_batch("TEST0001", 1, in_time()));
    sqlite3* reader = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &reader), SQLITE_OK);
    std::string sealed;
    sqlite3_exec(
        reader, "SELECT hex(card) FROM records",
        [](void* to, int, char** values, char**) {
            *static_cast<std::string*>(to) = values[0];
            return 0;
        },
        &sealed, nullptr);
    sqlite3_close(reader);
    ASSERT_GT(sealed.size(), 32U);
    const auto raw = from_hex(sealed).value();
    const std::string needle(raw.begin(), raw.end());
    ASSERT_NE((content_of(path) + content_of(path + "-wal")).find(needle), std::string::npos);
    ASSERT_EQ(journal->erase_cards(clock.now() + std::chrono::hours(1), in_time()).value(), 1U);
    EXPECT_EQ(content_of(path).find(needle), std::string::npos);
    EXPECT_EQ(content_of(path + "-wal").find(needle), std::string::npos);
    EXPECT_TRUE(journal->begin(sale("b"), nullptr, in_time())) << "the log goes on";
}

/// In a process of its own, on a small disk of its own.
int fill_a_small_disk(const std::string& mount_point) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("small", mount_point.c_str(), "tmpfs", 0, "size=16m,mode=0700") != 0) {
        return 77;
    }
    tests::fake_key key;
    tests::fake_clock clock;
    sqlite_journal_settings settings;
    settings.path = mount_point + "/till.db";
    auto journal = sqlite_journal::open(settings, key, clock, in_time(), logger::none()).value();
    std::vector<std::uint64_t> begun;
    for (int i = 0; i < 16; ++i)
        begun.push_back(journal->begin(sale(std::to_string(i)), nullptr, in_time()).value().id);
    {
        std::ofstream filler(mount_point + "/filler", std::ios::binary);
        const std::string block(4096, 'x');
        while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
    // What was begun can be ended, whatever else happened to the disk.
    for (const auto id : begun) {
        ports::journal_verdict verdict(record_state::approved, ports::decider::host);
        verdict.approved = amount(100);
        verdict.host_text = std::string(400, 't');
        if (!journal->decide(id, verdict, in_time())) return 2;
    }
    // What cannot be ended is not begun.
    for (int i = 100; i < 2000; ++i) {
        const auto next = journal->begin(sale(std::to_string(i)), nullptr, in_time());
        if (!next) return next.error().code() == make_error_code(store_errc::disk_full) ? 0 : 3;
        if (!journal->decide(next->id, {record_state::declined, ports::decider::host}, in_time())) return 4;
    }
    return 5;
}

TEST(JournalRoom, ForAVerdictIsKeptBeforeAnythingLeaves) {
    const tests::temporary_folder folder;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(fill_a_small_disk(folder.path()));
    int status = -1;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this user may not mount a small disk";
    EXPECT_EQ(WEXITSTATUS(status), 0)
        << "2: a verdict found no room; 3: another error; 4: begun, and no room; 5: never full";
}

} // namespace
} // namespace cipherlane::store
