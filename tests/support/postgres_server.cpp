#include "support/postgres_server.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cipherlane::tests {
namespace {

/// Of the newest version that is installed; empty where there is none.
const std::string& programs() {
    static const std::string newest = [] {
        int highest = 0;
        std::error_code ignored;
        for (const auto& one : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
            const int version = std::atoi(one.path().filename().c_str());
            if (version > highest && ::access((one.path() / "bin/postgres").c_str(), X_OK) == 0) highest = version;
        }
        return highest == 0 ? std::string() : "/usr/lib/postgresql/" + std::to_string(highest) + "/bin/";
    }();
    return newest;
}

/// The server refuses to run as root.
const passwd* ordinary_user() {
    if (::getuid() != 0) return nullptr;
    const auto* found = ::getpwnam("postgres");
    return found != nullptr ? found : ::getpwnam("nobody");
}

/// Words before a command, that it runs as an ordinary user.
std::vector<std::string> as_ordinary() {
    const auto* who = ordinary_user();
    if (who == nullptr) return {};
    return {"/usr/bin/setpriv", "--reuid=" + std::to_string(who->pw_uid), "--regid=" + std::to_string(who->pw_gid),
        "--clear-groups"};
}

void give_to_ordinary(const std::string& path) {
    const auto* who = ordinary_user();
    if (who != nullptr && ::chown(path.c_str(), who->pw_uid, who->pw_gid) != 0)
        throw std::runtime_error("cannot give away " + path);
}

int free_port() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    const bool bound = ::bind(made, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
                       ::getsockname(made, reinterpret_cast<sockaddr*>(&at), &size) == 0;
    ::close(made);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(at.sin_port);
}

std::string new_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cipherlane-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    give_to_ordinary(pattern);
    return pattern;
}

/// Child of this process, its output in a file, its input the end of a pipe, or nothing.
pid_t spawn(const std::vector<std::string>& command, const std::string& log, int input) {
    std::vector<char*> words;
    for (const auto& one : command)
        words.push_back(const_cast<char*>(one.c_str()));
    words.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child > 0) return child;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (input < 0) input = ::open("/dev/null", O_RDONLY);
    if (::dup2(input, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0 || ::chdir("/") != 0) ::_exit(126);
    ::setpgid(0, 0); // an interrupt of the terminal is for the test program
    ::execv(words.front(), words.data());
    ::_exit(127);
}

std::string content_of(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

struct port_taken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr const char* beside_it = R"(
folder=$1; shift
"$@" <&- &
server=$!
read -r _
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$folder"
)";

} // namespace

std::string postgres_server::why_not() {
    if (!programs().empty()) return {};
    return "no PostgreSQL server in /usr/lib/postgresql: tools/setup installs it";
}

bool postgres_server::must_be_there() {
    return std::getenv("CIPHERLANE_NEEDS_POSTGRES") != nullptr;
}

postgres_server& postgres_server::shared() {
    static postgres_server one({"fsync=off"}, keeps::fresh_data);
    return one;
}

/// What initdb makes, which takes a second or more, in the folder of the server that tests share.
std::string& postgres_server::fresh_data() {
    static std::string path;
    return path;
}

postgres_server::postgres_server(settings told, keeps what)
    : folder_(new_folder())
    , data_(folder_ + "/data")
    , sockets_(folder_)
    , port_(0)
    , told_(std::move(told))
    , keeps_fresh_data_(what == keeps::fresh_data) {
    const std::vector<std::string> initdb{programs() + "initdb", "-D", data_, "-U", "postgres", "--auth=trust",
        "--no-sync", "--no-instructions", "--locale=C", "-E", "UTF8", "--data-checksums"};
    const std::vector<std::string> copy{"/bin/cp", "-a", fresh_data(), data_};
    make(fresh_data().empty() ? initdb : copy);
}

postgres_server::postgres_server(follows whom, settings told)
    : folder_(new_folder())
    , data_(folder_ + "/data")
    , sockets_(folder_)
    , port_(0)
    , told_(std::move(told)) {
    make({programs() + "pg_basebackup", "-D", data_, "-h", whom.primary.sockets_, "-p",
        std::to_string(whom.primary.port_), "-U", "postgres", "-R", "--checkpoint=fast", "--no-sync"});
}

