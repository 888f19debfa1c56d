#pragma once

#include <cipherlane/acquiring/lane_ports.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>

#include <cstdint>
#include <memory>

namespace cipherlane::acquiring {

class lane_core;

/// One terminal at work: its settings, its devices and the one thread on which everything of it happens (or, with
/// `lane_thread::callers`, the thread of whoever starts a flow).
///
/// Flows (`sale`, `qr_sale`, `settlement` and so on) are made from a lane and may be used from any thread: they run
/// one at a time. What takes or gives money by itself (`sale`, `qr_sale`, `void_payment`, `refund`) or asks for a
/// card
/// (`balance`) is refused as `busy` while another one is under way, unless the setting `terminal.queue` lets it wait;
/// everything else waits its turn. A blocking flow on the lane's own thread (from a timeline) is refused as
/// `own_thread`. The destructor asks the flow under way to stop, waits for it (a payment request that has left is
/// seen to its end) and ends those still queued, and those started later, with `lane_closed`. On the lane's own
/// thread it cannot wait: then the flow goes on to its end behind it, which is logged, and the ports must live so
/// long.
class lane {
  public:
    /// Checks the settings, reads the terminal's state, loads the MAC key of the last sign-in into the sealer and
    /// clears the display. Sends nothing. Pending reversals go out before the first trade; `recovery` sends them at
    /// once.
    /// @return `misuse` for bad settings, without a journal (`no_device`), for a terminal that another lane of
    /// this process has (`terminal_in_use`), and for several gateways of which two have one name or one identity, or
    /// one tells none (`bad_settings`); what the journal or the sealer says.
    [[nodiscard]] static result<lane> open(
        terminal_settings settings, const lane_ports& with, const call& bounds, logger log = {});

    lane(lane&&) noexcept;
    lane& operator=(lane&& other) noexcept;
    ~lane();

    [[nodiscard]] const terminal_settings& settings() const noexcept;

    /// The application's word that it has told an outcome to whom it concerns: the receipt is printed, the order is
    /// marked as paid. Until then `recovery` tells it again, however often the till starts, until its batch is
    /// settled. What is not decided stays as it is and is told until it is. May be called while a flow is under way,
    /// from any thread; kept with the journal's next commit, at the latest after its `flush_after`.
    /// @param handle `payment::handle`.
    /// @return `no_original` for a record that is not of this terminal; what the journal says.
    [[nodiscard]] result<void> acknowledge(std::uint64_t handle, const call& bounds);

    /// Somebody has seen to a gateway's word that no flow could settle: of an order that the journal does not have,
    /// of one of which it says something else, or of a second payment (`ports::store::left_notices`). Until then
    /// `recovery` raises it again, however often the till starts. Threads and durability as above.
    /// @param notice `alert::notice`, `ports::order_notice::id`.
    /// @return `no_original` for one that does not wait at this terminal; what the journal says.
    [[nodiscard]] result<void> acknowledge_notice(std::uint64_t notice, const call& bounds);

    /// Whether this is called from within a flow of the lane's, on the lane's thread.
    [[nodiscard]] bool on_own_thread() const noexcept;
    /// For an owner of the lane and of its ports that is let go there: it is kept until the flow under way has ended.
    void end_with(std::shared_ptr<void> owner) noexcept;

  private:
    friend class flow_access;
    explicit lane(std::shared_ptr<lane_core> core) noexcept;
    void close() noexcept;
    std::shared_ptr<lane_core> core_;
};

} // namespace cipherlane::acquiring
