#pragma once

#include <cipherlane/net/frame.hpp>
#include <cipherlane/net/machine.hpp>
#include <cipherlane/ports/host.hpp>

#include <array>

namespace cipherlane::hostlink {

/// One request to the host and the answer that a filter accepts; an empty message is a poll and goes back as it came,
/// where the stream gives such out. From the start of the send on every failure is
/// `outcome_unknown`: bytes may have left.
class host_exchange final : public net::exchange<bytes> {
  public:
    /// @param frame the request with its length in front; must outlive this, as must `filter` and `stream`.
    /// @param stream what the link has brought; it belongs to the link, so that a message which one exchange has seen
    /// the beginning of is not torn for the next.
    host_exchange(byte_view frame, const ports::answer_filter& filter, net::length_prefixed& stream);

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<bytes> take() override;
    /// Messages that were not the answer.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    /// Polls that went back.
    [[nodiscard]] std::uint64_t polls() const noexcept { return polls_; }

  private:
    [[nodiscard]] net::action take_bytes(byte_view data);
    [[nodiscard]] net::action take_messages();
    [[nodiscard]] net::action fail(const error& why);

    byte_view frame_;
    const ports::answer_filter& filter_;
    net::length_prefixed& stream_;
    result<bytes> outcome_;
    std::array<std::uint8_t, 4> poll_{}; ///< as it goes back
    std::uint64_t dropped_ = 0;
    std::uint64_t polls_ = 0;
};

} // namespace cipherlane::hostlink
