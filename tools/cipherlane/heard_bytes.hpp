#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cstddef>

namespace cipherlane::cli {

/// Bytes that wait for the rest of their message. Whatever leaves, or moves, is wiped where it lay. Not thread-safe.
class heard_bytes {
  public:
    heard_bytes() = default;
    heard_bytes(heard_bytes&&) noexcept = default;
    heard_bytes& operator=(heard_bytes&&) = delete;
    heard_bytes(const heard_bytes&) = delete;
    heard_bytes& operator=(const heard_bytes&) = delete;
    ~heard_bytes() { wipe(held_); }

    [[nodiscard]] byte_view view() const noexcept { return held_; }
    [[nodiscard]] std::size_t size() const noexcept { return held_.size(); }

    /// Grows by hand, since a vector would leave its old contents in freed memory.
    void add(byte_view data) {
        const auto whole = held_.size() + data.size();
        if (whole > held_.capacity()) {
            bytes larger;
            larger.reserve(std::max(whole, 2 * held_.capacity()));
            larger.assign(held_.begin(), held_.end());
            wipe(held_);
            held_.swap(larger);
        }
        held_.insert(held_.end(), data.begin(), data.end());
    }
    /// The first `count` bytes; at most all.
    void drop(std::size_t count) noexcept {
        std::copy(held_.begin() + static_cast<std::ptrdiff_t>(count), held_.end(), held_.begin());
        const auto left = held_.size() - count;
        wipe(byte_span(held_).subspan(left));
        held_.resize(left);
    }

  private:
    bytes held_;
};

} // namespace cipherlane::cli
