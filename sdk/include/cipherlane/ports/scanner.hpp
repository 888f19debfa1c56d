#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/monotonic_clock.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/wiped_text.hpp>

#include <string>

namespace cipherlane::ports {

/// What a scanner has read. A payment code is money for about a minute: the text is wiped and never printed.
struct scanned_code {
    wiped_text text;                    ///< without identifier and terminator, UTF-8
    std::string symbology;              ///< its AIM identifier, as "]Q1"; empty where the scanner told none
    monotonic_clock::time_point when{}; ///< it came to its end
};

/// A barcode scanner (扫码枪, 扫码盒). One call at a time.
class scanner {
  public:
    scanner() = default;
    scanner(const scanner&) = delete;
    scanner& operator=(const scanner&) = delete;
    virtual ~scanner() = default;

    /// Waits for the next code. What was scanned before the call is dropped: a code that somebody held there for
    /// something else pays for nothing.
    /// @return `timed_out` and `cancelled` where none came.
    [[nodiscard]] virtual result<scanned_code> scan(const call& bounds) = 0;
    /// Whether the system knows nothing against the device.
    [[nodiscard]] virtual bool attached() const noexcept = 0;
};

} // namespace cipherlane::ports
