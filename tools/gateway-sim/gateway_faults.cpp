#include "gateway-sim/gateway_faults.hpp"

namespace cipherlane::sim {

std::vector<fault_kind> gateway_faults() {
    using enum fault_effect;
    const std::vector<std::string> requests{"GET", "POST"};
    const std::vector<std::string> notices{"notification"};
    return {{"no_answer", end, requests}, {"late_answer", wait, requests}, {"server_error", alter, requests},
        {"bare_404", alter, requests}, {"no_notification", withhold, notices}, {"late_notification", wait, notices},
        {"duplicate_notification", repeat, notices}, {"bad_signature", alter, notices},
        {"processing", alter, {"create", "query", "cancel", "charge", "reverse", "refund"}},
        {"unsigned", alter, {"create", "query", "cancel", "charge", "reverse", "refund", "refund_query"}},
        {"forged", alter, {"create", "query", "cancel", "charge", "reverse", "refund", "refund_query", "bill"}},
        {"abnormal", alter, {"refund", "reverse"}},
        {"other_amount", alter, {"create", "query", "cancel", "charge", "reverse"}},
        {"other_merchant", alter, {"create", "query", "cancel", "refund", "charge", "reverse"}},
        {"forgotten", alter, {"query", "cancel", "refund", "reverse"}},
        {"no_json", alter, {"create", "query", "cancel", "refund", "charge", "reverse"}},
        {"ledger_fails", alter, {"create", "cancel", "refund", "charge", "reverse"}},
        {"paid_at_once", alter, {"create"}}, {"paid_after_close", alter, {"cancel"}},
        {"given_back", alter, {"query"}},
        {"sign_error", alter, {"create", "query", "cancel", "charge", "reverse", "refund", "refund_query"}},
        {"asked_twice", alter, {"charge", "refund"}}, {"accepted", alter, {"create", "cancel", "charge", "refund"}},
        {"by_certificate", alter, {"query"}}, {"has_certificates", alter, {"certificates"}},
        {"other_digest", alter, {"bill"}}, {"closed", alter, {"refund"}},
        {"no_currency", alter, {"query", "charge", "refund"}}};
}

} // namespace cipherlane::sim
