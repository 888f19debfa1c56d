#include "cipherlane/device_terminal.hpp"

#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct terminal_arguments {
    std::string port;
    std::string driver = "zvt";
    drivers::terminal_options options;
    unsigned unit = 0; ///< 0: the driver's usual one
    net::tls_settings tls;
    bool last = false; ///< a flag of the command line, as those below
    bool totals = false;
    bool verify = false;
    bool diagnosis = false;
    bool print_again = false;
    bool abort = false;
    int seconds = 60;
    output_form output = output_form::text;
};

/// Of its amounts.
currency unit_of(const terminal_arguments& what) {
    if (what.unit == 0) return what.driver == "mispos" ? cny : what.options.unit;
    const auto known = what.unit <= 999 ? find_currency(static_cast<std::uint16_t>(what.unit)) : std::nullopt;
    if (!known) throw tool_complaint(ending::wrong_use, "--currency: expected a number of ISO 4217, as 978");
    return *known;
}

std::string_view advice_for_opening(const error& why) noexcept {
    const auto& code = why.code();
    if (code == drivers::drivers_errc::not_acknowledged || code == drivers::drivers_errc::bad_frame)
        return "another protocol is spoken there, or speed, parity or stop bits differ";
    if (why.is(condition::rejected_by_peer))
        return "compare the till's password and the currency with the terminal's menu, and look at its display";
    if (why.is(condition::timed_out) || why.is(condition::link_lost))
        return "is it switched on, and set to be driven by a till over this link, in this protocol? Most take one "
               "till "
               "at a time";
    return {};
}

std::unique_ptr<ports::terminal> terminal_of(boost::asio::io_context& io, const terminal_arguments& what,
    drivers::terminal_options options, const call& bounds) {
    if (what.port.starts_with("tls:")) options.tls = value_or_stop(net::tls_client::create(what.tls));
    return value_or_stop(
        drivers::open_terminal(io.get_executor(), what.driver, what.port, options, bounds), advice_for_opening);
}

std::string readiness(const ports::terminal_health& now) {
    return now.ready ? "ready" : "not ready, state " + printable_text(now.code);
}

/// What was told, for scripts and for people.
class terminal_words {
  public:
    void add(const char* name, json value, const std::string& words) {
        made_[name] = std::move(value);
        words_ += words + "\n";
    }
    [[nodiscard]] std::string as(output_form form) const {
        if (form == output_form::text) return words_;
        return made_.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    }

  private:
    json made_;
    std::string words_;
};

void tell_state(ports::terminal& device, const call& bounds, terminal_words& into) {
    const auto now = value_or_stop(device.status(bounds));
    into.add("state",
        {{"ready", now.ready}, {"code", printable_text(now.code)}, {"terminal", printable_text(now.terminal_id)},
            {"version", printable_text(now.version)}},
        "terminal " + printable_text(now.terminal_id) + ": " + readiness(now) +
            (now.version.empty() ? "" : ", version " + printable_text(now.version)));
}

void tell_last(ports::terminal& device, const call& bounds, terminal_words& into) {
    const auto last = printable_text(value_or_stop(device.last_done(bounds)));
    into.add("last", last, last.empty() ? "last transaction: it tells none" : "last transaction: " + last);
}

void tell_totals(ports::terminal& device, const call& bounds, const currency& unit, terminal_words& into) {
    const auto sum = value_or_stop(device.totals(bounds));
    const auto words = sum.total ? amount(sum.total->minor, unit).to_string() : std::string("not told");
    into.add("totals", sum.total ? json(sum.total->minor) : json(), "open day: " + words);
}

void tell_card(ports::terminal& device, const call& bounds, terminal_words& into) {
    std::cerr << "the terminal waits for a card\n" << std::flush;
    const auto card = value_or_stop(device.verify_card(bounds));
    into.add("card",
        {{"outcome", ports::to_string(card.outcome)}, {"code", printable_text(card.code)},
            {"text", printable_text(card.text)}, {"number", printable_text(card.masked_pan)}},
        "card " + printable_text(card.masked_pan) + ": " + std::string(ports::to_string(card.outcome)) +
            (card.text.empty() ? "" : ", " + printable_text(card.text)));
}

