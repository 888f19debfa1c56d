// The journal on PostgreSQL: what is not the suite's, because only a shared database can have it.
#include "postgres_books.hpp"
#include "postgres_cut.hpp"
#include "support/certificates.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/journal_check.hpp>
#include <cipherlane/store/number_counter.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/store/sqlite_limit_totals.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <span>
#include <thread>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;
using ports::record_state;
using tests::approval;
using tests::postgres_cut;
using tests::postgres_server;
using tests::sale;

class PostgresJournal : public tests::postgres_books {};

TEST_F(PostgresJournal, GivesATerminalToOneAlone) {
    auto one = open();
    auto other = open();
    ASSERT_TRUE(one->begin(sale("a"), nullptr, soon()));
    const auto refused = other->begin(sale("b"), nullptr, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(store_errc::in_use));
    EXPECT_EQ(other->terminal("TEST0001", soon()).error().code(), make_error_code(store_errc::in_use));
    EXPECT_TRUE(other->begin(sale("c", "TEST0002"), nullptr, soon())) << "of another terminal";
    one.reset();
    const auto taken = other->begin(sale("d"), nullptr, soon());
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->trace, 2U) << "the next number of the same books";
}

TEST_F(PostgresJournal, GathersManyLanesIntoOneCommit) {
    auto journal = open();
    constexpr int lanes = 32;
    constexpr int payments = 10;
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int lane = 0; lane < lanes; ++lane) {
        threads.emplace_back([&, lane] {
            const auto terminal = "LANE" + std::to_string(lane);
            for (int i = 0; i < payments; ++i) {
                const auto begun = journal->begin(sale("k" + std::to_string(i), terminal), nullptr, soon());
                const bool whole = begun && begun->trace == static_cast<std::uint32_t>(i + 1) &&
                                   journal->decide(begun->id, approval(), soon()) &&
                                   journal->close_record(begun->id, soon());
                if (!whole) ++failed;
            }
        });
    }
    for (auto& one : threads)
        one.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(count(".records WHERE state = 3"), std::to_string(lanes * payments));
    EXPECT_LT(journal->statistics().commits * 3, journal->statistics().durable_operations);
}

TEST_F(PostgresJournal, AKeyOfTwoCallersAtOnceIsTakenByOne) {
    auto journal = open();
    std::atomic<int> taken{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            const auto begun = journal->begin(sale("same"), nullptr, soon());
            if (begun) ++taken;
            if (!begun && begun.error().code() == make_error_code(store_errc::key_used)) ++refused;
        });
    }
    for (auto& one : threads)
        one.join();
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(refused, 7);
    EXPECT_EQ(count(".records"), "1");
}

/// One that cannot be carried out takes nothing of the others with it.
TEST_F(PostgresJournal, KeepsWhatWaitedBesideARefusedVerdict) {
    auto journal = open();
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 8; ++i)
        ids.push_back(journal->begin(sale("k", "LANE" + std::to_string(i)), nullptr, soon()).value().id);
    std::atomic<int> decided{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (const auto id : ids) {
        threads.emplace_back([&, id] { decided += journal->decide(id, approval(), soon()) ? 1 : 0; });
        threads.emplace_back([&] {
            const auto none = journal->decide(999'999, approval(), soon());
            refused += !none && none.error().code() == make_error_code(store_errc::no_record) ? 1 : 0;
        });
    }
    for (auto& one : threads)
        one.join();
    EXPECT_EQ(decided, 8);
    EXPECT_EQ(refused, 8);
}

/// Cut at everything that a payment sends, before the server has it and after: each is carried out once.
TEST_F(PostgresJournal, FindsOutWhatBecameOfACommitWhoseAnswerWasLost) {
    postgres_cut line(server->port());
    settings.address = line.address();
    auto journal = open();
    ASSERT_TRUE(journal->begin(sale("first"), nullptr, soon()));
    int payments = 1;
    int cuts = 0;
    for (const auto place : {postgres_cut::where::before_the_server, postgres_cut::where::behind_it}) {
        for (int nth = 1; nth <= 4; ++nth) {
            line.cut_at(nth, place);
            const auto key = std::to_string(payments);
            const auto begun = journal->begin(sale(key), nullptr, soon());
            ASSERT_TRUE(begun) << nth << ": " << begun.error();
            ASSERT_TRUE(journal->decide(begun->id, approval(), soon())) << nth;
            ++payments;
            EXPECT_EQ(begun->trace, static_cast<std::uint32_t>(payments)) << "no number is used twice, or left out";
            EXPECT_EQ(journal->find_key("TEST0001", key, soon()).value()->state, record_state::approved);
            cuts += line.has_cut() ? 1 : 0;
        }
    }
    line.cut_at(-1, postgres_cut::where::behind_it);
    EXPECT_GE(cuts, 6) << "a payment sends so often";
    EXPECT_EQ(count(".records"), std::to_string(payments));
    EXPECT_EQ(count(".records WHERE state = 3"), std::to_string(payments - 1));
}

TEST_F(PostgresJournal, RefusesWithoutADatabaseAndGoesOnWithIt) {
    postgres_server own;
    settings.address = own.address();
    auto journal = open();
    const auto open_one = journal->begin(sale("open"), nullptr, soon()).value();
    own.kill();
    const auto before = std::chrono::steady_clock::now();
    const auto refused = journal->begin(sale("refused"), nullptr, call(500ms));
    EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(store_errc::database_lost)) << refused.error();
    std::stop_source stop;
    std::thread impatient([&] { stop.request_stop(); });
    const auto cancelled = journal->begin(sale("cancelled"), nullptr, call(20s, stop.get_token()));
    impatient.join();
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(condition::cancelled)) << cancelled.error();
    std::thread verdict([&] { EXPECT_TRUE(journal->decide(open_one.id, approval(), soon())) << "it waits"; });
    own.start();
    verdict.join();
    const auto now = journal->begin(sale("after"), nullptr, soon());
    ASSERT_TRUE(now) << now.error();
    EXPECT_FALSE(*journal->find_key("TEST0001", "refused", soon()));
    EXPECT_EQ(journal->find(open_one.id, soon()).value()->state, record_state::approved);
    EXPECT_EQ(journal->open_records("TEST0001", soon()).value().size(), 1U);
}

