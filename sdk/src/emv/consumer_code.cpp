#include "tlv_path.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::emv {
namespace {

constexpr tag_number tag_format_indicator = 0x85;
constexpr tag_number tag_application = 0x61;
constexpr tag_number tag_common = 0x62;
constexpr tag_number tag_application_transparent = 0x63;
constexpr tag_number tag_common_transparent = 0x64;
constexpr tag_number tag_aid = 0x4F;
constexpr tag_number tag_track2 = 0x57;
constexpr tag_number tag_pan = 0x5A;

constexpr std::string_view first_characters = "hQVDUFY"; // 85 05 "CPV" in base64
constexpr std::string_view version_1 = "CPV01";
constexpr std::size_t largest_code = 4096; // a symbol holds less
constexpr std::size_t largest_data = largest_code / 4 * 3;
constexpr std::size_t longest_track2 = 19;
constexpr tlv_limits limits{.depth = 4, .size = largest_code};

error refuse(emv_errc why, std::initializer_list<tag_number> path, std::size_t offset) {
    return error(why, layer::emv)
        .during("read CPM")
        .in_field(detail::path_text({path.begin(), path.size()}, 0).view())
        .at_offset(offset);
}

/// What one level of a code must hold, under the strict reading.
class strict_check {
  public:
    result<void> run(byte_view data) {
        tlv_reader top(data, limits);
        while (top.next()) {
            const auto& object = top.object();
            if (object.tag == tag_application) {
                if (++applications_ > 2) {
                    return refuse(emv_errc::too_many, {tag_application}, object.offset)
                        .with_hint("found a third application (61), allowed are two");
                }
                if (common_) {
                    return refuse(emv_errc::bad_value, {tag_application}, object.offset)
                        .with_hint("found an application (61) behind the common data (62), expected in front of it");
                }
                CIPHERLANE_CHECK(application(top));
            } else if (object.tag == tag_common) {
                if (common_) return refuse(emv_errc::duplicate_tag, {tag_common}, object.offset);
                if (applications_ != 2) {
                    return refuse(emv_errc::too_many, {tag_common}, object.offset)
                        .with_hint(applications_ == 0 ? "found common data (62) in front of any application (61), "
                                                        "allowed behind two"
                                                      : "found common data (62) behind one application (61), allowed "
                                                        "behind two: one holds all in itself");
                }
                common_ = true;
                CIPHERLANE_CHECK(level(top, common_tags_, tag_common_transparent));
            }
        }
        CIPHERLANE_CHECK(top.finish());
        for (const auto& tags : application_tags_) {
            for (const auto tag : tags) {
                if (contains(common_tags_, tag))
                    return refuse(emv_errc::duplicate_tag, {tag_common, tag}, data.size());
            }
        }
        for (std::size_t i = 0; i < applications_; ++i) {
            const auto& own = application_tags_[i];
            const bool card = contains(own, tag_pan) || contains(own, tag_track2) ||
                              contains(common_tags_, tag_pan) || contains(common_tags_, tag_track2);
            if (!card) return refuse(emv_errc::missing_tag, {tag_application, tag_pan}, data.size());
        }
        return {};
    }

  private:
    using tag_set = std::vector<tag_number>;

    static bool contains(const tag_set& tags, tag_number tag) noexcept {
        return std::find(tags.begin(), tags.end(), tag) != tags.end();
    }

    result<void> application(const tlv_reader& top) {
        auto& tags = application_tags_[applications_ - 1];
        CIPHERLANE_CHECK(level(top, tags, tag_application_transparent));
        if (tags.empty() || tags.front() != tag_aid) {
            return refuse(emv_errc::missing_tag, {tag_application, tag_aid}, top.object().offset);
        }
        return {};
    }

    /// Each object once, each known value of its form; the inside of the transparent template is anybody's matter.
    static result<void> level(const tlv_reader& top, tag_set& seen, tag_number transparent) {
        const tag_number outer = top.object().tag;
        tlv_reader reader = top.inside();
        while (reader.next()) {
            const auto& [tag, value, offset] = reader.object();
            if (contains(seen, tag)) return refuse(emv_errc::duplicate_tag, {outer, tag}, offset);
            seen.push_back(tag);
            const bool sound = tag == transparent || check_value(tag, value).has_value();
            if (!sound || (tag == tag_track2 && value.size() > longest_track2)) {
                return refuse(emv_errc::bad_value, {outer, tag}, offset);
            }
        }
        return reader.finish();
    }

