#include "pinpad-sim/keypad/escape_model.hpp"

#include <array>
#include <string>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t escape = 0x1B;
constexpr std::uint8_t off = 0x83;
constexpr std::uint8_t good = 0xAA;
constexpr std::uint8_t bad = 0x55;

int number(std::uint8_t shown) {
    return shown & 0x0F;
}

bytes spread(byte_view data) {
    bytes out;
    for (const auto one : data) {
        out.push_back(static_cast<std::uint8_t>(0x30U | one >> 4U));
        out.push_back(static_cast<std::uint8_t>(0x30U | (one & 0x0FU)));
    }
    return out;
}

keypad_keys::family family_of(escape_model::set of) {
    return of == escape_model::set::postal_sm4 ? keypad_keys::family::sm4 : keypad_keys::family::des;
}

} // namespace

/// A row of the table of commands.
struct escape_model::order {
    const char* letters;
    const char* name;
    set of;
    std::size_t fixed;  ///< bytes behind the letters, without a key
    std::size_t key_at; ///< where among them the blocks of a key are counted; 0: no key
    std::size_t ending; ///< CR LF
};

namespace {

using set = escape_model::set;

} // namespace

escape_model::escape_model(set of, settings with, master_keys masters, surroundings around)
    : keypad_model({"km", "hm", "ku", "hu", "ic", "kv", "Cm", "Ce", "Cu", "tc", "stripe", "poll"}, with,
          keypad_keys(family_of(of), std::move(masters)), std::move(around))
    , of_(of) {}

bytes escape_model::sized(byte_view block) const {
    bytes out{static_cast<std::uint8_t>(0x30U | 2U)};
    out.insert(out.end(), block.begin(), block.end());
    return out;
}

std::size_t escape_model::take(byte_view line) {
    static constexpr std::array orders{
        order{"km", "km", set::postal, 10, 2, 0},
        order{"hm", "hm", set::postal, 34, 0, 0},
        order{"ku", "ku", set::postal, 11, 3, 0},
        order{"hu", "hu", set::postal, 35, 0, 0},
        order{"ic", "ic", set::postal, 14, 0, 0},
        order{"kv", "kv", set::h002, 12, 3, 2},
        order{"ic", "ic", set::h002, 15, 0, 2},
        order{"Cm", "Cm", set::postal_sm4, 18, 2, 0},
        order{"Ce", "Ce", set::postal_sm4, 66, 0, 0},
        order{"Cu", "Cu", set::postal_sm4, 19, 3, 0},
        order{"tc", "tc", set::postal_sm4, 15, 0, 0},
        order{"]", "stripe", set::postal, 0, 0, 0},
        order{"]", "stripe", set::postal_sm4, 0, 0, 0},
        order{"]", "stripe", set::h002, 0, 0, 0},
        order{"j", "poll", set::postal, 0, 0, 0},
        order{"j", "poll", set::postal_sm4, 0, 0, 0},
        order{"j", "poll", set::h002, 0, 0, 0},
    };
    if (line.front() == off) {
        end_entry();
        turn_reader(reader::off);
        return 1;
    }
    if (line.front() != escape) return 1;
    for (const auto& one : orders) {
        const std::string_view letters(one.letters);
        if (one.of != of_ || !as_text(line.subspan(1)).starts_with(letters)) continue;
        const auto body = line.subspan(1 + letters.size());
        auto size = one.fixed;
        if (one.key_at > 0) {
            if (body.size() < one.key_at) return 0;
            size += 16 * static_cast<std::size_t>(number(body[one.key_at - 1]));
        }
        if (body.size() < size + one.ending) return 0;
        if (!swallowed(one.name)) carry_out(one, body.first(size));
        return 1 + letters.size() + size + one.ending;
    }
    return line.size() < 3 ? 0 : 1;
}

void escape_model::carry_out(const order& what, byte_view command) {
    const std::string name(what.name);
    if (name == "stripe") return turn_reader(reader::on);
    if (name == "poll") {
        const auto track = take_track2();
        if (!track) return say(name, {escape, 0x30});
        turn_reader(reader::off);
        const auto text = "\x1Bs" + *track + "A99\x3F\x1C";
        return say(name, bytes(text.begin(), text.end()));
    }
    const int master = number(command[0]);
    if (what.key_at > 0) { // a key
        const auto size = 16 * static_cast<std::size_t>(number(command[what.key_at - 1]));
        const auto key = folded(command.subspan(what.key_at, size));
        const auto check_size = of_ == set::postal_sm4 ? std::size_t{16} : std::size_t{8};
        const auto check = folded(command.subspan(what.key_at + size, check_size));
        if (what.key_at == 2) return say(name, {keys().replace_master(master, key, check) ? good : bad});
        const int slot = number(command[1]);
        const bool taken = keys().put_working(master, slot, key, check);
        if (of_ != set::h002) return say(name, {taken ? good : bad});
        const auto* clear = keys().working(master, slot);
        return say(name, spread(taken ? keys().check_value(*clear) : bytes(8)));
    }
    const auto block = keys().block_size();
    if (name == "hm" || name == "Ce")
        return say(name, sized(keys().encipher_by_master(master, folded(command.last(2 * block)))));
    const int slot = number(command[1]);
    const auto* key = keys().working(master, slot);
    if (name == "hu")
        return say(name, key == nullptr ? bytes{bad} : sized(keys().encipher(*key, folded(command.last(16)))));
    ask_pin(name, master, slot, std::string(as_text(command.last(12))));
}

void escape_model::ask_pin(const std::string& name, int master, int slot, std::string account) {
    begin_entry(4, 12, [this, name, master, slot, account](pin_entry::state how, std::string_view digits) {
        const auto* key = keys().working(master, slot);
        if (how != pin_entry::state::entered || key == nullptr) return; // such a pad just goes dark
        say(name, sized(keys().pin_block(*key, digits, account)));
    });
}

} // namespace cipherlane::sim
