#include "cipherlane/hsm_conversation.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/foreign_protocol.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace cipherlane::cli {
namespace {

using kind = tap_event::kind;
using side = tap_event::side;

/// More requests than any unit keeps: the oldest of them will get no answer any more.
constexpr std::size_t most_waiting = 4096;
/// Code and status: no secrets in any dialect.
constexpr std::size_t code_size = 2;
constexpr std::size_t code_and_status = 4;
constexpr std::uint8_t filler = 'x';

bool is_early(const error& why) {
    return why.code() == hsm::make_error_code(hsm::hsm_errc::incomplete);
}

std::string time_of_day(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    const auto size = std::strftime(text.data(), text.size(), "%H:%M:%S.", &parts);
    const auto thousandths = std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()) % 1000;
    return std::string(text.data(), size) + zero_padded(thousandths.count(), 3);
}

std::string count_of_bytes(std::size_t size) {
    return std::to_string(size) + " bytes";
}

const char* sign_of(side from) {
    return from == side::application ? "> " : "< ";
}

/// The first `open` bytes, and as much filler as there were others.
bytes with_filler(byte_view body, std::size_t open) {
    bytes made(body.size(), filler);
    std::copy_n(body.begin(), std::min(open, body.size()), made.begin());
    return made;
}

/// "CC", or "D1 24" of two bytes that are no text.
std::string code_of(byte_view body) {
    const auto code = body.first(std::min(body.size(), code_size));
    const bool text = std::all_of(code.begin(), code.end(), [](auto c) { return c > 0x20 && c < 0x7F; });
    if (text || code.size() < code_size) return escaped_text(as_text(code));
    return to_hex(code.first(1)) + " " + to_hex(code.subspan(1));
}

} // namespace

void tap_page::say(const tap_event& event, const std::string& text) {
    out_->line(time_of_day(event.when) + " " + std::to_string(event.connection) + " " + text);
}

void tap_page::take(const tap_event& event) {
    std::string line;
    if (event.from != side::nobody) line = sign_of(event.from);
    const bool message = event.what == kind::request || event.what == kind::answer;
    if (!message) return say(event, line + event.text);
    const auto size = "(" + count_of_bytes(event.size) + ")";
    line += event.code;
    if (!event.title.empty()) line += " " + event.title;
    if (!event.status.empty()) line += " status " + event.status;
    if (!event.meaning.empty()) line += " " + event.meaning;
    if (!event.fault.empty()) line += (line.ends_with(' ') ? "" : ": ") + event.fault + " " + size;
    // A message that nobody understands has nothing but its size.
    if (event.fault.empty() && event.title.empty() && !event.took) line += (line.ends_with(' ') ? "" : " ") + size;
    if (event.took) line += " (" + std::to_string(event.took->count()) + " us)";
    say(event, line);
    for (const auto& field : event.fields) {
        out_->line("      " + field.name + ": " + field.value);
    }
    if (!event.hex.empty()) out_->line("      hex: " + event.hex);
}

tap_event conversation::made(kind what, side from) const {
    tap_event event;
    event.what = what;
    event.from = from;
    event.connection = number_;
    event.when = now();
    return event;
}

/// The message as it may leave this program: its own length and header, and a body that may be shown.
bytes conversation::framed(const hsm::frame_view& message, bytes body) const {
    bytes whole;
    if (!is_stream()) {
        whole.resize(2);
        store_be16(whole.data(), static_cast<std::uint16_t>(message.header.size() + body.size()));
    }
    whole.insert(whole.end(), message.header.begin(), message.header.end());
    whole.insert(whole.end(), body.begin(), body.end());
    return whole;
}

void conversation::take(byte_view data, direction& from) {
    if (from.lost_step) {
        auto event = made(kind::bytes, from.side);
        event.text = count_of_bytes(data.size());
        event.size = data.size();
        event.shown.assign(data.size(), filler);
        return page_->take(event);
    }
    from.kept.add(data);
    const auto& frame = engine_->dialect().frame;
    std::size_t used = 0;
    for (;;) {
        const auto cut = hsm::cut_frame(frame, from.kept.view().subspan(used));
        if (!cut) return lose_step(from, cut.error().to_string());
        if (!*cut || (*cut)->body.empty()) break;
        const auto size = &from == &requests_ ? show_request(**cut) : show_answer(**cut);
        if (from.lost_step) return;
        if (size == 0) break;
        used += size;
    }
    from.kept.drop(used);
    if (used != 0) from.told_half = 0;
    if (from.kept.size() <= std::size_t{frame.largest} + 2) return;
    lose_step(from, "longer than any message of profile " + engine_->dialect().name);
}

