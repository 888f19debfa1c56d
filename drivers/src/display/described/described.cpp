#include "../../charset/gbk_text.hpp"
#include "../../charset/plain_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers {
namespace {

using action = described_action;
using value = command_value;
using item = command_template::item;

constexpr std::array<std::string_view, command_values> value_names{"payload", "payee", "amount", "words", "line1",
    "line2", "pixels", "seconds", "level", "left", "top", "right", "bottom", "width", "height", "ink", "size", "part",
    "parts", "offset", "sequence"};

expected_answer::shape shape_of(answer_rule::shape form) {
    switch (form) {
    case answer_rule::shape::none: return expected_answer::shape::nothing;
    case answer_rule::shape::line: return expected_answer::shape::line;
    case answer_rule::shape::block: return expected_answer::shape::block;
    case answer_rule::shape::packet: return expected_answer::shape::packet;
    }
    return expected_answer::shape::nothing;
}

/// The pixels of a rectangle as the device takes them.
bytes pixels_of(const frame& from, const rectangle& where, const display_description::panel& glass) {
    using format = display_description::panel::format;
    bytes out;
    if (glass.pixels == format::bits) {
        const bool dark_is_set = glass.dark == display_description::panel::ink::set;
        out.reserve(static_cast<std::size_t>(where.area()) / 8);
        for (int y = where.top; y < where.bottom(); ++y) {
            unsigned eight = 0;
            for (int x = where.left; x < where.right(); ++x) {
                const bool dark = lightness(from.at(x, y)) < 128;
                eight = (eight << 1U) | (dark == dark_is_set ? 1U : 0U);
                if (x % 8 == 7) out.push_back(static_cast<std::uint8_t>(std::exchange(eight, 0U)));
            }
        }
        return out;
    }
    out.reserve(static_cast<std::size_t>(where.area()) * 2);
    for (int y = where.top; y < where.bottom(); ++y) {
        for (const auto pixel : from.row(y, where.left, where.width))
            put_number(out, pixel, glass.pixels == format::rgb565_be ? number_form::be16 : number_form::le16);
    }
    return out;
}

} // namespace

/// What the places of a template are filled with.
class described_protocol::values {
  public:
    void set(value what, bytes text) { texts_[index(what)] = std::move(text); }
    void set(value what, std::uint32_t number) { numbers_[index(what)] = number; }
    void set(const rectangle& where) {
        set(value::left, static_cast<std::uint32_t>(where.left));
        set(value::top, static_cast<std::uint32_t>(where.top));
        set(value::right, static_cast<std::uint32_t>(where.right() - 1));
        set(value::bottom, static_cast<std::uint32_t>(where.bottom() - 1));
        set(value::width, static_cast<std::uint32_t>(where.width));
        set(value::height, static_cast<std::uint32_t>(where.height));
    }

    /// @return `too_long` for a number that its place cannot hold.
    [[nodiscard]] result<bytes> fill_in(const command_template& into) const {
        bytes out;
        for (const auto& one : into.items) {
            if (one.what == item::kind::literal) {
                out.insert(out.end(), one.literal.begin(), one.literal.end());
            } else if (one.form == number_form::none) {
                const auto& text = texts_[index(one.value)];
                out.insert(out.end(), text.begin(), text.end());
            } else {
                const auto number = one.what == item::kind::size_of_value
                                        ? static_cast<std::uint32_t>(texts_[index(one.value)].size())
                                        : numbers_[index(one.value)];
                if (number > most_of(one.form)) {
                    return refused(drivers_errc::too_long).in_field(value_names[index(one.value)]);
                }
                put_number(out, number, one.form);
            }
        }
        return out;
    }

  private:
    static std::size_t index(value what) { return static_cast<std::size_t>(what); }

    static constexpr std::size_t texts = static_cast<std::size_t>(value::pixels) + 1;
    std::array<bytes, texts> texts_{};
    std::array<std::uint32_t, command_values> numbers_{};
};

/// Makes the device's commands of what changes on a panel.
class described_protocol::writer final : public panel_writer {
  public:
    explicit writer(described_protocol& of)
        : of_(of)
        , steps_(of.begin()) {}

