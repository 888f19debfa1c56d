#include "cipherlane/gateway/captured_http.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/errc.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace cipherlane::cli {
namespace {

using plain_json = nlohmann::json;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

/// "> " or "< " before each line of a head, as `curl -v` has it; '\0': none.
char curl_mark(std::string_view text) {
    const bool marked = text.size() > 2 && (text[0] == '>' || text[0] == '<') && text[1] == ' ';
    return marked ? text[0] : '\0';
}

/// The next line of a head, without its end and its mark; what is left stays in `text`.
std::string_view next_line(std::string_view& text, char mark) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (mark != '\0' && !line.empty() && line[0] == mark) line.remove_prefix(std::min<std::size_t>(2, line.size()));
    return trimmed(line);
}

bool is_start(std::string_view line, captured_http& to) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) return false;
    const auto first = line.substr(0, blank);
    auto rest = trimmed(line.substr(blank + 1));
    if (first.starts_with("HTTP/")) {
        const auto word = rest.substr(0, rest.find(' '));
        return std::from_chars(word.data(), word.data() + word.size(), to.status).ec == std::errc();
    }
    constexpr std::string_view methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "get", "post"};
    if (std::find(std::begin(methods), std::end(methods), first) == std::end(methods)) return false;
    to.method = std::string(first);
    to.target = std::string(rest.substr(0, rest.find(' ')));
    return true;
}

/// "Name: value", of letters and hyphens.
bool is_field(std::string_view line, captured_http& to) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto name = line.substr(0, colon);
    const auto part = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    if (!std::all_of(name.begin(), name.end(), part)) return false;
    to.fields.add(name, trimmed(line.substr(colon + 1)));
    return true;
}

/// {"method", "url", "status", "headers": {}, "body": ""}, as programs print what they have got.
std::optional<captured_http> from_json(std::string_view text) {
    const auto all = plain_json::parse(text, nullptr, false);
    if (!all.is_object() || !all.contains("headers") || !all.contains("body")) return std::nullopt;
    captured_http made;
    const auto& body = all.at("body");
    made.body = body.is_string() ? body.get<std::string>() : body.dump();
    if (!body.is_string()) made.note = "the body stands as JSON and was written anew: its very bytes are lost";
    const auto& headers = all.at("headers");
    if (!headers.is_object()) return std::nullopt;
    for (const auto& [name, value] : headers.items()) {
        // Several of one name, as some programs keep them: of two nobody can say which one counts.
        const auto several = value.is_array() ? value : plain_json::array({value});
        for (const auto& one : several)
            made.fields.add(name, one.is_string() ? one.get<std::string>() : one.dump());
    }
    const auto text_of = [&](const char* name) {
        return all.contains(name) && all.at(name).is_string() ? all.at(name).get<std::string>() : std::string();
    };
    made.method = text_of("method");
    made.target = text_of("target").empty() ? text_of("url") : text_of("target");
    if (all.contains("status") && all.at("status").is_number_unsigned())
        made.status = all.at("status").get<unsigned>();
    return made;
}

/// As long as its head says.
void cut_to_length(captured_http& all) {
    const auto length = all.fields.only("Content-Length");
    std::size_t size = 0;
    if (!length || std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc()) return;
    if (size < all.body.size()) all.body.resize(size);
    if (size > all.body.size())
        all.note = "the body has " + std::to_string(all.body.size()) + " bytes, and Content-Length says " +
                   std::to_string(size);
}

} // namespace

result<captured_http> read_captured_http(std::string_view text) {
    const auto nothing = [] { return error(core_errc::bad_text, layer::tools).during("captured message"); };
    if (trimmed(text).empty()) return nothing();
    if (auto made = from_json(text)) return *std::move(made);
    captured_http made;
    auto rest = text;
    const char mark = curl_mark(rest);
    auto ahead = rest;
    const auto first = next_line(ahead, mark);
    const bool headed = is_start(first, made) || is_field(first, made);
    if (!headed || first.starts_with("{")) {
        made.body = std::string(text);
        return made;
    }
    rest = ahead;
    while (!rest.empty()) {
        const auto line = next_line(rest, mark);
        if (line.empty()) {
            made.body = std::string(rest);
            cut_to_length(made);
            return made;
        }
        if (!is_field(line, made))
            return nothing().with_hint("expected \"Name: value\", or an empty line before the body");
    }
    return made; // a head alone, as of a GET
}

} // namespace cipherlane::cli
