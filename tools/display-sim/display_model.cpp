#include "display-sim/display_model.hpp"

#include "display-sim/bonrix_model.hpp"
#include "display-sim/escpos_model.hpp"
#include "display-sim/line_model.hpp"
#include "display-sim/panel_model.hpp"
#include "display-sim/plate_model.hpp"
#include "display-sim/rcall_model.hpp"
#include "display-sim/weact_model.hpp"
#include "display-sim/zbar_reader.hpp"

#include <cipherlane/drivers/display/code_reader.hpp>
#include <cipherlane/qr/png.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

template <class Model>
std::unique_ptr<display_model> make(const display_options& options, display_surroundings around) {
    return std::make_unique<Model>(options, std::move(around));
}

struct family_row {
    const char* name;
    std::unique_ptr<display_model> (*make)(const display_options&, display_surroundings);
};

constexpr family_row families[] = {
    {"rcall", make<rcall_model>},
    {"bonrix", make<bonrix_model>},
    {"weact", make<weact_model>},
    {"escpos", make<escpos_model>},
    {"line", make<line_model>},
    {"bulk-panel", make<panel_model>},
    {"hid-plate", make<plate_model>},
};

void write_png(const drivers::frame& picture, const std::string& path) {
    qr::raster_view view;
    view.pixels = byte_view(reinterpret_cast<const std::uint8_t*>(picture.pixels().data()),
        picture.pixels().size() * sizeof(drivers::colour));
    view.width = static_cast<std::size_t>(picture.width());
    view.height = static_cast<std::size_t>(picture.height());
    view.stride = view.width * sizeof(drivers::colour);
    view.format = qr::pixel_format::rgb565_le;
    auto file = qr::encode_png(view);
    if (!file) throw std::runtime_error(file.error().to_string());
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file->data()), static_cast<std::streamsize>(file->size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

} // namespace

nlohmann::json display_model::control(const nlohmann::json& request) {
    auto cmd = request.at("cmd").get<std::string>();
    if (cmd == "state") return state();
    if (cmd == "counters") return counters_;
    if (cmd == "faults") return faults_.control(request);
    if (cmd == "read") return {{"codes", drivers::read_codes(picture())}, {"zbar", read_with_zbar(picture())}};
    if (cmd == "snapshot") {
        write_png(picture(), request.at("path").get<std::string>());
        return {{"codes", drivers::read_codes(picture())}, {"zbar", read_with_zbar(picture())},
            {"width", picture().width()}, {"height", picture().height()}};
    }
    throw std::invalid_argument("unknown command " + cmd);
}

std::uint64_t display_model::counted(const std::string& what) const {
    const auto found = counters_.find(what);
    return found == counters_.end() ? 0 : found->second;
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
    const std::string& family, const display_options& options, display_surroundings around) {
    for (const auto& row : families) {
        if (family == row.name) return row.make(options, std::move(around));
    }
    throw std::invalid_argument("unknown display family " + family);
}

} // namespace cipherlane::sim
