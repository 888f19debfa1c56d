#pragma once

#include "gateway/https_line.hpp"

#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/http_fields.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// Text that must not stay in memory, as it may have a payment code in it.
void wipe_text(std::string& text);
/// Puts a payment code into the text of a JSON object that ends behind `before`. No copy of it stays behind, as
/// nothing grows once it is in. @param text the object without its last "}". @param behind what ends the object.
void append_secret(std::string& text, std::string_view before, std::string_view secret, std::string_view behind);

/// Whether a gateway has no such order, by its own word, not by that of something in between.
[[nodiscard]] bool is_none(const error& why);

/// Of a gateway that has no word for it: nothing must leave.
[[nodiscard]] error cannot_refuse_credit(std::string_view gateway);

/// Room for one more of the numbers that a client remembers: the oldest is forgotten where there are many.
template <class Map, class Older>
void forget_oldest(Map& numbers, Older older) {
    constexpr std::size_t most_remembered = 1'024;
    if (numbers.size() < most_remembered) return;
    numbers.erase(std::min_element(
        numbers.begin(), numbers.end(), [&](const auto& a, const auto& b) { return older(a.second, b.second); }));
}

/// Numbers under which something was sent, or first asked about, and when.
class sent_numbers {
  public:
    void note(std::string_view number);
    /// The same, unless it is noted already.
    void note_once(std::string_view number);
    [[nodiscard]] bool contains(std::string_view number) const;
    /// Whether it was noted less than so long ago.
    [[nodiscard]] bool is_within(std::chrono::milliseconds span, std::string_view number) const;

  private:
    std::map<std::string, monotonic_clock::time_point, std::less<>> when_;
};

/// What the clients of the real gateways share: a line to the gateway, the words for what goes wrong on it, and the
/// rule for a question that follows a call: where it fails it says nothing of that call. One thread at a time.
class adapter {
  public:
    /// @param name of the gateway, as errors have it. @param merchant_id the till's, in what it is told.
    adapter(std::string_view name, const gateway_link& link, std::string merchant_id, notification_listener* from,
        host_connector connect);
    adapter(const adapter&) = delete;
    adapter& operator=(const adapter&) = delete;

    /// Names the gateway and its address.
    [[nodiscard]] error fault(hostlink_errc what, std::string_view field = {}) const;
    /// Why a question failed that followed a call which was sent: it says nothing of that call, unless that there is
    /// no such order, and never that nothing was sent.
    [[nodiscard]] error after_send(const error& why) const;
    template <class Told>
    [[nodiscard]] result<Told> after_send(result<Told> told) const {
        if (!told) return after_send(told.error());
        return told;
    }
    /// What a refusal is for a refund: of one that was sent before it says nothing, and its money is not free. Nor is
    /// it one that an order is told as unpaid of which a payment was told before: that answer is late, or wrong.
    [[nodiscard]] error refund_refused(const ports::qr_refund_request& request, const error& why) const;
    /// What "no such order" is for a call that may still be on its way.
    [[nodiscard]] error too_soon() const { return fault(hostlink_errc::may_still_come, "order_number"); }
    /// An order in a state without a payment.
    [[nodiscard]] ports::qr_order_status ended(std::string_view number, ports::qr_order_state now) const;
    /// Where notices go: what the settings say, else the listener's own, else `none`.
    [[nodiscard]] std::string notify_url(const std::string& set, std::string_view none = {}) const;
    [[nodiscard]] result<ports::qr_order_status> wait_notification(std::string_view order_number, const call& bounds);
    /// What an answer's `Date` says of the gateway's clock.
    void note_clock(const http_fields& fields, const ports::clock& here);
    /// As `qr_gateway::clock_offset`.
    [[nodiscard]] std::optional<std::chrono::seconds> clock_offset() const noexcept { return offset_; }

    https_line line;

  private:
    std::optional<std::chrono::seconds> offset_;
    std::string name_;
    std::string merchant_id_;
    notification_listener* listener_;
};

} // namespace cipherlane::hostlink
