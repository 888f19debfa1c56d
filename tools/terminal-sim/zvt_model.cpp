#include "terminal-sim/zvt_model.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_fields.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::sim {
namespace {

namespace code = drivers::zvt_code;
using drivers::zvt_field_reader;
using drivers::zvt_field_writer;

constexpr std::uint8_t cancelled = 0x6C;
constexpr std::uint8_t not_registered = 0x6B;
constexpr std::uint8_t wrong_currency = 0x6F;
constexpr std::uint8_t not_possible = 0x83;
constexpr std::uint8_t protocol_error = 0x9A;
constexpr std::uint8_t please_wait = 0x9C;
constexpr std::uint8_t no_paper = 0xCC;

constexpr std::uint8_t wants_receipts = 0x02;
constexpr std::uint8_t wants_progress = 0x08;
constexpr std::chrono::milliseconds acknowledge_time{5'000};
constexpr int repeats = 2;

struct command_row {
    std::uint16_t code;
    sim_trade what;
    std::size_t skips; ///< the password
};
constexpr auto trades = std::to_array<command_row>({
    {code::authorisation, sim_trade::sale, 0},
    {code::reversal, sim_trade::sale_void, 3},
    {code::refund, sim_trade::refund, 3},
    {code::reservation, sim_trade::reservation, 0},
    {code::book_reservation, sim_trade::booking, 0},
    {code::reservation_reversal, sim_trade::reservation_void, 0},
});

std::vector<fault_kind> zvt_faults() {
    const std::vector<std::string> said{
        "answer", "progress", "status", "line", "completion", "abort", "registration"};
    return terminal_faults(
        said, {{"wrong_crc", fault_effect::alter, said}, {"keeps", fault_effect::alter, {"till lost"}},
                  {"refuse", fault_effect::alter, {"command"}}});
}

std::int64_t number_of(byte_view packed) {
    const auto digits = unpack_bcd(packed, 2 * packed.size(), bcd_pad::left);
    return digits ? std::stoll(*digits) : 0;
}

bytes as_copy(std::string_view text) {
    return {text.begin(), text.end()};
}

} // namespace

zvt_model::zvt_model(terminal_setup with, surroundings around)
    : terminal_model(std::move(with), zvt_faults(), std::move(around)) {}

void zvt_model::receive(byte_view data) {
    for (const auto byte : data) {
        if (setup().over == terminal_setup::line::serial) {
            take_serial(byte);
        } else if (reader_.take(byte)) {
            const auto message = reader_.message();
            take_message(message.code, message.data.expose());
        }
    }
}

void zvt_model::take_serial(std::uint8_t byte) {
    using event = drivers::zvt_frame_decoder::event;
    switch (decoder_.take(byte)) {
    case event::nothing: return;
    case event::ack:
        unacknowledged_ = false;
        ++frames_;
        return;
    case event::nak:
        if (unacknowledged_ && repeated_++ < repeats) around().send(last_frame_);
        return;
    case event::broken: return around().send({drivers::zvt_byte::nak});
    case event::frame: break;
    }
    const auto message = decoder_.message();
    if (player().hit("frame")) return around().send({drivers::zvt_byte::nak});
    around().send({drivers::zvt_byte::ack});
    take_message(message.code, message.data.expose());
}

void zvt_model::take_message(std::uint16_t word, byte_view data) {
    count("messages");
    if (word == code::acknowledged || word >> 8 == code::refused_class) return take_answer(word);
    if (word == code::abort_by_till) return abort_by_till();
    take_command(word, data);
}

void zvt_model::take_answer(std::uint16_t word) {
    if (!waiting_) return;
    waiting_ = false;
    ++waits_;
    const bool positive = word == code::acknowledged || (word & 0xFF) == 0;
    const auto done = std::move(steps_.front());
    steps_.pop_front();
    if (!positive && stage_ == stage::telling && money().pending() != nullptr) {
        settle_pending();
        return give_up(cancelled);
    }
    if (done.then) done.then();
    say_next();
}

void zvt_model::take_command(std::uint16_t word, byte_view data) {
    count("commands");
    const auto hit = player().hit("command");
    if (hit && hit->kind == "restart") return restart();
    const bool refuses = hit && hit->kind == "refuse";
    const bool told_alone = word == code::registration || word == code::repeat_receipt;
    if ((hit && !refuses) || stage_ != stage::idle || waiting_ || settling() || (alone_ && !told_alone)) {
        return answer(static_cast<std::uint16_t>(code::refused_class << 8 | please_wait), "answer");
    }
    if (word == code::registration) return registration(data);
    answer(code::acknowledged, "answer");
    if (!registered_) return give_up(not_registered);
    if (refuses) return give_up(not_possible);
    switch (word) {
    case code::end_of_day: return end_of_day();
    case code::repeat_receipt: return repeat_receipt(data);
    case code::status_enquiry: return status_enquiry();
    case code::diagnosis: return complete();
    default: return begin_trade(word, data);
    }
}

void zvt_model::registration(byte_view data) {
    constexpr std::size_t least = 4;
    const auto password = pack_bcd(setup().password, bcd_pad::left);
    if (data.size() < least || !std::equal(password->begin(), password->end(), data.begin())) {
        answer(code::acknowledged, "answer");
        return give_up(not_possible);
    }
    config_ = data[3];
    if (data.size() >= least + 2 && number_of(data.subspan(least, 2)) != setup().currency) {
        return answer(static_cast<std::uint16_t>(code::refused_class << 8 | wrong_currency), "answer");
    }
    answer(code::acknowledged, "registration");
    registered_ = true;
    zvt_field_writer told;
    told.byte(0x19, 0).digits(0x29, std::stoull(setup().terminal_id)).digits(0x49, setup().currency);
    complete(told.data());
}

void zvt_model::begin_trade(std::uint16_t word, byte_view data) {
    const auto* const row =
        std::find_if(trades.begin(), trades.end(), [&](const command_row& one) { return one.code == word; });
    if (row == trades.end() || data.size() < row->skips) return give_up(not_possible);
    what_ = row->what;
    minor_ = 0;
    original_ = 0;
    zvt_field_reader fields(data.subspan(row->skips));
    for (;;) {
        const auto next = fields.next();
        if (!next) return give_up(protocol_error);
        if (!*next) break;
        const auto& found = **next;
        if (found.tag == 0x04) minor_ = number_of(found.value);
        if (found.tag == 0x87) original_ = static_cast<int>(number_of(found.value));
        if (found.tag == 0x49 && number_of(found.value) != setup().currency) return give_up(wrong_currency);
    }
    const auto hit = player().hit("payment");
    if (hit && hit->kind == "restart") return restart();
    if (hit && hit->kind == "talks") return talk();
    if (hit || !has_paper()) return give_up(no_paper);
    const bool needs_card = original_ == 0;
    needs_card ? wait_for_card() : ask_host();
}

void zvt_model::wait_for_card() {
    stage_ = stage::card;
    ++payments_;
    progress(0x0A, [this] {
        if (card()) go_on_with_card();
    });
    after(setup().card_time, [this, mine = payments_] {
        if (stage_ == stage::card && payments_ == mine) give_up(cancelled);
    });
}

void zvt_model::card_came() {
    if (stage_ == stage::card && !waiting_) go_on_with_card();
}

void zvt_model::customer_cancelled() {
    if (stage_ == stage::card) give_up(cancelled);
}

void zvt_model::go_on_with_card() {
    if (stage_ != stage::card) return;
    stage_ = stage::host;
    progress(0x0E, [this] { ask_host(); });
    say_next();
}

void zvt_model::ask_host() {
    stage_ = stage::host;
    at_host_ = true;
    if (setup().host_time.count() == 0) return host_answers();
    after(setup().host_time, [this] { host_answers(); });
}

void zvt_model::host_answers() {
    at_host_ = false;
    auto& entry = ask_host_for(what_, minor_, original_);
    if (!std::exchange(alone_, false)) return tell_outcome(entry);
    card_used();
    settle_pending(); // nobody is there to take its word
}

void zvt_model::tell_outcome(sim_entry& entry) {
    stage_ = stage::telling;
    card_used();
    if (entry.now == sim_entry::state::declined) {
        const auto why = entry.code;
        say({"status", code::status_information, status_of(entry), [this, why] { give_up(why); }});
        return say_next();
    }
    if (const auto hit = player().hit("authorised"); hit) return restart();
    say({"status", code::status_information, status_of(entry), {}});
    if ((config_ & wants_receipts) != 0) {
        receipt_of(entry);
    } else {
        count("printed");
    }
    steps_.back().then = [this, &entry] {
        money().store(entry);
        if (const auto hit = player().hit("stored"); hit) return restart();
        complete();
    };
    say_next();
}

bytes zvt_model::status_of(const sim_entry& entry) const {
    zvt_field_writer told;
    told.byte(0x27, entry.code).digits(0x04, static_cast<std::uint64_t>(entry.minor));
    told.digits(0x0B, static_cast<std::uint64_t>(entry.trace)).digits(0x0C, 192336).digits(0x0D, 416);
    told.digits(0x29, std::stoull(setup().terminal_id)).digits(0x49, setup().currency);
    told.digits(0x87, static_cast<std::uint64_t>(entry.receipt));
    if (!entry.pan.empty()) {
        auto shown = entry.pan;
        std::fill(shown.begin() + 6, shown.end() - 4, 'E');
        if (shown.size() % 2 != 0) shown += 'F';
        bytes packed;
        for (std::size_t at = 0; at < shown.size(); at += 2) {
            packed.push_back(static_cast<std::uint8_t>(std::stoi(shown.substr(at, 2), nullptr, 16)));
        }
        told.value(0x22, packed);
    }
    told.value(0x3B, as_copy("AB" + std::to_string(100'000 + entry.trace)));
    auto name = as_copy("girocard");
    name.push_back(0);
    told.value(0x8B, name);
    return told.data();
}

void zvt_model::receipt_of(const sim_entry& entry) {
    const std::array lines{std::string("K-U-N-D-E-N-B-E-L-E-G"), "Beleg-Nr. " + std::to_string(entry.receipt),
        "Betrag " + std::to_string(entry.minor)};
    for (std::size_t at = 0; at < lines.size(); ++at) {
        bytes data{static_cast<std::uint8_t>(at + 1 == lines.size() ? 0xFF : 0x00)};
        data.insert(data.end(), lines[at].begin(), lines[at].end());
        say({"line", code::print_line, std::move(data), {}});
    }
}

void zvt_model::end_of_day() {
    const auto sum = money().close_batch();
    zvt_field_writer told;
    told.byte(0x27, 0).digits(0x04, static_cast<std::uint64_t>(std::max<std::int64_t>(sum.minor, 0)));
    told.digits(0x0C, 235900).digits(0x0D, 416).digits(0x49, setup().currency);
    say({"status", code::status_information, told.data(), [this] { complete(); }});
    say_next();
}

void zvt_model::repeat_receipt(byte_view data) {
    const auto* const last = money().last();
    if (last == nullptr || player().hit("last asked")) return give_up(not_possible);
    constexpr std::size_t with_service = 5;
    const std::uint8_t service = data.size() >= with_service && data[3] == 0x03 ? data[4] : std::uint8_t{0};
    if ((service & 0x01) != 0) say({"status", code::status_information, status_of(*last), {}});
    const bool at_till = (config_ & wants_receipts) != 0;
    const bool prints = (service & 0x02) == 0;
    if (prints && at_till) receipt_of(*last);
    if (prints && !at_till) count("printed");
    if (steps_.empty()) return complete(); // printed on its own paper
    steps_.back().then = [this] { complete(); };
    say_next();
}

void zvt_model::status_enquiry() {
    complete({has_paper() ? std::uint8_t{0x00} : no_paper});
}

void zvt_model::abort_by_till() {
    count("aborts");
    if (stage_ == stage::host || stage_ == stage::telling || alone_) { // too late
        return answer(static_cast<std::uint16_t>(code::refused_class << 8 | not_possible), "answer");
    }
    answer(code::acknowledged, "answer");
    if (stage_ != stage::card) return;
    steps_.clear();
    waiting_ = false;
    give_up(cancelled);
}

void zvt_model::say(step next) {
    steps_.push_back(std::move(next));
}

void zvt_model::say_next() {
    if (waiting_ || steps_.empty()) return;
    waiting_ = true;
    const auto& next = steps_.front();
    // A link that ends while it is written to takes the steps away.
    const auto operation = next.operation;
    const auto data = next.data;
    const auto word = next.code;
    after(setup().answer_time, [this, at = waits_] {
        if (waiting_ && waits_ == at) unanswered();
    });
    transmit(operation, word, data);
}

void zvt_model::unanswered() {
    count("unanswered");
    settle_pending();
    forget_conversation();
}

void zvt_model::progress(std::uint8_t state, std::function<void()> then) {
    if ((config_ & wants_progress) == 0) return then();
    say({"progress", code::intermediate_status, {state, 0x03}, std::move(then)});
    say_next();
}

void zvt_model::complete(bytes data) {
    stage_ = stage::idle;
    say({"completion", code::completion, std::move(data), {}});
    say_next();
}

void zvt_model::give_up(std::uint8_t why) {
    stage_ = stage::idle;
    steps_.clear();
    waiting_ = false;
    say({"abort", code::abort, {why}, {}});
    say_next();
}

void zvt_model::talk() {
    transmit("progress", code::intermediate_status, bytes{0x0E});
    after(std::chrono::milliseconds(100), [this, mine = conversations_] {
        if (conversations_ == mine) talk();
    });
}

void zvt_model::answer(std::uint16_t word, const std::string& operation) {
    transmit(operation, word, {});
}

void zvt_model::transmit(const std::string& operation, std::uint16_t word, byte_view data) {
    const auto message = drivers::to_wire(word, data);
    const bool serial = setup().over == terminal_setup::line::serial;
    const auto frame = serial ? drivers::zvt_frame(message.expose()) : message.clone();
    send_frame(operation, bytes(frame.expose().begin(), frame.expose().end()));
}

void zvt_model::send_frame(const std::string& operation, bytes wire) {
    last_frame_ = wire;
    unacknowledged_ = true;
    repeated_ = 0;
    ++frames_;
    arm_repeat();
    player().send(operation, std::move(wire), [](const fault& hit, bytes made) {
        if (hit.kind == "wrong_crc") made.back() ^= 0xFF;
        return made;
    });
}

void zvt_model::arm_repeat() {
    if (setup().over != terminal_setup::line::serial) return;
    after(acknowledge_time, [this, mine = frames_] {
        if (!unacknowledged_ || frames_ != mine || repeated_++ >= repeats) return;
        around().send(last_frame_);
        arm_repeat();
    });
}

void zvt_model::forget_conversation() {
    steps_.clear();
    waiting_ = false;
    unacknowledged_ = false;
    ++waits_;
    ++frames_;
    ++conversations_;
    stage_ = stage::idle;
    reader_.reset();
    decoder_.reset();
}

void zvt_model::restarted() {
    registered_ = false;
    at_host_ = false;
    alone_ = false;
    forget_conversation();
}

/// What it waits for by itself goes on: timers know by what they count that the till's part of it is over.
void zvt_model::link_lost() {
    alone_ = at_host_;
    settle_pending();
    forget_conversation();
}

} // namespace cipherlane::sim
