// How a database is reached, waited for and refused, and what its owner does with it.
#include "postgres_address.hpp"
#include "postgres_books.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/number_counter.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::store {
namespace {

using namespace std::chrono_literals;
using tests::sale;

class PostgresConnection : public tests::postgres_books {};

/// Takes connections and never says anything.
class silent_server {
  public:
    silent_server()
        : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
            throw std::runtime_error("no port");
        port_ = ntohs(at.sin_port);
    }
    silent_server(const silent_server&) = delete;
    silent_server& operator=(const silent_server&) = delete;
    ~silent_server() { ::close(listener_); }
    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  private:
    const int listener_;
    int port_ = 0;
};

/// A session that does something by itself, as a person at psql.
class person {
  public:
    explicit person(const std::string& address)
        : on_(PQconnectdb(address.c_str()), &PQfinish) {}
    void does(const std::string& statement) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> said(PQexec(on_.get(), statement.c_str()), &PQclear);
        if (PQresultStatus(said.get()) == PGRES_FATAL_ERROR) throw std::runtime_error(PQerrorMessage(on_.get()));
    }

  private:
    std::unique_ptr<PGconn, void (*)(PGconn*)> on_;
};

std::chrono::milliseconds since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
}

TEST_F(PostgresConnection, PassesOverAServerThatIsSilent) {
    const silent_server silent;
    settings.address = "postgresql://postgres@" + silent.host() + ",127.0.0.1:" + std::to_string(server->port()) +
                       "/postgres?sslmode=disable&connect_timeout=1";
    const auto journal = try_open(settings);
    ASSERT_TRUE(journal) << journal.error();
    EXPECT_TRUE((*journal)->begin(sale("a"), nullptr, soon()));
}

TEST_F(PostgresConnection, TakesNoLongerThanTheCall) {
    const silent_server silent;
    settings.address = "postgresql://postgres@" + silent.host() + "/postgres?sslmode=disable&connect_timeout=60";
    tests::fake_key key;
    const auto begin = std::chrono::steady_clock::now();
    const auto opened = postgres_journal::open(settings, key, clock, call(300ms), logger::none());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), make_error_code(store_errc::database_lost)) << opened.error();
    EXPECT_LT(since(begin), 20s);
}

/// While nothing is begun a caller waits for no longer than it wants.
TEST_F(PostgresConnection, ACallEndsWhileTheWayBackIsSought) {
    const silent_server silent;
    tests::postgres_server own;
    settings.address = "postgresql://postgres@127.0.0.1:" + std::to_string(own.port()) + "," + silent.host() +
                       "/postgres?sslmode=disable&connect_timeout=60";
    const auto journal = open();
    ASSERT_TRUE(journal->begin(sale("a"), nullptr, soon()));
    own.kill();
    EXPECT_FALSE(journal->begin(sale("b"), nullptr, call(200ms))); // is under way when the loss is seen
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(journal->begin(sale("c"), nullptr, call(200ms)));
    EXPECT_LT(since(begin), 20s);
}

TEST_F(PostgresConnection, SaysWhyItIsRefused) {
    settings.address = server->address("nobody_of_this_name");
    const auto nobody = try_open(settings);
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code(), make_error_code(store_errc::cannot_open));
    EXPECT_NE(nobody.error().hint().find("role"), std::string_view::npos) << nobody.error();
    auto elsewhere = server->address();
    settings.address = elsewhere.replace(elsewhere.find("/postgres?"), 10, "/nowhere?");
    const auto nowhere = try_open(settings);
    ASSERT_FALSE(nowhere);
    EXPECT_NE(nowhere.error().hint().find("database"), std::string_view::npos) << nowhere.error();
}

/// Where the address itself names no machine, the environment may name any.
TEST_F(PostgresConnection, WantsTlsWhereTheEnvironmentNamesTheMachine) {
    ::setenv("PGHOST", "127.0.0.1", 1);
    ::setenv("PGPORT", std::to_string(server->port()).c_str(), 1);
    settings.address = "postgresql://postgres@/postgres";
    const auto plain = try_open(settings);
    settings.address += "?sslmode=disable";
    const auto said = try_open(settings);
    ::unsetenv("PGHOST");
    ::unsetenv("PGPORT");
    ASSERT_FALSE(plain) << "this server has no TLS";
    EXPECT_EQ(plain.error().code(), make_error_code(store_errc::cannot_open)) << plain.error();
    EXPECT_TRUE(said) << said.error();
}

