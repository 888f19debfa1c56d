#include "cipherlane/iso8583_messages.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <utility>

namespace cipherlane::cli {
namespace {

/// How far the first fault lies, in frames that are right and then bytes; the most where all are right.
std::pair<bool, std::size_t> reach(const iso8583::dialect& format, const std::vector<bytes>& frames) {
    std::size_t bytes_read = 0;
    for (const auto& each : frames) {
        const auto read = iso8583::decode_partly(format, each);
        // A message type is what tells a reading that is right and faulty from one that is wrong.
        if (read.failure && !read.poll) return {false, bytes_read + (read.view.mti().empty() ? 0 : read.stopped_at)};
        bytes_read += each.size();
    }
    return {true, bytes_read};
}

/// Whether a message that is whole is followed by the headers and the bitmap of one more.
bool begins_like_a_message(const iso8583::dialect& format, byte_view whole, byte_view rest) {
    if (iso8583::decode_partly(format, whole).failure) return false;
    const auto next = iso8583::decode_partly(format, rest);
    return !next.view.mti().empty() && next.view.bitmaps() != 0;
}

} // namespace

std::vector<bytes> frames_of(const iso8583::dialect& format, byte_view stream) {
    std::vector<bytes> frames;
    while (format.envelope.length.written != iso8583::frame_length::form::none && !stream.empty()) {
        const auto frame = iso8583::read_frame(format, stream);
        if (!frame || frame->whole >= stream.size()) break;
        // A length that is too small looks like a frame with something behind; the next length tells.
        const auto rest = stream.subspan(frame->whole);
        const auto next = iso8583::read_frame(format, rest);
        if (!next) break;
        // One that is cut is known by what stands behind its length.
        if (next->whole > rest.size() && !begins_like_a_message(format, stream.first(frame->whole), rest)) break;
        frames.emplace_back(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(frame->whole));
        stream = rest;
    }
    if (!stream.empty() || frames.empty()) frames.emplace_back(stream.begin(), stream.end());
    return frames;
}

namespace {

/// The messages of several pieces, each cut at its lengths; of captured packets what they carry.
std::vector<bytes> frames_of_parts(const iso8583::dialect& format, const std::vector<bytes>& parts) {
    std::vector<bytes> frames;
    for (const auto& part : parts) {
        const auto at = packet_payload(part);
        if (at == part.size()) continue; // it only says that another has come
        auto more = frames_of(format, byte_view(part).subspan(at));
        std::move(more.begin(), more.end(), std::back_inserter(frames));
    }
    return frames;
}

} // namespace

found_messages messages_of(const iso8583::dialect& format, std::vector<input_reading> readings) {
    found_messages best;
    std::pair<bool, std::size_t> best_reach{};
    bool any = false;
    const auto consider = [&](const input_reading& from, std::vector<bytes> frames) {
        const auto reached = reach(format, frames);
        // A dialect of characters takes what no reading fits for what it is: base64 is found in any letters.
        const bool plainer = any && reached == best_reach && reached.second == 0 && from.form == input_form::text &&
                             format.mti == iso8583::encoding::ascii && best.form == input_form::base64;
        if (any && reached <= best_reach && !plainer) return;
        // What leaves characters out is right where all fits; a fault that is found so may come of that.
        if (from.leaves_out && !reached.first && best.read_any) return;
        any = true;
        best_reach = reached;
        best = {from.form, std::move(frames), reached.first || reached.second != 0, from.note, from.damaged};
    };
    for (const auto& each : readings) {
        consider(each, frames_of(format, each.whole));
        if (best_reach.first && best.form == each.form) break;
        if (auto frames = frames_of_parts(format, each.parts); !frames.empty()) consider(each, std::move(frames));
        if (const auto at = packet_payload(each.whole); at != 0 && at < each.whole.size()) {
            consider(each, frames_of(format, byte_view(each.whole).subspan(at)));
        }
        if (best_reach.first) break;
    }
    return best;
}

} // namespace cipherlane::cli