/// What is for another protocol would be left out without a word, and a host without its port be taken for a path.
void check_arguments(const terminal_arguments& what) {
    const auto only_for = [&](std::string_view driver, const std::string& option, bool given) {
        if (given && what.driver != driver)
            throw tool_complaint(ending::wrong_use, option + ": only for --driver " + std::string(driver));
    };
    only_for("zvt", "--password", !what.options.password.empty());
    only_for("mispos", "--description", !what.options.description_file.empty());
    const bool some_address =
        what.port.find_first_of(":/") != std::string::npos || std::filesystem::exists(what.port);
    if (!some_address)
        throw tool_complaint(ending::wrong_use, "--port: expected HOST:PORT, or the path of a serial line");
}

void run_terminal(const terminal_arguments& what) {
    check_arguments(what);
    const call bounds{std::chrono::seconds(what.seconds)};
    boost::asio::io_context io;
    json lines = json::array();
    std::string receipt;
    auto options = what.options;
    options.unit = unit_of(what);
    const auto unit = options.unit;
    if (what.print_again) {
        options.events.line = [&](const ports::terminal_line& one) {
            lines.push_back(printable_text(one.text));
            receipt += printable_text(one.text) + "\n";
        };
    }
    const auto device = terminal_of(io, what, std::move(options), bounds);
    terminal_words told;
    if (what.abort) {
        check_or_stop(device->abort(bounds));
        told.add("abort", true, "told to end what it was at");
    }
    tell_state(*device, bounds, told);
    if (what.last) tell_last(*device, bounds, told);
    if (what.totals) tell_totals(*device, bounds, unit, told);
    if (what.verify) tell_card(*device, bounds, told);
    if (what.diagnosis) {
        check_or_stop(device->diagnosis(bounds));
        told.add("diagnosis", true, "it reaches its host");
    }
    if (what.print_again) {
        check_or_stop(device->print_again(bounds));
        const bool ours = !lines.empty();
        told.add("receipt", lines, ours ? receipt : "told to print its last receipt");
    }
    std::cout << told.as(what.output);
}

} // namespace

void add_terminal_command(CLI::App& device) {
    auto what = std::make_shared<terminal_arguments>();
    auto* terminal = device.add_subcommand(
        "terminal", "how a card terminal is, its last transaction, its day; payments are `cipherlane till`'s");
    terminal->add_option("--port", what->port, "where it is: tcp:HOST:PORT, tls:HOST:PORT, a serial line, usb:…")
        ->required();
    std::vector<std::string> families;
    for (const auto& family : drivers::terminal_families())
        families.emplace_back(family.name);
    terminal->add_option("--driver", what->driver, "its protocol")
        ->check(CLI::IsMember(families))
        ->capture_default_str();
    terminal->add_option("--password", what->options.password, "zvt: of the till, six digits");
    terminal->add_option("--currency", what->unit, "ISO 4217 number; 978, of mispos 156, unless told");
    terminal->add_option("--description", what->options.description_file, "mispos: TOML file of the acquirer");
    terminal->add_option("--baud", what->options.baud, "another speed than the family's own");
    terminal->add_flag("--last", what->last, "its last transaction, in its own words");
    terminal->add_flag("--totals", what->totals, "what its open day comes to");
    terminal->add_flag("--verify", what->verify, "a card, judged by its host without money");
    terminal->add_flag("--diagnosis", what->diagnosis, "zvt: whether it reaches its host, which it asks now");
    terminal->add_flag("--print-again", what->print_again, "its last receipt");
    terminal->add_flag("--abort", what->abort, "ends first what it may be doing for a till that is gone");
    terminal->add_option("--ca", what->tls.ca_file, "tls: PEM file of the authorities trusted");
    terminal->add_option("--crl", what->tls.crl_file, "tls: PEM file of certificates that were revoked");
    terminal->add_option("--tls-name", what->tls.peer_name, "tls: name in the terminal's certificate");
    terminal->add_option("--timeout,--seconds", what->seconds, "seconds for all of it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    add_json_flag(*terminal, what->output);
    terminal->callback([what] { run_terminal(*what); });
}

} // namespace cipherlane::cli
