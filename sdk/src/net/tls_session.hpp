#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/net/machine.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace cipherlane::net {

/// One side of a TLS connection without a socket: takes bytes from the wire, gives bytes for it.
class tls_session {
  public:
    /// @param peer_name the DNS name or IP address that the peer's certificate must hold.
    /// @return `bad_setting` in "peer_name" if it is none: nothing would be checked.
    [[nodiscard]] static result<std::unique_ptr<tls_session>> create(SSL_CTX* context, const std::string& peer_name);

    /// What came from the wire.
    void feed(byte_view data);
    /// What must go onto the wire now; empty: nothing. Lives until the next call of anything.
    [[nodiscard]] byte_view take_output();

    enum class progress { done, needs_input };
    [[nodiscard]] result<progress> handshake();
    /// Encrypts all of `data` into the output.
    [[nodiscard]] result<void> encrypt(byte_view data);
    /// Clear bytes; 0: more input is needed. `closed_by_peer` after the peer's closing alert.
    [[nodiscard]] result<std::size_t> decrypt(byte_span into);
    /// Puts the closing alert into the output.
    void close_notify();

    [[nodiscard]] X509* peer_certificate() const noexcept { return SSL_get0_peer_certificate(ssl_.get()); }

  private:
    explicit tls_session(SSL_CTX* context);
    [[nodiscard]] bool expect(const std::string& peer_name);
    struct release {
        void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    };
    [[nodiscard]] error failure(int outcome, std::string_view doing) const;
    /// Of a certificate that fails, while it can still be seen.
    static int look_at(int good, X509_STORE_CTX* chain);
    [[nodiscard]] error with_words(error&& why) const;

    std::unique_ptr<SSL, release> ssl_;
    BIO* from_wire_;
    BIO* to_wire_;
    bytes output_;
    std::string expected_name_;
    std::string found_names_;
};

/// The handshake as an exchange, for either engine.
class tls_handshake final : public exchange<void> {
  public:
    explicit tls_handshake(tls_session& session)
        : session_(session) {}
    [[nodiscard]] action resume(const event& what) override;
    [[nodiscard]] result<void> take() override { return outcome_; }

  private:
    [[nodiscard]] action advance();

    tls_session& session_;
    result<void> outcome_{};
    bool ended_ = false;
};

} // namespace cipherlane::net
