#include <cipherlane/emv/dol.hpp>

#include <algorithm>

namespace cipherlane::emv {
namespace {

constexpr std::size_t longest_list = 255;
constexpr std::size_t longest_value = 252;
constexpr std::size_t most_tag_bytes = 4;

/// Puts a value into a place of another length.
void fit_value(tag_number tag, byte_view value, byte_span place) noexcept {
    const auto* row = find_tag(tag);
    const auto format = row != nullptr ? row->format : tag_format::b;
    const std::size_t kept = std::min(value.size(), place.size());
    if (format == tag_format::n) {
        const auto last = value.last(kept);
        std::fill(place.begin(), place.end(), std::uint8_t{0});
        std::copy(last.begin(), last.end(), place.end() - static_cast<std::ptrdiff_t>(kept));
        return;
    }
    const bool packed = format == tag_format::cn || format == tag_format::track2;
    std::fill(place.begin(), place.end(), packed ? std::uint8_t{0xFF} : std::uint8_t{0});
    std::copy_n(value.begin(), kept, place.begin());
}

} // namespace

bool dol_reader::fail(emv_errc why, tag_number tag) noexcept {
    fault_ = static_cast<int>(why);
    fault_tag_ = tag;
    return false;
}

bool dol_reader::next() noexcept {
    if (fault_ != 0) return false;
    if (list_.size() > longest_list) return fail(emv_errc::too_large, 0);
    if (at_ == list_.size()) return false;
    entry_.offset = at_;
    tag_number tag = list_[at_++];
    if ((tag & 0x1FU) == 0x1F) {
        for (unsigned byte = 0x80; (byte & 0x80U) != 0; tag = (tag << 8U) | byte) {
            if (tag_size(tag) == most_tag_bytes) return fail(emv_errc::tag_too_long, tag);
            if (at_ == list_.size()) return fail(emv_errc::cut_tag, tag);
            byte = list_[at_++];
        }
    }
    if (at_ == list_.size()) return fail(emv_errc::cut_length, tag);
    entry_.tag = tag;
    entry_.length = list_[at_++];
    if (entry_.length > longest_value) return fail(emv_errc::bad_length, tag);
    return true;
}

result<void> dol_reader::finish() const {
    if (fault_ == 0) return {};
    auto why = error(static_cast<emv_errc>(fault_), layer::emv).during("read DOL").at_offset(entry_.offset);
    if (fault_tag_ == 0) return why;
    return std::move(why).in_field(tag_text(fault_tag_));
}

result<void> check_dol(byte_view list) {
    dol_reader reader(list);
    while (reader.next()) {
    }
    return reader.finish();
}

result<std::size_t> dol_data_size(byte_view list) {
    std::size_t size = 0;
    dol_reader reader(list);
    while (reader.next())
        size += reader.entry().length;
    CIPHERLANE_CHECK(reader.finish());
    return size;
}

result<byte_view> build_dol(byte_view list, const dol_source& source, byte_span out) {
    std::size_t size = 0;
    dol_reader reader(list);
    while (reader.next()) {
        const auto& [tag, length, offset] = reader.entry();
        if (out.size() - size < length) {
            return error(emv_errc::buffer_too_small, layer::emv)
                .during("build DOL")
                .in_field(tag_text(tag))
                .at_offset(offset);
        }
        const auto place = out.subspan(size, length);
        const auto value = is_template(tag) ? std::nullopt : source(tag);
        if (value) {
            fit_value(tag, *value, place);
        } else {
            std::fill(place.begin(), place.end(), std::uint8_t{0});
        }
        size += length;
    }
    CIPHERLANE_CHECK(reader.finish());
    return byte_view(out.first(size));
}

std::string describe_dol(byte_view list) {
    std::string text;
    dol_reader reader(list);
    while (reader.next()) {
        if (!text.empty()) text += ", ";
        text += tag_text(reader.entry().tag) + " (" + std::to_string(reader.entry().length) + ")";
    }
    if (const auto done = reader.finish(); !done) text += (text.empty() ? "" : ", ") + done.error().code().message();
    return text;
}

} // namespace cipherlane::emv
