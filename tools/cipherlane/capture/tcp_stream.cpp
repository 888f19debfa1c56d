#include "cipherlane/capture/tcp_stream.hpp"

#include <algorithm>

namespace cipherlane::cli {
namespace {

constexpr std::size_t most_held_back = 1U << 20U;
constexpr std::size_t most_pieces = 1'024;

/// How far `what` lies behind `from`: negative in front of it. Numbers begin anew after 4 GiB.
std::int32_t distance(std::uint32_t from, std::uint32_t what) noexcept {
    return static_cast<std::int32_t>(what - from);
}

} // namespace

tcp_stream::piece tcp_stream::take(const tcp_segment& segment) {
    auto sequence = segment.sequence;
    if (segment.syn) ++sequence;
    if (!begun_ || segment.syn) {
        begun_ = true;
        next_ = sequence;
    }
    ended_ = ended_ || segment.fin;
    piece made;
    if (!segment.data.empty()) {
        auto data = segment.data;
        const auto ahead = distance(next_, sequence);
        if (ahead < 0) {
            const auto known = std::min<std::size_t>(data.size(), std::size_t{0} - static_cast<std::size_t>(ahead));
            data = data.subspan(known);
            sequence = next_;
        }
        if (!data.empty()) {
            auto& slot = waiting_[sequence];
            if (slot.size() < data.size()) {
                held_ += data.size() - slot.size();
                slot.assign(data.begin(), data.end());
            }
        }
    }
    collect(made.data);
    const bool too_much = held_ > most_held_back || waiting_.size() > most_pieces;
    if (too_much && made.data.empty()) return give_up();
    return made;
}

tcp_stream::piece tcp_stream::finish() {
    return waiting_.empty() ? piece{} : give_up();
}

/// What follows on without a gap.
void tcp_stream::collect(bytes& into) {
    for (bool found = true; found;) {
        found = false;
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            const auto ahead = distance(next_, at->first);
            if (ahead > 0) {
                ++at;
                continue;
            }
            const auto known = std::size_t{0} - static_cast<std::size_t>(ahead);
            held_ -= at->second.size();
            if (known < at->second.size()) {
                into.insert(into.end(), at->second.begin() + static_cast<std::ptrdiff_t>(known), at->second.end());
                next_ += static_cast<std::uint32_t>(at->second.size() - known);
                found = true;
            }
            at = waiting_.erase(at);
        }
    }
}

/// Goes on behind the gap.
tcp_stream::piece tcp_stream::give_up() {
    const auto nearest = std::min_element(waiting_.begin(), waiting_.end(),
        [this](const auto& a, const auto& b) { return distance(next_, a.first) < distance(next_, b.first); });
    piece made;
    made.missing = static_cast<std::size_t>(distance(next_, nearest->first));
    next_ = nearest->first;
    collect(made.data);
    return made;
}

} // namespace cipherlane::cli
