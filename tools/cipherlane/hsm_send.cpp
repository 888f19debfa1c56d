#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_hint.hpp"
#include "cipherlane/hsm_tools.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

bool is_bytes(const hsm::field_spec& field) {
    return field.kind == hsm::field_kind::hex || field.kind == hsm::field_kind::binary;
}

/// A PIN, a key or a part of one that no other key protects.
bool is_clear_secret(const hsm::field_spec& field) {
    return field.label.starts_with("clear_") && field.kind != hsm::field_kind::group;
}

/// What was given, as it may be shown: of a secret how long it is and where its first character stands that is no
/// digit.
std::string shown_value(const hsm::field_spec& field, std::string_view found) {
    constexpr std::size_t longest = 80; // what is wrong may stand at the end of a key
    if (!is_clear_secret(field)) return "\"" + printable_text(found, longest) + "\"";
    auto words = std::to_string(found.size()) + " characters (a secret: not shown)";
    const auto wrong = std::find_if(found.begin(), found.end(), [](char c) { return hex_value(c) < 0; });
    if (wrong != found.end()) words += ", no hex digit at " + std::to_string(wrong - found.begin() + 1);
    return words;
}

/// "FIELD: found X, expected Y": a value that the field cannot have, in the words of `describe`.
[[noreturn]] void refuse_value(
    const hsm::profile& dialect, const std::string& code, const hsm::field_spec& field, std::string_view found) {
    std::string words = code + ": field " + field.label + ": found " + shown_value(field, found) + ", expected ";
    const auto table = dialect.codes.find(field.domain);
    const bool has_names = !field.domain.empty() && table != dialect.codes.end();
    if (is_bytes(field)) words += has_names ? "hex digits, two a byte, or " : "hex digits, two a byte";
    if (!is_bytes(field) && !has_names) words += "another value";
    if (has_names) {
        words += "one of";
        for (const auto& [name, value] : table->second)
            words += " " + printable_text(name);
    }
    throw tool_complaint(ending::wrong_use, words + "; `cipherlane hsm describe \"" + code + "\"` shows the fields");
}

/// Whether a word is a name that no table has: names are written in small letters, and codes are not.
template <class Table>
bool is_no_code(const Table& codes, std::string_view word) {
    const auto has_small = [](std::string_view text) {
        return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    };
    return has_small(word) &&
           std::none_of(codes.begin(), codes.end(), [&](const auto& row) { return has_small(row.second); });
}

/// A field's value from what stands behind its name: a name of its table of codes, hex for bytes, else as it is.
void set_value(const hsm::profile& dialect, const std::string& code, const hsm::field_spec& field,
    std::string_view text, hsm::field_set& into) {
    const auto* named = field.domain.empty() ? nullptr : dialect.code(field.domain, text);
    const auto value = named != nullptr ? std::string_view(*named) : text;
    // Codes that the table has not may be sent; what is nearly one of its names was meant to be one.
    const auto table = dialect.codes.find(field.domain);
    if (named == nullptr && !field.domain.empty() && table != dialect.codes.end() &&
        dialect.name_of(field.domain, text).empty()) {
        std::vector<std::string_view> names;
        for (const auto& row : table->second)
            names.emplace_back(row.first);
        if (!nearest_word(text, names).empty() || (!is_bytes(field) && is_no_code(table->second, text)))
            refuse_value(dialect, code, field, text);
    }
    if (!is_bytes(field)) return into.set(field.name, value);
    const auto decoded = from_hex(value);
    if (!decoded) refuse_value(dialect, code, field, text);
    into.set(field.name, *decoded);
}

/// ", did you mean X?" of a field's name that is nearly right.
std::string meant_field(const hsm::layout& request, std::string_view label) {
    std::vector<std::string_view> names;
    for (const auto& field : request) {
        const bool has_value = field.kind != hsm::field_kind::group && field.kind != hsm::field_kind::literal;
        if (has_value) names.emplace_back(field.label);
    }
    const auto meant = nearest_word(label, names);
    return meant.empty() ? "" : ", did you mean " + printable_text(meant) + "?";
}

/// A field that is not given, by the name that another one was given: a typed call fills it likewise. The key type
/// of a block tells its usage.
void fill_in(const hsm::profile& dialect, const hsm::command_spec& command,
    const std::map<std::string, std::string, std::less<>>& given, hsm::field_set& into) {
    for (const auto& field : command.request) {
        if (field.domain.empty() || field.kind == hsm::field_kind::group || into.has(field.name)) continue;
        const auto source = dialect.sources.find("@" + field.domain);
        if (source == dialect.sources.end()) continue;
        for (const auto& from : source->second.from) {
            const auto named = given.find(from);
            const auto* code = named == given.end() ? nullptr : dialect.code(field.domain, named->second);
            if (code == nullptr) continue;
            set_value(dialect, command.code, field, *code, into);
            break;
        }
    }
}

