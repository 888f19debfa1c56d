// Real gateways: whether a till's settings fit them, and why a message is not believed.
#include "cipherlane/commands.hpp"
#include "cipherlane/gateway/explain.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/step_print.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/wechat_signature.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/till/gateway_check.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct check_options {
    std::string settings;
    unsigned seconds = 60;
    bool as_json = false; ///< a flag of the command line
};

struct explain_options {
    std::string file;
    std::string speak;
    std::vector<std::string> keys;
    std::vector<std::string> roots;
    std::string settings;
    std::string shared_key;
    std::string api_key;
    std::int64_t at = -1;
    output_form form = output_form::text;
};

constexpr std::size_t largest_message = 1U << 20U;

std::string read_all(const std::string& path) {
    std::string text;
    if (path == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
        std::ifstream file(path, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
        if (!file)
            throw tool_stop(
                error(core_errc::no_file, layer::tools).during("gateway").at_endpoint(path), "", ending::wrong_use);
    }
    if (text.size() > largest_message)
        throw tool_complaint(ending::wrong_use, path + ": expected one message, found more than 1 MiB");
    return text;
}

/// A public key, certificates, or the private key of whoever signs.
void add_keys(const std::string& path, std::vector<judging_key>& to) {
    const auto add = [&](const std::string& name, std::string_view text) {
        auto key = read_judging_key(name, text);
        if (!key)
            throw tool_stop(error(key.error()).at_endpoint(path),
                "a public key or certificate, PEM or base64, as the console gives it");
        to.push_back(*std::move(key));
    };
    const auto text = read_all(path);
    if (text.find("PRIVATE KEY") != std::string::npos) {
        const auto signer = hostlink::key_signer::create(text);
        if (!signer) throw tool_stop(error(signer.error()).at_endpoint(path));
        const auto der = (*signer)->public_der();
        if (!der) throw tool_stop(error(der.error()).at_endpoint(path));
        return add(path, to_base64(*der));
    }
    const auto begin = std::string_view("-----BEGIN");
    const auto first = text.find(begin);
    if (first == std::string::npos) return add(path, text);
    int number = 0;
    for (auto at = first; at != std::string::npos; at = text.find(begin, at + 1))
        add(number++ == 0 ? path : path + ", the " + std::to_string(number) + ". in it",
            std::string_view(text).substr(at));
}

/// Roots, and what lies between them and whoever signs.
void add_roots(const std::string& path, explain_with& to) {
    if (const auto taken = add_authorities(to, read_all(path)); !taken)
        throw tool_stop(error(taken.error()).at_endpoint(path), "certificates in PEM");
}

/// What a till's settings have of the gateway that speaks: its key or certificates, and whom they lead to.
void add_from_settings(const std::string& file, gateway_speech speaks, explain_with& to) {
    const std::map<gateway_kind, gateway_speech> kinds{{gateway_kind::wechat, gateway_speech::wechat},
        {gateway_kind::alipay, gateway_speech::alipay}, {gateway_kind::unionpay, gateway_speech::unionpay},
        {gateway_kind::netpay, gateway_speech::netpay}};
    for (const auto& place : read_settings(file).gateways()) {
        const auto kind = kinds.find(place.kind);
        if (kind == kinds.end() || kind->second != speaks) continue;
        for (const auto* path : {&place.public_key_file, &place.wechat.certificates_file,
                 &place.wechat.kept_certificates_file, &place.alipay.alipay_certificate_file})
            if (!path->empty() && std::ifstream(*path)) add_keys(*path, to.keys);
        for (const auto* path : {&place.wechat.platform_roots_file, &place.alipay.root_certificates_file,
                 &place.unionpay.acp_root_file, &place.unionpay.acp_middle_file})
            if (!path->empty()) add_roots(*path, to);
    }
}

std::optional<gateway_speech> speech_of(const std::string& word) {
    static const std::map<std::string, gateway_speech> words{{"wechat", gateway_speech::wechat},
        {"alipay", gateway_speech::alipay}, {"unionpay", gateway_speech::unionpay},
        {"netpay", gateway_speech::netpay}};
    const auto found = words.find(word);
    return found == words.end() ? std::nullopt : std::optional(found->second);
}

/// Whether the sealed part of a notice opens, and what it is about; not what it says of the payer.
std::string about_resource(const std::string& body, byte_view api_key) {
    const auto all = json::parse(body, nullptr, false);
    if (!all.is_object() || !all.contains("resource") || !all.at("resource").is_object()) return "there is none";
    const auto& part = all.at("resource");
    const auto text = [&](const char* name) {
        return part.contains(name) && part.at(name).is_string() ? part.at(name).get<std::string>() : std::string();
    };
    const auto clear = hostlink::wechat::open_resource(
        api_key, {text("algorithm"), text("ciphertext"), text("nonce"), text("associated_data")});
    if (!clear)
        return "does not open: " + clear.error().to_string() +
               "; another APIv3 key, or nonce or associated_data were changed";
    std::string said = "opens";
    const auto inside = json::parse(as_text(clear->expose()), nullptr, false);
    for (const char* name : {"mchid", "out_trade_no", "trade_state", "out_refund_no", "refund_status"})
        if (inside.is_object() && inside.contains(name) && inside.at(name).is_string())
            said.append(said == "opens" ? ": " : ", ")
                .append(name)
                .append(" ")
                .append(inside.at(name).get<std::string>());
    return said;
}

/// Each line end shown, so that a missing or another one is seen. What is no text, or could steer a terminal, stands
/// as its bytes: a GBK notice, somebody's escape.
std::string with_ends(std::string_view text) {
    std::string shown = "  ";
    while (!text.empty()) {
        const auto before = text;
        const bool is_text = take_code_point(text).has_value();
        if (!is_text) text.remove_prefix(1);
        const auto piece = before.substr(0, before.size() - text.size());
        if (piece == "\r") {
            shown += "␍";
        } else if (piece == "\n") {
            shown += text.empty() ? "⏎" : "⏎\n  ";
        } else if (is_text && printable_text(piece) == piece) {
            shown += piece;
        } else {
            for (const char one : piece)
                shown.append("\\x").append(to_hex(as_bytes(std::string_view(&one, 1))));
        }
    }
    return shown;
}

/// What a message says of itself is not ours.
std::string shown(const std::string& text) {
    constexpr std::size_t longest = 1'000;
    return printable_text(text, longest);
}

std::string made_at(std::chrono::seconds since) {
    const std::chrono::system_clock::time_point when{since};
    return std::to_string(since.count()) + ", " + ports::to_civil(when).to_string() + " +08:00";
}

void print(const signed_message& what, const std::string& text, const std::vector<judging_key>& keys,
    const explanation& told, const std::string& resource) {
    std::cout << to_string(what.gateway) << ", " << what.kind << "\n";
    if (!what.names.empty()) std::cout << "names key    " << shown(what.names) << "\n";
    if (what.made) std::cout << "signed at    " << made_at(*what.made) << "\n";
    std::cout << "signed text  " << what.texts.front().text.size() << " bytes, SHA-256 " << told.digest << "\n"
              << with_ends(text) << "\n";
    for (const auto& one : keys)
        std::cout << "key given    " << one.name << ": " << one.about() << "\n";
    for (const auto& one : told.notes)
        std::cout << "note         " << shown(one) << "\n";
    if (!resource.empty()) std::cout << "resource     " << shown(resource) << "\n";
    switch (told.verdict) {
    case signature_verdict::right: std::cout << "RIGHT        signed with " << told.key << "\n"; return;
    case signature_verdict::not_judged:
        std::cout << "not judged   "
                  << (what.signature.empty() ? "it carries no signature" : "give the key: --key FILE") << "\n";
        return;
    case signature_verdict::wrong: break;
    }
    std::cout << "WRONG        " << shown(told.why) << "\n";
    if (!told.key.empty()) std::cout << "signed with  " << told.key << "\n";
    if (!told.mistake.empty()) std::cout << "mistake      " << shown(told.mistake) << "\n";
    if (!told.advice.empty()) std::cout << "do           " << shown(told.advice) << "\n";
}

json to_json(const signed_message& what, const std::string& text, const std::vector<judging_key>& keys,
    const explanation& told, const std::string& resource) {
    json made{{"gateway", to_string(what.gateway)}, {"kind", what.kind}, {"names_key", what.names},
        {"signed_text", text}, {"bytes", what.texts.front().text.size()}, {"sha256", told.digest},
        {"verdict", to_string(told.verdict)}, {"key", told.key}, {"why", told.why}, {"mistake", told.mistake},
        {"advice", told.advice}, {"notes", told.notes}};
    if (what.made) made["signed_at"] = what.made->count();
    if (!resource.empty()) made["resource"] = resource;
    for (const auto& one : keys)
        made["keys"].push_back({{"name", one.name}, {"about", one.about()}});
    return made;
}

void explain_message(const explain_options& options) {
    const auto read = read_captured_http(read_all(options.file));
    if (!read) {
        throw tool_stop(
            read.error(), "a request, answer or notice with its header, as it was sent", ending::wrong_use);
    }
    const auto what = find_signed(*read, speech_of(options.speak));
    if (!what) {
        throw tool_stop(what.error(),
            options.speak.empty() ? "if it is one of theirs, say whose: --speak" : "look at how it was kept",
            ending::wrong_use);
    }
    explain_with with;
    for (const auto& one : options.keys)
        add_keys(one, with.keys);
    for (const auto& one : options.roots)
        add_roots(one, with);
    if (!options.settings.empty()) add_from_settings(options.settings, what->gateway, with);
    // A message may bring its certificate: whether that one is trusted the roots tell, where there are any.
    if (with.keys.empty() && !what->shown_certificate.empty())
        if (auto key = read_judging_key("the certificate that it brings", what->shown_certificate))
            with.keys.push_back(*std::move(key));
    std::optional<secret_bytes> shared;
    if (!options.shared_key.empty()) shared.emplace(read_secret_line("--shared-key", options.shared_key));
    if (shared) with.shared_key = shared->expose();
    if (options.at >= 0) with.at = std::chrono::system_clock::time_point(std::chrono::seconds(options.at));
    std::string resource;
    if (!options.api_key.empty()) {
        const auto key = read_secret_line("--api-key", options.api_key);
        resource = about_resource(read->body, key.expose());
    }
    const auto told = explain(*read, *what, with);
    const auto text = without_payment_code(what->texts.front().text);
    if (options.form == output_form::json) {
        const auto lax = json::error_handler_t::replace;
        std::cout << to_json(*what, text, with.keys, told, resource).dump(2, ' ', false, lax) << "\n";
    } else {
        print(*what, text, with.keys, told, resource);
    }
    if (told.verdict == signature_verdict::wrong) throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

void check(const check_options& options) {
    keep_secrets();
    const auto settings = read_settings(options.settings);
    if (settings.gateways().empty())
        throw tool_complaint(ending::wrong_use, options.settings + ": expected a table [gateway] with an address");
    print_steps(
        [&](const auto& told) { return check_gateways(settings, call(std::chrono::seconds(options.seconds)), told); },
        options.as_json);
}

} // namespace

void add_gateway_command(CLI::App& tool) {
    auto* app = tool.add_subcommand("gateway", "Real gateways: WeChat Pay, Alipay, UnionPay, netpay");
    app->require_subcommand(1);

    auto checking = std::make_shared<check_options>();
    auto* one =
        app->add_subcommand("check", "Ask each gateway of a till: keys, certificates, clock, and a call that proves "
                                     "both sides' signatures; moves no "
                                     "money. Exit codes: 0 all is well; 1 something is wrong; 2 the settings are");
    one->add_option("settings", checking->settings, "The till's settings (TOML)")->required();
    one->add_option("--timeout", checking->seconds, "Seconds for all of it")->capture_default_str();
    one->add_flag("--json", checking->as_json, "As JSON");
    one->callback([checking] { check(*checking); });

    auto explaining = std::make_shared<explain_options>();
    one = app->add_subcommand("explain",
        "Say of a captured request, answer or notice which text is signed, whether a key has signed it, and if not "
        "which of the usual mistakes it is. Exit codes: 0 right, or no key was given; 1 wrong; 2 it cannot be read");
    one->add_option("file", explaining->file, "The message with its header; - for standard input")->required();
    one->add_option("--speak", explaining->speak, "Whose message it is; found out if left out")
        ->check(CLI::IsMember({"wechat", "alipay", "unionpay", "netpay"}));
    one->add_option(
        "--key", explaining->keys, "Who should have signed: a public key or certificates; several may be given");
    one->add_option("--roots", explaining->roots,
        "Certificates that the signer's must lead to, and those between; several files may be given");
    one->add_option("--settings", explaining->settings,
        "A till's settings: keys, certificates and roots of the gateway that speaks are taken from there");
    one->add_option("--shared-key", explaining->shared_key,
        "Of netpay, and of UnionPay's signMethod 11: - for a line of standard input, or a file of mode 0600");
    one->add_option("--api-key", explaining->api_key,
        "The APIv3 key, to see whether a notice's resource opens: - or a file of mode 0600");
    one->add_option("--at", explaining->at, "When it came, Unix seconds; else its header Date tells");
    add_json_flag(*one, explaining->form);
    one->callback([explaining] { explain_message(*explaining); });
}

} // namespace cipherlane::cli
