#include "terminal-sim/mispos_model.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/zero_padded.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

namespace byte = drivers::mispos_byte;
using drivers::mispos_form;
using drivers::mispos_trade;
using drivers::mispos_value;

constexpr std::chrono::milliseconds acknowledge_time{3'000};
constexpr std::chrono::milliseconds host_patience{60'000};
constexpr int repeats = 2;

/// The terminal's own codes: eight digits, packed on the wire.
constexpr std::string_view cancelled = "00010001";
constexpr std::string_view nobody_came = "00010002";
constexpr std::string_view no_paper = "00010003";
constexpr std::string_view approved = "00";
constexpr std::string_view host_silent = "98";
constexpr std::string_view not_there = "25";

std::vector<fault_kind> mispos_faults() {
    const std::vector<std::string> said{"ack", "status", "result", "last", "close", "for host"};
    return terminal_faults(said, {{"wrong_lrc", fault_effect::alter, said}});
}

struct trade_row {
    mispos_trade asked;
    sim_trade what;
};
constexpr auto trades =
    std::to_array<trade_row>({{mispos_trade::sale, sim_trade::sale}, {mispos_trade::sale_void, sim_trade::sale_void},
        {mispos_trade::refund, sim_trade::refund}, {mispos_trade::pre_auth, sim_trade::reservation},
        {mispos_trade::pre_auth_void, sim_trade::reservation_void}, {mispos_trade::completion, sim_trade::booking}});

const trade_row* row_of(mispos_trade asked) {
    const auto* const row =
        std::find_if(trades.begin(), trades.end(), [&](const trade_row& one) { return one.asked == asked; });
    return row != trades.end() ? row : nullptr;
}

/// Zero for what is no number.
std::int64_t number_of(const std::string& text) {
    return !text.empty() && text.size() < 18 && all_digits(text) ? std::stoll(text) : 0;
}

drivers::mispos_description described(const std::string& file) {
    auto made = drivers::load_mispos_description(file);
    if (!made) throw std::invalid_argument(made.error().to_string());
    return *std::move(made);
}

} // namespace

mispos_model::mispos_model(terminal_setup with, surroundings around)
    : terminal_model(std::move(with), mispos_faults(), std::move(around))
    , by_(described(setup().description_file)) {}

void mispos_model::receive(byte_view data) {
    using event = drivers::mispos_decoder::event;
    for (const auto one : data) {
        switch (decoder_.take(one)) {
        case event::nothing: break;
        case event::ack:
            unacknowledged_ = false;
            ++sends_;
            break;
        case event::nak:
            if (unacknowledged_ && repeated_++ < repeats) transmit();
            break;
        case event::eot: stop_by_till(); break;
        case event::broken: around().send({byte::nak}); break;
        case event::frame:
            if (player().hit("frame")) {
                around().send({byte::nak});
            } else {
                take_frame(decoder_.content());
            }
            break;
        }
    }
    if (!decoder_.inside()) return;
    after(by_.inter_byte, [this, mine = ++begun_] {
        if (begun_ != mine || !decoder_.inside()) return;
        decoder_.reset();
        around().send({byte::nak});
    });
}

mispos_model::asked mispos_model::read(byte_view content) const {
    asked made;
    drivers::mispos_tag_reader elements(content);
    const auto is = [&](mispos_value what, std::uint16_t tag) {
        return by_.asked(what) && by_.asked(what)->tag == tag;
    };
    for (auto next = elements.next(); next && *next; next = elements.next()) {
        const auto& found = **next;
        const auto text = to_hex(found.value);
        if (is(mispos_value::kind, found.tag)) made.kind = text;
        if (is(mispos_value::trade, found.tag)) made.trade = text;
        if (is(mispos_value::number, found.tag)) made.number = text;
        if (is(mispos_value::amount, found.tag)) made.minor = number_of(text);
        if (is(mispos_value::original, found.tag)) made.original = static_cast<int>(number_of(text));
    }
    return made;
}

void mispos_model::take_frame(byte_view content) {
    count("messages");
    const auto message = read(content);
    if (!by_.host_kind.empty() && message.kind == by_.host_kind) {
        send_ack();
        count("host's answers");
        if (stage_ == stage::host_through_till && message.number == host_number_) ask_host();
        return;
    }
    if (message.kind == by_.request_kind) take_request(message);
}

void mispos_model::take_request(const asked& request) {
    const auto found = std::find_if(
        by_.trades.begin(), by_.trades.end(), [&](const auto& one) { return one && one->code == request.trade; });
    if (found == by_.trades.end()) return around().send({byte::nak});
    const auto what = static_cast<mispos_trade>(found - by_.trades.begin());
    const bool moves = row_of(what) != nullptr || what == mispos_trade::settle;
    const auto hit = moves ? player().hit("command") : std::nullopt;
    if (hit && hit->kind == "restart") return restart();
    if (hit && !by_.busy.empty()) { // one whose acquirer has a code for it says so
        send_ack();
        number_ = request.number;
        return say("result", result_of(request.trade, by_.busy.front(), nullptr));
    }
    if (hit || (moves && stage_ != stage::idle)) return around().send({byte::nak});
    unacknowledged_ = false;
    send_ack();
    if (moves || stage_ == stage::idle) number_ = request.number;
    if (row_of(what) != nullptr) return begin_trade(what, request);
    const auto of_trade = std::exchange(number_, request.number);
    take_question(what);
    if (stage_ != stage::idle) number_ = of_trade; // what is under way keeps its own
}

void mispos_model::take_question(mispos_trade what) {
    const auto code = by_.of(what)->code;
    switch (what) {
    case mispos_trade::settle: {
        sim_entry sum;
        sum.minor = money().close_batch().minor;
        return say("close", result_of(code, approved, &sum));
    }
    case mispos_trade::last:
        if (!last_ || player().hit("last asked")) return say("last", result_of(code, not_there, nullptr));
        return say("last", result_of(last_->first, approved, last_->second));
    case mispos_trade::print_again:
        if (last_) count("printed");
        return say("result", result_of(code, last_ ? approved : not_there, last_ ? last_->second : nullptr));
    default: return say("status", result_of(code, approved, nullptr));
    }
}

void mispos_model::begin_trade(mispos_trade what, const asked& request) {
    count("commands");
    trade_ = what;
    minor_ = request.minor;
    original_ = request.original;
    const auto hit = player().hit("payment");
    if (hit && hit->kind == "restart") return restart();
    if (hit && hit->kind == "talks") talk();
    if ((hit && hit->kind == "paper_out") || !has_paper()) return refuse(no_paper);
    if (original_ != 0) return go_on_with_card();
    stage_ = stage::card;
    ++payments_;
    after(setup().card_time, [this, mine = payments_] {
        if (stage_ == stage::card && payments_ == mine) refuse(nobody_came);
    });
    const bool deaf = hit && hit->kind == "talks";
    if (card() && !deaf) go_on_with_card();
}

/// Results of somebody else's requests.
void mispos_model::talk() {
    const auto own = std::exchange(number_, zero_padded(0, number_.size()));
    for (int at = 0; at < 100; ++at) {
        const auto frame = drivers::mispos_frame(result_of(by_.of(trade_)->code, approved, nullptr));
        around().send(bytes(frame.expose().begin(), frame.expose().end()));
    }
    number_ = own;
}

void mispos_model::card_came() {
    if (stage_ == stage::card) go_on_with_card();
}

void mispos_model::customer_cancelled() {
    if (stage_ == stage::card) refuse(cancelled);
}

void mispos_model::stop_by_till() {
    count("aborts");
    if (stage_ == stage::card) refuse(cancelled);
}

void mispos_model::go_on_with_card() {
    setup().through_till ? ask_through_till() : ask_host();
}

/// An authorisation request as any host would have it: the till is not to look into it.
void mispos_model::ask_through_till() {
    stage_ = stage::host_through_till;
    const auto mine = ++payments_;
    after(host_patience, [this, mine] {
        if (stage_ == stage::host_through_till && payments_ == mine) refuse(host_silent);
    });
    drivers::mispos_tag_writer to;
    put(to, mispos_value::kind, by_.host_kind);
    host_number_ = zero_padded(static_cast<std::int64_t>(7'000 + payments_ % 1'000), number_.size());
    host_number_.erase(0, host_number_.size() - number_.size());
    put(to, mispos_value::number, host_number_); // of its own: its answer must have it
    bytes message = *from_hex("60000500006031003107300200");
    const auto tail = zero_padded(minor_, 12) + zero_padded(static_cast<std::int64_t>(payments_), 6);
    const auto packed = *pack_bcd(tail, bcd_pad::left);
    message.insert(message.end(), packed.begin(), packed.end());
    message.insert(message.end(), {0x00, 0x02, 0x03, 0x06, 0x15, 0xFF}); // whatever its bytes are
    to.put(by_.asked(mispos_value::payload)->tag, message);
    const auto data = to.data();
    say("for host", bytes(data.expose().begin(), data.expose().end()));
}

void mispos_model::ask_host() {
    stage_ = stage::host;
    after(setup().host_time, [this] {
        auto& entry = ask_host_for(row_of(trade_)->what, minor_, original_);
        card_used();
        if (entry.now == sim_entry::state::declined) {
            const std::array<std::uint8_t, 1> code{entry.code};
            return refuse(to_hex(code));
        }
        if (player().hit("authorised")) return restart();
        money().store(entry);
        last_.emplace(by_.of(trade_)->code, &entry);
        stage_ = stage::idle;
        if (player().hit("stored")) return restart();
        count("printed");
        say("result", result_of(by_.of(trade_)->code, approved, &entry));
    });
}

/// What was refused is told, and not stored as the last result.
void mispos_model::refuse(std::string_view code) {
    stage_ = stage::idle;
    say("result", result_of(by_.of(trade_)->code, code, nullptr));
}

/// A value at its place in results, where the description has one.
void mispos_model::put(drivers::mispos_tag_writer& to, mispos_value what, std::string_view value) const {
    auto place = by_.told[static_cast<std::size_t>(what)];
    if (!place) place = by_.asked(what);
    if (!place) return;
    if (place->form == mispos_form::digits) {
        const auto size = std::max(place->size, value.size() + value.size() % 2);
        to.put(place->tag,
            *pack_bcd(std::string(size - std::min(size, value.size()), '0').append(value), bcd_pad::left));
        return;
    }
    const auto wire = utf8_to_gbk(value);
    if (wire) to.put(place->tag, as_bytes(*wire));
}

bytes mispos_model::result_of(std::string_view trade, std::string_view code, const sim_entry* entry) const {
    const auto& payload = by_.told[static_cast<std::size_t>(mispos_value::payload)];
    const bool block = payload && payload->form == mispos_form::block;
    drivers::mispos_tag_writer within;
    put(within, mispos_value::terminal_id, setup().terminal_id);
    if (entry != nullptr) {
        put(within, mispos_value::trade, trade);
        const auto& money = by_.told[static_cast<std::size_t>(mispos_value::amount)];
        const auto cents = zero_padded(std::abs(entry->minor), 3);
        const bool text = money && money->form == mispos_form::money;
        const std::string sign = entry->minor < 0 ? "-" : "";
        put(within, mispos_value::amount,
            text ? "RMB  " + sign + cents.substr(0, cents.size() - 2) + "." + cents.substr(cents.size() - 2)
                 : zero_padded(std::max<std::int64_t>(entry->minor, 0), 12)); // packed digits have no sign
        put(within, mispos_value::trace, zero_padded(entry->trace, 6));
        put(within, mispos_value::receipt, zero_padded(entry->receipt, 6));
        put(within, mispos_value::batch, "000001");
        put(within, mispos_value::reference, zero_padded(entry->trace, 12));
        put(within, mispos_value::authorization, "123456");
        put(within, mispos_value::date, "0416");
        put(within, mispos_value::time, "192336");
        if (entry->pan.size() > 4)
            put(within, mispos_value::card_number,
                std::string(entry->pan.size() - 4, '*') + entry->pan.substr(entry->pan.size() - 4));
        put(within, mispos_value::card_name, "银联卡");
    }
    drivers::mispos_tag_writer to;
    put(to, mispos_value::kind, by_.result_kind);
    put(to, mispos_value::trade, trade);
    put(to, mispos_value::number, number_);
    const auto elements = within.data();
    if (block) {
        const auto shown = code.size() == 2 ? std::string(code) : std::string("ZZ");
        to.put(payload->tag, as_bytes("0000" + shown));
        const auto data = to.data();
        bytes all(data.expose().begin(), data.expose().end());
        all.insert(all.end(), elements.expose().begin(), elements.expose().end());
        return all;
    }
    if (payload && elements.size() != 0) to.put(payload->tag, elements.expose());
    const auto& place = by_.told[static_cast<std::size_t>(mispos_value::code)];
    if (place && code.size() == 2) to.put(place->tag, as_bytes(code));
    if (place && code.size() != 2) to.put(place->tag, *pack_bcd(code, bcd_pad::left));
    const auto data = to.data();
    bytes all(data.expose().begin(), data.expose().end());
    if (!payload) all.insert(all.end(), elements.expose().begin(), elements.expose().end());
    return all;
}

void mispos_model::send_ack() {
    player().send("ack", {byte::ack}, [](const fault&, bytes made) { return made; });
}

void mispos_model::say(const std::string& operation, bytes content) {
    const auto frame = drivers::mispos_frame(content);
    operation_ = operation;
    frame_.assign(frame.expose().begin(), frame.expose().end());
    repeated_ = 0;
    transmit();
}

void mispos_model::transmit() {
    unacknowledged_ = true;
    ++sends_;
    after(acknowledge_time, [this, mine = sends_] {
        if (unacknowledged_ && sends_ == mine && repeated_++ < repeats) transmit();
    });
    player().send(operation_, frame_, [](const fault& hit, bytes made) {
        if (hit.kind == "wrong_lrc") made.back() ^= 0x40;
        return made;
    });
}

void mispos_model::link_lost() {
    // What it is at goes on; what it has to say nobody hears any more.
    unacknowledged_ = false;
    decoder_.reset();
}

void mispos_model::restarted() {
    stage_ = stage::idle;
    link_lost();
}

} // namespace cipherlane::sim
