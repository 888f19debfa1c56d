#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace cipherlane::net {

/// How the length in front of a message is written; it does not count itself.
enum class frame_prefix : std::uint8_t {
    binary2, ///< two bytes, big-endian: ISO 8583 over TCP, the Racal cipher-machine dialects
    digits4, ///< four ASCII digits
};

[[nodiscard]] std::size_t size_of(frame_prefix form) noexcept;
/// The longest message that it can tell.
[[nodiscard]] std::size_t most_of(frame_prefix form) noexcept;
/// Writes the length of a message, which must not be more than `most_of`, into the first bytes of `to`.
void put_prefix(byte_span to, std::size_t length, frame_prefix form) noexcept;

/// Cuts a byte stream into messages with their length in front. Holds at most one message and a bounded tail. What it
/// held is wiped: answers of hosts hold card numbers.
class length_prefixed {
  public:
    /// What a length of zero is: a fault, the heartbeat that some hosts send, or one that is given out as an empty
    /// message, to be answered.
    enum class empty_message { refuse, skip, give };

    /// A message longer than `largest` is refused.
    explicit length_prefixed(
        std::size_t largest, empty_message empty = empty_message::refuse, frame_prefix form = frame_prefix::binary2);
    length_prefixed(const length_prefixed&) = delete;
    length_prefixed& operator=(const length_prefixed&) = delete;
    ~length_prefixed();

    /// Takes bytes as they come.
    /// @return `bad_message` when a length is zero, above the limit or no number, with the offset of that length in
    /// the stream; the stream cannot be resynchronised then, and every later call says the same.
    [[nodiscard]] result<void> feed(byte_view data);
    /// The next whole message without its length, if there is one. The view lives until the next `feed`.
    [[nodiscard]] std::optional<byte_view> next();
    [[nodiscard]] frame_prefix prefix() const noexcept { return form_; }
    /// Bytes held that `next` has not given out yet.
    [[nodiscard]] std::size_t pending() const noexcept { return buffer_.size() - taken_; }
    /// Whether the last message of these waits for its rest.
    [[nodiscard]] bool torn() const noexcept { return buffer_.size() > checked_; }

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
    frame_prefix form_;
};

} // namespace cipherlane::net
