#include "cipherlane/device_print.hpp"

#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>
#include <cipherlane/drivers/escpos/escpos_profile.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct print_arguments {
    std::string port;
    std::string driver = "escpos";
    drivers::receipt_options options;
    std::string confirms = "printed";
    std::string cut = "partial";
    net::tls_settings tls;
    std::vector<std::string> text;
    std::string file;
    std::string heading;
    bool drawer = false; ///< a flag of the command line
    bool state = false;  ///< likewise
    int seconds = 60;
    output_form output = output_form::text;
};

std::string slip_of(const print_arguments& what) {
    std::string text;
    for (const auto& line : what.text)
        text += line + "\n";
    if (what.file.empty()) return text;
    if (what.file == "-") return text + std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream in(what.file);
    if (!in) throw tool_complaint(ending::wrong_use, "--file: cannot read " + what.file);
    return text + std::string(std::istreambuf_iterator<char>(in), {});
}

std::unique_ptr<ports::printer> printer_of(
    boost::asio::io_context& io, const print_arguments& what, const call& bounds) {
    using proof = drivers::print_proof;
    using cutting = drivers::receipt_printer_profile::cutting;
    auto options = what.options;
    options.printer.plain_letters = true;
    options.proof =
        std::map<std::string, proof>{{"printed", proof::printed}, {"state", proof::state}, {"none", proof::none}}.at(
            what.confirms);
    options.cut = std::map<std::string, cutting>{{"partial", cutting::partial}, {"full", cutting::full},
        {"none", cutting::none}}
                      .at(what.cut);
    if (drivers::device_address::wants_tls(what.port)) options.tls = value_or_stop(net::tls_client::create(what.tls));
    return value_or_stop(drivers::open_printer(io.get_executor(), what.driver, what.port, options, bounds));
}

/// Says which letters the slip will not have as they were given.
std::string tell_missing_letters(const print_arguments& what, const std::string& text) {
    if (what.driver != "escpos") return {};
    const auto profile = value_or_stop(drivers::escpos_profile_of(what.options.printer));
    auto letters = drivers::escpos_missing_letters(what.heading + text, profile);
    if (letters.empty()) return letters;
    const auto& page = what.options.printer.code_page;
    std::cerr << "cipherlane device print: NOTE: " << (page.empty() ? "gbk" : page)
              << " does not have: " << printable_text(letters, 200)
              << "; printed without their marks, or as ?. --code-page chooses another page\n";
    return letters;
}

void run_print(const print_arguments& what) {
    const auto text = slip_of(what);
    if (text.empty() && what.heading.empty() && !what.drawer && !what.state)
        throw CLI::RequiredError("one of --text, --file, --heading, --drawer, --state");
    const call bounds{std::chrono::seconds(what.seconds)};
    boost::asio::io_context io;
    const auto printer = printer_of(io, what, bounds);
    const auto can = printer->capabilities();
    json made{{"driver", what.driver}, {"columns", can.columns}};
    std::string words;
    if (what.state) {
        const auto now = value_or_stop(printer->status(bounds));
        made["paper"] = ports::to_string(now.paper);
        made["stopped_by"] = ports::to_string(now.stopped_by);
        words += "paper " + std::string(ports::to_string(now.paper)) + ", stopped by " +
                 std::string(ports::to_string(now.stopped_by)) + "\n";
    }
    if (!text.empty() || !what.heading.empty()) {
        ports::print_job job;
        job.text = text;
        job.heading = what.heading;
        const auto missing = tell_missing_letters(what, text);
        check_or_stop(printer->print(job, bounds));
        made["printed"] = true;
        if (!missing.empty()) made["not_in_code_page"] = missing;
        made["confirmed"] = can.confirms;
        words += can.confirms ? "printed, as the printer says\n" : "sent\n";
    }
    if (what.drawer) {
        check_or_stop(printer->open_drawer(bounds));
        made["drawer"] = "opened";
        words += "drawer opened\n";
    }
    if (what.output == output_form::json) words = made.dump(2) + "\n";
    std::cout << words;
}

std::vector<std::string> makes() {
    std::vector<std::string> names;
    for (const auto& model : drivers::escpos_models())
        names.emplace_back(model.name);
    return names;
}

} // namespace

void add_print_command(CLI::App& device) {
    auto what = std::make_shared<print_arguments>();
    auto* print = device.add_subcommand("print", "a slip on a receipt printer, what it says of itself, its drawer");
    print->add_option("--port", what->port, "where it is: a serial line, usb:…, tcp:HOST:9100, tls:HOST:PORT")
        ->required();
    std::vector<std::string> families;
    for (const auto& family : drivers::printer_families())
        families.emplace_back(family.name);
    print->add_option("--driver", what->driver, "family of the printer")
        ->check(CLI::IsMember(families))
        ->capture_default_str();
    print->add_option("--printer", what->options.printer.model, "the make, for its code pages and its width")
        ->check(CLI::IsMember(makes()))
        ->capture_default_str();
    print->add_option("--code-page", what->options.printer.code_page, "gbk, ascii, or a Latin page that it has");
    print->add_option("--baud", what->options.baud, "another speed than 9600");
    print->add_option("--columns", what->options.columns, "of its paper; as the make has it unless told");
    print->add_option("--confirms", what->confirms, "what it must say before a slip counts as printed")
        ->check(CLI::IsMember({"printed", "state", "none"}))
        ->capture_default_str();
    print->add_option("--cut", what->cut, "behind the slip")
        ->check(CLI::IsMember({"partial", "full", "none"}))
        ->capture_default_str();
    print->add_option("--drawer-pin", what->options.drawer_pin, "of the cash drawer")
        ->check(CLI::IsMember({2, 5}))
        ->capture_default_str();
    print->add_option("--text", what->text, "lines")->expected(1, 100);
    print->add_option("--file", what->file, "a text, UTF-8; - for standard input");
    print->add_option("--heading", what->heading, "in large letters above it");
    print->add_flag("--drawer", what->drawer, "open the cash drawer");
    print->add_flag("--state", what->state, "ask for paper and what stops it");
    print->add_option("--ca", what->tls.ca_file, "tls: PEM file of the authorities trusted");
    print->add_option("--crl", what->tls.crl_file, "tls: PEM file of certificates that were revoked");
    print->add_option("--tls-name", what->tls.peer_name, "tls: name in the printer's certificate");
    print->add_option("--timeout,--seconds", what->seconds, "seconds for all of it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    add_json_flag(*print, what->output);
    print->callback([what] { run_print(*what); });
}

} // namespace cipherlane::cli