/// Answers are read by their requests, so that whichever direction is lost no request waits any more.
void conversation::lose_step(direction& from, const std::string& why, std::string code) {
    auto event = made(kind::lost_step, from.side);
    event.fault = why;
    event.code = std::move(code);
    const auto hint = hsm::foreign_protocol(engine_->dialect().frame, from.kept.view());
    event.text = "not understood: " + (event.code.empty() ? "" : event.code + ": ") + why +
                 ": out of step, from here on only bytes are counted";
    if (!hint.empty()) event.text.append("; it looks like ").append(hint);
    event.size = from.kept.size();
    event.shown.assign(from.kept.size(), filler);
    from.lost_step = true;
    from.kept.drop(from.kept.size());
    waiting_.clear();
    page_->take(event);
}

void conversation::lose_bytes(direction& from, std::size_t count) {
    if (from.lost_step) return;
    lose_step(from, "the capture lost " + count_of_bytes(count));
}

void conversation::tell_halves(std::string_view why) {
    tell_half(requests_, why);
    tell_half(answers_, why);
}

void conversation::tell_half(direction& from, std::string_view why) {
    const auto there = from.kept.view();
    if (there.empty() || there.size() == from.told_half) return;
    from.told_half = there.size();
    auto event = made(kind::half, from.side);
    event.size = there.size();
    event.text = std::to_string(there.size());
    const auto& frame = engine_->dialect().frame;
    if (!is_stream() && there.size() >= 2) {
        event.text += " of " + std::to_string(2 + std::size_t{load_be16(there.data())});
        const auto body = there.subspan(std::min(there.size(), std::size_t{2} + frame.header_length));
        if (body.size() >= code_size) event.code = code_of(body);
    } else if (is_stream() && there.size() >= frame.header_length + code_size) {
        event.code = code_of(there.subspan(frame.header_length));
    }
    event.shown = with_filler(there, (is_stream() ? 0 : 2) + frame.header_length + code_size);
    event.text += " bytes came, " + std::string(why);
    if (!event.code.empty()) event.text += "; the code reads as " + event.code;
    const auto hint = hsm::foreign_protocol(frame, there);
    if (!hint.empty()) event.text.append("; it looks like ").append(hint);
    page_->take(event);
}

bool conversation::is_stream() const {
    return engine_->dialect().frame.length == hsm::framing::prefix::none;
}

std::size_t conversation::size_of(const hsm::frame_view& message, std::size_t body) const {
    return is_stream() ? message.consumed + body : message.consumed;
}

/// Where the command is unknown here and would be one behind another header: the likely cause.
std::string conversation::other_header(const hsm::frame_view& message) const {
    const auto& dialect = engine_->dialect();
    if (is_stream() || dialect.command(code_of(message.body)) != nullptr) return {};
    bytes whole(message.header.begin(), message.header.end());
    whole.insert(whole.end(), message.body.begin(), message.body.end());
    for (const std::size_t size : {4U, 8U, 0U, 6U, 2U, 10U, 12U, 16U}) {
        if (size == message.header.size() || whole.size() < size + code_size) continue;
        const auto code = code_of(byte_view(whole).subspan(size));
        if (dialect.command(code) == nullptr) continue;
        return "; behind a header of " + std::to_string(size) + " it would be " + code +
               " (frame.header_length of a profile; `hsm probe` asks the unit)";
    }
    return {};
}

/// Returns the message's size; 0 while it is not whole.
std::size_t conversation::show_request(const hsm::frame_view& message) {
    asked_command asked;
    asked.since = now();
    asked.header.assign(message.header.begin(), message.header.end());
    const auto read = engine_->decode_request(message.body, asked.values);
    auto event = made(kind::request, side::application);
    event.code = code_of(message.body);
    event.size = message.body.size();
    if (!read) {
        if (is_stream() && is_early(read.error())) return 0;
        // The code is told in front, not twice.
        event.fault = error(read.error()).during("").to_string() + other_header(message);
        if (is_stream()) {
            lose_step(requests_, event.fault + " (" + count_of_bytes(message.body.size()) + ")", event.code);
            return 0;
        }
        event.shown = framed(message, with_filler(message.body, code_size));
        page_->take(event);
        wait_for_answer(std::move(asked));
        return message.consumed;
    }
    const auto body = message.body.first(read->consumed);
    asked.command = read->command;
    asked.how = cards_->reveal_for(read->command->request, asked.values);
    event.code = read->command->code;
    event.title = printable_text(read->command->title);
    event.size = body.size();
    event.fields = describe(read->command->request, asked.values, asked.how);
    if (asked.how == reveal::all) {
        event.hex = to_hex(body);
        event.shown = framed(message, {body.begin(), body.end()});
    } else {
        bytes masked;
        const auto values = masked_values(read->command->request, asked.values);
        const auto again = engine_->encode_request(*read->command, values, masked);
        const bool fits = again && masked.size() == body.size();
        event.shown = framed(message, fits ? std::move(masked) : with_filler(body, code_size));
    }
    page_->take(event);
    wait_for_answer(std::move(asked));
    return size_of(message, read->consumed);
}

