#include "arguments.hpp"

#include <cipherlane/c/tlv.h>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <boost/json.hpp>

namespace cipherlane::c {
namespace {

namespace json = boost::json;

result<json::array> level_of(emv::tlv_reader reader);

result<json::object> object_of(const emv::tlv_object& one, const emv::tlv_reader& reader) {
    const auto* const row = emv::find_tag(one.tag);
    const bool open = row == nullptr || row->privacy == emv::tag_privacy::open;
    json::object made{{"tag", emv::tag_text(one.tag)}, {"name", row == nullptr ? std::string_view() : row->name},
        {"offset", one.offset}};
    if (emv::is_template(one.tag)) {
        CIPHERLANE_TRY(auto inside, level_of(reader.inside()));
        made["inside"] = std::move(inside);
        return made;
    }
    made["value"] = open ? json::value(json::string(to_hex(one.value))) : json::value();
    made["means"] = emv::describe_value(one.tag, one.value);
    return made;
}

result<json::array> level_of(emv::tlv_reader reader) {
    json::array made;
    while (reader.next()) {
        CIPHERLANE_TRY(auto one, object_of(reader.object(), reader));
        made.push_back(std::move(one));
    }
    CIPHERLANE_CHECK(reader.finish());
    return made;
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_tlv_to_json(
    const void* data, size_t size, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto made, level_of(emv::tlv_reader(in)));
        return give_text(boost::json::serialize(made), json, "json");
    });
}

cipherlane_condition cipherlane_tlv_find(
    const void* data, size_t size, uint32_t tag, cipherlane_buffer* value, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto found, emv::find_tlv_deep(in, tag));
        if (!found) return refuse(c_errc::no_field, emv::tag_text(tag));
        return give(*found, value, "value");
    });
}

cipherlane_condition cipherlane_tlv_append(
    cipherlane_buffer* out, uint32_t tag, const void* value, size_t size, size_t* needed, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_CHECK(need(out, "out"));
        CIPHERLANE_TRY(const auto data, bytes_of(value, size, "value"));
        if (out->size > out->room || (out->data == nullptr && out->room != 0))
            return refuse(c_errc::bad_argument, "out");
        const auto whole = out->size + emv::tlv_size(tag, data.size());
        if (needed != nullptr) *needed = whole;
        if (whole > out->room) return refuse(c_errc::no_room, "out");
        const byte_span room(static_cast<std::uint8_t*>(out->data) + out->size, out->room - out->size);
        emv::tlv_writer writer(room);
        CIPHERLANE_TRY(const auto written, writer.put(tag, data).finish());
        out->size += written.size();
        return {};
    });
}