    std::size_t applications_ = 0;
    bool common_ = false;
    std::array<tag_set, 2> application_tags_;
    tag_set common_tags_;
};

/// 85 "CPV01" first, then at least one application with an AID; returns how many applications.
result<std::size_t> check_basics(byte_view data) {
    if (data.size() > largest_data) return refuse(emv_errc::too_large, {}, data.size());
    tlv_reader top(data, limits);
    // With a longer form of length the text would not begin as one knows these codes by.
    const bool first = top.next() && top.object().tag == tag_format_indicator &&
                       top.object().value.data() == data.data() + 2 && as_text(top.object().value) == version_1;
    if (!first) return refuse(emv_errc::not_consumer_code, {tag_format_indicator}, 0);
    std::size_t applications = 0;
    while (top.next()) {
        if (top.object().tag != tag_application) continue;
        ++applications;
        tlv_reader inside = top.inside();
        bool aid = false;
        while (inside.next())
            aid = aid || inside.object().tag == tag_aid;
        CIPHERLANE_CHECK(inside.finish());
        if (!aid) return refuse(emv_errc::missing_tag, {tag_application, tag_aid}, top.object().offset);
    }
    CIPHERLANE_CHECK(top.finish());
    if (applications == 0) return refuse(emv_errc::missing_tag, {tag_application}, data.size());
    return applications;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view white = " \t\r\n";
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// On one level, then in the transparent template of that level.
std::optional<byte_view> find_on_level(tlv_reader reader, tag_number tag, tag_number transparent) {
    std::optional<byte_view> deeper;
    while (reader.next()) {
        if (reader.object().tag == tag) return reader.object().value;
        if (reader.object().tag != transparent || deeper) continue;
        // What is transparent need not be TLV; then there is nothing to find in it.
        const auto inner = find_tlv(reader.object().value, tag);
        if (inner) deeper = *inner;
    }
    return deeper;
}

} // namespace

bool consumer_code::recognised(std::string_view text) noexcept {
    return text.starts_with(first_characters);
}

result<consumer_code> consumer_code::parse(std::string_view text, cpm_reading how) {
    const bool strict = how == cpm_reading::strict;
    if (!strict) text = trimmed(text);
    if (text.size() > largest_code) return refuse(emv_errc::too_large, {}, text.size());
    if (!recognised(text)) return refuse(emv_errc::not_consumer_code, {}, 0);
    const auto data = secret_from_base64(text, strict ? base64_padding::required : base64_padding::optional);
    if (!data) return refuse(emv_errc::not_base64, {}, data.error().offset().value_or(0));
    return from_tlv(data->expose(), how);
}

result<consumer_code> consumer_code::from_tlv(byte_view data, cpm_reading how) {
    CIPHERLANE_TRY(const std::size_t applications, check_basics(data));
    if (how == cpm_reading::strict) CIPHERLANE_CHECK(strict_check().run(data));
    return consumer_code(secret_bytes(data), applications);
}

std::optional<byte_view> consumer_code::find(std::size_t application, tag_number tag) const {
    tlv_reader top(data_.expose(), limits);
    std::optional<byte_view> common;
    std::size_t index = 0;
    while (top.next()) {
        if (top.object().tag == tag_common && !common) {
            common = find_on_level(top.inside(), tag, tag_common_transparent);
        } else if (top.object().tag == tag_application && index++ == application) {
            const auto own = find_on_level(top.inside(), tag, tag_application_transparent);
            if (own) return own;
        }
    }
    return application < applications_ ? common : std::nullopt;
}

result<pan> consumer_code::card(std::size_t application) const {
    auto value = find(application, tag_pan);
    if (!value) value = find(application, tag_track2);
    if (!value) return refuse(emv_errc::missing_tag, {tag_application, tag_pan}, 0);
    std::array<char, 2 * longest_track2> digits{};
    if (value->size() > longest_track2) return refuse(emv_errc::bad_value, {tag_application, tag_pan}, 0);
    to_hex(*value, digits);
    const std::string_view text(digits.data(), 2 * value->size());
    auto card = pan::parse(text.substr(0, text.find_first_of("DF"))); // the separator of 57, the filler of 5A
    wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
    return card;
}

std::string consumer_code::to_text() const {
    return to_base64(data_.expose());
}

} // namespace cipherlane::emv
