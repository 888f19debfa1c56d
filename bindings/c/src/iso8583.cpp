#include "arguments.hpp"
#include "handles.hpp"
#include "iso8583_json.hpp"

#include <cipherlane/c/iso8583.h>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace cipherlane::c {
namespace {

class dialect_thing final : public object {
  public:
    static constexpr kind what = kind::dialect;
    static constexpr access how = access::shared;
    explicit dialect_thing(const iso8583::dialect& built_in)
        : table(&built_in) {}
    explicit dialect_thing(iso8583::loaded_dialect from)
        : file(std::move(from))
        , table(&file->table()) {}
    std::optional<iso8583::loaded_dialect> file;
    const iso8583::dialect* table;
};

class message_thing final : public object {
  public:
    static constexpr kind what = kind::message;
    static constexpr access how = access::exclusive;
    iso8583::message message;
};

using dialect_pin = pinned<dialect_thing>;
using message_pin = pinned<message_thing>;

error no_dialect(std::string_view name) {
    auto known = "found \"" + printable_text(name, 40) + "\"; allowed: FILE.toml";
    for (const auto* each : iso8583::built_in_dialects())
        known.append(", ").append(each->name);
    return refuse(c_errc::bad_argument, "name").with_hint(known);
}

result<std::unique_ptr<dialect_thing>> open_dialect(std::string_view name) {
    if (const auto* const table = iso8583::find_dialect(name)) return std::make_unique<dialect_thing>(*table);
    if (name.find('/') == name.npos && !name.ends_with(".toml")) return no_dialect(name);
    CIPHERLANE_TRY(auto file, iso8583::loaded_dialect::load(std::string(name)));
    return std::make_unique<dialect_thing>(std::move(file));
}

result<bool> is_frame(std::int32_t part) {
    if (part != CIPHERLANE_ISO8583_FRAME && part != CIPHERLANE_ISO8583_BODY)
        return refuse(c_errc::bad_argument, "part");
    return part == CIPHERLANE_ISO8583_FRAME;
}

result<iso8583::message_view> read(const iso8583::dialect& format, std::int32_t part, byte_view in) {
    CIPHERLANE_TRY(const bool frame, is_frame(part));
    return frame ? iso8583::decode(format, in) : iso8583::decode_body(format, in);
}

result<int> field_number(std::int32_t field) {
    if (field < 2 || field > iso8583::max_field) return refuse(c_errc::bad_argument, "field");
    return field;
}

/// The bytes of a message, wiped afterwards; what points into them.
class written {
  public:
    explicit written(std::size_t room)
        : room_(room) {}
    written(written&&) noexcept = default;
    written& operator=(written&&) = delete;
    ~written() { wipe(room_); }
    [[nodiscard]] byte_span room() noexcept { return room_; }
    [[nodiscard]] byte_view part(bool frame) const noexcept { return frame ? whole.frame : whole.body; }
    iso8583::encoded_message whole;

  private:
    bytes room_;
};

/// Enough for every value in hex, with its length, and all that stands around them.
std::size_t room_for(const iso8583::message& what) {
    std::size_t all = 2048;
    for (const int number : what.fields())
        all += 2 * what.get(number).size();
    return std::min(all + what.trailer().size() + what.header_pieces().size(), iso8583::max_message_bytes);
}

result<written> write(const iso8583::dialect& format, const iso8583::message& what) {
    written made(room_for(what));
    CIPHERLANE_TRY(made.whole, iso8583::encode(format, what, made.room()));
    return made;
}

cipherlane_iso8583_mac_place place_of(const written& in, bool frame) {
    if (in.whole.mac.empty()) return {};
    const auto* const start = in.part(frame).data();
    return {static_cast<std::size_t>(in.whole.mac_range.data() - start), in.whole.mac_range.size(),
        static_cast<std::size_t>(in.whole.mac.data() - start), in.whole.mac.size()};
}

template <class Do>
cipherlane_condition with_message(cipherlane_iso8583_message message, cipherlane_status* why, const Do& to_do) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, message_pin::of(message, "message"));
        return to_do(at->message);
    });
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_iso8583_dialect_open(
    const char* name, cipherlane_iso8583_dialect* dialect, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto which, text_of(name, "name"));
        CIPHERLANE_CHECK(need(dialect, "dialect"));
        CIPHERLANE_TRY(auto made, open_dialect(which));
        return hand_out(std::move(made), dialect);
    });
}

cipherlane_condition cipherlane_iso8583_dialect_close(cipherlane_iso8583_dialect dialect, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<dialect_thing>(dialect, "dialect"); });
}

cipherlane_condition cipherlane_iso8583_dialects(cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        std::string lines;
        for (const auto* each : iso8583::built_in_dialects())
            lines.append(each->name).append("\n");
        return give_text(lines, names, "names");
    });
}

cipherlane_condition cipherlane_iso8583_message_create(cipherlane_iso8583_message* message, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_CHECK(need(message, "message"));
        return hand_out(std::make_unique<message_thing>(), message);
    });
}

cipherlane_condition cipherlane_iso8583_message_close(cipherlane_iso8583_message message, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<message_thing>(message, "message"); });
}

