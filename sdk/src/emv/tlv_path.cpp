#include "tlv_path.hpp"

#include <cipherlane/core/hex.hpp>

namespace cipherlane::emv::detail {

std::size_t store_tag(tag_number tag, std::span<std::uint8_t, 4> out) noexcept {
    const std::size_t size = tag_size(tag);
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<std::uint8_t>(tag >> (8 * (size - 1 - i)));
    return size;
}

fixed_text<96> path_text(std::span<const tag_number> above, tag_number tag) noexcept {
    std::array<char, 96> text{};
    std::size_t size = 0;
    auto add = [&](tag_number one) {
        if (size != 0) text[size++] = '/';
        std::array<std::uint8_t, 4> raw{};
        const std::size_t count = store_tag(one, raw);
        to_hex(byte_view(raw).first(count), std::span(text).subspan(size));
        size += 2 * count;
    };
    for (const auto one : above)
        add(one); // at most 8 levels of 9 characters
    if (tag != 0) add(tag);
    return std::string_view(text.data(), size);
}

} // namespace cipherlane::emv::detail
