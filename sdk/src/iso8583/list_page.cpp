#include "fail.hpp"

#include <cipherlane/iso8583/list_page.hpp>

#include <algorithm>

namespace cipherlane::iso8583 {
namespace {

error bad_page(std::size_t at) {
    return fail(iso8583_errc::bad_subfield, "download", "62", at);
}

/// One TLV of the few that a query has: tags of two bytes, lengths of one.
struct short_tlv {
    std::uint32_t tag;
    byte_view whole;
};

constexpr std::size_t head_size = 3;

result<short_tlv> next_tlv(byte_view rest, std::size_t at) {
    if (rest.size() < head_size || (rest[0] & 0x1FU) != 0x1FU || rest[2] > 0x7FU) return bad_page(at);
    const auto size = head_size + rest[2];
    if (rest.size() < size) return bad_page(at);
    return short_tlv{static_cast<std::uint32_t>(rest[0] << 8U | rest[1]), rest.first(size)};
}

} // namespace

result<list_page> list_page::parse(byte_view field62) {
    if (field62.empty() || field62[0] < '0' || field62[0] > '2') return bad_page(0);
    return list_page{static_cast<position>(field62[0] - '0'), field62.subspan(1)};
}

std::string page_request(std::uint32_t pages_had) {
    const auto count = pages_had % 100;
    return std::string(count < 10 ? "10" : "1") + std::to_string(count);
}

result<std::vector<bytes>> listed_entries(byte_view content) {
    constexpr std::uint32_t application = 0x9F06;
    constexpr std::uint32_t key_index = 0x9F22;
    std::vector<bytes> entries;
    for (std::size_t at = 0; at < content.size();) {
        CIPHERLANE_TRY(const auto found, next_tlv(content.subspan(at), at));
        if (found.tag == application) entries.emplace_back();
        const bool kept = found.tag == application || found.tag == key_index;
        if (kept && entries.empty()) return bad_page(at);
        if (kept) entries.back().insert(entries.back().end(), found.whole.begin(), found.whole.end());
        at += found.whole.size();
    }
    return entries;
}

} // namespace cipherlane::iso8583
