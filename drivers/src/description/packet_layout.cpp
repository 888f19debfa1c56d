#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/description/packet_layout.hpp>

#include <algorithm>
#include <cassert>
#include <limits>
#include <string>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::array<std::pair<std::string_view, number_form>, 8> number_form_words{{{"none", number_form::none},
    {"u8", number_form::u8}, {"be16", number_form::be16}, {"le16", number_form::le16}, {"be32", number_form::be32},
    {"le32", number_form::le32}, {"digits3", number_form::digits3}, {"decimal", number_form::decimal}}};

/// CRCs by the bit: packets for displays are short beside the time their link takes.
std::uint32_t crc_high_first(byte_view data, std::uint32_t start, std::uint32_t polynomial) noexcept {
    std::uint32_t value = start;
    for (const auto one : data) {
        value ^= static_cast<std::uint32_t>(one) << 8U;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 0x8000U) != 0 ? (value << 1U) ^ polynomial : value << 1U;
        value &= 0xFFFFU;
    }
    return value;
}

std::uint32_t crc_low_first(byte_view data, std::uint32_t start, std::uint32_t polynomial) noexcept {
    std::uint32_t value = start;
    for (const auto one : data) {
        value ^= one;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? (value >> 1U) ^ polynomial : value >> 1U;
    }
    return value;
}

bool starts_with(byte_view data, byte_view with) noexcept {
    return data.size() >= with.size() && std::equal(with.begin(), with.end(), data.begin());
}

} // namespace

std::optional<number_form> parse_number_form(std::string_view word) {
    for (const auto& [name, form] : number_form_words) {
        if (name == word) return form;
    }
    return std::nullopt;
}

std::size_t size_of(number_form form) noexcept {
    switch (form) {
    case number_form::u8: return 1;
    case number_form::be16:
    case number_form::le16: return 2;
    case number_form::be32:
    case number_form::le32: return 4;
    case number_form::digits3: return 3;
    case number_form::none:
    case number_form::decimal: break;
    }
    return 0;
}

std::uint64_t most_of(number_form form) noexcept {
    if (form == number_form::none) return 0;
    if (form == number_form::decimal) return std::numeric_limits<std::uint32_t>::max();
    if (form == number_form::digits3) return 999;
    return (std::uint64_t{1} << (8 * size_of(form))) - 1;
}

void put_number(bytes& to, std::uint32_t value, number_form form) {
    if (form == number_form::decimal || form == number_form::digits3) {
        auto digits = std::to_string(value);
        if (digits.size() < size_of(form)) digits.insert(0, size_of(form) - digits.size(), '0');
        to.insert(to.end(), digits.begin(), digits.end());
        return;
    }
    const bool high_first = form == number_form::be16 || form == number_form::be32;
    const auto size = size_of(form);
    for (std::size_t i = 0; i < size; ++i)
        to.push_back(static_cast<std::uint8_t>(value >> (8 * (high_first ? size - 1 - i : i))));
}

std::uint32_t get_number(byte_view from, number_form form) noexcept {
    const bool high_first = form == number_form::be16 || form == number_form::be32;
    const auto size = size_of(form);
    assert(from.size() >= size);
    std::uint32_t value = 0;
    if (form == number_form::digits3) {
        for (const auto one : from.first(size)) {
            if (one < '0' || one > '9') return std::numeric_limits<std::uint32_t>::max();
            value = value * 10 + (one - std::uint32_t{'0'});
        }
        return value;
    }
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint32_t>(from[i]) << (8 * (high_first ? size - 1 - i : i));
    return value;
}

std::size_t size_of(checksum_kind kind) noexcept {
    switch (kind) {
    case checksum_kind::none: return 0;
    case checksum_kind::sum8:
    case checksum_kind::xor8: return 1;
    case checksum_kind::sum16:
    case checksum_kind::crc16_ccitt:
    case checksum_kind::crc16_xmodem:
    case checksum_kind::crc16_modbus: return 2;
    case checksum_kind::crc32: return 4;
    }
    return 0;
}

std::uint32_t checksum(checksum_kind kind, byte_view data) noexcept {
    std::uint32_t value = 0;
    switch (kind) {
    case checksum_kind::none: break;
    case checksum_kind::sum8:
    case checksum_kind::sum16:
        for (const auto one : data)
            value += one;
        value &= kind == checksum_kind::sum8 ? 0xFFU : 0xFFFFU;
        break;
    case checksum_kind::xor8:
        for (const auto one : data)
            value ^= one;
        break;
    case checksum_kind::crc16_ccitt: return crc_high_first(data, 0xFFFF, 0x1021);
    case checksum_kind::crc16_xmodem: return crc_high_first(data, 0, 0x1021);
    case checksum_kind::crc16_modbus: return crc_low_first(data, 0xFFFF, 0xA001);
    case checksum_kind::crc32: return ~crc_low_first(data, 0xFFFF'FFFF, 0xEDB8'8320);
    }
    return value;
}

std::size_t packet_layout::check_size() const noexcept {
    return check_as == written::hex ? 2 * size_of(check) : size_of(check);
}

std::size_t packet_layout::overhead() const noexcept {
    return header.size() + size_of(length) + check_size() + trailer.size();
}

