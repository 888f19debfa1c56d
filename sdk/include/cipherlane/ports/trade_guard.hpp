#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/ports/order_funds.hpp>
#include <cipherlane/ports/order_payer.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::ports {

/// What is asked of a terminal that not everybody may do.
enum class deed : std::uint8_t {
    trade,
    decide, ///< a person's word on a record
    settle,
    settle_at_its_time, ///< by the till itself, as its settings ask for: nobody need be on duty
};

/// What somebody wants done, before anything of it is.
struct intent {
    deed what = deed::trade;
    std::string key;            ///< of the trade, or of the record that is decided
    trade kind = trade::sale;   ///< likewise; of a settlement it says nothing
    amount total;               ///< likewise
    std::uint64_t original = 0; ///< the record that the trade names
    order_funds funds = order_funds::any;
};

/// Who is on duty at a terminal.
struct duty {
    std::string operator_id; ///< 1 to 3 characters; empty: the one of the settings
    std::uint32_t shift = 0; ///< 0: without sign-on
};

/// Watches over a lane: who may do what, and what may be sent. Called on the lane's own thread, which waits. An error
/// is told to whoever asked for the trade: nothing has left, nothing is in the journal, and the key may be used
/// again. What has been done under a key already is told without asking.
class trade_guard {
  public:
    trade_guard() = default;
    trade_guard(const trade_guard&) = delete;
    trade_guard& operator=(const trade_guard&) = delete;
    virtual ~trade_guard() = default;

    /// Whether `may_send` keeps credit out of a payment that is to have none (`intent::funds`), where no gateway
    /// does. A guard that does not say so has the lane refuse such a payment: nobody would look at it.
    [[nodiscard]] virtual bool judges_funds() const { return false; }
    /// Before any device, host or gateway is asked. @return who does it.
    [[nodiscard]] virtual result<duty> may_begin(
        const std::string& terminal_id, const intent& what, const call& bounds) = 0;
    /// Right before the record is made durable and the request leaves; the card is known, its number masked. What is
    /// taken of limits here is given back by one of the two below.
    [[nodiscard]] virtual result<void> may_send(const journal_record& fresh, const call& bounds) = 0;
    /// What the gateway is told that an order which `may_send` has let through may be paid from: what the trade asks
    /// for, or stricter.
    [[nodiscard]] virtual order_funds funds_for(const journal_record& /*fresh*/, order_funds asked) const {
        return asked;
    }
    /// What a gateway has told of who has paid, right before that becomes the record's verdict: nobody can refuse it
    /// any more. Of one record more than once.
    virtual void paid_by(const journal_record& /*record*/, const order_payer& /*payer*/) noexcept {}
    /// What `may_send` has let through certainly did not leave.
    virtual void not_sent(const journal_record& record) noexcept = 0;
    /// What has become of a record is durable: its verdict, or a change of it. Of one record more than once.
    virtual void decided(const journal_record& record) noexcept = 0;
};

} // namespace cipherlane::ports
