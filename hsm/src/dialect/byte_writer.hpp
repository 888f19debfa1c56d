#pragma once

#include "wiped_growth.hpp"

#include <cipherlane/core/bytes.hpp>

#include <algorithm>
#include <cstring>

namespace cipherlane::hsm {

/// Appends to a buffer that is made longer in large steps, so that no piece costs a call; its end is set right when
/// the writer goes. Memory that is outgrown is wiped.
class byte_writer {
  public:
    explicit byte_writer(bytes& out)
        : out_(&out)
        , start_(out.size())
        , at_(start_) {}
    byte_writer(const byte_writer&) = delete;
    byte_writer& operator=(const byte_writer&) = delete;
    ~byte_writer() { out_->resize(at_); }

    /// Bytes written so far.
    [[nodiscard]] std::size_t size() const noexcept { return at_ - start_; }

    /// Room for `size` bytes, which the caller fills; lives until the next change.
    [[nodiscard]] std::uint8_t* take(std::size_t size) {
        if (out_->size() - at_ < size) lengthen(size);
        auto* to = out_->data() + at_;
        at_ += size;
        return to;
    }
    void put(std::uint8_t byte) { *take(1) = byte; }
    void put(byte_view data) {
        if (!data.empty()) std::memcpy(take(data.size()), data.data(), data.size());
    }

  private:
    static constexpr std::size_t step = 256;

    void lengthen(std::size_t size) {
        make_room(*out_, at_ + size);
        out_->resize(std::min(out_->capacity(), at_ + std::max(size, step)));
    }

    bytes* out_;
    std::size_t start_;
    std::size_t at_;
};

} // namespace cipherlane::hsm
