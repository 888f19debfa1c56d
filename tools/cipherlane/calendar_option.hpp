#pragma once

#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/business_calendar.hpp>

#include <string>

namespace cipherlane::cli {

/// The calendar of a file; weekends alone, where none is named.
inline business_calendar calendar_or_weekends(const std::string& file) {
    constexpr std::string_view weekends = "name = \"weekends\"\nfirst = \"1970-01-01\"\nlast = \"2199-12-31\"\n";
    return value_or_stop(
        file.empty() ? business_calendar::parse(weekends, "weekends") : business_calendar::load(file),
        "docs/29-clearing.md says what a calendar holds", ending::wrong_use);
}

} // namespace cipherlane::cli
