#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/net/tcp.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::net {

/// Whom a TLS client trusts, and how it shows who it is. Files are PEM.
struct tls_settings {
    enum class version : std::uint8_t { tls_1_2, tls_1_3 };

    std::string ca_file;  ///< the authorities trusted; empty: the system's
    std::string crl_file; ///< revocation lists; those in `ca_file` serve too. Empty and none there: not checked
    std::string certificate_file; ///< our own, with its chain; empty: none is shown
    std::string key_file;         ///< its key, not encrypted; judged as every secret file is
    std::string peer_name;        ///< name or IP address that the peer's certificate must hold; empty: the host
    version least = version::tls_1_2;
    std::chrono::hours warn_before_expiry{30 * 24}; ///< of the peer's certificate and ours

    /// @return `bad_setting` naming the field. Looks at no file.
    [[nodiscard]] result<void> validate() const;
};

/// The files of a `tls_settings`, read and checked once, for any number of connections. Thread-safe.
class tls_client {
  public:
    /// Warnings before expiry go to `log`.
    /// @return `bad_setting` naming the field whose file is missing, unreadable, or does not fit the other; for the
    /// key's file what `secret_file` says (mode, owner, kind), with the field.
    [[nodiscard]] static result<std::shared_ptr<tls_client>> create(
        const tls_settings& settings, logger log = logger::none());
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;
    ~tls_client();

    /// Runs the handshake over a fresh connection and gives the encrypted transport. `host` is the name checked
    /// unless the settings name another.
    /// @return `bad_setting` if neither names whom to expect; `certificate_…` saying what is wrong with the peer's
    /// certificate; `certificate_refused` when the peer
    ///   does not accept ours or wants one; `tls_failed`; errors of the link.
    [[nodiscard]] result<std::unique_ptr<transport>> secure(
        std::unique_ptr<transport> link, const std::string& host, const call& bounds) const;
    /// As `secure`; ends early by the call's stop token and the handler's cancellation slot.
    void async_secure(std::unique_ptr<transport> link, std::string host, call bounds,
        completion<std::unique_ptr<transport>> done) const;

  private:
    class body;
    explicit tls_client(std::shared_ptr<const body> inner);
    std::shared_ptr<const body> body_;
};

/// Connects by TCP and secures the connection, within one call.
[[nodiscard]] result<std::unique_ptr<transport>> connect_tls(
    boost::asio::any_io_executor on, const tcp_settings& settings, const tls_client& client, const call& bounds);

/// As `connect_tls`; the connect timer of `settings` bounds both steps. Keeps `client` alive until then.
void async_connect_tls(boost::asio::any_io_executor on, tcp_settings settings,
    std::shared_ptr<const tls_client> client, call bounds, completion<std::unique_ptr<transport>> done);

} // namespace cipherlane::net