/// What the checksum is over, of the packet's bytes in front of it.
byte_view packet_layout::covered_part(byte_view upto_check, std::size_t content_size) const noexcept {
    switch (covers) {
    case covered::content: return upto_check.subspan(header.size() + size_of(length), content_size);
    case covered::after_header: return upto_check.subspan(header.size());
    case covered::all: break;
    }
    return upto_check;
}

/// The checksum as it stands in the packet. `upto_check` is the packet up to there.
packet_layout::check_field packet_layout::check_of(byte_view upto_check, std::size_t content_size) const noexcept {
    check_field field;
    if (check == checksum_kind::none) return field;
    auto value = checksum(check, covered_part(upto_check, content_size));
    const auto size = size_of(check);
    std::array<std::uint8_t, 4> binary{};
    for (std::size_t i = 0; i < size; ++i) {
        binary[check_order == order::low_first ? i : size - 1 - i] = static_cast<std::uint8_t>(value);
        value >>= 8U;
    }
    field.size = check_size();
    if (check_as == written::binary) {
        std::copy_n(binary.begin(), size, field.data.begin());
    } else {
        to_hex(byte_view(binary).first(size), {reinterpret_cast<char*>(field.data.data()), field.size});
    }
    return field;
}

std::uint64_t packet_layout::most_content() const noexcept {
    if (length == number_form::none) return std::numeric_limits<std::uint32_t>::max();
    const auto most = most_of(length);
    std::uint64_t beside = 0;
    if (counts == counted::rest) beside = check_size() + trailer.size();
    if (counts == counted::all) beside = overhead();
    return most - std::min(most, beside);
}

bytes packet_layout::pack(byte_view content) const {
    assert(content.size() <= most_content());
    bytes out;
    out.reserve(overhead() + content.size());
    out.insert(out.end(), header.begin(), header.end());
    if (length != number_form::none) {
        auto counted_bytes = content.size();
        if (counts == counted::rest) counted_bytes += check_size() + trailer.size();
        if (counts == counted::all) counted_bytes += overhead();
        put_number(out, static_cast<std::uint32_t>(counted_bytes), length);
    }
    out.insert(out.end(), content.begin(), content.end());
    if (check_at == place::after_trailer) out.insert(out.end(), trailer.begin(), trailer.end());
    const auto guard = check_of(out, content.size());
    out.insert(out.end(), guard.view().begin(), guard.view().end());
    if (check_at == place::before_trailer) out.insert(out.end(), trailer.begin(), trailer.end());
    return out;
}

packet_layout::found packet_layout::find(byte_view data) const noexcept {
    assert(length != number_form::none || !trailer.empty());
    const auto begin = std::search(data.begin(), data.end(), header.begin(), header.end());
    auto before = static_cast<std::size_t>(begin - data.begin());
    if (begin == data.end() && !header.empty()) {
        // What may be the first bytes of a header stays.
        before = data.size() - std::min(data.size(), header.size() - 1);
        while (before < data.size() && !starts_with(header, data.subspan(before)))
            ++before;
        return {found::state::more, before, 0, {}};
    }
    const auto packet = data.subspan(before);
    return length == number_form::none ? terminated(packet, before) : measured(packet, before);
}

packet_layout::found packet_layout::measured(byte_view packet, std::size_t before) const noexcept {
    if (packet.size() < header.size() + size_of(length)) return {found::state::more, before, 0, {}};
    std::uint64_t size = get_number(packet.subspan(header.size()), length);
    if (counts == counted::content) size += overhead();
    if (counts == counted::rest) size += header.size() + size_of(length);
    if (size < overhead() || size - overhead() > largest) return {found::state::broken, before, 0, {}};
    if (packet.size() < size) return {found::state::more, before, 0, {}};
    return checked(packet.first(static_cast<std::size_t>(size)), before);
}

packet_layout::found packet_layout::terminated(byte_view packet, std::size_t before) const noexcept {
    const auto body = packet.subspan(header.size());
    const auto end = std::search(body.begin(), body.end(), trailer.begin(), trailer.end());
    if (end == body.end()) {
        const auto what = body.size() > largest + overhead() ? found::state::broken : found::state::more;
        return {what, before, 0, {}};
    }
    auto size = header.size() + static_cast<std::size_t>(end - body.begin()) + trailer.size();
    if (check_at == place::after_trailer) size += check_size();
    if (packet.size() < size) return {found::state::more, before, 0, {}};
    if (size < overhead()) return {found::state::broken, before, 0, {}};
    return checked(packet.first(size), before);
}

packet_layout::found packet_layout::checked(byte_view packet, std::size_t before) const noexcept {
    const auto content_at = header.size() + size_of(length);
    const auto content = packet.subspan(content_at, packet.size() - overhead());
    const bool last = check_at == place::after_trailer;
    const auto content_end = content_at + content.size();
    const auto checked_end = last ? content_end + trailer.size() : content_end;
    if (!starts_with(packet.subspan(last ? content_end : content_end + check_size()), trailer)) {
        return {found::state::broken, before, 0, {}};
    }
    const auto guard = check_of(packet.first(checked_end), content.size());
    if (!starts_with(packet.subspan(checked_end), guard.view())) return {found::state::broken, before, 0, {}};
    return {found::state::whole, before, packet.size(), content};
}

} // namespace cipherlane::drivers
