#include "told_line.hpp"

#include <utility>

namespace cipherlane::assembly {
namespace {

/// A line that is being told on this thread, perhaps within another one of another till.
class told_line {
  public:
    explicit told_line(const void* whose) noexcept
        : whose_(whose)
        , outer_(std::exchange(innermost, this)) {}
    told_line(const told_line&) = delete;
    told_line& operator=(const told_line&) = delete;
    ~told_line() { innermost = outer_; }

    [[nodiscard]] static bool any_of(const void* whose) noexcept {
        for (const auto* one = innermost; one != nullptr; one = one->outer_)
            if (one->whose_ == whose) return true;
        return false;
    }

  private:
    static thread_local const told_line* innermost;
    const void* const whose_;
    const told_line* const outer_;
};

thread_local const told_line* told_line::innermost = nullptr;

} // namespace

logger marked(logger to, const void* whose) {
    auto least = log_level::debug;
    while (least != log_level::off && !to.on(least))
        least = static_cast<log_level>(static_cast<int>(least) + 1);
    if (least == log_level::off) return logger::none();
    return {least, [to = std::move(to), whose](log_level level, std::string_view part, std::string_view line) {
                const told_line here(whose);
                to.log(level, part, line);
            }};
}

bool tells_here(const void* whose) noexcept {
    return told_line::any_of(whose);
}

} // namespace cipherlane::assembly
