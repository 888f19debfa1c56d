#include "client/message_builder.hpp"

#include "fail.hpp"

#include <cipherlane/hsm/raw_command.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Every dialect's commands begin with two characters or bytes.
constexpr std::size_t code_size = 2;

} // namespace

void write_header(const framing& how, std::uint32_t number, byte_span into) noexcept {
    std::fill(into.begin(), into.end(), static_cast<std::uint8_t>(how.header_fill));
    if (!how.correlates) return;
    for (auto i = into.size(); i-- > 0 && number != 0; number >>= 4) {
        into[i] = static_cast<std::uint8_t>("0123456789ABCDEF"[number & 0xF]);
    }
}

result<void> bind_raw(byte_view body, reply& into) {
    if (body.size() < code_size) return fail(hsm_errc::bad_length).during("execute").in_field("command");
    const codec engine(into.dialect);
    auto known = engine.decode_request(body, into.asked);
    const bool stream = into.dialect->frame.length == framing::prefix::none;
    if (known && (!stream || known->consumed == body.size())) {
        into.command = known->command;
        return {};
    }
    into.asked.clear();
    into.command = nullptr;
    if (!stream) return {};
    // Nothing but the table says where the answer ends, so only a whole request of the table may leave.
    if (!known) return known.error();
    return fail(hsm_errc::left_over).during(known->command->code).at_offset(known->consumed);
}

raw_answer to_raw_answer(const reply& of) {
    raw_answer made{of.raw, {}, {}};
    const bool racal = of.dialect->frame.answers == framing::style::racal;
    if (of.command != nullptr) {
        made.status = of.status.code;
    } else if (racal && of.raw.size() >= 4) {
        made.status = as_text(byte_view(of.raw).subspan(2, 2));
    }
    static const command_spec unknown;
    made.meaning = of.dialect->meaning(of.command != nullptr ? *of.command : unknown, made.status.view());
    return made;
}

} // namespace cipherlane::hsm
