#pragma once

#include <cipherlane/drivers/scanner/scan_reader.hpp>
#include <cipherlane/net/machine.hpp>

#include <optional>

namespace cipherlane::drivers {

/// Waits for one code, sans-io: drops what was scanned before, then takes the first that is whole.
class scan_exchange final : public net::exchange<ports::scanned_code> {
  public:
    /// `reader` must outlive the exchange.
    explicit scan_exchange(scan_reader& reader);

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<ports::scanned_code> take() override;

  private:
    [[nodiscard]] net::action wait_on() const;

    scan_reader& reader_;
    bool draining_ = true;
    std::optional<ports::scanned_code> code_;
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
