#include "parameters.hpp"

#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_parameters.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace cipherlane::drivers::abecs {
namespace {

constexpr std::size_t name_size = 8;
constexpr std::uint16_t value_name = 0x804D;
constexpr std::uint16_t media_name = 0x805E;

error wrong_setting(std::string_view field) {
    return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field(field);
}

std::string trimmed(byte_view value) {
    auto text = from_latin1(as_text(value));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

/// Stops at what no pad has: a count of digits is the pad's to choose.
int number_of(std::string_view digits) {
    constexpr int most = 9'999;
    int value = 0;
    for (const char one : digits) {
        if (one >= '0' && one <= '9') value = std::min(value * 10 + (one - '0'), most);
    }
    return value;
}

using put = void (*)(pad_information& into, byte_view value);
struct information_row {
    std::uint16_t name;
    put take;
};

/// Two numbers of the same count of digits: lines, then columns.
void take_pair(byte_view value, int& first, int& second) {
    const auto text = as_text(value);
    first = number_of(text.substr(0, text.size() / 2));
    second = number_of(text.substr(text.size() / 2));
}
bool has(byte_view value, std::size_t at) {
    return value.size() > at && value[at] != '0';
}

constexpr std::array information_rows{
    information_row{0x8001, [](pad_information& into, byte_view value) { into.serial_number = trimmed(value); }},
    information_row{0x8002, [](pad_information& into, byte_view value) { into.part_number = trimmed(value); }},
    information_row{0x8003, [](pad_information& into, byte_view value) { into.model = trimmed(value); }},
    information_row{0x8004, [](pad_information& into, byte_view value) { into.maker = trimmed(value); }},
    information_row{0x8005, [](pad_information& into, byte_view value) { into.contactless = has(value, 0); }},
    information_row{0x8006, [](pad_information& into, byte_view value) { into.system_version = trimmed(value); }},
    information_row{0x8007, [](pad_information& into, byte_view value) { into.specification = trimmed(value); }},
    information_row{
        0x8009, [](pad_information& into, byte_view value) { into.application_version = trimmed(value); }},
    information_row{
        0x8020, [](pad_information& into, byte_view value) { take_pair(value, into.text_lines, into.text_columns); }},
    information_row{
        0x8021, [](pad_information& into, byte_view value) { take_pair(value, into.height, into.width); }},
    information_row{0x8022,
        [](pad_information& into, byte_view value) {
            into.shows_png = has(value, 0);
            into.shows_jpg = has(value, 1);
            into.shows_gif = has(value, 2);
        }},
};

/// Padded to its place; nothing for a name that no pad takes.
std::optional<std::string> file_name(std::string_view name) {
    const bool fits =
        !name.empty() && name.size() <= name_size && std::all_of(name.begin(), name.end(), [](char one) {
            return (one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
        });
    if (!fits) return std::nullopt;
    std::string padded(name);
    padded.resize(name_size, ' ');
    return padded;
}

result<secret_bytes> about_file(std::string_view command, std::string_view name) {
    const auto file = file_name(name);
    if (!file) return wrong_setting("name");
    return parameter_writer(command).add(parameter::media_name, *file).done();
}

} // namespace

secret_bytes information_command() {
    std::array<std::uint8_t, 2 * information_rows.size()> list{};
    for (std::size_t i = 0; i < information_rows.size(); ++i)
        store_be16(&list[2 * i], information_rows[i].name);
    return parameter_writer("GIX").add(parameter::id_list, list).done();
}

result<pad_information> parse_information(byte_view payload) {
    pad_information made;
    parameter_reader in(payload);
    while (const auto one = in.next()) {
        for (const auto& row : information_rows) {
            if (row.name == one->name) row.take(made, one->value);
        }
    }
    CIPHERLANE_CHECK(in.check());
    return made;
}

result<secret_bytes> get_digits_command(const get_digits& what) {
    constexpr int room = 32;
    if (what.least < 0 || what.least > room) return wrong_setting("least");
    if (what.most < 1 || what.most > room || what.most < what.least) return wrong_setting("most");
    if (what.idle.count() < 0 || what.idle.count() > 255) return wrong_setting("idle");
    const auto one = [](auto value) { return std::array{static_cast<std::uint8_t>(value)}; };
    std::array<std::uint8_t, 2> message{};
    store_be16(message.data(), static_cast<std::uint16_t>(what.what));
    parameter_writer out("GCD");
    if (what.idle.count() != 0) out.add(parameter::time_out, one(what.idle.count()));
    if (what.most != room) out.add(parameter::most_digits, one(what.most)); // as the pad takes it by itself
    if (what.least != 0) out.add(parameter::least_digits, one(what.least));
    return out.add(parameter::message_index, message).done();
}

result<secret_bytes> parse_digits(byte_view payload) {
    parameter_reader in(payload);
    while (const auto one = in.next()) {
        if (one->name == value_name) return secret_bytes(one->value);
    }
    CIPHERLANE_CHECK(in.check());
    return error(make_error_code(drivers_errc::bad_content), layer::drivers).in_field("PP_VALUE");
}

result<secret_bytes> menu_command(const menu& what, char unknown) {
    constexpr std::size_t most_options = 20;
    constexpr std::size_t longest_option = 24;
    constexpr std::size_t longest_title = 128;
    if (what.options.empty() || what.options.size() > most_options) return wrong_setting("options");
    if (what.idle.count() < 0 || what.idle.count() > 255) return wrong_setting("idle");
    parameter_writer out("MNU");
    if (what.idle.count() != 0)
        out.add(parameter::time_out, std::array{static_cast<std::uint8_t>(what.idle.count())});
    for (const auto& option : what.options) {
        CIPHERLANE_TRY(const auto shown, to_latin1(option, unknown));
        if (shown.empty() || shown.size() > longest_option) return wrong_setting("options");
        out.add(parameter::menu_option, shown);
    }
    if (what.title.empty()) return out.done();
    CIPHERLANE_TRY(const auto title, to_latin1(what.title, unknown));
    if (title.size() > longest_title) return wrong_setting("title");
    return out.add(parameter::display_message, title).done();
}

result<std::size_t> parse_choice(byte_view payload, std::size_t options) {
    CIPHERLANE_TRY(const auto chosen, parse_digits(payload));
    const auto digits = as_text(chosen.expose());
    const bool two = digits.size() == 2 && digits.find_first_not_of("0123456789") == std::string_view::npos;
    const auto number = two ? static_cast<std::size_t>(number_of(digits)) : 0;
    if (number >= 1 && number <= options) return number - 1;
    return error(make_error_code(drivers_errc::bad_content), layer::drivers).in_field("PP_VALUE");
}

result<secret_bytes> load_begin_command(std::string_view name, picture_format format, byte_view content) {
    const auto file = file_name(name);
    if (!file) return wrong_setting("name");
    std::array<std::uint8_t, 10> about{}; // the last three are reserved
    store_be16(about.data(), static_cast<std::uint16_t>(content.size() >> 16U));
    store_be16(&about[2], static_cast<std::uint16_t>(content.size() & 0xFFFFU));
    store_be16(&about[4], abecs_crc(content));
    about[6] = static_cast<std::uint8_t>(format);
    return parameter_writer("MLI").add(parameter::media_name, *file).add(parameter::media_info, about).done();
}

secret_bytes load_part_command(byte_view part) {
    assert(part.size() <= largest_load);
    parameter_writer out("MLR");
    while (!part.empty()) {
        const auto size = std::min(part.size(), largest_parameter);
        out.add(parameter::data, part.first(size));
        part = part.subspan(size);
    }
    return out.done();
}

secret_bytes load_end_command() {
    return parameter_writer("MLE").done();
}

result<secret_bytes> show_picture_command(std::string_view name) {
    return about_file("DSI", name);
}

result<secret_bytes> delete_picture_command(std::string_view name) {
    return about_file("DMF", name);
}

secret_bytes list_pictures_command() {
    return parameter_writer("LMF").done();
}

result<std::vector<std::string>> parse_pictures(byte_view payload) {
    std::vector<std::string> names;
    parameter_reader in(payload);
    while (const auto one = in.next()) {
        if (one->name == media_name) names.push_back(trimmed(one->value));
    }
    CIPHERLANE_CHECK(in.check());
    return names;
}

} // namespace cipherlane::drivers::abecs
