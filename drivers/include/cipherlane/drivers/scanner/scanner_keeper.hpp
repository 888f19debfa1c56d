#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/drivers/transport/reopen.hpp>
#include <cipherlane/ports/scanner.hpp>

#include <functional>
#include <memory>
#include <mutex>

namespace cipherlane::drivers {

/// A scanner that may be unplugged, above any driver: a call opens it where it is away, again and again within its
/// bounds, and goes on waiting where it went meanwhile. Nothing is asked of it between calls. Thread-safe; calls wait
/// for each other.
class scanner_keeper final : public ports::scanner {
  public:
    using opener = std::function<result<std::unique_ptr<ports::scanner>>(const call& bounds)>;

    explicit scanner_keeper(opener open, logger log = logger::none());
    ~scanner_keeper() override;

    [[nodiscard]] result<ports::scanned_code> scan(const call& bounds) override;
    /// Of the scanner that was open last; false before the first.
    [[nodiscard]] bool attached() const noexcept override;

  private:
    [[nodiscard]] result<void> open(const call& bounds);

    opener open_;
    logger log_;
    reopen_schedule schedule_{std::chrono::milliseconds{50}, std::chrono::milliseconds{1'000}, 2.0};
    mutable std::timed_mutex mutex_;
    std::unique_ptr<ports::scanner> device_;
};

} // namespace cipherlane::drivers
