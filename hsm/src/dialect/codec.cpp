#include "dialect/condition.hpp"
#include "dialect/encode.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/codec.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

constexpr std::size_t longest_trailer = 32;

bool contains(const std::vector<std::string>& list, std::string_view what) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

/// Takes trailer and local-master-key selector off what follows the fields; true if nothing else is there.
bool take_tail(const framing& frame, byte_view tail, field_set& values) {
    if (tail.size() >= 3 && tail[0] == static_cast<std::uint8_t>(frame.lmk_selector)) {
        values.set("lmk_id"_f, tail.subspan(1, 2));
        tail = tail.subspan(3);
    }
    if (tail.empty()) return true;
    if (tail[0] != frame.message_end || tail.size() > 1 + longest_trailer) return false;
    values.set("trailer"_f, tail.subspan(1));
    return true;
}

void append_trailer(const framing& frame, const field_set& from, bytes& out) {
    auto trailer = from.get("trailer"_f);
    if (!trailer) return;
    out.push_back(frame.message_end);
    out.insert(out.end(), trailer->begin(), trailer->end());
}

bool is_stream(const framing& frame) {
    return frame.length == framing::prefix::none;
}

answer_status status_of(const command_spec& command, std::string_view code) {
    answer_status status;
    status.code = code;
    if (code == good_status) return status;
    const bool warned = contains(command.warnings, code);
    status.what = warned ? answer_status::kind::warning : answer_status::kind::refused;
    return status;
}

/// Restores `out` when encoding fails half-way.
class append_guard {
  public:
    explicit append_guard(bytes& out)
        : out_(&out)
        , mark_(out.size()) {}
    append_guard(const append_guard&) = delete;
    append_guard& operator=(const append_guard&) = delete;
    ~append_guard() {
        if (out_ == nullptr) return;
        wipe(byte_span(*out_).subspan(mark_));
        out_->resize(mark_);
    }
    void keep() { out_ = nullptr; }

  private:
    bytes* out_;
    std::size_t mark_;
};

} // namespace

codec::codec(std::shared_ptr<const profile> dialect)
    : dialect_(std::move(dialect)) {}

result<void> codec::encode_request(const command_spec& command, const field_set& values, bytes& out) const {
    append_guard guard(out);
    out.insert(out.end(), command.wire.begin(), command.wire.end());
    const placed_values placed(command.request, values);
    CIPHERLANE_CHECK(encode_layout(*dialect_, command.code, {&command.request, &placed, &values}, out));
    if (auto id = values.get("lmk_id"_f)) {
        out.push_back(static_cast<std::uint8_t>(dialect_->frame.lmk_selector));
        out.insert(out.end(), id->begin(), id->end());
    }
    append_trailer(dialect_->frame, values, out);
    guard.keep();
    return {};
}

result<decoded_request> codec::decode_request(byte_view body, field_set& values) const {
    values.clear();
    if (body.size() < 2) return fail(hsm_errc::incomplete, "request", "command", body.size());
    decoded_request made;
    made.command = dialect_->command_on_wire(body);
    if (made.command == nullptr) return fail(hsm_errc::unknown_command, "request", "command", 0);
    const auto start = made.command->wire.size();
    CIPHERLANE_TRY(const auto used, decode_layout(*dialect_, made.command->code, {&made.command->request, &values},
                                        body.subspan(start), start, values));
    made.consumed = start + used;
    if (is_stream(dialect_->frame)) return made;
    if (!take_tail(dialect_->frame, body.subspan(made.consumed), values)) {
        return fail(hsm_errc::left_over, made.command->code, "end", made.consumed);
    }
    made.consumed = body.size();
    return made;
}

