#include "command/bind.hpp"

#include "dialect/bound_fields.hpp"
#include "dialect/text_checks.hpp"
#include "fail.hpp"
#include "wiped_growth.hpp"

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

bool matches(const binding& each, const operation_request& request) {
    return std::all_of(each.when.begin(), each.when.end(),
        [&](const auto& pair) { return is_same(pair.second, request.values().value(pair.first)); });
}

const binding* find_binding(const profile& dialect, const operation_request& request) {
    const auto& all = dialect.bindings;
    const auto what = request.what();
    for (std::size_t i = dialect.first_binding[static_cast<std::size_t>(what)]; i < all.size(); ++i) {
        if (all[i].what != what) break;
        if (matches(all[i], request)) return &all[i];
    }
    return nullptr;
}

/// Where the command carries no key type, the unit has one of its own.
result<void> check_own_type(const profile& dialect, const operation_request& request) {
    const bool imports = request.what() == operation::import_key;
    if (!imports && request.what() != operation::form_key) return {};
    const auto fixed = dialect.quirk(imports ? "import_key_type" : "form_key_type");
    if (fixed.empty()) return {};
    const auto* own = dialect.code("key_type", fixed);
    const auto* wanted = dialect.code("key_type", request.values().text("key_type"_f));
    if (own != nullptr && wanted != nullptr && *own == *wanted) return {};
    return fail(hsm_errc::unsupported).during(to_string(request.what())).in_field("key_type");
}

/// What the caller expects of the answer, and what the command was asked.
void keep_asked(const operation_request& request, const placed_values& placed, reply& into) {
    const auto& fields = into.command->request;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        if (placed.has(i)) into.asked.set(fields[i].name, placed[i]);
    }
    if (const auto mac = request.values().get("mac"_f)) into.asked.set("expected_mac"_f, *mac);
    if (const auto kcv = request.values().get("check_value"_f)) into.asked.set("expected_check_value"_f, *kcv);
}

result<void> put_call(const operation_request& request, reply& into, bytes& out) {
    const auto& dialect = *into.dialect;
    const auto* how = find_binding(dialect, request);
    if (how == nullptr) {
        return fail(hsm_errc::unsupported).during(to_string(request.what())).in_field(dialect.name);
    }
    CIPHERLANE_CHECK(check_own_type(dialect, request));
    if (request.what() == operation::verify_mac && request.values().value("mac"_f).empty()) {
        return fail(hsm_errc::bad_length).during(to_string(request.what())).in_field("mac");
    }
    const auto& command = dialect.commands[how->index];
    into.how = how;
    into.command = &command;
    into.asked.clear();
    placed_values placed(command.request);
    bound_fields::scratch room;
    CIPHERLANE_CHECK(how->fields->place(dialect, request.values(), placed, room));
    into.flat = how->fields->reads_flat(dialect, request.values(), placed);
    if (!into.flat) keep_asked(request, placed, into);
    out.insert(out.end(), command.wire.begin(), command.wire.end());
    return encode_layout(dialect, command.code, {&command.request, &placed}, out);
}

/// The size of a successful answer whose fields are flat; 0 where the tables must read it.
std::size_t read_flat(const reply& of, byte_view body, field_set& values) {
    const auto& dialect = *of.dialect;
    const auto start = good_answer_start(dialect.frame, of.command->answer_wire, body);
    if (start == 0) return 0;
    const auto size = start + of.command->flat_size;
    const bool stream = dialect.frame.length == framing::prefix::none;
    if (stream ? body.size() < size : body.size() != size) return 0;
    return decode_flat(of.command->answer, body.subspan(start), values) ? size : 0;
}

} // namespace

result<void> encode_call(const operation_request& request, reply& into, bytes& out) {
    const auto before = out.size();
    // Hex digits take two characters a byte; codes, defaults and lengths are short.
    make_room(out, before + 2 * request.values().stored() + 512);
    auto put = put_call(request, into, out);
    if (put) return put;
    wipe(byte_span(out).subspan(before));
    out.resize(before);
    return put;
}

result<std::size_t> decode_call(const codec& engine, byte_view asked, byte_view body, reply& into) {
    if (into.flat) {
        if (const auto size = read_flat(into, body, into.values); size != 0) {
            into.status.consumed = size;
            return size;
        }
        into.flat = false;
        // Where even that fails the answer is read without it.
        if (!engine.decode_request(asked, into.asked)) into.asked.clear();
    }
    CIPHERLANE_TRY(into.status, engine.decode_answer(*into.command, body, into.asked, into.values));
    return into.status.consumed;
}

} // namespace cipherlane::hsm
