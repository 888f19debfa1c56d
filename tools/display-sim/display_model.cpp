#include "display-sim/display_model.hpp"

#include "display-sim/bonrix_model.hpp"
#include "display-sim/code_plate_model.hpp"
#include "display-sim/escpos_model.hpp"
#include "display-sim/line_model.hpp"
#include "display-sim/panel_model.hpp"
#include "display-sim/plate_model.hpp"
#include "display-sim/rcall_model.hpp"
#include "display-sim/weact_model.hpp"
#include "display-sim/zbar_reader.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::sim {
namespace {

template <class Model>
std::unique_ptr<display_model> make(const display_options& options, surroundings around) {
    return std::make_unique<Model>(options, std::move(around));
}

struct family_row {
    const char* name;
    std::unique_ptr<display_model> (*make)(const display_options&, surroundings);
};

constexpr family_row families[] = {
    {"rcall", make<rcall_model>},
    {"bonrix", make<bonrix_model>},
    {"weact", make<weact_model>},
    {"escpos", make<escpos_model>},
    {"line", make<line_model>},
    {"code-plate", make<code_plate_model>},
    {"bulk-panel", make<panel_model>},
    {"hid-plate", make<plate_model>},
};

} // namespace

display_model::display_model(const display_options& options, std::vector<fault_kind> faults, surroundings around)
    : simulated_device(std::move(faults), std::move(around))
    , folder_(options.snapshots) {
    desk().add("state", {}, "what the display believes it shows", [this](const nlohmann::json&) { return state(); });
    desk().add("read", {}, "the codes that two readers find in its picture",
        [this](const nlohmann::json&) { return read(); });
    desk().add("snapshot", {"path:text"}, "writes the picture as PNG below the snapshot folder, and reads it",
        [this](const nlohmann::json& request) {
            folder_.write(request.at("path").get<std::string>(), picture());
            auto answer = read();
            answer["width"] = picture().width();
            answer["height"] = picture().height();
            return answer;
        });
}

nlohmann::json display_model::read() const {
    return {{"codes", drivers::read_codes(picture())}, {"zbar", read_with_zbar(picture())}};
}

const std::vector<std::string>& display_families() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& family : families)
            all.emplace_back(family.name);
        return all;
    }();
    return names;
}

std::unique_ptr<display_model> make_display_model(
    const std::string& family, const display_options& options, surroundings around) {
    for (const auto& row : families) {
        if (family == row.name) return row.make(options, std::move(around));
    }
    throw std::invalid_argument("unknown display family " + family);
}

} // namespace cipherlane::sim
