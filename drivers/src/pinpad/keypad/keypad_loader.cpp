#include "keypad_loader.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using value = keypad_value;

constexpr std::array<std::string_view, keypad_actions> action_words{"open", "plain_key", "master_key", "master_check",
    "pin_key", "mac_key", "card", "pin", "digits", "mac", "serial_cryptogram", "show", "cancel", "close"};

constexpr std::array<toml_word<keypad_status>, 5> status_words{
    {{"ok", keypad_status::ok}, {"refused", keypad_status::refused}, {"cancelled", keypad_status::cancelled},
        {"timeout", keypad_status::timeout}, {"no-key", keypad_status::no_key}}};

using value_set = std::initializer_list<keypad_value>;

bool among(value_set set, keypad_value what) {
    return std::find(set.begin(), set.end(), what) != set.end();
}

/// What a command of each kind may carry.
bool may_send(keypad_action action, keypad_value what) {
    switch (action) {
    case keypad_action::plain_key: return among({value::key, value::master, value::blocks}, what);
    case keypad_action::master_key: return among({value::key, value::check, value::master, value::blocks}, what);
    case keypad_action::master_check: return what == value::master;
    case keypad_action::pin_key:
    case keypad_action::mac_key:
        return among({value::key, value::check, value::master, value::slot, value::blocks}, what);
    case keypad_action::pin:
        return among({value::key, value::blocks, value::master, value::slot, value::account, value::account12,
                         value::amount, value::least, value::most, value::seconds},
            what);
    case keypad_action::mac:
        return among({value::key, value::blocks, value::master, value::slot, value::data, value::size}, what);
    case keypad_action::serial_cryptogram:
        return among({value::serial, value::factor, value::data, value::size, value::slot}, what);
    case keypad_action::card: return what == value::seconds || what == value::amount;
    case keypad_action::digits: return among({value::least, value::most, value::seconds}, what);
    case keypad_action::show: return what == value::line1 || what == value::line2;
    default: return false;
    }
}

/// What an answer may give; `good` of the last step must give it where `wanted` says so.
constexpr std::initializer_list<keypad_value> answered{value::check, value::block, value::mac, value::cryptogram,
    value::track2, value::digits, value::status, value::skip};

std::optional<keypad_value> wanted_from(keypad_action action, const keypad_description& of) {
    switch (action) {
    case keypad_action::serial_cryptogram:
        return of.serial_is == keypad_description::serial_kind::block ? value::mac : value::cryptogram;
    case keypad_action::master_check: return value::check;
    case keypad_action::card: return value::track2;
    case keypad_action::pin: return value::block;
    case keypad_action::digits: return value::digits;
    case keypad_action::mac: return value::mac;
    default: return std::nullopt;
    }
}

bool loads_key(keypad_action action) {
    using enum keypad_action;
    return action == plain_key || action == master_key || action == pin_key || action == mac_key;
}

bool all_fit(const keypad_pattern& in, auto allowed) {
    return std::ranges::all_of(
        in.items(), [&](const keypad_pattern::item& one) { return !one.literal.empty() || allowed(one.value); });
}

/// The first place that is none, as it is written; empty where something else is wrong.
std::string_view unknown_place(std::string_view pattern) {
    for (auto from = pattern.find('{'); from != std::string_view::npos; from = pattern.find('{', from + 1)) {
        const auto end = pattern.find('}', from);
        if (end == std::string_view::npos) return pattern.substr(from);
        const auto place = pattern.substr(from, end - from + 1);
        if (!keypad_pattern::parse(place)) return place;
    }
    return {};
}

void read_pattern(toml_reader& in, std::string_view key, keypad_pattern& into) {
    std::string given;
    in.text(key, given);
    if (given.empty()) return;
    auto parsed = keypad_pattern::parse(given);
    if (!parsed) {
        const auto wrong = unknown_place(given);
        const std::string found = wrong.empty() ? "" : "found " + std::string(wrong) + ", ";
        return in.fail(key, found + "expected bytes in hex, text in single quotes and {values}");
    }
    into = *std::move(parsed);
}

