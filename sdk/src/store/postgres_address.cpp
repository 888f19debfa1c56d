#include "postgres_address.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <optional>
#include <poll.h>
#include <utility>
#include <vector>

namespace cipherlane::store {
namespace {

/// For one server, where the address says nothing.
constexpr std::chrono::seconds default_connect_timeout{2};

/// What the address says, by libpq's words; nothing where libpq cannot read it.
using said_words = std::map<std::string, std::string, std::less<>>;

std::optional<said_words> read_address(const std::string& address) {
    char* complaint = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> read(
        PQconninfoParse(address.c_str(), &complaint), &PQconninfoFree);
    if (complaint != nullptr) PQfreemem(complaint); // it may quote the password
    if (!read) return std::nullopt;
    said_words words;
    for (const auto* one = read.get(); one->keyword != nullptr; ++one) {
        if (one->val != nullptr) words.emplace(one->keyword, one->val);
    }
    return words;
}

std::string_view word(const said_words& words, std::string_view name) {
    const auto found = words.find(name);
    return found == words.end() ? std::string_view() : std::string_view(found->second);
}

/// A list as libpq has it: "a,b"; nothing of an empty one.
std::vector<std::string> parts_of(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        parts.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

/// Whether bytes to it stay on this machine, whoever answers for names.
bool is_here(std::string_view host) {
    const auto of_number = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
           (host.starts_with("127.") && std::all_of(host.begin(), host.end(), of_number));
}

/// Only where the address itself names the machine: a service file or PGHOST may name any. To a socket of this
/// machine libpq goes without TLS, whatever is asked for.
bool stays_here(const said_words& words) {
    const auto hosts = parts_of(word(words, "host"));
    const auto numbers = parts_of(word(words, "hostaddr"));
    return !(hosts.empty() && numbers.empty()) && std::all_of(hosts.begin(), hosts.end(), is_here) &&
           std::all_of(numbers.begin(), numbers.end(), is_here);
}

struct reason {
    std::string_view says; ///< libpq or the server: an SQLSTATE, or words where there is none
    store_errc means;
    std::string_view likely;
};
/// The first that fits. A server's words are in its own language, its SQLSTATE is not; libpq has none of its own.
constexpr std::array reasons{
    reason{" 57P", store_errc::database_lost, "the server is starting, recovering or being shut down"},
    reason{" 53300:", store_errc::database_lost, "max_connections of the server is reached"},
    reason{"hot standby", store_errc::database_lost, "every server that answers is a standby"},
    reason{"is read-only", store_errc::database_lost, "every server that answers is a standby"},
    reason{" 28P01:", store_errc::cannot_open, "role or password is wrong"},
    reason{"no password supplied", store_errc::cannot_open,
        "expected a password: in passfile=FILE of the address, or in the address"},
    reason{" 3D000:", store_errc::cannot_open, "no such database on the server"},
    reason{" 28000:", store_errc::cannot_open,
        "the server does not let this role in: no such role, or no line for it and this machine in pg_hba.conf"},
    reason{"certificate", store_errc::cannot_open,
        "a certificate is not trusted or not there: sslrootcert, sslcert and sslkey of the address"},
    reason{"does not support SSL", store_errc::cannot_open, "the server has TLS switched off: its setting ssl"},
    reason{"SSL", store_errc::cannot_open, "TLS cannot be agreed on: sslmode and sslrootcert of the address"},
    reason{"definition of service", store_errc::cannot_open, "no such service in libpq's service file"},
    reason{"FATAL", store_errc::cannot_open, "the server refuses"},
};

error connect_error(std::string_view said, const postgres_settings& where) {
    const auto about = [&](store_errc what) {
        return error(what, layer::store).during("connect").at_endpoint(printable_address(where.address));
    };
    for (const auto& one : reasons) {
        if (said.find(one.says) != std::string_view::npos) return about(one.means).with_hint(one.likely);
    }
    return about(store_errc::database_lost).with_hint("no server answers at the address");
}

/// What libpq is told, word by word; the last of a kind counts.
using told_words = std::vector<std::pair<std::string, std::string>>;

/// One of the servers that the address names.
struct one_server {
    std::string host;
    std::string number; ///< "hostaddr"
    std::string port;
};
/// Each by itself: libpq waits for the first of several as long as that one is silent, if it is asked without being
/// waited for.
std::vector<one_server> servers_of(const said_words& words) {
    const auto hosts = parts_of(word(words, "host"));
    const auto numbers = parts_of(word(words, "hostaddr"));
    const auto ports = parts_of(word(words, "port"));
    const auto nth = [](const std::vector<std::string>& list, std::size_t n) {
        if (list.empty()) return std::string();
        return list.size() == 1 ? list.front() : n < list.size() ? list[n] : std::string();
    };
    std::vector<one_server> servers;
    for (std::size_t n = 0; n < std::max({hosts.size(), numbers.size(), std::size_t{1}}); ++n)
        servers.push_back({n < hosts.size() ? hosts[n] : "", n < numbers.size() ? numbers[n] : "", nth(ports, n)});
    return servers;
}

/// False at the call's end, or where the line is none.
bool wait_for(pg_conn* on, PostgresPollingStatusType what, const call& bounds) {
    constexpr std::chrono::milliseconds look_for_a_stop{50};
    pollfd line{PQsocket(on), static_cast<short>(what == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    while (!bounds.until().passed() && !bounds.stopped()) {
        const int ready =
            ::poll(&line, 1, static_cast<int>(std::min(bounds.until().left(), look_for_a_stop).count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
    return false;
}

/// @param said what libpq and the server have to say, where it does not come about.
postgres_connection try_server(const told_words& words, const call& bounds, std::string& said) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : words) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    postgres_connection made(PQconnectStartParams(names.data(), values.data(), 1), &PQfinish);
    if (!made) return made;
    PQsetErrorVerbosity(made.get(), PQERRORS_VERBOSE); // with the SQLSTATE
    PQsetNoticeProcessor(
        made.get(), [](void*, const char*) {}, nullptr);
    auto now = PGRES_POLLING_WRITING;
    while (PQstatus(made.get()) != CONNECTION_BAD && now != PGRES_POLLING_OK && now != PGRES_POLLING_FAILED) {
        if (!wait_for(made.get(), now, bounds)) break;
        now = PQconnectPoll(made.get());
    }
    if (now == PGRES_POLLING_OK) return made;
    said += PQerrorMessage(made.get());
    made.reset();
    return made;
}

/// A whole number of seconds; what is none, or 0, says nothing.
std::chrono::seconds seconds_of(std::string_view text, std::chrono::seconds otherwise) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && value > 0 ? std::chrono::seconds(value) : otherwise;
}

} // namespace

bool is_postgres_address(std::string_view name) noexcept {
    return name.starts_with("postgresql://") || name.starts_with("postgres://");
}

std::string printable_address(const std::string& address) {
    const auto words = read_address(address);
    if (!words) return "postgresql://?";
    std::string made = "postgresql://";
    if (const auto user = word(*words, "user"); !user.empty()) made.append(user).append("@");
    auto hosts = word(*words, "host");
    if (hosts.empty()) hosts = word(*words, "hostaddr");
    auto ports = word(*words, "port");
    const auto next_of = [](std::string_view& list) {
        const auto end = std::min(list.find(','), list.size());
        const auto first = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        return first;
    };
    for (bool more = true; more;) {
        made.append(next_of(hosts));
        if (const auto port = next_of(ports); !port.empty()) made.append(":").append(port);
        more = !hosts.empty();
        if (more) made.append(",");
    }
    made.append("/").append(word(*words, "dbname"));
    return printable_text(made);
}

result<void> check_postgres_address(const std::string& address) {
    if (is_postgres_address(address) && read_address(address)) return {};
    return error(store_errc::cannot_open, layer::store)
        .during("address")
        .with_hint("expected postgresql://USER@HOST[:PORT][,HOST…]/DATABASE[?WORD=VALUE&…] with libpq's words");
}

bool is_schema_name(std::string_view name) noexcept {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= 60 && (name.front() < '0' || name.front() > '9') &&
           std::all_of(name.begin(), name.end(), fits);
}

result<postgres_connection> connect_postgres(
    const postgres_settings& where, const std::string& session, const call& bounds) {
    const auto words = read_address(where.address).value_or(said_words());
    const bool writes = where.access == journal_access::read_write;
    // The address, which comes behind them, has the last word but for the session's name.
    told_words all{{"target_session_attrs", writes ? "read-write" : "any"}, {"keepalives_idle", "5"},
        {"keepalives_interval", "2"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"}};
    if (!stays_here(words)) all.emplace_back("sslmode", "verify-full");
    all.emplace_back("dbname", where.address);
    all.emplace_back("client_encoding", "UTF8");
    all.emplace_back("application_name", session);
    const auto each = seconds_of(word(words, "connect_timeout"), default_connect_timeout);
    std::string said;
    for (const auto& one : servers_of(words)) {
        auto now = all;
        now.emplace_back("host", one.host);
        now.emplace_back("hostaddr", one.number);
        now.emplace_back("port", one.port);
        if (auto made = try_server(now, bounds.no_later_than(each), said))
            return result<postgres_connection>(std::move(made));
        namespace errc = boost::system::errc;
        if (bounds.stopped())
            return error(errc::make_error_code(errc::operation_canceled), layer::store).during("connect");
        if (bounds.until().passed()) break;
    }
    return connect_error(said, where);
}

result<std::string> new_postgres_session() {
    std::array<std::uint8_t, 16> chance{};
    CIPHERLANE_CHECK(crypto::random_fill(chance));
    return "cipherlane " + to_hex(chance);
}

} // namespace cipherlane::store
