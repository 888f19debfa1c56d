#include "cipherlane/gateway/signed_message.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/hostlink/gateway/alipay_signature.hpp>
#include <cipherlane/hostlink/gateway/parameters.hpp>
#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;
using hostlink::parameters;

error unreadable(std::string_view hint) {
    return error(core_errc::bad_text, layer::tools).during("captured message").with_hint(hint);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string made;
    made.reserve(text.size());
    while (!text.empty()) {
        const auto at = std::min(text.find(from), text.size());
        made.append(text.substr(0, at));
        if (at == text.size()) break;
        made.append(to);
        text.remove_prefix(at + from.size());
    }
    return made;
}

/// "%41" is "A"; what is no such thing stays.
std::string decoded(std::string_view text, std::string_view plus) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool two =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (two) {
            made += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else if (text[i] == '+') {
            made += plus;
        } else {
            made += text[i];
        }
    }
    return made;
}

/// Texts, each once, the right one first.
class candidates {
  public:
    void add(std::string differs, std::string text) {
        if (seen_.insert(text).second) all_.push_back({std::move(differs), std::move(text)});
    }
    std::vector<signed_text> take() { return std::move(all_); }

  private:
    std::vector<signed_text> all_;
    std::set<std::string, std::less<>> seen_;
};

/// What becomes of a body on its way through programs that mean well.
std::vector<signed_text> bodies_of(const std::string& body) {
    candidates all;
    all.add("", body);
    const auto end = body.find_last_not_of("\r\n");
    all.add("the body has a line end at its end that was not signed",
        body.substr(0, end == std::string::npos ? 0 : end + 1));
    all.add("a line end behind the body was signed, and is not there", body + "\n");
    all.add("a line end (CR LF) behind the body was signed, and is not there", body + "\r\n");
    const auto unix_ends = replaced(body, "\r\n", "\n");
    all.add("line ends CR LF have become LF", replaced(unix_ends, "\n", "\r\n"));
    all.add("line ends LF have become CR LF", unix_ends);
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (body.starts_with(mark)) all.add("a byte order mark was put before the body", body.substr(mark.size()));
    const auto from = body.find_first_not_of(" \t\r\n");
    if (from != std::string::npos)
        all.add("blanks were put around the body", body.substr(from, body.find_last_not_of(" \t\r\n") + 1 - from));
    all.add("\"/\" was written \"\\/\" and has become \"/\"", replaced(body, "/", "\\/"));
    all.add("\"\\/\" was put for \"/\"", replaced(body, "\\/", "/"));
    const auto object = json::parse(body, nullptr, false);
    if (!object.is_discarded() && object.is_structured()) {
        const auto lax = json::error_handler_t::replace;
        const std::string again = "the JSON was written anew: ";
        const auto tight = object.dump(-1, ' ', false, lax);
        all.add(again + "its blanks were added or left out", tight);
        all.add(again + "with \"\\/\"", replaced(tight, "/", "\\/"));
        all.add(again + "letters beyond ASCII stood as \\uXXXX", object.dump(-1, ' ', true, lax));
        all.add(again + "it had been indented by two", object.dump(2, ' ', false, lax));
        all.add(again + "it had been indented by four", object.dump(4, ' ', false, lax));
        all.add(
            again + "its members were sorted", nlohmann::json::parse(tight, nullptr, false)
                                                   .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        // ", " and ": ", as Python writes it.
        std::string spaced;
        bool inside = false;
        for (std::size_t i = 0; i < tight.size(); ++i) {
            if (tight[i] == '"' && (i == 0 || tight[i - 1] != '\\')) inside = !inside;
            spaced += tight[i];
            if (!inside && (tight[i] == ',' || tight[i] == ':')) spaced += ' ';
        }
        all.add(again + "it had a blank after each comma and colon", spaced);
    }
    all.add("the body was left out", "");
    return all.take();
}

/// Several notes are one line.
void add_note(signed_message& to, const std::string& more) {
    to.note.append(to.note.empty() ? "" : "; ").append(more);
}

/// What must be there once, and is not.
void note_parts(signed_message& to, std::string_view place, std::initializer_list<std::string_view> names,
    const std::function<std::size_t(std::string_view name)>& how_often) {
    for (const auto name : names) {
        const auto times = how_often(name);
        if (times == 1) continue;
        const auto what = std::string(name) + (times == 0 ? " is missing" : " is there twice") + std::string(place);
        add_note(to, what);
        to.refused.append(to.refused.empty() ? "" : "; ").append(what);
    }
}

std::string both(const std::string& one, const std::string& other) {
    return one.empty() || other.empty() ? one + other : one + "; " + other;
}

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < 0) return std::nullopt;
    constexpr std::int64_t in_milliseconds = 100'000'000'000;
    return std::chrono::seconds(value >= in_milliseconds ? value / 1000 : value);
}

