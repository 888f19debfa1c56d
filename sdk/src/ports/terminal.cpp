#include <cipherlane/ports/terminal.hpp>

namespace cipherlane::ports {
namespace {

error not_supported(std::string_view operation) {
    return error(boost::system::errc::make_error_code(boost::system::errc::operation_not_supported), layer::ports)
        .during(operation);
}

} // namespace

std::string_view to_string(terminal_verb value) noexcept {
    switch (value) {
    case terminal_verb::authorise: return "authorise";
    case terminal_verb::void_payment: return "void";
    case terminal_verb::refund: return "refund";
    case terminal_verb::pre_authorise: return "pre-authorise";
    case terminal_verb::void_pre_authorisation: return "void pre-authorisation";
    case terminal_verb::complete: return "complete";
    }
    return "?";
}

std::string_view to_string(terminal_outcome value) noexcept {
    switch (value) {
    case terminal_outcome::approved: return "approved";
    case terminal_outcome::declined: return "declined";
    case terminal_outcome::unknown: return "unknown";
    }
    return "?";
}

bool terminal_capabilities::can(terminal_verb what) const noexcept {
    switch (what) {
    case terminal_verb::authorise: return true;
    case terminal_verb::void_payment: return void_payment;
    case terminal_verb::refund: return refund;
    case terminal_verb::pre_authorise: return pre_authorise;
    case terminal_verb::void_pre_authorisation: return void_pre_authorisation;
    case terminal_verb::complete: return complete;
    }
    return false;
}

result<terminal_settlement> terminal::totals(const call& /*bounds*/) {
    return not_supported("totals");
}

result<terminal_report> terminal::verify_card(const call& /*bounds*/) {
    return not_supported("verify card");
}

result<void> terminal::diagnosis(const call& /*bounds*/) {
    return not_supported("diagnosis");
}

result<void> terminal::reach_host_by(terminal_network* network) {
    if (network == nullptr) return {};
    return not_supported("pass through");
}

} // namespace cipherlane::ports
