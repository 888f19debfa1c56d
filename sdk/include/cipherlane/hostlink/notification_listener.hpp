#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>
#include <cipherlane/hostlink/notification_verifier.hpp>
#include <cipherlane/ports/qr_gateway.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cipherlane::hostlink {

/// What has come in since the listener began.
struct notification_statistics {
    std::uint64_t taken = 0;
    std::uint64_t refused = 0; ///< signature, time, repetition, form, or an order of another merchant
    std::uint64_t dropped = 0; ///< connections ended to make room, or because no whole request came in time
};

/// Takes the gateway's notifications over HTTP on a thread of its own and keeps what they say until somebody waits
/// for it, the newest 1024 orders; with `keep_in` in a journal, too, where the lane finds what came when nobody
/// waited. Answers 200 to what it believes and 400 to all else. A signature says that the gateway speaks, not about
/// whom: only orders of merchants that are expected are believed. At most 48 connections are open, 16 from one
/// address; one more ends the oldest. A request must be whole within 2 s. Refusals are logged at the first and then
/// as a count every 10 s, so that nobody can fill the disk with them. `wait` from any thread.
class notification_listener {
  public:
    /// @param address HOST:PORT, port 0 for any free one. @return `hostlink_errc::cannot_listen`.
    [[nodiscard]] static result<std::unique_ptr<notification_listener>> listen(
        const std::string& address, notification_verifier verifier, logger log = {});
    /// The same for a gateway with a form of its own.
    [[nodiscard]] static result<std::unique_ptr<notification_listener>> listen(
        const std::string& address, std::unique_ptr<notice_reader> reader, logger log = {});
    notification_listener(const notification_listener&) = delete;
    notification_listener& operator=(const notification_listener&) = delete;
    ~notification_listener();

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// From now on notices about this merchant's orders are believed, besides those of merchants named before.
    void expect_merchant(std::string merchant_id);
    /// From now on a notice that is believed is durable in `journal` before it is answered; where that fails the
    /// answer is 503 and the gateway sends it again. Without a journal a notice lives as long as the listener.
    /// @param journal must outlive the listener.
    void keep_in(ports::store& journal);
    /// From now on a notice that is believed is asked about before it is kept: false refuses it as one that is not
    /// this gateway's to tell, an error has it sent again. Called on the listener's thread, and must outlive it.
    void ask_whose(std::function<result<bool>(const ports::qr_order_status&)> is_ours);
    /// "http://HOST:PORT/notify", for orders.
    [[nodiscard]] std::string url() const;
    /// The latest notice of an order; at once if it has come already. `timed_out`, `cancelled`.
    [[nodiscard]] result<ports::qr_order_status> wait(std::string_view order_number, const call& bounds);
    [[nodiscard]] notification_statistics statistics() const noexcept;

  private:
    struct state;
    explicit notification_listener(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// Reads notices of docs/14-gateway-api.md.
[[nodiscard]] std::unique_ptr<notice_reader> make_notice_reader(notification_verifier verifier);

} // namespace cipherlane::hostlink
