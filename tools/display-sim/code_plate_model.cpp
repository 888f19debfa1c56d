#include "display-sim/code_plate_model.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::sim {

code_plate_model::code_plate_model(const display_options& options, surroundings around)
    : display_model(options, {{"unplug", fault_effect::end}}, std::move(around))
    , screen_(options.width, options.height) {}

void code_plate_model::receive(byte_view data) {
    count("bytes", data.size());
    const auto answer = nlohmann::json::parse(data.begin(), data.end(), nullptr, false);
    if (!answer.is_object()) return count("broken");
    const auto text = [&](const char* name) { return answer.value(name, std::string()); };
    const bool same =
        text("qrcode") == screen_.code() && text("amount") == screen_.footer() && text("state") == outcome_;
    if (same) return;
    count("commands");
    screen_.clear();
    outcome_ = text("state");
    screen_.set_header(text("payee"));
    screen_.set_code(text("qrcode"));
    screen_.set_footer(text("amount"));
}

nlohmann::json code_plate_model::state() const {
    return {
        {"header", screen_.header()}, {"footer", screen_.footer()}, {"code", screen_.code()}, {"state", outcome_}};
}

} // namespace cipherlane::sim
