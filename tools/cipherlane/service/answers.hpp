#pragma once

#include "cipherlane/service/http_message.hpp"

#include <cipherlane/core/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace cipherlane::service {

/// On one line; bytes of a peer that are no UTF-8 are replaced.
[[nodiscard]] std::string text_of(const nlohmann::ordered_json& what);

[[nodiscard]] http_answer told(const nlohmann::ordered_json& what, unsigned status = 200);

/// An error of the till, as the tool tells it, with the status of its condition: 400 what was asked cannot be, 403
/// the operator may not or has not signed on, 404 there is no such thing, 409 not now or not so, 422 the other side
/// said no, 500 this machine's own fault, 429 too many wrong secrets, 501 not in this build or device, 502 no link,
/// or no answer that can be read, 504 too late.
///
/// Of a trade: nothing has left and nothing is pending, and the key may be used again. What is in doubt is no error
/// but a payment whose outcome is unknown.
[[nodiscard]] http_answer refused(const error& why);
[[nodiscard]] nlohmann::ordered_json error_json(const error& why);

/// A path that is none, or not by this verb.
[[nodiscard]] http_answer no_such_path(const std::string& allowed);

} // namespace cipherlane::service
