#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/qr_gateway.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace cipherlane::hostlink {
class request_signer;
namespace alipay {
class platform;
}
namespace unionpay {
class platform;
}
namespace netpay {
class platform;
}
namespace wechat {
class certificate_keeper;
class platform;
} // namespace wechat
} // namespace cipherlane::hostlink

namespace cipherlane::assembly {

/// What the terminals of a till share of their gateway: its keys, and who takes its notifications.
class gateway_door {
  public:
    /// `place` names a gateway. @param clock must outlive this.
    /// @return `till_errc::no_file`, or what is wrong with a key, in the field of its setting.
    [[nodiscard]] static result<std::unique_ptr<gateway_door>> open(
        const till_settings::gateway_place& place, const ports::clock& clock, const logger& log);
    gateway_door(const gateway_door&) = delete;
    gateway_door& operator=(const gateway_door&) = delete;
    ~gateway_door();

    /// Null where no address for notifications or no key to check them is set.
    [[nodiscard]] hostlink::notification_listener* listener() const noexcept { return listener_.get(); }
    /// The gateway as a terminal speaks to it; this must outlive it.
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect(const till_settings::terminal& of);
    /// No other terminal comes.
    void note_all_connected();
    /// Whether a notice is about what one of those who are connected has sent, or about an order that nobody knows,
    /// or whose gateway is not on file: that is for the lane to tell. From any thread. @return an error while a
    /// terminal may still connect: the notice must come again.
    [[nodiscard]] result<bool> may_tell(ports::store& journal, const ports::qr_order_status& told) const;

  private:
    gateway_door(till_settings::gateway_place place, const ports::clock& clock, logger log);
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> make(const till_settings::terminal& of) const;
    [[nodiscard]] result<void> open_own();
    [[nodiscard]] result<void> open_wechat();
    [[nodiscard]] result<void> read_certificates();
    [[nodiscard]] result<void> open_alipay();
    [[nodiscard]] result<void> open_unionpay();
    [[nodiscard]] result<void> open_netpay();
    [[nodiscard]] result<void> read_signer();
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect_own(const till_settings::terminal& of) const;
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect_wechat(const till_settings::terminal& of) const;
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect_netpay(const till_settings::terminal& of) const;
    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect_unionpay(
        const till_settings::terminal& of) const;
    /// Fetches certificates beside the sales.
    [[nodiscard]] result<void> begin_keeping(const till_settings::terminal& of);

    [[nodiscard]] result<std::unique_ptr<ports::qr_gateway>> connect_alipay(const till_settings::terminal& of) const;

    till_settings::gateway_place place_;
    const ports::clock& clock_;
    logger log_;
    std::shared_ptr<hostlink::wechat::platform> wechat_;
    std::shared_ptr<const hostlink::alipay::platform> alipay_;
    std::shared_ptr<const hostlink::unionpay::platform> unionpay_;
    std::shared_ptr<const hostlink::netpay::platform> netpay_;
    std::shared_ptr<const hostlink::request_signer> signer_;
    mutable std::mutex mutex_;
    std::set<std::string, std::less<>> identities_; ///< of those who are connected
    bool all_connected_ = false;
    std::unique_ptr<hostlink::notification_listener> listener_;
    std::unique_ptr<hostlink::wechat::certificate_keeper> keeper_; ///< begins with the first terminal
};

} // namespace cipherlane::assembly