TEST_F(PostgresJournal, LosesATerminalToWhoeverTookItMeanwhile) {
    postgres_cut line(server->port());
    auto through = settings;
    through.address = line.address();
    auto one = try_open(through).value();
    auto other = open();
    ASSERT_TRUE(one->begin(sale("a"), nullptr, soon()));
    line.refuse(true);
    line.cut_at(1, postgres_cut::where::before_the_server);
    std::thread cut_off([&] {
        const auto lost = one->begin(sale("b"), nullptr, soon());
        EXPECT_FALSE(lost);
        if (!lost) {
            EXPECT_EQ(lost.error().code(), make_error_code(store_errc::in_use)) << lost.error();
        }
    });
    while (!other->begin(sale("c"), nullptr, soon())) // as soon as the server has noticed
        std::this_thread::sleep_for(5ms);
    line.refuse(false);
    cut_off.join();
    EXPECT_FALSE(*other->find_key("TEST0001", "b", soon()));
    EXPECT_TRUE(one->begin(sale("d", "TEST0002"), nullptr, soon())) << "its other terminals are its own still";
}

TEST_F(PostgresJournal, KnowsItsKeyAndANewerSchema) {
    open();
    EXPECT_EQ(try_open(settings, 0x11).error().code(), make_error_code(store_errc::wrong_key));
    server->sql("UPDATE " + settings.schema + ".meta SET value = '99' WHERE name = 'version'");
    const auto newer = try_open(settings);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code(), make_error_code(store_errc::newer_schema));
    const auto owner = init_postgres(settings, {}, soon());
    ASSERT_FALSE(owner);
    EXPECT_EQ(owner.error().code(), make_error_code(store_errc::newer_schema));
}

/// Takes away what the newest version has added.
std::string as_before_6(const std::string& schema) {
    return "ALTER TABLE " + schema + ".notices DROP COLUMN matter; ALTER TABLE " + schema +
           ".terminals DROP COLUMN settle_left_out; ";
}

TEST_F(PostgresJournal, OfTheSecondVersionIsBroughtUp) {
    auto order = sale("order");
    order.kind = ports::trade::qr_sale;
    const auto id = open()->begin(order, nullptr, soon()).value().id;
    server->sql(as_before_6(settings.schema) + "ALTER TABLE " + settings.schema +
                ".records DROP COLUMN renewals, DROP COLUMN operator_id, DROP COLUMN shift, DROP COLUMN "
                "device_unsure, DROP COLUMN at_card, DROP COLUMN card_digest; UPDATE " +
                settings.schema + ".records SET covered = 0; UPDATE " + settings.schema +
                ".meta SET value = '2' WHERE name = 'version'");
    auto as_till = settings;
    as_till.create = false;
    const auto refused = try_open(as_till);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint().find("older tables"), std::string_view::npos);
    auto journal = open();
    const auto found = journal->find(id, soon());
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->renewals, 0U);
    EXPECT_TRUE(journal->begin(sale("next"), nullptr, soon()));
}

