#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/foreign_protocol.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

constexpr std::chrono::seconds answer_time{1};
/// Usual header lengths first.
constexpr std::array<std::size_t, 21> racal_headers{
    4, 0, 8, 6, 2, 12, 16, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15, 20, 24, 32, 64};
/// All others up to the longest, in their order, as long as the unit says something or hangs up: both take no time.
std::vector<std::size_t> unusual_headers() {
    std::vector<std::size_t> all;
    for (std::size_t header = 0; header <= racal_headers.back(); ++header) {
        if (std::find(racal_headers.begin(), racal_headers.end(), header) == racal_headers.end())
            all.push_back(header);
    }
    return all;
}
constexpr std::array<std::size_t, 3> westone_headers{0, 4, 8};

/// What the unit turned out to be.
struct finding {
    std::string base;
    std::size_t header = 0;
    bool correlates = true;
    std::string firmware;
    std::size_t kcv_digits = 0;
    bool lower_case = false;
    std::string guess; ///< what the base is guessed by; empty: it is certain
};

/// A profile that differs from its base in framing alone.
std::shared_ptr<const hsm::profile> variant(const std::string& base, std::size_t header, bool correlates = false) {
    std::ostringstream toml;
    toml << "base = \"" << base << "\"\nname = \"probe\"\n[frame]\nheader_length = " << header
         << "\ncorrelates = " << (correlates ? "true" : "false") << "\n";
    auto made = hsm::profile::parse(toml.str());
    if (!made) give_up(made.error());
    return *std::move(made);
}

/// The unit, and how it is reached.
struct target {
    net::tcp_settings at;
    std::shared_ptr<const net::tls_client> tls;
};

/// One harmless command over a connection of its own: a unit that misunderstood may have hung up.
result<hsm::raw_answer> ask(
    const target& there, const std::shared_ptr<const hsm::profile>& how, std::string_view body) {
    hsm::client unit({there.at, how, logger::none(), there.tls});
    return unit.execute(hsm::raw_command(body), call(answer_time));
}

bool succeeds(const target& there, const std::shared_ptr<const hsm::profile>& how, std::string_view body) {
    const auto said = ask(there, how, body);
    return said && said->status == "00";
}

constexpr std::string_view no_answer = "no answer in time";
constexpr std::string_view it_answered = "it answered ";

/// Why there was no answer, as far as it tells something about the set-up.
std::string reason(const result<hsm::raw_answer>& said) {
    if (said) {
        return std::string(it_answered) +
               escaped_text(as_text(byte_view(said->body).first(std::min<std::size_t>(said->body.size(), 4)))) +
               ", which is no answer to the question";
    }
    const auto& why = said.error();
    if (why.is(condition::timed_out) || why.code() == hsm::make_error_code(hsm::hsm_errc::lost_answer))
        return std::string(no_answer);
    if (why.code() == make_error_code(net_errc::closed_by_peer) || why.code() == make_error_code(net_errc::lost))
        return "the unit hung up";
    if (why.is(condition::bad_message)) return "what came is no such message";
    return why.to_string();
}

/// The key that A0 makes, which is thrown away and leaves nothing in the unit: digits of check values, case of
/// digits.
bool look_at_new_key(
    const target& there, const std::shared_ptr<const hsm::profile>& how, const std::string& request, finding& into) {
    const auto made = ask(there, how, request);
    if (!made || made->status != "00") return false;
    const hsm::codec engine(how);
    hsm::field_set asked;
    hsm::field_set values;
    const auto known = engine.decode_request(as_bytes(request), asked);
    if (!known || !engine.decode_answer(*known->command, made->body, asked, values)) return false;
    into.kcv_digits = 2 * values.value(hsm::field_name("check_value")).size();
    into.lower_case = values.text(hsm::field_name("key")).find_first_of("abcdef") != std::string_view::npos;
    return true;
}

/// Which of the family it is. NC, random numbers and the length of check values tell apart what is told apart here.
void choose_base(const target& there, const std::shared_ptr<const hsm::profile>& how, finding& found) {
    const bool plain = look_at_new_key(there, how, "A00002U", found);
    if (!plain) {
        const auto blocks = variant("payshield-kb", found.header);
        if (look_at_new_key(there, blocks, "A00FFFS#72T2B00E00", found)) {
            found.base = "payshield-kb";
            return;
        }
        found.guess = "nothing: A0 was refused, so neither key blocks nor check values are known";
    }
    const bool chinese_random = !succeeds(there, how, "N0008") && succeeds(there, how, "CR0008");
    // A TASS unit says version and serial number in 36 characters.
    if (found.firmware.size() == 36) {
        found.base = "sjj1310";
        found.guess = "36 characters of version and serial number";
    } else if (chinese_random || found.kcv_digits == 16) {
        found.base = found.header == 8 ? "sjl06" : "sjl05";
        found.guess = std::string(chinese_random ? "CR answered and N0 refused" : "check values of 16 digits") +
                      ", and a header of " + std::to_string(found.header) +
                      "; SJL05, SJL06 and SJJ1312 do not tell themselves apart";
        for (const auto& [word, base] :
            {std::pair("SJJ1312", "sjj1312-racal"), {"SJL06", "sjl06"}, {"SJL05", "sjl05"}}) {
            if (found.firmware.find(word) == std::string::npos) continue;
            found.base = base;
            found.guess = std::string("the name ") + word + " in its firmware";
        }
    }
}