/// The port is free when it is chosen; somebody else may take it before the server does.
void postgres_server::make(const std::vector<std::string>& with) {
    constexpr int attempts = 5;
    try {
        run(with);
        if (keeps_fresh_data_) {
            run({"/bin/cp", "-a", data_, folder_ + "/fresh"});
            fresh_data() = folder_ + "/fresh";
        }
        for (int attempt = 1; leash_ < 0; ++attempt) {
            port_ = free_port();
            try {
                start();
            } catch (const port_taken&) {
                drop_shell();
                if (attempt == attempts) throw;
            }
        }
    } catch (...) {
        end();
        throw;
    }
}

postgres_server::~postgres_server() {
    end();
}

void postgres_server::end() noexcept {
    if (leash_ >= 0) ::close(leash_);
    if (beside_ > 0) ::waitpid(beside_, nullptr, 0);
    leash_ = -1;
    beside_ = -1;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

/// It waits for the leash, and would remove the folder.
void postgres_server::drop_shell() noexcept {
    ::kill(beside_, SIGKILL);
    ::waitpid(beside_, nullptr, 0);
    beside_ = -1;
    ::close(leash_);
    leash_ = -1;
}

void postgres_server::run(std::vector<std::string> command) const {
    auto words = as_ordinary();
    words.insert(words.end(), command.begin(), command.end());
    const auto log = folder_ + "/setup.log";
    int status = 0;
    const pid_t child = spawn(words, log, -1);
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error(command.front() + " failed: " + content_of(log));
}

void postgres_server::start() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    std::vector<std::string> command{"/bin/sh", "-c", beside_it, "beside", folder_};
    for (const auto& word : as_ordinary())
        command.push_back(word);
    for (const auto& word : {programs() + "postgres", std::string("-D"), data_, std::string("-k"), sockets_,
             std::string("-p"), std::to_string(port_)})
        command.push_back(word);
    settings all{"listen_addresses=127.0.0.1", "shared_buffers=32MB", "max_connections=60", "logging_collector=off",
        "autovacuum_naptime=60", "max_wal_senders=4"};
    all.insert(all.end(), told_.begin(), told_.end());
    for (const auto& one : all) {
        command.emplace_back("-c");
        command.push_back(one);
    }
    beside_ = spawn(command, folder_ + "/server.log", ends[0]);
    ::close(ends[0]);
    leash_ = ends[1];
    wait_until_it_answers();
}

void postgres_server::wait_until_it_answers() const {
    using namespace std::chrono_literals;
    const auto until = std::chrono::steady_clock::now() + 30s;
    const auto log = folder_ + "/server.log";
    while (PQping(address().c_str()) != PQPING_OK) {
        const auto said = content_of(log);
        if (said.find("could not create any TCP/IP sockets") != std::string::npos) {
            std::filesystem::remove(log);
            throw port_taken("the port is taken: " + said);
        }
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the server does not answer: " + said);
        std::this_thread::sleep_for(20ms); // nothing else says when it is ready
    }
}

void postgres_server::kill() {
    const auto mark = data_ + "/postmaster.pid";
    std::ifstream in(mark);
    pid_t server = 0;
    if (!(in >> server)) throw std::runtime_error("the server is not running");
    ::kill(server, SIGQUIT);
    using namespace std::chrono_literals;
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (::kill(server, 0) == 0 && std::filesystem::exists(mark)) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the server does not end");
        std::this_thread::sleep_for(5ms);
    }
    drop_shell();
}

void postgres_server::promote() {
    sql("SELECT pg_promote(true, 30)");
}

std::string postgres_server::address(std::string_view user) const {
    std::string made = "postgresql://";
    made.append(user).append("@/postgres?host=").append(sockets_);
    return made + "&port=" + std::to_string(port_);
}

std::string postgres_server::give_file(const std::string& name, const std::string& content) {
    const auto path = folder_ + "/" + name;
    std::ofstream(path) << content;
    ::chmod(path.c_str(), 0600);
    give_to_ordinary(path);
    return path;
}

std::string postgres_server::sql(const std::string& statement) const {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> on(PQconnectdb(address().c_str()), &PQfinish);
    PQsetNoticeProcessor(
        on.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> said(PQexec(on.get(), statement.c_str()), &PQclear);
    const auto status = PQresultStatus(said.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(on.get()));
    return PQntuples(said.get()) > 0 && PQnfields(said.get()) > 0 ? PQgetvalue(said.get(), 0, 0) : "";
}

std::string fresh_schema() {
    static std::atomic<int> number{0};
    return "test_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
}

} // namespace cipherlane::tests
