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

/// What `curl -v` says of itself beside a message, and of bytes that it does not show.
bool is_remark(std::string_view line) {
    return line.starts_with("* ") || line.starts_with("{ [") || line.starts_with("} [") || line == "*";
}

void add_note(captured_http& to, std::string_view more) {
    to.note.append(to.note.empty() ? "" : "; ").append(more);
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

/// HTTP/2 has the first line in fields of its own.
bool is_start_field(std::string_view name, std::string_view value, captured_http& to) {
    if (name == ":method") to.method = std::string(value);
    if (name == ":path") to.target = std::string(value);
    if (name == ":authority") to.fields.add("Host", value);
    if (name == ":status")
        return std::from_chars(value.data(), value.data() + value.size(), to.status).ec == std::errc();
    return name == ":method" || name == ":path" || name == ":authority" || name == ":scheme";
}

/// "HTTP_WECHATPAY_NONCE" is "WECHATPAY-NONCE", as servers hand it to programs.
std::string name_of_field(std::string_view name) {
    constexpr std::string_view prefix = "HTTP_";
    if (!name.starts_with(prefix)) return std::string(name);
    std::string made(name.substr(prefix.size()));
    std::replace(made.begin(), made.end(), '_', '-');
    return made;
}

/// "Name: value", of letters and hyphens.
bool is_field(std::string_view line, captured_http& to) {
    const auto colon = line.find(':', line.starts_with(':') ? 1 : 0);
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto name = line.substr(0, colon);
    if (name.starts_with(':')) return is_start_field(name, trimmed(line.substr(colon + 1)), to);
    const auto part = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    if (!std::all_of(name.begin(), name.end(), part)) return false;
    to.fields.add(name_of_field(name), trimmed(line.substr(colon + 1)));
    return true;
}

std::string text_in(const plain_json& all, const char* name) {
    const auto found = all.find(name);
    return found != all.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// {"Name": "value"}, {"Name": ["value"]}, [{"name": "Name", "value": "value"}] or [["Name", "value"]].
bool add_fields(const plain_json& headers, captured_http& to) {
    const auto add = [&](const std::string& name, const plain_json& value) {
        to.fields.add(name_of_field(name), value.is_string() ? value.get<std::string>() : value.dump());
    };
    if (headers.is_object()) {
        for (const auto& [name, value] : headers.items()) {
            // Several of one name, as some programs keep them: of two nobody can say which one counts.
            for (const auto& one : value.is_array() ? value : plain_json::array({value}))
                add(name, one);
        }
        return true;
    }
    if (!headers.is_array()) return false;
    for (const auto& one : headers) {
        const bool pair = one.is_array() && one.size() == 2 && one[0].is_string();
        if (!pair && (!one.is_object() || text_in(one, "name").empty() || !one.contains("value"))) return false;
        pair ? add(one[0].get<std::string>(), one[1]) : add(text_in(one, "name"), one.at("value"));
    }
    return true;
}

/// The last exchange of a browser's or proxy's archive (HAR): its answer, or the request that has none.
std::optional<captured_http> from_archive(const plain_json& all) {
    const auto entries = plain_json::json_pointer("/log/entries");
    if (!all.contains(entries) || !all.at(entries).is_array() || all.at(entries).empty()) return std::nullopt;
    const auto& last = all.at(entries).back();
    const auto part = [&](const char* name) {
        const bool there = last.is_object() && last.contains(name) && last.at(name).is_object();
        return there ? last.at(name) : plain_json::object();
    };
    const auto answer = part("response");
    const auto request = part("request");
    captured_http made;
    if (answer.contains("status") && answer.at("status").is_number_unsigned())
        made.status = answer.at("status").get<unsigned>();
    const bool answered = made.status != 0;
    const auto& whole = answered ? answer : request;
    if (!whole.contains("headers") || !add_fields(whole.at("headers"), made)) return std::nullopt;
    const auto* const where = answered ? "content" : "postData";
    if (whole.contains(where) && whole.at(where).is_object()) {
        made.body = text_in(whole.at(where), "text");
        if (text_in(whole.at(where), "encoding") == "base64") add_note(made, "the body stands as base64: unpack it");
    }
    if (!answered) {
        made.method = text_in(request, "method");
        made.target = text_in(request, "url");
    }
    add_note(made,
        answered ? "of the archive the last answer is looked at" : "of the archive the last request is looked at");
    return made;
}

/// A notice's parameters that a program has read and kept as JSON: the form that they came as.
std::optional<captured_http> from_parameters(const plain_json& all) {
    const bool signed_form = all.contains("sign") && (all.contains("app_id") || all.contains("mid"));
    const bool of_unionpay = all.contains("signature") && all.contains("signMethod");
    if (!signed_form && !of_unionpay) return std::nullopt;
    constexpr std::string_view digits = "0123456789ABCDEF";
    captured_http made;
    for (const auto& [name, value] : all.items()) {
        const auto text = value.is_string() ? value.get<std::string>() : value.dump();
        made.body.append(made.body.empty() ? "" : "&").append(name).append("=");
        for (const char one : text) {
            const auto byte = static_cast<unsigned char>(one);
            const bool plain = is_digit(one) || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
            if (plain) made.body += one;
            if (!plain) made.body.append("%").append(1, digits[byte / 16]).append(1, digits[byte % 16]);
        }
    }
    add_note(made, "the parameters stood as JSON: what a program made of them may not be what came");
    return made;
}

/// {"method", "url", "status", "headers": {}, "body": ""}, as programs print what they have got.
std::optional<captured_http> from_json(std::string_view text) {
    const auto all = plain_json::parse(text, nullptr, false);
    if (!all.is_object()) return std::nullopt;
    if (auto made = from_archive(all)) return made;
    if (auto made = from_parameters(all)) return made;
    if (!all.contains("headers") || !all.contains("body")) return std::nullopt;
    captured_http made;
    const auto& body = all.at("body");
    made.body = body.is_string() ? body.get<std::string>() : body.dump();
    if (!body.is_string()) made.note = "the body stands as JSON and was written anew: its very bytes are lost";
    if (!add_fields(all.at("headers"), made)) return std::nullopt;
    made.method = text_in(all, "method");
    made.target = text_in(all, "target").empty() ? text_in(all, "url") : text_in(all, "target");
    if (all.contains("status") && all.at("status").is_number_unsigned())
        made.status = all.at("status").get<unsigned>();
    return made;
}

/// Out of the pieces that it was sent in, each with its size before it; what is in none is left as it is.
void take_out_of_chunks(captured_http& all) {
    const auto coding = all.fields.only("Transfer-Encoding");
    if (!coding || coding->find("chunked") == std::string_view::npos) return;
    std::string whole;
    for (std::string_view rest = all.body;;) {
        const auto end = rest.find("\r\n");
        const auto line = rest.substr(0, std::min(end, rest.find(';')));
        std::size_t size = 0;
        const auto read = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        if (end == std::string_view::npos || line.empty() || read.ec != std::errc() ||
            read.ptr != line.data() + line.size())
            return;
        rest.remove_prefix(end + 2);
        if (size == 0) break;
        if (rest.size() < 2 || size > rest.size() - 2 || rest.substr(size, 2) != "\r\n")
            return add_note(all, "the body stands in the chunks that it was sent in, and is cut off");
        whole.append(rest.substr(0, size));
        rest.remove_prefix(size + 2);
    }
    all.body = std::move(whole);
    add_note(all, "the body stood in the chunks that it was sent in: they are taken out");
}

/// As long as its head says.
void cut_to_length(captured_http& all) {
    const auto length = all.fields.only("Content-Length");
    std::size_t size = 0;
    if (!length || std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc()) return;
    if (size < all.body.size()) all.body.resize(size);
    if (size > all.body.size())
        add_note(all, "the body has " + std::to_string(all.body.size()) + " bytes, and Content-Length says " +
                          std::to_string(size));
}

void look_at_body(captured_http& all) {
    cut_to_length(all);
    take_out_of_chunks(all);
    if (all.body.starts_with("\x1F\x8B")) add_note(all, "the body is packed (gzip): what it unpacks to is signed");
}

/// All that `curl -v` prints of one exchange or several: the last answer. The body of a request is not among it.
std::optional<captured_http> from_transcript(std::string_view text) {
    const bool begins = text.starts_with("* ") || text.starts_with("> ") || text.starts_with("< ");
    if (!begins) return std::nullopt;
    constexpr std::string_view start = "< HTTP/";
    auto at = text.starts_with(start) ? 0 : std::string_view::npos;
    for (auto more = text.find("\n< HTTP/"); more != std::string_view::npos; more = text.find("\n< HTTP/", more + 1))
        at = more + 1;
    if (at == std::string_view::npos) return std::nullopt;
    auto rest = text.substr(at);
    captured_http made;
    if (!is_start(next_line(rest, '<'), made)) return std::nullopt;
    for (bool in_head = true; !rest.empty();) {
        auto behind = rest;
        const auto raw = next_line(behind, '\0');
        const bool of_head = in_head && raw.starts_with('<');
        if (!of_head && !is_remark(raw)) break;
        const auto line = next_line(rest, '<');
        if (!of_head) continue;
        in_head = !line.empty();
        if (in_head && !is_field(line, made)) return std::nullopt;
    }
    // Its last remark stands behind the body, without a line end of its own before it.
    const auto last = rest.rfind("* Connection #");
    if (last != std::string_view::npos && rest.find("left intact", last) != std::string_view::npos)
        rest = rest.substr(0, last);
    made.body = std::string(rest);
    look_at_body(made);
    if (text.find("> ") < at)
        add_note(made,
            "the answer is looked at; for the request keep the lines that begin with \">\", and its body behind "
            "an empty line");
    return made;
}

} // namespace

result<captured_http> read_captured_http(std::string_view text) {
    const auto nothing = [] { return error(core_errc::bad_text, layer::tools).during("captured message"); };
    if (trimmed(text).empty()) return nothing();
    if (auto made = from_json(text)) return *std::move(made);
    if (auto made = from_transcript(text)) return *std::move(made);
    captured_http made;
    if ((text.starts_with("https://") || text.starts_with("http://")) &&
        text.find('?') < text.find_first_of(" \r\n")) {
        made.method = "GET"; // an address that the payer's browser was sent back to
        made.target = std::string(trimmed(text.substr(0, text.find('\n'))));
        return made;
    }
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
            look_at_body(made);
            return made;
        }
        if (!is_field(line, made))
            return nothing().with_hint("expected \"Name: value\", or an empty line before the body");
    }
    return made; // a head alone, as of a GET
}

} // namespace cipherlane::cli