TEST_F(PostgresJournal, OfTheThirdVersionHasRecordsOfNobody) {
    const auto id = open()->begin(sale("old"), nullptr, soon()).value().id;
    server->sql(as_before_6(settings.schema) + "ALTER TABLE " + settings.schema +
                ".records DROP COLUMN operator_id, DROP COLUMN shift, DROP COLUMN device_unsure, DROP COLUMN "
                "at_card, DROP COLUMN card_digest; UPDATE " +
                settings.schema + ".meta SET value = '3' WHERE name = 'version'");
    auto journal = open();
    const auto found = journal->find(id, soon());
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->operator_id, "");
    EXPECT_EQ((*found)->shift, 0U);
    auto next = sale("next");
    next.operator_id = "07";
    next.shift = 2;
    ASSERT_TRUE(journal->begin(next, nullptr, soon()));
    EXPECT_EQ(journal->shift_records(next.terminal_id, "07", 2, soon()).value().size(), 1U);
}

TEST_F(PostgresJournal, OfTheFourthVersionLearnsWhichTerminalsWereUnsure) {
    auto sold = sale("unsure");
    sold.kind = ports::trade::device_sale;
    const auto unsure = open()->begin(sold, nullptr, soon()).value().id;
    sold.idempotency_key = "silent";
    const auto silent = open()->begin(sold, nullptr, soon()).value().id;
    const auto records = settings.schema + ".records ";
    server->sql(as_before_6(settings.schema) + "UPDATE " + records + "SET state = 8, host_code = CASE id WHEN " +
                std::to_string(unsure) + " THEN '98' ELSE '' END, covered = 0; ALTER TABLE " + records +
                "DROP COLUMN device_unsure, DROP COLUMN at_card, DROP COLUMN card_digest; UPDATE " + settings.schema +
                ".meta SET value = '4' WHERE name = 'version'");
    const auto journal = open();
    EXPECT_TRUE(journal->find(unsure, soon()).value()->device_unsure);
    EXPECT_FALSE(journal->find(silent, soon()).value()->device_unsure);
}

