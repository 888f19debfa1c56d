#include "cipherlane/service/answers.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/errc.hpp>

#include <nlohmann/json.hpp>

#include <array>

namespace cipherlane::service {

using json = nlohmann::ordered_json;

namespace {

struct status_row {
    condition is;
    unsigned status;
};

constexpr std::array by_condition{
    status_row{condition::timed_out, 504},
    status_row{condition::cancelled, 409},
    status_row{condition::link_lost, 502},
    status_row{condition::bad_message, 502},
    status_row{condition::rejected_by_peer, 422},
    status_row{condition::misuse, 409},
    status_row{condition::outcome_unknown, 500},
    status_row{condition::unsupported, 501},
    status_row{condition::local_fault, 500},
};

unsigned status_of(const error& why) {
    const auto& code = why.code();
    if (code == make_error_code(acquiring_errc::bad_request)) return 400;
    for (const auto what : {till_errc::nobody_on_duty, till_errc::no_right, till_errc::wrong_secret})
        if (code == make_error_code(what)) return 403;
    if (code == make_error_code(till_errc::locked_out)) return 429;
    if (code == make_error_code(acquiring_errc::no_original) || code == make_error_code(till_errc::no_such_terminal))
        return 404;
    for (const auto& row : by_condition)
        if (why.is(row.is)) return row.status;
    return 500;
}

} // namespace

std::string text_of(const json& what) {
    return what.dump(-1, ' ', false, json::error_handler_t::replace);
}

http_answer told(const json& what, unsigned status) {
    http_answer made;
    made.status = status;
    made.body = text_of(what) + "\n";
    return made;
}

json error_json(const error& why) {
    auto made = cli::to_json(why);
    if (const auto advice = likely_cause(why); !advice.empty()) made["advice"] = advice;
    return made;
}

http_answer refused(const error& why) {
    auto made = told({{"error", error_json(why)}}, status_of(why));
    if (why.code() == make_error_code(acquiring_errc::busy)) made.headers.emplace_back("Retry-After", "1");
    return made;
}

http_answer no_such_path(const std::string& allowed) {
    const bool is_there = !allowed.empty();
    auto made = told({{"error", {{"text", is_there ? "not by this method" : "no such path"}, {"condition", "misuse"},
                                    {"hint", is_there ? "expected " + allowed : "GET /openapi.json lists them"}}}},
        is_there ? 405 : 404);
    if (is_there) made.headers.emplace_back("Allow", allowed);
    return made;
}

} // namespace cipherlane::service
