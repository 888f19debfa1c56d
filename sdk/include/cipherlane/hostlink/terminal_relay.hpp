#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/host.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <memory>

namespace cipherlane::hostlink {

/// The way of a card terminal to its host through the till: each message goes over a link of the till's, and the
/// first answer goes back, both as they are. Nothing is looked into, nothing is repeated, and of a message no more is
/// written than how long it is.
class terminal_relay final : public ports::terminal_network {
  public:
    /// @param host the link; its lengths are not the terminal's affair
    explicit terminal_relay(std::unique_ptr<ports::host> host, logger log = {});
    ~terminal_relay() override;

    /// @return what `ports::host::exchange` says: a call that leaves less than the host's time ends with nothing
    /// sent, and what has left is seen to its end.
    [[nodiscard]] result<bytes> pass(byte_view message, const call& bounds) override;

  private:
    std::unique_ptr<ports::host> host_;
    logger log_;
};

} // namespace cipherlane::hostlink