namespace {

/// What an answer is encoded from.
struct answer_source {
    const command_spec* command;
    const layout* fields;
    const bytes* code;
    const field_set* asked;
    const field_set* values;
};

result<void> put_answer_fields(const profile& dialect, const answer_source& from, const layout& fields, bytes& out) {
    const placed_values placed(fields, *from.values);
    return encode_layout(
        dialect, from.command->code, {&fields, &placed, from.values, &from.command->request, from.asked}, out);
}

result<void> encode_flag_answer(
    const profile& dialect, const answer_source& from, std::string_view status, bytes& out) {
    if (status == good_status) {
        out.push_back(static_cast<std::uint8_t>(dialect.frame.good));
        return put_answer_fields(dialect, from, *from.fields, out);
    }
    out.push_back(static_cast<std::uint8_t>(dialect.frame.refused));
    std::uint8_t code = 0;
    CIPHERLANE_CHECK(from_hex(status, byte_span(&code, 1)));
    out.push_back(code);
    return {};
}

result<void> encode_racal_answer(
    const profile& dialect, const answer_source& from, std::string_view status, bytes& out) {
    out.insert(out.end(), from.code->begin(), from.code->end());
    out.insert(out.end(), status.begin(), status.end());
    if (status == good_status || contains(from.command->warnings, status)) {
        CIPHERLANE_CHECK(put_answer_fields(dialect, from, *from.fields, out));
    } else if (contains(from.command->diagnostic_on, status)) {
        CIPHERLANE_CHECK(put_answer_fields(dialect, from, from.command->diagnostic, out));
    }
    append_trailer(dialect.frame, *from.asked, out);
    return {};
}

result<void> encode_any_answer(
    const profile& dialect, const answer_source& from, std::string_view status, bytes& out) {
    if (status.size() != 2) return fail(hsm_errc::bad_value, from.command->code, "status", 0);
    append_guard guard(out);
    CIPHERLANE_CHECK(dialect.frame.answers == framing::style::flag ? encode_flag_answer(dialect, from, status, out)
                                                                   : encode_racal_answer(dialect, from, status, out));
    guard.keep();
    return {};
}

result<answer_status> decode_flag_answer(const profile& dialect, const command_spec& command,
    const condition_scope& scope, byte_view body, field_set& values) {
    if (body.empty()) return fail(hsm_errc::incomplete, command.code, "answer", 0);
    const auto first = static_cast<char>(body[0]);
    if (first == dialect.frame.refused) {
        if (body.size() < 2) return fail(hsm_errc::incomplete, command.code, "error", 1);
        std::array<char, 2> digits{};
        to_hex(body.subspan(1, 1), digits);
        auto status = status_of(command, {digits.data(), 2});
        status.what = answer_status::kind::refused;
        status.consumed = 2;
        return status;
    }
    if (first != dialect.frame.good) return fail(hsm_errc::wrong_answer, command.code, "answer", 0);
    answer_status status;
    CIPHERLANE_TRY(const auto used, decode_layout(dialect, command.code, scope, body.subspan(1), 1, values));
    status.consumed = 1 + used;
    return status;
}

result<answer_status> decode_racal_answer(const profile& dialect, const command_spec& command, const bytes& code,
    const condition_scope& scope, byte_view body, field_set& values) {
    if (body.size() < 4) return fail(hsm_errc::incomplete, command.code, "answer", body.size());
    if (!std::equal(code.begin(), code.end(), body.begin())) {
        return fail(hsm_errc::wrong_answer, command.code, "answer", 0);
    }
    auto status = status_of(command, as_text(body.subspan(2, 2)));
    auto used = condition_scope(scope);
    if (status.what == answer_status::kind::refused) {
        // What some units add to a refusal has no published form, but for the commands that say so.
        status.consumed = body.size();
        if (!contains(command.diagnostic_on, status.code.view())) return status;
        used.own = &command.diagnostic;
    }
    CIPHERLANE_TRY(const auto size, decode_layout(dialect, command.code, used, body.subspan(4), 4, values));
    status.consumed = 4 + size;
    return status;
}

result<answer_status> decode_any_answer(const profile& dialect, const command_spec& command, const bytes& code,
    const condition_scope& scope, byte_view body, field_set& values) {
    values.clear();
    CIPHERLANE_TRY(auto status, dialect.frame.answers == framing::style::flag
                                    ? decode_flag_answer(dialect, command, scope, body, values)
                                    : decode_racal_answer(dialect, command, code, scope, body, values));
    if (is_stream(dialect.frame)) return status;
    if (!take_tail(dialect.frame, body.subspan(status.consumed), values)) {
        return fail(hsm_errc::left_over, command.code, "end", status.consumed);
    }
    status.consumed = body.size();
    return status;
}

} // namespace

result<void> codec::encode_answer(const command_spec& command, std::string_view status, const field_set& asked,
    const field_set& values, bytes& out) const {
    return encode_any_answer(
        *dialect_, {&command, &command.answer, &command.answer_wire, &asked, &values}, status, out);
}

result<void> codec::encode_second_answer(const command_spec& command, std::string_view status, const field_set& asked,
    const field_set& values, bytes& out) const {
    return encode_any_answer(
        *dialect_, {&command, &command.second_answer, &command.second_answer_wire, &asked, &values}, status, out);
}

void codec::encode_unknown(byte_view body, std::string_view status, bytes& out) const {
    if (dialect_->frame.answers == framing::style::flag) {
        std::uint8_t code = 0;
        if (!from_hex(status, byte_span(&code, 1))) code = 0xFF;
        out.push_back(static_cast<std::uint8_t>(dialect_->frame.refused));
        out.push_back(code);
        return;
    }
    bytes code(2, '?');
    std::copy_n(body.begin(), std::min<std::size_t>(2, body.size()), code.begin());
    code[1] = code[1] == 'Z' ? 'A' : static_cast<std::uint8_t>(code[1] + 1);
    out.insert(out.end(), code.begin(), code.end());
    out.insert(out.end(), status.begin(), status.end());
}

result<answer_status> codec::decode_answer(
    const command_spec& command, byte_view body, const field_set& asked, field_set& values) const {
    return decode_any_answer(
        *dialect_, command, command.answer_wire, {&command.answer, &values, &command.request, &asked}, body, values);
}

result<std::size_t> codec::decode_record(
    const command_spec& command, std::string_view field, byte_view left, field_set& values) const {
    values.clear();
    const auto found = command.records.find(field);
    if (found == command.records.end()) return fail(hsm_errc::missing_field, command.code, field, 0);
    CIPHERLANE_TRY(
        const auto used, decode_layout(*dialect_, command.code, {&found->second, &values}, left, 0, values));
    if (used == 0) return fail(hsm_errc::incomplete, command.code, field, 0);
    return used;
}

result<answer_status> codec::decode_second_answer(
    const command_spec& command, byte_view body, const field_set& asked, field_set& values) const {
    return decode_any_answer(*dialect_, command, command.second_answer_wire,
        {&command.second_answer, &values, &command.request, &asked}, body, values);
}

} // namespace cipherlane::hsm
