#include "pinpad-sim/keypad/keypad_model.hpp"

#include <cipherlane/core/hex.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace cipherlane::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_command = 4'096;

/// Faults of a command match `frame:NAME`, those of its answer `NAME`.
std::vector<fault_kind> keypad_faults(const std::vector<std::string>& operations) {
    std::vector<std::string> frames;
    for (const auto& name : operations)
        frames.push_back("frame:" + name);
    auto both = frames;
    both.insert(both.end(), operations.begin(), operations.end());
    return {{"silent", fault_effect::withhold, frames}, {"nak", fault_effect::alter, frames},
        {"no_answer", fault_effect::withhold, operations}, {"delay", fault_effect::wait, operations},
        {"bad_bcc", fault_effect::alter, operations}, {"foreign", fault_effect::alter, operations},
        {"truncate", fault_effect::halve, operations}, {"talk", fault_effect::alter, operations},
        {"unplug", fault_effect::end, both}};
}

} // namespace

bytes folded(byte_view shown) {
    bytes out(shown.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>((shown[2 * i] & 0x0FU) << 4U | (shown[2 * i + 1] & 0x0FU));
    return out;
}

keypad_model::keypad_model(std::vector<std::string> operations, settings with, keypad_keys keys, surroundings around)
    : simulated_device(keypad_faults(operations), std::move(around))
    , with_(with)
    , keys_(std::move(keys)) {
    take_commands();
}

void keypad_model::receive(byte_view data) {
    held_.insert(held_.end(), data.begin(), data.end());
    while (!held_.empty()) {
        const auto used = take(held_);
        if (used == 0) break;
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(used));
    }
    if (held_.size() > longest_command) held_.clear();
}

void keypad_model::link_lost() {
    held_.clear();
    end_entry();
    reader_ = reader::off;
    talking_ = false;
}

bool keypad_model::swallowed(const std::string& operation) {
    count("commands");
    count("command " + operation);
    const auto hit = player().hit("frame:" + operation);
    if (!hit) return false;
    player().send_under(
        hit, {}, [](const fault& what, const bytes&) { return what.kind == "nak" ? bytes{0x15} : bytes(); });
    return true;
}

void keypad_model::say(const std::string& operation, bytes answer) {
    const auto hit = player().hit(operation);
    if (hit && hit->kind == "talk") {
        talking_ = true;
        return talk();
    }
    if (hit && hit->kind == "foreign") around().send(foreign_answer());
    player().send_under(hit, std::move(answer), [this](const fault& what, bytes frame) {
        if (what.kind == "bad_bcc" && has_checksum() && !frame.empty()) frame.back() ^= 0x01;
        return frame;
    });
}

/// Bytes without end, until the line is gone.
void keypad_model::talk() {
    if (!talking_) return;
    around().send(bytes(256, 'x'));
    around().later(5ms, [this] { talk(); });
}

void keypad_model::begin_entry(int least, int most, entered done) {
    entry_.emplace(least, most);
    done_ = std::move(done);
    count("asked");
    arm_idle();
    for (const auto key : std::exchange(queued_, {}))
        press(key);
}

void keypad_model::end_entry() {
    entry_.reset();
    done_ = nullptr;
    ++generation_;
}

void keypad_model::arm_idle() {
    around().later(with_.idle, [this, mine = ++generation_] {
        if (mine != generation_ || !entry_) return;
        end_entry();
        gave_up();
    });
}

void keypad_model::press(char key) {
    if (!entry_) return;
    arm_idle();
    const auto how = entry_->press(key);
    key_pressed(key);
    if (how == pin_entry::state::entering || !entry_) return;
    const std::string digits(entry_->digits());
    const auto done = std::exchange(done_, nullptr);
    end_entry();
    count("entries");
    if (done) done(how, digits);
}

std::optional<std::string> keypad_model::take_track2() {
    return std::exchange(track2_, std::nullopt);
}

nlohmann::json keypad_model::state() const {
    return {{"display", display_},
        {"waiting_for", entry_                  ? "pin"
                        : reader_ == reader::on ? "card"
                                                : ""},
        {"digits", entry_ ? entry_->count() : 0}, {"card", track2_.has_value()}};
}

void keypad_model::take_commands() {
    desk().add("state", {}, "the display, what it waits for, how many digits",
        [this](const nlohmann::json&) { return state(); });
    desk().add("press", {"keys:text", "when_asked:yes_or_no?"},
        "digits, E enter, C cancel, < clear; lost unless asked for, or kept until then",
        [this](const nlohmann::json& request) {
            const auto pressed = request.at("keys").get<std::string>();
            if (pressed.find_first_not_of("0123456789EC<") != std::string::npos)
                throw std::invalid_argument("keys must be digits, E, C or <");
            if (!entry_ && request.value("when_asked", false)) {
                queued_ = pressed;
            } else {
                for (const auto key : pressed)
                    press(key);
            }
            return state();
        });
    desk().add("card", {"kind:text?", "track2:text"}, "swipes a card", [this](const nlohmann::json& request) {
        if (request.value("kind", "magnetic") != "magnetic")
            throw std::invalid_argument("kind: this keypad reads stripes alone");
        const auto track = request.at("track2").get<std::string>();
        if (track.empty() || track.size() > 37 || track.find_first_not_of("0123456789=") != std::string::npos)
            throw std::invalid_argument("track2 must be at most 37 digits and =");
        track2_ = track;
        return state();
    });
    desk().add("load_key", {"slot:number", "key:text"}, "another master key", [this](const nlohmann::json& request) {
        const auto key = from_hex(request.at("key").get<std::string>());
        if (!key || (key->size() != 8 && key->size() != 16))
            throw std::invalid_argument("key must be 16 or 32 hex digits");
        keys_.put_master(static_cast<int>(whole_number(request, "slot", 0, 0, 99)), *key);
        return state();
    });
}

} // namespace cipherlane::sim
