#include "simulation/lines.hpp"

#include "simulation/devices.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;

constexpr auto host_takes = 50'000ms; ///< at most
constexpr auto host_needs = 300ms;
constexpr auto late_by = 70'000ms; ///< of a request that hangs somewhere
constexpr auto gateway_needs = 120ms;

error link_error(hostlink_errc why) {
    return {why, layer::hostlink};
}

/// Another code: what was approved is refused, what was refused approved. Field 39 stands before the terminal's name.
void spoil(bytes& answer) {
    const auto text = as_text(answer);
    const auto terminal = text.find("TEST0001");
    if (terminal == std::string_view::npos || terminal < 2) return;
    const std::string_view other = text.substr(terminal - 2, 2) == "00" ? "51" : "00";
    std::copy(other.begin(), other.end(), answer.begin() + static_cast<std::ptrdiff_t>(terminal) - 2);
}

} // namespace

bytes host_line::deliver(byte_view request, const std::string& key) {
    // A reversal that the till takes for done, and nobody has heard of.
    const bool is_reversal = request.size() > 13 && request[11] == 0x04 && request[12] == 0x00;
    if (world_.wrong == mutant::reversal_dropped && is_reversal) {
        auto elsewhere = world_.host_books;
        return elsewhere.handle(request, key, world_.stamp()).value_or(bytes());
    }
    return world_.host_books.handle(request, key, world_.stamp()).value_or(bytes());
}

result<bytes> host_line::silence() {
    world_.time.pass(host_takes);
    if (world_.wrong == mutant::silence_is_refusal) return without_effect(fault::link_lost);
    return link_error(hostlink_errc::no_answer);
}

result<bytes> host_line::choose(const std::vector<bytes>& answers, const ports::answer_filter& filter) {
    for (const auto& one : answers) {
        if (one.empty()) continue;
        if (world_.wrong != mutant::any_answer_believed && !filter.matches(one)) continue;
        world_.earlier_answer = one;
        return one;
    }
    return silence();
}

result<bytes> host_line::exchange(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    const auto wrong = world_.doors.next(point::host_send, "request");
    if (wrong != fault::none) return without_effect(wrong);
    if (bounds.stopped()) return link_error(hostlink_errc::stopped);
    if (bounds.until().left() < host_takes) return link_error(hostlink_errc::too_little_time);
    auto end = exchange_once(request, filter);
    if (!end && world_.wrong == mutant::repeats_by_itself) end = exchange_once(request, filter);
    return end;
}

result<bytes> host_line::exchange_once(byte_view request, const ports::answer_filter& filter) {
    std::vector<bytes> answers;
    switch (world_.doors.next(point::host_request, "request")) {
    case fault::off:
    case fault::request_lost: return silence();
    case fault::request_late:
        world_.time.plan(late_by, [&in = world_, late = bytes(request.begin(), request.end()), key = world_.key] {
            static_cast<void>(in.host_books.handle(late, key, in.stamp()));
        });
        return silence();
    case fault::request_twice:
        answers.push_back(deliver(request, world_.key));
        answers.push_back(deliver(request, world_.key));
        break;
    case fault::request_resent:
        static_cast<void>(deliver(request, world_.key));
        answers.push_back(deliver(request, world_.key));
        break;
    default: answers.push_back(deliver(request, world_.key)); break;
    }
    world_.time.pass(host_needs);
    switch (world_.doors.next(point::host_answer, "answer")) {
    case fault::off:
    case fault::answer_lost: return silence();
    case fault::answer_spoilt: spoil(answers.front()); break;
    case fault::answer_foreign: answers.insert(answers.begin(), world_.earlier_answer); break;
    default: break;
    }
    return choose(answers, filter);
}

std::chrono::milliseconds host_line::response_time() const noexcept {
    return host_takes;
}

namespace {

error no_such_order() {
    return link_error(hostlink_errc::refused_by_gateway).with_peer_code("404");
}

} // namespace

template <class Answer, class Sent, class Work>
result<Answer> gateway_line::ask(std::string_view what, const call& bounds, Sent sent, Work work) {
    const auto at_send = world_.doors.next(point::gateway_send, what);
    if (at_send != fault::none) return without_effect(at_send);
    if (bounds.stopped()) return link_error(hostlink_errc::stopped);
    const auto silence = [&]() -> result<Answer> {
        world_.time.pass(bounds.until().left());
        return link_error(hostlink_errc::no_answer);
    };
    if (!world_.doors.off()) static_cast<void>(sent());
    const auto on_way = world_.doors.next(point::gateway_request, what);
    if (on_way == fault::off || on_way == fault::request_lost) return silence();
    result<Answer> answer = work();
    if (on_way == fault::request_twice) answer = work();
    world_.time.pass(gateway_needs);
    const auto on_way_back = world_.doors.next(point::gateway_answer, what);
    if (on_way_back == fault::off || on_way_back == fault::answer_lost) return silence();
    return answer;
}

