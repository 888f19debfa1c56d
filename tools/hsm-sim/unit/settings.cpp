#include "hsm-sim/unit/unit.hpp"

namespace cipherlane::hsm_sim {
namespace {

struct preset {
    std::string_view name;
    family dialect;
    std::size_t header_length;
    std::size_t kcv_digits;
    std::string_view firmware;
    std::string_view note;
};

constexpr preset presets[] = {
    {"payshield", family::payshield, 4, 6, "0007-E000", ""},
    {"payshield-kb", family::payshield_kb, 4, 6, "0007-E000", ""},
    {"sjj1310", family::sjj1310, 0, 16, "SJJ1310-SIM", ""},
    {"sjl06", family::sjl06, 8, 16, "SJL06-SIM", ""},
    {"sjl05", family::sjl05, 4, 16, "SJL05-SIM", ""},
    {"sjj1312-racal", family::sjl05, 4, 16, "SJJ1312-SIM",
        "the sjj1312-racal profile is inferred from the SJL05 and not yet confirmed on an SJJ1312"},
    {"sjj1312", family::westone, 0, 16, "",
        "the sjj1312 profile is inferred from the SJL05 and not yet confirmed on an SJJ1312"},
};

/// The Racal family's codes.
const std::map<std::string, pin_format, std::less<>> racal_formats{
    {"01", pin_format::iso0},
    {"02", pin_format::docutel},
    {"03", pin_format::diebold},
    {"04", pin_format::plus},
    {"05", pin_format::iso1},
    {"34", pin_format::iso2},
    {"35", pin_format::mastercard},
    {"47", pin_format::iso3},
    {"48", pin_format::iso4},
};

/// Westone's own numbering; beyond 01 to be confirmed with the vendor.
const std::map<std::string, pin_format, std::less<>> westone_formats{
    {"01", pin_format::iso0},
    {"02", pin_format::docutel},
    {"03", pin_format::diebold},
    {"05", pin_format::iso1},
    {"06", pin_format::iso3},
};

/// The pair of each key type is not published; these are the pairs of the Racal types with the same use.
const std::map<std::string, lmk_slot, std::less<>> westone_types{
    {"01", slots::zmk},
    {"11", slots::zpk},
    {"12", slots::tak},
    {"13", slots::zek},
    {"21", slots::cvk},
};

} // namespace

std::optional<unit_settings> settings_of(std::string_view profile) {
    if (profile == "sjl05-binary") profile = "sjj1312";
    for (const auto& row : presets) {
        if (row.name != profile) continue;
        unit_settings settings;
        settings.profile = row.name;
        settings.dialect = row.dialect;
        settings.frame.header_length = row.header_length;
        settings.kcv_digits = row.kcv_digits;
        settings.firmware = row.firmware;
        settings.note = row.note;
        settings.pin_formats = row.dialect == family::westone ? westone_formats : racal_formats;
        if (row.dialect == family::payshield_kb) settings.test_check = "9D04A00000000000";
        if (row.dialect == family::westone) {
            settings.frame.length_prefix = false;
            settings.frame.closes_after_unknown = true;
            settings.frame.largest = 65'535;
            settings.raw_key_types = westone_types;
        }
        return settings;
    }
    return std::nullopt;
}

} // namespace cipherlane::hsm_sim
