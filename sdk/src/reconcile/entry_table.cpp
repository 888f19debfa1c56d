#include "entry_table.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace cipherlane::reconcile {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 18U;
constexpr std::size_t longest_key = 65'535;

std::string_view kept_part(const entry& one) noexcept {
    return std::string_view(one.key).substr(0, longest_key);
}

} // namespace

std::uint32_t entry_table::hash_of(const entry& one) noexcept {
    const auto wide = std::hash<std::string_view>()(kept_part(one));
    const auto mixed = static_cast<std::uint32_t>(wide ^ (wide >> 32U));
    return one.way == direction::payment ? mixed : ~mixed;
}

slot* entry_table::find(const entry& one) noexcept {
    if (table_.empty() || one.key.empty()) return nullptr;
    const auto hash = hash_of(one);
    const auto mask = table_.size() - 1;
    for (auto at = hash & mask; table_[at].row != none; at = (at + 1) & mask) {
        if (table_[at].hash != hash) continue;
        auto& found = slots_[table_[at].row];
        if (found.way == one.way && found.key_text() == kept_part(one)) return &found;
    }
    return nullptr;
}

const char* entry_table::keep(std::string_view key) {
    if (left_ < key.size()) {
        left_ = std::max(block_size, key.size());
        blocks_.push_back(std::make_unique<char[]>(left_)); // NOLINT: raw room for keys
        next_ = blocks_.back().get();
    }
    if (!key.empty()) std::memcpy(next_, key.data(), key.size());
    const char* kept = next_;
    next_ += key.size();
    left_ -= key.size();
    return kept;
}

void entry_table::put(const place& one) noexcept {
    const auto mask = table_.size() - 1;
    auto at = one.hash & mask;
    while (table_[at].row != none)
        at = (at + 1) & mask;
    table_[at] = one;
}

void entry_table::grow() {
    std::vector<place> before(std::max<std::size_t>(1024, table_.size() * 2));
    before.swap(table_);
    for (const auto& one : before)
        if (one.row != none) put(one);
}

slot& entry_table::add(const entry& one) {
    if ((slots_.size() + 1) * 4 > table_.size() * 3) grow();
    // What has no key is kept, and never found.
    if (!one.key.empty()) put({hash_of(one), static_cast<std::uint32_t>(slots_.size())});
    const auto key = kept_part(one);
    slots_.push_back({keep(key), one.minor, one.moment, one.place, static_cast<std::uint16_t>(key.size()), one.unit,
        one.way, one.stands, false, false});
    return slots_.back();
}

} // namespace cipherlane::reconcile
