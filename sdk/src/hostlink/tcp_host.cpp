#include "host_exchange.hpp"
#include "http_exchange.hpp"
#include "tls_fault_words.hpp"

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <span>
#include <stop_token>

namespace cipherlane::hostlink {
namespace {

/// A host, or what stands before it, may have closed an older one without a word: the request would be in doubt.
constexpr std::chrono::seconds oldest_unused_link{120};
constexpr std::chrono::milliseconds look_for_stop{10};
/// Of what has come between two exchanges; who sends more talks without end.
constexpr int most_reads_between = 64;

error link_error(hostlink_errc what, std::string_view field = {}) {
    return error(what, layer::hostlink).during("host").in_field(field);
}

} // namespace

result<void> tcp_host_settings::validate() const {
    if (!net::parse_endpoint(address)) return link_error(hostlink_errc::bad_setting, "address");
    if (connect_timeout.count() <= 0) return link_error(hostlink_errc::bad_setting, "connect_timeout");
    if (response_time.count() <= 0) return link_error(hostlink_errc::bad_setting, "response_time");
    if (largest_answer == 0 || largest_answer > net::most_of(length))
        return link_error(hostlink_errc::bad_setting, "largest_answer");
    const auto printable = [](char c) { return c > ' ' && c <= '~'; };
    const bool path =
        http_path.empty() || (http_path.front() == '/' && std::all_of(http_path.begin(), http_path.end(), printable));
    if (!path) return link_error(hostlink_errc::bad_setting, "http_path");
    return {};
}

namespace {

/// What ends the wait for an answer.
enum class waits : std::uint8_t {
    to_its_end, ///< the host's response time alone: the request may move money
    within_call,
};

/// Wipes a text that may hold a PAN.
class wiped_at_end {
  public:
    explicit wiped_at_end(std::string& text) noexcept
        : text_(text) {}
    wiped_at_end(const wiped_at_end&) = delete;
    wiped_at_end& operator=(const wiped_at_end&) = delete;
    ~wiped_at_end() { wipe(std::span(reinterpret_cast<std::uint8_t*>(text_.data()), text_.size())); }

  private:
    std::string& text_;
};

} // namespace

struct tcp_host::state {
    state(const tcp_host_settings& how, net::tcp_settings where, host_connector by, logger to)
        : settings(how)
        , peer(std::move(where))
        , connector(std::move(by))
        , log(std::move(to)) {}

    /// The time left must be enough for the answer, and nobody may have asked for the end.
    [[nodiscard]] result<void> may_send(const call& bounds, waits how) const {
        if (bounds.stopped()) return named(link_error(hostlink_errc::stopped));
        const auto least = how == waits::to_its_end ? settings.response_time : std::chrono::milliseconds(1);
        if (bounds.until().left() < least) return named(link_error(hostlink_errc::too_little_time));
        return {};
    }
    [[nodiscard]] call for_answer(const call& bounds, waits how) const {
        return how == waits::to_its_end ? call(settings.response_time) : bounds.no_later_than(settings.response_time);
    }
    [[nodiscard]] error named(const error& why) const { return error(why).at_endpoint(settings.address); }

    [[nodiscard]] result<void> connect(const call& bounds, waits how) {
        if (coming.valid()) {
            CIPHERLANE_CHECK(take_coming(bounds, how));
        } else if (link && is_whole()) {
            return {};
        }
        if (!link || !link->is_open()) {
            link.reset();
            CIPHERLANE_TRY(link, open(bounds));
        }
        using empty = net::length_prefixed::empty_message;
        const auto polls_are = settings.polls == host_polls::echo ? empty::give : empty::skip;
        stream.emplace(settings.largest_answer, polls_are, settings.length);
        ++connects;
        return {};
    }
    /// Whether a connection that was kept can take a request. What has come since the last answer is taken in: an end
    /// of the stream behind it, or a message whose rest has not come, would leave the outcome of this request in
    /// doubt, and a new connection costs nothing before it has left. Over TLS a record of which only a part has come
    /// gives no byte yet and is not seen.
    [[nodiscard]] bool is_whole() {
        std::array<std::uint8_t, 512> part{};
        const call at_once(std::chrono::milliseconds::zero());
        auto got = link->read_some(part, at_once);
        for (int reads = 1; got && reads < most_reads_between && stream->feed(byte_view(part).first(*got)); ++reads)
            got = link->read_some(part, at_once);
        wipe(part);
        if (!got && got.error().code() == net_errc::timed_out && !stream->torn()) return true;
        link.reset();
        return false;
    }
    /// The connection made ahead, unless it failed or has grown old. Not longer than the call lets wait for it: it
    /// may come for the next exchange.
    [[nodiscard]] result<void> take_coming(const call& bounds, waits how) {
        while (coming.wait_for(look_for_stop) != std::future_status::ready)
            CIPHERLANE_CHECK(may_send(bounds, how));
        auto opened = coming.get();
        const bool young = monotonic_clock::now() - coming_since < oldest_unused_link;
        if (opened && young) link = *std::move(opened);
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
        return named(link_error(hostlink_errc::not_secured).with_peer_text(tls_fault_words(why)));
    }

