#include "host_exchange.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <optional>

namespace cipherlane::hostlink {
namespace {

constexpr std::size_t length_bytes = 2;

error link_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("host").in_field(field);
}

} // namespace

result<void> tcp_host_settings::validate() const {
    if (!net::parse_endpoint(address)) return link_error(hostlink_errc::bad_setting, "address");
    if (connect_timeout.count() <= 0) return link_error(hostlink_errc::bad_setting, "connect_timeout");
    if (response_time.count() <= 0) return link_error(hostlink_errc::bad_setting, "response_time");
    if (largest_answer == 0 || largest_answer > 0xFFFF)
        return link_error(hostlink_errc::bad_setting, "largest_answer");
    return {};
}

struct tcp_host::state {
    state(const tcp_host_settings& how, net::tcp_settings where, host_connector by, logger to)
        : settings(how)
        , peer(std::move(where))
        , connector(std::move(by))
        , log(std::move(to)) {}

    /// The time left must be enough for the answer, and nobody may have asked for the end.
    [[nodiscard]] result<void> may_send(const call& bounds) const {
        if (bounds.stopped()) return named(link_error(hostlink_errc::stopped));
        if (bounds.until().left() < settings.response_time) return named(link_error(hostlink_errc::too_little_time));
        return {};
    }
    [[nodiscard]] error named(const error& why) const { return error(why).at_endpoint(settings.address); }

    [[nodiscard]] result<void> connect(const call& bounds) {
        if (link && link->is_open()) return {};
        link.reset();
        CIPHERLANE_TRY(link, open(bounds));
        using empty = net::length_prefixed::empty_message;
        stream.emplace(settings.largest_answer, settings.polls == host_polls::echo ? empty::give : empty::skip);
        ++connects;
        return {};
    }
    [[nodiscard]] result<std::unique_ptr<net::transport>> open(const call& bounds) {
        if (connector) return connector(bounds);
        if (!settings.tls) return net::connect_tcp(io.get_executor(), peer, bounds);
        auto secured = net::connect_tls(io.get_executor(), peer, *settings.tls, bounds);
        if (secured) return secured;
        // Whatever the certificate's fault is: no request has left, and nobody has refused anything.
        const auto& why = secured.error();
        if (!why.is(condition::bad_message) && !why.is(condition::rejected_by_peer)) return why;
        return named(link_error(hostlink_errc::not_secured).with_peer_text(why.code().message()));
    }

    const tcp_host_settings settings;
    const net::tcp_settings peer;
    const host_connector connector;
    const logger log;
    boost::asio::io_context io; ///< never run: the link is used blocking
    std::unique_ptr<net::transport> link;
    std::optional<net::length_prefixed> stream; ///< of this link, as long as it lives
    std::atomic<std::uint64_t> connects{0};
    std::atomic<std::uint64_t> exchanges{0};
    std::atomic<std::uint64_t> answers{0};
    std::atomic<std::uint64_t> dropped{0};
    std::atomic<std::uint64_t> polls{0};
};

tcp_host::tcp_host(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
tcp_host::~tcp_host() = default;

result<std::unique_ptr<tcp_host>> tcp_host::create(
    const tcp_host_settings& settings, logger log, host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(auto peer, net::parse_endpoint(settings.address));
    peer.connect_timeout = settings.connect_timeout;
    return std::unique_ptr<tcp_host>(
        new tcp_host(std::make_unique<state>(settings, std::move(peer), std::move(connect), std::move(log))));
}

std::string tcp_host::identity() const {
    return state_->settings.name.empty() ? state_->settings.address : state_->settings.name;
}

std::chrono::milliseconds tcp_host::response_time() const noexcept {
    return state_->settings.response_time;
}

tcp_host_statistics tcp_host::statistics() const noexcept {
    return {state_->connects, state_->exchanges, state_->answers, state_->dropped, state_->polls};
}

result<bytes> tcp_host::exchange(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    auto& own = *state_;
    if (request.empty() || request.size() > 0xFFFF) return own.named(link_error(hostlink_errc::too_large));
    CIPHERLANE_CHECK(own.may_send(bounds));
    CIPHERLANE_CHECK(own.connect(bounds));
    CIPHERLANE_CHECK(own.may_send(bounds)); // connecting takes time

    secret_bytes frame(length_bytes + request.size()); // a request holds a PAN, a track, a PIN block
    store_be16(frame.expose().data(), static_cast<std::uint16_t>(request.size()));
    std::copy(request.begin(), request.end(), frame.expose().begin() + length_bytes);
    host_exchange machine(frame.expose(), filter, *own.stream);
    ++own.exchanges;
    // The caller's call ends here: what has left is seen to its end.
    auto answer = net::run(machine, *own.link, call(own.settings.response_time));
    own.dropped += machine.dropped();
    own.polls += machine.polls();
    if (machine.dropped() > 0) {
        own.log.warning("hostlink", "dropped " + std::to_string(machine.dropped()) + " message(s) of " +
                                        own.settings.address + " that answer nothing under way");
    }
    if (!answer || own.settings.life == connection_life::per_exchange) own.link.reset();
    if (!answer) return own.named(answer.error());
    ++own.answers;
    return answer;
}

} // namespace cipherlane::hostlink
