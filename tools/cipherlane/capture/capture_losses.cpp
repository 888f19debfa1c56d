#include "cipherlane/capture/capture_losses.hpp"

#include "cipherlane/capture/packet.hpp"

namespace cipherlane::cli {

void capture_losses::note(const captured_packet& packet) noexcept {
    if (packet.is_cut) ++cut_;
    if (is_understood(packet.link)) return;
    ++strange_;
    link_ = packet.link;
}

std::string capture_losses::words() const {
    std::string made;
    const auto add = [&](const std::string& part) { made.append(made.empty() ? "" : "; ").append(part); };
    if (cut_ != 0) {
        add(std::to_string(cut_) + (cut_ == 1 ? " packet was" : " packets were") +
            " cut by the capture: tcpdump -s 0 keeps all of them");
    }
    if (left_ != 0) add("the file ends inside a packet");
    if (link_) {
        add(std::to_string(strange_) + (strange_ == 1 ? " packet has" : " packets have") + " the link type " +
            std::to_string(*link_) + ", which is not read; capture on Ethernet or the any device");
    }
    return made;
}

} // namespace cipherlane::cli