std::optional<finding> try_racal(const target& there, std::size_t header, std::string& why_not) {
    const auto how = variant("payshield", header);
    const auto said = ask(there, how, "NC");
    if (!said || said->status != "00" || !as_text(said->body).starts_with("ND")) {
        why_not = reason(said);
        return std::nullopt;
    }
    finding found;
    found.base = "payshield";
    found.header = header;
    if (said->body.size() >= 20) found.firmware = as_text(said->body).substr(20);
    found.correlates = header >= 2 && succeeds(there, variant("payshield", header, true), "NC");
    choose_base(there, how, found);
    return found;
}

/// Something that says E to everything is no such unit: it must give a key, single or double.
std::optional<finding> try_westone(const target& there, std::size_t header, std::string& why_not) {
    const auto how = variant("sjj1312", header);
    for (const std::string_view request : {std::string_view("\xD0\x06\x08"), std::string_view("\xD0\x06\x10")}) {
        const auto said = ask(there, how, request);
        if (said && said->status == "00") {
            finding found;
            found.base = "sjj1312";
            found.header = header;
            return found;
        }
        why_not = said ? "it refused to make a key (" + escaped_text(said->status.view()) + ")" : reason(said);
    }
    return std::nullopt;
}

std::string toml_text(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + "\"";
}

std::string profile_text(const finding& found, const std::string& at) {
    std::ostringstream out;
    out << "# Found by probing " << at << ". Values that a probe cannot see are those of the base.\n"
        << "base = \"" << found.base << "\"\nname = \"probed\"\n";
    if (found.base == "sjj1312") out << "note = \"inferred from SJL05, not yet confirmed on an SJJ1312\"\n";
    if (!found.guess.empty()) out << "note = " << toml_text("base guessed by " + found.guess) << "\n";
    if (found.kcv_digits >= 4 && found.kcv_digits <= 16) out << "kcv_digits = " << found.kcv_digits << "\n";
    if (found.lower_case) out << "lower_case_hex = true\n";
    out << "\n[frame]\nheader_length = " << found.header << "\n";
    if (!found.correlates || found.header < 2) out << "correlates = false\n";
    return out.str();
}

/// Never over a file that is there.
void write_new(const std::string& file, const std::string& text) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    const bool done = out >= 0 && ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (out >= 0) ::close(out);
    if (!done) throw tool_complaint(ending::own_fault, "cannot write " + file);
}

/// What was tried, and why it was not that.
struct attempt {
    std::string family;
    std::size_t header = 0;
    std::string why_not;

    [[nodiscard]] bool was_silent() const { return why_not == no_answer; }
};

/// Whether a family's attempts end with the first one that nothing came back to.
enum class after_silence : std::uint8_t { go_on, end };

template <class Headers, class Try>
std::optional<finding> try_all(const char* name, const Headers& headers, std::vector<attempt>& tried, Try attempt_one,
    after_silence then = after_silence::go_on) {
    for (const std::size_t header : headers) {
        std::string why_not;
        auto found = attempt_one(header, why_not);
        std::cerr << name << ", header " << header << ": " << (found ? "yes" : "no: " + why_not) << "\n";
        if (found) return found;
        tried.push_back({name, header, why_not});
        if (then == after_silence::end && tried.back().was_silent()) break;
    }
    return std::nullopt;
}

/// What came instead of an answer, if that tells which protocol it speaks.
std::string hint_of(const result<hsm::raw_answer>& said) {
    return said ? std::string() : std::string(said.error().hint());
}

/// What the peer says to a message of this dialect.
std::string foreigner(const target& there, std::string_view base) {
    return hint_of(ask(there, variant(std::string(base), 4), base == "sjj1312" ? "\xD0\x06\x08" : "NC"));
}

/// Servers of the web, of mails and of texts say nothing before a line has ended. To a unit the first two characters
/// are the length of a message of which the rest never comes.
std::string foreigner_of_lines(const target& there) {
    boost::asio::io_context io;
    const call bounds(answer_time);
    auto link = there.tls == nullptr ? net::connect_tcp(io.get_executor(), there.at, bounds)
                                     : net::connect_tls(io.get_executor(), there.at, *there.tls, bounds);
    if (!link || !(*link)->write(as_bytes("HEAD / HTTP/1.0\r\n\r\n"), bounds)) return {};
    bytes first(64);
    const auto size = (*link)->read_some(first, bounds);
    if (!size) return {};
    const auto words = hsm::foreign_protocol(variant("payshield", 4)->frame, byte_view(first).first(*size));
    return words.empty() ? std::string() : "what came looks like " + std::string(words);
}