TEST_F(PostgresJournal, NeedsNoMoreThanItsRightsForADay) {
    const auto role = "till_" + settings.schema;
    auto as_till = settings;
    as_till.address = server->address(role);
    EXPECT_FALSE(init_postgres(settings, role, soon())) << "a role that is not there";
    server->sql("CREATE ROLE " + role + " LOGIN");
    const auto nothing_yet = [&] {
        auto elsewhere = as_till;
        elsewhere.schema = tests::fresh_schema();
        return try_open(elsewhere);
    }();
    ASSERT_FALSE(nothing_yet);
    EXPECT_EQ(nothing_yet.error().code(), make_error_code(store_errc::not_a_journal)) << nothing_yet.error();
    EXPECT_NE(nothing_yet.error().hint().find("journal init"), std::string_view::npos);
    ASSERT_TRUE(init_postgres(settings, role, soon()));
    {
        auto journal = try_open(as_till).value();
        const ports::stored_card card{pan::parse(tests::test_pan).value(), "3012"};
        const auto begun = journal->begin(sale("a"), &card, soon()).value();
        ASSERT_TRUE(journal->decide(begun.id, approval(), soon()));
        EXPECT_EQ(journal->card(begun.id, soon()).value().expiry, "3012");
        ASSERT_TRUE(journal->save_list("TEST0001", {"aids", "20261121", {{1}}, true}, soon()));
        ASSERT_TRUE(journal->close_batch("TEST0001", 1, soon()));
        EXPECT_EQ(journal->erase_cards(clock.time + 24h, soon()).value(), 1U);
    }
    for (const auto* much : {"DELETE FROM %.records", "DROP TABLE %.records", "ALTER TABLE %.records ADD x INT",
             "TRUNCATE %.terminals", "CREATE TABLE %.more(x INT)"}) {
        std::string statement = much;
        statement.replace(statement.find('%'), 1, settings.schema);
        EXPECT_THROW(server->sql("SET SESSION AUTHORIZATION " + role + "; " + statement), std::runtime_error) << much;
    }
    server->sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(PostgresJournal, IsReadBesideARunningTill) {
    auto journal = open();
    ASSERT_TRUE(journal->begin(sale("a"), nullptr, soon()));
    auto reading = settings;
    reading.access = journal_access::read_only;
    auto reader = try_open(reading).value();
    EXPECT_EQ(reader->list("", 10, soon()).value().size(), 1U);
    EXPECT_EQ(reader->terminal("TEST0001", soon()).value().last_trace, 1U);
    EXPECT_FALSE(reader->begin(sale("b"), nullptr, soon()));
    EXPECT_TRUE(journal->begin(sale("c"), nullptr, soon())) << "nobody took its terminal away";
}

TEST_F(PostgresJournal, TextThatNoDatabaseHoldsDoesNotStopAVerdict) {
    auto journal = open();
    const auto begun = journal->begin(sale("a"), nullptr, soon()).value();
    auto verdict = approval();
    verdict.host_text = std::string("a\0b\xC3(", 5);
    ASSERT_TRUE(journal->decide(begun.id, verdict, soon()));
    EXPECT_EQ(journal->find(begun.id, soon()).value()->host_text, "a\\x00b\\xC3(");
}

TEST_F(PostgresJournal, ChecksTheServersCertificate) {
    const auto authority =
        tests::issue({.common_name = "books CA", .what = tests::certificate_request::role::authority}, nullptr);
    const auto other =
        tests::issue({.common_name = "other CA", .what = tests::certificate_request::role::authority}, nullptr);
    const auto shown = tests::issue({.common_name = "db", .names = "IP:127.0.0.1"}, &authority);
    const tests::pem_folder files;
    const auto trusted = files.certificate("ca.pem", authority);
    postgres_server own({"fsync=off", "ssl=off"});
    const auto certificate = own.give_file("server.pem", tests::whole_file(files.certificate("server.pem", shown)));
    const auto key = own.give_file("server.key", tests::whole_file(files.key("server.key", shown)));
    own.sql("ALTER SYSTEM SET ssl_cert_file = '" + certificate + "'");
    own.sql("ALTER SYSTEM SET ssl_key_file = '" + key + "'");
    const auto plain =
        "postgresql://postgres@127.0.0.1:" + std::to_string(own.port()) + "/postgres?sslmode=verify-full";
    settings.address = plain + "&sslrootcert=" + trusted;
    const auto refused = try_open(settings);
    ASSERT_FALSE(refused) << "the server does not speak TLS";
    EXPECT_EQ(refused.error().code(), make_error_code(store_errc::cannot_open)) << refused.error();
    own.kill();
    own.tell("ssl=on");
    own.start();
    const auto good = try_open(settings);
    ASSERT_TRUE(good) << good.error();
    EXPECT_TRUE((*good)->begin(sale("a"), nullptr, soon()));
    settings.address = plain + "&sslrootcert=" + files.certificate("other.pem", other);
    const auto strange = try_open(settings);
    ASSERT_FALSE(strange);
    EXPECT_EQ(strange.error().code(), make_error_code(store_errc::cannot_open));
    EXPECT_NE(strange.error().hint().find("certificate"), std::string_view::npos) << strange.error();
}

TEST_F(PostgresJournal, IsReadAndCheckedRecordByRecord) {
    settings = {};
    settings.address = other_database();
    EXPECT_EQ(journal_reader::open(settings.address).error().code(), make_error_code(store_errc::not_a_journal));
    EXPECT_FALSE(postgres_books_begun(settings, soon()).value());
    auto journal = open();
    EXPECT_TRUE(postgres_books_begun(settings, soon()).value());
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(journal->begin(sale(std::to_string(i)), nullptr, soon()));
    auto reader = journal_reader::open(settings.address).value();
    int read = 0;
    while (const auto entry = reader.next().value())
        EXPECT_EQ(entry->record.idempotency_key, std::to_string(read++));
    EXPECT_EQ(read, 3);
    const auto found = check_journal(settings.address, {}, soon()).value();
    EXPECT_EQ(found.records, 3U);
    EXPECT_EQ(found.open.size(), 3U);
    EXPECT_EQ(found.id.size(), 32U);
    EXPECT_EQ(found.faults.size(), 1U) << "this server does without fsync";
}

TEST_F(PostgresJournal, NumbersAndLimitsAreOnesOfAllMachines) {
    const auto books = other_database();
    const bytes check{1, 2, 3};
    std::mutex guard;
    std::set<std::uint64_t> numbers;
    std::atomic<int> granted{0};
    std::vector<std::thread> machines;
    for (int i = 0; i < 4; ++i) {
        machines.emplace_back([&, i] {
            auto counter = number_counter::open(books, soon()).value();
            const auto totals = sqlite_limit_totals::open(books, soon()).value();
            for (int n = 0; n < 10; ++n) {
                const auto taken = counter.reserve("merchants", 3, 1000, check, soon()).value();
                const std::scoped_lock lock(guard);
                for (std::uint64_t each = 0; each < taken.count; ++each)
                    EXPECT_TRUE(numbers.insert(taken.first + each).second);
            }
            const ports::period_limit limit{"2026-11", 1000};
            for (int n = 0; n < 5; ++n) {
                const auto payment = std::to_string(i) + "-" + std::to_string(n);
                granted += totals->take(payment, "payer", 100, std::span(&limit, 1), soon()).value().anew ? 1 : 0;
            }
        });
    }
    for (auto& one : machines)
        one.join();
    EXPECT_EQ(numbers.size(), 120U);
    EXPECT_EQ(*numbers.rbegin(), 119U);
    EXPECT_EQ(granted, 10);
    auto counter = number_counter::open(books, soon()).value();
    EXPECT_EQ(counter.reserve("merchants", 1, 1000, bytes{9}, soon()).error().code(),
        make_error_code(store_errc::wrong_key));
    const auto totals = sqlite_limit_totals::open(books, soon()).value();
    ASSERT_TRUE(totals->give_back("0-0", 100, soon()) && totals->give_back("1-0", 100, soon()) &&
                totals->give_back("2-0", 100, soon()) && totals->give_back("3-0", 100, soon()));
    EXPECT_LT(totals->taken("payer", "2026-11", soon()).value(), 1000);
}

/// The primary dies under load, the standby is promoted: what a lane was told is there, and all sell again.
TEST_F(PostgresJournal, LosesNothingThatWasConfirmedInAFailover) {
    postgres_server primary({"fsync=on"});
    postgres_server standby(postgres_server::follows{primary});
    while (primary.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") != "1")
        std::this_thread::sleep_for(10ms); // nothing tells when it has come
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.sql("SELECT pg_reload_conf()");
    while (primary.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1")
        std::this_thread::sleep_for(10ms); // the primary reads its settings when it comes to it
    settings.address = "postgresql://postgres@127.0.0.1:" + std::to_string(primary.port()) +
                       ",127.0.0.1:" + std::to_string(standby.port()) + "/postgres?sslmode=disable";
    auto journal = open();
    constexpr int lanes = 12;
    std::atomic<bool> promoted{false};
    std::atomic<int> sold_before{0};
    std::atomic<int> sold_again{0};
    std::mutex guard;
    std::set<std::string> confirmed;
    std::vector<std::thread> threads;
    for (int lane = 0; lane < lanes; ++lane) {
        threads.emplace_back([&, lane] {
            const auto terminal = "LANE" + std::to_string(lane);
            bool again = false;
            for (int i = 0; !again && i < 100'000; ++i) {
                const bool after = promoted;
                const auto begun = journal->begin(sale(std::to_string(i), terminal), nullptr, soon());
                if (!begun || !journal->decide(begun->id, approval(), soon())) continue;
                const std::scoped_lock lock(guard);
                confirmed.insert(terminal + "/" + std::to_string(i));
                ++sold_before;
                again = after;
            }
            sold_again += again ? 1 : 0;
        });
    }
    while (sold_before < 200)
        std::this_thread::sleep_for(5ms);
    primary.kill();
    standby.promote();
    const auto since = std::chrono::steady_clock::now();
    promoted = true;
    for (auto& one : threads)
        one.join();
    EXPECT_LT(std::chrono::steady_clock::now() - since, 30s);
    EXPECT_EQ(sold_again, lanes);
    std::size_t kept = 0;
    for (const auto& one : journal->list("", 1'000'000, soon()).value()) {
        if (one.state == record_state::approved) kept += confirmed.count(one.terminal_id + "/" + one.idempotency_key);
    }
    EXPECT_EQ(kept, confirmed.size()) << "of the payments that were confirmed";
    EXPECT_EQ(
        standby.sql("SELECT count(*) - count(DISTINCT (terminal_id, trace)) FROM " + settings.schema + ".records"),
        "0");
    journal.reset();
}

TEST(PostgresAddress, IsPrintedWithoutItsPassword) {
    EXPECT_EQ(printable_address("postgresql://till:sEcret@db1,db2:5433/books?sslmode=verify-full"),
        "postgresql://till@db1,db2:5433/books");
    EXPECT_EQ(printable_address("postgresql://db/books?password=sEcret"), "postgresql://db/books");
    const auto wrong = check_postgres_address("postgresql://till:sEcret@db/books?no_such_word=1");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().to_string().find("sEcret"), std::string::npos);
    EXPECT_TRUE(check_postgres_address("postgresql://till@db/books"));
    EXPECT_FALSE(is_postgres_address("till.db"));
}

} // namespace
} // namespace cipherlane::store
