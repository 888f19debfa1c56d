#pragma once

#include <boost/system/error_code.hpp>

#include <string_view>

/// Why a port cannot be had, in words that say what to do.
namespace cipherlane::sim {

/// @return empty: the error's own words are all that is known.
[[nodiscard]] inline std::string_view listen_hint(boost::system::error_code why) noexcept {
    namespace errc = boost::system::errc;
    if (why == errc::address_in_use) return "another program has the port: end it, or take 0 for any free one";
    if (why == errc::permission_denied)
        return "this user may not have that port: take one above 1023, or 0 for any free one";
    if (why == errc::too_many_files_open) return "this process has as many files open as it may: raise ulimit -n";
    return {};
}

} // namespace cipherlane::sim
