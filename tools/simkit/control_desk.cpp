#include "simkit/control_desk.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

struct type_row {
    std::string_view name;
    bool (nlohmann::json::*holds)() const noexcept;
    std::string_view words;
};

constexpr type_row types[] = {
    {"text", &nlohmann::json::is_string, "text"},
    {"number", &nlohmann::json::is_number, "a number"},
    {"yes_or_no", &nlohmann::json::is_boolean, "true or false"},
    {"list", &nlohmann::json::is_array, "a list"},
    {"object", &nlohmann::json::is_object, "an object"},
};

const type_row& type_named(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(types), std::end(types), [&](const type_row& row) { return row.name == name; });
    if (found == std::end(types)) throw std::logic_error("no such argument type: " + std::string(name));
    return *found;
}

} // namespace

control_argument::control_argument(const char* spelt) {
    const std::string_view text(spelt);
    const auto colon = text.find(':');
    needed = !text.ends_with('?');
    name = text.substr(0, colon);
    type = text.substr(colon + 1, text.size() - colon - (needed ? 1 : 2));
    static_cast<void>(type_named(type));
}

void check_arguments(const nlohmann::json& request, const std::vector<control_argument>& known) {
    for (const auto& [key, value] : request.items()) {
        const auto found = std::find_if(
            known.begin(), known.end(), [&name = key](const control_argument& one) { return one.name == name; });
        if (found == known.end()) throw std::invalid_argument("unknown entry " + key);
        const auto& type = type_named(found->type);
        if (!(value.*type.holds)()) throw std::invalid_argument(key + " must be " + std::string(type.words));
    }
    for (const auto& one : known) {
        if (one.needed && !request.contains(one.name)) throw std::invalid_argument(one.name + " is missing");
    }
}

std::int64_t whole_number(
    const nlohmann::json& request, const char* name, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    if (!request.contains(name)) return otherwise;
    const auto& value = request[name];
    // Compared with a signed number, what only an unsigned one holds would wrap.
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (!value.is_number_integer() || huge || value < least || value > most) {
        throw std::invalid_argument(
            std::string(name) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value.get<std::int64_t>();
}

control_desk::control_desk() {
    add("help", {}, "lists the commands", [this](const nlohmann::json&) { return help(); });
}

control_desk::~control_desk() = default;

void control_desk::add(std::string name, std::vector<control_argument> arguments, std::string does, handler run) {
    rows_.push_back({std::move(name), std::move(arguments), std::move(does), std::move(run)});
}

nlohmann::json control_desk::serve(const nlohmann::json& request) const {
    if (!request.is_object() || !request.contains("cmd") || !request["cmd"].is_string()) {
        throw std::invalid_argument("cmd must be text");
    }
    const auto name = request["cmd"].get<std::string>();
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const row& one) { return one.name == name; });
    if (found == rows_.end()) throw std::invalid_argument("unknown command " + name + "; help lists them");
    std::vector<control_argument> known{"cmd:text"};
    known.insert(known.end(), found->arguments.begin(), found->arguments.end());
    check_arguments(request, known);
    return found->run(request);
}

nlohmann::json control_desk::help() const {
    nlohmann::json commands = nlohmann::json::array();
    for (const auto& one : rows_) {
        nlohmann::json arguments = nlohmann::json::object();
        for (const auto& argument : one.arguments)
            arguments[argument.name] = argument.type + (argument.needed ? "" : ", optional");
        commands.push_back({{"cmd", one.name}, {"arguments", arguments}, {"does", one.does}});
    }
    return {{"commands", commands}};
}

} // namespace cipherlane::sim
