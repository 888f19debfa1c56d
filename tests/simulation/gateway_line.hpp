#pragma once

#include "simulation/world.hpp"

#include <cipherlane/ports/qr_gateway.hpp>

#include <functional>

namespace cipherlane::simulation {

/// The link to the gateway, called in place: what happens to a request on its way there and back.
class gateway_line final : public ports::qr_gateway {
  public:
    explicit gateway_line(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] result<ports::qr_order> create(const ports::qr_order_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> query(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> cancel(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> refund(
        const ports::qr_refund_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> charge(
        const ports::qr_charge_request& request, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> reverse(std::string_view order_number, const call& bounds) override;
    [[nodiscard]] result<ports::qr_order_status> wait_notification(
        std::string_view order_number, const call& bounds) override;

  private:
    /// One request and its answer: `sent` is told when it leaves, `work` is what the gateway does, `late` the same
    /// after all this is over; without it what comes late is lost.
    template <class Answer, class Sent, class Work>
    [[nodiscard]] result<Answer> ask(
        std::string_view what, const call& bounds, Sent sent, Work work, std::function<void()> late = {});
    [[nodiscard]] result<ports::qr_order_status> status(std::string_view number);

    world& world_;
    std::uint64_t refunds_ = 0;
};

/// The gateway hears of something when its caller has given up, and before the longest way of the settings is over.
/// @param key whose payment it is.
void hear_late(world& in, const std::string& key, std::string_view tag, std::function<void()> hear);

/// The charge of a number that is undone before it has come is refused where the gateway keeps tombs.
void entomb(world& in, const std::string& number, const std::string& merchant_id);

/// The wallet of a payer whose code was scanned: pays at once, or after having been asked for a password. The same
/// number again is the same charge.
wallet::order& charge_wallet(world& in, const std::string& number, std::int64_t minor);

} // namespace cipherlane::simulation
