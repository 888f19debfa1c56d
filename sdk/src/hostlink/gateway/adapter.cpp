#include "gateway/adapter.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hostlink/gateway/http_date.hpp>

#include <utility>

namespace cipherlane::hostlink {

void wipe_text(std::string& text) {
    wipe(byte_span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

void append_secret(std::string& text, std::string_view before, std::string_view secret, std::string_view behind) {
    text.reserve(text.size() + before.size() + 2 * secret.size() + behind.size());
    text += before;
    for (const char one : secret) {
        if (one == '"' || one == '\\') text += '\\';
        text += one;
    }
    text += behind;
}

bool is_none(const error& why) {
    return why.is(condition::rejected_by_peer) && why.peer_code() == "404";
}

error cannot_refuse_credit(std::string_view gateway) {
    return error(hostlink_errc::bad_setting, layer::hostlink)
        .during(gateway)
        .in_field("funds")
        .with_hint("this gateway has no word that keeps credit out of a single payment of this kind");
}

void sent_numbers::note(std::string_view number) {
    forget_oldest(when_, std::less<>());
    when_.insert_or_assign(std::string(number), monotonic_clock::now());
}

void sent_numbers::note_once(std::string_view number) {
    if (!contains(number)) note(number);
}

bool sent_numbers::contains(std::string_view number) const {
    return when_.contains(number);
}

bool sent_numbers::is_within(std::chrono::milliseconds span, std::string_view number) const {
    const auto found = when_.find(number);
    return found != when_.end() && monotonic_clock::now() - found->second < span;
}

adapter::adapter(std::string_view name, const gateway_link& link, std::string merchant_id,
    notification_listener* from, host_connector connect)
    : line(link, std::move(connect))
    , name_(name)
    , merchant_id_(std::move(merchant_id))
    , listener_(from) {
    if (listener_ != nullptr) listener_->expect_merchant(merchant_id_);
}

error adapter::fault(hostlink_errc what, std::string_view field) const {
    return error(what, layer::hostlink).during(name_).in_field(field).at_endpoint(line.address());
}

error adapter::after_send(const error& why) const {
    if (why.is(condition::outcome_unknown) || is_none(why)) return why;
    return fault(hostlink_errc::lost_after_send, why.field())
        .with_peer_code(why.peer_code())
        .with_hint(why.code().message());
}

error adapter::refund_refused(const ports::qr_refund_request& request, const error& why) const {
    if (!request.asked_before || !why.is(condition::rejected_by_peer)) return why;
    return fault(hostlink_errc::unnamed_refusal, why.field())
        .with_peer_code(why.peer_code())
        .with_peer_text(why.untrusted_peer_text());
}

ports::qr_order_status adapter::ended(std::string_view number, ports::qr_order_state now) const {
    ports::qr_order_status status;
    status.order_number = std::string(number);
    status.merchant_id = merchant_id_;
    status.state = now;
    return status;
}

std::string adapter::notify_url(const std::string& set, std::string_view none) const {
    if (!set.empty()) return set;
    return listener_ != nullptr ? listener_->url() : std::string(none);
}

result<ports::qr_order_status> adapter::wait_notification(std::string_view order_number, const call& bounds) {
    if (listener_ == nullptr) return error(hostlink_errc::no_notifications, layer::hostlink).during(name_);
    return listener_->wait(order_number, bounds);
}

void adapter::note_clock(const http_fields& fields, const ports::clock& here) {
    const auto date = fields.only("Date");
    const auto theirs = date ? read_http_date(*date) : std::nullopt;
    if (theirs) offset_ = std::chrono::duration_cast<std::chrono::seconds>(*theirs - here.now());
}

} // namespace cipherlane::hostlink
