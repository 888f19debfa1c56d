#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/http_fields.hpp>

#include <string>
#include <string_view>

namespace cipherlane::cli {

/// A request, an answer or a notice as somebody has kept it: whole, as `curl -v` prints it, as JSON with "headers"
/// and "body", or its body alone.
struct captured_http {
    std::string method;  ///< of a request or notice; empty: none was there
    std::string target;  ///< path and query as sent
    unsigned status = 0; ///< of an answer; 0: none was there
    hostlink::http_fields fields;
    std::string body; ///< its very bytes
    std::string note; ///< what was found odd about it; empty: nothing
};

/// @return `core_errc::bad_text` for nothing, and for a head without an end.
[[nodiscard]] result<captured_http> read_captured_http(std::string_view text);

} // namespace cipherlane::cli
