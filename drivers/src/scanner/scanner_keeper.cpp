#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/scanner/scanner_keeper.hpp>
#include <cipherlane/net/errc.hpp>

#include <utility>

namespace cipherlane::drivers {

scanner_keeper::scanner_keeper(opener open, logger log)
    : open_(std::move(open))
    , log_(std::move(log)) {}

scanner_keeper::~scanner_keeper() = default;

result<ports::scanned_code> scanner_keeper::scan(const call& bounds) {
    std::unique_lock held(mutex_, std::defer_lock);
    if (!held.try_lock_until(bounds.until().at()))
        return error(make_error_code(boost::system::errc::timed_out), layer::drivers).during("scan");
    for (unsigned losses = 1;; ++losses) {
        CIPHERLANE_CHECK(open(bounds));
        auto code = device_->scan(bounds);
        if (code || !code.error().is(condition::link_lost)) return code;
        log_.warning("scanner", code.error().to_string());
        device_.reset();
        // One that is there and goes at once would be opened without end.
        cipherlane::pause(bounds.no_later_than(schedule_.pause_after(losses)));
        if (bounds.stopped()) return error(make_error_code(net_errc::cancelled), layer::drivers).during("scan");
        if (bounds.until().passed()) return code;
    }
}

result<void> scanner_keeper::open(const call& bounds) {
    for (unsigned failures = 1; !device_; ++failures) {
        auto opened = open_(bounds);
        if (opened) {
            device_ = *std::move(opened);
            return {};
        }
        if (opened.error().is(condition::misuse) || opened.error().is(condition::cancelled))
            return std::move(opened).error();
        cipherlane::pause(bounds.no_later_than(schedule_.pause_after(failures)));
        if (bounds.stopped()) return error(make_error_code(net_errc::cancelled), layer::drivers).during("open");
        if (bounds.until().passed()) return std::move(opened).error();
    }
    return {};
}

bool scanner_keeper::attached() const noexcept {
    const std::unique_lock held(mutex_, std::try_to_lock);
    return !held || (device_ && device_->attached()); // one that is being asked is there, or being looked for
}

} // namespace cipherlane::drivers
