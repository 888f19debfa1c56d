#include <cipherlane/emv/tlv.hpp>

namespace cipherlane::emv {
namespace {

using found = std::optional<byte_view>;

result<void> check_level(tlv_reader reader) {
    while (reader.next()) {
        if (is_template(reader.object().tag)) CIPHERLANE_CHECK(check_level(reader.inside()));
    }
    return reader.finish();
}

result<found> find_deep(tlv_reader reader, tag_number tag) {
    while (reader.next()) {
        if (reader.object().tag == tag) return found(reader.object().value);
        if (!is_template(reader.object().tag)) continue;
        CIPHERLANE_TRY(const found inner, find_deep(reader.inside(), tag));
        if (inner) return inner;
    }
    CIPHERLANE_CHECK(reader.finish());
    return found();
}

} // namespace

result<void> check_tlv(byte_view data, const tlv_limits& limits) {
    return check_level(tlv_reader(data, limits));
}

result<found> find_tlv(byte_view data, tag_number tag) {
    return find_tlv(data, {tag});
}

result<found> find_tlv(byte_view data, std::initializer_list<tag_number> path) {
    tlv_reader reader(data);
    std::size_t left = path.size();
    for (const tag_number tag : path) {
        --left;
        bool here = false;
        while (!here && reader.next())
            here = reader.object().tag == tag;
        if (!here) {
            CIPHERLANE_CHECK(reader.finish());
            return found();
        }
        if (left == 0) return found(reader.object().value);
        reader = reader.inside();
    }
    return found();
}

result<found> find_tlv_deep(byte_view data, tag_number tag) {
    return find_deep(tlv_reader(data), tag);
}

} // namespace cipherlane::emv
