#include <cipherlane/net/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

// Whatever a host sends, cut anywhere: the same messages come out as from the whole, or the stream is refused.

using namespace cipherlane;

namespace {

constexpr std::size_t largest = 300;

/// The messages of a stream, read without a framer; stops at a length that is refused.
std::vector<bytes> messages_of(byte_view stream, net::length_prefixed::empty_message empty) {
    std::vector<bytes> found;
    while (stream.size() >= 2) {
        const std::size_t size = load_be16(stream.data());
        if (size > largest || (size == 0 && empty == net::length_prefixed::empty_message::refuse)) break;
        if (stream.size() < 2 + size) break;
        if (size > 0) found.emplace_back(stream.begin() + 2, stream.begin() + 2 + static_cast<std::ptrdiff_t>(size));
        stream = stream.subspan(2 + size);
    }
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    using empty_message = net::length_prefixed::empty_message;
    const auto empty = (data[0] & 1U) != 0 ? empty_message::skip : empty_message::refuse;
    const std::size_t piece = 1 + data[1];
    const byte_view stream(data + 2, size - 2);
    net::length_prefixed framer(largest, empty);
    std::vector<bytes> got;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        const auto fed = framer.feed(stream.subspan(at, std::min(piece, stream.size() - at)));
        while (const auto message = framer.next())
            got.emplace_back(message->begin(), message->end());
        if (!fed) {
            if (framer.feed({})) std::abort(); // refused once is refused for good
            break;
        }
    }
    const auto wanted = messages_of(stream, empty);
    // A fault further on in the same piece may be reported before the messages in front of it are asked for.
    if (got.size() > wanted.size() || !std::equal(got.begin(), got.end(), wanted.begin())) std::abort();
    return 0;
}
