#pragma once

#include <cipherlane/core/logger.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace cipherlane {

namespace ports {
class clock;
class currency_chooser;
class display;
class host;
class pinpad;
class printer;
class qr_gateway;
class risk_judge;
class scanner;
class sealer;
class store;
class terminal;
struct terminal_line;
} // namespace ports
namespace acquiring {
class timeline;
}

/// A part that stays its owner's: see `lend`.
template <class Part>
struct lent_part {
    Part* part;
};
/// Says of a part that it is given to a till and stays the caller's. It must outlive the till and all its terminals;
/// no reference becomes one by itself.
template <class Part>
[[nodiscard]] lent_part<Part> lend(Part& part) noexcept {
    return {&part};
}

/// A part that the caller gives instead of the one that the settings name: owned by the till, or lent to it.
template <class Port>
class till_part {
  public:
    /// Not given: the settings say.
    till_part() = default;
    /// From here on the till's, and whoever else holds it.
    till_part(std::shared_ptr<Port> owned) // NOLINT(google-explicit-constructor): a pointer is given as it is
        : port_(std::move(owned))
        , given_(true) {}
    template <class Made>
    till_part(std::unique_ptr<Made> owned) // NOLINT(google-explicit-constructor)
        : till_part(std::shared_ptr<Port>(std::move(owned))) {}
    template <class Part>
    till_part(lent_part<Part> lent) // NOLINT(google-explicit-constructor)
        : till_part(std::shared_ptr<Port>(std::shared_ptr<void>(), lent.part)) {}

    [[nodiscard]] bool given() const noexcept { return given_; }
    /// Given, and yet nothing.
    [[nodiscard]] bool is_null() const noexcept { return given_ && !port_; }
    [[nodiscard]] const std::shared_ptr<Port>& port() const noexcept { return port_; }

  private:
    std::shared_ptr<Port> port_;
    bool given_ = false;
};

/// What a till is put together from beside its settings: each part that is given stands in for the one that the
/// settings name, which is then not made. A null part is `till_errc::null_part`. Host, sealer and gateway do one
/// thing at a time: for a till of several terminals they cannot be given (`till_errc::shared_part`). PIN pads can,
/// one for each.
struct till_parts {
    till_part<ports::store> journal;
    till_part<ports::host> host;
    till_part<ports::sealer> sealer;
    till_part<ports::pinpad> pinpad; ///< of all terminals, which take turns
    /// By terminal number: the PIN pad of one terminal alone. A number that no terminal has is
    /// `till_errc::no_such_terminal`.
    std::map<std::string, till_part<ports::pinpad>, std::less<>> pinpads;
    till_part<ports::terminal> card_terminal;
    /// Takes the lines of receipts of the card terminals that the settings name, and prints them; called on the
    /// thread of the terminal's call, of several terminals on several threads. Not given: the terminal prints its
    /// receipts itself.
    std::function<void(const ports::terminal_line&)> receipt_line;
    till_part<ports::display> display;
    /// Its receipts are kept in the settings' queue (`printer.queue_file`, else beside the journal) until it has
    /// printed them.
    till_part<ports::printer> printer;
    till_part<ports::scanner> scanner; ///< one call at a time; each of its codes passes once
    till_part<ports::qr_gateway> gateway;
    till_part<ports::currency_chooser> chooser; ///< of all terminals; called on their threads
    till_part<ports::risk_judge> risk;          ///< asked before a payment leaves; on a thread of its own
    till_part<const ports::clock> clock;
    till_part<acquiring::timeline> observer; ///< of all terminals; called on their threads
    logger log;
};

} // namespace cipherlane
