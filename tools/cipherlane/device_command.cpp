#include "cipherlane/commands.hpp"
#include "cipherlane/device_list.hpp"
#include "cipherlane/device_print.hpp"
#include "cipherlane/device_scan.hpp"
#include "cipherlane/device_terminal.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/trace_link.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

namespace cipherlane::cli {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

struct device_arguments {
    std::string port;
    std::string driver = "rcall";
    unsigned baud = 0;
    std::string language; ///< empty: as the printer's code page has it
    std::string font;
    std::string description;
    drivers::printer_options printer;
    drivers::speaker_profile speaker;
    std::vector<std::string> plates;
    std::string drawing;
    std::string qr;
    std::string amount;
    std::string payee;
    std::vector<std::string> text;
    std::string outcome;
    bool clear = false;
    int brightness = -1;
    std::string trace;
    net::tls_settings tls;
    bool questions = false; ///< a flag of the command line
    int seconds = 15;
    output_form output = output_form::text;
};

/// What was done, as words or for scripts.
void say(const device_arguments& what, const json& as_json, const std::string& as_text) {
    if (what.output == output_form::json)
        std::cout << as_json.dump(2) << "\n";
    else
        std::cout << as_text << "\n";
}

call bounds_of(const device_arguments& what) {
    return call(std::chrono::seconds(what.seconds));
}

std::vector<std::string> family_names() {
    std::vector<std::string> names;
    for (const auto& family : drivers::display_families())
        names.emplace_back(family.name);
    return names;
}

drivers::display_options options_of(const device_arguments& what) {
    drivers::display_options options;
    const auto& page = what.printer.code_page;
    const bool english = what.language.empty() ? !page.empty() && page != "gbk" : what.language == "en";
    options.words = english ? drivers::wording::english() : drivers::wording::chinese();
    options.printer = what.printer;
    if (what.drawing == "native") options.printer.code = drivers::printer_options::drawing::native;
    if (what.drawing == "raster") options.printer.code = drivers::printer_options::drawing::raster;
    options.font_file = what.font;
    options.description_file = what.description;
    options.baud = what.baud;
    options.speaker = what.speaker;
    options.plate.plates = what.plates;
    if (drivers::device_address::wants_tls(what.port)) options.tls = value_or_stop(net::tls_client::create(what.tls));
    return options;
}

std::string_view advice_for_link(const error& why) noexcept {
    if (why.is(condition::timed_out) || why.is(condition::link_lost))
        return "is it switched on and plugged in, and is the address its own? `cipherlane device list` shows what is "
               "here";
    if (why.code() == boost::system::errc::permission_denied)
        return "this user may not open it: `cipherlane device list` says what would let it";
    return {};
}

std::unique_ptr<net::transport> open_link(boost::asio::io_context& io, const device_arguments& what) {
    if (what.port.empty() && what.driver != "described") throw CLI::RequiredError("--port");
    auto link = value_or_stop(
        drivers::open_display_link(io.get_executor(), what.driver, what.port, options_of(what), bounds_of(what)),
        advice_for_link);
    if (what.trace.empty()) return link;
    return std::make_unique<trace_link>(std::move(link), what.trace);
}

ports::payment_outcome outcome_named(const std::string& name) {
    if (name == "approved") return ports::payment_outcome::approved;
    if (name == "declined") return ports::payment_outcome::declined;
    if (name == "cancelled") return ports::payment_outcome::cancelled;
    if (name == "unknown") return ports::payment_outcome::unknown;
    return ports::payment_outcome::expired;
}

void show_on(ports::display& screen, const device_arguments& what) {
    const auto total = what.amount.empty() ? amount() : value_or_stop(amount::parse(what.amount));
    const auto bounds = bounds_of(what);
    if (what.brightness >= 0) check_or_stop(screen.set_brightness(what.brightness, bounds));
    if (what.clear) check_or_stop(screen.clear(bounds));
    if (!what.text.empty()) {
        check_or_stop(screen.show_text(what.text[0], what.text.size() > 1 ? what.text[1] : std::string(), bounds));
    } else if (!what.outcome.empty()) {
        check_or_stop(screen.show_outcome(outcome_named(what.outcome), total, bounds));
    } else if (!what.qr.empty()) {
        ports::qr_view view;
        view.payload = what.qr;
        view.total = total;
        view.payee = what.payee;
        check_or_stop(screen.show_qr(view, bounds));
    } else if (!what.amount.empty()) {
        check_or_stop(screen.show_amount(total, bounds));
    }
    const auto can = screen.capabilities();
    const std::string_view proof = can.readable       ? "the picture was read back before it was sent"
                                   : can.acknowledges ? "the device acknowledged every command"
                                                      : "this device says nothing back";
    json made{{"sent", true}, {"driver", what.driver}, {"read_back", can.readable},
        {"acknowledged", can.acknowledges}, {"proof", proof}};
    if (!what.trace.empty()) made["trace"] = what.trace;
    say(what, made, "sent; " + std::string(proof));
}

void run_show(const device_arguments& what) {
    if (!what.clear && what.text.empty() && what.outcome.empty() && what.qr.empty() && what.amount.empty() &&
        what.brightness < 0) {
        throw CLI::RequiredError("one of --qr, --amount, --text, --outcome, --clear, --brightness");
    }
    if (!what.amount.empty()) (void)value_or_stop(amount::parse(what.amount)); // before anything is opened
    boost::asio::io_context io;
    const auto* family = drivers::find_display_family(what.driver);
    if (family->serve != nullptr && what.trace.empty()) {
        const auto served = value_or_stop(
            drivers::open_display(io.get_executor(), what.driver, what.port, options_of(what), bounds_of(what)),
            advice_for_link);
        return show_on(*served, what);
    }
    auto protocol = value_or_stop(family->make(options_of(what)));
    drivers::device_display screen(open_link(io, what), std::move(protocol));
    show_on(screen, what);
}

/// Receipt printers print whatever they do not know, but for this family's question.
constexpr std::string_view printers = "escpos";

/// Who was asked, and what came.
struct probed {
    std::string driver;
    bool answered;
    std::string says;
    bool opened = true; ///< the link was: without it nothing was asked
};

/// What a family's devices are known by, as it goes over the line; empty where it has no such question.
bytes question_of(const device_arguments& what, const drivers::display_family& family) {
    if (family.answers == drivers::display_family::proof::none) return {};
    const auto protocol = family.make(options_of(what));
    if (!protocol) return {};
    const auto question = (*protocol)->heartbeat();
    return question && !question->empty() ? question->front().out : bytes();
}

/// A PIN pad is looked for on serial lines alone: what listens at a port may take its question for an order.
bool may_be_a_pinpad(const device_arguments& what, const drivers::pinpad_family& family) {
    if (family.answers == drivers::pinpad_family::proof::none) return false;
    return value_or_stop(drivers::device_address::parse(what.port)).kind == drivers::address_kind::line;
}

std::optional<probed> probe_display(
    const device_arguments& what, const drivers::display_family& family, bytes& known_question) {
    const auto question = question_of(what, family);
    if (question.empty() || (!known_question.empty() && question != known_question)) return {};
    boost::asio::io_context io;
    auto protocol = family.make(options_of(what));
    const call bounds(3s);
    auto link = drivers::open_display_link(io.get_executor(), family.name, what.port, options_of(what), bounds);
    if (!link) return probed{std::string(family.name), false, link.error().to_string(), false};
    drivers::device_display screen(*std::move(link), *std::move(protocol));
    auto name = screen.heartbeat(bounds.no_later_than(1'500ms));
    if (name) known_question = question;
    return probed{
        std::string(family.name), name.has_value(), name ? printable_text(*name) : name.error().to_string()};
}

std::optional<probed> probe_pinpad(const device_arguments& what, const drivers::pinpad_family& family) {
    if (!may_be_a_pinpad(what, family)) return {};
    boost::asio::io_context io;
    const auto pad = drivers::open_pinpad(io.get_executor(), family.name, what.port, {}, call(3s));
    return probed{
        std::string(family.name), pad.has_value(), pad ? std::string(family.about) : pad.error().to_string()};
}

/// Who was asked and did not answer in time may hold a question of another protocol, which has no line end, for the
/// beginning of its next command.
void end_half_a_line(const device_arguments& what) {
    if (value_or_stop(drivers::device_address::parse(what.port)).kind != drivers::address_kind::line) return;
    boost::asio::io_context io;
    const auto link = drivers::open_display_link(io.get_executor(), "rcall", what.port, options_of(what), call(3s));
    if (link) (void)(*link)->write(as_bytes("\n"), call(1s)); // where it cannot be told, nothing was asked either
}

/// The families in the order in which they are asked: whoever prints what is not meant for it comes first.
std::vector<const drivers::display_family*> displays_to_ask() {
    std::vector<const drivers::display_family*> all{drivers::find_display_family(printers)};
    for (const auto& family : drivers::display_families()) {
        if (family.name != printers) all.push_back(&family);
    }
    return all;
}

/// What a probe would do; nothing is opened.
void tell_questions(const device_arguments& what) {
    json rows = json::array();
    std::string words;
    const auto add = [&](std::string_view driver, const std::string& sends, const std::string& text) {
        rows.push_back({{"driver", driver}, {"sends", sends}});
        words += std::string(driver) + ": sends " + sends + text + "\n";
    };
    for (const auto* family : displays_to_ask()) {
        const auto question = question_of(what, *family);
        const auto text = family->name == printers ? std::string(", which no receipt printer prints")
                                                   : " (" + printable_text(as_text(question)) + ")";
        if (!question.empty()) add(family->name, to_hex(question), text);
    }
    for (const auto& family : drivers::pinpad_families()) {
        if (may_be_a_pinpad(what, family)) add(family.name, "what opens such a pad", "");
    }
    say(what, {{"questions", rows}}, words + "each of them only where nobody has answered before");
}

void run_probe(const device_arguments& what) {
    if (what.questions) return tell_questions(what);
    (void)value_or_stop(drivers::device_address::parse(what.port)); // before each protocol says the same of it
    bool found = false;
    json rows = json::array();
    const auto take = [&](const std::optional<probed>& one) {
        if (!one) return;
        found = found || one->answered;
        rows.push_back({{"driver", one->driver}, {"answered", one->answered}, {"says", one->says}});
        if (what.output == output_form::text) std::cout << one->driver << ": " << one->says << "\n" << std::flush;
    };
    // Whoever has answered hears no more questions of others: to it they are the beginning of a command.
    bytes known_question;
    for (const auto* family : displays_to_ask()) {
        const auto one = probe_display(what, *family, known_question);
        take(one);
        if (family->name != printers || found || !one || !one->opened) continue;
        end_half_a_line(what);
        std::cerr << "cipherlane device probe: NOTE: no receipt printer answers; one that tells no state would print "
                     "what is asked next: --questions lists it\n"
                  << std::flush;
    }
    for (const auto& family : drivers::pinpad_families()) {
        if (!found) take(probe_pinpad(what, family));
    }
    if (!found) end_half_a_line(what);
    const auto ends = found ? ending::done : ending::unreachable;
    if (what.output == output_form::json) {
        std::cout << json{{"asked", rows}, {"found", found}, {"exit", static_cast<int>(ends)}}.dump(
                         2, ' ', false, json::error_handler_t::replace)
                  << "\n";
    }
    if (!found) throw CLI::RuntimeError(static_cast<int>(ends));
}

void run_replay(const device_arguments& what) {
    const auto entries = read_trace(what.trace);
    auto plain = what;
    plain.trace.clear();
    boost::asio::io_context io;
    auto link = open_link(io, plain);
    const auto bounds = bounds_of(what);
    trace_mask said; // what goes over the line now, masked as the trace is
    for (const auto& entry : entries) {
        if (entry.who == trace_entry::from::till) {
            check_or_stop(link->write(entry.data, bounds));
            said.add(entry.who, entry.data);
            continue;
        }
        bytes answer(entry.data.size());
        for (std::size_t at = 0; at < answer.size();) {
            at += value_or_stop(link->read_some(byte_span(answer).subspan(at), bounds.no_later_than(5s)));
        }
        said.add(entry.who, answer);
    }
    said.finish();
    const auto now = said.take();
    const auto [differs, recorded] = std::ranges::mismatch(now, entries);
    if (differs != now.end()) {
        throw tool_complaint(ending::difference, "transfer " + std::to_string(differs - now.begin() + 1) +
                                                     ": the device answers otherwise than in the trace");
    }
    say(what, {{"transfers", entries.size()}, {"as_in_the_trace", true}},
        std::to_string(entries.size()) + " transfers as in the trace");
}

void add_port(CLI::App& to, device_arguments& what) {
    to.add_option("--port", what.port,
        "where it is: a serial line, best a name under /dev/serial/by-id, perhaps with ?baud=115200; "
        "usb:VENDOR:PRODUCT[:SERIAL]; hid:VENDOR:PRODUCT[:SERIAL]; tcp:HOST:PORT; tls:HOST:PORT; of a described "
        "display "
        "on USB also its serial number or its port alone, needed only where there are several");
    to.add_option("--ca", what.tls.ca_file, "tls: PEM file of the authorities trusted; the system's unless told");
    to.add_option("--crl", what.tls.crl_file, "tls: PEM file of certificates that were revoked");
    auto* cert = to.add_option("--cert", what.tls.certificate_file, "tls: PEM file of our certificate and its chain");
    auto* key = to.add_option("--key", what.tls.key_file, "tls: PEM file of the certificate's key");
    cert->needs(key);
    key->needs(cert);
    to.add_option("--tls-name", what.tls.peer_name, "tls: name in the device's certificate, if not the host's");
    to.add_option("--timeout,--seconds", what.seconds, "seconds for all of it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
}

void add_driver(CLI::App& to, device_arguments& what) {
    add_port(to, what);
    to.add_option("--driver", what.driver, "family of the display")
        ->check(CLI::IsMember(family_names()))
        ->capture_default_str();
    to.add_option("--baud", what.baud, "another speed than the family's own");
    to.add_option("--language", what.language,
          "of the display's own words: zh unless a printer's code page without Chinese is chosen")
        ->check(CLI::IsMember({"zh", "en"}));
    to.add_option("--font", what.font, "font file for panels");
    std::vector<std::string> models;
    for (const auto& model : drivers::escpos_models())
        models.emplace_back(model.name);
    to.add_option("--printer", what.printer.model, "escpos: the make, for its code pages and whether it draws codes")
        ->check(CLI::IsMember(models))
        ->capture_default_str();
    to.add_option("--code-page", what.printer.code_page,
        "escpos: gbk, ascii, or a Latin page that the printer has, as cp858, cp1252, iso8859-15");
    to.add_flag("--transliterate", what.printer.plain_letters,
        "escpos: letters that the code page does not have lose their marks; else they are refused");
    to.add_option("--code", what.drawing, "escpos: who draws codes; without it as the make has it")
        ->check(CLI::IsMember({"native", "raster"}));
    to.add_option("--dots", what.printer.width_dots, "escpos: width of the paper, for codes drawn here");
    to.add_option(
        "--plate", what.plates, "code-plate: the number (IMEI) of each plate; --port is where they call us");
    to.add_option("--topic", what.speaker.topic, "mqtt-speaker: the speaker's topic, mostly its number (IMEI)");
    to.add_option("--client-id", what.speaker.client_id, "mqtt-speaker: ours at the broker")->capture_default_str();
    to.add_option("--description", what.description, "TOML file of a described display; implies --driver described")
        ->each([&what](const std::string&) { what.driver = "described"; });
}

void add_content(CLI::App& to, device_arguments& what) {
    to.add_option("--qr", what.qr, "text of a payment code");
    to.add_option("--amount", what.amount, "alone, or with --qr or --outcome: 12.34");
    to.add_option("--payee", what.payee, "name above the code");
    to.add_option("--text", what.text, "one or two lines")->expected(1, 2);
    to.add_option("--outcome", what.outcome, "of a payment")
        ->check(CLI::IsMember({"approved", "declined", "cancelled", "expired", "unknown"}));
    to.add_option("--brightness", what.brightness, "percent")->check(CLI::Range(0, 100));
    to.add_flag("--clear", what.clear, "empty the screen first");
}

} // namespace

void add_device_command(CLI::App& tool) {
    auto what = std::make_shared<device_arguments>();
    auto* device = tool.add_subcommand("device",
        "displays, printers, scanners, PIN pads and card terminals: what is plugged in, test pictures, traces");
    device->require_subcommand(1);
    auto root = std::make_shared<std::string>("/");
    auto* list =
        device->add_subcommand("list", "serial lines, HID and USB: the driver that fits, why it cannot be opened");
    list->add_option("--root", *root, "look at the sys and dev below this folder; no USB then")
        ->capture_default_str();
    list->callback([what, root] { list_devices(*root, what->output); });

    auto* show = device->add_subcommand("show", "show a code, an amount, text or an outcome");
    add_driver(*show, *what);
    add_content(*show, *what);
    show->callback([what] { run_show(*what); });

    add_print_command(*device);
    add_scan_command(*device);
    add_terminal_command(*device);

    auto* probe = device->add_subcommand(
        "probe", "ask what is on a port, with one protocol after the other until one is answered");
    add_port(*probe, *what);
    probe->get_option("--port")->required();
    probe->add_flag("--questions", what->questions, "say what would be sent, in which order, and send nothing");
    probe->callback([what] { run_probe(*what); });

    auto* record = device->add_subcommand("record", "as show, and write a trace with long numbers masked");
    add_driver(*record, *what);
    add_content(*record, *what);
    record->add_option("--trace", what->trace, "file to write")->required();
    record->callback([what] { run_show(*what); });

    auto* replay = device->add_subcommand("replay", "send a trace again and compare the answers");
    add_driver(*replay, *what);
    replay->add_option("--trace", what->trace, "file to read")->required();
    replay->callback([what] { run_replay(*what); });
    for (auto* each : {list, show, probe, record, replay})
        add_json_flag(*each, what->output);
}

} // namespace cipherlane::cli
