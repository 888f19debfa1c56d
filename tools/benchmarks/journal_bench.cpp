// A journal of a till that has been at work for years: what it costs to open, and a sale in it.
#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>

#include <sqlite3.h>

#include <array>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <unistd.h>

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
        : folder_("journal_bench." + std::to_string(::getpid())) {
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

    [[nodiscard]] std::unique_ptr<store::sqlite_journal> open() {
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
    fixed_key key_;
    const ports::system_clock clock_;
};

long_journal& journal_of(std::int64_t records) {
    static std::map<std::int64_t, long_journal> made;
    return made.try_emplace(records, records).first->second;
}

/// Opening it cold and looking for what is undecided: the bar is a second with 1,000,000 records.
void open_cold(benchmark::State& state) {
    auto& journal = journal_of(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        journal.forget();
        state.ResumeTiming();
        const auto opened = journal.open();
        benchmark::DoNotOptimize(opened->open_records("TEST0001", call(std::chrono::minutes(1))).value());
    }
}
BENCHMARK(open_cold)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The two commits of a sale: no slower in a long journal.
void begin_and_decide(benchmark::State& state) {
    const auto opened = journal_of(state.range(0)).open();
    ports::journal_record record;
    record.terminal_id = "TEST0002";
    record.mti = "0200";
    record.requested = amount(100);
    record.created_date = "20261129";
    static int number = 0;
    for (auto _ : state) {
        record.idempotency_key = "bench-" + std::to_string(++number);
        const auto begun = opened->begin(record, nullptr, call(std::chrono::minutes(1))).value();
        ports::journal_verdict verdict(ports::record_state::approved, ports::decider::host);
        verdict.approved = amount(100);
        opened->decide(begun.id, verdict, call(std::chrono::minutes(1))).value();
    }
}
BENCHMARK(begin_and_decide)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->UseRealTime();

} // namespace
