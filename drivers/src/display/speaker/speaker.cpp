#include "../../charset/gbk_text.hpp"
#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"
#include "mqtt_packet.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/drivers/display/speaker/speaker.hpp>

#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t longest_text = 256; // bytes of GBK
constexpr std::size_t number_bytes = 16;  // 32 characters, the most there may be
constexpr std::size_t longest_name = 1'024;

constexpr std::uint8_t acknowledged = 0x40;
constexpr std::uint8_t received = 0x50;
constexpr std::uint8_t released = 0x62;
constexpr std::uint8_t completed = 0x70;

step answered_by(std::string_view name, bytes answer, std::chrono::milliseconds timeout) {
    step made;
    made.name = name;
    made.answer.form = expected_answer::shape::block;
    made.answer.size = answer.size();
    made.answer.text = std::move(answer);
    made.answer.timeout = timeout;
    return made;
}

step told(std::string_view name, bytes out, bytes answer, std::chrono::milliseconds timeout) {
    auto made = answered_by(name, std::move(answer), timeout);
    made.out = std::move(out);
    return made;
}

/// Text within quotes; control characters are refused elsewhere.
std::string quoted(std::string_view text) {
    std::string out;
    for (const char one : text) {
        if (one == '"' || one == '\\') out.push_back('\\');
        out.push_back(one);
    }
    return out;
}

} // namespace