/// Values of `name="value"` of an Authorization line; also without quotes.
std::vector<std::string> credentials(std::string_view line, std::string_view name) {
    const auto wanted = std::string(name) + "=";
    std::vector<std::string> all;
    for (std::size_t at = line.find(wanted); at != std::string_view::npos; at = line.find(wanted, at + 1)) {
        if (at != 0 && line[at - 1] != ',' && line[at - 1] != ' ') continue;
        auto rest = line.substr(at + wanted.size());
        const bool quoted = rest.starts_with('"');
        if (quoted) rest.remove_prefix(1);
        all.emplace_back(rest.substr(0, rest.find(quoted ? '"' : ',')));
    }
    return all;
}

/// The first of them.
std::string credential(std::string_view line, std::string_view name) {
    auto all = credentials(line, name);
    return all.empty() ? std::string() : std::move(all.front());
}

void note_credentials(signed_message& to, std::string_view line, std::initializer_list<std::string_view> names) {
    note_parts(to, " in Authorization", names, [&](std::string_view name) { return credentials(line, name).size(); });
}

/// "20260921221320" or "2026-09-21 22:13:20", in China.
std::optional<std::chrono::seconds> civil_seconds(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (is_digit(c)) digits += c;
    const bool plain = text.size() == 14 || (text.size() == 19 && text[4] == '-' && text[10] == ' ');
    if (!plain || digits.size() != 14) return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) { return std::stoi(digits.substr(at, size)); };
    using namespace std::chrono;
    const year_month_day date(
        year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))), day(static_cast<unsigned>(part(6, 2))));
    if (!date.ok()) return std::nullopt;
    return duration_cast<seconds>(sys_days(date).time_since_epoch()) + hours(part(8, 2) - 8) + minutes(part(10, 2)) +
           seconds(part(12, 2));
}

/// Path and query, of a whole URL too.
std::string path_of(const std::string& target) {
    const auto scheme = target.find("://");
    if (scheme == std::string::npos) return target;
    const auto slash = target.find('/', scheme + 3);
    return slash == std::string::npos ? "/" : target.substr(slash);
}

