#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

using page = escpos_model::page;

// As Epson's TM printers have them, and most others by Epson's command list.
constexpr std::array epson_pages{page{"cp437", 0}, page{"cp850", 2}, page{"cp860", 3}, page{"cp863", 4},
    page{"cp865", 5}, page{"cp1252", 16}, page{"cp852", 18}, page{"cp858", 19}, page{"iso8859-15", 40}};
constexpr std::array citizen_pages{page{"cp437", 0}, page{"cp850", 2}, page{"cp860", 3}, page{"cp863", 4},
    page{"cp865", 5}, page{"cp1252", 16}, page{"cp852", 18}, page{"iso8859-15", 40}};
constexpr std::array pos58_pages{page{"cp437", 0}, page{"cp850", 2}, page{"cp860", 3}, page{"cp863", 4},
    page{"cp865", 5}, page{"cp1252", 16}, page{"cp852", 18}};
constexpr std::array pos5890_pages{page{"cp437", 0}, page{"cp850", 2}, page{"cp860", 3}, page{"cp863", 4},
    page{"cp865", 5}, page{"cp1252", 16}, page{"cp852", 18}, page{"cp858", 19}};

constexpr std::array models{
    escpos_model{"epson", "Epson TM, and what follows its commands", epson_pages, true, 576},
    escpos_model{"citizen", "Citizen CT-S", citizen_pages, true, 576},
    escpos_model{"pos-58", "58 mm printers such as ZJ-5870, which draw no codes", pos58_pages, false, 384},
    escpos_model{"pos-5890", "POS-5890, which draws no codes", pos5890_pages, false, 384},
};

} // namespace

std::optional<std::uint8_t> escpos_model::number_of(std::string_view page_name) const noexcept {
    for (const auto& one : pages) {
        if (one.name == page_name) return one.number;
    }
    return std::nullopt;
}

std::span<const escpos_model> escpos_models() noexcept {
    return models;
}

const escpos_model* find_escpos_model(std::string_view name) noexcept {
    return find_driver(escpos_models(), name);
}

} // namespace cipherlane::drivers
