#include "cipherlane/commands.hpp"
#include "cipherlane/people_input.hpp"
#include "cipherlane/qr_personal.hpp"
#include "cipherlane/qr_picture.hpp"
#include "cipherlane/strangers.hpp"
#include "cipherlane/tlv_print.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/qr/code_kind.hpp>
#include <cipherlane/qr/crc16.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

/// A wrong checksum is a check that failed, all else input that cannot be read.
[[noreturn]] void fail(const error& why) {
    const bool crc = why.code() == qr::qr_errc::crc_mismatch;
    throw tool_stop(why, crc ? "CRC error: the text was changed, or its checksum was made another way" : "",
        crc ? ending::difference : ending::wrong_use);
}

template <class T>
T value_or_fail(result<T> done) {
    if (!done) fail(done.error());
    return *std::move(done);
}

/// The text itself, or the content of a file of that name, or standard input for "-".
std::string read_text(const std::string& argument) {
    auto text = value_or_fail(take_input(argument));
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

/// The text of a payload, without what editors, mails and shells put around it or break it with: none of that can
/// stand in one.
std::string read_payload_text(const std::string& argument) {
    auto text = read_text(argument);
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    constexpr std::string_view around = " \t\"'`";
    if (text.starts_with(mark)) text.erase(0, mark.size());
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
    text.erase(0, std::min(text.find_first_not_of(around), text.size()));
    if (const auto last = text.find_last_not_of(around); last != std::string::npos) text.erase(last + 1);
    return text;
}

std::uint8_t object_id(std::string_view text) {
    const bool digits = text.size() == 2 && text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) throw CLI::ValidationError("object", "\"" + std::string(text) + "\" is not two digits");
    return static_cast<std::uint8_t>((text[0] - '0') * 10 + (text[1] - '0'));
}

std::string id_text(std::uint8_t id) {
    return {static_cast<char>('0' + id / 10), static_cast<char>('0' + id % 10)};
}

/// Templates become objects of their own where they can be read as such.
bool shown_as_template(std::uint8_t id) {
    return (id >= qr::mpm_id::first_template && id <= qr::mpm_id::last_template) || id == qr::mpm_id::additional ||
           id >= qr::mpm_id::language;
}

/// Values as they are given, or as they may be shown.
json to_json(const qr::mpm_payload& payload, const qr_personal* hide) {
    const auto shown = [&](std::uint8_t id, std::optional<std::uint8_t> sub, const std::string& value) {
        return hide != nullptr ? hide->shown(id, sub, value) : value;
    };
    json fields = json::object();
    for (const auto& object : payload.level().objects()) {
        const auto inside = shown_as_template(object.id) ? payload.sub_level(object.id) : std::nullopt;
        if (!inside) {
            fields[id_text(object.id)] = shown(object.id, {}, object.value);
            continue;
        }
        json nested = json::object();
        for (const auto& sub : inside->objects())
            nested[id_text(sub.id)] = shown(object.id, sub.id, sub.value);
        fields[id_text(object.id)] = std::move(nested);
    }
    return fields;
}

/// Objects from JSON as `decode --json` prints them; "63" is left out, since it is always made anew.
void add_json(qr::mpm_payload& payload, const json& fields) {
    for (const auto& [key, value] : fields.items()) {
        const auto id = object_id(key);
        if (id == qr::mpm_id::crc) continue;
        if (value.is_string()) {
            if (auto done = payload.set(id, value.get<std::string>()); !done) fail(done.error());
            continue;
        }
        for (const auto& [sub, inner] : value.items()) {
            auto done = payload.set(id, object_id(sub), inner.get<std::string>());
            if (!done) fail(done.error());
        }
    }
}

/// "59=SHOP" or "62-05=A1".
void add_assignment(qr::mpm_payload& payload, const std::string& text) {
    const auto equals = text.find('=');
    const std::string path = text.substr(0, equals);
    if (equals == std::string::npos || (path.size() != 2 && path.size() != 5)) {
        throw CLI::ValidationError("object", "\"" + text + "\" is not ID=VALUE or ID-SUB=VALUE");
    }
    const std::string value = text.substr(equals + 1);
    const auto id = object_id(std::string_view(path).substr(0, 2));
    const auto done = path.size() == 2 ? payload.set(id, value)
                                       : payload.set(id, object_id(std::string_view(path).substr(3)), value);
    if (!done) fail(done.error());
}

void print_object(std::string_view indent, const std::string& path, std::string_view name, std::string_view value) {
    std::cout << indent << path << "  " << printable_text(value);
    if (!name.empty()) std::cout << "  (" << name << ")";
    std::cout << "\n";
}

