#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/core/result.hpp>

#include <boost/system/errc.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::tests {

/// What goes wrong at a port call.
enum class fault_kind {
    link_lost,    ///< the call ends without effect
    timed_out,    ///< likewise
    lost_request, ///< the peer never hears of it, and the caller cannot know
    lost_answer,  ///< the peer did it, and the caller cannot know
    local_fault,  ///< this machine failed, before the effect
    late_fault,   ///< this machine failed, after the effect
};

inline const char* name_of(fault_kind kind) {
    switch (kind) {
    case fault_kind::link_lost: return "link lost";
    case fault_kind::timed_out: return "timed out";
    case fault_kind::lost_request: return "request lost";
    case fault_kind::lost_answer: return "answer lost";
    case fault_kind::local_fault: return "local fault";
    case fault_kind::late_fault: return "late local fault";
    }
    return "?";
}

[[nodiscard]] inline error make_fault(fault_kind kind) {
    namespace errc = boost::system::errc;
    switch (kind) {
    case fault_kind::link_lost: return {errc::make_error_code(errc::connection_reset), layer::hostlink};
    case fault_kind::timed_out: return {errc::make_error_code(errc::timed_out), layer::hostlink};
    case fault_kind::local_fault:
    case fault_kind::late_fault: return {errc::make_error_code(errc::no_space_on_device), layer::store};
    default: break;
    }
    /// A code of no layer, whose condition is the one that matters.
    class unknown_category final : public boost::system::error_category {
      public:
        [[nodiscard]] const char* name() const noexcept override { return "fake"; }
        [[nodiscard]] std::string message(int) const override { return "outcome unknown"; }
        [[nodiscard]] boost::system::error_condition default_error_condition(int) const noexcept override {
            return make_error_condition(condition::outcome_unknown);
        }
    };
    static const unknown_category category;
    return {boost::system::error_code(1, category), layer::hostlink};
}

/// Counts the port calls of a run and makes one of them fail.
class fault_script {
  public:
    /// The fault that is due at this call, if it is the one.
    [[nodiscard]] std::optional<fault_kind> next(std::string_view call) {
        calls.emplace_back(call);
        if (calls.size() - 1 == fail_at) return kind;
        if (call == from) from.clear();
        if (fails && from.empty() && fails(call)) return kind;
        return std::nullopt;
    }
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
    std::size_t fail_at = never;
    fault_kind kind = fault_kind::link_lost;
    std::function<bool(std::string_view)> fails; ///< besides: calls that fail, by their names
    std::string from;                            ///< not before this one has come
    std::vector<std::string> calls;
};

} // namespace cipherlane::tests
