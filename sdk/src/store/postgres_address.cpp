#include "postgres_address.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>
#include <array>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cipherlane::store {
namespace {

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

/// Whether bytes to it leave this machine.
bool is_here(std::string_view host) {
    return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
           host.starts_with("127.");
}

bool stays_here(const said_words& words) {
    for (const auto* name : {"host", "hostaddr"}) {
        auto hosts = word(words, name);
        while (!hosts.empty()) {
            const auto end = hosts.find(',');
            if (!is_here(hosts.substr(0, end))) return false;
            hosts = end == std::string_view::npos ? std::string_view() : hosts.substr(end + 1);
        }
    }
    return true;
}

struct reason {
    std::string_view says; ///< libpq or the server
    store_errc means;
    std::string_view likely;
};
/// The first that fits. libpq gives no code for a connection that did not come about.
constexpr std::array reasons{
    reason{"starting up", store_errc::database_lost, "the server is starting"},
    reason{"shutting down", store_errc::database_lost, "the server is being shut down"},
    reason{"recovery", store_errc::database_lost, "the server is recovering"},
    reason{"standby", store_errc::database_lost, "every server that answers is a standby"},
    reason{"read-only", store_errc::database_lost, "every server that answers is a standby"},
    reason{"too many clients", store_errc::database_lost, "max_connections of the server is reached"},
    reason{"password authentication failed", store_errc::cannot_open, "role or password is wrong"},
    reason{"no password supplied", store_errc::cannot_open,
        "expected a password: in passfile=FILE of the address, or in the address"},
    reason{"certificate", store_errc::cannot_open,
        "a certificate is not trusted or not there: sslrootcert, sslcert and sslkey of the address"},
    reason{"does not support SSL", store_errc::cannot_open, "the server has TLS switched off: its setting ssl"},
    reason{"pg_hba.conf", store_errc::cannot_open, "the server's pg_hba.conf lets nobody in this way"},
    reason{"database \"", store_errc::cannot_open, "no such database on the server"},
    reason{"role \"", store_errc::cannot_open, "no such role on the server"},
    reason{"SSL", store_errc::cannot_open, "TLS cannot be agreed on: sslmode and sslrootcert of the address"},
    reason{"FATAL", store_errc::cannot_open, "the server refuses"},
};

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

pg_conn* connect_postgres(const postgres_settings& where, const std::string& session) {
    const auto words = read_address(where.address).value_or(said_words());
    const bool writes = where.access == journal_access::read_write;
    // The address, which comes behind them, has the last word but for the session's name.
    std::map<const char*, std::string> first{{"connect_timeout", "2"},
        {"target_session_attrs", writes ? "read-write" : "any"}, {"keepalives_idle", "5"},
        {"keepalives_interval", "2"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"}};
    if (!stays_here(words)) first.emplace("sslmode", "verify-full");
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : first) {
        names.push_back(name);
        values.push_back(value.c_str());
    }
    const std::initializer_list<std::pair<const char*, const char*>> then{{"dbname", where.address.c_str()},
        {"client_encoding", "UTF8"}, {"application_name", session.c_str()}, {nullptr, nullptr}};
    for (const auto& [name, value] : then) {
        names.push_back(name);
        values.push_back(value);
    }
    return PQconnectdbParams(names.data(), values.data(), 1);
}

result<std::string> new_postgres_session() {
    std::array<std::uint8_t, 16> chance{};
    CIPHERLANE_CHECK(crypto::random_fill(chance));
    return "cipherlane " + to_hex(chance);
}

error connect_error(const pg_conn* failed, const postgres_settings& where) {
    const std::string_view said = PQerrorMessage(failed);
    const auto about = [&](store_errc what) {
        return error(what, layer::store).during("connect").at_endpoint(printable_address(where.address));
    };
    for (const auto& one : reasons) {
        if (said.find(one.says) != std::string_view::npos) return about(one.means).with_hint(one.likely);
    }
    return about(store_errc::database_lost).with_hint("no server answers at the address");
}

} // namespace cipherlane::store