void print_fields(const qr::mpm_payload& payload, const qr_personal* hide) {
    const auto shown = [&](std::uint8_t id, std::optional<std::uint8_t> sub, const std::string& value) {
        return hide != nullptr ? hide->shown(id, sub, value) : value;
    };
    for (const auto& object : payload.level().objects()) {
        print_object("", id_text(object.id), qr::mpm_object_name(object.id),
            shown_as_template(object.id) && payload.sub_level(object.id) ? object.value.substr(0, 0)
                                                                         : shown(object.id, {}, object.value));
        const auto inside = shown_as_template(object.id) ? payload.sub_level(object.id) : std::nullopt;
        if (!inside) continue;
        for (const auto& sub : inside->objects()) {
            print_object("    ", id_text(object.id) + "-" + id_text(sub.id), qr::mpm_object_name(object.id, sub.id),
                shown(object.id, sub.id, sub.value));
        }
    }
    constexpr std::string_view crc_words[] = {"right", "wrong", "absent"};
    std::cout << "63  CRC " << crc_words[static_cast<std::size_t>(payload.crc())] << "\n";
}

std::string kind_words(qr::code_kind kind) {
    return std::string(qr::to_string(kind)) + (qr::shown_by_payer(kind) ? " (shown by the payer)" : "");
}

/// What a text can be, in words.
json kinds_of(std::string_view text) {
    json words = json::array();
    for (const auto kind : qr::kinds_of(text))
        words.push_back(kind_words(kind));
    return words;
}

/// Whether the text is something else than a merchant-presented payload, so that there is nothing more to judge.
bool is_another_kind(std::string_view text) {
    const auto kinds = qr::kinds_of(text);
    return !kinds.empty() && std::find(kinds.begin(), kinds.end(), qr::code_kind::emv_merchant) == kinds.end();
}

void print_kinds(const json& kinds) {
    for (const auto& kind : kinds)
        std::cout << "kind: " << kind.get<std::string>() << "\n";
    if (kinds.size() > 1) std::cout << "ambiguous: the text alone does not tell\n";
}

constexpr std::string_view consumer_advice = "its data are EMV TLV: cipherlane tlv decode shows them";