    void begin() override {}
    void fill(const rectangle& where, colour ink) override {
        if (!of_.description_.can(action::fill)) {
            frame blank(where.right(), where.bottom(), ink);
            return picture(where, blank);
        }
        values with;
        with.set(where);
        with.set(value::ink, std::uint32_t{ink});
        put(action::fill, with);
    }
    void picture(const rectangle& where, const frame& from) override {
        values with;
        with.set(where);
        with.set(value::pixels, pixels_of(from, where, *of_.description_.glass));
        put(action::picture, with);
    }
    [[nodiscard]] result<step_list> take() {
        if (drawn_) put(action::show, values());
        if (why_) return *why_;
        return std::move(steps_);
    }

  private:
    void put(described_action what, const values& with) {
        drawn_ = true;
        if (why_) return;
        auto added = of_.add(steps_, what, with);
        if (!added) why_ = std::move(added).error();
    }

    described_protocol& of_;
    step_list steps_;
    std::optional<error> why_;
    bool drawn_ = false;
};

result<std::unique_ptr<described_protocol>> described_protocol::create(
    display_description description, wording words, const std::string& font_file) {
    std::optional<panel_screen> screen;
    if (description.glass) {
        using format = display_description::panel::format;
        const bool bits = description.glass->pixels == format::bits;
        panel_settings settings;
        settings.width = description.glass->width;
        settings.height = description.glass->height;
        settings.pixels = bits ? panel_painter::depth::one_bit : panel_painter::depth::rgb565;
        settings.align = bits ? 8 : 1;
        settings.most_rectangles = description.glass->parts;
        settings.words = words;
        settings.font_file = font_file;
        CIPHERLANE_TRY(screen, panel_screen::create(std::move(settings)));
    }
    return std::unique_ptr<described_protocol>(
        new described_protocol(std::move(description), std::move(words), std::move(screen)));
}

described_protocol::described_protocol(
    display_description description, wording words, std::optional<panel_screen> screen)
    : description_(std::move(description))
    , words_(std::move(words))
    , screen_(std::move(screen))
    , answers_(std::make_shared<const packet_layout>(description_.answer_packet)) {}

/// The steps that come before any content: `init`, where the device has not carried it out.
step_list described_protocol::begin() {
    step_list steps;
    preparing_ = !prepared_;
    if (preparing_ && !add(steps, action::init, values()))
        steps.clear(); // `init` carries no value that could not fit
    return steps;
}

result<void> described_protocol::add(step_list& to, described_action what, const values& with) {
    for (const auto& command : description_.of(what)) {
        CIPHERLANE_CHECK(add(to, command, what, with));
    }
    return {};
}

/// One command: its data in as many packets as it takes.
result<void> described_protocol::add(
    step_list& to, const described_command& command, described_action what, values with) {
    CIPHERLANE_TRY(auto data, with.fill_in(command.data));
    with.set(value::size, static_cast<std::uint32_t>(data.size()));
    if (command.data.uses(value::size)) { // was not known before
        CIPHERLANE_TRY(data, with.fill_in(command.data));
    }
    CIPHERLANE_TRY(const auto widest_head, with.fill_in(command.head));
    auto share = static_cast<std::uint64_t>(description_.largest_data);
    const auto most = description_.packet.most_content();
    if (share == 0 || share + widest_head.size() > most)
        share = most - std::min<std::uint64_t>(most, widest_head.size());
    if (share == 0) return refused(drivers_errc::too_long).during(to_string(what));
    const auto parts = std::max<std::uint64_t>(1, (data.size() + share - 1) / share);
    with.set(value::parts, static_cast<std::uint32_t>(parts));
    for (std::uint64_t part = 0; part < parts; ++part) {
        const auto offset = static_cast<std::size_t>(part * share);
        const auto piece = byte_view(data).subspan(offset).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(share, data.size() - offset)));
        with.set(value::part, static_cast<std::uint32_t>(part));
        with.set(value::offset, static_cast<std::uint32_t>(offset));
        with.set(value::sequence, std::uint32_t{sequence_++});
        CIPHERLANE_TRY(auto packet, with.fill_in(command.head));
        packet.insert(packet.end(), piece.begin(), piece.end());
        step made;
        made.name = to_string(what);
        made.out = description_.packet.pack(packet);
        const auto& rule = command.answer;
        const bool last = part + 1 == parts;
        if (last || rule.after == answer_rule::frequency::each) {
            auto& wanted = made.answer;
            wanted.form = shape_of(rule.form);
            wanted.how = expected_answer::test::starts_with;
            wanted.others = rule.others == answer_rule::foreign::skipped ? expected_answer::foreign::skipped
                                                                         : expected_answer::foreign::fails;
            CIPHERLANE_TRY(wanted.text, with.fill_in(rule.good));
            wanted.at = rule.good_at;
            wanted.size = rule.size;
            wanted.layout = answers_;
            wanted.refusal = rule.refused;
            wanted.refusal_at = rule.refused_at;
            wanted.code_at = rule.code_at;
            wanted.timeout = rule.timeout;
        }
        if (last) made.pause_after = command.pause;
        to.push_back(std::move(made));
    }
    return {};
}

