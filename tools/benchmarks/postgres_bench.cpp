// What 200 lanes do on shared books, beside what the same server does of the same rows by itself: pgbench in the same
// run, with its best number of clients.
#include "support/postgres_server.hpp"

#include <cipherlane/ports/key_provider.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;

constexpr int lanes = 200;
constexpr auto a_while = 4s;

call soon() {
    return call(60s);
}

class fixed_key final : public ports::key_provider {
  public:
    [[nodiscard]] result<secret_bytes> journal_key(const call& /*bounds*/) override {
        return secret_bytes(byte_view(bytes(32, 0x5A)));
    }
};

std::string lane_name(int number) {
    return "L" + std::to_string(number);
}

ports::journal_record sale(int lane, int number) {
    ports::journal_record record;
    record.terminal_id = lane_name(lane);
    record.merchant_id = "104110155550001";
    record.idempotency_key = "payment-" + std::to_string(number);
    record.mti = "0200";
    record.processing_code = "000000";
    record.requested = amount(100);
    record.entry = "022";
    record.condition_code = "00";
    record.transaction_code = "22";
    record.field60_rest = "000500";
    record.masked_pan = "622200*********0008";
    record.created_date = "20261129";
    return record;
}

ports::journal_verdict approval() {
    ports::journal_verdict verdict(ports::record_state::approved, ports::decider::host);
    verdict.approved = amount(100);
    verdict.host_code = "00";
    verdict.reference = "112109310003";
    verdict.authorization = "A12345";
    verdict.host_date = "20261129";
    verdict.host_time = "120000";
    return verdict;
}

/// Payments a second: begun, and decided, each answered when it is on the disk.
double lanes_rate(store::journal& journal, int first_number) {
    std::atomic<std::uint64_t> sold{0};
    std::atomic<bool> failed{false};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int lane = 0; lane < lanes; ++lane) {
        threads.emplace_back([&, lane] {
            for (int number = first_number; std::chrono::steady_clock::now() - begin < a_while; ++number) {
                const auto begun = journal.begin(sale(lane, number), nullptr, soon());
                if (!begun || !journal.decide(begun->id, approval(), soon())) {
                    failed = true;
                    return;
                }
                ++sold;
            }
        });
    }
    for (auto& one : threads)
        one.join();
    if (failed) throw std::runtime_error("a payment was not written");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(sold) / took.count();
}

/// The same rows: one statement that takes the number and writes the record, one that decides it.
std::string write_script(const tests::postgres_server& server, const std::string& path) {
    const auto names = server.sql(
        "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'cipherlane' AND table_name = 'records'");
    const auto values = server.sql(
        "SELECT string_agg(CASE column_name WHEN 'id' THEN 'nextval(''cipherlane.record_numbers'')' "
        "WHEN 'terminal_id' THEN 'taken.terminal_id' WHEN 'trace' THEN 'taken.last_trace' "
        "WHEN 'idempotency_key' THEN '''p'' || taken.last_trace' ELSE 'm.' || quote_ident(column_name) END, ', ' "
        "ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'cipherlane' AND table_name = 'records'");
    std::ofstream(path) << "WITH taken AS (UPDATE cipherlane.terminals SET last_trace = last_trace + 1 "
                           "WHERE terminal_id = 'L' || :client_id RETURNING terminal_id, last_trace) "
                           "INSERT INTO cipherlane.records("
                        << names << ") SELECT " << values
                        << " FROM taken, public.model m RETURNING id \\gset\n"
                           "UPDATE cipherlane.records SET state = 3, decided = 1764400000000, approved = 100, "
                           "host_code = '00', reference = '112109310003', \"authorization\" = 'A12345', "
                           "host_date = '20261129', host_time = '120000' WHERE id = :id;\n";
    return path;
}

double pgbench_rate(const tests::postgres_server& server, const std::string& script, int clients) {
    const auto command = "/usr/lib/postgresql/15/bin/pgbench -n -M prepared -j 2 -T 4 -c " + std::to_string(clients) +
                         " -f " + script + " -h " + server.socket_folder() + " -p " + std::to_string(server.port()) +
                         " -U postgres postgres 2>&1";
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), &::pclose);
    std::string all;
    char line[512];
    while (std::fgets(line, sizeof line, output.get()) != nullptr)
        all += line;
    const auto at = all.find("tps = ");
    if (at == std::string::npos) throw std::runtime_error("pgbench: " + all);
    return std::strtod(all.c_str() + at + 6, nullptr);
}

int work() {
    if (const auto why = tests::postgres_server::why_not(); !why.empty()) {
        std::printf("%s\n", why.c_str());
        return 1;
    }
    ::setenv("TMPDIR", "/var/tmp", 0); // a disk, not memory
    tests::postgres_server server({"fsync=on", "max_connections=260", "shared_buffers=256MB"});
    fixed_key key;
    const ports::system_clock clock;
    store::postgres_settings where;
    where.address = server.address();
    const auto open = [&] {
        return store::postgres_journal::open(where, key, clock, soon(), logger::none()).value();
    };
    auto journal = open();
    for (int lane = 0; lane < lanes; ++lane)
        (void)journal->begin(sale(lane, 0), nullptr, soon()).value();
    server.sql("CREATE TABLE public.model AS SELECT * FROM cipherlane.records LIMIT 1");
    const auto script = write_script(server, server.socket_folder() + "/payments.sql");
    double own = 0;
    double bare = 0;
    for (int round = 0; round < 2; ++round) {
        for (const int clients : {32, 200})
            bare = std::max(bare, pgbench_rate(server, script, clients));
        own = std::max(own, lanes_rate(*journal, 1 + round * 1'000'000));
    }
    const auto counted = journal->statistics();
    constexpr double bar = 0.7;
    std::printf("%d lanes on PostgreSQL: %.0f payments/s, %.1f of them a commit\n", lanes, own,
        static_cast<double>(counted.durable_operations) / 2 / static_cast<double>(counted.commits));
    std::printf("pgbench, the same rows: %.0f payments/s\n", bare);
    std::printf("of its rate: %.2f (bar %.2f)%s\n", own / bare, bar, own / bare < bar ? "  MISSED" : "");
    return own / bare < bar ? 1 : 0;
}

} // namespace

int main() {
    try {
        return work();
    } catch (const std::exception& why) {
        std::fprintf(stderr, "%s\n", why.what());
        return 2;
    }
}
