#include <cipherlane/core/counted_log.hpp>

#include <chrono>
#include <utility>

namespace cipherlane {

void counted_log::tell(log_level level, std::string_view kind, std::string words) {
    if (!to_.on(level)) return;
    if (const auto times = count(kind); times != 0)
        to_.log(level, component_, counted_line::counted(std::move(words), times));
}

std::uint64_t counted_log::count(std::string_view kind) {
    const std::scoped_lock held(guard_);
    auto line = lines_.find(kind);
    if (line == lines_.end()) {
        line = lines_.emplace(std::string(kind), counted_line(std::chrono::seconds(10), burst_)).first;
    }
    return line->second.count();
}

} // namespace cipherlane