    /// The answer is the first message of the body that the filter accepts.
    [[nodiscard]] result<bytes> post(byte_view frame, const ports::answer_filter& filter, const call& wait) {
        std::string head = "POST " + settings.http_path + " HTTP/1.1\r\nHost: " + settings.address +
                           "\r\nContent-Type: x-ISO-TPDU/x-auth\r\nCache-Control: no-cache\r\nConnection: close\r\n"
                           "Content-Length: " +
                           std::to_string(frame.size()) + "\r\n\r\n";
        http_exchange machine(head.append(as_text(frame)));
        wipe(std::span(reinterpret_cast<std::uint8_t*>(head.data()), head.size()));
        ++exchanges;
        auto answer = net::run(machine, *link, wait);
        link.reset();
        if (!answer) return named(answer.error());
        const wiped_at_end wiped(answer->body);
        // What is no answer of the host, such as a page of something in between, proves nothing.
        if (answer->status != 200) {
            return named(link_error(hostlink_errc::unreadable_answer).with_peer_code(std::to_string(answer->status)));
        }
        if (!stream->feed(as_bytes(answer->body))) return named(link_error(hostlink_errc::unreadable_answer));
        while (const auto message = stream->next()) {
            if (!filter.matches(*message)) {
                ++dropped;
                continue;
            }
            ++answers;
            return bytes(message->begin(), message->end());
        }
        return named(link_error(hostlink_errc::unreadable_answer));
    }

    [[nodiscard]] result<bytes> ask(
        byte_view request, const ports::answer_filter& filter, const call& bounds, waits how) {
        if (request.empty() || request.size() > net::most_of(settings.length))
            return named(link_error(hostlink_errc::too_large));
        CIPHERLANE_CHECK(may_send(bounds, how));
        CIPHERLANE_CHECK(connect(bounds, how));
        CIPHERLANE_CHECK(may_send(bounds, how)); // connecting takes time

        const auto prefix = net::size_of(settings.length);
        secret_bytes frame(prefix + request.size()); // a request holds a PAN, a track, a PIN block
        net::put_prefix(frame.expose(), request.size(), settings.length);
        std::copy(request.begin(), request.end(), frame.expose().begin() + static_cast<std::ptrdiff_t>(prefix));
        if (!settings.http_path.empty()) return post(frame.expose(), filter, for_answer(bounds, how));
        host_exchange machine(frame.expose(), filter, *stream);
        ++exchanges;
        auto answer = net::run(machine, *link, for_answer(bounds, how));
        dropped += machine.dropped();
        polls += machine.polls();
        if (machine.dropped() > 0) {
            log.warning("hostlink", "dropped " + std::to_string(machine.dropped()) + " message(s) of " +
                                        settings.address + " that answer nothing under way");
        }
        if (!answer || settings.life == connection_life::per_exchange) link.reset();
        if (!answer) return named(answer.error());
        ++answers;
        return answer;
    }

    const tcp_host_settings settings;
    const net::tcp_settings peer;
    const host_connector connector;
    const logger log;
    boost::asio::io_context io; ///< never run: the link is used blocking
    std::unique_ptr<net::transport> link;
    monotonic_clock::time_point coming_since;                    ///< when the connection ahead was begun
    std::stop_source ending;                                     ///< of a connection that is being made ahead
    std::future<result<std::unique_ptr<net::transport>>> coming; ///< behind the others: it uses them
    std::optional<net::length_prefixed> stream;                  ///< of this link, as long as it lives
    std::atomic<std::uint64_t> connects{0};
    std::atomic<std::uint64_t> exchanges{0};
    std::atomic<std::uint64_t> answers{0};
    std::atomic<std::uint64_t> dropped{0};
    std::atomic<std::uint64_t> polls{0};
};

tcp_host::tcp_host(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
tcp_host::~tcp_host() {
    state_->ending.request_stop();
}

result<std::unique_ptr<tcp_host>> tcp_host::create(
    const tcp_host_settings& settings, logger log, host_connector connect) {
    CIPHERLANE_CHECK(settings.validate());
    CIPHERLANE_TRY(auto peer, net::parse_endpoint(settings.address));
    peer.connect_timeout = settings.connect_timeout;
    return std::unique_ptr<tcp_host>(
        new tcp_host(std::make_unique<state>(settings, std::move(peer), std::move(connect), std::move(log))));
}

void tcp_host::connect_ahead() noexcept {
    auto& own = *state_;
    if (!own.settings.ahead || own.coming.valid() || (own.link && own.link->is_open())) return;
    try {
        own.coming_since = monotonic_clock::now();
        own.coming = std::async(std::launch::async,
            [&own] { return own.open(call(own.settings.connect_timeout, own.ending.get_token())); });
    } catch (const std::exception&) {
        // No thread or memory to be had: the exchange connects.
    }
}

std::string tcp_host::identity() const {
    return state_->settings.name.empty() ? state_->settings.address : state_->settings.name;
}

std::vector<std::string> tcp_host::earlier_identities() const {
    auto all = state_->settings.earlier_addresses;
    // It may have got its name after it had been used.
    if (!state_->settings.name.empty()) all.push_back(state_->settings.address);
    return all;
}

std::chrono::milliseconds tcp_host::response_time() const noexcept {
    return state_->settings.response_time;
}

tcp_host_statistics tcp_host::statistics() const noexcept {
    return {state_->connects, state_->exchanges, state_->answers, state_->dropped, state_->polls};
}

result<bytes> tcp_host::exchange(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    // The caller's call ends where the request leaves: what has left is seen to its end.
    return state_->ask(request, filter, bounds, waits::to_its_end);
}

result<bytes> tcp_host::inquire(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    return state_->ask(request, filter, bounds, waits::within_call);
}

} // namespace cipherlane::hostlink
