#pragma once

#include "cipherlane/capture/capture_losses.hpp"
#include "cipherlane/capture/capture_reader.hpp"
#include "cipherlane/capture/tcp_stream.hpp"
#include "cipherlane/hsm_conversation.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace cipherlane::cli {

/// Reads the talk with a unit out of a capture: every TCP connection to its port is put together and decoded. Takes
/// the file in pieces; memory is bounded by the number of connections, each of which keeps at most a message and
/// 1 MiB of what came out of order.
class capture_replay {
  public:
    capture_replay(const hsm::codec& engine, const test_cards& cards, tap_sink& page, std::uint16_t unit_port)
        : engine_(&engine)
        , cards_(&cards)
        , page_(&page)
        , unit_port_(unit_port) {}

    /// @return `bad_message` where the file is no capture.
    [[nodiscard]] result<void> add(byte_view piece);
    /// What is left when the file is over.
    void finish();

    [[nodiscard]] std::size_t connections() const noexcept { return count_; }
    /// Ports of other connections, in case the one given was wrong: at most 16.
    [[nodiscard]] const std::set<std::uint16_t>& other_ports() const noexcept { return other_ports_; }

    /// What the capture itself does not hold, in words; whole after `finish`.
    [[nodiscard]] std::string lost() const { return losses_.words(); }

  private:
    /// One connection; the first end is the application's.
    struct flow {
        flow(const capture_replay& of, std::size_t which)
            : number(which)
            , what(*of.engine_, *of.cards_, *of.page_, which) {}
        std::size_t number;
        conversation what;
        tcp_stream up;
        tcp_stream down;
    };
    using ends = std::pair<capture_end, capture_end>;

    void take(const tcp_segment& segment, std::chrono::microseconds when);
    void pass_on(flow& to, bool up, const tcp_stream::piece& piece);
    void close(const ends& which);
    void tell(tap_event::kind what, const flow& of, std::uint16_t port);

    const hsm::codec* engine_;
    const test_cards* cards_;
    tap_sink* page_;
    std::uint16_t unit_port_;
    capture_reader file_;
    capture_losses losses_;
    std::map<ends, std::unique_ptr<flow>> flows_;
    std::set<std::uint16_t> other_ports_;
    std::size_t count_ = 0;
    std::chrono::system_clock::time_point now_;
};

} // namespace cipherlane::cli