/// Where a value stands that is not among the arguments: "@FILE", "@-", and "-" where that is no value itself; empty:
/// it is the value.
std::string elsewhere(const hsm::field_spec& field, std::string_view text) {
    if (text.size() > 1 && text.front() == '@') return std::string(text.substr(1));
    return text == "-" && field.kind != hsm::field_kind::text ? "-" : "";
}

/// "4 bytes", "8 to 24 characters"
std::string size_words(const hsm::field_spec& field) {
    auto words = std::to_string(field.least);
    if (field.most != field.least) words += " to " + std::to_string(field.most);
    const bool hex = field.kind == hsm::field_kind::hex;
    return words + (hex ? " hex digits" : is_bytes(field) ? " bytes" : " characters");
}

/// An error of putting a request together, which is the user's.
[[noreturn]] void refuse_request(
    const hsm::profile& dialect, const hsm::command_spec& command, const error& why, const hsm::field_set& values) {
    // Nothing was written yet: the place in the message would tell nothing.
    const bool missing = why.code() == hsm::make_error_code(hsm::hsm_errc::missing_field);
    const auto* field = static_cast<const hsm::field_spec*>(nullptr);
    for (const auto& each : command.request) {
        if (each.label == why.field()) field = &each;
    }
    if (!missing && field != nullptr && values.has(field->name) && !is_bytes(*field) && !field->domain.empty())
        refuse_value(dialect, command.code, *field, values.text(field->name));
    if (why.code() == hsm::make_error_code(hsm::hsm_errc::bad_length) && field != nullptr &&
        values.has(field->name)) {
        const auto found = values.value(field->name).size() * (field->kind == hsm::field_kind::hex ? 2 : 1);
        throw tool_complaint(ending::wrong_use,
            command.code + ": field " + field->label + ": found " + std::to_string(found) + ", expected " +
                size_words(*field) + "; `cipherlane hsm describe \"" + command.code + "\"` shows the fields");
    }
    const auto told = missing ? error(why.code(), why.where()).during(why.operation()).in_field(why.field()) : why;
    throw tool_stop(told,
        "`cipherlane hsm describe \"" + command.code + "\"` with the same --profile shows its fields",
        ending::wrong_use);
}

} // namespace

hsm::raw_command build_command(
    const hsm::profile& dialect, const std::string& code, const std::vector<std::string>& pairs) {
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    const auto* command = engine.dialect().command(code);
    if (command == nullptr) {
        throw tool_complaint(ending::wrong_use, "profile " + printable_text(dialect.name) + " has no command " +
                                                    printable_text(code) +
                                                    "; `cipherlane hsm describe` shows those it has");
    }
    hsm::field_set values;
    std::map<std::string, std::string, std::less<>> names;
    for (const auto& pair : pairs) {
        const auto cut = pair.find('=');
        if (cut == std::string::npos)
            throw tool_complaint(ending::wrong_use, "found \"" + printable_text(pair) + "\", expected FIELD=VALUE");
        const auto label = pair.substr(0, cut);
        const auto named = [&](const hsm::field_spec& each) { return each.label == label; };
        const auto field = std::find_if(command->request.begin(), command->request.end(), named);
        if (field == command->request.end() || field->kind == hsm::field_kind::group ||
            field->kind == hsm::field_kind::literal) {
            throw tool_complaint(ending::wrong_use, code + " has no field " + printable_text(label) +
                                                        meant_field(command->request, label) +
                                                        "; `cipherlane hsm describe \"" + code + "\"` shows them");
        }
        const auto given = std::string_view(pair).substr(cut + 1);
        names.insert_or_assign(label, std::string(given));
        if (const auto place = elsewhere(*field, given); !place.empty()) {
            const auto secret = read_secret_line(field->label, place);
            set_value(dialect, code, *field, as_text(secret.expose()), values);
        } else {
            set_value(dialect, code, *field, given, values);
        }
    }
    fill_in(dialect, *command, names, values);
    bytes body;
    if (auto made = engine.encode_request(*command, values, body); !made)
        refuse_request(dialect, *command, made.error(), values);
    return hsm::raw_command(std::move(body));
}

