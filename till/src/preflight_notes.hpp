#pragma once

#include <cipherlane/till/preflight.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::assembly {

/// What a preflight has found, told as it is found.
class preflight_notes {
  public:
    /// `advice`: what to do about an error.
    preflight_notes(
        const std::function<void(const preflight_step&)>& told, std::string_view (*advice)(const error& why))
        : told_(told)
        , advice_(advice) {}

    void note(preflight_step step) {
        if (told_) told_(step);
        steps_.push_back(std::move(step));
    }
    void good(std::string part, std::string found) {
        note({std::move(part), preflight_state::good, std::move(found), {}, {}});
    }
    void skip(std::string part, std::string why) {
        note({std::move(part), preflight_state::skipped, std::move(why), {}, {}});
    }
    bool wrong(std::string part, const error& why) {
        note({std::move(part), preflight_state::wrong, why.to_string(), std::string(advice_(why)), why});
        return false;
    }
    /// What another one has told already.
    void add(std::vector<preflight_step> steps) {
        for (auto& step : steps)
            steps_.push_back(std::move(step));
    }
    [[nodiscard]] std::vector<preflight_step> take() { return std::move(steps_); }
    [[nodiscard]] const std::function<void(const preflight_step&)>& told() const noexcept { return told_; }

  private:
    const std::function<void(const preflight_step&)>& told_;
    std::string_view (*advice_)(const error& why);
    std::vector<preflight_step> steps_;
};

} // namespace cipherlane::assembly