result<void> described_protocol::take_text(values& into, value what, std::string_view text) const {
    const auto field = value_names[static_cast<std::size_t>(what)];
    CIPHERLANE_CHECK(check_length(text, description_.largest_text, field));
    using text_set = display_description::text_set;
    if (description_.text == text_set::ascii) {
        CIPHERLANE_CHECK(check_plain_ascii(text, field));
    } else {
        CIPHERLANE_CHECK(check_plain_utf8(text, field));
    }
    auto wrong = description_.never.empty() ? std::string_view::npos : text.find_first_of(description_.never);
    const auto& end = description_.packet.trailer;
    if (description_.packet.length == number_form::none && !end.empty()) {
        wrong = std::min(wrong, text.find(as_text(end))); // nothing else tells the device where the packet ends
    }
    if (wrong != std::string_view::npos) {
        return refused(drivers_errc::unsendable_text).in_field(field).at_offset(wrong);
    }
    bytes out(text.begin(), text.end());
    if (description_.text == text_set::gbk) {
        CIPHERLANE_TRY(out, to_gbk(text, field));
    }
    into.set(what, std::move(out));
    return {};
}

/// A content of a display that draws by itself: what stood there goes first.
result<step_list> described_protocol::content(described_action what, const values& with) {
    if (!description_.can(what)) return cannot(to_string(what));
    auto steps = begin();
    if (description_.commands_do == display_description::content::adds) {
        CIPHERLANE_CHECK(add(steps, action::clear, values()));
    }
    CIPHERLANE_CHECK(add(steps, what, with));
    return steps;
}

result<step_list> described_protocol::show(const ports::display_content& what) {
    if (!screen_) return std::visit([this](const auto& content) { return draw(content); }, what);
    writer to(*this);
    CIPHERLANE_CHECK(screen_->show(what, to));
    return to.take();
}

result<step_list> described_protocol::draw(const ports::qr_view& view) {
    values with;
    if (view.payload.empty()) return refused(drivers_errc::unsendable_text).in_field("payload").at_offset(0);
    CIPHERLANE_CHECK(take_text(with, value::code, view.payload));
    CIPHERLANE_CHECK(take_text(with, value::payee, view.payee));
    CIPHERLANE_CHECK(take_text(with, value::amount, words_.money(view.total)));
    with.set(value::seconds, static_cast<std::uint32_t>(std::max<std::int64_t>(
                                 0, std::chrono::ceil<std::chrono::seconds>(view.valid_for).count())));
    return content(action::qr, with);
}

result<step_list> described_protocol::draw(const ports::amount_view& money) {
    values with;
    CIPHERLANE_CHECK(take_text(with, value::amount, words_.money(money.total)));
    CIPHERLANE_CHECK(take_text(with, value::words, words_.to_pay));
    return content(action::amount, with);
}

result<step_list> described_protocol::draw(const ports::text_view& text) {
    values with;
    CIPHERLANE_CHECK(take_text(with, value::line1, text.line1));
    CIPHERLANE_CHECK(take_text(with, value::line2, text.line2));
    return content(action::text, with);
}

