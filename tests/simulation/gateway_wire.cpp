#include "simulation/gateway_wire.hpp"

#include "simulation/devices.hpp"
#include "simulation/gateway_desk.hpp"
#include "simulation/gateway_line.hpp"

#include <cipherlane/hostlink/http_gateway.hpp>

#include <utility>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto page_needs = 120ms;
constexpr auto between_halves = 200ms;

/// One connection, for one request.
class gateway_connection final : public timed_wire {
  public:
    explicit gateway_connection(world& in) noexcept
        : timed_wire(in, "gateway")
        , world_(in)
        , desk_(in) {}

  private:
    void hear(bytes& sent) override {
        while (const auto request = take_http_request(sent))
            carry(*request);
    }

    void carry(const http_request& request) {
        if (world_.doors.off()) return;
        if (const auto number = gateway_desk::refund_number_of(request); !number.empty())
            world_.refund_keys.try_emplace(number, world_.key);
        const auto on_way = world_.doors.next(point::gateway_request, request.line);
        if (on_way == fault::off || on_way == fault::request_lost) return;
        if (on_way == fault::request_late) {
            const auto hear = [&in = world_, request] { static_cast<void>(gateway_desk(in).answer(request)); };
            return hear_late(world_, world_.key, request.line, hear);
        }
        auto said = desk_.answer(request);
        if (on_way == fault::request_twice) said = desk_.answer(request);
        answer(request, said);
    }

    void answer(const http_request& request, const desk_answer& said) {
        const auto wrong = world_.doors.next(point::gateway_page, request.line);
        if (wrong == fault::off || wrong == fault::answer_lost) return;
        // Something in between has given up, though the gateway has not.
        if (wrong == fault::says_failed)
            return send(page_needs, http_answer("502 Bad Gateway", as_bytes(std::string_view("<html>"))));
        if (wrong == fault::says_invalid)
            return send(page_needs, http_answer("404 Not Found", as_bytes(std::string_view("<html>"))));
        const auto all = http_answer(said.status, as_bytes(std::string_view(said.body)));
        const bool splits = wrong == fault::answer_split || wrong == fault::answer_cut;
        const auto middle = all.begin() + static_cast<std::ptrdiff_t>(splits ? all.size() / 2 : all.size());
        send(page_needs, bytes(all.begin(), middle));
        if (wrong == fault::answer_cut) return end();
        if (splits) send(page_needs + between_halves, bytes(middle, all.end()));
    }

    world& world_;
    gateway_desk desk_;
};

result<std::unique_ptr<net::transport>> connect_to_gateway(world& in) {
    const auto wrong = in.doors.next(point::gateway_send, "connect to gateway");
    if (wrong != fault::none) return without_effect(wrong);
    return std::unique_ptr<net::transport>(std::make_unique<gateway_connection>(in));
}

class gateway_link final : public ports::qr_gateway {
  public:
    gateway_link(std::unique_ptr<ports::qr_gateway> real, world& in)
        : real_(std::move(real))
        , notices_(in) {}
    [[nodiscard]] std::string identity() const override { return real_->identity(); }
    [[nodiscard]] std::vector<std::string> earlier_identities() const override { return real_->earlier_identities(); }
    [[nodiscard]] bool takes_serial_block() const noexcept override { return real_->takes_serial_block(); }
    [[nodiscard]] result<ports::qr_order> create(
        const ports::qr_order_request& request, const call& bounds) override {
        return real_->create(request, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> query(std::string_view order_number, const call& bounds) override {
        return real_->query(order_number, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> cancel(std::string_view order_number, const call& bounds) override {
        return real_->cancel(order_number, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> refund(
        const ports::qr_refund_request& request, const call& bounds) override {
        return real_->refund(request, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> charge(
        const ports::qr_charge_request& request, const call& bounds) override {
        return real_->charge(request, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> reverse(std::string_view order_number, const call& bounds) override {
        return real_->reverse(order_number, bounds);
    }
    [[nodiscard]] result<ports::qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) override {
        return notices_.wait_notification(order_number, bounds);
    }

  private:
    std::unique_ptr<ports::qr_gateway> real_;
    gateway_line notices_;
};

} // namespace

result<std::unique_ptr<ports::qr_gateway>> link_to_gateway(world& in) {
    if (!in.people.http) return std::unique_ptr<ports::qr_gateway>(std::make_unique<gateway_line>(in));
    hostlink::http_gateway_settings settings;
    settings.address = "127.0.0.1:1"; // never connected to
    settings.merchant_id = "TESTMERCH000001";
    CIPHERLANE_TRY(auto real, hostlink::http_gateway::create(settings, nullptr, logger::none(),
                                  [&in](const call&) { return connect_to_gateway(in); }));
    return std::unique_ptr<ports::qr_gateway>(std::make_unique<gateway_link>(std::move(real), in));
}

} // namespace cipherlane::simulation
