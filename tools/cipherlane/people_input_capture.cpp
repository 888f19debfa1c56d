// Captures of Wireshark and tcpdump: what their TCP connections carried.
#include "cipherlane/capture/capture_losses.hpp"
#include "cipherlane/capture/capture_reader.hpp"
#include "cipherlane/capture/packet.hpp"
#include "cipherlane/capture/tcp_stream.hpp"
#include "cipherlane/people_input_forms.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t most_streams = 1024;

bool begins_as_capture(byte_view data) {
    if (data.size() < 24) return false;
    static constexpr std::string_view magics[] = {
        "\xD4\xC3\xB2\xA1", "\xA1\xB2\xC3\xD4", "\x4D\x3C\xB2\xA1", "\xA1\xB2\x3C\x4D", "\x0A\x0D\x0D\x0A"};
    const auto first = as_text(data).substr(0, 4);
    return std::find(std::begin(magics), std::end(magics), first) != std::end(magics);
}

} // namespace

std::optional<input_reading> read_capture(std::string_view given) {
    if (!begins_as_capture(as_bytes(given))) return {};
    using ends = std::pair<capture_end, capture_end>;
    input_reading made{.form = input_form::capture};
    std::map<ends, tcp_stream> streams;
    std::optional<ends> last; // who spoke last
    std::size_t lost = 0;
    const auto take = [&](const ends& which, tcp_stream::piece piece) {
        lost += piece.missing;
        if (piece.data.empty()) return;
        // What one side says without an answer between belongs together.
        if (last != which || made.parts.empty()) made.parts.emplace_back();
        auto& part = made.parts.back();
        part.insert(part.end(), piece.data.begin(), piece.data.end());
        last = which;
    };
    capture_losses losses;
    capture_reader file;
    file.add(as_bytes(given));
    std::string broken; // what is before it is whole
    for (;;) {
        const auto packet = file.next();
        if (!packet) {
            broken = packet.error().to_string();
            break;
        }
        if (!*packet) break;
        losses.note(**packet);
        const auto segment = tcp_of((*packet)->link, (*packet)->data);
        if (!segment) continue;
        const ends which(segment->from, segment->to);
        if (!streams.contains(which) && streams.size() == most_streams) continue;
        take(which, streams[which].take(*segment));
    }
    for (auto& [which, stream] : streams)
        take(which, stream.finish());
    for (const auto& part : made.parts)
        made.whole.insert(made.whole.end(), part.begin(), part.end());
    if (broken.empty()) losses.note_end(file.left());
    made.note = losses.words();
    if (made.whole.empty() && made.note.empty()) return {};
    const auto note = [&](const std::string& words) { made.note += (made.note.empty() ? "" : "; ") + words; };
    if (lost != 0) note("the capture lacks " + std::to_string(lost) + " bytes of what was sent");
    if (!broken.empty()) note("the rest of the capture cannot be read: " + broken);
    made.damaged = !made.note.empty();
    return made;
}

} // namespace cipherlane::cli
