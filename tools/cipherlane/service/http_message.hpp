#pragma once

#include <cipherlane/core/wiped_text.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::service {

class event_log;

/// A request whose sender has shown the token.
struct http_request {
    std::string method;
    std::string path; ///< as it was sent, without the query; each segment still percent-encoded
    std::vector<std::pair<std::string, std::string>> query; ///< decoded, in their order
    std::string body;                                       ///< may hold a payment code: whoever reads it wipes it
    std::string last_event_id;
    wiped_text operator_session; ///< of whoever has signed on and asks; empty: nobody says
};

/// What of the log a stream of events is about.
struct event_wish {
    std::shared_ptr<event_log> log;
    std::string terminal; ///< empty: all
    std::string after;    ///< the id of the last event that was seen; empty: what comes from now on
};

struct http_answer {
    unsigned status = 200;
    std::string body;
    std::string type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    event_wish events; ///< with a log: the answer is its events, without end
};

/// Takes an answer, once, on any thread. Whoever asked may have gone by then.
using answer_sink = std::function<void(http_answer)>;

} // namespace cipherlane::service