void conversation::wait_for_answer(asked_command asked) {
    if (answers_.lost_step) return;
    if (waiting_.size() == most_waiting) waiting_.pop_front();
    waiting_.push_back(std::move(asked));
}

/// Where two requests with one header wait, the answer may be either's.
reveal conversation::reveal_for(const asked_command& whose) const {
    const bool open = std::all_of(waiting_.begin(), waiting_.end(),
        [&](const asked_command& each) { return each.header != whose.header || each.how == reveal::all; });
    return open ? reveal::all : reveal::masked;
}

/// An answer by no table. Code and status are told only where its header proves that it begins where we think.
void conversation::show_stranger(const hsm::frame_view& message, bool answers_a_request) {
    auto event = made(kind::answer, side::unit);
    event.size = message.body.size();
    const bool racal = engine_->dialect().frame.answers == hsm::framing::style::racal;
    const bool told = answers_a_request && racal && message.body.size() >= code_and_status;
    if (told) {
        event.code = code_of(message.body);
        event.status = escaped_text(as_text(message.body.subspan(code_size, code_and_status - code_size)));
    }
    event.shown = framed(message, with_filler(message.body, told ? code_and_status : 0));
    page_->take(event);
}

/// As `show_request`.
std::size_t conversation::show_answer(const hsm::frame_view& message) {
    const auto whose = std::find_if(waiting_.begin(), waiting_.end(), [&](const asked_command& each) {
        return std::equal(each.header.begin(), each.header.end(), message.header.begin(), message.header.end());
    });
    if (whose == waiting_.end() || whose->command == nullptr) {
        const bool known = whose != waiting_.end();
        if (known) waiting_.erase(whose);
        if (is_stream()) {
            lose_step(answers_, "nothing that was asked (" + count_of_bytes(message.body.size()) + ")");
            return 0;
        }
        show_stranger(message, known && engine_->dialect().frame.header_length != 0);
        return message.consumed;
    }
    hsm::field_set values;
    const auto read = engine_->decode_answer(*whose->command, message.body, whose->values, values);
    if (!read && is_stream()) {
        if (!is_early(read.error())) lose_step(answers_, read.error().to_string());
        return 0;
    }
    auto event = made(kind::answer, side::unit);
    event.took = std::chrono::duration_cast<std::chrono::microseconds>(now() - whose->since);
    const auto size = read ? read->consumed : message.body.size();
    const auto body = message.body.first(size);
    event.size = size;
    event.code = whose->command->code;
    const bool racal = engine_->dialect().frame.answers == hsm::framing::style::racal;
    if (read) {
        const auto meaning = engine_->dialect().meaning(*whose->command, read->code.view());
        event.status = escaped_text(read->code.view());
        if (read->code != "00") event.meaning = printable_text(meaning);
        const auto how = reveal_for(*whose);
        event.fields = describe(whose->command->answer, values, how);
        if (how == reveal::all) {
            event.hex = to_hex(body);
            event.shown = framed(message, {body.begin(), body.end()});
        } else {
            bytes masked;
            const auto again = engine_->encode_answer(*whose->command, read->code.view(), whose->values,
                masked_values(whose->command->answer, values), masked);
            const bool fits = again && masked.size() == body.size();
            event.shown =
                framed(message, fits ? std::move(masked) : with_filler(body, racal ? code_and_status : code_size));
        }
    } else {
        // The code belongs to another command, or the body breaks the table.
        if (racal && body.size() >= code_and_status) {
            event.code = code_of(body);
            event.status = escaped_text(as_text(body.subspan(code_size, code_and_status - code_size)));
        }
        event.fault = error(read.error()).during("").to_string();
        event.shown = framed(message, with_filler(body, racal ? code_and_status : code_size));
    }
    page_->take(event);
    whose->values.clear(); // moving the others up would leave it in freed memory
    waiting_.erase(whose);
    return size_of(message, size);
}

} // namespace cipherlane::cli
