#include "hsm-sim/unit/statistics.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

} // namespace

std::uint64_t unit_statistics::seconds() const noexcept {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(clock::now() - started_).count();
    return static_cast<std::uint64_t>(passed);
}

void unit_statistics::count_command(std::string_view code, std::chrono::nanoseconds busy) noexcept {
    const auto first = alphabet.find(code.empty() ? ' ' : code[0]);
    const auto second = alphabet.find(code.size() < 2 ? ' ' : code[1]);
    if (first != alphabet.npos && second != alphabet.npos) volumes_[first * letters + second].fetch_add(1, relaxed);
    const auto now = static_cast<std::int64_t>(seconds());
    if (now != second_.load(relaxed)) close_second(now);
    busy_.fetch_add(busy.count(), relaxed);
}

/// The one thread that moves on to the next second puts the last one away.
void unit_statistics::close_second(std::int64_t next) noexcept {
    auto before = second_.load(relaxed);
    if (before >= next || !second_.compare_exchange_strong(before, next, relaxed)) return;
    const auto spent = busy_.exchange(0, relaxed);
    const auto step = std::clamp<std::int64_t>(spent / 100'000'000, 0, load_steps - 1);
    seconds_[static_cast<std::size_t>(step)].fetch_add(1, relaxed);
}

void unit_statistics::count_received(std::size_t bytes) noexcept {
    bytes_in_.fetch_add(bytes, relaxed);
    messages_in_.fetch_add(1, relaxed);
}

void unit_statistics::count_sent(std::size_t bytes) noexcept {
    bytes_out_.fetch_add(bytes, relaxed);
    messages_out_.fetch_add(1, relaxed);
}

std::uint64_t unit_statistics::add(const connection& opened) {
    const std::scoped_lock lock(mutex_);
    connections_.emplace(++number_, opened);
    return number_;
}

void unit_statistics::remove(std::uint64_t number) {
    const std::scoped_lock lock(mutex_);
    connections_.erase(number);
}

std::vector<std::pair<std::string, std::uint64_t>> unit_statistics::volumes() const {
    std::vector<std::pair<std::string, std::uint64_t>> all;
    for (std::size_t i = 0; i < volumes_.size(); ++i) {
        const auto count = volumes_[i].load(relaxed);
        if (count != 0) all.emplace_back(std::string{alphabet[i / letters], alphabet[i % letters]}, count);
    }
    return all;
}

std::array<std::uint64_t, unit_statistics::load_steps> unit_statistics::load() const noexcept {
    std::array<std::uint64_t, load_steps> all{};
    std::uint64_t told = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = seconds_[i].load(relaxed);
        told += all[i];
    }
    const auto whole = seconds();
    all[0] += whole > told ? whole - told : 0;
    return all;
}

std::vector<unit_statistics::connection> unit_statistics::connections() const {
    const std::scoped_lock lock(mutex_);
    std::vector<connection> all;
    for (const auto& [number, each] : connections_)
        all.push_back(each);
    return all;
}

} // namespace cipherlane::hsm_sim
