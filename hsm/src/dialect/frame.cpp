#include "fail.hpp"

#include <cipherlane/hsm/frame.hpp>

#include <string>

namespace cipherlane::hsm {
namespace {

constexpr std::size_t prefix_size(const framing& how) {
    return how.length == framing::prefix::be16 ? 2 : 0;
}

} // namespace

std::size_t begin_frame(const framing& how, byte_view header, bytes& out) {
    const auto mark = out.size();
    const auto start = mark + prefix_size(how);
    out.resize(start + how.header_length, static_cast<std::uint8_t>(how.header_fill));
    const auto given = std::min<std::size_t>(header.size(), how.header_length);
    std::copy_n(header.begin(), given, out.begin() + static_cast<std::ptrdiff_t>(start));
    return mark;
}

result<void> end_frame(const framing& how, std::size_t mark, bytes& out) {
    if (!how.trailer.empty()) {
        out.push_back(how.message_end);
        out.insert(out.end(), how.trailer.begin(), how.trailer.end());
    }
    const auto size = out.size() - mark - prefix_size(how);
    if (size > how.largest) {
        return fail(hsm_errc::bad_length)
            .in_field("message")
            .at_offset(size)
            .with_hint("found " + std::to_string(size) + " bytes, allowed: " + std::to_string(how.largest) +
                       " (frame.largest)");
    }
    if (how.length == framing::prefix::be16) store_be16(out.data() + mark, static_cast<std::uint16_t>(size));
    return {};
}

result<std::optional<frame_view>> cut_frame(const framing& how, byte_view input) {
    const std::size_t header = how.header_length;
    if (how.length == framing::prefix::none) {
        if (input.size() < header) return std::optional<frame_view>{};
        return std::optional<frame_view>{{input.first(header), input.subspan(header), header}};
    }
    if (input.size() < 2) return std::optional<frame_view>{};
    const std::size_t size = load_be16(input.data());
    if (size > how.largest || size < header + 2) {
        return fail(hsm_errc::bad_length)
            .in_field("length")
            .at_offset(0)
            .with_hint("found " + std::to_string(size) + ", allowed: " + std::to_string(header + 2) +
                       " (the header and a code) to " + std::to_string(how.largest) + " (frame.largest)");
    }
    if (input.size() < 2 + size) return std::optional<frame_view>{};
    return std::optional<frame_view>{{input.subspan(2, header), input.subspan(2 + header, size - header), 2 + size}};
}

} // namespace cipherlane::hsm
