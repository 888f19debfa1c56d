#include "terminal-sim/ecr17_model.hpp"

#include <cipherlane/core/zero_padded.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::sim {
namespace {

namespace byte = drivers::ecr17_byte;

constexpr auto check = drivers::ecr17_check::message_etx;
constexpr std::chrono::milliseconds acknowledge_time{2'000};
constexpr int repeats = 3;
constexpr std::size_t head_size = 10;
constexpr std::size_t verification_size = 71;

std::vector<fault_kind> ecr17_faults() {
    const std::vector<std::string> said{
        "ack", "status", "result", "last", "receipt", "close", "totals", "verification"};
    return terminal_faults(said, {{"wrong_lrc", fault_effect::alter, said}});
}

std::string padded(std::string_view text, std::size_t size) {
    std::string made(text.substr(0, size));
    made.resize(size, ' ');
    return made;
}

std::int64_t number_at(std::string_view message, std::size_t from, std::size_t size) {
    const auto text = message.size() < from - 1 + size ? std::string_view() : message.substr(from - 1, size);
    const bool plain = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    return plain ? std::stoll(std::string(text)) : 0;
}

constexpr std::string_view when = "1161923"; // day of the year, hour and minute

struct trade_code {
    char code;
    sim_trade what;
};
constexpr auto trade_codes = std::to_array<trade_code>({{'X', sim_trade::sale}, {'P', sim_trade::sale},
    {'S', sim_trade::sale_void}, {'p', sim_trade::reservation}, {'c', sim_trade::booking}});

} // namespace

ecr17_model::ecr17_model(terminal_setup with, surroundings around)
    : terminal_model(std::move(with), ecr17_faults(), std::move(around)) {}

std::string ecr17_model::head(char code) const {
    return setup().terminal_id + "0" + std::string(1, code);
}

void ecr17_model::control(std::uint8_t what) {
    const auto packet = drivers::ecr17_control(what, check);
    if (what == byte::nak) return around().send(packet);
    player().send("ack", packet, [](const fault& hit, bytes made) {
        if (hit.kind == "wrong_lrc") made.back() ^= 0x40;
        return made;
    });
}

void ecr17_model::receive(byte_view data) {
    using event = drivers::ecr17_decoder::event;
    for (const auto one : data) {
        switch (decoder_.take(one, std::nullopt)) {
        case event::nothing:
        case event::progress: break;
        case event::ack:
            if (!std::exchange(unacknowledged_, false)) break;
            ++sends_;
            say_next();
            break;
        case event::nak:
            if (unacknowledged_ && repeated_++ < repeats) transmit(out_.front().first, out_.front().second);
            break;
        case event::broken: control(byte::nak); break;
        case event::packet:
            if (decoder_.check() != check || player().hit("frame")) {
                control(byte::nak);
            } else {
                take_request(decoder_.text());
            }
            break;
        }
    }
}

void ecr17_model::take_request(const std::string& message) {
    count("messages");
    if (message.size() < head_size) return control(byte::nak);
    const char code = message[head_size - 1];
    const auto* const trade =
        std::find_if(trade_codes.begin(), trade_codes.end(), [&](const trade_code& one) { return one.code == code; });
    const bool takes_long = trade != trade_codes.end() || code == 'C' || code == 'H';
    const auto hit = takes_long ? player().hit("command") : std::nullopt;
    if (hit && hit->kind == "restart") return restart();
    if (hit || (takes_long && stage_ != stage::idle)) return control(byte::nak);
    out_.clear(); // a till that asks anew waits for nothing older
    unacknowledged_ = false;
    sent_front_ = false;
    if (trade != trade_codes.end()) {
        what_ = trade->what;
        control(byte::ack);
        return begin_trade(code, message);
    }
    switch (code) {
    case 'H':
        control(byte::ack);
        code_ = code;
        return wait_for_card();
    case 's':
        control(byte::ack);
        return answer("status", head('s') + std::string(10, '0') + "1504261923" + "2" + "SIM 1.0 ");
    case 'E':
        control(byte::ack);
        prints_at_till_ = message.size() > head_size && message[head_size] == '1';
        return;
    case 'G': {
        control(byte::ack);
        const bool forgotten = player().hit("last asked").has_value();
        return answer("last", forgotten || last_.empty() ? refusal_of("05", "NESSUNA OPERAZIONE") : last_);
    }
    case 'R':
        if (message.size() <= head_size) return control(byte::nak);
        control(byte::ack);
        if (const auto* const last = money().last(); last != nullptr) {
            if (message[head_size] == '1') {
                receipt_of(*last);
            } else {
                count("printed");
            }
        }
        return say_next();
    case 'C': {
        control(byte::ack);
        const auto sum = money().close_batch().minor;
        return answer("close", head('C') + "00" + zero_padded(sum, 16) + zero_padded(sum, 16));
    }
    case 'T': // the batch goes on
        control(byte::ack);
        return answer("totals", head('T') + "00" + zero_padded(money().open_batch().minor, 16) + std::string(6, '0'));
    default: control(byte::nak);
    }
}

void ecr17_model::begin_trade(char code, std::string_view message) {
    count("commands");
    code_ = code;
    minor_ = number_at(message, 24, 8);
    original_ = 0;
    if (code == 'S') {
        minor_ = 0;
        const auto* const last = money().last();
        const auto stan = number_at(message, 19, 6);
        original_ = last != nullptr && (stan == 0 || last->trace == stan) ? last->receipt : 10'000;
    }
    if (code == 'c') original_ = static_cast<int>(number_at(message, 160, 9));
    const auto hit = player().hit("payment");
    if (hit && hit->kind == "restart") return restart();
    if (hit && hit->kind == "talks") {
        stage_ = stage::card;
        for (int at = 0; at < 100; ++at)
            around().send({byte::soh, 'A', byte::eot});
        return;
    }
    if (hit || !has_paper()) return refuse("01", "CARTA ESAURITA");
    if (original_ != 0) return ask_host();
    wait_for_card();
}

void ecr17_model::wait_for_card() {
    stage_ = stage::card;
    bytes shown{byte::soh};
    for (const char c : std::string_view("INSERIRE CARTA      "))
        shown.push_back(static_cast<std::uint8_t>(c));
    shown.push_back(byte::eot);
    around().send(std::move(shown));
    ++payments_;
    after(setup().card_time, [this, mine = payments_] {
        if (stage_ == stage::card && payments_ == mine) refuse("01", "TEMPO SCADUTO");
    });
    if (card()) go_on_with_card();
}

void ecr17_model::card_came() {
    if (stage_ == stage::card) go_on_with_card();
}

void ecr17_model::customer_cancelled() {
    if (stage_ == stage::card) refuse("01", "ANNULLATA");
}

void ecr17_model::go_on_with_card() {
    if (code_ == 'H') return verify_card();
    ask_host();
}

/// The host judges the card: nothing goes into the books, and the last result stays what it is.
void ecr17_model::verify_card() {
    stage_ = stage::host;
    after(setup().host_time, [this] {
        sim_entry none;
        none.pan = card().value_or(sim_card{}).pan;
        const bool good = card() && card()->declines == 0;
        card_used();
        if (!good) return refuse("01", "CARTA NON VALIDA");
        stage_ = stage::idle;
        answer("verification", result_of(none).substr(0, verification_size));
    });
}

void ecr17_model::ask_host() {
    stage_ = stage::host;
    after(setup().host_time, [this] {
        auto& entry = ask_host_for(what_, minor_, original_);
        card_used();
        if (entry.now == sim_entry::state::declined) return refuse("01", "TRANSAZIONE NEGATA");
        if (player().hit("authorised")) return restart();
        money().store(entry);
        last_ = result_of(entry);
        stage_ = stage::idle;
        if (player().hit("stored")) return restart();
        out_.emplace_back("result", last_);
        if (std::exchange(prints_at_till_, false)) {
            receipt_of(entry);
        } else {
            count("printed");
        }
        say_next();
    });
}

std::string ecr17_model::result_of(const sim_entry& entry) const {
    const auto pan = entry.pan.size() > 4 ? entry.pan.substr(entry.pan.size() - 4) : std::string(4, '0');
    const auto card = std::string(15, '0') + pan;
    const auto stan = zero_padded(entry.trace, 6);
    const auto tail = "2" + std::string("00000000001") + stan + zero_padded(100 + entry.trace, 6);
    if (code_ == 'p') {
        return head('e') + "00" + card + "ICC" + "123456" + zero_padded(entry.minor, 8) +
               zero_padded(entry.receipt, 9) + "000" + std::string(when) + "000" + tail + std::string(12, '0');
    }
    const bool reversal = code_ == 'S';
    const auto begin = head(code_ == 'c' ? 'c' : 'E') + "00" + card + "ICC" + (reversal ? "000000" : "123456") +
                       std::string(when) + tail + "000";
    if (code_ == 'c') return begin;
    constexpr std::size_t of_plain_payment = 71;
    if (code_ == 'P') return begin.substr(0, of_plain_payment);
    return begin + (reversal ? std::string(10, '0') : zero_padded(entry.minor, 8) + std::string(10, '0'));
}

std::string ecr17_model::refusal_of(std::string_view result, std::string_view words) const {
    return head('E') + std::string(result) + padded(words, 24) + std::string(11, '0') + "0" + std::string(11, ' ') +
           std::string(12, '0') + "000" + std::string(18, '0');
}

/// What was refused is told, and not stored as the last result.
void ecr17_model::refuse(std::string_view result, std::string_view words) {
    stage_ = stage::idle;
    prints_at_till_ = false;
    auto message = refusal_of(result, words);
    if (code_ == 'p') message[head_size - 1] = 'e';
    if (code_ == 'c') message[head_size - 1] = 'c';
    if (code_ == 'H') message.resize(verification_size);
    answer("result", std::move(message));
}

void ecr17_model::receipt_of(const sim_entry& entry) {
    const std::string lines =
        "COPIA CLIENTE}STAN " + zero_padded(entry.trace, 6) + "}EUR " + zero_padded(entry.minor, 8);
    out_.emplace_back("receipt", head('S') + lines);
    out_.emplace_back("receipt", head('S') + "GRAZIE" + std::string(6, '}') + '\x1B');
}

void ecr17_model::answer(const std::string& operation, std::string message) {
    out_.emplace_back(operation, std::move(message));
    unacknowledged_ = false;
    while (out_.size() > 1)
        out_.pop_front();
    repeated_ = 0;
    transmit(operation, out_.front().second);
}

/// The front of the queue is what was sent last, until it is acknowledged.
void ecr17_model::say_next() {
    if (unacknowledged_) return;
    if (std::exchange(sent_front_, false) && !out_.empty()) out_.pop_front();
    if (out_.empty()) return;
    repeated_ = 0;
    transmit(out_.front().first, out_.front().second);
}

void ecr17_model::transmit(const std::string& operation, const std::string& message) {
    unacknowledged_ = true;
    sent_front_ = true;
    ++sends_;
    after(acknowledge_time, [this, mine = sends_] {
        if (unacknowledged_ && sends_ == mine && repeated_++ < repeats && !out_.empty())
            transmit(out_.front().first, out_.front().second);
    });
    player().send(operation, drivers::ecr17_frame(message, check), [](const fault& hit, bytes made) {
        if (hit.kind == "wrong_lrc") made.back() ^= 0x40;
        return made;
    });
}

void ecr17_model::link_lost() {
    // What it is at goes on; what it has to say nobody hears any more.
    out_.clear();
    unacknowledged_ = false;
    sent_front_ = false;
    decoder_.reset();
}

void ecr17_model::restarted() {
    stage_ = stage::idle;
    prints_at_till_ = false;
    link_lost();
}

} // namespace cipherlane::sim
