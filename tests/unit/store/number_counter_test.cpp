#include "support/memory_folder.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/number_issuer.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;
using tests::memory_folder;

const bytes key_check = from_hex("0102030405").value();

call soon() {
    return call(20s);
}

template <class T>
testing::AssertionResult fails_with(const result<T>& got, boost::system::error_code code) {
    if (got.has_value()) return testing::AssertionFailure() << "no error";
    if (got.error().code() == code) return testing::AssertionSuccess();
    return testing::AssertionFailure() << got.error();
}

class NumberCounter : public testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return folder.file("numbers.db"); }
    [[nodiscard]] number_counter opened() const { return number_counter::open(path(), soon()).value(); }
    memory_folder folder;
};

TEST_F(NumberCounter, TakesRangesInOrder) {
    auto counter = opened();
    EXPECT_EQ(counter.next("a", soon()).value(), 0U);
    const auto first = counter.reserve("a", 3, 10, key_check, soon()).value();
    EXPECT_EQ(first.first, 0U);
    EXPECT_EQ(first.count, 3U);
    EXPECT_EQ(counter.reserve("a", 1, 10, key_check, soon()).value().first, 3U);
    EXPECT_EQ(counter.reserve("b", 1, 10, key_check, soon()).value().first, 0U);
    EXPECT_EQ(counter.next("a", soon()).value(), 4U);
    EXPECT_EQ(counter.next("b", soon()).value(), 1U);
}

TEST_F(NumberCounter, GoesOnWhereItWas) {
    ASSERT_TRUE(opened().reserve("a", 7, 100, key_check, soon()));
    EXPECT_EQ(opened().reserve("a", 1, 100, key_check, soon()).value().first, 7U);
}

/// Another process would find none, begin at 0, and give the same numbers again.
TEST_F(NumberCounter, GivesNothingOutOfAFileThatWasTakenAway) {
    auto counter = opened();
    ASSERT_TRUE(counter.reserve("a", 7, 100, key_check, soon()));
    const auto gone = make_error_code(store_errc::file_gone);
    const auto aside = folder.file("aside.db");
    ASSERT_EQ(::rename(path().c_str(), aside.c_str()), 0);
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 100, key_check, soon()), gone));
    EXPECT_TRUE(fails_with(counter.next("a", soon()), gone));
    std::filesystem::copy_file(aside, path());
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 100, key_check, soon()), gone)) << "a copy is another file";
    ASSERT_EQ(::rename(aside.c_str(), path().c_str()), 0);
    EXPECT_EQ(counter.reserve("a", 1, 100, key_check, soon()).value().first, 7U);
}

/// Whether another process finds a lock on the file; this one would never find its own.
bool is_locked_for_others(const std::string& path) {
    const auto child = ::fork();
    if (child == 0) {
        struct flock asked {};
        asked.l_type = F_WRLCK;
        asked.l_whence = SEEK_SET;
        const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        const bool known = file >= 0 && ::fcntl(file, F_GETLK, &asked) == 0;
        ::_exit(known && asked.l_type != F_UNLCK ? 1 : 0);
    }
    int how = 0;
    EXPECT_EQ(::waitpid(child, &how, 0), child);
    return WIFEXITED(how) && WEXITSTATUS(how) == 1;
}

/// Closing any descriptor of a file takes all locks away that the process has on it: two processes would write at
/// once.
TEST_F(NumberCounter, OpenedOnceMoreInTheProcessLeavesItsLocks) {
    ASSERT_TRUE(opened().reserve("a", 1, 10, key_check, soon()));
    sqlite3* writer = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &writer), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(writer, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    ASSERT_TRUE(is_locked_for_others(path()));
    EXPECT_TRUE(fails_with(number_counter::open(path(), call(50ms)), make_error_code(store_errc::too_late)));
    EXPECT_TRUE(is_locked_for_others(path()));
    sqlite3_exec(writer, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(writer);
}

TEST_F(NumberCounter, EndsAtItsCapacityAndTakesNothingThen) {
    auto counter = opened();
    ASSERT_TRUE(counter.reserve("a", 8, 10, key_check, soon()));
    const auto used_up = make_error_code(crypto_errc::numbers_used_up);
    EXPECT_TRUE(fails_with(counter.reserve("a", 3, 10, key_check, soon()), used_up));
    EXPECT_TRUE(fails_with(counter.reserve("a", ~0ULL, 10, key_check, soon()), used_up));
    EXPECT_EQ(counter.reserve("a", 2, 10, key_check, soon()).value().first, 8U);
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 10, key_check, soon()), used_up));
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 5, key_check, soon()), used_up)) << "a capacity that shrank";
    EXPECT_TRUE(fails_with(counter.reserve("big", ~0ULL, ~0ULL, key_check, soon()), used_up));
}

