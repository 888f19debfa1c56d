#include "cipherlane/hsm_tap_replay.hpp"

#include "cipherlane/capture/packet.hpp"

#include <cipherlane/core/errc.hpp>

namespace cipherlane::cli {
namespace {

constexpr std::size_t most_flows = 4'096;
constexpr std::size_t most_ports = 16;

} // namespace

result<void> capture_replay::add(byte_view piece) {
    file_.add(piece);
    for (;;) {
        CIPHERLANE_TRY(const auto packet, file_.next());
        if (!packet) return {};
        losses_.note(*packet);
        if (const auto segment = tcp_of(packet->link, packet->data)) take(*segment, packet->since_1970);
    }
}

void capture_replay::take(const tcp_segment& segment, std::chrono::microseconds when) {
    now_ =
        std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(when));
    const bool up = segment.to.port == unit_port_;
    if (!up && segment.from.port != unit_port_) {
        if (other_ports_.size() < most_ports) other_ports_.insert(std::min(segment.from.port, segment.to.port));
        return;
    }
    const ends which = up ? ends(segment.from, segment.to) : ends(segment.to, segment.from);
    auto at = flows_.find(which);
    if (at == flows_.end()) {
        if (segment.data.empty() && !segment.syn) return; // the end of one that is closed
        if (flows_.size() == most_flows) return;
        at = flows_.emplace(which, std::make_unique<flow>(*this, ++count_)).first;
        tell(tap_event::kind::opened, *at->second, which.first.port);
    }
    auto& found = *at->second;
    found.what.at(now_);
    pass_on(found, up, up ? found.up.take(segment) : found.down.take(segment));
    if (found.up.has_ended() && found.down.has_ended()) close(which);
}

void capture_replay::pass_on(flow& to, bool up, const tcp_stream::piece& piece) {
    if (piece.missing != 0) up ? to.what.lose_request(piece.missing) : to.what.lose_answer(piece.missing);
    if (piece.data.empty()) return;
    up ? to.what.request(piece.data) : to.what.answer(piece.data);
}

void capture_replay::close(const ends& which) {
    const auto at = flows_.find(which);
    auto& found = *at->second;
    pass_on(found, true, found.up.finish());
    pass_on(found, false, found.down.finish());
    found.what.tell_halves("then no more");
    tell(tap_event::kind::closed, found, 0);
    flows_.erase(at);
}

void capture_replay::finish() {
    losses_.note_end(file_.left());
    while (!flows_.empty()) {
        const auto which = flows_.begin()->first;
        close(which);
    }
}

void capture_replay::tell(tap_event::kind what, const flow& of, std::uint16_t port) {
    tap_event event;
    event.what = what;
    event.connection = of.number;
    event.when = now_;
    event.port = port;
    event.text = what == tap_event::kind::opened ? "opened from port " + std::to_string(port) : "closed";
    page_->take(event);
}

} // namespace cipherlane::cli