TEST_F(PostgresConnection, ANameThatBeginsLikeThisMachineIsNotThisMachine) {
    settings.address = "postgresql://postgres@127.invalid:1/postgres";
    const auto opened = try_open(settings);
    ASSERT_FALSE(opened); // it has no number, so nothing is sent; a file of trusted certificates is wanted first
    EXPECT_EQ(printable_address(settings.address), "postgresql://postgres@127.invalid:1/postgres");
}

/// Threads of one process take turns; each has its own time.
TEST_F(PostgresConnection, ANumberIsWaitedForNoLongerThanTheCallWants) {
    const auto books = other_database();
    auto counter = number_counter::open(books, soon()).value();
    person holder(books);
    holder.does("BEGIN");
    holder.does("SELECT pg_advisory_xact_lock(hashtextextended('cipherlane', 2))");
    const bytes check{1, 2, 3};
    std::thread patient([&] { EXPECT_TRUE(counter.reserve("merchants", 1, 1000, check, soon())); });
    while (server->sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != "1")
        std::this_thread::sleep_for(5ms);
    const auto begin = std::chrono::steady_clock::now();
    const auto late = counter.next("merchants", call(100ms));
    EXPECT_LT(since(begin), 10s);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), make_error_code(store_errc::too_late)) << late.error();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(counter.next("merchants", call(20s, stop.get_token())).error().is(condition::cancelled));
    holder.does("COMMIT");
    patient.join();
}

/// What waits for its turn among machines has all of its own time, however short each wait is.
TEST_F(PostgresConnection, ANumberIsWaitedForAsLongAsTheCallWants) {
    const auto books = other_database();
    auto counter = number_counter::open(books, soon()).value();
    person holder(books);
    holder.does("BEGIN");
    holder.does("SELECT pg_advisory_xact_lock(hashtextextended('cipherlane', 2))");
    const bytes check{1, 2, 3};
    std::thread patient([&] {
        const auto taken = counter.reserve("merchants", 1, 1000, check, soon());
        EXPECT_TRUE(taken) << taken.error();
    });
    std::this_thread::sleep_for(1300ms); // longer than one wait
    holder.does("COMMIT");
    patient.join();
}

/// The server was started anew since: nobody's payment need fail for that.
TEST_F(PostgresConnection, ANumberIsGivenBehindALostConnection) {
    const auto books = other_database();
    auto counter = number_counter::open(books, soon()).value();
    const bytes check{1, 2, 3};
    ASSERT_TRUE(counter.reserve("merchants", 1, 1000, check, soon()));
    end_sessions();
    const auto taken = counter.reserve("merchants", 1, 1000, check, soon());
    ASSERT_TRUE(taken) << taken.error();
    EXPECT_EQ(taken->first, 1U);
}

