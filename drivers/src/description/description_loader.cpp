#include "description_loader.hpp"

#include "pattern_text.hpp"

#include <cipherlane/core/nearest_word.hpp>

#include <algorithm>

namespace cipherlane::drivers {

void read_names(toml_reader& in, std::string& name, std::string& title) {
    in.text("name", name);
    in.text("title", title);
    in.need("name");
    if (in.has("name") && name.empty()) in.fail("name", "must not be empty");
    if (title.empty()) title = name;
}

void read_literal(toml_reader& in, std::string_view key, bytes& into) {
    std::string given;
    in.text(key, given);
    if (given.empty()) return;
    auto parsed = parse_literal(given);
    if (!parsed) return in.fail(key, "expected bytes in hex and text in single quotes");
    into = *std::move(parsed);
}

void read_layout(toml_reader& in, packet_layout& into) {
    read_literal(in, "header", into.header);
    std::string form;
    in.text("length", form);
    if (!form.empty()) {
        const auto known = parse_number_form(form);
        if (known && *known != number_form::decimal) {
            into.length = *known;
        } else {
            in.fail("length", "allowed: none, u8, be16, le16, be32, le32, digits3");
        }
    }
    using counted = packet_layout::counted;
    in.choice("counts", into.counts, {{"content", counted::content}, {"rest", counted::rest}, {"all", counted::all}});
    using check = checksum_kind;
    in.choice("checksum", into.check,
        {{"none", check::none}, {"sum8", check::sum8}, {"xor8", check::xor8}, {"sum16", check::sum16},
            {"crc16-ccitt", check::crc16_ccitt}, {"crc16-xmodem", check::crc16_xmodem},
            {"crc16-modbus", check::crc16_modbus}, {"crc32", check::crc32}});
    using covered = packet_layout::covered;
    in.choice("covers", into.covers,
        {{"content", covered::content}, {"after-header", covered::after_header}, {"all", covered::all}});
    using order = packet_layout::order;
    in.choice(
        "checksum_order", into.check_order, {{"high-first", order::high_first}, {"low-first", order::low_first}});
    using place = packet_layout::place;
    in.choice("checksum_at", into.check_at,
        {{"before-trailer", place::before_trailer}, {"after-trailer", place::after_trailer}});
    using written = packet_layout::written;
    in.choice("checksum_as", into.check_as, {{"binary", written::binary}, {"hex", written::hex}});
    read_literal(in, "trailer", into.trailer);
}

void read_line(toml_reader& in, serial_settings& into) {
    in.number("baud", into.baud, 50, 4'000'000);
    using policy = serial_settings::line_policy;
    const std::initializer_list<toml_word<policy>> policies{
        {"leave", policy::leave}, {"raise", policy::raise}, {"lower", policy::lower}};
    in.choice("dtr", into.dtr, policies);
    in.choice("rts", into.rts, policies);
    in.span("settle_ms", into.settle, 0, 60'000);
}

result<void> description_loader::bad(std::string_view path, std::string_view hint, const toml_value* at) {
    report_.fail(description_faults().value, path, at != nullptr ? at->line() : 0, hint);
    return report_.outcome();
}

result<void> description_loader::done(toml_reader& in) {
    in.finish();
    return report_.outcome();
}

const toml_value* description_loader::section(std::string_view name) const {
    const auto* found = root_.find(name);
    return found != nullptr ? found->table() : nullptr;
}

result<void> description_loader::read_commands(std::span<const std::string_view> words, const step_reader& read) {
    const auto* all = section("command");
    if (all == nullptr) return bad("command", "missing");
    for (const auto& item : all->items()) {
        const auto found = std::ranges::find(words, item.key());
        const auto path = "command." + item.key();
        if (found == words.end()) {
            const auto near = nearest_word(item.key(), words);
            return bad(
                path, near.empty() ? "unknown" : "unknown; did you mean \"" + std::string(near) + "\"?", &item);
        }
        const auto which = static_cast<std::size_t>(found - words.begin());
        if (item.table() != nullptr) {
            CIPHERLANE_CHECK(read(item, which, path));
            continue;
        }
        if (item.items().empty()) return bad(path, "expected a table or a list of tables", &item);
        for (const auto& each : item.items()) {
            if (each.table() == nullptr) return bad(path, "expected a table", &each);
            CIPHERLANE_CHECK(read(each, which, path));
        }
    }
    return {};
}

} // namespace cipherlane::drivers
