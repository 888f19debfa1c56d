#pragma once

#include "support/temporary_folder.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cipherlane::tests {

/// A PostgreSQL server of this test program's own: in a folder that goes with it, on a Unix socket there and a free
/// TCP port, as an ordinary user. A shell stands beside it that ends it, and removes its folder, when this program
/// has gone, whatever ended it.
class postgres_server {
  public:
    /// What the server is told besides: "fsync=on", "ssl=on".
    using settings = std::vector<std::string>;

    /// Empty where the server's programs are installed, else what to say.
    [[nodiscard]] static std::string why_not();
    /// Whether a test fails without one: where CIPHERLANE_NEEDS_POSTGRES is set, as by `tools/test`.
    [[nodiscard]] static bool must_be_there();
    /// The one that tests of a program share, begun when it is first asked for: without fsync.
    [[nodiscard]] static postgres_server& shared();

    /// A new one, started.
    enum class keeps { nothing, fresh_data };
    explicit postgres_server(settings told = {"fsync=off"}, keeps what = keeps::nothing);
    /// A standby of another, which follows it by streaming.
    struct follows {
        const postgres_server& primary;
    };
    explicit postgres_server(follows whom, settings told = {"fsync=on"});
    postgres_server(const postgres_server&) = delete;
    postgres_server& operator=(const postgres_server&) = delete;
    ~postgres_server();

    /// As a power cut would.
    void kill();
    void start();
    /// One more word at the next start.
    void tell(const std::string& setting) { told_.push_back(setting); }
    void promote();

    /// As the owner of everything, on the socket.
    [[nodiscard]] std::string address(std::string_view user = "postgres") const;
    [[nodiscard]] const std::string& socket_folder() const noexcept { return sockets_; }
    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] const std::string& data() const noexcept { return data_; }
    /// Gives the server a file in its own folder, mode 0600. @return its path.
    std::string give_file(const std::string& name, const std::string& content);

    /// The first value of the answer, as text; throws what the server says of a fault.
    std::string sql(const std::string& statement) const;

  private:
    static std::string& fresh_data();
    void make(const std::vector<std::string>& with);
    void run(std::vector<std::string> command) const;
    void wait_until_it_answers() const;
    void drop_shell() noexcept;
    void end() noexcept;
    std::string folder_;
    std::string data_;
    std::string sockets_;
    int port_;
    settings told_;
    bool keeps_fresh_data_ = false; ///< for others of this program, as long as it lives
    int leash_ = -1;                ///< closed: the shell ends the server and removes the folder
    pid_t beside_ = -1;             ///< the shell
};

/// A name for a schema that no other test has.
[[nodiscard]] std::string fresh_schema();

} // namespace cipherlane::tests
