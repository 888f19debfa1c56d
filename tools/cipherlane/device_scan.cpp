#include "cipherlane/device_scan.hpp"

#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/qr/code_kind.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct scan_arguments {
    std::string port;
    std::string driver = "serial";
    std::string end = "cr-or-lf";
    std::string aim = "may-come";
    std::string text = "utf8";
    unsigned baud = 0;
    int count = 1;
    int seconds = 60;
    net::tls_settings tls;
    output_form output = output_form::text;
};

/// Of a scanner set up wrongly a code may come with an identifier in front, or two in one: it is one all the same.
bool has_long_number(std::string_view text) {
    constexpr std::size_t shortest = 15; // an article's number has 14 at most
    std::size_t run = 0;
    for (const char c : text) {
        if (c == ' ' || c == '-') continue;
        run = c >= '0' && c <= '9' ? run + 1 : 0;
        if (run >= shortest) return true;
    }
    return false;
}

/// What may be paid with is masked; all else is told as it is.
json row_of(const ports::scanned_code& code) {
    const auto text = code.text.expose();
    const auto kinds = qr::kinds_of(text);
    json names = json::array();
    bool secret = has_long_number(text);
    for (const auto kind : kinds) {
        names.push_back(qr::to_string(kind));
        secret = secret || qr::shown_by_payer(kind) || kind == qr::code_kind::card_number;
    }
    return {{"text", secret ? mask_pan(text) : printable_text(text)}, {"masked", secret}, {"characters", text.size()},
        {"symbology", code.symbology}, {"kinds", names}};
}

/// What a word of a table stands for; the command line lets no other through.
template <class Words>
auto meant_by(std::string_view word, const Words& words) {
    return std::ranges::find(words, word, &Words::value_type::first)->second;
}

template <class Words>
std::vector<std::string> words_of(const Words& words) {
    std::vector<std::string> all;
    for (const auto& one : words)
        all.emplace_back(one.first);
    return all;
}

void run_scan(const scan_arguments& what) {
    using namespace drivers;
    drivers::scanner_options options;
    options.baud = what.baud;
    options.profile.end = meant_by(what.end, scan_end_words);
    options.profile.aim = meant_by(what.aim, aim_identifier_words);
    options.profile.text = meant_by(what.text, scan_text_words);
    if (drivers::device_address::wants_tls(what.port)) options.tls = value_or_stop(net::tls_client::create(what.tls));
    const call bounds{std::chrono::seconds(what.seconds)};
    boost::asio::io_context io;
    const auto scanner =
        value_or_stop(drivers::open_scanner(io.get_executor(), what.driver, what.port, options, bounds));
    std::cerr << "scan a code\n" << std::flush;
    json rows = json::array();
    for (int i = 0; i < what.count; ++i) {
        rows.push_back(row_of(value_or_stop(scanner->scan(bounds))));
        if (what.output == output_form::json) continue;
        const auto& row = rows.back();
        std::cout << row["text"].get<std::string>() << (row["masked"] ? " (masked)" : "") << ", " << row["characters"]
                  << " characters, identifier "
                  << (row["symbology"] == "" ? std::string("none") : row["symbology"].get<std::string>());
        for (const auto& kind : row["kinds"])
            std::cout << ", " << kind.get<std::string>();
        std::cout << "\n" << std::flush;
    }
    if (what.output == output_form::json)
        std::cout << json{{"codes", rows}}.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
}

} // namespace

void add_scan_command(CLI::App& device) {
    auto what = std::make_shared<scan_arguments>();
    auto* scan = device.add_subcommand("scan", "what a scanner reads; what may be paid with is masked");
    std::vector<std::string> families;
    for (const auto& family : drivers::scanner_families())
        families.emplace_back(family.name);
    scan->add_option("--port", what->port, "where it is: a serial line, hid:VENDOR:PRODUCT, an input device, tcp:…")
        ->required();
    scan->add_option("--driver", what->driver, "family of the scanner")
        ->check(CLI::IsMember(families))
        ->capture_default_str();
    scan->add_option("--end", what->end, "what ends a code; none: a pause")
        ->check(CLI::IsMember(words_of(drivers::scan_end_words)))
        ->capture_default_str();
    scan->add_option("--aim", what->aim, "the AIM identifier before a code")
        ->check(CLI::IsMember(words_of(drivers::aim_identifier_words)))
        ->capture_default_str();
    scan->add_option("--text", what->text, "character set")
        ->check(CLI::IsMember(words_of(drivers::scan_text_words)))
        ->capture_default_str();
    scan->add_option("--baud", what->baud, "another speed than 9600");
    scan->add_option("--count", what->count, "how many codes")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    scan->add_option("--ca", what->tls.ca_file, "tls: PEM file of the authorities trusted");
    scan->add_option("--crl", what->tls.crl_file, "tls: PEM file of certificates that were revoked");
    scan->add_option("--tls-name", what->tls.peer_name, "tls: name in the peer's certificate");
    scan->add_option("--timeout,--seconds", what->seconds, "seconds for all of it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    add_json_flag(*scan, what->output);
    scan->callback([what] { run_scan(*what); });
}

} // namespace cipherlane::cli
