#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/till/route_report.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

class till;

/// Terminals at several acquirers that stand for one another (`routing.terminals` of the settings): a payment goes to
/// the one that is best for it, by fee, success and time (`routing::router`). What has begun somewhere stays there: a
/// key that was used, a payment in doubt, and every void, refund, query and settlement of it, as each terminal has
/// records, keys and a batch of its own.
///
/// A route that cannot be reached, and one with a payment in doubt, is passed over while there is another one;
/// where nobody has been asked for anything yet the payment goes on over the next. What is in doubt is asked for
/// again in the background. What was said by hand is kept in a file, which any process may write; what the routes
/// have done lately is counted from the journal when this is opened.
///
/// Whoever sells at one of the terminals directly takes keys of his own: what is under way there is not seen before
/// its record is. Several of it for one till know each other's keys, and judge apart. Movable, thread-safe; destroyed
/// from anywhere but within a trade.
class routed_terminal {
  public:
    /// @return `till_errc::missing_setting` where the settings name no terminals for it; what journal and file say
    [[nodiscard]] static result<routed_terminal> open(till& of, const call& bounds);
    routed_terminal(routed_terminal&&) noexcept;
    routed_terminal& operator=(routed_terminal&&) noexcept;
    ~routed_terminal();

    /// As `till::trade` and its others, on a terminal that is chosen. @return besides `till_errc::no_route` where
    /// somebody has closed all of them: nothing was sent; `acquiring_errc::busy` while another caller has this key
    /// under way, whatever `terminal.queue` says; `key_reused` for one that a terminal has used which is no route;
    /// `bad_request` for what was approved offline or by telephone, which is one acquirer's
    [[nodiscard]] result<acquiring::payment> trade(const acquiring::trade_request& request, const call& bounds);
    [[nodiscard]] result<acquiring::payment> void_payment(const acquiring::void_request& request, const call& bounds);
    [[nodiscard]] result<acquiring::payment> refund(const acquiring::refund_request& request, const call& bounds);
    /// What the journal has under a key, on whichever terminal, or under a handle.
    [[nodiscard]] result<std::optional<acquiring::payment>> lookup(std::string_view key, const call& bounds);
    [[nodiscard]] result<std::optional<acquiring::payment>> lookup(std::uint64_t handle, const call& bounds);
    /// On all terminals. A route that does not answer keeps the others from nothing.
    [[nodiscard]] result<std::vector<acquiring::payment>> recover(const call& bounds);

    [[nodiscard]] result<std::vector<route_report>> routes(const call& bounds);
    /// By hand, durable: all payments go to this host; empty: they are chosen for again.
    /// @return `till_errc::no_route` for a host that is none of the routes; what writing the file says
    [[nodiscard]] result<void> pin(std::string_view host);
    /// Likewise: no payment goes there, or some may again. What is undecided there stays.
    [[nodiscard]] result<void> close(std::string_view host);
    [[nodiscard]] result<void> reopen(std::string_view host);

  private:
    struct impl;
    explicit routed_terminal(std::unique_ptr<impl> body) noexcept;
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane
