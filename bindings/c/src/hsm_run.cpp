#include "arguments.hpp"
#include "hsm_operations.hpp"
#include "hsm_things.hpp"
#include "telling.hpp"

#include <cipherlane/c/hsm.h>
#include <cipherlane/hsm/operation.hpp>

#include <charconv>

namespace cipherlane::c {
namespace {

class request_thing final : public object {
  public:
    static constexpr kind what = kind::hsm_request;
    static constexpr access how = access::exclusive;
    explicit request_thing(hsm::operation which)
        : request(which) {}
    field_request request;
};

result<hsm::operation> operation_of(const char* operation) {
    CIPHERLANE_TRY(const auto name, text_of(operation, "operation"));
    const auto which = hsm::parse_operation(name);
    if (!which) return refuse(c_errc::bad_argument, "operation");
    return *which;
}

std::string lines_of(std::string_view words) {
    std::string lines(words);
    std::replace(lines.begin(), lines.end(), ' ', '\n');
    if (!lines.empty()) lines.push_back('\n');
    return lines;
}

result<void> set_field(cipherlane_hsm_request request, const char* field, byte_view value) {
    CIPHERLANE_TRY(const auto at, pinned<request_thing>::of(request, "request"));
    CIPHERLANE_TRY(const auto name, text_of(field, "field"));
    return at->request.set(name, value);
}

result<void> hand_out_reply(reply_fields fields, cipherlane_hsm_reply* to) {
    return hand_out(std::make_unique<reply_thing>(std::move(fields)), to);
}

/// What `to_do` does with the value of a reply's field.
template <class Do>
result<void> with_field(cipherlane_hsm_reply reply, const char* field, const Do& to_do) {
    CIPHERLANE_TRY(const auto at, pinned<reply_thing>::of(reply, "reply"));
    CIPHERLANE_TRY(const auto name, text_of(field, "field"));
    const auto* found = at->fields.find(name);
    if (found == nullptr) return refuse(c_errc::no_field, name);
    return to_do(found->expose());
}

/// Tells a caller's function how a call ended; what that throws goes no further.
void tell_done(cipherlane_hsm_done done, void* user, result<field_reply> answer) noexcept {
    cipherlane_hsm_reply reply = nullptr;
    cipherlane_status why;
    guard(&why, [&]() -> result<void> {
        if (!answer) return answer.error();
        return hand_out_reply(std::move(answer->fields), &reply);
    });
    const telling inside;
    try {
        done(user, reply, &why);
    } catch (...) { // NOLINT(bugprone-empty-catch): there is nobody to tell
    }
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_hsm_operations(cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        std::string lines;
        for (std::size_t i = 0; i < hsm::operation_count; ++i)
            lines.append(to_string(static_cast<hsm::operation>(i))).append("\n");
        return give_text(lines, names, "names");
    });
}

cipherlane_condition cipherlane_hsm_request_fields(
    const char* operation, cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto which, operation_of(operation));
        return give_text(lines_of(row_of(which).takes), names, "names");
    });
}

cipherlane_condition cipherlane_hsm_reply_fields(
    const char* operation, cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto which, operation_of(operation));
        return give_text(lines_of(row_of(which).gives), names, "names");
    });
}

cipherlane_condition cipherlane_hsm_request_create(
    const char* operation, cipherlane_hsm_request* request, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto which, operation_of(operation));
        CIPHERLANE_CHECK(need(request, "request"));
        return hand_out(std::make_unique<request_thing>(which), request);
    });
}

cipherlane_condition cipherlane_hsm_request_set_text(
    cipherlane_hsm_request request, const char* field, const char* value, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto text, text_of(value, "value"));
        return set_field(request, field, as_bytes(text));
    });
}

cipherlane_condition cipherlane_hsm_request_set_number(
    cipherlane_hsm_request request, const char* field, uint64_t value, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        return set_field(request, field, as_bytes({digits, end}));
    });
}

cipherlane_condition cipherlane_hsm_request_set_bytes(
    cipherlane_hsm_request request, const char* field, const void* value, size_t size, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto data, bytes_of(value, size, "value"));
        return set_field(request, field, data);
    });
}

cipherlane_condition cipherlane_hsm_request_close(cipherlane_hsm_request request, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<request_thing>(request, "request"); });
}

cipherlane_condition cipherlane_hsm_run(cipherlane_hsm hsm, cipherlane_hsm_request request, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_reply* reply, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinned<hsm_thing>::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, pinned<request_thing>::of(request, "request"));
        CIPHERLANE_CHECK(need(reply, "reply"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_CHECK(what->request.check(at->pool->dialect()));
        CIPHERLANE_TRY(auto answer, at->pool->run(what->request, bounds));
        return hand_out_reply(std::move(answer.fields), reply);
    });
}

cipherlane_condition cipherlane_hsm_start(cipherlane_hsm hsm, cipherlane_hsm_request request, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_done done, void* user, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinned<hsm_thing>::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto what, pinned<request_thing>::of(request, "request"));
        if (done == nullptr) return refuse(c_errc::null_argument, "done");
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_CHECK(what->request.check(at->pool->dialect()));
        at->pool->async_run(what->request, bounds,
            [done, user](result<field_reply> answer) { tell_done(done, user, std::move(answer)); });
        return {};
    });
}

cipherlane_condition cipherlane_hsm_execute(cipherlane_hsm hsm, const void* command, size_t size, int64_t deadline_ms,
    cipherlane_stop stop, cipherlane_hsm_reply* reply, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinned<hsm_thing>::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto body, bytes_of(command, size, "command"));
        CIPHERLANE_CHECK(need(reply, "reply"));
        CIPHERLANE_TRY(const auto bounds, bounds_of(deadline_ms, stop));
        CIPHERLANE_TRY(const auto answer,
            at->pool->execute(cipherlane::hsm::raw_command(bytes(body.begin(), body.end())), bounds));
        reply_fields fields;
        fields.add("answer", answer.body);
        fields.add("status", answer.status.view());
        fields.add("meaning", answer.meaning);
        return hand_out_reply(std::move(fields), reply);
    });
}

cipherlane_condition cipherlane_hsm_reply_bytes(
    cipherlane_hsm_reply reply, const char* field, cipherlane_buffer* value, cipherlane_status* why) {
    return guard(
        why, [&] { return with_field(reply, field, [&](byte_view data) { return give(data, value, "value"); }); });
}

cipherlane_condition cipherlane_hsm_reply_text(
    cipherlane_hsm_reply reply, const char* field, cipherlane_buffer* value, cipherlane_status* why) {
    return guard(why, [&] {
        return with_field(reply, field, [&](byte_view data) { return give_text(as_text(data), value, "value"); });
    });
}

cipherlane_condition cipherlane_hsm_reply_names(
    cipherlane_hsm_reply reply, cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinned<reply_thing>::of(reply, "reply"));
        return give_text(at->fields.names(), names, "names");
    });
}

cipherlane_condition cipherlane_hsm_reply_close(cipherlane_hsm_reply reply, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<reply_thing>(reply, "reply"); });
}