TEST_F(NumberCounter, RefusesAnotherKey) {
    auto counter = opened();
    ASSERT_TRUE(counter.reserve("a", 1, 10, key_check, soon()));
    const bytes other = from_hex("0102030406").value();
    const auto wrong = make_error_code(store_errc::wrong_key);
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 10, other, soon()), wrong));
    EXPECT_TRUE(fails_with(counter.raise("a", 5, other, soon()), wrong));
    EXPECT_EQ(counter.next("a", soon()).value(), 1U);
}

TEST_F(NumberCounter, IsRaisedButNeverLowered) {
    auto counter = opened();
    ASSERT_TRUE(counter.raise("a", 50, key_check, soon()));
    EXPECT_EQ(counter.next("a", soon()).value(), 50U);
    ASSERT_TRUE(counter.raise("a", 20, key_check, soon()));
    EXPECT_EQ(counter.reserve("a", 1, 100, key_check, soon()).value().first, 50U);
    ASSERT_TRUE(counter.raise("a", ~0ULL, key_check, soon()));
    EXPECT_TRUE(
        fails_with(counter.reserve("a", 1, ~0ULL, key_check, soon()), make_error_code(crypto_errc::numbers_used_up)));
}

TEST_F(NumberCounter, KeepsItsFileToItself) {
    ASSERT_TRUE(opened().reserve("a", 1, 10, key_check, soon()));
    struct stat facts {};
    ASSERT_EQ(::stat(path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(NumberCounter, RefusesOtherFiles) {
    std::ofstream(folder.file("text")) << std::string(5000, 'x');
    EXPECT_TRUE(
        fails_with(number_counter::open(folder.file("text"), soon()), make_error_code(store_errc::not_a_journal)));
    EXPECT_TRUE(fails_with(
        number_counter::open(folder.path() + "/none/numbers.db", soon()), make_error_code(store_errc::cannot_open)));
    for (const auto& [sql, why] : {std::pair{"CREATE TABLE other(x)", store_errc::not_a_journal},
             std::pair{"PRAGMA application_id=1129335886; PRAGMA user_version=2", store_errc::newer_schema}}) {
        const auto file = folder.file(std::to_string(static_cast<int>(why)));
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(raw);
        EXPECT_TRUE(fails_with(number_counter::open(file, soon()), make_error_code(why))) << sql;
    }
}

TEST_F(NumberCounter, WaitsForOthersNoLongerThanItMay) {
    auto counter = opened();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_TRUE(
        fails_with(counter.reserve("a", 1, 10, key_check, call(50ms)), make_error_code(store_errc::too_late)));
    EXPECT_TRUE(fails_with(counter.reserve("a", 1, 10, key_check, call(0ms)), make_error_code(store_errc::too_late)));
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    const auto cancelled = counter.reserve("a", 1, 10, key_check, call(60s, stop.get_token()));
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(condition::cancelled)) << cancelled.error();
    std::jthread releaser([&] {
        std::this_thread::sleep_for(50ms);
        sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    });
    EXPECT_EQ(counter.reserve("a", 1, 10, key_check, soon()).value().first, 0U);
    releaser.join();
    sqlite3_close(other);
}

TEST_F(NumberCounter, ServesManyAtOnce) {
    std::vector<std::vector<std::uint64_t>> taken(3);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : taken) {
            threads.emplace_back([&mine, this] {
                auto counter = opened();
                for (int i = 0; i < 20; ++i)
                    mine.push_back(counter.reserve("a", 2, 1000, key_check, soon()).value().first);
            });
        }
    }
    std::set<std::uint64_t> all;
    for (const auto& mine : taken)
        all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), 60U);
    EXPECT_EQ(opened().next("a", soon()).value(), 120U);
}