void read_sizes(toml_reader& in, std::string_view key, std::vector<std::size_t>& into) {
    const auto* list = in.list(key);
    if (list == nullptr) return;
    into.clear();
    for (const auto& one : list->items()) {
        const auto number = one.whole();
        if (!number || (*number != 8 && *number != 16 && *number != 24))
            return in.fail(key, "allowed: 8, 16 and 24 bytes");
        into.push_back(static_cast<std::size_t>(*number));
    }
    if (into.empty()) in.fail(key, "one of 8, 16 and 24 must be there");
}

bool same_send(const keypad_step& one, const keypad_step& other) {
    return std::ranges::equal(
        one.send.items(), other.send.items(), [](const keypad_pattern::item& a, const keypad_pattern::item& b) {
            return a.literal == b.literal && (!a.literal.empty() || a.value == b.value);
        });
}

bool frames(const packet_layout& layout) {
    return !layout.header.empty();
}

} // namespace

std::string_view to_string(keypad_action action) noexcept {
    return action_words[static_cast<std::size_t>(action)];
}

result<keypad_description> keypad_loader::load() {
    CIPHERLANE_CHECK(read_top());
    CIPHERLANE_CHECK(read_serial());
    CIPHERLANE_CHECK(read_frame("frame", made_.frame));
    CIPHERLANE_CHECK(read_frame("admin_frame", made_.admin_frame));
    CIPHERLANE_CHECK(read_link());
    CIPHERLANE_CHECK(read_keys());
    CIPHERLANE_CHECK(read_mac());
    CIPHERLANE_CHECK(read_serial_cryptogram());
    CIPHERLANE_CHECK(read_statuses());
    CIPHERLANE_CHECK(
        read_commands(action_words, [this](const toml_value& from, std::size_t which, const std::string& path) {
            return read_step(from, static_cast<keypad_action>(which), path);
        }));
    CIPHERLANE_CHECK(check_commands());
    return std::move(made_);
}

result<void> keypad_loader::read_top() {
    toml_reader in(root_, "", report_);
    read_names(in, made_.name, made_.title);
    using cipher = keypad_description::cipher;
    in.choice("cipher", made_.keys_for, {{"tdes", cipher::tdes}, {"sm4", cipher::sm4}});
    using text_set = keypad_description::text_set;
    in.choice("text", made_.text, {{"ascii", text_set::ascii}, {"gbk", text_set::gbk}});
    for (const std::string_view key :
        {"serial", "frame", "admin_frame", "link", "keys", "mac", "serial_cryptogram", "status", "command"}) {
        (void)in.table(key);
    }
    if (made_.keys_for == keypad_description::cipher::sm4) made_.pin_key_sizes = made_.mac_key_sizes = {16};
    return done(in);
}

result<void> keypad_loader::read_serial() {
    made_.line.baud = 9'600;
    const auto* from = section("serial");
    if (from == nullptr) return {};
    toml_reader in(*from, "serial", report_);
    read_line(in, made_.line);
    return done(in);
}