result<signed_message> wechat_request(const captured_http& of, std::string_view authorization) {
    signed_message made;
    made.kind = "request";
    const auto part = [&](const char* name) { return credential(authorization, name); };
    made.signature = part("signature");
    made.names = part("serial_no");
    const auto timestamp = part("timestamp");
    const auto nonce = part("nonce_str");
    made.made = seconds_of(timestamp);
    note_credentials(made, authorization, {"mchid", "nonce_str", "signature", "timestamp", "serial_no"});
    if (!timestamp.empty() && !made.made) add_note(made, "timestamp is no number of seconds");
    constexpr std::size_t longest_nonce = 32;
    if (nonce.size() > longest_nonce)
        add_note(made, "nonce_str has " + std::to_string(nonce.size()) + " characters; WeChat Pay takes 32");
    if (of.method.empty()) return unreadable("expected \"METHOD TARGET\" in the first line: both are signed");
    const auto target = path_of(of.target);
    const auto host = of.fields.only("Host").value_or("api.mch.weixin.qq.com");
    std::string lower = of.method;
    std::string upper = of.method;
    std::transform(lower.begin(), lower.end(), lower.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::transform(upper.begin(), upper.end(), upper.begin(),
        [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    candidates all;
    const std::pair<const char*, std::string> methods[] = {
        {"", upper}, {"the method was signed in small letters", lower}};
    const std::pair<const char*, std::string> targets[] = {{"", target},
        {"the query was left out", target.substr(0, target.find('?'))},
        {"the whole URL was signed", "https://" + std::string(host) + target},
        {"the path was signed before it was encoded", decoded(target, "+")}};
    const auto bodies = bodies_of(of.body);
    for (const auto& body : bodies)
        all.add(body.differs, hostlink::wechat::request_text(upper, target, timestamp, nonce, body.text));
    for (const auto& [how, verb] : methods)
        for (const auto& [what, where] : targets)
            for (const auto& body : bodies) {
                // One mistake at a time of each kind: a body may be long.
                if (!body.differs.empty() && !both(how, what).empty()) continue;
                const auto differs = both(both(how, what), body.differs);
                const auto text = hostlink::wechat::request_text(verb, where, timestamp, nonce, body.text);
                all.add(differs, text);
                all.add(both(differs, "the last line has no end"), text.substr(0, text.size() - 1));
                all.add(both(differs, "lines end in CR LF"),
                    verb + "\r\n" + where + "\r\n" + timestamp + "\r\n" + nonce + "\r\n" + body.text + "\r\n");
                all.add(both(differs, "nonce and timestamp changed places"),
                    hostlink::wechat::request_text(verb, where, nonce, timestamp, body.text));
            }
    made.texts = all.take();
    return made;
}

signed_message wechat_answer(const captured_http& of) {
    signed_message made;
    made.kind = of.status != 0 ? "answer" : of.method.empty() ? "answer or notice" : "notice";
    const auto part = [&](const char* name) { return std::string(of.fields.only(name).value_or("")); };
    made.signature = part("Wechatpay-Signature");
    made.names = part("Wechatpay-Serial");
    const auto timestamp = part("Wechatpay-Timestamp");
    const auto nonce = part("Wechatpay-Nonce");
    made.made = seconds_of(timestamp);
    note_parts(made, "", {"Wechatpay-Signature", "Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce"},
        [&](std::string_view name) -> std::size_t {
            const auto value = of.fields.only(name);
            return value && !value->empty() ? 1 : of.fields.has(name) && !value ? 2 : 0;
        });
    if (!timestamp.empty() && !made.made) add_note(made, "Wechatpay-Timestamp is no number of seconds");
    const bool need_not = of.status / 100 > 2 && !of.fields.has("Wechatpay-Signature");
    if (need_not) {
        made.refused.clear();
        add_note(made, "WeChat Pay need not sign an answer that is no 2xx; nothing of it proves anything");
    }
    if (of.body.find("\"sign_information\"") != std::string::npos)
        add_note(made,
            "which text WeChat Pay has checked stands in detail.sign_information: compare it with the one that "
            "gateway explain shows of the request");
    candidates all;
    const auto bodies = bodies_of(of.body);
    for (const auto& body : bodies)
        all.add(body.differs, hostlink::wechat::answer_text(timestamp, nonce, body.text));
    for (const auto& body : bodies) {
        const auto text = hostlink::wechat::answer_text(timestamp, nonce, body.text);
        all.add(both(body.differs, "the last line has no end"), text.substr(0, text.size() - 1));
        all.add(both(body.differs, "lines end in CR LF"), timestamp + "\r\n" + nonce + "\r\n" + body.text + "\r\n");
        all.add(both(body.differs, "nonce and timestamp changed places"),
            hostlink::wechat::answer_text(nonce, timestamp, body.text));
        all.add(both(body.differs, "the body alone was signed"), body.text);
    }
    made.texts = all.take();
    return made;
}

/// A form's parts as they came, in their order.
using raw_form = std::vector<std::pair<std::string, std::string>>;
raw_form parts_of(std::string_view text) {
    raw_form all;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto sign = std::min(pair.find('='), pair.size());
        all.emplace_back(pair.substr(0, sign), pair.substr(std::min(sign + 1, pair.size())));
    }
    return all;
}

std::string value_of(const raw_form& all, std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    return found == all.end() ? std::string() : found->second;
}

/// What must be there once, and what is there twice: readers refuse both.
void note_form(signed_message& to, const raw_form& all, std::initializer_list<std::string_view> names) {
    const auto times = [&](std::string_view name) {
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; }));
    };
    note_parts(to, "", names, [&](std::string_view name) {
        return times(name) != 0 && value_of(all, name).empty() ? std::size_t{0} : times(name);
    });
    std::set<std::string_view> told(names.begin(), names.end());
    for (const auto& [name, value] : all)
        if (times(name) > 1 && told.insert(name).second)
            note_parts(to, "", {name}, [](std::string_view) { return std::size_t{2}; });
}