cipherlane_condition cipherlane_iso8583_decode(cipherlane_iso8583_dialect dialect, int32_t part, const void* data,
    size_t size, cipherlane_iso8583_message message, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto format, dialect_pin::of(dialect, "dialect"));
        CIPHERLANE_TRY(const auto to, message_pin::of(message, "message"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto view, read(*format->table, part, in));
        to->message = view.to_message();
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_encode(cipherlane_iso8583_dialect dialect, int32_t part,
    cipherlane_iso8583_message message, cipherlane_buffer* out, cipherlane_iso8583_mac_place* place,
    cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto format, dialect_pin::of(dialect, "dialect"));
        CIPHERLANE_TRY(const auto from, message_pin::of(message, "message"));
        CIPHERLANE_TRY(const bool frame, is_frame(part));
        CIPHERLANE_TRY(const auto made, write(*format->table, from->message));
        if (place != nullptr) *place = place_of(made, frame);
        return give(made.part(frame), out, "out");
    });
}

cipherlane_condition cipherlane_iso8583_set_mti(
    cipherlane_iso8583_message message, const char* mti, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const auto digits, text_of(mti, "mti"));
        if (digits.size() != 4 || !all_digits(digits)) return refuse(c_errc::bad_argument, "mti");
        at.set_mti(digits);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_mti(
    cipherlane_iso8583_message message, cipherlane_buffer* mti, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) { return give_text(at.mti(), mti, "mti"); });
}

cipherlane_condition cipherlane_iso8583_set_tpdu(
    cipherlane_iso8583_message message, const char* tpdu, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const auto digits, text_of(tpdu, "tpdu"));
        CIPHERLANE_TRY(const auto value, iso8583::tpdu::parse(digits));
        at.set_tpdu(value);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_set_header(
    cipherlane_iso8583_message message, const char* header, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const auto digits, text_of(header, "header"));
        if (digits.size() > 2 * iso8583::max_header_bytes || !all_digits(digits))
            return refuse(c_errc::bad_argument, "header");
        at.set_header(digits);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_set_field(
    cipherlane_iso8583_message message, int32_t field, const void* value, size_t size, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const int number, field_number(field));
        CIPHERLANE_TRY(const auto data, bytes_of(value, size, "value"));
        if (data.size() > iso8583::max_field_units) return refuse(c_errc::bad_argument, "size");
        at.set(number, data);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_remove_field(
    cipherlane_iso8583_message message, int32_t field, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const int number, field_number(field));
        at.remove(number);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_leave_mac(
    cipherlane_iso8583_message message, int32_t field, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        if (field != 64 && field != 128 && field != 192) return refuse(c_errc::bad_argument, "field");
        at.leave_mac_hole(field);
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_field(
    cipherlane_iso8583_message message, int32_t field, cipherlane_buffer* value, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_TRY(const int number, field_number(field));
        if (!at.has(number)) return refuse(c_errc::no_field, std::to_string(number));
        return give(at.binary(number), value, "value");
    });
}

cipherlane_condition cipherlane_iso8583_fields(
    cipherlane_iso8583_message message, int32_t* fields, size_t* count, cipherlane_status* why) {
    return with_message(message, why, [&](iso8583::message& at) -> result<void> {
        CIPHERLANE_CHECK(need(count, "count"));
        const auto room = *count;
        *count = static_cast<std::size_t>(at.fields().size());
        if (*count > room) return refuse(c_errc::no_room, "fields");
        if (*count != 0) CIPHERLANE_CHECK(need(fields, "fields"));
        for (const int number : at.fields())
            *fields++ = number;
        return {};
    });
}

cipherlane_condition cipherlane_iso8583_to_json(cipherlane_iso8583_dialect dialect, int32_t part, const void* data,
    size_t size, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto format, dialect_pin::of(dialect, "dialect"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        CIPHERLANE_TRY(const auto view, read(*format->table, part, in));
        return give_text(to_json(view), json, "json");
    });
}

cipherlane_condition cipherlane_iso8583_from_json(cipherlane_iso8583_dialect dialect, int32_t part, const char* json,
    cipherlane_buffer* out, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto format, dialect_pin::of(dialect, "dialect"));
        CIPHERLANE_TRY(const auto text, text_of(json, "json"));
        CIPHERLANE_TRY(const bool frame, is_frame(part));
        CIPHERLANE_TRY(const auto message, from_json(*format->table, text));
        CIPHERLANE_TRY(const auto made, write(*format->table, message));
        return give(made.part(frame), out, "out");
    });
}

cipherlane_condition cipherlane_iso8583_explain(cipherlane_iso8583_dialect dialect, const void* data, size_t size,
    cipherlane_buffer* text, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto format, dialect_pin::of(dialect, "dialect"));
        CIPHERLANE_TRY(const auto in, bytes_of(data, size, "data"));
        const auto read = iso8583::decode_partly(*format->table, in);
        CIPHERLANE_CHECK(give_text(iso8583::describe(read), text, "text"));
        if (read.failure) return *read.failure;
        return {};
    });
}