result<void> keypad_loader::read_frame(std::string_view name, packet_layout& into) {
    const auto* from = section(name);
    if (from == nullptr) return {};
    toml_reader in(*from, std::string(name), report_);
    into.largest = 1'024;
    read_layout(in, into);
    in.number("largest", into.largest, 1, 2'048);
    if (into.header.empty()) in.fail("header", "expected the bytes that a frame begins with");
    if (into.length == number_form::none && into.trailer.empty())
        in.fail("trailer", "length or trailer must be there: nothing says where a frame ends");
    return done(in);
}

result<void> keypad_loader::read_link() {
    const auto* from = section("link");
    if (from == nullptr) return {};
    toml_reader in(*from, "link", report_);
    in.flag("acknowledged", made_.acknowledged);
    in.span("acknowledge_ms", made_.acknowledge, 1, 60'000);
    in.span("answer_ms", made_.answer, 1, 60'000);
    in.span("quiet_ms", made_.quiet, 1, 5'000);
    in.number("tries", made_.tries, 1, 9);
    if (made_.acknowledged && !frames(made_.frame)) in.fail("acknowledged", "only with [frame]");
    return done(in);
}

result<void> keypad_loader::read_keys() {
    const auto* from = section("keys");
    if (from == nullptr) return {};
    toml_reader in(*from, "keys", report_);
    in.number("slots", made_.slots, 1, 100);
    in.number("first_slot", made_.first_slot, 0, 255);
    in.number("pin_slot", made_.pin_slot, 0, 255);
    in.number("mac_slot", made_.mac_slot, 0, 255);
    using handed_over = keypad_description::handed_over;
    in.choice("working", made_.working, {{"enciphered", handed_over::enciphered}, {"clear", handed_over::in_clear}});
    read_sizes(in, "pin_key_bytes", made_.pin_key_sizes);
    read_sizes(in, "mac_key_bytes", made_.mac_key_sizes);
    return done(in);
}

result<void> keypad_loader::read_mac() {
    const auto* from = section("mac");
    if (from == nullptr) return {};
    toml_reader in(*from, "mac", report_);
    using kind = keypad_description::mac_kind;
    in.choice("gives", made_.mac_is, {{"chain", kind::chain}, {"block", kind::block}, {"whole", kind::whole}});
    in.need("gives");
    return done(in);
}

result<void> keypad_loader::read_serial_cryptogram() {
    const auto* from = section("serial_cryptogram");
    if (from == nullptr) return {};
    toml_reader in(*from, "serial_cryptogram", report_);
    using kind = keypad_description::serial_kind;
    in.choice("gives", made_.serial_is, {{"characters", kind::characters}, {"block", kind::block}});
    in.need("gives");
    in.number("slot", made_.serial_slot, 0, 255);
    in.number("longest", made_.serial_longest, 1, 60);
    return done(in);
}

result<void> keypad_loader::read_statuses() {
    const auto* from = section("status");
    if (from == nullptr) return {};
    toml_reader in(*from, "status", report_);
    for (const auto& item : from->items()) {
        auto code = from_hex(item.key());
        if (!code || code->empty()) return bad("status." + item.key(), "expected a status in hex", &item);
        keypad_status meaning{};
        in.choice(item.key(), meaning, status_words);
        made_.statuses[*code] = meaning;
    }
    return done(in);
}

result<void> keypad_loader::read_step(const toml_value& from, keypad_action action, const std::string& path) {
    keypad_step made;
    const bool framed = frames(made_.frame);
    if (framed) made.how = keypad_step::packed::frame;
    made.answer = framed ? keypad_step::shape::packet : keypad_step::shape::none;
    made.timeout = made_.answer;
    const bool asks =
        action == keypad_action::pin || action == keypad_action::card || action == keypad_action::digits;
    made.tries = asks ? 1 : made_.tries;
    toml_reader in(from, path, report_);
    read_pattern(in, "send", made.send);
    using packed = keypad_step::packed;
    in.choice("frame", made.how, {{"none", packed::as_is}, {"frame", packed::frame}, {"admin", packed::admin_frame}});
    using shape = keypad_step::shape;
    in.choice("answer", made.answer,
        {{"none", shape::none}, {"packet", shape::packet}, {"echo", shape::echo}, {"block", shape::block},
            {"line", shape::line}, {"byte", shape::byte}, {"some", shape::some}});
    in.number("size", made.size, 1, 1'024);
    read_pattern(in, "good", made.good);
    read_pattern(in, "refused", made.refused);
    read_pattern(in, "cancelled", made.cancelled);
    using waits = keypad_step::waits;
    in.choice("waits", made.for_whom, {{"device", waits::for_device}, {"cardholder", waits::for_cardholder}});
    in.span("timeout_ms", made.timeout, 1, 600'000);
    in.span("poll_ms", made.poll, 10, 10'000);
    in.span("pause_ms", made.pause, 0, 60'000);
    in.number("tries", made.tries, 1, 9);
    in.flag("ends_with_eot", made.ended);

    const auto known = [](keypad_value what) { return among(answered, what); };
    if (!all_fit(made.send, [action](keypad_value what) { return may_send(action, what); }))
        in.fail("send", "carries what this command does not have");
    for (const auto& [key, pattern] : {std::pair{"good", &made.good}, std::pair{"refused", &made.refused},
             std::pair{"cancelled", &made.cancelled}}) {
        if (!all_fit(*pattern, known))
            in.fail(key, "allowed: check, block, mac, cryptogram, track2, digits, status and skip");
    }
    if (made.how == packed::frame && !framed) in.fail("frame", "only with [frame]");
    if (made.how == packed::admin_frame && !frames(made_.admin_frame)) in.fail("frame", "only with [admin_frame]");
    const bool packet = made.answer == shape::packet || made.answer == shape::echo;
    if (packet && made.how == packed::as_is) in.fail("answer", "a packet only in a frame");
    if (made.answer == shape::block && made.size == 0) in.need("size");
    if (made.answer == shape::byte && made.good.fixed_size() != 1) in.fail("good", "expected one byte");
    if (made.answer == shape::none && !made.good.empty()) in.fail("answer", "there is something to be good");
    if (made.send.empty() && made.answer == shape::none) in.fail("send", "send or answer must be there");
    CIPHERLANE_CHECK(done(in));
    made_.commands[static_cast<std::size_t>(action)].push_back(std::move(made));
    return {};
}

/// What single commands cannot tell: whether together they make a keypad.
result<void> keypad_loader::check_commands() {
    const auto at = [this](keypad_action action) { return section("command")->find(to_string(action)); };
    const auto path = [](keypad_action action) { return "command." + std::string(to_string(action)); };
    for (std::size_t i = 0; i < keypad_actions; ++i) {
        const auto action = static_cast<keypad_action>(i);
        if (!made_.can(action)) continue;
        const auto sends = [&](auto what) { return std::ranges::any_of(made_.of(action), what); };
        if (!sends([](const keypad_step& step) { return !step.send.empty(); }))
            return bad(path(action), "sends nothing", at(action));
        if (loads_key(action) && !sends([](const keypad_step& step) { return step.send.uses(value::key); }))
            return bad(path(action), "sends no {key}", at(action));
        const auto wanted = wanted_from(action, made_);
        if (!wanted) continue;
        const bool given =
            std::ranges::any_of(made_.of(action), [&](const keypad_step& step) { return step.good.uses(*wanted); });
        if (!given) return bad(path(action), "no answer gives {" + std::string(to_string(*wanted)) + "}", at(action));
    }
    if (!made_.can(keypad_action::pin) && !made_.can(keypad_action::digits))
        return bad("command.pin", "missing: nobody could enter anything");
    if (made_.can(keypad_action::mac) && section("mac") == nullptr)
        return bad("mac.gives", "missing, as there is a command mac");
    if (made_.can(keypad_action::serial_cryptogram) && section("serial_cryptogram") == nullptr)
        return bad("serial_cryptogram.gives", "missing, as there is a command serial_cryptogram");
    for (const auto action : {keypad_action::pin, keypad_action::mac}) {
        if (!made_.can(action)) continue;
        const auto loads = action == keypad_action::pin ? keypad_action::pin_key : keypad_action::mac_key;
        const bool carried = std::ranges::any_of(
            made_.of(action), [](const keypad_step& step) { return step.send.uses(keypad_value::key); });
        if (!carried && !made_.can(loads)) return bad(path(loads), "missing: the working key goes nowhere");
    }
    // Commands that differ in nothing else put both keys into one place, and a PIN would go out under the MAC key.
    const bool alike =
        std::ranges::equal(made_.of(keypad_action::pin_key), made_.of(keypad_action::mac_key), same_send);
    if (made_.can(keypad_action::pin_key) && alike && made_.pin_slot == made_.mac_slot)
        return bad("keys.mac_slot", "must differ from pin_slot, as the commands that load the keys are the same");
    return {};
}

} // namespace cipherlane::drivers
