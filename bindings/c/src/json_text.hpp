#pragma once

#include "guard.hpp"

#include <boost/json.hpp>

#include <string_view>

namespace cipherlane::c {

/// An object from JSON text of a caller's.
/// @return `bad_argument` with the argument as field and where reading stopped
[[nodiscard]] inline result<boost::json::object> parse_object(std::string_view text, std::string_view argument) {
    boost::json::stream_parser reader;
    boost::json::error_code fault;
    const auto read = reader.write_some(text.data(), text.size(), fault);
    if (!fault && read == text.size()) reader.finish(fault);
    if (fault || read != text.size()) return refuse(c_errc::bad_argument, argument).at_offset(read);
    auto whole = reader.release();
    if (!whole.is_object()) return refuse(c_errc::bad_argument, argument);
    return std::move(whole.get_object());
}

} // namespace cipherlane::c