result<ports::qr_order_status> gateway_line::status(std::string_view number) {
    const auto* order = world_.gateway_books.find(number, world_.time.elapsed());
    if (order == nullptr) return no_such_order();
    ports::qr_order_status told;
    told.order_number = std::string(number);
    told.state = order->state;
    const bool paid = order->state == qr_order_state::paid || order->state == qr_order_state::refunded;
    told.paid = amount(paid ? order->minor : 0);
    if (paid)
        told.transaction_number = "T" + told.order_number.substr(std::min<std::size_t>(8, told.order_number.size()));
    return told;
}

result<ports::qr_order> gateway_line::create(const ports::qr_order_request& request, const call& bounds) {
    return ask<ports::qr_order>(
        "create", bounds, [] { return 0; },
        [&]() -> result<ports::qr_order> {
            const auto ends = world_.time.elapsed() + request.valid_for;
            const auto& made =
                world_.gateway_books.create(request.order_number, request.total.minor(), ends, world_.key);
            ports::qr_order order;
            order.order_number = request.order_number;
            order.state = made.state;
            order.expires = world_.wall.now() + (made.expires - world_.time.elapsed());
            order.code_url = "https://pay.example/" + request.order_number;
            return order;
        });
}

result<ports::qr_order_status> gateway_line::query(std::string_view order_number, const call& bounds) {
    return ask<ports::qr_order_status>(
        "query", bounds, [] { return 0; }, [&] { return status(order_number); });
}

result<ports::qr_order_status> gateway_line::cancel(std::string_view order_number, const call& bounds) {
    auto end = ask<ports::qr_order_status>(
        "cancel", bounds, [] { return 0; },
        [&]() -> result<ports::qr_order_status> {
            auto* order = world_.gateway_books.find(order_number, world_.time.elapsed());
            if (order != nullptr && order->state == qr_order_state::waiting) order->state = qr_order_state::cancelled;
            return status(order_number);
        });
    const bool silent = !end && !end.error().is(condition::rejected_by_peer);
    const bool lies = (world_.wrong == mutant::silence_is_cancelled && silent) ||
                      (world_.wrong == mutant::paid_is_cancelled && end && end->state == qr_order_state::paid);
    if (!lies || world_.doors.off()) return end;
    ports::qr_order_status told;
    told.order_number = std::string(order_number);
    told.state = qr_order_state::cancelled;
    return told;
}

result<ports::qr_order_status> gateway_line::refund(const ports::qr_refund_request& request, const call& bounds) {
    auto number = request.refund_number;
    if (world_.wrong == mutant::new_refund_number) number += "-" + std::to_string(++refunds_);
    const auto key = [&] { return world_.refund_keys.try_emplace(number, world_.key).first->second; };
    return ask<ports::qr_order_status>("refund", bounds, key, [&]() -> result<ports::qr_order_status> {
        auto* order = world_.gateway_books.find(request.order_number, world_.time.elapsed());
        if (order == nullptr) return no_such_order();
        const bool paid = order->state == qr_order_state::paid || order->state == qr_order_state::refunded;
        if (!paid || !world_.gateway_books.give_back(*order, number, request.total.minor(), key())) {
            return link_error(hostlink_errc::refused_by_gateway).with_peer_code("409");
        }
        return status(request.order_number);
    });
}

/// A notice comes once, when the order is paid, unless it is lost.
result<ports::qr_order_status> gateway_line::wait_notification(std::string_view order_number, const call& bounds) {
    const auto until = bounds.until().at();
    for (;;) {
        auto* order = world_.gateway_books.find(order_number, world_.time.elapsed());
        const bool news = order != nullptr && order->state == qr_order_state::paid && !order->noticed;
        if (world_.people.notifies && news && !world_.doors.off()) {
            order->noticed = true;
            if (world_.doors.next(point::gateway_answer, "notice") == fault::none) return status(order_number);
        }
        if (bounds.stopped()) return link_error(hostlink_errc::stopped);
        if (world_.time.now() >= until) return without_effect(fault::timed_out);
        static_cast<void>(world_.time.pass_to_next(until));
    }
}

} // namespace cipherlane::simulation
