#include "../../description/description_loader.hpp"
#include "template_parser.hpp"

#include <cipherlane/drivers/display/described/display_description.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using enum described_action;
using value = command_value;

constexpr std::array<std::string_view, described_actions> action_words{"init", "qr", "picture", "fill", "show",
    "amount", "text", "outcome", "approved", "declined", "cancelled", "expired", "clear", "remaining", "brightness",
    "heartbeat"};

/// What a command of each kind may carry, besides what is true of every packet.
bool may_carry(described_action action, command_value what) {
    if (what >= value::size) return true;
    switch (action) {
    case qr: return what == value::code || what == value::payee || what == value::amount || what == value::seconds;
    case picture: return what == value::pixels || (what >= value::left && what <= value::height);
    case fill: return what >= value::left && what <= value::ink;
    case amount:
    case outcome:
    case approved:
    case declined:
    case cancelled:
    case expired: return what == value::amount || what == value::words;
    case text: return what == value::line1 || what == value::line2;
    case remaining: return what == value::seconds;
    case brightness: return what == value::level;
    default: return false;
    }
}

bool fits(const command_template& in, auto allowed) {
    return std::ranges::all_of(in.items, [&](const command_template::item& one) {
        return one.what == command_template::item::kind::literal || allowed(one);
    });
}

