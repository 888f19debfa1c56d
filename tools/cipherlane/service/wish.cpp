#include "cipherlane/service/wish.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace cipherlane::service {

namespace {

error wrong(std::string_view field, std::string_view found, std::string_view expected) {
    std::string hint("found ");
    hint.append(found).append(", expected ").append(expected);
    return error(acquiring_errc::bad_request, layer::tools).during("request").in_field(field).with_hint(hint);
}

std::string range_of(const member& of) {
    return std::to_string(of.least) + " to " + std::to_string(of.most);
}

std::string expectation(const member& of) {
    switch (of.kind) {
    case value_kind::text:
        return of.choices.empty() ? "text of " + range_of(of) + " bytes" : "one of: " + std::string(of.choices);
    case value_kind::number: return "a whole number, " + range_of(of);
    case value_kind::flag: return "true or false";
    case value_kind::payment: break;
    }
    return "a payment's key (text) or its handle (a whole number)";
}

/// Never the value itself: it may be a payment code.
std::string_view kind_of(const nlohmann::json& value) {
    if (value.is_number_float()) return "a fraction";
    if (value.is_number()) return "a number out of range";
    if (value.is_string()) return "text that cannot be";
    if (value.is_boolean()) return "true or false";
    if (value.is_null()) return "null";
    return value.is_array() ? "an array" : "an object";
}

bool is_clean(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

bool in_range(std::uint64_t value, const member& of) {
    return value >= static_cast<std::uint64_t>(of.least) && value <= static_cast<std::uint64_t>(of.most);
}

bool fits(const nlohmann::json& value, const member& of) {
    const bool whole = value.is_number_unsigned();
    switch (of.kind) {
    case value_kind::flag: return value.is_boolean();
    case value_kind::number: return whole && in_range(value.get<std::uint64_t>(), of);
    case value_kind::payment:
        if (whole) return value.get<std::uint64_t>() > 0;
        [[fallthrough]];
    case value_kind::text: break;
    }
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    const auto words = words_of(of.choices);
    if (!words.empty()) return std::find(words.begin(), words.end(), text) != words.end();
    return in_range(text.size(), of) && is_clean(text);
}

/// A member that stands twice means two things.
struct duplicates {
    std::vector<std::set<std::string>> open;
    std::string first;

    bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
        constexpr int deepest = 8;
        if (depth > deepest && first.empty()) first = "(too deep)";
        if (event == nlohmann::json::parse_event_t::object_start) open.emplace_back();
        if (event == nlohmann::json::parse_event_t::object_end && !open.empty()) open.pop_back();
        if (event == nlohmann::json::parse_event_t::key && !open.empty()) {
            const auto& name = parsed.get_ref<const std::string&>();
            if (!open.back().insert(name).second && first.empty()) first = name;
        }
        return true;
    }
};

} // namespace

std::vector<std::string_view> words_of(std::string_view choices) {
    std::vector<std::string_view> made;
    while (!choices.empty()) {
        const auto end = choices.find(' ');
        made.push_back(choices.substr(0, end));
        choices = end == std::string_view::npos ? std::string_view() : choices.substr(end + 1);
    }
    return made;
}

result<void> judge(const nlohmann::json& object, std::span<const member> may_have) {
    for (const auto& [name, value] : object.items()) {
        const auto same = [&name = name](const member& one) { return one.name == name; };
        if (std::any_of(may_have.begin(), may_have.end(), same)) continue;
        std::vector<std::string_view> names;
        for (const auto& one : may_have)
            names.push_back(one.name);
        const auto near = nearest_word(name, names);
        return wrong(name, "a member that is not known",
            near.empty() ? "no such member here" : "did you mean " + std::string(near));
    }
    for (const auto& one : may_have)
        CIPHERLANE_CHECK(judge(object, one));
    return {};
}