[[noreturn]] void end_with_difference() {
    std::cout.flush();
    throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

void print_violations(const json& violations) {
    for (const auto& one : violations)
        std::cout << "violation: " << one.get<std::string>() << "\n";
}

/// Codes that tills meet and that carry no fields of EMV, by how they begin.
struct stranger {
    std::string_view begins;
    std::string_view words;
};
constexpr std::array strangers{stranger{"wxp://", "a WeChat code of a person or shop (wxp)"},
    stranger{"weixin://", "a link into WeChat, not one for paying an order"},
    stranger{"alipays://", "a link into Alipay's application"},
    stranger{"BCD", "an EPC credit transfer (SEPA, GiroCode)"}, stranger{"SPC", "a Swiss QR bill"},
    stranger{"SPD*", "a Czech payment (SPAYD)"}, stranger{"HUB", "a Croatian HUB3 slip"},
    stranger{"bitcoin:", "a Bitcoin address"}, stranger{"WIFI:", "access to a wireless network"},
    stranger{"BEGIN:", "a visiting card or calendar entry"},
    stranger{"http", "a link of no wallet that is known here"}, stranger{"{", "JSON"}};

/// What a text is that begins as no payload does; or how far it could be read: object and length of each.
std::string read_so_far(std::string_view text) {
    const auto* known = std::find_if(
        strangers.begin(), strangers.end(), [&](const stranger& each) { return text.starts_with(each.begins); });
    if (known != strangers.end()) return "it looks like " + std::string(known->words);
    if (text.find("://") != std::string_view::npos) return "it looks like a link of no wallet that is known here";
    const auto other = text.starts_with("0002") ? std::string() : other_protocol_in(text);
    if (!other.empty()) return "it looks like " + other;
    const auto digits = [&](std::size_t at) {
        return text.size() >= at + 4 && text.substr(at, 4).find_first_not_of("0123456789") == std::string_view::npos;
    };
    std::string words;
    for (std::size_t at = 0; digits(at);) {
        const auto length = static_cast<std::size_t>((text[at + 2] - '0') * 10 + (text[at + 3] - '0'));
        const bool whole = text.size() - at - 4 >= length;
        words.append(words.empty() ? "object and length so far: " : ", ").append(text.substr(at, 2)).append(" ");
        words.append(text.substr(at + 2, 2));
        if (!whole) return words + " (" + std::to_string(text.size() - at - 4) + " are there)";
        at += 4 + length;
    }
    return words.empty() ? "a payload begins with 000201" : words;
}

/// Which checksum would be right.
tool_stop wrong_crc(const std::string& text, const error& why) {
    std::string words = "CRC error: the text was changed, or its checksum was made another way";
    if (why.offset()) {
        const auto at = std::min(why.offset().value_or(0), text.size());
        std::array<std::uint8_t, 2> right{};
        store_be16(right.data(), qr::crc16(as_bytes(std::string_view(text).substr(0, at))));
        words += "; found " + printable_text(text.substr(at)) + ", expected " + to_hex(right);
    }
    return tool_stop(why, words, ending::difference);
}

/// What could be read all the same stands beside the error: a script gets one document.
[[noreturn]] void end_with_error(json made, const tool_stop& stop) {
    made["error"] = cli::to_json(stop.why());
    made["error"]["advice"] = stop.advice();
    made["exit"] = static_cast<int>(stop.ends());
    std::cout << made.dump(2) << "\n" << std::flush;
    throw CLI::RuntimeError(static_cast<int>(stop.ends()));
}

/// A code that the payer shows, and the rules of its kind that it breaks.
struct read_consumer_code {
    json kinds;
    emv::consumer_code code;
    json violations = json::array();
};

/// Its first characters alone tell the kind, however short it is.
json consumer_kinds(const std::string& text) {
    auto words = kinds_of(text);
    if (words.empty()) words.push_back(kind_words(qr::code_kind::emv_consumer));
    return words;
}

/// What cannot be read ends the subcommand, and its kind is told all the same.
read_consumer_code read_consumer(const std::string& text, output_form form) {
    auto kinds = consumer_kinds(text);
    auto code = emv::consumer_code::parse(text, emv::cpm_reading::lenient);
    if (!code) {
        const tool_stop stop(code.error(), "a code that the payer shows, and not a whole one", ending::wrong_use);
        if (form == output_form::json) end_with_error(json{{"kinds", std::move(kinds)}}, stop);
        print_kinds(kinds);
        std::cout.flush();
        throw tool_stop(stop);
    }
    read_consumer_code made{std::move(kinds), *std::move(code)};
    const auto strict = emv::consumer_code::parse(text, emv::cpm_reading::strict);
    if (!strict) made.violations.push_back(strict.error().to_string());
    return made;
}

/// A code that the payer shows: its kind, what it carries, and what is wrong with that.
void decode_consumer(const std::string& text, output_form form, showing how) {
    const auto read = read_consumer(text, form);
    emv::tlv_reader reader(read.code.data());
    if (form == output_form::json) {
        json made{{"kinds", read.kinds}, {"advice", consumer_advice}, {"objects", json::array()},
            {"violations", read.violations}};
        tlv_to_json(made["objects"], reader, how);
        std::cout << made.dump(2) << "\n";
    } else {
        print_kinds(read.kinds);
        std::cout << consumer_advice << "\n";
        print_tlv(std::cout, reader, how);
        print_violations(read.violations);
    }
    if (!read.violations.empty()) end_with_difference();
}

/// What `check` says of a code that the payer shows.
void check_consumer(const std::string& text, output_form form) {
    const auto read = read_consumer(text, form);
    if (form == output_form::json) {
        std::cout << json{{"kinds", read.kinds}, {"violations", read.violations}, {"advice", consumer_advice}}.dump(2)
                  << "\n";
    } else {
        print_kinds(read.kinds);
        print_violations(read.violations);
        std::cout << consumer_advice << "\n";
    }
    if (!read.violations.empty()) end_with_difference();
}

/// A payload, and what is wrong with its checksum alone.
struct read_payload {
    qr::mpm_payload fields;
    std::optional<tool_stop> crc;
};

read_payload parsed_payload(const std::string& text, qr::mpm_reading how) {
    auto payload = qr::mpm_payload::parse(text, how);
    if (payload) return {*std::move(payload), {}};
    const auto why = payload.error();
    if (why.code() != qr::qr_errc::crc_mismatch) throw tool_stop(why, read_so_far(text), ending::wrong_use);
    payload = qr::mpm_payload::parse(text, qr::mpm_reading::lenient);
    if (!payload) throw tool_stop(payload.error(), read_so_far(text), ending::wrong_use);
    return {*std::move(payload), wrong_crc(text, why)};
}

/// Something that is no payload of fields.
[[noreturn]] void refuse_kind(const std::string& text, output_form form) {
    const auto kinds = kinds_of(text);
    std::string found;
    for (const auto& kind : kinds)
        found.append(found.empty() ? "" : ", ").append(kind.get<std::string>());
    if (form == output_form::text) print_kinds(kinds);
    std::cout.flush();
    throw tool_complaint(ending::wrong_use,
        "no merchant-presented payload, so it has no fields; found " + (found.empty() ? "text" : found));
}

/// Fields from a file as `decode --json` prints them.
json read_fields(const std::string& file) {
    try {
        if (file == "-") return json::parse(std::cin);
        std::ifstream in(file);
        if (!in) throw tool_complaint(ending::wrong_use, printable_text(file) + ": cannot be read");
        return json::parse(in);
    } catch (const json::exception& why) {
        throw tool_complaint(
            ending::wrong_use, printable_text(file) + ": no JSON: " + printable_text(why.what(), 200));
    }
}

void add_encode(CLI::App& group) {
    struct options {
        std::vector<std::string> assignments;
        std::string fields;
        output_form output = output_form::text;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("encode", "Fields to text, CRC added");
    command->add_option("objects", chosen->assignments, "ID=VALUE or ID-SUB=VALUE, in the order they are to stand");
    command->add_option("--fields", chosen->fields, "File of fields as decode --json prints them; - for stdin");
    add_json_flag(*command, chosen->output);
    command->callback([chosen] {
        qr::mpm_payload payload;
        if (!chosen->fields.empty()) add_json(payload, read_fields(chosen->fields));
        for (const auto& one : chosen->assignments)
            add_assignment(payload, one);
        if (chosen->output == output_form::json)
            std::cout << json{{"text", payload.to_text()}}.dump(2) << "\n";
        else
            std::cout << payload.to_text() << "\n";
    });
}

void add_decode(CLI::App& group) {
    struct options {
        std::string text;
        std::string picture;
        bool lenient = false;
        bool unmasked = false;
        output_form output = output_form::text;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("decode", "Text to fields, phone, mail and name masked. Exit 1: wrong CRC, "
                                                   "or a rule of a payer's code broken; 2: broken "
                                                   "syntax, or no payload of fields");
    auto* text = command->add_option("text", chosen->text, "The payload, or a file of it; - for stdin");
    command->add_option("--picture", chosen->picture, "Read the payload from a PNG instead")->excludes(text);
    command->add_flag("--lenient", chosen->lenient, "Forgive a wrong CRC and templates that are none");
    command->add_flag("--unmasked", chosen->unmasked, "Personal data in full");
    command->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "Fields as JSON, errors too");
    command->callback([chosen] {
        const auto input = chosen->picture.empty() ? read_payload_text(chosen->text) : read_picture(chosen->picture);
        if (emv::consumer_code::recognised(input)) {
            return decode_consumer(input, chosen->output, chosen->unmasked ? showing::clear : showing::masked);
        }
        if (is_another_kind(input)) refuse_kind(input, chosen->output);
        const auto how = chosen->lenient ? qr::mpm_reading::lenient : qr::mpm_reading::exact;
        const auto [payload, crc] = parsed_payload(input, how);
        const qr_personal personal(payload);
        const auto* hide = chosen->unmasked ? nullptr : &personal;
        // What can be read is shown, whatever the checksum.
        if (chosen->output == output_form::text) {
            print_fields(payload, hide);
            std::cout.flush();
            if (crc) throw tool_stop(*crc);
            return;
        }
        auto made = to_json(payload, hide);
        if (crc) end_with_error(json{{"fields", std::move(made)}}, *crc);
        std::cout << made.dump(2) << "\n";
    });
}

void add_check(CLI::App& group) {
    struct options {
        std::string text;
        output_form output = output_form::text;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("check", "What a text is, and every rule that a payload breaks. Exit 1: a "
                                                  "rule broken, or a wrong CRC; 2: broken syntax");
    command->add_option("text", chosen->text, "The payload, or a file of it; - for stdin")->required();
    command->add_flag_callback(
        "--json", [chosen] { chosen->output = output_form::json; }, "As JSON, errors too");
    command->callback([chosen] {
        const auto input = read_payload_text(chosen->text);
        const bool as_json = chosen->output == output_form::json;
        if (emv::consumer_code::recognised(input)) return check_consumer(input, chosen->output);
        json made{{"kinds", kinds_of(input)}};
        if (!as_json) print_kinds(made["kinds"]);
        if (is_another_kind(input)) {
            if (as_json) std::cout << made.dump(2) << "\n";
            return;
        }
        const auto [payload, crc] = parsed_payload(input, qr::mpm_reading::exact);
        made["violations"] = json::array();
        for (const auto& one : qr::check_mpm(payload)) {
            made["violations"].push_back(one.text);
            if (!as_json) std::cout << "violation: " << one.text << "\n";
        }
        made["advice"] = json::array();
        for (const auto& one : qr::mpm_advice(payload)) {
            made["advice"].push_back(one);
            if (!as_json) std::cout << "advice: " << one << "\n";
        }
        const qr_personal personal(payload);
        if (crc && as_json) {
            made["fields"] = to_json(payload, &personal);
            end_with_error(std::move(made), *crc);
        }
        if (crc) {
            print_fields(payload, &personal);
            std::cout.flush();
            throw tool_stop(*crc);
        }
        const bool sound = made["violations"].empty();
        if (as_json)
            std::cout << made.dump(2) << "\n";
        else if (sound)
            std::cout << "ok\n";
        if (!sound) throw CLI::RuntimeError(static_cast<int>(ending::difference));
    });
}

qr::ec_level level_named(const std::string& name) {
    constexpr std::array all{qr::ec_level::low, qr::ec_level::medium, qr::ec_level::quartile, qr::ec_level::high};
    const auto* found = std::find_if(
        all.begin(), all.end(), [&](qr::ec_level each) { return qr::to_char(each) == (name[0] & ~0x20); });
    return found != all.end() ? *found : qr::ec_level::medium;
}

void write_png(const std::string& name, const bytes& picture) {
    std::ofstream out(name, std::ios::binary);
    out << as_text(picture) << std::flush;
    if (!out) throw tool_complaint(ending::own_fault, printable_text(name) + ": cannot be written");
}

/// A row of modules a string, 1 for dark.
json rows_of(const qr::module_matrix& modules) {
    json rows = json::array();
    for (std::size_t y = 0; y < modules.size(); ++y) {
        std::string row;
        for (std::size_t x = 0; x < modules.size(); ++x)
            row.push_back(modules.dark(x, y) ? '1' : '0');
        rows.push_back(std::move(row));
    }
    return rows;
}

void add_render(CLI::App& group) {
    struct options {
        std::string text;
        std::string png;
        std::size_t scale = 8;
        qr::symbol_options symbol;
        bool keep_level = false;
        bool plain = false;
        output_form output = output_form::text;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("render", "Any text as a QR symbol: terminal picture, or PNG");
    command->add_option("text", chosen->text, "The text; - for stdin")->required();
    command->add_option("--png", chosen->png, "Write this PNG file instead");
    command->add_option("--scale", chosen->scale, "Pixels a module in the PNG")->check(CLI::Range(1, 64));
    command
        ->add_option_function<std::string>(
            "--level", [chosen](const std::string& name) { chosen->symbol.least = level_named(name); },
            "Least error correction (default M)")
        ->check(CLI::IsMember({"L", "M", "Q", "H"}, CLI::ignore_case));
    command->add_flag("--keep-level", chosen->keep_level, "Do not raise the level where it costs nothing");
    command->add_flag("--plain", chosen->plain, "No escape sequences; for terminals with a dark ground");
    add_json_flag(*command, chosen->output);
    command->callback([chosen] {
        if (chosen->keep_level) chosen->symbol.raise = qr::ec_raise::never;
        const auto made = value_or_fail(qr::symbol::encode(read_text(chosen->text), chosen->symbol));
        const bool as_json = chosen->output == output_form::json;
        json told{{"version", made.version()}, {"level", std::string(1, qr::to_char(made.level()))}};
        if (!chosen->png.empty()) {
            write_png(chosen->png, value_or_fail(qr::render_png(made.modules(), chosen->scale)));
            told["png"] = chosen->png;
        } else if (as_json) {
            told["modules"] = rows_of(made.modules());
        } else {
            const auto colours = chosen->plain ? qr::terminal_colours::plain : qr::terminal_colours::ansi;
            std::cout << qr::render_terminal(made.modules(), colours);
        }
        if (as_json) {
            std::cout << told.dump(2) << "\n";
            return;
        }
        std::ostream& words = chosen->png.empty() ? std::cerr : std::cout;
        words << "version " << made.version() << ", level " << qr::to_char(made.level()) << "\n";
    });
}

} // namespace

void add_qr_command(CLI::App& tool) {
    auto* group = tool.add_subcommand("qr", "Payment codes: fields, text, rules, pictures");
    group->require_subcommand(1);
    add_encode(*group);
    add_decode(*group);
    add_render(*group);
    add_check(*group);
}

} // namespace cipherlane::cli