void read_answer(toml_reader& in, std::string_view form, answer_rule& into) {
    using shape = answer_rule::shape;
    in.choice(form, into.form,
        {{"none", shape::none}, {"line", shape::line}, {"block", shape::block}, {"packet", shape::packet}});
    using frequency = answer_rule::frequency;
    in.choice("after", into.after, {{"each", frequency::each}, {"last", frequency::last}});
    using foreign = answer_rule::foreign;
    in.choice("foreign", into.others, {{"fails", foreign::fails}, {"skipped", foreign::skipped}});
    in.number("size", into.size, 1, 4'096);
    read_pattern(in, "good", into.good);
    in.number("good_at", into.good_at, 0, 4'096);
    read_literal(in, "refused", into.refused);
    in.number("refused_at", into.refused_at, 0, 4'096);
    in.number("code_at", into.code_at, 0, 4'096);
    in.span("timeout_ms", into.timeout, 1, 60'000);
    if (into.form == shape::block && into.size == 0) in.need("size");
    if (!fits(into.good, [](const auto& one) {
            return one.what == command_template::item::kind::value && one.value >= value::size;
        })) {
        in.fail("good", "only bytes and what is true of every packet");
    }
}

/// Reads a description from its parsed file, section by section.
class display_loader : private description_loader {
  public:
    display_loader(const toml_value& root, std::string_view source)
        : description_loader(root, source) {}

    result<display_description> load() {
        CIPHERLANE_CHECK(read_top());
        CIPHERLANE_CHECK(read_link());
        CIPHERLANE_CHECK(read_packet());
        CIPHERLANE_CHECK(read_pixels());
        CIPHERLANE_CHECK(
            read_commands(action_words, [this](const toml_value& from, std::size_t which, const std::string& path) {
                return read_command(from, static_cast<described_action>(which), path);
            }));
        CIPHERLANE_CHECK(check_commands());
        return std::move(made_);
    }

  private:
    result<void> read_top() {
        toml_reader in(root_, "", report_);
        read_names(in, made_.name, made_.title);
        using text_set = display_description::text_set;
        in.choice("text", made_.text, {{"utf8", text_set::utf8}, {"ascii", text_set::ascii}, {"gbk", text_set::gbk}});
        in.text("never", made_.never);
        in.number("largest_text", made_.largest_text, 1, 65'535);
        using content = display_description::content;
        in.choice("commands", made_.commands_do, {{"add", content::adds}, {"replace", content::replaces}});
        for (const std::string_view key : {"usb", "hid", "serial", "packet", "answer", "pixels", "command"}) {
            (void)in.table(key);
        }
        return done(in);
    }

    result<void> read_link() {
        const int links = (section("usb") != nullptr ? 1 : 0) + (section("hid") != nullptr ? 1 : 0) +
                          (section("serial") != nullptr ? 1 : 0);
        if (links != 1) return bad("usb, hid or serial", "exactly one of them must be there");
        if (const auto* usb = section("usb")) return read_usb(*usb);
        if (const auto* hid = section("hid")) return read_hid(*hid);
        return read_serial(*section("serial"));
    }

    result<void> read_usb(const toml_value& from) {
        made_.over = display_description::link::usb;
        auto& usb = made_.usb;
        toml_reader in(from, "usb", report_);
        in.number("vendor", usb.device.vendor, 0, 0xFFFF);
        in.number("product", usb.device.product, 0, 0xFFFF);
        in.text("serial_number", usb.device.serial_number);
        in.number("interface", usb.interface_number, 0, 255);
        in.number("alternate", usb.alternate_setting, 0, 255);
        in.number("out", usb.out_endpoint, 1, 15);
        in.number("in", usb.in_endpoint, 0x81, 0x8F);
        bool zero = false;
        in.flag("zero_packet", zero);
        usb.zero = zero ? usb_settings::zero_packet::closes_full_packets : usb_settings::zero_packet::never;
        in.number("read_size", usb.read_size, 1, 65'536);
        using driver = usb_settings::kernel_driver;
        in.choice("kernel_driver", usb.other_driver, {{"detach", driver::detach}, {"refuse", driver::refuse}});
        in.need("vendor");
        in.need("product");
        return done(in);
    }

    result<void> read_hid(const toml_value& from) {
        made_.over = display_description::link::hid;
        toml_reader in(from, "hid", report_);
        in.number("vendor", made_.hid.vendor, 0, 0xFFFF);
        in.number("product", made_.hid.product, 0, 0xFFFF);
        in.text("serial_number", made_.hid.serial_number);
        in.number("interface", made_.hid.interface_number, 0, 255);
        in.number("usage_page", made_.hid.usage_page, 1, 0xFFFF);
        in.number("out_report", made_.reports.out_number, 0, 255);
        in.number("in_report", made_.reports.in_number, 0, 255);
        in.number("out_size", made_.reports.out_size, 1, 4'096);
        in.number("in_size", made_.reports.in_size, 1, 4'096);
        in.number("fill", made_.reports.fill, 0, 255);
        using way = display_description::hid_way;
        in.choice(
            "through", made_.through, {{"either", way::either}, {"hidraw", way::hidraw}, {"libusb", way::libusb}});
        in.need("vendor");
        in.need("product");
        return done(in);
    }

    result<void> read_serial(const toml_value& from) {
        made_.over = display_description::link::serial;
        toml_reader in(from, "serial", report_);
        read_line(in, made_.line);
        return done(in);
    }

    result<void> read_packet() {
        if (const auto* from = section("packet")) {
            toml_reader in(*from, "packet", report_);
            read_layout(in, made_.packet);
            in.number("largest", made_.largest_data, 1, 1'048'576);
            if (made_.largest_data > made_.packet.most_content()) in.fail("largest", "more than the length can say");
            CIPHERLANE_CHECK(done(in));
        }
        made_.answer_packet = made_.packet;
        if (const auto* from = section("answer")) {
            toml_reader in(*from, "answer", report_);
            read_layout(in, made_.answer_packet);
            in.number("largest", made_.answer_packet.largest, 1, 65'536);
            read_answer(in, "form", usual_);
            CIPHERLANE_CHECK(done(in));
        }
        return {};
    }

    result<void> read_pixels() {
        const auto* from = section("pixels");
        if (from == nullptr) return {};
        // Not emplace: clang 14 takes the nested class for not constructible while its members have initialisers.
        made_.glass = display_description::panel{};
        auto& glass = *made_.glass;
        toml_reader in(*from, "pixels", report_);
        in.number("width", glass.width, 64, 2'048);
        in.number("height", glass.height, 64, 2'048);
        using format = display_description::panel::format;
        in.choice("format", glass.pixels,
            {{"bits", format::bits}, {"rgb565-be", format::rgb565_be}, {"rgb565-le", format::rgb565_le}});
        using ink = display_description::panel::ink;
        in.choice("dark", glass.dark, {{"set", ink::set}, {"clear", ink::clear}});
        in.number("parts", glass.parts, 0, 64);
        in.need("width");
        in.need("height");
        if (glass.pixels == format::bits && glass.width % 8 != 0)
            in.fail("width", "lines of one bit a pixel are multiples of 8");
        return done(in);
    }

    result<void> read_command(const toml_value& from, described_action action, const std::string& path) {
        described_command made;
        made.answer = usual_;
        toml_reader in(from, path, report_);
        read_pattern(in, "head", made.head);
        read_pattern(in, "data", made.data);
        read_answer(in, "answer", made.answer);
        in.span("pause_ms", made.pause, 0, 60'000);
        if (action == heartbeat) {
            in.number("name_at", made.name_at, 0, 4'096);
            in.number("name_size", made.name_size, 0, 256);
            if (made.answer.form == answer_rule::shape::none) in.fail("answer", "a heartbeat needs one");
        }
        if (action == brightness) {
            in.number("least", made_.level_least, 0, 0xFFFF);
            in.number("most", made_.level_most, 0, 0xFFFF);
        }
        const auto carried = [action](const auto& one) { return may_carry(action, one.value); };
        if (!fits(made.data, carried)) in.fail("data", "carries what this command does not have");
        if (!fits(made.head, [&](const auto& one) {
                return carried(one) &&
                       (one.what == command_template::item::kind::size_of_value || !is_text(one.value));
            })) {
            in.fail("head", "carries what this command does not have, or text of any length");
        }
        if (made.head.items.empty() && made.data.items.empty()) in.fail("data", "head or data must be there");
        if (made.answer.form == answer_rule::shape::packet && made_.answer_packet.length == number_form::none &&
            made_.answer_packet.trailer.empty()) {
            in.fail("answer", "nothing says where such a packet ends");
        }
        CIPHERLANE_CHECK(done(in));
        lines_[static_cast<std::size_t>(action)] = &from;
        made_.commands[static_cast<std::size_t>(action)].push_back(std::move(made));
        return {};
    }

    using description_loader::bad;
    [[nodiscard]] result<void> bad(described_action action, std::string_view hint, std::string_view key = {}) {
        auto path = "command." + std::string(to_string(action));
        if (!key.empty()) path += "." + std::string(key);
        return bad(path, hint, lines_[static_cast<std::size_t>(action)]);
    }

    /// What single commands cannot tell: whether together they make a display on which no amount stands beside a code
    /// that is not its own.
    [[nodiscard]] result<void> check_commands() {
        if (made_.glass) {
            for (const auto needless :
                {qr, amount, text, outcome, approved, declined, cancelled, expired, remaining}) {
                if (made_.can(needless)) return bad(needless, "with [pixels] the SDK paints this itself");
            }
            return check_pictures();
        }
        for (const auto needless : {picture, fill, show}) {
            if (made_.can(needless)) return bad(needless, "only with [pixels]");
        }
        if (!made_.can(qr) && !made_.can(amount) && !made_.can(text)) {
            return bad("command.qr", "missing: no code, amount or text can be shown");
        }
        if (made_.can(qr)) {
            if (!made_.of(qr).back().data.uses(value::code)) return bad(qr, "{code} must come last", "data");
            const auto several = made_.of(qr).size() > 1;
            if (several && made_.commands_do == display_description::content::replaces) {
                return bad(qr, "several commands would replace each other");
            }
        }
        if (!made_.can(clear)) return bad(clear, "missing: an expired code could not leave the screen");
        return {};
    }

    [[nodiscard]] result<void> check_pictures() {
        if (made_.of(picture).size() != 1) return bad(picture, "exactly one must be there");
        const auto& one = made_.of(picture).front();
        if (!one.data.uses(value::pixels)) return bad(picture, "{pixels} is missing", "data");
        const auto placed = [&](value what) { return one.data.uses(what) || one.head.uses(what); };
        if (made_.glass->parts > 0 && (!placed(value::left) || !placed(value::top))) {
            return bad(picture, "parts need {left} and {top}", "data");
        }
        return {};
    }

    display_description made_;
    answer_rule usual_;
    std::array<const toml_value*, described_actions> lines_{};
};

} // namespace

std::string_view to_string(described_action action) noexcept {
    return action_words[static_cast<std::size_t>(action)];
}

result<display_description> parse_display_description(std::string_view text, std::string_view source) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, description_faults(), source));
    return display_loader(root, source).load();
}

result<display_description> load_display_description(const std::string& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, description_faults()));
    return display_loader(root, file).load();
}

} // namespace cipherlane::drivers
