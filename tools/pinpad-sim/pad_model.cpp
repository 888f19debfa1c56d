#include "pinpad-sim/pad_model.hpp"

#include "pinpad-sim/pad_status.hpp"
#include "pinpad-sim/pad_text.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

namespace byte = drivers::abecs_byte;
using namespace pad_status;
using pad_text::digits;
using pad_text::hex_secret;
using pad_text::number;
using event = drivers::abecs_decoder::event;

constexpr std::string_view known_commands[] = {"OPN", "CLO", "DSP", "GCR", "GPN", "GOC", "FNC", "GIX", "GCD", "MNU",
    "MLI", "MLR", "MLE", "LMF", "DMF", "DSI", "GTS", "TLI", "TLR", "TLE"};
/// Those whose parameters carry names and lengths of their own.
constexpr std::string_view named_commands[] = {"GIX", "GCD", "MNU", "MLI", "MLR", "MLE", "LMF", "DMF", "DSI"};
/// Those that write on the display.
constexpr std::string_view writing_commands[] = {"OPN", "CLO", "DSP", "GCR", "GPN", "GOC", "GCD", "MNU"};

/// Faults before the command is taken match `frame:NAME`, those of its answer `NAME`.
std::vector<fault_kind> pad_faults() {
    std::vector<std::string> frames;
    std::vector<std::string> answers;
    for (const auto name : known_commands) {
        frames.push_back("frame:" + std::string(name));
        answers.emplace_back(name);
    }
    auto both = frames;
    both.insert(both.end(), answers.begin(), answers.end());
    return {{"silent", fault_effect::withhold, frames}, {"nak", fault_effect::alter, frames},
        {"no_answer", fault_effect::withhold, answers}, {"delay", fault_effect::wait, answers},
        {"garbage", fault_effect::alter, answers}, {"bad_crc", fault_effect::alter, answers},
        {"wrong_answer", fault_effect::alter, answers}, {"truncate", fault_effect::halve, answers},
        {"status", fault_effect::alter, answers, {"([0-9]{3})?", "three digits, or none"}},
        {"unplug", fault_effect::end, both}};
}

/// What kinds that change an answer's bytes make of its frame.
bytes spoilt(const fault& hit, bytes frame) {
    if (hit.kind == "bad_crc") {
        frame.back() = static_cast<std::uint8_t>(frame.back() ^ 0x55);
    } else if (hit.kind == "garbage") {
        for (std::size_t i = 0; i < frame.size(); ++i)
            frame[i] = static_cast<std::uint8_t>(0x20 + i * 7 % 64);
    }
    return frame;
}

} // namespace

pad_model::pad_model(settings with, master_keys keys, surroundings around, logger log)
    : simulated_device(pad_faults(), std::move(around))
    , with_(std::move(with))
    , keys_(std::move(keys))
    , log_(std::move(log))
    , tables_(with_.table_version) {
    take_commands();
}

void pad_model::receive(byte_view data) {
    for (auto one : data) {
        switch (decoder_.take(one)) {
        case event::frame: on_frame(); break;
        case event::can:
            count("cancels");
            abort_task();
            around().send({byte::eot});
            break;
        case event::nak:
            count("naks_received");
            if (!last_answer_.empty()) around().send(last_answer_);
            break;
        case event::broken:
            around().later(with_.silence, [this, mine = ++silence_generation_] {
                if (mine != silence_generation_) return;
                count("naks_sent");
                around().send({byte::nak});
            });
            break;
        default: break;
        }
    }
}

void pad_model::link_lost() {
    decoder_.reset();
    abort_task();
    ++silence_generation_;
}