/// Writes down what SQLite asks the disk to do, in order: "write", "sync", each with "file" or "journal", and "remove
/// journal", with "for good" where the folder is synced too. The default VFS while it lives.
class disk_watch {
  public:
    disk_watch()
        : original_(sqlite3_vfs_find(nullptr)) {
        watching_ = this;
        shim_ = *original_;
        shim_.zName = "watch";
        shim_.xOpen = [](sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
            auto* system = watching_->original_;
            const int code = system->xOpen(system, name, file, flags, out);
            if (code == SQLITE_OK) watching_->wrap(file, flags);
            return code;
        };
        shim_.xDelete = [](sqlite3_vfs*, const char* name, int sync_folder) {
            watching_->done.push_back(sync_folder != 0 ? "remove journal for good" : "remove journal");
            return watching_->original_->xDelete(watching_->original_, name, sync_folder);
        };
        sqlite3_vfs_register(&shim_, 1);
    }
    disk_watch(const disk_watch&) = delete;
    disk_watch& operator=(const disk_watch&) = delete;
    ~disk_watch() {
        sqlite3_vfs_unregister(&shim_);
        sqlite3_vfs_register(original_, 1);
        watching_ = nullptr;
    }

    std::vector<std::string> done;

  private:
    void wrap(sqlite3_file* file, int flags) {
        const bool main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
        auto& [theirs, ours] = main ? main_ : journal_;
        theirs = file->pMethods;
        ours = *theirs;
        ours.xWrite = main ? write<true> : write<false>;
        ours.xSync = main ? sync<true> : sync<false>;
        file->pMethods = &ours;
    }
    template <bool Main>
    static const sqlite3_io_methods& theirs(const char* what) {
        watching_->done.push_back(std::string(what) + (Main ? " file" : " journal"));
        return *(Main ? watching_->main_ : watching_->journal_).first;
    }
    template <bool Main>
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
        return theirs<Main>("write").xWrite(file, data, size, at);
    }
    template <bool Main>
    static int sync(sqlite3_file* file, int flags) {
        return theirs<Main>("sync").xSync(file, flags);
    }

    static inline disk_watch* watching_ = nullptr;
    sqlite3_vfs* original_;
    sqlite3_vfs shim_{};
    std::pair<const sqlite3_io_methods*, sqlite3_io_methods> main_{};
    std::pair<const sqlite3_io_methods*, sqlite3_io_methods> journal_{};
};

// What a power cut spares: the old page is safe before the new one is written, the new one before the journal goes,
// and the journal's end before the caller learns of his range.
TEST_F(NumberCounter, IsOnTheDiskBeforeTheRangeIsTold) {
    disk_watch disk;
    {
        auto counter = opened();
        ASSERT_TRUE(counter.reserve("a", 1, 10, key_check, soon()));
        disk.done.clear();
        ASSERT_TRUE(counter.reserve("a", 1, 10, key_check, soon()));
        const auto place = [&](std::string_view what) {
            return std::find(disk.done.begin(), disk.done.end(), what) - disk.done.begin();
        };
        const auto shown = testing::PrintToString(disk.done);
        ASSERT_FALSE(disk.done.empty());
        EXPECT_LT(place("write journal"), place("sync journal")) << shown;
        EXPECT_LT(place("sync journal"), place("write file")) << shown;
        EXPECT_LT(place("write file"), place("sync file")) << shown;
        EXPECT_LT(place("sync file"), place("remove journal for good")) << shown;
        EXPECT_EQ(disk.done.back(), "remove journal for good") << shown;
    }
}

