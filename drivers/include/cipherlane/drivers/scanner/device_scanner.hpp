#pragma once

#include <cipherlane/drivers/scanner/scan_reader.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/scanner.hpp>

#include <atomic>
#include <memory>

namespace cipherlane::drivers {

/// A scanner over one link. Errors name the endpoint. One call at a time: a call of another thread meanwhile ends
/// with `call_under_way`.
class device_scanner final : public ports::scanner {
  public:
    device_scanner(std::unique_ptr<net::transport> link, std::unique_ptr<scan_reader> reader);
    ~device_scanner() override;

    [[nodiscard]] result<ports::scanned_code> scan(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override { return link_->is_open(); }

  private:
    std::unique_ptr<net::transport> link_;
    std::unique_ptr<scan_reader> reader_;
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
