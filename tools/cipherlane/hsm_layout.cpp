#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::uint16_t no_limit = 0xFFFF;
constexpr std::size_t name_width = 20;

std::string unit_of(hsm::field_kind kind, std::size_t most = no_limit) {
    std::string words = "character";
    if (kind == hsm::field_kind::digits) words = "digit";
    if (kind == hsm::field_kind::hex) words = "hex digit";
    if (kind == hsm::field_kind::binary) words = "byte";
    return most == 1 ? words : words + "s";
}

std::string form_of(const hsm::field_spec& field) {
    switch (field.prefix) {
    case hsm::number_form::byte: return "one byte";
    case hsm::number_form::word: return "two bytes";
    case hsm::number_form::decimal: return std::to_string(field.prefix_width) + " digits";
    case hsm::number_form::hexadecimal: return std::to_string(field.prefix_width) + " hex digits";
    case hsm::number_form::ksn: return "3 hex digits, a key serial number's parts";
    default: return "none";
    }
}

std::string size_of(const hsm::field_spec& field) {
    if (field.least == field.most && field.wide != 0)
        return std::to_string(field.least) + " or " + std::to_string(field.wide) + " ";
    if (field.most == no_limit) return field.least == 0 ? "" : "at least " + std::to_string(field.least) + " ";
    if (field.least == field.most) return std::to_string(field.most) + " ";
    return std::to_string(field.least) + " to " + std::to_string(field.most) + " ";
}

std::string type_of(const hsm::field_spec& field) {
    if (field.kind == hsm::field_kind::length) return "length in " + form_of(field) + ", computed where not given";
    const bool key = field.kind == hsm::field_kind::key;
    switch (field.rule) {
    case hsm::length_rule::self: return key ? "key with its scheme tag" : "a DER value";
    case hsm::length_rule::ended: return "characters up to byte " + to_hex(byte_view(&field.stop, 1));
    case hsm::length_rule::rest: return "all that is left, " + unit_of(field.kind);
    case hsm::length_rule::prefixed:
        return (key ? "key as bytes" : size_of(field) + unit_of(field.kind)) + ", length in front in " +
               form_of(field);
    case hsm::length_rule::counted:
        return (key ? "key as bytes" : size_of(field) + unit_of(field.kind)) + ", counted by a length";
    default: return size_of(field) + unit_of(field.kind, field.most);
    }
}

std::string as_written(const hsm::field_spec& field, byte_view value) {
    const bool is_bytes = field.kind == hsm::field_kind::hex || field.kind == hsm::field_kind::binary;
    return is_bytes ? to_hex(value) : printable_text(as_text(value));
}

std::string name_in(const hsm::layout& request, const hsm::layout& answer, hsm::field_name name) {
    for (const auto* each : {&answer, &request}) {
        for (const auto& field : *each) {
            if (field.name == name && !field.label.empty()) return printable_text(field.label);
        }
    }
    return "?";
}

/// "when mode is 1 or B".
std::string condition_of(const hsm::field_spec& group, const hsm::layout& request, const hsm::layout& answer) {
    if (group.when == hsm::presence::given) return "optional:";
    std::string words = "when " + name_in(request, answer, group.subject);
    words += group.when == hsm::presence::equal     ? " is "
             : group.when == hsm::presence::unequal ? " is not "
                                                    : " is at least ";
    const auto* subject = static_cast<const hsm::field_spec*>(nullptr);
    for (const auto* each : {&request, &answer}) {
        for (const auto& field : *each) {
            if (field.name == group.subject && field.kind != hsm::field_kind::group) subject = &field;
        }
    }
    for (std::size_t i = 0; i < group.values.size(); ++i) {
        if (i != 0) words += " or ";
        words += subject != nullptr ? as_written(*subject, group.values[i]) : to_hex(group.values[i]);
    }
    return words + ":";
}