class NumberIssuer : public NumberCounter {
  protected:
    static crypto::number_plan plan_of(
        std::string_view layout, const char* key = "000102030405060708090A0B0C0D0E0F") {
        auto handle =
            crypto::numbering_key::create(crypto::algorithm::aes, from_hex(key).value(), crypto::pci_policy);
        return crypto::number_plan::create(
            std::move(handle).value(), crypto::number_layout::parse(layout).value(), "tenant")
            .value();
    }
    [[nodiscard]] number_issuer issuer(std::uint64_t block, std::string_view layout = "898######%") const {
        return number_issuer::create(plan_of(layout), opened(), block).value();
    }
};

TEST_F(NumberIssuer, GivesTheNumbersOfThePlanInTurn) {
    auto plan = plan_of("898######%");
    auto numbers = issuer(1);
    for (std::uint64_t i = 0; i < 5; ++i)
        EXPECT_EQ(numbers.issue(soon()).value().view(), plan.number_at(i).value().view());
    std::vector<crypto::issued_number> batch(100);
    ASSERT_TRUE(numbers.issue(batch, soon()));
    EXPECT_EQ(batch.front().view(), plan.number_at(5).value().view());
    EXPECT_EQ(batch.back().view(), plan.number_at(104).value().view());
    EXPECT_TRUE(numbers.issue(std::span<crypto::issued_number>(), soon()));
}

TEST_F(NumberIssuer, LeavesOutWhatItHeldWhenItEnded) {
    auto plan = plan_of("898######%");
    {
        auto numbers = issuer(10);
        EXPECT_EQ(numbers.issue(soon()).value().view(), plan.number_at(0).value().view());
        std::vector<crypto::issued_number> batch(12); // nine that it holds, three from the disk
        ASSERT_TRUE(numbers.issue(batch, soon()));
        EXPECT_EQ(batch[8].view(), plan.number_at(9).value().view());
        EXPECT_EQ(batch[11].view(), plan.number_at(12).value().view());
        EXPECT_EQ(numbers.issue(soon()).value().view(), plan.number_at(13).value().view());
    }
    EXPECT_EQ(issuer(1).issue(soon()).value().view(), plan.number_at(23).value().view());
}

TEST_F(NumberIssuer, UsesTheLastNumberOfALayout) {
    auto numbers = issuer(64);
    ASSERT_TRUE(opened().raise("tenant/898######%", 999'998, numbers.plan().key_check_value().value(), soon()));
    EXPECT_TRUE(numbers.issue(soon()));
    EXPECT_TRUE(numbers.issue(soon()));
    EXPECT_TRUE(fails_with(numbers.issue(soon()), make_error_code(crypto_errc::numbers_used_up)));
    std::vector<crypto::issued_number> one(1);
    EXPECT_TRUE(fails_with(numbers.issue(one, soon()), make_error_code(crypto_errc::numbers_used_up)));
}

TEST_F(NumberIssuer, KnowsWhereANumberCameFrom) {
    auto numbers = issuer(1);
    const std::string mine(numbers.issue(soon()).value().view());
    const auto found = numbers.origin_of(mine, soon()).value();
    EXPECT_EQ(found.counter, 0U);
    EXPECT_EQ(found.where, number_issuer::origin::standing::taken);
    const auto next = plan_of("898######%").number_at(1).value();
    EXPECT_EQ(numbers.origin_of(next.view(), soon()).value().where, number_issuer::origin::standing::never_issued);
    EXPECT_TRUE(fails_with(numbers.origin_of("8981234567", soon()), make_error_code(crypto_errc::not_of_this_plan)));
}

TEST_F(NumberIssuer, StopsWhenTheKeyIsAnother) {
    ASSERT_TRUE(issuer(1).issue(soon()));
    auto other = plan_of("898######%", "0F0E0D0C0B0A09080706050403020100");
    auto numbers = number_issuer::create(std::move(other), opened()).value();
    EXPECT_TRUE(fails_with(numbers.issue(soon()), make_error_code(store_errc::wrong_key)));
}

} // namespace
} // namespace cipherlane::store
