#include "cipherlane/iso8583_json.hpp"
#include "cipherlane/kat/kat.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

namespace cipherlane::cli {
namespace {

std::optional<std::string> run_cup_pos(const kat_row& row, const kat_target& /*target*/) {
    const auto& format = iso8583::cup_pos();
    const auto wire = from_hex(row["hex"]);
    if (!wire) return row.must_be_rejected() ? std::nullopt : std::optional(wire.error().to_string());
    const auto view = iso8583::decode(format, *wire);
    if (row.must_be_rejected()) {
        return view ? std::optional<std::string>("decoded, but must be rejected") : std::nullopt;
    }
    if (!view) return view.error().to_string();
    if (!row.has("json")) return std::nullopt;
    const auto wanted = nlohmann::json::parse(row["json"], nullptr, false);
    if (wanted.is_discarded()) return "the row's JSON cannot be read";
    if (nlohmann::json(to_json(*view)) != wanted) return "decoding gives other JSON";
    const auto again = from_json(format, wanted);
    if (!again) return again.error().to_string();
    const auto built = iso8583::encode(format, *again);
    if (!built) return built.error().to_string();
    if (*built != *wire) return "encoding the JSON gives other bytes";
    return std::nullopt;
}

constexpr kat_entry iso8583_entries[] = {
    {"iso8583_cup_pos", run_cup_pos},
};

} // namespace

std::span<const kat_entry> iso8583_kats() {
    return iso8583_entries;
}

} // namespace cipherlane::cli