/// Codes of commands are written so.
std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
        [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

/// "0 ecb, 1 cbc": each code once, with all the names that mean it; of one that every name means, that alone.
std::string codes_of(const std::map<std::string, std::string, std::less<>>& table) {
    std::map<std::string, std::string> by_code;
    for (const auto& [word, code] : table) {
        auto& names = by_code[code];
        names.append(names.empty() ? "" : "/").append(printable_text(word));
    }
    if (by_code.size() == 1 && table.size() > 1) return printable_text(by_code.begin()->first) + " whatever it is";
    std::string all;
    for (const auto& [code, names] : by_code)
        all.append(all.empty() ? "" : ", ").append(printable_text(code)).append(" ").append(names);
    return all;
}

void print_field(const hsm::profile& dialect, const hsm::field_spec& field, const std::string& indent) {
    if (field.kind == hsm::field_kind::literal) {
        std::cout << indent << "'" << printable_text(field.label) << "'\n";
        return;
    }
    std::string name = printable_text(field.label);
    name.resize(std::max(name.size() + 1, name_width), ' ');
    std::cout << indent << name << type_of(field);
    if (field.has_preset) std::cout << "; default " << as_written(field, field.preset);
    if (field.takes_serial) std::cout << "; or * or ~, a BDK, descriptor and serial number";
    std::cout << "\n";
    const auto table = dialect.codes.find(field.domain);
    if (field.domain.empty() || table == dialect.codes.end()) return;
    std::cout << indent << std::string(name_width, ' ') << codes_of(table->second) << "\n";
}

/// The items from `at` to `end`, groups with what they span.
void print_items(const hsm::profile& dialect, const hsm::command_spec& command, const hsm::layout& items,
    std::size_t at, std::size_t end, const std::string& indent) {
    while (at < end) {
        const auto& item = items[at];
        if (item.kind != hsm::field_kind::group) {
            print_field(dialect, item, indent);
            ++at;
            continue;
        }
        std::cout << indent << condition_of(item, command.request, items) << "\n";
        print_items(dialect, command, items, at + 1, at + 1 + item.children, indent + "  ");
        at += 1U + item.children;
    }
}

void print_layout(
    const char* title, const hsm::profile& dialect, const hsm::command_spec& command, const hsm::layout& items) {
    if (items.empty()) return;
    std::cout << title << "\n";
    print_items(dialect, command, items, 0, items.size(), "  ");
}

void print_command(const hsm::profile& dialect, const hsm::command_spec& command) {
    std::cout << command.code << "  " << printable_text(command.title) << "\n"
              << (command.repeat == hsm::repetition::safe ? "may be sent again when no answer came\n"
                                                          : "never sent again by itself\n");
    if (command.needs_authorised) std::cout << "only in the unit's authorised state\n";
    if (command.request.empty()) std::cout << "request: no fields\n";
    print_layout("request", dialect, command, command.request);
    if (command.answer.empty()) std::cout << "answer: the status alone\n";
    print_layout("answer", dialect, command, command.answer);
    for (const auto& [name, record] : command.records)
        print_layout(("each record of " + printable_text(name)).c_str(), dialect, command, record);
    print_layout("second answer", dialect, command, command.second_answer);
    print_layout("with a refusal", dialect, command, command.diagnostic);
    if (std::find(command.mismatch.begin(), command.mismatch.end(), "*") != command.mismatch.end())
        std::cout << "a status without a meaning says that the check failed: the unit's codes are not published\n";
    if (!command.errors.empty()) std::cout << "statuses of its own\n";
    for (const auto& [status, meaning] : command.errors) {
        std::cout << "  " << printable_text(status) << "  " << printable_text(meaning) << "\n";
    }
}

json to_json(const hsm::profile& dialect, const hsm::field_spec& field, const std::string& when) {
    json made{{"name", printable_text(field.label)}, {"type", type_of(field)}};
    if (!when.empty()) made["when"] = when;
    if (field.has_preset) made["default"] = as_written(field, field.preset);
    const auto table = dialect.codes.find(field.domain);
    if (field.domain.empty() || table == dialect.codes.end()) return made;
    for (const auto& [word, code] : table->second)
        made["codes"][printable_text(word)] = printable_text(code);
    return made;
}

/// The fields in their order; what a group asks for stands at each of its fields.
void add_json(json& to, const hsm::profile& dialect, const hsm::command_spec& command, const hsm::layout& items,
    std::size_t at, std::size_t end, const std::string& when) {
    while (at < end) {
        const auto& item = items[at];
        if (item.kind == hsm::field_kind::group) {
            auto words = condition_of(item, command.request, items);
            words.pop_back(); // the colon
            add_json(to, dialect, command, items, at + 1, at + 1 + item.children,
                when.empty() ? words : when + ", " + words);
        } else if (item.kind != hsm::field_kind::literal) {
            to.push_back(to_json(dialect, item, when));
        }
        at += 1U + item.children;
    }
}

json to_json(const hsm::profile& dialect, const hsm::command_spec& command) {
    json made{{"code", command.code}, {"title", printable_text(command.title)},
        {"repeatable", command.repeat == hsm::repetition::safe}, {"authorised", command.needs_authorised}};
    const std::pair<const char*, const hsm::layout*> parts[] = {{"request", &command.request},
        {"answer", &command.answer}, {"second_answer", &command.second_answer},
        {"with_refusal", &command.diagnostic}};
    for (const auto& [name, items] : parts) {
        json fields = json::array();
        add_json(fields, dialect, command, *items, 0, items->size(), {});
        made[name] = std::move(fields);
    }
    for (const auto& [field, record] : command.records) {
        json fields = json::array();
        add_json(fields, dialect, command, record, 0, record.size(), {});
        made["records"][printable_text(field)] = std::move(fields);
    }
    for (const auto& [status, meaning] : command.errors)
        made["statuses"][printable_text(status)] = printable_text(meaning);
    return made;
}

void print(const json& made) {
    std::cout << made.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
}

} // namespace

void describe_commands(const std::string& profile, const std::string& code, output_form form) {
    const auto dialect = profile_of(profile);
    const bool as_json = form == output_form::json;
    if (!code.empty()) {
        const auto* command = dialect->command(code);
        if (command == nullptr) command = dialect->command(in_capitals(code));
        // "D132", as `hsm send` takes it.
        if (command == nullptr && code.size() == 4)
            command = dialect->command(in_capitals(code.substr(0, 2) + " " + code.substr(2)));
        if (command == nullptr) {
            throw tool_complaint(ending::wrong_use, "profile " + printable_text(dialect->name) + " has no command " +
                                                        printable_text(code) +
                                                        "; `cipherlane hsm describe` shows those it has");
        }
        return as_json ? print(to_json(*dialect, *command)) : print_command(*dialect, *command);
    }
    auto commands = std::vector<const hsm::command_spec*>();
    for (const auto& each : dialect->commands) {
        commands.push_back(&each);
    }
    std::sort(commands.begin(), commands.end(), [](const auto* a, const auto* b) { return a->code < b->code; });
    json list = json::array();
    for (const auto* each : commands) {
        if (as_json) {
            list.push_back({{"code", each->code}, {"title", printable_text(each->title)}});
        } else {
            std::cout << each->code << "  " << printable_text(each->title) << "\n";
        }
    }
    if (as_json) print({{"profile", dialect->name}, {"title", printable_text(dialect->title)}, {"commands", list}});
}

} // namespace cipherlane::cli