/// Another protocol says what it is at the first question, or at the end of a line: not dozens of times. What looks
/// like the other family, or like a unit with another length, is still to be tried.
std::string first_hint(const target& there) {
    const auto said = ask(there, variant("payshield", 4), "NC");
    auto hint = hint_of(said);
    if (hint.empty() && !said && reason(said) == no_answer) hint = foreigner_of_lines(there);
    return hint;
}

/// Nothing of what was tried fits: what that may mean.
[[noreturn]] void give_up_on(const probe_options& how, const target& there, const std::vector<attempt>& tried) {
    const auto hint = foreigner(there, "payshield");
    const bool all_silent =
        std::all_of(tried.begin(), tried.end(), [](const attempt& each) { return each.was_silent(); });
    const bool hangs_up = std::all_of(
        tried.begin(), tried.end(), [](const attempt& each) { return each.why_not == "the unit hung up"; });
    const auto said = std::find_if(
        tried.begin(), tried.end(), [](const attempt& each) { return each.why_not.starts_with(it_answered); });
    std::string words = how.at + " answers none of the harmless commands tried";
    if (!hint.empty()) {
        words += ": " + hint;
    } else if (said != tried.end()) {
        // Whoever answers has understood the length: it is not TLS.
        words += ", but it speaks: with a header of " + std::to_string(said->header) + " " + said->why_not +
                 "; another dialect, or a unit that refuses these commands";
    } else if (hangs_up) {
        words += " and hangs up on each: a header of more than 64 characters, a list of clients that we are not on";
        if (there.tls == nullptr) words += ", or TLS (--tls)";
    } else if (all_silent) {
        words += " and is silent: a length of another kind, or a unit that is not ready";
    } else if (there.tls == nullptr) {
        words += "; perhaps it speaks TLS (--tls)";
    }
    throw tool_complaint(ending::unreachable, words);
}

void print_json(const finding& found, const std::string& profile) {
    nlohmann::ordered_json made{
        {"base", found.base}, {"header_length", found.header}, {"correlates", found.correlates}};
    if (!found.firmware.empty()) made["firmware"] = escaped_text(found.firmware);
    if (found.kcv_digits != 0) made["kcv_digits"] = found.kcv_digits;
    if (!found.guess.empty()) made["guessed_by"] = found.guess;
    made["profile"] = profile;
    std::cout << made.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

} // namespace

void probe(const probe_options& how) {
    const auto endpoint = net::parse_endpoint(how.at);
    if (!endpoint) throw tool_stop(endpoint.error(), "HOST:PORT", ending::wrong_use);
    if (!how.file.empty() && ::access(how.file.c_str(), F_OK) == 0)
        throw tool_complaint(ending::wrong_use, how.file + " is there already");
    const target there{*endpoint, how.tls.client()};
    {
        hsm::client unit({there.at, variant("payshield", 4), logger::none(), there.tls});
        if (auto linked = unit.connect(call(std::chrono::seconds(5))); !linked) give_up(linked.error());
    }
    if (const auto hint = first_hint(there);
        hint.starts_with("what came looks like") && hint.find("Westone") == std::string::npos) {
        throw tool_complaint(ending::unreachable,
            how.at + " is no unit, or not so: " + hint + (hint.find("TLS") != std::string::npos ? "; --tls" : ""));
    }
    std::vector<attempt> tried;
    auto found = try_all("Racal ASCII", racal_headers, tried,
        [&](std::size_t header, std::string& why_not) { return try_racal(there, header, why_not); });
    const bool speaks =
        std::any_of(tried.begin(), tried.end(), [](const attempt& each) { return !each.was_silent(); });
    if (!found && speaks) {
        found = try_all(
            "Racal ASCII", unusual_headers(), tried,
            [&](std::size_t header, std::string& why_not) { return try_racal(there, header, why_not); },
            after_silence::end);
    }
    if (!found) {
        found = try_all("Westone binary", westone_headers, tried,
            [&](std::size_t header, std::string& why_not) { return try_westone(there, header, why_not); });
    }
    if (!found) give_up_on(how, there, tried);
    if (!found->firmware.empty()) std::cerr << "firmware: " << escaped_text(found->firmware) << "\n";
    if (!found->guess.empty()) std::cerr << "base " << found->base << " guessed by " << found->guess << "\n";
    const auto text = profile_text(*found, how.at);
    if (auto again = hsm::profile::parse(text); !again) give_up(again.error());
    if (!how.file.empty()) {
        write_new(how.file, text);
        std::cerr << "profile written to " << how.file << "\n";
    }
    if (how.form == output_form::json) return print_json(*found, text);
    if (how.file.empty()) std::cout << text;
}

} // namespace cipherlane::cli