enum class form_order : std::uint8_t { sorted, as_sent };

std::string joined(
    raw_form all, const std::set<std::string_view>& left_out, hostlink::empty_values empties, form_order order) {
    if (order == form_order::sorted)
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string text;
    for (const auto& [name, value] : all) {
        if (left_out.contains(name) || (value.empty() && empties == hostlink::empty_values::dropped)) continue;
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    }
    return text;
}

/// A name of the list that a gateway leaves out of what it signs.
struct omission {
    const char* differs;
    std::set<std::string_view> names;
};

/// Values as they are, encoded still, decoded twice; with and without what is empty; sorted and as they came.
void add_forms(
    candidates& to, const raw_form& sent, const std::vector<omission>& omissions, hostlink::empty_values usual) {
    const auto mapped = [&](const std::function<std::string(const std::string&)>& how) {
        auto all = sent;
        for (auto& [name, value] : all)
            value = how(value);
        return all;
    };
    const std::pair<const char*, raw_form> forms[] = {
        {"", mapped([](const std::string& v) { return decoded(v, " "); })},
        {"\"+\" stood for itself, not for a blank", mapped([](const std::string& v) { return decoded(v, "+"); })},
        {"the values were signed encoded (%XX)", sent},
        {"the values were decoded twice", mapped([](const std::string& v) { return decoded(decoded(v, " "), " "); })},
        {"line ends CR LF have become LF", mapped([](const std::string& v) {
             return replaced(replaced(decoded(v, " "), "\r\n", "\n"), "\n", "\r\n");
         })},
        {"line ends LF have become CR LF",
            mapped([](const std::string& v) { return replaced(decoded(v, " "), "\r\n", "\n"); })}};
    const bool drops = usual == hostlink::empty_values::dropped;
    for (const auto& [form, values] : forms)
        for (const auto& left_out : omissions)
            for (const bool same : {true, false}) {
                const auto empties = same == drops ? hostlink::empty_values::dropped : hostlink::empty_values::kept;
                const auto differs = both(both(form, left_out.differs), same    ? ""
                                                                        : drops ? "empty values were signed"
                                                                                : "empty values were not signed");
                to.add(differs, joined(values, left_out.names, empties, form_order::sorted));
                to.add(both(differs, "the names were not sorted"),
                    joined(values, left_out.names, empties, form_order::as_sent));
            }
}

