#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/net/transport.hpp>

#include <cstdint>
#include <memory>

namespace cipherlane::drivers {

/// The reports of a HID device that stand for a stream of bytes.
struct report_shape {
    std::uint8_t out_number = 0; ///< 0: reports are not numbered
    std::uint8_t in_number = 0;
    std::size_t out_size = 64; ///< bytes of a report, without its number
    std::size_t in_size = 64;
    std::uint8_t fill = 0; ///< behind data that does not fill the last report
};

/// A HID interface as a stream: what is written goes out in whole reports, the last one filled up; reads give the
/// content of the input reports of this number, as they come. Reports of other numbers are dropped.
/// `hid` is what `open_hid` or `open_hid_through_usb` gave. Sizes are 1 to 4,096.
[[nodiscard]] std::unique_ptr<net::transport> make_report_link(
    std::unique_ptr<net::transport> hid, const report_shape& shape);

} // namespace cipherlane::drivers
