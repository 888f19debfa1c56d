#include "cipherlane/capture/capture_reader.hpp"

#include <cipherlane/core/errc.hpp>

#include <algorithm>

namespace cipherlane::cli {
namespace {

constexpr std::size_t largest_block = 16U << 20U;
constexpr std::size_t most_interfaces = 1'024;
constexpr std::size_t pcap_header = 24;
constexpr std::size_t record_header = 16;

constexpr std::uint32_t section_block = 0x0A0D0D0A;
constexpr std::uint32_t interface_block = 1;
constexpr std::uint32_t simple_block = 3;
constexpr std::uint32_t enhanced_block = 6;
constexpr std::uint16_t resolution_option = 9;

} // namespace

void capture_reader::add(byte_view piece) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at_));
    before_ += at_;
    at_ = 0;
    held_.insert(held_.end(), piece.begin(), piece.end());
}

std::uint16_t capture_reader::half(std::size_t at) const noexcept {
    const auto* from = held_.data() + at_ + at;
    return static_cast<std::uint16_t>(little_ ? from[0] | from[1] << 8 : from[0] << 8 | from[1]);
}

std::uint32_t capture_reader::word(std::size_t at) const noexcept {
    const std::uint32_t first = half(at);
    const std::uint32_t second = half(at + 2);
    return little_ ? first | second << 16U : first << 16U | second;
}

error capture_reader::broken() const {
    return error(core_errc::wrong_length, layer::tools)
        .during("read capture")
        .at_offset(static_cast<std::size_t>(before_ + at_))
        .with_hint("no block of a pcap or pcapng file stands here");
}

/// True once it is clear which of the two forms it is.
result<bool> capture_reader::open() {
    if (form_ != form::unknown) return true;
    if (left() < 4) return false;
    if (word(0) == section_block) {
        form_ = form::pcapng;
        return true;
    }
    for (const bool little : {true, false}) {
        little_ = little;
        const auto magic = word(0);
        if (magic != 0xA1B2C3D4 && magic != 0xA1B23C4D) continue;
        if (left() < pcap_header) return false;
        nanoseconds_ = magic == 0xA1B23C4D;
        link_ = word(20) & 0xFFFF;
        form_ = form::pcap;
        drop(pcap_header);
        return true;
    }
    return error(core_errc::wrong_length, layer::tools)
        .during("read capture")
        .at_offset(0)
        .with_hint("neither a pcap nor a pcapng file");
}

result<std::optional<captured_packet>> capture_reader::next() {
    CIPHERLANE_TRY(const bool known, open());
    if (!known) return std::optional<captured_packet>{};
    return form_ == form::pcap ? next_of_pcap() : next_of_pcapng();
}

result<std::optional<captured_packet>> capture_reader::next_of_pcap() {
    if (left() < record_header) return std::optional<captured_packet>{};
    const std::size_t size = word(8);
    if (size > largest_block) return broken();
    if (left() - record_header < size) return std::optional<captured_packet>{};
    captured_packet made{link_, {}, byte_view(held_).subspan(at_ + record_header, size)};
    made.since_1970 =
        std::chrono::seconds(word(0)) + std::chrono::microseconds(nanoseconds_ ? word(4) / 1'000 : word(4));
    made.is_cut = word(12) > size;
    drop(record_header + size);
    return std::optional(made);
}

result<void> capture_reader::read_section(std::size_t size) {
    if (size < 28) return broken();
    interfaces_.clear();
    return {};
}

result<void> capture_reader::read_interface(std::size_t size) {
    if (size < 20 || interfaces_.size() == most_interfaces) return broken();
    interface made {
        half(8), 1'000'000
    };
    for (std::size_t at = 16; at + 4 <= size - 4;) {
        const auto code = half(at);
        const std::size_t length = half(at + 2);
        if (code == 0 || at + 4 + length > size - 4) break;
        const auto value = held_[at_ + at + 4];
        if (code == resolution_option && length == 1) {
            // A power of ten, or of two with the highest bit set.
            made.ticks = 1;
            const std::uint64_t base = (value & 0x80) != 0 ? 2 : 10;
            for (int i = 0; i < (value & 0x7F) && made.ticks < 1'000'000'000'000; ++i)
                made.ticks *= base;
        }
        at += 4 + (length + 3) / 4 * 4;
    }
    interfaces_.push_back(made);
    return {};
}

std::optional<captured_packet> capture_reader::read_enhanced(std::size_t size) const noexcept {
    if (size < 32) return std::nullopt;
    const std::size_t on = word(8);
    const std::size_t captured = word(20);
    if (on >= interfaces_.size() || captured > size - 32) return std::nullopt;
    const auto ticks = (std::uint64_t{word(12)} << 32U) | word(16);
    const auto& from = interfaces_[on];
    captured_packet made{from.link, {}, byte_view(held_).subspan(at_ + 28, captured)};
    made.is_cut = word(24) > captured;
    const auto rest = ticks % from.ticks;
    // Neither the seconds nor what is left of one overflow: ticks a second are at most 10^13.
    made.since_1970 =
        std::chrono::microseconds(static_cast<std::int64_t>(ticks / from.ticks % 0x1'0000'0000) * 1'000'000 +
                                  static_cast<std::int64_t>(rest * 1'000'000 / from.ticks));
    return made;
}

result<std::optional<captured_packet>> capture_reader::next_of_pcapng() {
    for (;;) {
        if (left() < 12) return std::optional<captured_packet>{};
        const auto type = word(0);
        // The byte order stands behind the length of a section's header, and its type reads the same in both.
        if (type == section_block) {
            little_ = true;
            if (word(8) == 0x4D3C2B1A) little_ = false;
            if (word(8) != 0x1A2B3C4D) return broken();
        }
        const std::size_t size = word(4);
        if (size < 12 || size % 4 != 0 || size > largest_block) return broken();
        if (left() < size) return std::optional<captured_packet>{};
        std::optional<captured_packet> found;
        if (type == section_block) CIPHERLANE_CHECK(read_section(size));
        if (type == interface_block) CIPHERLANE_CHECK(read_interface(size));
        if (type == enhanced_block) found = read_enhanced(size);
        if (type == simple_block && size >= 16 && !interfaces_.empty()) {
            const auto captured = std::min<std::size_t>(word(8), size - 16);
            found = captured_packet{
                interfaces_[0].link, {}, byte_view(held_).subspan(at_ + 12, captured), word(8) > captured};
        }
        drop(size);
        if (found) return found;
    }
}

} // namespace cipherlane::cli
