#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/ports/display.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

namespace cipherlane::assembly {

/// Which terminal of a till has a device that they share: from a card's reading to its end, from a code's showing to
/// its going. Nobody waits: a device that another one has is busy.
class device_lease {
  public:
    /// One call to the device. The terminal keeps the device behind it if `keep` was said.
    class turn {
      public:
        turn(device_lease& of, const void* who) noexcept
            : of_(&of)
            , who_(who) {}
        turn(turn&& other) noexcept
            : of_(std::exchange(other.of_, nullptr))
            , who_(other.who_)
            , keep_(other.keep_)
            , as_before_(other.as_before_) {}
        turn& operator=(turn&&) = delete;
        ~turn() {
            if (of_ != nullptr) of_->leave(who_, as_before_ ? std::nullopt : std::optional(keep_));
        }
        /// For so long at most, however the trade ends.
        void keep(std::chrono::milliseconds span) noexcept { keep_ = span; }
        /// Whoever had the device before has it as long as before.
        void leave_as_before() noexcept { as_before_ = true; }

      private:
        device_lease* of_;
        const void* who_;
        std::chrono::milliseconds keep_{0};
        bool as_before_ = false;
    };

    /// @return `till_errc::device_busy`.
    [[nodiscard]] result<turn> enter(const void* who, std::string_view device);

  private:
    using clock = monotonic_clock;
    void leave(const void* who, std::optional<std::chrono::milliseconds> keep) noexcept;

    std::mutex mutex_;
    bool in_call_ = false;
    const void* owner_ = nullptr;
    clock::time_point until_{};
};

/// A PIN pad as one of several terminals sees it.
class shared_pinpad final : public ports::pinpad {
  public:
    shared_pinpad(std::shared_ptr<ports::pinpad> real, std::shared_ptr<device_lease> lease)
        : real_(std::move(real))
        , lease_(std::move(lease)) {}
    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<ports::chip_report> finish_chip(
        const ports::chip_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override { return real_->attached(); }
    [[nodiscard]] bool takes_master_key() const noexcept override { return real_->takes_master_key(); }
    [[nodiscard]] result<void> load_master_key(const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] bool makes_macs() const noexcept override { return real_->makes_macs(); }
    [[nodiscard]] result<void> load_working_key(
        ports::working_key use, const ports::wrapped_key& key, const call& bounds) override;
    [[nodiscard]] result<bytes> make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) override;
    [[nodiscard]] bool takes_lists() const noexcept override { return real_->takes_lists(); }
    [[nodiscard]] result<void> load_list(
        std::string_view name, const std::vector<bytes>& entries, const call& bounds) override;
    [[nodiscard]] bool asks_currency() const noexcept override { return real_->asks_currency(); }
    [[nodiscard]] result<ports::currency_choice> choose_currency(
        const amount& local, const ports::conversion& offer, const call& bounds) override;
    [[nodiscard]] bool makes_serial_cryptogram() const noexcept override { return real_->makes_serial_cryptogram(); }
    [[nodiscard]] result<ports::serial_cryptogram> make_serial_cryptogram(
        std::string_view serial, std::string_view factor, const call& bounds) override;

  private:
    [[nodiscard]] result<device_lease::turn> enter() { return lease_->enter(this, "pinpad"); }
    std::shared_ptr<ports::pinpad> real_;
    std::shared_ptr<device_lease> lease_;
};

/// A display as one of several terminals sees it.
class shared_display final : public ports::display {
  public:
    shared_display(std::shared_ptr<ports::display> real, std::shared_ptr<device_lease> lease)
        : real_(std::move(real))
        , lease_(std::move(lease)) {}
    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override { return real_->capabilities(); }

  private:
    [[nodiscard]] result<device_lease::turn> enter() { return lease_->enter(this, "display"); }
    std::shared_ptr<ports::display> real_;
    std::shared_ptr<device_lease> lease_;
};

} // namespace cipherlane::assembly
