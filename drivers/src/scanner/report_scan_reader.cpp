#include <cipherlane/drivers/scanner/scan_reader.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

// Places in a report behind its number; usage page 8C, usage 12 (scanned data).
constexpr std::size_t length_at = 0;
constexpr std::size_t identifier_at = 1;
constexpr std::size_t identifier_size = 3;
constexpr std::size_t data_at = identifier_at + identifier_size;
constexpr std::size_t data_size = 56;
constexpr std::size_t more_at = 62;

/// The code ends with its last report, whatever a terminator may say.
scanner_profile by_reports(scanner_profile profile) {
    profile.end = scan_end::silence;
    profile.silence = profile.broken_off;
    return profile;
}

} // namespace

report_scan_reader::report_scan_reader(scanner_profile profile)
    : scan_reader(by_reports(profile))
    , report_(report_size) {}

std::optional<ports::scanned_code> report_scan_reader::silent() {
    reset();
    return std::nullopt;
}

void report_scan_reader::reset() {
    wipe(report_.expose());
    at_ = 0;
    scan_reader::reset();
}

bool report_scan_reader::feed(std::uint8_t byte) {
    report_.expose()[at_++] = byte;
    if (at_ < report_size) return false;
    at_ = 0;
    return whole_report();
}

bool report_scan_reader::whole_report() {
    const auto report = report_.expose();
    const auto size = std::min<std::size_t>(report[length_at], data_size);
    if (report[length_at] > data_size) spoil(); // it says more than it has room for
    const auto identifier = as_text(report.subspan(identifier_at, identifier_size));
    if (identifier[0] == ']') symbology(std::string(identifier));
    for (const auto one : report.subspan(data_at, size))
        static_cast<void>(add(one));
    return report[more_at] == 0 && ended();
}

} // namespace cipherlane::drivers
