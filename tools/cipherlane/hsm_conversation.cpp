#include "cipherlane/hsm_conversation.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace cipherlane::cli {
namespace {

/// More requests than any unit keeps: the oldest of them will get no answer any more.
constexpr std::size_t most_waiting = 4096;

bool is_early(const error& why) {
    return why.code() == hsm::make_error_code(hsm::hsm_errc::incomplete);
}

std::string time_of_day() {
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    const auto size = std::strftime(text.data(), text.size(), "%H:%M:%S.", &parts);
    const auto thousandths = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()) % 1000;
    auto digits = std::to_string(thousandths.count());
    digits.insert(0, 3 - digits.size(), '0');
    return std::string(text.data(), size) + digits;
}

std::string count_of_bytes(byte_view body) {
    return std::to_string(body.size()) + " bytes";
}

} // namespace

void tap_page::say(std::size_t connection, std::string_view text) {
    out_->line(time_of_day() + " " + std::to_string(connection) + " " + std::string(text));
}

void tap_page::detail(std::string_view text) {
    out_->line("      " + std::string(text));
}

void conversation::take(byte_view data, direction& from) {
    if (from.lost_step) return say(from.sign + count_of_bytes(data));
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
    if (from.kept.size() <= std::size_t{frame.largest} + 2) return;
    lose_step(from, "longer than any message of profile " + engine_->dialect().name);
}

/// Answers are read by their requests, so that whichever direction is lost no request waits any more.
void conversation::lose_step(direction& from, const std::string& why) {
    say(from.sign + ("not understood: " + why + ": out of step, from here on only bytes are counted"));
    from.lost_step = true;
    from.kept.drop(from.kept.size());
    waiting_.clear();
}

bool conversation::is_stream() const {
    return engine_->dialect().frame.length == hsm::framing::prefix::none;
}

std::size_t conversation::size_of(const hsm::frame_view& message, std::size_t body) const {
    return is_stream() ? message.consumed + body : message.consumed;
}

/// Returns the message's size; 0 while it is not whole.
std::size_t conversation::show_request(const hsm::frame_view& message) {
    asked_command made;
    made.header.assign(message.header.begin(), message.header.end());
    const auto read = engine_->decode_request(message.body, made.values);
    if (!read) {
        if (is_stream() && is_early(read.error())) return 0;
        const auto why = read.error().to_string() + " (" + count_of_bytes(message.body) + ")";
        if (is_stream()) {
            lose_step(requests_, why);
            return 0;
        }
        say("> " + why);
        wait_for_answer(std::move(made));
        return message.consumed;
    }
    made.command = read->command;
    made.how = cards_->reveal_for(read->command->request, made.values);
    say("> " + read->command->code + " " + printable_text(read->command->title));
    show_fields(read->command->request, made.values, made.how);
    show_hex(message.body.first(read->consumed), made.how);
    wait_for_answer(std::move(made));
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

/// As `show_request`.
std::size_t conversation::show_answer(const hsm::frame_view& message) {
    const auto whose = std::find_if(waiting_.begin(), waiting_.end(), [&](const asked_command& each) {
        return std::equal(each.header.begin(), each.header.end(), message.header.begin(), message.header.end());
    });
    if (whose == waiting_.end() || whose->command == nullptr) {
        if (whose != waiting_.end()) waiting_.erase(whose);
        const auto size = "(" + count_of_bytes(message.body) + ")";
        if (is_stream()) {
            lose_step(answers_, "nothing that was asked " + size);
            return 0;
        }
        say("< " + size);
        return message.consumed;
    }
    hsm::field_set values;
    const auto read = engine_->decode_answer(*whose->command, message.body, whose->values, values);
    if (!read && is_stream()) {
        if (!is_early(read.error())) lose_step(answers_, read.error().to_string());
        return 0;
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - whose->since);
    const auto size = read ? read->consumed : message.body.size();
    if (read) {
        const auto meaning = engine_->dialect().meaning(*whose->command, read->code.view());
        const bool told = read->code != "00" && !meaning.empty();
        say("< " + whose->command->code + " status " + printable(read->code.view()) +
            (told ? " " + printable_text(meaning) : std::string()) + " (" + std::to_string(took.count()) + " us)");
        const auto how = reveal_for(*whose);
        show_fields(whose->command->answer, values, how);
        show_hex(message.body.first(size), how);
    } else {
        say("< " + read.error().to_string());
    }
    whose->values.clear(); // moving the others up would leave it in freed memory
    waiting_.erase(whose);
    return size_of(message, size);
}

void conversation::show_fields(const hsm::layout& fields, const hsm::field_set& values, reveal how) {
    for (const auto& field : describe(fields, values, how)) {
        page_->detail(field.name + ": " + field.value);
    }
}

void conversation::show_hex(byte_view body, reveal how) {
    if (how == reveal::all) page_->detail("hex: " + to_hex(body));
}

} // namespace cipherlane::cli