result<step_list> described_protocol::draw(const ports::outcome_view& end) {
    constexpr std::array own{action::approved, action::declined, action::cancelled, action::expired};
    const auto index = static_cast<std::size_t>(end.what); // an unknown end has no command of its own
    auto chosen = index < own.size() ? own[index] : action::outcome;
    if (!description_.can(chosen)) chosen = action::outcome;
    values with;
    CIPHERLANE_CHECK(take_text(with, value::amount, words_.money(end.total)));
    CIPHERLANE_CHECK(take_text(with, value::words, words_.outcome(end.what)));
    return content(chosen, with);
}

result<step_list> described_protocol::draw(const ports::blank_view&) {
    auto steps = begin();
    CIPHERLANE_CHECK(add(steps, action::clear, values()));
    return steps;
}

result<step_list> described_protocol::draw(const ports::remaining_view& time) {
    if (!description_.can(action::remaining)) return cannot("show_remaining");
    values with;
    with.set(value::seconds, static_cast<std::uint32_t>(std::max<std::int64_t>(0, time.left.count())));
    step_list steps;
    CIPHERLANE_CHECK(add(steps, action::remaining, with));
    return steps;
}

result<step_list> described_protocol::set_brightness(int percent) {
    if (!description_.can(action::brightness)) return cannot("set_brightness");
    const auto share = static_cast<std::int64_t>(std::clamp(percent, 0, 100));
    const auto least = std::int64_t{description_.level_least};
    const auto span = std::int64_t{description_.level_most} - least;
    values with;
    with.set(value::level, static_cast<std::uint32_t>(least + span * share / 100));
    auto steps = begin();
    CIPHERLANE_CHECK(add(steps, action::brightness, with));
    return steps;
}

result<step_list> described_protocol::heartbeat() {
    if (!description_.can(action::heartbeat)) return cannot("heartbeat");
    step_list steps;
    CIPHERLANE_CHECK(add(steps, action::heartbeat, values()));
    return steps;
}

result<std::string> described_protocol::identity(byte_view answer) const {
    const auto& command = description_.of(action::heartbeat).back();
    if (!command.name_at) return description_.title;
    if (answer.size() <= *command.name_at) return refused(drivers_errc::wrong_answer).during("heartbeat");
    auto name = as_text(answer.subspan(*command.name_at));
    if (command.name_size != 0) name = name.substr(0, command.name_size);
    name = name.substr(0, name.find('\0')); // what fills a field or a report
    while (name.ends_with(' '))
        name.remove_suffix(1);
    if (!check_plain_ascii(name, "name")) return refused(drivers_errc::wrong_answer).during("heartbeat");
    return description_.title + " " + std::string(name);
}

ports::display_capabilities described_protocol::capabilities() const noexcept {
    ports::display_capabilities can;
    can.brightness = description_.can(action::brightness);
    if (screen_) {
        can.qr = can.amount = can.text = can.outcome = can.countdown = true;
        can.readable = can_read_codes();
        can.acknowledges = description_.of(action::picture).front().answer.form != answer_rule::shape::none;
        return can;
    }
    can.qr = description_.can(action::qr);
    can.amount = description_.can(action::amount);
    can.text = description_.can(action::text);
    can.outcome = description_.can(action::outcome) ||
                  (description_.can(action::approved) && description_.can(action::declined) &&
                      description_.can(action::cancelled) && description_.can(action::expired));
    can.countdown = description_.can(action::remaining);
    for (const auto shows : {action::qr, action::amount, action::text}) {
        if (description_.can(shows)) {
            can.acknowledges = description_.of(shows).back().answer.form != answer_rule::shape::none;
            break;
        }
    }
    return can;
}

void described_protocol::settled(ending how, byte_view) {
    if (how == ending::failed) {
        prepared_ = false;
        if (screen_) screen_->forget();
    } else {
        prepared_ = prepared_ || preparing_;
        if (screen_) screen_->arrived();
    }
    preparing_ = false;
}

} // namespace cipherlane::drivers