namespace {

/// Text as it is; "hex:…" as bytes, and so digits alone where no command is text.
hsm::raw_command parse_command(const hsm::profile& dialect, const std::string& text) {
    const bool marked = text.starts_with("hex:");
    const bool digits = dialect.frame.answers == hsm::framing::style::flag && from_hex(text);
    if (!marked && !digits) return hsm::raw_command(text);
    auto body = from_hex(text.substr(marked ? 4 : 0));
    if (!body) throw tool_stop(body.error(), "hex: and two digits for each byte", ending::wrong_use);
    return hsm::raw_command(*std::move(body));
}

/// What an answer turned out to be.
struct sent {
    std::string code;
    std::string status;
    std::string meaning;
    bool done = false; ///< success, or success with a warning
    std::vector<described_field> fields;
    std::string unread; ///< a body that the table does not explain
    std::chrono::microseconds took{0};
};

/// A check that fails where no code of it is published; empty: the status is another.
std::string words_of_mismatch(const hsm::command_spec& command, const std::string& status) {
    const auto lists = [&](std::string_view word) {
        return std::find(command.mismatch.begin(), command.mismatch.end(), word) != command.mismatch.end();
    };
    if (lists(status)) return "the check failed";
    return lists("*") ? "the check failed; what the unit's codes say beyond that is not published" : "";
}

sent explain_answer(
    const hsm::profile& dialect, const hsm::raw_command& asked, const hsm::raw_answer& got, reveal how) {
    sent made;
    made.status = escaped_text(got.status.view());
    if (got.status != "00") made.meaning = printable_text(got.meaning, 1'000);
    made.done = got.status == "00";
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    hsm::field_set request;
    const auto known = engine.decode_request(asked.body(), request);
    if (known) {
        made.code = known->command->code;
        if (!made.done && made.meaning.empty()) made.meaning = words_of_mismatch(*known->command, made.status);
        hsm::field_set values;
        const auto answer = engine.decode_answer(*known->command, got.body, request, values);
        if (answer) {
            made.fields = describe_answer(engine, *known->command, values, how);
            made.done = answer->what != hsm::answer_status::kind::refused;
            // A body behind a status that carries none is no secret of the tool.
            if (made.done || values.size() != 0) return made;
        }
    }
    // A refusal has no body as a rule.
    const std::size_t bare = dialect.frame.answers == hsm::framing::style::racal ? 4 : 2;
    if (got.status != "00" && got.body.size() <= bare) return made;
    made.unread = how == reveal::all ? to_hex(got.body) : std::to_string(got.body.size()) + " bytes (--show-all)";
    return made;
}

/// A field on a line; records on one each, below it.
void print_field(const described_field& field) {
    std::cout << "  " << field.name << ":" << (field.value.empty() ? "" : " ") << field.value << "\n";
    for (const auto& row : field.rows) {
        std::cout << "   ";
        for (const auto& each : row)
            std::cout << " " << each.name << " " << each.value << (&each == &row.back() ? "\n" : ",");
    }
}

json to_json(const described_field& field) {
    if (field.rows.empty()) return field.value;
    json list = json::array();
    for (const auto& row : field.rows) {
        json record = json::object();
        for (const auto& each : row)
            record[each.name] = each.value;
        list.push_back(std::move(record));
    }
    return list;
}

void print(const sent& what, std::size_t line, output_form form) {
    if (form == output_form::text) {
        if (line != 0) std::cout << line << " " << what.code << (what.code.empty() ? "" : " ");
        std::cout << "status " << what.status << (what.meaning.empty() ? "" : " (" + what.meaning + ")") << "\n";
        for (const auto& field : what.fields)
            print_field(field);
        if (!what.unread.empty()) std::cout << "  not understood by the table, as it came: " << what.unread << "\n";
        return;
    }
    json made;
    if (line != 0) made["line"] = line;
    if (!what.code.empty()) made["command"] = what.code;
    made["status"] = what.status;
    if (!what.meaning.empty()) made["meaning"] = what.meaning;
    made["done"] = what.done;
    made["microseconds"] = what.took.count();
    made["fields"] = json::object();
    for (const auto& field : what.fields)
        made["fields"][field.name] = to_json(field);
    if (!what.unread.empty()) made["unread"] = what.unread;
    const auto indent = line != 0 ? -1 : 2;
    std::cout << made.dump(indent, ' ', false, json::error_handler_t::replace) << "\n";
}

/// Whether the unit has done it.
bool send_one(hsm::client& unit, const send_options& how, const hsm::raw_command& command, std::size_t line) {
    const auto start = std::chrono::steady_clock::now();
    const auto answer = unit.execute(command, how.to.bounds());
    if (!answer) {
        const auto& why = answer.error();
        // Without a place nothing was sent: it is the request that the table cannot read.
        if (why.endpoint().empty() && why.is(condition::bad_message))
            throw tool_stop(why, "nothing was sent; `cipherlane hsm describe` shows the fields", ending::wrong_use);
        give_up(why, &unit.dialect());
    }
    auto made = explain_answer(unit.dialect(), command, *answer, how.how);
    made.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    print(made, line, how.to.form());
    return made.done;
}

/// A line of a file: a code of the table with FIELD=VALUE behind it, "hex:…", or the command as it is.
hsm::raw_command parse_line(const hsm::profile& dialect, const std::string& line) {
    std::istringstream words(line);
    std::vector<std::string> all;
    for (std::string word; words >> word;)
        all.push_back(word);
    for (std::size_t size = std::min<std::size_t>(all.size(), 2); size != 0; --size) {
        const auto code = size == 2 ? all[0] + " " + all[1] : all[0];
        const std::vector<std::string> pairs(all.begin() + static_cast<std::ptrdiff_t>(size), all.end());
        const bool fields = std::all_of(
            pairs.begin(), pairs.end(), [](const std::string& each) { return each.find('=') != std::string::npos; });
        if (dialect.command(code) != nullptr && fields) return build_command(dialect, code, pairs);
    }
    return parse_command(dialect, line);
}

/// The last line of a script's answers: what stopped them.
[[noreturn]] void end_lines(const json& why, std::size_t line, ending ends) {
    const json made{{"line", line}, {"error", why}, {"exit", static_cast<int>(ends)}};
    std::cout << made.dump(-1, ' ', false, json::error_handler_t::replace) << "\n" << std::flush;
    throw CLI::RuntimeError(static_cast<int>(ends));
}

/// One connection for all lines; a refusal does not end it, a link that breaks does.
bool send_lines(hsm::client& unit, const send_options& how) {
    std::ifstream file;
    if (how.file != "-") {
        file.open(how.file);
        std::error_code none;
        const bool folder = std::filesystem::is_directory(how.file, none);
        if (!file || folder) {
            throw tool_complaint(
                ending::wrong_use, how.file + (folder ? ": found a folder, expected a file" : ": cannot be read"));
        }
    }
    std::istream& from = how.file == "-" ? std::cin : file;
    bool all = true;
    std::size_t number = 0;
    for (std::string line; std::getline(from, line);) {
        ++number;
        // Editors of Windows put a mark in front of the first line.
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        if (number == 1 && line.starts_with(mark)) line.erase(0, mark.size());
        if (line.ends_with('\r')) line.pop_back();
        if (line.find_first_not_of(" \t") == std::string::npos || line.starts_with('#')) continue;
        try {
            all = send_one(unit, how, parse_line(unit.dialect(), line), number) && all;
        } catch (const tool_complaint& wrong) {
            if (how.to.form() == output_form::json) end_lines({{"text", wrong.what()}}, number, wrong.ends());
            throw tool_complaint(wrong.ends(), how.file + ", line " + std::to_string(number) + ": " + wrong.what());
        } catch (const tool_stop& wrong) {
            if (how.to.form() == output_form::json) {
                auto made = cli::to_json(wrong.why());
                if (!wrong.advice().empty()) made["advice"] = wrong.advice();
                end_lines(made, number, wrong.ends());
            }
            const auto place = how.file + ", line " + std::to_string(number);
            throw tool_stop(
                wrong.why(), wrong.advice().empty() ? place : place + ": " + wrong.advice(), wrong.ends());
        }
    }
    return all;
}

} // namespace

namespace {

/// Says where a clear secret stands among the arguments.
void warn_of_secrets(const hsm::profile& dialect, const send_options& how, const hsm::raw_command& command) {
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    hsm::field_set values;
    const auto read = engine.decode_request(command.body(), values);
    if (!read) return;
    for (const auto& field : read->command->request) {
        if (!is_clear_secret(field) || !values.has(field.name)) continue;
        const bool given_elsewhere = std::any_of(how.pairs.begin(), how.pairs.end(), [&](const std::string& pair) {
            return pair.starts_with(field.label + "=") &&
                   !elsewhere(field, std::string_view(pair).substr(field.label.size() + 1)).empty();
        });
        if (!given_elsewhere) warn_of_arguments("hsm send", field.label);
    }
}

} // namespace

void send(const send_options& how) {
    hsm::client unit(how.to.settings());
    const auto& dialect = unit.dialect();
    bool done = false;
    if (!how.file.empty()) {
        done = send_lines(unit, how);
    } else {
        auto code = how.text;
        auto pairs = how.pairs;
        // Codes of two bytes are two words where nobody put them in quotation marks.
        if (!pairs.empty() && dialect.command(code + " " + pairs.front()) != nullptr) {
            code += " " + pairs.front();
            pairs.erase(pairs.begin());
        }
        const bool by_table = !pairs.empty() || dialect.command(code) != nullptr;
        const auto command = by_table ? build_command(dialect, code, pairs) : parse_line(dialect, code);
        warn_of_secrets(dialect, how, command);
        done = send_one(unit, how, command, 0);
    }
    if (!done) throw CLI::RuntimeError(static_cast<int>(ending::refused));
}

} // namespace cipherlane::cli
