#include "cipherlane/trace_mask.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t shortest = 12;
constexpr std::size_t kept_first = 6;
constexpr std::size_t kept_last = 4;
constexpr std::size_t margin = 8;         ///< what may stand between a piece and its transfer's edge
constexpr std::size_t smallest_piece = 3; ///< fewer digits in the margin are taken for the protocol's own

bool is_hex_digit(std::uint8_t one) {
    return hex_value(static_cast<char>(one)) >= 0;
}

} // namespace

std::vector<trace_mask::run> trace_mask::runs_of(byte_view data) {
    std::vector<run> runs;
    for (std::size_t at = 0; at < data.size(); ++at) {
        if (!is_hex_digit(data[at])) continue;
        const auto begin = at;
        while (at < data.size() && is_hex_digit(data[at]))
            ++at;
        runs.push_back({begin, at});
    }
    return runs;
}

void trace_mask::append(open_run& to, std::size_t transfer, const run& digits) const {
    for (auto at = digits.begin; at < digits.end; ++at)
        to.digits.push_back({transfer, at});
    to.up_to_the_end = digits.end == held_[transfer - first_].data.size();
}

void trace_mask::settle(open_run& ended) {
    const auto digits = std::exchange(ended, {}).digits;
    if (digits.size() < shortest) return;
    for (auto i = kept_first; i < digits.size() - kept_last; ++i)
        held_[digits[i].transfer - first_].data[digits[i].at] = '0';
}

void trace_mask::add(trace_entry::from who, byte_view data) {
    const auto number = first_ + held_.size();
    held_.push_back({who, bytes(data.begin(), data.end())});
    auto& open = open_[static_cast<std::size_t>(who)];
    const auto runs = runs_of(data);
    const auto goes_on = std::ranges::find_if(runs, [&](const run& one) {
        return one.begin <= margin && (one.size() >= smallest_piece || (one.begin == 0 && open.up_to_the_end));
    });
    if (open.digits.empty() || goes_on == runs.end()) settle(open);
    // The last of sufficient size near the end, or whatever stands at the very end, may go on.
    auto last = runs.end();
    for (auto one = runs.begin(); one != runs.end(); ++one) {
        if (one->end == data.size() || (one->size() >= smallest_piece && one->end + margin >= data.size())) {
            if (last == runs.end() || last->size() <= one->size() || one->size() >= smallest_piece) last = one;
        }
    }
    open_run stays;
    for (auto one = runs.begin(); one != runs.end(); ++one) {
        open_run here;
        if (one == goes_on && !open.digits.empty()) here = std::exchange(open, {});
        append(here, number, *one);
        if (one == last) {
            stays = std::move(here);
        } else {
            settle(here);
        }
    }
    settle(open);
    open = std::move(stays);
}

void trace_mask::finish() {
    for (auto& open : open_)
        settle(open);
}

std::vector<trace_entry> trace_mask::take() {
    auto until = first_ + held_.size();
    for (const auto& open : open_) {
        if (!open.digits.empty()) until = std::min(until, open.digits.front().transfer);
    }
    std::vector<trace_entry> settled;
    for (; first_ < until; ++first_) {
        settled.push_back(std::move(held_.front()));
        held_.pop_front();
    }
    return settled;
}

} // namespace cipherlane::cli