TEST_F(PostgresConnection, NoticesAMachineThatVanishes) {
    const auto patience_of = [&](const std::string& more) {
        settings.address =
            "postgresql://postgres@127.0.0.1:" + std::to_string(server->port()) + "/postgres?sslmode=disable" + more;
        const auto line = connect_postgres(settings, "cipherlane test", soon());
        EXPECT_TRUE(line) << line.error();
        unsigned milliseconds = 0;
        socklen_t size = sizeof milliseconds;
        const int socket = line ? PQsocket(line->get()) : -1;
        EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, &size), 0);
        return milliseconds;
    };
    EXPECT_EQ(patience_of(""), 10'000U);
    EXPECT_EQ(patience_of("&tcp_user_timeout=3000"), 3'000U) << "the address has the last word";
}

TEST_F(PostgresConnection, ARoleMayHaveAnyName) {
    const std::string role = settings.schema + "; ? 'x'";
    server->sql("CREATE ROLE \"" + role + "\" LOGIN");
    const auto made = init_postgres(settings, role, soon());
    EXPECT_TRUE(made) << made.error();
    EXPECT_EQ(server->sql("SELECT has_table_privilege('" + settings.schema + "; ? ''x''', '" + settings.schema +
                          ".records', 'INSERT')"),
        "t");
    server->sql("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

TEST_F(PostgresConnection, BringsOlderTablesUp) {
    { ASSERT_TRUE(open()->begin(sale("a"), nullptr, soon())); }
    const auto in = settings.schema + ".";
    server->sql("DROP INDEX " + in + "records_created, " + in + "records_unsettled");
    server->sql("ALTER TABLE " + in +
                "records DROP COLUMN begun_by, DROP COLUMN renewals, DROP COLUMN operator_id, DROP COLUMN shift, "
                "DROP COLUMN device_unsure, DROP COLUMN at_card, DROP COLUMN card_digest");
    server->sql("ALTER TABLE " + in + "terminals DROP COLUMN holder, DROP COLUMN settle_left_out");
    server->sql("ALTER TABLE " + in + "notices DROP COLUMN matter");
    server->sql("CREATE INDEX records_unsettled ON " + in + "records(terminal_id, batch) WHERE settled_at IS NULL");
    server->sql("UPDATE " + in + "meta SET value = '1' WHERE name = 'version'");
    const auto journal = open();
    const auto old = journal->find_key("TEST0001", "a", soon()).value().value();
    EXPECT_FALSE(journal->has_begun(old.id, soon()).value());
    const auto fresh = journal->begin(sale("b"), nullptr, soon()).value();
    EXPECT_TRUE(journal->has_begun(fresh.id, soon()).value());
    EXPECT_EQ(fresh.trace, 2U);
}

/// As the first version made and filled them, by two machines at once: they end as new ones are made, with all that
/// was in them.
TEST_F(PostgresConnection, BringsUpTheOldestTables) {
    const auto shape_of = [&](const std::string& schema) {
        const auto of_schema = " FROM information_schema.columns WHERE table_schema = '" + schema + "'";
        return server->sql("SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, is_nullable, "
                           "column_default), E'\\n' ORDER BY table_name, ordinal_position)" +
                           of_schema) +
               server->sql("SELECT string_agg(replace(indexdef, '" + schema +
                           ".', ''), E'\\n' ORDER BY indexname) FROM pg_indexes WHERE schemaname = '" + schema + "'");
    };
    server->sql("CREATE SCHEMA " + settings.schema + "; SET search_path TO " + settings.schema + "; " +
                tests::whole_file(tests::source_folder() / "tests/unit/store/postgres_version_1.sql"));
    auto as_till = settings;
    as_till.create = false;
    const auto refused = try_open(as_till);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint().find("older tables"), std::string_view::npos) << refused.error();
    std::unique_ptr<postgres_journal> other;
    std::thread beside([&] { other = open(); });
    const auto journal = open();
    beside.join();
    auto fresh = settings;
    fresh.schema = tests::fresh_schema();
    ASSERT_TRUE(init_postgres(fresh, {}, soon()));
    EXPECT_EQ(shape_of(settings.schema), shape_of(fresh.schema));
    server->sql("DROP SCHEMA " + fresh.schema + " CASCADE");

    EXPECT_EQ(journal->list("", 100, soon()).value().size(), 5U);
    const auto sold = journal->find_key("TEST0001", "sold", soon()).value().value();
    EXPECT_EQ(sold.state, ports::record_state::approved);
    EXPECT_EQ(sold.approved, amount(100));
    EXPECT_EQ(sold.masked_pan, "622200*********0005");
    const auto open_ones = journal->open_records("TEST0001", soon()).value();
    ASSERT_EQ(open_ones.size(), 1U);
    EXPECT_EQ(open_ones[0].idempotency_key, "doubt");
    EXPECT_EQ(open_ones[0].reversal_reason, "98");
    const auto totals = journal->totals("TEST0001", 3, soon()).value();
    EXPECT_EQ(totals.debit.minor, 100) << "of the batch under way";
    EXPECT_EQ(journal->begin(sale("next"), nullptr, soon()).value().trace, 42U);
    EXPECT_EQ(other->begin(sale("next", "TEST0002"), nullptr, soon()).value().trace, 8U);
    ports::journal_verdict undone(ports::record_state::reversed, ports::decider::host);
    EXPECT_TRUE(journal->decide(open_ones[0].id, undone, soon()));
    EXPECT_EQ(count(".totals WHERE minor = 900"), "1");
    EXPECT_EQ(count(".notices WHERE closed = 0"), "1");
}

/// Each machine has taken numbers ahead, and the one that was opened first has the lower ones.
TEST_F(PostgresConnection, ListsAllMachinesRecordsInTheOrderOfTheirTime) {
    const auto first = open();
    ASSERT_TRUE(first->begin(sale("0", "TEST0001"), nullptr, soon()));
    const auto second = open();
    for (int i = 1; i < 4; ++i) {
        clock.time += 1s;
        auto& from = i % 2 == 1 ? *second : *first;
        const auto terminal = i % 2 == 1 ? "TEST0002" : "TEST0001";
        ASSERT_TRUE(from.begin(sale(std::to_string(i), terminal), nullptr, soon()));
    }
    std::string order;
    for (const auto& one : first->list("", 3, soon()).value())
        order += one.idempotency_key;
    EXPECT_EQ(order, "123");
}

} // namespace
} // namespace cipherlane::store