/// The other ways to write a JSON value of a form, one at a time.
void add_contents(candidates& to, const raw_form& sent, const omission& left_out, std::string_view name) {
    const auto content = decoded(value_of(sent, name), " ");
    if (content.empty()) return;
    for (const auto& body : bodies_of(content)) {
        auto all = sent;
        for (auto& [key, value] : all)
            value = key == name ? body.text : decoded(value, " ");
        to.add(std::string(name) + ": " + body.differs,
            joined(all, left_out.names, hostlink::empty_values::dropped, form_order::sorted));
    }
}

raw_form alipay_form(const captured_http& of) {
    const auto query = of.target.find('?');
    auto all =
        parts_of(query == std::string::npos ? std::string_view() : std::string_view(of.target).substr(query + 1));
    std::string_view body = of.body;
    while (body.ends_with('\n') || body.ends_with('\r'))
        body.remove_suffix(1); // an editor's: a form has no line ends
    const auto more = parts_of(body);
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// Of interface v3: the text before ",sign", as it was sent, is signed too.
result<signed_message> alipay_v3_request(const captured_http& of, std::string_view authorization) {
    signed_message made;
    made.kind = "request";
    made.signature = credential(authorization, "sign");
    made.names = credential(authorization, "app_cert_sn");
    made.made = seconds_of(credential(authorization, "timestamp"));
    note_credentials(made, authorization, {"app_id", "nonce", "timestamp", "sign"});
    if (of.method.empty()) return unreadable("expected \"METHOD TARGET\" in the first line: both are signed");
    auto signed_part = authorization.substr(std::min(authorization.find(' ') + 1, authorization.size()));
    signed_part = signed_part.substr(0, signed_part.find(",sign="));
    const auto token = of.fields.only("alipay-app-auth-token").value_or("");
    const auto target = path_of(of.target);
    const auto text = [&](const std::string& body, std::string_view where, std::string_view of_whom) {
        return hostlink::alipay::v3_request_text(signed_part, of.method, where, body, of_whom);
    };
    candidates all;
    const auto bodies = bodies_of(of.body);
    for (const auto& body : bodies)
        all.add(body.differs, text(body.text, target, token));
    for (const auto& body : bodies) {
        all.add(
            both(body.differs, "the query was left out"), text(body.text, target.substr(0, target.find('?')), token));
        all.add(both(body.differs, "alipay-app-auth-token was not signed"), text(body.text, target, {}));
        auto endless = text(body.text, target, token);
        endless.pop_back();
        all.add(both(body.differs, "the last line has no end"), std::move(endless));
    }
    made.texts = all.take();
    return made;
}

signed_message alipay_v3_answer(const captured_http& of) {
    signed_message made;
    made.kind = of.method.empty() ? "answer" : "notice";
    const auto part = [&](const char* name) { return std::string(of.fields.only(name).value_or("")); };
    made.signature = part("alipay-signature");
    made.names = part("alipay-sn");
    const auto timestamp = part("alipay-timestamp");
    const auto nonce = part("alipay-nonce");
    made.made = seconds_of(timestamp);
    note_parts(made, "", {"alipay-signature", "alipay-timestamp", "alipay-nonce"},
        [&](std::string_view name) -> std::size_t {
            const auto value = of.fields.only(name);
            return value && !value->empty() ? 1 : of.fields.has(name) && !value ? 2 : 0;
        });
    const auto text = [&](const std::string& body) { return timestamp + "\n" + nonce + "\n" + body + "\n"; };
    candidates all;
    const auto bodies = bodies_of(of.body);
    for (const auto& body : bodies)
        all.add(body.differs, text(body.text));
    for (const auto& body : bodies) {
        auto endless = text(body.text);
        endless.pop_back();
        all.add(both(body.differs, "the last line has no end"), std::move(endless));
        all.add(both(body.differs, "the body alone was signed"), body.text);
    }
    made.texts = all.take();
    return made;
}

bool is_alipay_v3(std::string_view authorization) {
    return authorization.starts_with("ALIPAY-");
}

result<signed_message> alipay_message(const captured_http& of, std::string_view authorization) {
    if (is_alipay_v3(authorization)) return alipay_v3_request(of, authorization);
    if (of.fields.has("alipay-signature") || of.fields.has("alipay-timestamp")) return alipay_v3_answer(of);
    signed_message made;
    const auto first = of.body.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && of.body[first] == '{') {
        made.kind = "answer";
        const auto names = json::parse(of.body, nullptr, false);
        std::string method;
        if (names.is_object())
            for (const auto& [name, value] : names.items())
                if (name.ends_with("_response")) method = name.substr(0, name.size() - 9);
        std::string_view body = of.body;
        body = body.substr(first, body.find_last_not_of(" \t\r\n") + 1 - first);
        const auto cut = hostlink::alipay::split(body, method);
        if (!cut) {
            return unreadable(
                "expected an answer of Alipay, whole: {\"…_response\":{…},\"sign\":\"…\"}; it is cut off, "
                "has a second answer in it, or was changed");
        }
        const auto& parts = *cut;
        made.signature = replaced(parts.sign, "\\/", "/");
        made.names = parts.certificate;
        if (made.signature.empty())
            made.note = "an answer without \"sign\": Alipay cannot sign what concerns app_id or key; nothing of it "
                        "proves anything";
        candidates all;
        for (const auto& one : bodies_of(std::string(parts.signed_text)))
            all.add(one.differs, one.text);
        all.add("the whole answer was signed", std::string(body));
        made.texts = all.take();
        return made;
    }
    const auto sent = alipay_form(of);
    made.signature = decoded(value_of(sent, "sign"), " ");
    made.names = value_of(sent, "app_cert_sn");
    const bool notice = value_of(sent, "method").empty();
    made.kind = notice ? "notice" : "request";
    if (notice) {
        note_form(
            made, sent, {"sign", "app_id", "seller_id", "out_trade_no", "trade_no", "trade_status", "total_amount"});
    } else {
        note_form(made, sent, {"sign", "app_id", "method", "charset", "sign_type"});
        made.made = civil_seconds(decoded(value_of(sent, "timestamp"), " "));
    }
    candidates all;
    if (notice) {
        if (made.names.empty()) made.names = value_of(sent, "alipay_cert_sn");
        const omission trade{"", {"sign", "sign_type"}};
        add_forms(all, sent,
            {trade, {"sign_type was signed, as notices of services have it", {"sign"}},
                {"alipay_cert_sn was not signed", {"sign", "sign_type", "alipay_cert_sn"}}},
            hostlink::empty_values::kept);
    } else {
        const omission usual{"", {"sign"}};
        add_forms(
            all, sent, {usual, {"sign_type was not signed", {"sign", "sign_type"}}}, hostlink::empty_values::dropped);
        add_contents(all, sent, usual, "biz_content");
    }
    made.texts = all.take();
    return made;
}

