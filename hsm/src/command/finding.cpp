#include "command/finding.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace cipherlane::hsm {
namespace {

bool is_among(const std::vector<std::string>& group, std::string_view status) {
    return std::any_of(group.begin(), group.end(), [&](const auto& each) { return each == status || each == "*"; });
}

/// "wrapped_key U 48" where the digits do not fit; the schemes that were asked for otherwise.
std::string describe_key(const field_spec& field, std::string_view text) {
    const bool tagged = !text.empty() && hex_value(text[0]) < 0;
    const auto tag = tagged ? std::string(1, text[0]) : std::string("untagged");
    return field.label + " " + tag + " " + std::to_string(text.size() - (tagged ? 1 : 0));
}

/// The key that the unit was to take or give and the scheme that was asked for it: where they do not go together the
/// unit refuses. Short, since an error has little room.
std::string key_and_scheme(const reply& of) {
    std::string key_text;
    std::string scheme;
    for (const auto& field : of.command->request) {
        const bool is_scheme = field.domain == "scheme" || field.domain == "export_scheme";
        const auto value = of.asked.get(field.name);
        if (field.kind == field_kind::key && value) key_text = describe_key(field, as_text(*value));
        if (is_scheme && value) scheme = field.label + " " + std::string(as_text(*value));
    }
    return key_text.empty() || scheme.empty() ? key_text + scheme : key_text + ", " + scheme;
}

/// Clear keys and components, whose parity the caller can mend: how many bytes have an even number of one-bits.
std::string even_parity(const reply& of) {
    for (const auto& field : of.command->request) {
        if (field.kind != field_kind::key || !field.label.starts_with("clear_")) continue;
        auto digits = of.asked.text(field.name);
        if (!digits.empty() && hex_value(digits[0]) < 0) digits.remove_prefix(1);
        secret_bytes clear(digits.size() / 2);
        if (clear.empty() || !from_hex(digits, clear.expose())) continue;
        const auto all = std::as_const(clear).expose();
        const auto even =
            std::count_if(all.begin(), all.end(), [](std::uint8_t b) { return std::popcount(b) % 2 == 0; });
        if (even != 0) {
            return field.label + ": " + std::to_string(even) + " bytes even";
        }
    }
    return {};
}

/// A key of the request, its first or its last.
std::string key_of(const reply& of, bool first) {
    std::string found;
    for (const auto& field : of.command->request) {
        if (field.kind != field_kind::key || !of.asked.has(field.name)) continue;
        found = describe_key(field, of.asked.text(field.name));
        if (first) break;
    }
    return found;
}

} // namespace

std::string local_finding(const reply& of) {
    if (of.command == nullptr) return {};
    const auto code = of.status.code.view();
    const auto& about = of.dialect->about;
    if (is_among(about.clear_parity, code)) {
        if (auto found = even_parity(of); !found.empty()) return found;
    }
    if (is_among(about.key_scheme, code)) return key_and_scheme(of);
    if (is_among(about.first_key, code)) return key_of(of, true);
    return is_among(about.last_key, code) ? key_of(of, false) : std::string();
}

} // namespace cipherlane::hsm
