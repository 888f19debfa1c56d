#include "cipherlane/hsm_describe.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::cli {
namespace {

using namespace std::string_view_literals;

/// Names that hold nothing secret in any built-in profile: keys under local master keys or other keys, check values,
/// cryptograms of whole messages, counters, and what a unit says of itself. Sorted.
constexpr std::array open_names{"address"sv, "arc"sv, "arpc"sv, "arqc"sv, "atalla"sv, "atc"sv, "attributes"sv,
    "bdk"sv, "bits"sv, "bytes_received"sv, "bytes_sent"sv, "check_value"sv, "comment"sv, "component1"sv,
    "component2"sv, "component3"sv, "component4"sv, "component5"sv, "component6"sv, "component7"sv, "component8"sv,
    "component9"sv, "connections"sv, "counter"sv, "csck"sv, "current_date"sv, "current_time"sv, "cvk"sv,
    "discarded_received"sv, "discarded_sent"sv, "duration"sv, "end_date"sv, "end_time"sv, "errors_received"sv,
    "errors_sent"sv, "exported_key"sv, "firmware"sv, "from"sv, "full_mac"sv, "health"sv, "index"sv, "iv"sv, "key"sv,
    "key_type"sv, "ksn"sv, "label"sv, "lmk_check"sv, "lmks"sv, "load"sv, "local_port"sv, "mac"sv,
    "multicast_received"sv, "multicast_sent"sv, "periods"sv, "pin_attacks"sv, "pin_verifies_hour"sv,
    "pin_verifies_minute"sv, "public_key"sv, "pvk"sv, "reboots"sv, "records"sv, "remote_port"sv, "seconds"sv,
    "serial"sv, "signature"sv, "size"sv, "source_key"sv, "source_key_type"sv, "start_date"sv, "start_time"sv,
    "statistics"sv, "status"sv, "stored_at"sv, "tamper_date"sv, "tamper_time"sv, "tampers"sv, "target_iv"sv,
    "target_key"sv, "target_key_type"sv, "target_type"sv, "to"sv, "transactions"sv, "unicast_received"sv,
    "unicast_sent"sv, "unknown_received"sv, "unpredictable"sv, "usage"sv, "wrapped_key"sv, "wrapping_key"sv};
static_assert(std::is_sorted(open_names.begin(), open_names.end()));

/// A PIN has four digits and a card's check value three: what is shorter is a choice or a version.
constexpr std::size_t harmless_length = 2;
/// Codes of tables are short; a longer field with a table is a mistake of its profile.
constexpr std::size_t longest_code = 4;

bool is_bytes(const hsm::field_spec& field) {
    return field.kind == hsm::field_kind::hex || field.kind == hsm::field_kind::binary;
}

std::string show(const hsm::field_spec& field, byte_view value, reveal how) {
    if (how == reveal::masked && field.label == "pan") return escaped_text(mask_pan(as_text(value)));
    if (how == reveal::masked && !is_open(field)) return "(" + std::to_string(value.size()) + " left out)";
    return is_bytes(field) ? to_hex(value) : escaped_text(as_text(value));
}

} // namespace

bool is_open(const hsm::field_spec& field) {
    if (field.kind == hsm::field_kind::length) return true;
    if (std::binary_search(open_names.begin(), open_names.end(), std::string_view(field.label))) return true;
    const bool bounded = field.rule == hsm::length_rule::fixed || field.rule == hsm::length_rule::range;
    if (field.kind == hsm::field_kind::key || !bounded) return false;
    return field.most <= (field.domain.empty() ? harmless_length : longest_code);
}

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

std::vector<described_field> describe_answer(
    const hsm::codec& engine, const hsm::command_spec& command, const hsm::field_set& values, reveal how) {
    auto shown = describe(command.answer, values, how);
    for (auto& field : shown) {
        const auto found = command.records.find(field.name);
        if (found == command.records.end()) continue;
        auto left = values.value(hsm::field_name(field.name));
        for (hsm::field_set record; !left.empty();) {
            const auto used = engine.decode_record(command, field.name, left, record);
            if (!used) break;
            field.rows.push_back(describe(found->second, record, how));
            left = left.subspan(*used);
        }
        // What is no whole record is shown as it came, by the field's own rule.
        if (left.empty()) field.value.clear();
    }
    return shown;
}

hsm::field_set masked_values(const hsm::layout& fields, const hsm::field_set& values) {
    hsm::field_set made;
    for (const auto& field : fields) {
        if (field.kind == hsm::field_kind::group || field.kind == hsm::field_kind::literal) continue;
        const auto value = values.get(field.name);
        if (!value || made.has(field.name)) continue;
        if (is_open(field)) {
            made.set(field.name, *value);
            continue;
        }
        if (field.label == "pan") {
            auto shown = mask_pan(as_text(*value));
            std::replace_if(
                shown.begin(), shown.end(), [](char c) { return c < '0' || c > '9'; }, '0');
            shown.resize(value->size(), '0');
            made.set(field.name, std::string_view(shown));
            continue;
        }
        const bool digits = field.kind == hsm::field_kind::digits || field.kind == hsm::field_kind::key;
        const std::uint8_t filler = is_bytes(field) ? 0 : digits ? '0' : 'x';
        bytes blank(value->size(), filler);
        // A key's tag says how long it is.
        const bool tagged = field.kind == hsm::field_kind::key && value->size() % 2 != 0;
        if (tagged) blank.front() = value->front();
        made.set(field.name, blank);
    }
    return made;
}

std::string escaped_text(std::string_view text) {
    std::string made;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte >= 0x20 && byte < 0x7F && c != '\\') {
            made += c;
        } else {
            made += "\\x" + to_hex({&byte, 1});
        }
    }
    return made;
}

} // namespace cipherlane::cli
