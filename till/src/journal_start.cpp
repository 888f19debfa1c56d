#include "part_makers.hpp"

#include <cipherlane/till/journal_start.hpp>

namespace cipherlane {
namespace {

result<void> open_once(const till_settings& settings, assembly::journal_wish wish, const call& bounds) {
    CIPHERLANE_CHECK(settings.validate());
    const ports::system_clock clock;
    CIPHERLANE_TRY(
        [[maybe_unused]] const auto journal, assembly::make_journal(settings, wish, clock, bounds, logger::none()));
    return {};
}

} // namespace

result<void> begin_journal(const till_settings& settings, const call& bounds) {
    return open_once(settings, assembly::journal_wish::begin, bounds);
}

result<void> adopt_journal(const till_settings& settings, const call& bounds) {
    return open_once(settings, assembly::journal_wish::adopt, bounds);
}

} // namespace cipherlane