result<void> judge(const nlohmann::json& object, const member& one) {
    const auto found = object.find(one.name);
    if (found == object.end())
        return one.is == presence::needed ? wrong(one.name, "nothing", expectation(one)) : result<void>();
    return fits(*found, one) ? result<void>() : wrong(one.name, kind_of(*found), expectation(one));
}

result<nlohmann::json> read_object(std::string_view text) {
    nlohmann::json object = nlohmann::json::object();
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return object;
    duplicates seen;
    try {
        object = nlohmann::json::parse(text, [&seen](int depth, nlohmann::json::parse_event_t event,
                                                 nlohmann::json& parsed) { return seen(depth, event, parsed); });
    } catch (const nlohmann::json::parse_error& why) {
        return error(acquiring_errc::bad_request, layer::tools)
            .during("request")
            .in_field("body")
            .at_offset(why.byte)
            .with_hint("found no JSON, expected an object");
    } catch (const nlohmann::json::exception&) {
        return wrong("body", "a number that nothing can hold", "numbers in their range");
    }
    if (object.is_object() && seen.first.empty()) return object;
    wipe_texts(object); // it may hold a payment code
    if (!object.is_object()) return wrong("body", kind_of(object), "an object");
    return wrong(seen.first, "a member that stands twice, or too deep", "each once");
}

result<nlohmann::json> read_body(std::string_view text, std::span<const member> may_have) {
    CIPHERLANE_TRY(auto object, read_object(text));
    CIPHERLANE_CHECK(judge(object, may_have));
    return object;
}

result<nlohmann::json> read_query(
    std::span<const std::pair<std::string, std::string>> query, std::span<const member> may_have) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [name, text] : query) {
        const auto is = std::find_if(
            may_have.begin(), may_have.end(), [&name = name](const member& one) { return one.name == name; });
        if (object.contains(name)) return wrong(name, "a word that stands twice", "each once");
        object[name] = text;
        if (is == may_have.end() || is->kind == value_kind::text || is->kind == value_kind::payment) continue;
        if (is->kind == value_kind::flag && (text == "true" || text == "false")) object[name] = text == "true";
        std::uint64_t number = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (is->kind == value_kind::number && fault == std::errc{} && end == text.data() + text.size())
            object[name] = number;
    }
    CIPHERLANE_CHECK(judge(object, may_have));
    return object;
}

nlohmann::ordered_json schema_of(const member& one) {
    nlohmann::ordered_json made;
    switch (one.kind) {
    case value_kind::flag: made["type"] = "boolean"; break;
    case value_kind::number: made = {{"type", "integer"}, {"minimum", one.least}, {"maximum", one.most}}; break;
    case value_kind::payment:
        made["oneOf"] = nlohmann::ordered_json::array({nlohmann::ordered_json{{"type", "string"}},
            nlohmann::ordered_json{{"type", "integer"}, {"minimum", 1}}});
        break;
    case value_kind::text:
        made["type"] = "string";
        if (one.choices.empty()) {
            made["minLength"] = one.least;
            made["maxLength"] = one.most;
        } else {
            made["enum"] = words_of(one.choices);
        }
        break;
    }
    made["description"] = one.about;
    return made;
}

nlohmann::ordered_json schema_of(std::span<const member> members) {
    nlohmann::ordered_json made{{"type", "object"}, {"additionalProperties", false}};
    auto properties = nlohmann::ordered_json::object();
    auto needed = nlohmann::ordered_json::array();
    for (const auto& one : members) {
        properties[std::string(one.name)] = schema_of(one);
        if (one.is == presence::needed) needed.push_back(one.name);
    }
    if (!needed.empty()) made["required"] = std::move(needed);
    made["properties"] = std::move(properties);
    return made;
}

void wipe_texts(nlohmann::json& object) noexcept {
    if (object.is_string()) {
        auto& text = object.get_ref<std::string&>();
        wipe(std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
    }
    if (!object.is_structured()) return;
    for (auto& value : object)
        wipe_texts(value);
}

} // namespace cipherlane::service
