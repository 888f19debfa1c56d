#include <cipherlane/drivers/transport/discovery.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

using enum known_device::certainty;

/// The udev rules name the same devices; a test holds the two against each other.
constexpr std::array table{
    known_device{0x1A86, 0x7523, "bonrix", "CH340 serial chip, as in Bonrix DQR displays", chip},
    known_device{0x1A86, 0xFE0C, "weact", "WeAct Display FS 3.5 inch", device},
    known_device{0x1A86, 0xFE0C, "weact-small", "WeAct Display FS 0.96 inch, with the ids of the large one", device},
};

/// Devices of several drivers may have the same ids.
constexpr bool in_order(const known_device& a, const known_device& b) {
    return a.vendor != b.vendor ? a.vendor < b.vendor : a.product < b.product;
}
static_assert(std::ranges::is_sorted(table, in_order));

} // namespace

std::span<const known_device> known_devices() noexcept {
    return table;
}

} // namespace cipherlane::drivers
