#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/host_connector.hpp>
#include <cipherlane/net/frame.hpp>
#include <cipherlane/ports/host.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::net {
class tls_client;
}

namespace cipherlane::hostlink {

/// Whether the connection to the host stays open between exchanges.
enum class connection_life : std::uint8_t { per_exchange, kept };

/// What becomes of a length of zero, by which some hosts and concentrators ask whether we are there: it is passed
/// over, or sent back as it came. Between exchanges nobody listens: what came then is sent back when the next one
/// reads.
enum class host_polls : std::uint8_t { skip, echo };

struct tcp_host_settings {
    std::string name;    ///< `ports::host::identity`: stays when the address changes; empty: the address
    std::string address; ///< HOST:PORT
    std::vector<std::string> earlier_addresses; ///< under which it was before: what went there is this host's
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds response_time{50'000}; ///< from the last byte of the request to the answer
    connection_life life = connection_life::per_exchange;
    std::size_t largest_answer = 8192;
    host_polls polls = host_polls::skip;
    net::frame_prefix length = net::frame_prefix::binary2; ///< of each message, in front of it
    /// Each message goes in the body of an HTTP POST to this path, its length in front, on a connection of its own
    /// (Content-Type x-ISO-TPDU/x-auth; general knowledge, doubtful). Empty: without HTTP.
    std::string http_path;
    bool ahead = false;                         ///< `connect_ahead` connects, on a thread of its own
    std::shared_ptr<const net::tls_client> tls; ///< see net/tls.hpp; null: the messages go in clear

    /// @return `hostlink_errc::bad_setting` with the field.
    [[nodiscard]] result<void> validate() const;
};

/// What has happened since the link was made.
struct tcp_host_statistics {
    std::uint64_t connects = 0;
    std::uint64_t exchanges = 0; ///< requests of which a byte left
    std::uint64_t answers = 0;
    std::uint64_t dropped = 0; ///< late, foreign or repeated messages that were not believed
    std::uint64_t polls = 0;   ///< lengths of zero that were sent back
};

/// The acquirer's host over TCP: messages with their length in front (see `net::length_prefixed`).
///
/// Connects at need. Messages that do not answer the request under way are dropped and counted, so that a late answer
/// never shifts the ones behind it. Any error after the first byte closes the connection. A kept connection that the
/// host has ended, or on which the rest of a message is missing, is replaced before the next request leaves.
/// One thread at a time; `statistics` from any.
class tcp_host final : public ports::host {
  public:
    /// @param connect makes the connections, if it is there.
    /// @return `misuse` for bad settings. Does not connect yet.
    [[nodiscard]] static result<std::unique_ptr<tcp_host>> create(
        const tcp_host_settings& settings, logger log = {}, host_connector connect = {});
    ~tcp_host() override;

    /// See `ports::host::exchange`. Where TLS fails: `not_secured`, with nothing sent.
    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    [[nodiscard]] result<bytes> inquire(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    void connect_ahead() noexcept override;
    [[nodiscard]] std::string identity() const override;
    [[nodiscard]] std::vector<std::string> earlier_identities() const override;
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override;
    [[nodiscard]] tcp_host_statistics statistics() const noexcept;

  private:
    struct state;
    explicit tcp_host(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink
