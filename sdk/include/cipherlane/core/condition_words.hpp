#pragma once

#include <cipherlane/core/error.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace cipherlane {

/// Each condition with its word in answers for programs, which does not change.
inline constexpr std::array condition_words{
    std::pair<condition, std::string_view>{condition::timed_out, "timed_out"},
    std::pair<condition, std::string_view>{condition::cancelled, "cancelled"},
    std::pair<condition, std::string_view>{condition::link_lost, "link_lost"},
    std::pair<condition, std::string_view>{condition::bad_message, "bad_message"},
    std::pair<condition, std::string_view>{condition::rejected_by_peer, "rejected_by_peer"},
    std::pair<condition, std::string_view>{condition::misuse, "misuse"},
    std::pair<condition, std::string_view>{condition::outcome_unknown, "outcome_unknown"},
    std::pair<condition, std::string_view>{condition::unsupported, "unsupported"},
    std::pair<condition, std::string_view>{condition::local_fault, "local_fault"},
};

/// The condition that an error meets; nothing where its category knows none.
[[nodiscard]] inline std::optional<condition> find_condition(const error& why) noexcept {
    for (const auto& [one, word] : condition_words)
        if (why.is(one)) return one;
    return std::nullopt;
}

[[nodiscard]] constexpr std::string_view to_string(condition value) noexcept {
    for (const auto& [one, word] : condition_words)
        if (one == value) return word;
    return "?";
}

} // namespace cipherlane