void pad_model::on_frame() {
    auto text = std::string(as_text(decoder_.payload()));
    ++silence_generation_;
    abort_task(); // a whole packet ends a command that waits (6.2.1)
    auto name = text.substr(0, 3);
    count("frames");
    if (const auto hit = player().hit("frame:" + name)) {
        return player().send_under(hit, {}, [](const fault&, const bytes&) { return bytes{byte::nak}; });
    }
    around().send({byte::ack});
    count("commands");
    count("command " + name);
    execute(name, std::string_view(text).substr(std::min<std::size_t>(3, text.size())));
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

void pad_model::execute(const std::string& name, std::string_view rest) {
    const bool known = std::ranges::find(known_commands, name) != std::end(known_commands);
    if (!known) return answer("ERR", invalid_call);
    if (name == "OPN") {
        open_ = true;
        display_.assign(32, ' ');
        return answer(name, ok);
    }
    if (!open_) return answer(name, invalid_call);
    if (std::ranges::find(writing_commands, name) != std::end(writing_commands)) media_.hide();
    if (std::ranges::find(named_commands, name) != std::end(named_commands)) return execute_named(name, rest);
    std::string_view block = rest;
    if (!rest.empty()) {
        auto size = number(rest.substr(0, 3));
        if (size < 0 || rest.size() < 3 + static_cast<std::size_t>(size)) return answer(name, invalid_parameter);
        block = rest.substr(3);
        bool single = name != "GOC" && name != "FNC";
        if (single && block.size() != static_cast<std::size_t>(size)) return answer(name, invalid_parameter);
    }
    if (const auto reply = tables_.execute(name, block)) return answer(name, reply->status, reply->data);
    if (name == "DSP" || name == "CLO") return show(block, name);
    if (name == "GCR") return get_card(block);
    if (name == "GPN") return get_pin(block);
    if (name == "GOC") return go_on_chip(rest);
    finish_chip(rest);
}

void pad_model::answer(const std::string& name, int status, const std::string& data) {
    auto hit = player().hit(name);
    auto code = status;
    if (hit && hit->kind == "status") code = hit->value.empty() ? internal_error : number(hit->value);
    auto payload = (hit && hit->kind == "wrong_answer" ? (name == "DSP" ? "GPN" : "DSP") : name) +
                   digits(static_cast<std::size_t>(code), 3);
    if (code == ok && !data.empty()) payload += digits(data.size(), 3) + data;
    transmit(payload, hit);
}

void pad_model::transmit(const std::string& payload, const std::optional<fault>& hit) {
    auto frame = drivers::abecs_frame(as_bytes(payload));
    if (!frame) return;
    bytes right(frame->expose().begin(), frame->expose().end());
    last_answer_ = right;
    player().send_under(hit, std::move(right), spoilt);
}

void pad_model::notify(std::string text) {
    text.resize(32, ' ');
    auto frame = drivers::abecs_frame(as_bytes("NTM000032" + text));
    if (frame) around().send({frame->expose().begin(), frame->expose().end()});
}

void pad_model::abort_task() {
    waiting_ = wait::nothing;
    running_.clear();
    pin_.reset();
    digits_.reset();
    menu_.reset();
    ++task_generation_;
}

void pad_model::show(std::string_view block, const std::string& name) {
    if (block.size() != 32) return answer(name, invalid_parameter);
    display_ = block;
    if (name == "CLO") {
        open_ = false;
        chip_.reset();
    }
    answer(name, ok);
}

void pad_model::get_card(std::string_view block) {
    if (!block.empty()) {
        // 2 acquirer, 2 type, 12 amount, 6 date, 6 time, 10 version, 2 count, 4 each, perhaps 1 contactless
        constexpr std::size_t fixed = 40;
        if (block.size() < fixed || number(block.substr(4, 12)) < 0) return answer("GCR", invalid_parameter);
        auto count = number(block.substr(38, 2));
        auto least = fixed + 4 * static_cast<std::size_t>(std::max(count, 0));
        if (count < 0 || block.size() < least || block.size() > least + 1) return answer("GCR", invalid_parameter);
        if (block.substr(28, 10) != tables_.version()) return answer("GCR", tables_differ);
    }
    chip_.reset();
    display_ = "INSERT OR SWIPE CARD            ";
    waiting_ = wait::card;
    running_ = "GCR";
    if (presented_) card_event();
}

void pad_model::card_event() {
    if (waiting_ != wait::card || !presented_) return;
    auto card = *presented_;
    if (card.what == test_card::kind::magnetic) presented_.reset(); // swiped once
    waiting_ = wait::nothing;
    running_.clear();
    if (card.what != test_card::kind::magnetic) {
        chip_ = card;
        auto label = card.label;
        label.resize(16, ' ');
        display_ = "SELECTED:       " + label;
        notify("SELECTED:       " + label);
    }
    answer("GCR", ok, card.answer_block());
}

const secret_bytes* pad_model::master(int slot) const {
    auto at = keys_.find(slot);
    return at == keys_.end() ? nullptr : &at->second;
}

void pad_model::get_pin(std::string_view block) {
    constexpr std::size_t fixed = 1 + 2 + 32 + 2 + 19 + 1 + 2 + 2 + 32;
    if (block.size() != fixed) return answer("GPN", invalid_parameter);
    auto method = number(block.substr(0, 1));
    auto slot = number(block.substr(1, 2));
    auto pan_size = number(block.substr(35, 2));
    auto least = number(block.substr(57, 2));
    auto most = number(block.substr(59, 2));
    auto key = hex_secret(block.substr(3, 32));
    if (method < 0 || method > 1 || slot < 0 || !key || pan_size < 2 || pan_size > 19 || block[56] != '1' ||
        least < 4 || most < least || most > 12) {
        return answer("GPN", invalid_parameter);
    }
    auto account = block.substr(37, static_cast<std::size_t>(pan_size));
    if (number(account.substr(0, 9)) < 0 || number(account.substr(account.size() / 2)) < 0) {
        return answer("GPN", invalid_parameter);
    }
    if (master(slot) == nullptr) return answer("GPN", key_missing);
    pin_.emplace(pin_task{false, {method, slot, *std::move(key), std::string(account)}, pin_entry(least, most)});
    display_ = block.substr(61, 32);
    await_keys(wait::pin, "GPN", with_.idle);
}

void pad_model::await_keys(wait what, std::string command, std::chrono::milliseconds idle) {
    waiting_ = what;
    running_ = std::move(command);
    idle_ = idle;
    arm_idle();
    for (auto pressed : std::exchange(queued_keys_, {}))
        press(pressed);
}

void pad_model::arm_idle() {
    const auto mine = ++task_generation_;
    if (idle_.count() == 0) return;
    around().later(idle_, [this, mine, what = waiting_] {
        if (mine != task_generation_ || waiting_ != what) return;
        auto name = running_;
        abort_task();
        display_.assign(32, ' ');
        answer(name, nobody_there);
    });
}

void pad_model::press(char key) {
    if (waiting_ == wait::card && key == 'C') {
        abort_task();
        display_.assign(32, ' ');
        return answer("GCR", cancelled);
    }
    if (waiting_ == wait::digits) return press_digit(key);
    if (waiting_ == wait::menu) return press_menu(key);
    if (waiting_ != wait::pin) return;
    arm_idle();
    auto how = pin_->entry.press(key);
    if (how != pin_entry::state::entering) pin_done(how);
}

void pad_model::pin_done(pin_entry::state how) {
    auto task = *std::exchange(pin_, std::nullopt);
    auto name = running_;
    abort_task();
    display_.assign(32, ' ');
    if (how == pin_entry::state::cancelled) return answer(name, cancelled);
    if (task.chip && chip_ && chip_->pin == test_card::pin_kind::offline) {
        chip_online_ = task.entry.digits() == chip_->offline_pin;
        return answer_chip({});
    }
    auto block = encrypt_pin(task.cipher, *master(task.cipher.slot), task.entry.digits());
    if (!block) {
        log_.error("pinpad-sim", block.error().to_string());
        return answer(name, internal_error);
    }
    auto text = to_hex(block->expose());
    count("pins");
    if (task.chip) return answer_chip(text);
    answer(name, ok, text + std::string(20, '0'));
}

nlohmann::json pad_model::state() const {
    static constexpr const char* names[] = {"", "card", "pin", "digits", "menu"};
    return {{"open", open_}, {"line1", drivers::abecs::from_latin1(display_.substr(0, 16))},
        {"line2", drivers::abecs::from_latin1(display_.substr(16))},
        {"waiting_for", names[static_cast<std::size_t>(waiting_)]}, {"digits", pin_ ? pin_->entry.count() : 0},
        {"card", presented_.has_value()}, {"picture", media_.state()}};
}

void pad_model::take_commands() {
    desk().add("state", {}, "both lines, what it waits for, how many digits",
        [this](const nlohmann::json&) { return state(); });
    desk().add("card",
        {"kind:text?", "pan:text?", "track1:text?", "track2:text?", "track3:text?", "expiry:text?", "sequence:text?",
            "label:text?", "holder:text?", "pin:text?", "offline_pin:text?", "accepts:yes_or_no?",
            "offline:yes_or_no?", "believes_issuer:yes_or_no?", "emv:object?"},
        "swipes, inserts or presents a card", [this](const nlohmann::json& request) {
            presented_ = test_card::from(request);
            card_event();
            return state();
        });
    desk().add("card_out", {}, "takes the card away", [this](const nlohmann::json&) {
        presented_.reset();
        chip_.reset();
        return state();
    });
    desk().add("press", {"keys:text", "when_asked:yes_or_no?"},
        "digits, E enter, C cancel, < clear; lost unless asked for, or kept until then",
        [this](const nlohmann::json& request) { return press_all(request); });
    desk().add("load_key", {"slot:number", "key:text"}, "another master key",
        [this](const nlohmann::json& request) { return load_key(request); });
}

nlohmann::json pad_model::press_all(const nlohmann::json& request) {
    const auto keys = request.at("keys").get<std::string>();
    if (keys.find_first_not_of("0123456789EC<") != std::string::npos) {
        throw std::invalid_argument("keys must be digits, E, C or <");
    }
    // Keys pressed before a PIN is asked for are lost, as on the real thing, unless the rig says to keep them.
    const bool asked = waiting_ == wait::pin || waiting_ == wait::digits || waiting_ == wait::menu;
    if (!asked && request.value("when_asked", false)) {
        queued_keys_ = keys;
    } else {
        for (auto key : keys)
            press(key);
    }
    return state();
}

nlohmann::json pad_model::load_key(const nlohmann::json& request) {
    constexpr int last_slot = 99;
    auto key = hex_secret(request.at("key").get<std::string>());
    if (!key || key->size() != 16) throw std::invalid_argument("key must be 32 hex digits");
    keys_[static_cast<int>(whole_number(request, "slot", 0, 0, last_slot))] = *std::move(key);
    return state();
}

} // namespace cipherlane::sim
