#include "pinpad-sim/keypad/visa_model.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t text_begins = 0x02, text_ends = 0x03, si = 0x0F, so = 0x0E;
constexpr std::uint8_t eot = 0x04, ack = 0x06, nak = 0x15;
constexpr char separator = 0x1C;
constexpr std::size_t longest = 512;

bytes framed(std::string_view text) {
    const bool admin = text.starts_with("0");
    bytes out{admin ? si : text_begins};
    out.insert(out.end(), text.begin(), text.end());
    out.push_back(admin ? so : text_ends);
    std::uint8_t check = 0;
    for (std::size_t i = 1; i < out.size(); ++i)
        check ^= out[i];
    out.push_back(check);
    return out;
}

bool whole(byte_view frame) {
    std::uint8_t check = 0;
    for (const auto one : frame.subspan(1))
        check ^= one;
    return check == 0;
}

/// The parts of a text between separators.
std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

} // namespace

visa_model::visa_model(make of, settings with, master_keys masters, surroundings around)
    : keypad_model({"02", "08", "70", "Z60", "71", "Z66", "Z67", "Z2", "72"}, with,
          keypad_keys(keypad_keys::family::des, std::move(masters)), std::move(around))
    , of_(of) {}

bytes visa_model::foreign_answer() const {
    return framed("Z43#");
}

void visa_model::link_lost() {
    keypad_model::link_lost();
    told_.clear();
    then_ = nullptr;
}

std::size_t visa_model::take(byte_view line) {
    const auto first = line.front();
    if (first == ack || first == nak || first == eot) {
        acknowledged(first);
        return 1;
    }
    if (first != text_begins && first != si) return 1;
    const auto end = std::ranges::find(line, first == text_begins ? text_ends : so);
    if (end == line.end()) return line.size() > longest ? 1 : 0;
    const auto size = static_cast<std::size_t>(end - line.begin()) + 2;
    if (line.size() < size) return 0;
    const auto frame = line.first(size);
    told_.clear();
    if (!whole(frame)) {
        around().send({nak});
        return size;
    }
    const std::string text(as_text(frame.subspan(1, size - 3)));
    const auto name = text.starts_with("Z6") ? text.substr(0, 3) : text.substr(0, 2);
    if (entering()) { // nothing is listened to but the end
        if (name == "72") {
            end_entry();
            around().send({eot});
        }
        return size;
    }
    if (swallowed(name)) return size;
    around().send({ack});
    carry_out(text);
    return size;
}

void visa_model::acknowledged(std::uint8_t how) {
    if (told_.empty()) return;
    if (how == nak && ++told_times_ < 3) return around().send(told_);
    told_.clear();
    const auto next = std::exchange(then_, nullptr);
    if (how == ack && next) next();
    if (how == nak) around().send({eot});
}

void visa_model::tell(const std::string& operation, std::string_view text, std::function<void()> done) {
    told_ = framed(text);
    told_times_ = 0;
    then_ = std::move(done);
    say(operation, told_);
}

void visa_model::carry_out(std::string_view text) {
    if (text.starts_with("02")) return load_master(text);
    if (text.starts_with("08")) return select_master(text);
    if (text.starts_with("70.") || text.starts_with("Z60.")) return ask_pin(text);
    if (text.starts_with("Z66")) return make_mac(text);
    if (text.starts_with("Z2")) return show(std::string(text.substr(text.size() > 2 && text[2] == 0x1A ? 3 : 2)));
}

/// The key comes back; it counts once the till has seen that it is right.
void visa_model::load_master(std::string_view text) {
    const auto key = text.size() > 3 ? from_hex(text.substr(3)) : result<bytes>(bytes());
    if (!key || (key->size() != 8 && key->size() != 16)) return around().send({eot});
    const int slot = text[2] - '0';
    tell("02", text, [this, slot, clear = *key] {
        keys().put_master(slot, clear);
        around().send({eot});
    });
}

void visa_model::select_master(std::string_view text) {
    active_ = text.size() == 3 ? text[2] - '0' : -1;
    if (of_ == make::verifone) return around().send({eot});
    tell("08", active_ >= 0 && active_ <= 9 ? "080" : "081", [this] { around().send({eot}); });
}

void visa_model::ask_pin(std::string_view text) {
    const auto parts = parts_of(text.substr(text.find('.') + 1));
    const auto digits = parts.size() < 2 ? std::string_view() : parts[1];
    // Behind a key in 70 stands an amount: it has a point, and a key has none.
    const std::size_t size = of_ == make::verifone || digits.size() < 36 ? 16 : 32;
    const auto key = digits.size() < size ? result<bytes>(bytes()) : from_hex(digits.substr(0, size));
    if (!keys().has_master(active_)) return tell("71", "719");
    const auto clear = key ? keys().unwrap(active_, *key) : std::nullopt;
    if (!clear || clear->empty()) return tell("71", "715");
    const std::string account(parts[0]);
    if (account.size() < 8) return tell("71", "712");
    auto kept = std::make_shared<secret_bytes>(clear->clone());
    begin_entry(4, 12, [this, kept, account](pin_entry::state how, std::string_view pin) {
        if (how != pin_entry::state::entered) return say("71", {eot});
        const auto length = std::to_string(pin.size());
        tell("71", "71.0" + std::string(2 - length.size(), '0') + length + "01" +
                       to_hex(keys().pin_block(*kept, pin, account)));
    });
}

void visa_model::make_mac(std::string_view text) {
    const auto parts = parts_of(text.substr(3));
    if (parts.size() != 4 || parts[0].size() != 4) return tell("Z67", "Z675");
    const int master = parts[0][3] - '0';
    if (!keys().has_master(master)) return tell("Z67", "Z673");
    const auto key = from_hex(parts[1]);
    const auto clear = key && key->size() == 8 ? keys().unwrap(master, *key) : std::nullopt;
    if (!clear) return tell("Z67", "Z678");
    if (parts[0].substr(0, 3) != "400") return tell("Z67", "Z676");
    if (parts[3].size() % 8 != 0 || parts[3].empty()) return tell("Z67", "Z677");
    tell("Z67", "Z670" + to_hex(keys().chain(*clear, as_bytes(parts[3]))));
}

} // namespace cipherlane::sim
