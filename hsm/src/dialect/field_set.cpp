#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/field_set.hpp>

#include <algorithm>

namespace cipherlane::hsm {

byte_span field_set::add(field_name name, std::size_t size) {
    auto at = std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.name == name; });
    if (at != entries_.end() && size <= at->room) {
        at->size = static_cast<std::uint32_t>(size);
        return byte_span(store_).subspan(at->offset, size);
    }
    auto* room = take(size);
    const auto offset = static_cast<std::uint32_t>(used_ - size);
    const entry made{name, offset, static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(size)};
    if (at == entries_.end()) {
        entries_.push_back(made);
    } else {
        *at = made;
    }
    return {room, size};
}

/// Growing by hand, since a vector would leave its old contents in freed memory.
std::uint8_t* field_set::take(std::size_t size) {
    if (size > store_.size() - used_) {
        bytes larger(std::max<std::size_t>(used_ + size, 2 * store_.size() + 256));
        std::copy_n(store_.begin(), used_, larger.begin());
        wipe(byte_span(store_).first(used_));
        store_.swap(larger);
    }
    auto* room = store_.data() + used_;
    used_ += size;
    return room;
}

field_set& field_set::operator=(field_set&& other) noexcept {
    if (this == &other) return *this;
    clear();
    entries_ = std::exchange(other.entries_, {});
    store_ = std::exchange(other.store_, {});
    used_ = std::exchange(other.used_, 0);
    return *this;
}

void field_set::set(field_name name, byte_view value) {
    auto room = add(name, value.size());
    std::copy(value.begin(), value.end(), room.begin());
}

std::optional<byte_view> field_set::get(field_name name) const noexcept {
    const auto* found = find(name);
    if (found == nullptr) return std::nullopt;
    return byte_view(store_).subspan(found->offset, found->size);
}

void field_set::clear() noexcept {
    if (entries_.empty()) return;
    wipe(byte_span(store_).first(used_));
    used_ = 0;
    entries_.clear();
}

} // namespace cipherlane::hsm
