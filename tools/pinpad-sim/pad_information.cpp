#include "pinpad-sim/pad_information.hpp"

#include "pinpad-sim/pad_media.hpp"
#include "pinpad-sim/pad_parameters.hpp"

#include <array>

namespace cipherlane::sim {
namespace {

struct row {
    std::uint16_t name;
    std::string_view value;
};
// The display's size is that of `pad_media`, lines first.
static_assert(pad_media::width == 320 && pad_media::height == 240);
constexpr std::array rows{row{0x8001, "SIM0000001"}, row{0x8003, "SIMULATOR;8MB"}, row{0x8004, "CIPHERLANE"},
    row{0x8005, "1200000000"}, row{0x8006, "1.0"}, row{0x8007, "2.12"}, row{0x8009, "001.00 260101   "},
    row{0x8020, "0216"}, row{0x8021, "02400320"}, row{0x8022, "100"}};

bool asked_for(std::string_view list, std::uint16_t name) {
    for (std::size_t at = 0; at + 2 <= list.size(); at += 2) {
        const auto high = static_cast<unsigned char>(list[at]);
        const auto low = static_cast<unsigned char>(list[at + 1]);
        if (((high << 8) | low) == name) return true;
    }
    return list.empty();
}

} // namespace

std::string pad_information(std::string_view list) {
    std::string out;
    for (const auto& one : rows) {
        if (asked_for(list, one.name)) out += answer_parameter(one.name, one.value);
    }
    return out;
}

} // namespace cipherlane::sim