result<void> speaker_profile::validate() const {
    if (topic.empty() || topic.size() > longest_name || topic.find_first_of("#+") != std::string::npos)
        return bad_setting("topic").with_hint("expected the speaker's topic, mostly its number (IMEI)");
    CIPHERLANE_CHECK(check_plain_utf8(topic, "topic"));
    if (client_id.empty() || client_id.size() > longest_name) return bad_setting("client_id");
    CIPHERLANE_CHECK(check_plain_utf8(client_id, "client_id"));
    if (user.empty() && !password.empty()) return bad_setting("user");
    if (keep_alive.count() < 0 || keep_alive.count() > 65'535) return bad_setting("keep_alive");
    if (answer_timeout.count() <= 0) return bad_setting("answer_timeout");
    return {};
}

speaker_protocol::speaker_protocol(speaker_profile profile)
    : profile_(std::move(profile))
    , outbox_(profile_.outbox ? profile_.outbox : std::make_shared<speaker_outbox>()) {}

/// CONNECT before the first command on a link, until CONNACK 0 has come.
step_list speaker_protocol::begin() {
    step_list steps;
    plan_.reset();
    carried_out_ = 0;
    if (connected_) return steps;
    mqtt_connect what;
    what.client_id = profile_.client_id;
    what.user = profile_.user;
    what.password = profile_.password.expose();
    what.keep_alive = static_cast<std::uint16_t>(profile_.keep_alive.count());
    const bool once = profile_.qos == speaker_profile::delivery::exactly_once;
    if (once) what.over = mqtt_connect::session::kept;
    auto connecting = answered_by("connect", {0x20, 2, 0, 0}, profile_.answer_timeout);
    if (once) { // whether there was a session may stand before the code
        constexpr std::size_t code_at = 3;
        connecting.answer.at = code_at;
        connecting.answer.text = {0};
    }
    connecting.secret = to_packet(what);
    steps.push_back(std::move(connecting));
    return steps;
}

void speaker_protocol::settled(ending how, byte_view answer) {
    if (how == ending::done && answer.empty()) return; // nothing was said
    connected_ = how == ending::done;
    if (!plan_) return;
    if (connected_) {
        *outbox_ = {speaker_outbox::part::none, {}, plan_->packet};
    } else {
        failed(*plan_);
    }
}

/// What the broker may have now.
void speaker_protocol::failed(const plan& what) {
    if (what.older_at && carried_out_ > *what.older_at) outbox_->open = speaker_outbox::part::none;
    if (!what.message_at || carried_out_ < *what.message_at) return;
    const bool has_it = carried_out_ > *what.message_at;
    *outbox_ = {has_it ? speaker_outbox::part::release : speaker_outbox::part::message, what.number, what.packet};
}

step speaker_protocol::release(std::uint16_t packet) const {
    return told(
        "release", mqtt_numbered(released, packet), mqtt_numbered(completed, packet), profile_.answer_timeout);
}

result<step_list> speaker_protocol::say(std::string_view text, std::string_view number) {
    CIPHERLANE_CHECK(check_plain_utf8(text, "text"));
    CIPHERLANE_TRY(const auto spoken, to_gbk(text, "text"));
    if (spoken.size() > longest_text) return refused(drivers_errc::too_long).in_field("text").at_offset(longest_text);
    CIPHERLANE_TRY(const auto payload,
        to_gbk(R"({"type":"tts_dynamic","msgid":")" + std::string(number) + R"(","txt":")" + quoted(text) + R"("})",
            "text"));
    using part = speaker_outbox::part;
    const auto& before = *outbox_;
    const bool once = profile_.qos == speaker_profile::delivery::exactly_once;
    const bool again = before.open != part::none && before.number == number;
    auto steps = begin();
    plan now;
    now.number = number;
    now.packet = before.packet;
    if (once && before.open != part::none && !again) { // what it has of that is given on once, and no more
        now.older_at = steps.size();
        steps.push_back(release(before.packet));
    }
    if (!again) now.packet = static_cast<std::uint16_t>(before.packet == 0xFFFF ? 1 : before.packet + 1); // 0 is none
    if (!again || before.open == part::message) {
        now.message_at = steps.size();
        auto message = mqtt_publish(profile_.topic, payload, static_cast<int>(profile_.qos), now.packet,
            again ? mqtt_send::again : mqtt_send::first);
        auto answer = mqtt_numbered(once ? received : acknowledged, now.packet);
        steps.push_back(told("publish", std::move(message), std::move(answer), profile_.answer_timeout));
    }
    if (once) steps.push_back(release(now.packet));
    plan_ = std::move(now);
    return steps;
}

result<step_list> speaker_protocol::say_once(std::string_view text) {
    std::array<std::uint8_t, number_bytes> number{};
    CIPHERLANE_CHECK(crypto::random_fill(number));
    return say(text, to_hex(number));
}

result<step_list> speaker_protocol::show(const ports::display_content& what) {
    return std::visit([this](const auto& content) { return draw(content); }, what);
}

result<step_list> speaker_protocol::draw(const ports::qr_view&) {
    return cannot("show_qr");
}

result<step_list> speaker_protocol::draw(const ports::amount_view& money) {
    return say_once(profile_.words.to_pay + " " + money.total.to_string());
}

result<step_list> speaker_protocol::draw(const ports::text_view& text) {
    return say_once(std::string(text.line1) + (text.line2.empty() ? "" : ", ") + std::string(text.line2));
}

result<step_list> speaker_protocol::draw(const ports::outcome_view& end) {
    const auto text = profile_.words.outcome(end.what) + " " + end.total.to_string();
    if (end.payment == 0) return say_once(text);
    // Of the same payment by the same client: the same message.
    const auto about = profile_.client_id + "/" + std::to_string(end.payment) + "/" + text;
    CIPHERLANE_TRY(const auto sum, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(about)));
    return say(text, to_hex(sum.view().first(number_bytes)));
}

result<step_list> speaker_protocol::draw(const ports::remaining_view&) {
    return cannot("show_remaining");
}

/// What was said cannot be taken back.
result<step_list> speaker_protocol::draw(const ports::blank_view&) {
    return step_list{};
}

result<step_list> speaker_protocol::set_brightness(int) {
    return cannot("set_brightness");
}

result<step_list> speaker_protocol::heartbeat() {
    auto steps = begin();
    steps.push_back(told("ping", {0xC0, 0}, {0xD0, 0}, profile_.answer_timeout));
    return steps;
}

result<std::string> speaker_protocol::identity(byte_view) const {
    return "MQTT broker, topic " + profile_.topic;
}

ports::display_capabilities speaker_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.amount = can.text = can.outcome = can.speaks = true;
    return can;
}

} // namespace cipherlane::drivers