signed_message unionpay_message(const captured_http& of) {
    signed_message made;
    const auto sent = alipay_form(of);
    const bool encoded = of.body.find("%2") != std::string::npos || of.body.find("%3") != std::string::npos;
    made.kind = value_of(sent, "respCode").empty() ? "request" : "answer or notice";
    // An answer is not encoded: what stands there is the value.
    auto values = sent;
    parameters whole;
    if (!encoded) {
        std::string_view body = of.body;
        while (body.ends_with('\n') || body.ends_with('\r'))
            body.remove_suffix(1); // an editor's
        if (const auto read = hostlink::unionpay::read_answer(body)) {
            values.clear();
            for (const auto& [name, value] : *read)
                values.emplace_back(name, value);
        }
    } else {
        for (auto& [name, value] : values)
            value = decoded(value, " ");
    }
    const auto method = value_of(values, "signMethod");
    made.form = method == "11" ? signature_form::shared_sha256 : signature_form::hashed_by_key;
    made.signature = value_of(values, "signature");
    made.shown_certificate = value_of(values, "signPubKeyCert");
    made.names = value_of(values, "certId");
    note_form(
        made, values, {"signature", "version", "signMethod", "merId", "orderId", "txnTime", "txnType", "txnSubType"});
    if (made.kind != "request" && method != "11") note_form(made, values, {"signPubKeyCert"});
    candidates all;
    const auto add = [&](const std::string& differs, const raw_form& form) {
        const std::set<std::string_view> left_out{"signature"};
        const auto drops = hostlink::empty_values::dropped;
        all.add(differs, joined(form, left_out, drops, form_order::sorted));
        all.add(both(differs, "the names were not sorted"), joined(form, left_out, drops, form_order::as_sent));
        all.add(both(differs, "empty values were signed"),
            joined(form, left_out, hostlink::empty_values::kept, form_order::sorted));
        all.add(both(differs, "signMethod was not signed"),
            joined(form, {"signature", "signMethod"}, drops, form_order::sorted));
    };
    add("", values);
    const auto mapped = [&](const std::function<std::string(const std::string&)>& how) {
        auto form = values;
        for (auto& [name, value] : form)
            value = how(value);
        return form;
    };
    add("line ends CR LF have become LF",
        mapped([](const std::string& v) { return replaced(replaced(v, "\r\n", "\n"), "\n", "\r\n"); }));
    add("line ends LF have become CR LF", mapped([](const std::string& v) { return replaced(v, "\r\n", "\n"); }));
    add("\"+\" has become a blank", mapped([](const std::string& v) { return replaced(v, " ", "+"); }));
    add("the values were signed encoded (%XX)", sent);
    add("the values were decoded twice", mapped([](const std::string& v) { return decoded(v, " "); }));
    made.texts = all.take();
    return made;
}

