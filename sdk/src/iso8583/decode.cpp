#include "decode_inside.hpp"
#include "decoder.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace cipherlane::iso8583 {
namespace {

constexpr std::string_view op = "decode";

/// Whether what stands behind the message is what the envelope says.
[[nodiscard]] bool right_trailer(const envelope_spec& outer, byte_view trailer) noexcept {
    return trailer.size() == outer.trailer && (outer.trailer_is.empty() || as_text(trailer) == outer.trailer_is);
}

error wrong_trailer(const envelope_spec& outer, byte_view found, std::size_t at) {
    const auto is =
        outer.trailer_is.empty() ? std::to_string(outer.trailer) + " bytes" : to_hex(as_bytes(outer.trailer_is));
    // Of a message that is cut these may be bytes of its last field.
    found = found.first(std::min<std::size_t>(2, found.size()));
    return fail(iso8583_errc::bad_trailer, op, "trailer", at)
        .with_hint("expected " + is + ", found " + to_hex(found));
}

/// Why fewer or more bytes follow than the length says, and how else it could be read.
error wrong_length(const dialect& format, byte_view input, const framed& frame) {
    const bool less = input.size() < frame.whole;
    const auto& length = format.envelope.length;
    const std::size_t there = input.size() - frame.body_at;
    std::string hint =
        "the length says " + std::to_string(frame.whole - frame.body_at) + " bytes, found " + std::to_string(there);
    if (length.written == frame_length::form::none) hint = "found " + std::to_string(there) + " bytes";
    constexpr std::string_view digits = "0123456789";
    const auto first = as_text(input.first(std::min<std::size_t>(4, input.size())));
    if (length.written != frame_length::form::ascii && first.size() == 4 &&
        first.find_first_not_of(digits) == std::string_view::npos) {
        hint += "; as ASCII it would say ";
        hint.append(first);
    }
    return less ? fail(iso8583_errc::truncated, op, "length", input.size()).with_hint(hint)
                : fail(iso8583_errc::trailing_bytes, op, "length", frame.whole).with_hint(hint);
}

} // namespace

/// What `decode` and `decode_body` share; a friend of the view.
class body_reader {
  public:
    static result<message_view> read(const dialect& format, byte_view body, byte_view trailer, std::size_t base) {
        result<message_view> out; // made in its place: a view is a kilobyte
        if (decoder steps(format, body, base, *out); !steps.walk()) {
            out = steps.failure();
        } else if (format.envelope.trailer != 0) {
            out->trailer_ = trailer;
        }
        return out;
    }
    static void keep_trailer(message_view& view, byte_view trailer) noexcept { view.trailer_ = trailer; }
};

result<message_view> decode_body(const dialect& format, byte_view input) {
    const auto& outer = format.envelope;
    if (outer.trailer == 0) return body_reader::read(format, input, {}, 0);
    const std::size_t body = input.size() < outer.trailer ? 0 : input.size() - outer.trailer;
    const auto trailer = input.subspan(body);
    if (!right_trailer(outer, trailer)) return wrong_trailer(outer, trailer, body);
    return body_reader::read(format, input.first(body), trailer, 0);
}

result<message_view> decode(const dialect& format, byte_view input) {
    CIPHERLANE_TRY(const auto frame, read_frame(format, input));
    if (input.size() != frame.whole) return wrong_length(format, input, frame);
    if (frame.poll) return fail(iso8583_errc::poll, op, "length", 0);
    const auto trailer = input.subspan(frame.body_at + frame.body);
    if (!right_trailer(format.envelope, trailer)) {
        return wrong_trailer(format.envelope, trailer, frame.body_at + frame.body);
    }
    return body_reader::read(format, input.subspan(frame.body_at, frame.body), trailer, frame.body_at);
}

namespace {

/// "; cut in field 41", or in the bitmap or a header, where no field has begun.
std::string where_it_is_cut(const partial_message& what) {
    if (what.cut) return "; cut in field " + std::to_string(what.cut->number);
    if (!what.failure || what.failure->code() != iso8583_errc::truncated) return {};
    std::string words = "; cut in " + std::string(what.failure->field());
    if (!what.failure->hint().empty()) words.append(", ").append(what.failure->hint());
    return words;
}

} // namespace

partial_message decode_partly(const dialect& format, byte_view input, reading how) {
    partial_message partly;
    partly.how = how;
    auto* borne = how == reading::tolerant ? &partly.deviations : nullptr;
    const auto& outer = format.envelope;
    // A wrong length or trailer is the first fault; the fields may still say more.
    std::optional<error> outside;
    auto frame = read_frame(format, input);
    if (!frame) {
        outside = frame.error();
    } else if (frame->poll && frame->whole == input.size()) {
        partly.poll = true;
        partly.failure = fail(iso8583_errc::poll, op, "length", 0);
        return partly;
    } else if (frame->whole != input.size()) {
        outside = wrong_length(format, input, *frame);
    }
    std::size_t skip = std::min(outer.length.prefix_bytes(), input.size());
    std::size_t body = input.size() - skip;
    if (outside) {
        body -= std::min<std::size_t>(outer.trailer, body);
    } else {
        body = frame->body;
    }
    const auto trailer = input.subspan(skip + body);
    const bool right = right_trailer(outer, trailer);
    // Without its trailer a message that is cut may have lost it, or end in bytes of its own.
    if (!right && outside) body = input.size() - skip;
    if (!right && !outside) outside = wrong_trailer(outer, trailer, skip + body);
    if (outside && borne != nullptr) {
        borne->push_back({static_cast<iso8583_errc>(outside->code().value()), outside->field(),
            outside->offset().value_or(0), outside->hint()});
        outside.reset();
    }
    decoder steps(format, input.subspan(skip, body), skip, partly.view, borne);
    if (!steps.walk()) {
        steps.forget_the_rest();
        partly.failure = steps.failure();
        partly.cut = steps.cut();
    } else if (right) {
        body_reader::keep_trailer(partly.view, trailer);
    }
    partly.announced = steps.announced();
    partly.stopped_at = skip + steps.stopped_at();
    if (outside) {
        // The place that the end has cut says more than the length that is too great.
        std::string hint(outside->hint());
        if (outside->code() == iso8583_errc::truncated) hint += where_it_is_cut(partly);
        partly.failure = std::move(*outside).with_hint(hint);
    }
    if (!partly.failure) partly.inside = fault_inside(partly.view, borne);
    return partly;
}

} // namespace cipherlane::iso8583
