// A journal of a till that has been at work for years: what it costs to open, and a sale in it.
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace cipherlane;

class fixed_key final : public ports::key_provider {
  public:
    [[nodiscard]] result<secret_bytes> journal_key(const call& /*bounds*/) override {
        const bytes key(32, 0x5A);
        return secret_bytes(byte_view(key));
    }
};

/// A folder of its own, under the working folder: the disk is what is measured.
class long_journal {
  public:
    explicit long_journal(std::int64_t records)
        : folder_("journal_bench." + std::to_string(::getpid()) + "." + std::to_string(records)) {
        std::filesystem::create_directory(folder_);
        { (void)open(); }
        sqlite3* handle = nullptr;
        sqlite3_open(path().c_str(), &handle);
        const auto columns = std::string(
            "terminal_id, merchant_id, idempotency_key, kind, state, mti, processing_code, currency, decimals, "
            "requested, "
            "approved, trace, batch, entry, sequence_number, condition_code, emv, transaction_code, field60_rest, "
            "field61, "
            "masked_pan, original, host_code, host_text, reference, authorization, host_date, host_time, acquirer, "
            "order_number, reversal_reason, reversal_sends, created_date, created, decided, closed, settled_at");
        const auto sql =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(records) +
            ") INSERT INTO records(" + columns +
            ") SELECT 'TEST0001', 'TESTMERCH000001', 'key-' || i, 1, 3, '0200', '000000', 156, 2, i, i, "
            "i % 999999, i / 900, '051', '001', '00', zeroblob(60), '22', '000501', '', '622200******0017', 0, "
            "'00', '', '000000' || i, '123456', '20261129', '101112', '00010000', '', '', 0, '20261129', 0, 0, "
            "1, 1 FROM n; PRAGMA wal_checkpoint(TRUNCATE)";
        const int done = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
        sqlite3_close(handle);
        if (done != SQLITE_OK) throw std::runtime_error("the journal cannot be filled");
    }
    long_journal(const long_journal&) = delete;
    long_journal& operator=(const long_journal&) = delete;
    ~long_journal() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::unique_ptr<store::sqlite_journal> open() const {
        store::sqlite_journal_settings settings;
        settings.path = path();
        return store::sqlite_journal::open(settings, key_, clock_, call(std::chrono::minutes(5)), logger::none())
            .value();
    }
    /// As after a cold start: the system keeps nothing of the file.
    void forget() const {
        const int file = ::open(path().c_str(), O_RDONLY | O_CLOEXEC);
        ::fsync(file);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }

  private:
    [[nodiscard]] std::string path() const { return folder_ + "/till.db"; }
    const std::string folder_;
    mutable fixed_key key_;
    const ports::system_clock clock_;
};

/// What this process holds in memory, in MiB, of its own.
double held_mib() {
    std::ifstream pages("/proc/self/statm");
    double whole = 0;
    double resident = 0;
    double shared = 0;
    pages >> whole >> resident >> shared;
    constexpr double mib = 1024.0 * 1024.0;
    return (resident - shared) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / mib;
}

template <class Work>
double milliseconds_of(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

struct figures {
    double open_ms = 0; ///< cold, with all that recovery looks for
    double sale_ms = 0; ///< its two commits, the median
    double held = 0;    ///< MiB more than before
};

/// As a till does when it starts: opens the journal and looks for what is undecided, and for what was not told.
std::unique_ptr<store::sqlite_journal> start(const long_journal& journal) {
    auto opened = journal.open();
    const call soon(std::chrono::minutes(1));
    for (const auto& found : {opened->open_records("TEST0001", soon), opened->untold_records("TEST0001", soon)}) {
        if (!found.value().empty()) throw std::runtime_error("records that should be told and decided are not");
    }
    return opened;
}

double two_commits(store::sqlite_journal& in, int number) {
    ports::journal_record record;
    record.terminal_id = "TEST0002";
    record.mti = "0200";
    record.requested = amount(100);
    record.created_date = "20261129";
    record.idempotency_key = "bench-" + std::to_string(number);
    const call soon(std::chrono::minutes(1));
    return milliseconds_of([&] {
        const auto begun = in.begin(record, nullptr, soon).value();
        ports::journal_verdict verdict(ports::record_state::approved, ports::decider::host);
        verdict.approved = amount(100);
        in.decide(begun.id, verdict, soon).value();
    });
}

/// A short journal and a long one, in turns, so that what else the disk does hits both.
std::pair<figures, figures> measured(const long_journal& short_one, const long_journal& long_one) {
    constexpr int openings = 5;
    constexpr int sales = 300;
    const auto of = [&](const long_journal& journal) {
        figures found;
        for (int i = 0; i < openings; ++i) {
            journal.forget();
            found.open_ms = std::max(found.open_ms, milliseconds_of([&] { (void)start(journal); }));
        }
        return found;
    };
    std::pair found{of(short_one), of(long_one)};
    const auto before = held_mib();
    const auto small = start(short_one);
    const auto with_short = held_mib();
    const auto large = start(long_one);
    std::vector<double> at_short;
    std::vector<double> at_long;
    for (int i = 0; i < sales; ++i) {
        at_short.push_back(two_commits(*small, i));
        at_long.push_back(two_commits(*large, i));
    }
    found.first.held = with_short - before;
    found.second.held = held_mib() - with_short;
    const auto median = [](std::vector<double>& of_all) {
        std::nth_element(of_all.begin(), of_all.begin() + sales / 2, of_all.end());
        return of_all[sales / 2];
    };
    found.first.sale_ms = median(at_short);
    found.second.sale_ms = median(at_long);
    return found;
}

bool print_row(const char* what, double value, double limit, const char* unit, double bar, bool met) {
    std::printf("%-52s %9.3f %9.3f %-6s %8.2f %s\n", what, value, limit, unit, bar, met ? "ok" : "MISSED");
    return met;
}

} // namespace

int main() {
    try {
        const long_journal short_one(1'000);
        const long_journal long_one(1'000'000);
        const auto [few, many] = measured(short_one, long_one);
        std::printf("%-52s %9s %9s %-6s %8s\n", "1,000,000 records (beside 1,000)", "value", "limit", "", "bar");
        bool met = print_row("open cold and look for what is open or not told", many.open_ms, few.open_ms, "ms", 1000,
            many.open_ms < 1000);
        met = print_row("two commits of a sale, ratio to a short journal", many.sale_ms, few.sale_ms, "ms", 1.25,
                  many.sale_ms <= 1.25 * few.sale_ms) &&
              met;
        constexpr double flat = 8; // MiB: SQLite's own cache of pages, filled
        met = print_row("memory that it takes", many.held, few.held, "MiB", flat, many.held <= flat) && met;
        return met ? 0 : 1;
    } catch (const std::exception& why) {
        std::fprintf(stderr, "journal_bench: %s\n", why.what());
        return 2;
    }
}
