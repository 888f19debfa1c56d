#pragma once

#include "cipherlane/service/wish.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::service {

/// What the service can be asked for.
enum class operation : std::uint8_t {
    health,
    metrics,
    open_api,
    events,
    terminals,
    terminal,
    trade,
    find,
    cancel,
    acknowledge,
    recover_one,
    decide,
    receipt,
    print,
    records,
    notices,
    acknowledge_notice,
    gateway_routes,
    set_gateway_route,
    recover,
    settle,
    settlement,
    sign_in,
    balance,
    ask,
    drawer,
    sign_on,
    sign_off,
    close_shift,
    shifts,
};

/// Whether a request says which operator asks (the header Operator-Session).
enum class shown_session : std::uint8_t {
    none,
    where_there_are, ///< where the settings name operators
    always,
};

/// One row: how an operation is asked for, and what its answer is.
struct route {
    operation what;
    std::string_view verb;   ///< "GET"
    std::string_view path;   ///< "/v1/terminals/{terminal}"
    std::string_view id;     ///< of the operation in the OpenAPI document
    std::string_view about;  ///< what it does, in a sentence
    std::string_view answer; ///< schema of an answer of 200; empty: no JSON
    std::span<const member> query = {};
    std::span<const member> body = {}; ///< of a trade: by its verb (`members_of_trade`)
    shown_session session = shown_session::none;
};

[[nodiscard]] std::span<const route> routes() noexcept;

/// What the request for a trade may say, `trade` itself too; nothing for a verb that is none.
[[nodiscard]] std::vector<member> members_of_trade(std::string_view verb);

struct found_route {
    const route* row = nullptr;     ///< null: no such path, or not by this verb
    std::vector<std::string> names; ///< what stands in the place of {terminal}, {key}
    std::string allowed;            ///< with a null row: the verbs of this path; empty: no such path
};
[[nodiscard]] found_route find_route(std::string_view verb, const std::vector<std::string>& segments);

/// The OpenAPI 3 document of the service: made of the table above, of the trades and of the schemas of the answers.
[[nodiscard]] nlohmann::ordered_json open_api();

} // namespace cipherlane::service
