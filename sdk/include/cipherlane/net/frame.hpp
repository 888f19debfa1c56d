#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <optional>

namespace cipherlane::net {

/// Cuts a byte stream into messages that carry a two-byte big-endian length that does not count itself, as ISO 8583
/// over TCP and the Racal cipher-machine dialects do. Holds at most one message and a bounded tail. What it held is
/// wiped: answers of hosts hold card numbers.
class length_prefixed {
  public:
    /// What a length of zero is: a fault, the heartbeat that some hosts send, or one that is given out as an empty
    /// message, to be answered.
    enum class empty_message { refuse, skip, give };

    /// A message longer than `largest` is refused.
    explicit length_prefixed(std::size_t largest, empty_message empty = empty_message::refuse);
    length_prefixed(const length_prefixed&) = delete;
    length_prefixed& operator=(const length_prefixed&) = delete;
    ~length_prefixed();

    /// Takes bytes as they come.
    /// @return `bad_message` when a length is zero or above the limit, with the offset of that length in the stream;
    /// the stream cannot be resynchronised then, and every later call says the same.
    [[nodiscard]] result<void> feed(byte_view data);
    /// The next whole message without its length, if there is one. The view lives until the next `feed`.
    [[nodiscard]] std::optional<byte_view> next();
    /// Bytes held that `next` has not given out yet.
    [[nodiscard]] std::size_t pending() const noexcept { return buffer_.size() - taken_; }

  private:
    void drop_taken();
    void make_room(std::size_t more);
    [[nodiscard]] result<void> check_lengths();

    bytes buffer_;
    std::size_t taken_ = 0;    ///< start of the first message not given out
    std::size_t checked_ = 0;  ///< start of the first length not checked
    std::size_t consumed_ = 0; ///< bytes of the stream before `buffer_`
    std::size_t largest_;
    empty_message empty_;
};

} // namespace cipherlane::net
