#include "cipherlane/hsm_describe.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::cli {
namespace {

bool is_secret(std::string_view name) {
    static constexpr std::array names{std::string_view("clear_pin"), std::string_view("clear_key"),
        std::string_view("pin"), std::string_view("pin_block"), std::string_view("new_pin_block"),
        std::string_view("account"), std::string_view("target_account"), std::string_view("pan_psn"),
        std::string_view("cvv"), std::string_view("pvv"), std::string_view("offset"), std::string_view("data")};
    return name.starts_with("clear_") || std::find(names.begin(), names.end(), name) != names.end();
}

std::string show(const hsm::field_spec& field, byte_view value, reveal how) {
    const bool is_bytes = field.kind == hsm::field_kind::hex || field.kind == hsm::field_kind::binary;
    if (how == reveal::masked && field.label == "pan") return mask_pan(as_text(value));
    if (how == reveal::masked && is_secret(field.label)) return "(" + std::to_string(value.size()) + " left out)";
    return is_bytes ? to_hex(value) : std::string(as_text(value));
}

} // namespace

std::vector<described_field> describe(const hsm::layout& fields, const hsm::field_set& values, reveal how) {
    std::vector<described_field> shown;
    for (const auto& field : fields) {
        if (field.kind == hsm::field_kind::group || field.kind == hsm::field_kind::literal) continue;
        const auto value = values.get(field.name);
        const bool seen = std::any_of(
            shown.begin(), shown.end(), [&](const described_field& other) { return other.name == field.label; });
        if (value && !seen) shown.push_back({field.label, show(field, *value, how)});
    }
    return shown;
}

} // namespace cipherlane::cli
