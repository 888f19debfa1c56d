#include "cipherlane/commands.hpp"
#include "cipherlane/qr_picture.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/qr/code_kind.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr int syntax_code = 1; // also: rules broken, for `check`
constexpr int usage_code = 2;
constexpr int crc_code = 3;

[[noreturn]] void fail(const error& why, int code) {
    const bool crc = why.code() == qr::qr_errc::crc_mismatch;
    std::cerr << (crc ? "CRC error: " : "error: ") << why << "\n";
    throw CLI::RuntimeError(crc ? crc_code : code);
}

template <class T>
T value_or_fail(result<T> done, int code = usage_code) {
    if (!done) fail(done.error(), code);
    return *std::move(done);
}

std::string read_text(const std::string& argument) {
    if (argument != "-") return argument;
    std::string text(std::istreambuf_iterator<char>(std::cin), {});
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
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

json to_json(const qr::mpm_payload& payload) {
    json fields = json::object();
    for (const auto& object : payload.level().objects()) {
        const auto inside = shown_as_template(object.id) ? payload.sub_level(object.id) : std::nullopt;
        if (!inside) {
            fields[id_text(object.id)] = object.value;
            continue;
        }
        json nested = json::object();
        for (const auto& sub : inside->objects())
            nested[id_text(sub.id)] = sub.value;
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
            if (auto done = payload.set(id, value.get<std::string>()); !done) fail(done.error(), usage_code);
            continue;
        }
        for (const auto& [sub, inner] : value.items()) {
            auto done = payload.set(id, object_id(sub), inner.get<std::string>());
            if (!done) fail(done.error(), usage_code);
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
    if (!done) fail(done.error(), usage_code);
}

void print_object(std::string_view indent, const std::string& path, std::string_view name, std::string_view value) {
    std::cout << indent << path << "  " << printable_text(value);
    if (!name.empty()) std::cout << "  (" << name << ")";
    std::cout << "\n";
}

void print_fields(const qr::mpm_payload& payload) {
    for (const auto& object : payload.level().objects()) {
        print_object("", id_text(object.id), qr::mpm_object_name(object.id), object.value);
        const auto inside = shown_as_template(object.id) ? payload.sub_level(object.id) : std::nullopt;
        if (!inside) continue;
        for (const auto& sub : inside->objects()) {
            print_object("    ", id_text(object.id) + "-" + id_text(sub.id), qr::mpm_object_name(object.id, sub.id),
                sub.value);
        }
    }
    constexpr std::string_view crc_words[] = {"right", "wrong", "absent"};
    std::cout << "63  CRC " << crc_words[static_cast<std::size_t>(payload.crc())] << "\n";
}

/// Says what a text can be; true where it is no merchant-presented payload, so that there is nothing more to judge.
bool print_kinds(std::string_view text) {
    const auto kinds = qr::kinds_of(text);
    for (const auto kind : kinds) {
        std::cout << "kind: " << qr::to_string(kind) << (qr::shown_by_payer(kind) ? " (shown by the payer)" : "")
                  << "\n";
    }
    if (kinds.size() > 1) std::cout << "ambiguous: the text alone does not tell\n";
    return !kinds.empty() && std::find(kinds.begin(), kinds.end(), qr::code_kind::emv_merchant) == kinds.end();
}

void add_encode(CLI::App& group) {
    struct options {
        std::vector<std::string> assignments;
        std::string json_file;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("encode", "Fields to text, CRC added");
    command->add_option("objects", chosen->assignments, "ID=VALUE or ID-SUB=VALUE, in the order they are to stand");
    command->add_option("--json", chosen->json_file, "File of fields as decode --json prints them; - for stdin");
    command->callback([chosen] {
        qr::mpm_payload payload;
        if (!chosen->json_file.empty()) {
            std::ifstream file(chosen->json_file);
            add_json(payload, chosen->json_file == "-" ? json::parse(std::cin) : json::parse(file));
        }
        for (const auto& one : chosen->assignments)
            add_assignment(payload, one);
        std::cout << payload.to_text() << "\n";
    });
}

void add_decode(CLI::App& group) {
    struct options {
        std::string text;
        std::string picture;
        bool lenient = false;
        bool as_json = false;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("decode", "Text to fields; exit code 1: broken syntax, 3: wrong CRC");
    auto* text = command->add_option("text", chosen->text, "The payload; - for stdin");
    command->add_option("--picture", chosen->picture, "Read the payload from a PNG instead")->excludes(text);
    command->add_flag("--lenient", chosen->lenient, "Forgive a wrong CRC and templates that are none");
    command->add_flag("--json", chosen->as_json, "Fields as JSON");
    command->callback([chosen] {
        const auto input = chosen->picture.empty() ? read_text(chosen->text) : read_picture(chosen->picture);
        const auto how = chosen->lenient ? qr::mpm_reading::lenient : qr::mpm_reading::exact;
        const auto payload = value_or_fail(qr::mpm_payload::parse(input, how), syntax_code);
        if (chosen->as_json) {
            std::cout << to_json(payload).dump(2, ' ', false, json::error_handler_t::replace) << "\n";
        } else {
            print_fields(payload);
        }
    });
}

void add_check(CLI::App& group) {
    struct options {
        std::string text;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("check",
        "What a text is, and every rule that a payload breaks; exit code 1: syntax or a rule broken, 3: wrong CRC");
    command->add_option("text", chosen->text, "The payload; - for stdin")->required();
    command->callback([chosen] {
        const auto input = read_text(chosen->text);
        if (print_kinds(input)) return;
        const auto payload = value_or_fail(qr::mpm_payload::parse(input), syntax_code);
        const auto violations = qr::check_mpm(payload);
        for (const auto& one : violations)
            std::cout << "violation: " << one.text << "\n";
        for (const auto& one : qr::mpm_advice(payload))
            std::cout << "advice: " << one << "\n";
        if (!violations.empty()) throw CLI::RuntimeError(syntax_code);
        std::cout << "ok\n";
    });
}

void add_render(CLI::App& group) {
    struct options {
        std::string text;
        std::string png;
        std::size_t scale = 8;
        qr::symbol_options symbol;
        bool keep_level = false;
        bool plain = false;
    };
    auto chosen = std::make_shared<options>();
    auto* command = group.add_subcommand("render", "Any text as a QR symbol: terminal picture, or PNG");
    command->add_option("text", chosen->text, "The text; - for stdin")->required();
    command->add_option("--png", chosen->png, "Write this PNG file instead");
    command->add_option("--scale", chosen->scale, "Pixels a module in the PNG")->check(CLI::Range(1, 64));
    const std::map<std::string, qr::ec_level> levels{{"L", qr::ec_level::low}, {"M", qr::ec_level::medium},
        {"Q", qr::ec_level::quartile}, {"H", qr::ec_level::high}};
    command->add_option("--level", chosen->symbol.least, "Least error correction: L, M, Q, H (default M)")
        ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case));
    command->add_flag("--keep-level", chosen->keep_level, "Do not raise the level where it costs nothing");
    command->add_flag("--plain", chosen->plain, "No escape sequences; for terminals with a dark ground");
    command->callback([chosen] {
        if (chosen->keep_level) chosen->symbol.raise = qr::ec_raise::never;
        const auto made = value_or_fail(qr::symbol::encode(read_text(chosen->text), chosen->symbol));
        std::ostream& words = chosen->png.empty() ? std::cerr : std::cout;
        if (chosen->png.empty()) {
            const auto colours = chosen->plain ? qr::terminal_colours::plain : qr::terminal_colours::ansi;
            std::cout << qr::render_terminal(made.modules(), colours);
        } else {
            const auto file = value_or_fail(qr::render_png(made.modules(), chosen->scale));
            std::ofstream out(chosen->png, std::ios::binary);
            if (!out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()))) {
                throw std::runtime_error("cannot write " + chosen->png);
            }
        }
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