/// netpay signs none of its answers.
signed_message netpay_answer(const captured_http& of) {
    signed_message made;
    made.kind = "answer";
    made.texts.push_back({"", of.body});
    made.note = "netpay does not sign its answers: TLS alone proves one, and nothing of this text";
    return made;
}

bool is_netpay_answer(const captured_http& of) {
    const auto all = json::parse(of.body, nullptr, false);
    return all.is_object() && all.contains("errCode");
}

result<signed_message> netpay_message(const captured_http& of, std::string_view authorization) {
    if (authorization.empty() && is_netpay_answer(of)) return netpay_answer(of);
    signed_message made;
    made.form = signature_form::hmac;
    made.kind = "request";
    std::string id = credential(authorization, "AppId");
    std::string timestamp = credential(authorization, "Timestamp");
    std::string nonce = credential(authorization, "Nonce");
    std::string content = of.body;
    made.signature = credential(authorization, "Signature");
    if (authorization.empty()) {
        const auto sent = alipay_form(of);
        const auto part = [&](const char* name) { return decoded(value_of(sent, name), " "); };
        if (part("authorization").empty()) {
            made.form = signature_form::appended;
            made.kind = "notice";
            made.signature = part("sign");
            note_form(made, sent,
                {"sign", "mid", "tid", "instMid", "billNo", "billDate", "billStatus", "totalAmount", "billPayment"});
            candidates all;
            add_forms(all, sent, {{"", {"sign"}}, {"signType was not signed", {"sign", "signType"}}},
                hostlink::empty_values::dropped);
            made.texts = all.take();
            return made;
        }
        id = part("appId"), timestamp = part("timestamp"), nonce = part("nonce"), content = part("content");
        made.signature = part("signature");
        note_form(made, sent, {"authorization", "appId", "timestamp", "nonce", "signature", "content"});
    } else {
        note_credentials(made, authorization, {"AppId", "Timestamp", "Nonce", "Signature"});
    }
    made.made = civil_seconds(timestamp);
    made.names = id;
    candidates all;
    for (const auto& body : bodies_of(content)) {
        CIPHERLANE_TRY(const auto hash, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(body.text)));
        std::string upper = to_hex(hash.view());
        std::string lower = upper;
        std::transform(lower.begin(), lower.end(), lower.begin(),
            [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
        all.add(body.differs, id + timestamp + nonce + lower);
        all.add(both(body.differs, "the body's hash was written in capitals"), id + timestamp + nonce + upper);
        all.add(both(body.differs, "the body itself was signed, not its hash"), id + timestamp + nonce + body.text);
        all.add(both(body.differs, "nonce and timestamp changed places"), id + nonce + timestamp + lower);
    }
    made.texts = all.take();
    return made;
}

std::optional<gateway_speech> speech_of(const captured_http& of, std::string_view authorization) {
    if (authorization.starts_with("WECHATPAY2-") || of.fields.has("Wechatpay-Signature") ||
        of.fields.has("Wechatpay-Timestamp"))
        return gateway_speech::wechat;
    if (authorization.starts_with("OPEN-BODY-SIG")) return gateway_speech::netpay;
    if (is_alipay_v3(authorization) || of.fields.has("alipay-signature")) return gateway_speech::alipay;
    const auto all = alipay_form(of);
    const auto has = [&](std::string_view name) { return !value_of(all, name).empty(); };
    if (has("signMethod") || has("signPubKeyCert")) return gateway_speech::unionpay;
    if (value_of(all, "authorization").starts_with("OPEN-FORM")) return gateway_speech::netpay;
    if (has("sign") && (has("app_id") || has("notify_id"))) return gateway_speech::alipay;
    if (has("sign") && (has("mid") || has("instMid"))) return gateway_speech::netpay;
    if (of.body.find("_response\"") != std::string::npos) return gateway_speech::alipay;
    if (is_netpay_answer(of)) return gateway_speech::netpay;
    // What WeChat Pay refuses it need not sign.
    if (of.fields.has("Request-Id") || of.body.find("\"sign_information\"") != std::string::npos)
        return gateway_speech::wechat;
    return std::nullopt;
}

} // namespace

