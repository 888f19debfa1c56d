#pragma once

#include <cipherlane/acquiring/lane_gateway.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace cipherlane::ports {
class clock;
class currency_chooser;
class display;
class host;
class pinpad;
class qr_gateway;
class sealer;
class store;
class terminal;
class trade_guard;
} // namespace cipherlane::ports

namespace cipherlane::acquiring {

class timeline;

/// Where the flows of a lane run.
enum class lane_thread : std::uint8_t {
    own,    ///< on a thread of the lane's; the callers wait, or go on
    callers ///< within the call that starts a flow, to its end: one thread at a time may use such a lane. For
            ///< programs of one thread, and for simulations
};

/// The devices and services of one lane. All must outlive it. What is absent makes the flows that need it end with
/// `acquiring_errc::no_device`; a lane without a journal is not opened.
struct lane_ports {
    explicit lane_ports(ports::store& records)
        : journal(&records) {}

    ports::store* journal;
    ports::host* host = nullptr;
    ports::sealer* sealer = nullptr;
    ports::pinpad* pinpad = nullptr;
    ports::display* display = nullptr;
    ports::qr_gateway* gateway = nullptr;
    /// Several, in its place. A payer's code chooses by its prefix, a code that is shown goes to the one that its
    /// trade names, or else to the first; whatever follows goes where the payment went (`qr_gateway::identity`).
    std::vector<lane_gateway> gateways;
    /// A payment terminal in the place of host, sealer and PIN pad: sales and pre-authorisations go to it.
    ports::terminal* terminal = nullptr;
    ports::currency_chooser* chooser = nullptr; ///< asked instead of the PIN pad; called on the lane's own thread
    const ports::clock* clock = nullptr;        ///< the system's if absent
    timeline* observer = nullptr;
    ports::trade_guard* guard = nullptr; ///< who may do what, and what may be sent; called on the lane's own thread
    /// Whether no lane serves a terminal: what gateways say of its orders is this lane's then, to be told and
    /// acknowledged. Absent: every terminal has a lane somewhere. Called on the lane's own thread.
    std::function<bool(std::string_view terminal_id)> inherits;
    lane_thread runs_on = lane_thread::own;
};

} // namespace cipherlane::acquiring
