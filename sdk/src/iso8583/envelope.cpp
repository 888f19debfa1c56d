#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::iso8583 {
namespace {

constexpr std::size_t most_body = 65535;

using form = frame_length::form;

/// One byte of the length as a digit of its base; nothing where it is none.
std::optional<std::size_t> digit_of(form written, std::uint8_t byte) noexcept {
    switch (written) {
    case form::bcd:
        if (byte > 0x99 || (byte & 15U) > 9) return {};
        return (byte >> 4U) * std::size_t{10} + (byte & 15U);
    case form::ascii:
        if (byte < '0' || byte > '9') return {};
        return byte - std::size_t{'0'};
    case form::hex: {
        const int value = hex_value(static_cast<char>(byte));
        if (value < 0) return {};
        return static_cast<std::size_t>(value);
    }
    default: return byte;
    }
}

constexpr std::size_t base_of(form written) noexcept {
    switch (written) {
    case form::bcd: return 100;
    case form::ascii: return 10;
    case form::hex: return 16;
    default: return 256;
    }
}

} // namespace

result<framed> read_frame(const dialect& format, byte_view input) {
    const auto& length = format.envelope.length;
    const std::size_t trailer = format.envelope.trailer;
    framed made;
    if (length.written == form::none) {
        made.body = input.size() < trailer ? input.size() : input.size() - trailer;
        made.whole = made.body + trailer;
        return made;
    }
    made.body_at = length.prefix_bytes();
    if (input.size() < made.body_at) {
        return fail(iso8583_errc::truncated, "decode", "length", input.size())
            .with_hint("found " + std::to_string(input.size()) + " bytes, the length alone has " +
                       std::to_string(made.body_at));
    }
    std::size_t says = 0;
    for (std::size_t i = 0; i < length.bytes; ++i) {
        const std::size_t at = length.written == form::little ? length.bytes - 1 - i : i;
        const auto digit = digit_of(length.written, input[at]);
        if (!digit) {
            return fail(iso8583_errc::bad_frame_length, "decode", "length", at)
                .with_hint("found " + to_hex(input.first(length.bytes)) + ", expected digits");
        }
        says = std::min(says * base_of(length.written) + *digit, std::size_t{0xFFFFFFFF});
    }
    const auto behind = input.subspan(length.bytes, length.gap);
    if (std::any_of(behind.begin(), behind.end(), [](auto byte) { return byte != 0; })) {
        return fail(iso8583_errc::bad_frame_length, "decode", "length", length.bytes)
            .with_hint("found " + to_hex(behind) + ", expected zeros behind the length");
    }
    const auto counted = static_cast<std::ptrdiff_t>(says) - length.adjust;
    if (says == 0 || counted == 0) {
        if (length.zero_is == frame_length::zero::poll) {
            made.whole = made.body_at;
            made.poll = true;
            return made;
        }
    }
    if (counted < 0) {
        return fail(iso8583_errc::bad_frame_length, "decode", "length", 0)
            .with_hint("found " + std::to_string(says) + ", less than what it counts besides the message");
    }
    if (static_cast<std::size_t>(counted) > most_body) {
        return fail(iso8583_errc::too_long, "decode", "length", 0)
            .with_hint("found " + std::to_string(says) + ", at most " + std::to_string(most_body) + " is read");
    }
    made.body = static_cast<std::size_t>(counted);
    made.whole = made.body_at + made.body + trailer;
    return made;
}

result<void> write_frame_length(const frame_length& length, std::size_t body, byte_span out) {
    if (length.written == form::none) return {};
    const auto says = static_cast<std::ptrdiff_t>(body) + length.adjust;
    if (says < 0 || static_cast<std::size_t>(says) > length.limit()) {
        return fail(iso8583_errc::too_long, "encode", "length");
    }
    auto rest = static_cast<std::size_t>(says);
    std::fill_n(out.begin(), length.prefix_bytes(), std::uint8_t{0});
    for (std::size_t i = length.bytes; i-- > 0;) {
        const std::size_t digit = rest % base_of(length.written);
        rest /= base_of(length.written);
        auto& to = out[length.written == form::little ? length.bytes - 1 - i : i];
        switch (length.written) {
        case form::bcd: to = static_cast<std::uint8_t>(digit / 10 << 4U | digit % 10); break;
        case form::ascii: to = static_cast<std::uint8_t>('0' + digit); break;
        case form::hex: to = static_cast<std::uint8_t>("0123456789ABCDEF"[digit]); break;
        default: to = static_cast<std::uint8_t>(digit);
        }
    }
    return {};
}

std::optional<found_piece> header_reader::next() noexcept {
    while (!pieces_.empty() && at_ < header_.size()) {
        const auto& piece = pieces_.front();
        pieces_ = pieces_.subspan(1);
        const auto rest = header_.subspan(at_);
        const auto size = piece_size(piece, rest);
        if (!size) continue;
        const std::size_t at = at_;
        at_ += std::min(*size, rest.size());
        return found_piece{&piece, rest.first(at_ - at), at};
    }
    return {};
}

} // namespace cipherlane::iso8583