std::string_view to_string(gateway_speech value) noexcept {
    constexpr std::string_view names[] = {"WeChat Pay", "Alipay", "UnionPay", "netpay"};
    return names[static_cast<std::size_t>(value)];
}

result<signed_message> find_signed(const captured_http& message, std::optional<gateway_speech> only) {
    const auto authorization = message.fields.only("Authorization").value_or(std::string_view());
    if (authorization.empty() && message.fields.has("Authorization"))
        return unreadable("expected one Authorization with a value; found it twice, or empty");
    if (!only) only = speech_of(message, authorization);
    if (!only)
        return unreadable(
            "expected a message of WeChat Pay, Alipay, UnionPay or netpay, whole: the header is signed, too");
    auto made = [&]() -> result<signed_message> {
        switch (*only) {
        case gateway_speech::alipay: return alipay_message(message, authorization);
        case gateway_speech::unionpay: return unionpay_message(message);
        case gateway_speech::netpay: return netpay_message(message, authorization);
        case gateway_speech::wechat: break;
        }
        return authorization.empty() ? wechat_answer(message) : wechat_request(message, authorization);
    }();
    if (made) made->gateway = *only;
    return made;
}

std::string without_payment_code(std::string text) {
    for (const std::string_view name : {"auth_code", "qrNo", "payCode"}) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
            auto from = at + name.size();
            while (from < text.size() && from < at + name.size() + 12 && !is_digit(text[from]))
                ++from;
            auto end = from;
            while (end < text.size() && is_digit(text[end]))
                ++end;
            constexpr std::size_t shown = 2;
            if (end - from > 2 * shown)
                std::fill(text.begin() + static_cast<std::ptrdiff_t>(from + shown),
                    text.begin() + static_cast<std::ptrdiff_t>(end - shown), '*');
        }
    }
    return text;
}

} // namespace cipherlane::cli
