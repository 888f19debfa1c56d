#pragma once

#include "lane/lane_core.hpp"

#include <utility>

namespace cipherlane::acquiring {

/// Whether somebody may do this now, and who it is; nobody's word is needed where nobody watches.
[[nodiscard]] result<ports::duty> may_begin(lane_core& on, const ports::intent& what, const call& bounds);

/// What was let through, until it has a record: where it never gets one, that is told on the way out.
class passage {
  public:
    passage(lane_core& on, const ports::journal_record& fresh) noexcept
        : guard_(on.guard())
        , fresh_(&fresh) {}
    passage(passage&& other) noexcept
        : guard_(std::exchange(other.guard_, nullptr))
        , fresh_(other.fresh_) {}
    passage& operator=(passage&&) = delete;
    ~passage() {
        if (guard_ != nullptr) guard_->not_sent(*fresh_);
    }
    void is_used() noexcept { guard_ = nullptr; }

  private:
    ports::trade_guard* guard_;
    const ports::journal_record* fresh_; // the caller's, which outlives this
};

/// Whether what is about to become a record may be sent.
[[nodiscard]] result<passage> let_through(lane_core& on, const ports::journal_record& fresh, const call& bounds);

/// What the gateway is told that an order may be paid from.
[[nodiscard]] result<ports::order_funds> funds_for(
    lane_core& on, const ports::journal_record& fresh, ports::order_funds asked);

/// Whoever watches hears of it before the verdict is durable: a crash between the two tells it once more.
void tell_payer(lane_core& on, const ports::journal_record& record, const ports::qr_order_status& told);

} // namespace cipherlane::acquiring
