#pragma once

#include <cipherlane/acquiring/flow.hpp>

#include <string>

namespace cipherlane::acquiring {

/// A question for a card's balance (余额查询).
struct balance_request {};

struct balance_report {
    bool answered = false; ///< the host gave a balance; else `host_code` says why not
    amount balance;        ///< its absolute value
    bool negative = false;
    std::string host_code;
    std::string host_text; ///< untrusted
    std::string masked_pan;
};

/// Reads a card, takes the PIN and asks the host: MTI 0200, processing code 310000, answer in field 54. Moves no
/// money and is not journalled; silence is `timed_out`.
using balance = flow<balance_request, balance_report>;

extern template class flow<balance_request, balance_report>;

} // namespace cipherlane::acquiring
