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
    const auto offset = static_cast<std::uint32_t>(store_.size());
    grow(store_.size() + size);
    const entry made{name, offset, static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(size)};
    if (at == entries_.end()) {
        entries_.push_back(made);
    } else {
        *at = made;
    }
    return byte_span(store_).subspan(offset);
}

/// Growing by hand, since a vector would leave its old contents in freed memory.
void field_set::grow(std::size_t size) {
    if (size > store_.capacity()) {
        bytes larger;
        larger.reserve(std::max<std::size_t>(size, 2 * store_.capacity() + 256));
        larger.assign(store_.begin(), store_.end());
        wipe(store_);
        store_.swap(larger);
    }
    store_.resize(size);
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
    wipe(store_);
    store_.clear();
    entries_.clear();
}

} // namespace cipherlane::hsm
