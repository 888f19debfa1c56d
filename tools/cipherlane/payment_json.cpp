#include "cipherlane/payment_json.hpp"

#include <cipherlane/ports/clock.hpp>
#include <cipherlane/till/till_json.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::cli {

using json = nlohmann::ordered_json;

json to_json(const acquiring::payment& what) {
    return json::parse(json_line(what));
}

json to_json(const ports::batch_totals& what) {
    return json::parse(json_line(what));
}

json to_json(const acquiring::settlement_report& what) {
    return json::parse(json_line(what));
}

json to_json(const acquiring::balance_report& what) {
    return json::parse(json_line(what));
}

json to_json(const acquiring::sign_in_report& what) {
    return json::parse(json_line(what));
}

json to_json(acquiring::service asked, const acquiring::service_report& what) {
    return json::parse(json_line(asked, what));
}

json to_json(const till_status& what) {
    return json::parse(json_line(what));
}

json to_json(const ports::order_notice& what) {
    return json::parse(json_line(what));
}

json to_json(const shift_report& what) {
    return json::parse(json_line(what));
}

std::string civil_stamp(std::chrono::system_clock::time_point when) {
    return ports::to_civil(when).to_string() + " +08:00";
}

} // namespace cipherlane::cli
