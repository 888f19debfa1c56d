#include "simulation/gateway_line.hpp"

#include "simulation/devices.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using ports::qr_order_state;

constexpr auto gateway_needs = 120ms;
constexpr auto gateway_late_by = 50'000ms; ///< less than `gateway_settings::longest_way`

error link_error(hostlink_errc why) {
    return {why, layer::hostlink};
}

error no_such_order() {
    return link_error(hostlink_errc::refused_by_gateway).with_peer_code("404");
}

} // namespace

void hear_late(world& in, const std::string& key, std::string_view tag, std::function<void()> hear) {
    fingerprint print;
    print.add(tag);
    print.add(key);
    const auto for_its_key = [&in, key, hear = std::move(hear)] {
        const auto at = std::exchange(in.key, key);
        hear();
        in.key = at;
    };
    in.time.plan(gateway_late_by, for_its_key, print.value());
}

void entomb(world& in, const std::string& number, const std::string& merchant_id) {
    if (!in.people.gateway_entombs || in.gateway_books.find(number, in.time.elapsed()) != nullptr) return;
    auto& tomb = in.gateway_books.create(number, 0, in.time.elapsed(), in.key);
    tomb.merchant_id = merchant_id;
    tomb.charged = true;
    tomb.state = qr_order_state::cancelled;
}

wallet::order& charge_wallet(world& in, const std::string& number, std::int64_t minor) {
    const bool known = in.gateway_books.find(number, in.time.elapsed()) != nullptr;
    auto& made = in.gateway_books.create(number, minor, in.time.elapsed() + 2h, in.key);
    if (known) return made;
    made.charged = true;
    made.state = qr_order_state::paying;
    const auto pays = [&in, number] { in.gateway_books.pay(number, in.time.elapsed()); };
    if (!in.people.asks_password) {
        pays();
        return made;
    }
    fingerprint tag;
    tag.add(number);
    in.time.plan(in.people.payer, pays, tag.value());
    return made;
}

template <class Answer, class Sent, class Work>
result<Answer> gateway_line::ask(
    std::string_view what, const call& bounds, Sent sent, Work work, std::function<void()> late) {
    const auto at_send = world_.doors.next(point::gateway_send, what);
    if (at_send != fault::none) return without_effect(at_send);
    if (bounds.stopped()) return link_error(hostlink_errc::stopped);
    const auto silence = [&]() -> result<Answer> {
        world_.time.pass(bounds.until().left());
        return link_error(hostlink_errc::no_answer);
    };
    if (!world_.doors.off()) static_cast<void>(sent());
    const auto on_way = world_.doors.next(point::gateway_request, what);
    if (on_way == fault::request_late && late) hear_late(world_, world_.key, what, std::move(late));
    if (on_way == fault::off || on_way == fault::request_lost || on_way == fault::request_late) return silence();
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
    if (paid) told.transaction_number = order->named();
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
            order.expires = world_.outside.now() + (made.expires - world_.time.elapsed());
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
        const auto& which = request.transaction_number;
        if (!paid || !world_.gateway_books.give_back(*order, number, request.total.minor(), key(), which)) {
            return link_error(hostlink_errc::refused_by_gateway).with_peer_code("409");
        }
        return status(request.order_number);
    });
}

result<ports::qr_order_status> gateway_line::charge(const ports::qr_charge_request& request, const call& bounds) {
    return ask<ports::qr_order_status>(
        "charge", bounds, [] { return 0; },
        [&]() -> result<ports::qr_order_status> {
            charge_wallet(world_, request.order_number, request.total.minor());
            return status(request.order_number);
        },
        [&in = world_, number = request.order_number, minor = request.total.minor()] {
            charge_wallet(in, number, minor);
        });
}

result<ports::qr_order_status> gateway_line::reverse(std::string_view order_number, const call& bounds) {
    return ask<ports::qr_order_status>(
        "reverse", bounds, [] { return 0; },
        [&]() -> result<ports::qr_order_status> {
            auto* order = world_.gateway_books.find(order_number, world_.time.elapsed());
            if (order != nullptr) world_.gateway_books.undo(*order);
            entomb(world_, std::string(order_number), {});
            return status(order_number);
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
