#pragma once

#include "dialect/layout_parser.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <algorithm>

namespace cipherlane::hsm {

/// A decimal number; nothing if it is none.
[[nodiscard]] inline std::optional<std::size_t> to_number(std::string_view text) noexcept {
    if (text.empty() || text.size() > 8) return std::nullopt;
    std::size_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::size_t>(c - '0');
    }
    return value;
}

/// Whether a group is there whose subject has this value. Not for `presence::given`.
[[nodiscard]] inline bool holds(const field_spec& group, byte_view value) noexcept {
    auto same = [&](const bytes& one) { return std::equal(one.begin(), one.end(), value.begin(), value.end()); };
    if (group.when == presence::at_least) {
        return to_number(as_text(value)).value_or(0) >= to_number(as_text(group.values.front())).value_or(0);
    }
    const bool among = std::any_of(group.values.begin(), group.values.end(), same);
    return among == (group.when == presence::equal);
}

/// Where a reader looks for the subject of a condition is looked for: the message's own values and presets, then the
/// request's.
struct condition_scope {
    const layout* own = nullptr;
    const field_set* values = nullptr;
    const layout* request = nullptr; ///< of an answer; else null
    const field_set* asked = nullptr;

    [[nodiscard]] byte_view find(field_name subject) const noexcept {
        if (auto value = values->get(subject)) return *value;
        if (const auto* field = find_field(*own, subject)) return field->preset;
        if (asked != nullptr) {
            if (auto value = asked->get(subject)) return *value;
        }
        if (request != nullptr) {
            if (const auto* field = find_field(*request, subject)) return field->preset;
        }
        return {};
    }

    /// What is known of a field by now, of this message or the request; empty: nothing.
    [[nodiscard]] byte_view known(field_name subject) const noexcept {
        if (auto value = values->get(subject)) return *value;
        if (asked == nullptr) return {};
        return asked->get(subject).value_or(byte_view{});
    }
};

} // namespace cipherlane::hsm
