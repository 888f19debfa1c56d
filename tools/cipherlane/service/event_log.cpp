#include "cipherlane/service/event_log.hpp"

#include <charconv>

namespace cipherlane::service {
namespace {

constexpr std::size_t most_at_once = 64;
/// Behind nothing that this run has told.
constexpr event_log::number before_all = 0;

} // namespace

void event_log::publish(std::string_view kind, std::string_view terminal, std::string data) {
    const std::scoped_lock lock(mutex_);
    events_.push_back({++last_, std::string(kind), std::string(terminal), std::move(data)});
    if (events_.size() > most) events_.pop_front();
    for (const auto& [id, wake] : listeners_)
        wake();
}

event_log::number event_log::begin_after(std::string_view last_id) const {
    const std::scoped_lock lock(mutex_);
    if (last_id.empty()) return last_;
    const auto dash = last_id.rfind('-');
    if (dash == std::string_view::npos || last_id.substr(0, dash) != start_) return before_all;
    number seen = before_all;
    const auto digits = last_id.substr(dash + 1);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), seen);
    const bool whole = fault == std::errc{} && end == digits.data() + digits.size();
    return whole && seen <= last_ ? seen : before_all;
}

std::string event_log::take(number& seen, std::string_view terminal) const {
    const std::scoped_lock lock(mutex_);
    std::string made;
    const auto first = events_.empty() ? last_ + 1 : events_.front().id;
    if (seen + 1 < first) {
        made = "event: missed\ndata: {\"missed\":" + std::to_string(first - seen - 1) + "}\n\n";
        seen = first - 1;
    }
    std::size_t taken = 0;
    for (auto at = seen + 1 - first; at < events_.size() && taken < most_at_once; ++at) {
        const auto& one = events_[at];
        seen = one.id;
        if (!terminal.empty() && !one.terminal.empty() && one.terminal != terminal) continue;
        made +=
            "id: " + start_ + "-" + std::to_string(one.id) + "\nevent: " + one.kind + "\ndata: " + one.data + "\n\n";
        ++taken;
    }
    return made;
}

event_log::number event_log::subscribe(std::function<void()> wake) {
    const std::scoped_lock lock(mutex_);
    listeners_.emplace(++last_subscription_, std::move(wake));
    return last_subscription_;
}

void event_log::unsubscribe(number subscription) {
    const std::scoped_lock lock(mutex_);
    listeners_.erase(subscription);
}

event_log::number event_log::published() const {
    const std::scoped_lock lock(mutex_);
    return last_;
}

} // namespace cipherlane::service
