#include "cipherlane/commands.hpp"
#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/hsm_test_cards.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

namespace cipherlane::cli {
namespace {

/// Whether the unit's local master keys are of the kind that the profile takes them for; what to do if none is. Units
/// that do not tell are believed.
std::string other_kind_of_keys(hsm::client& unit, const call& bounds) {
    const auto& dialect = unit.dialect();
    const auto* command = dialect.command("JK");
    const auto* tag = dialect.code("scheme", "double");
    const auto* expected = tag == nullptr || tag->size() != 1 ? nullptr : dialect.scheme(tag->front());
    if (command == nullptr || expected == nullptr) return {};
    const auto said = unit.execute(build_command(dialect, command->code, {}), bounds);
    if (!said || said->status != "00") return {};
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    hsm::field_set values;
    if (!engine.decode_answer(*command, said->body, {}, values)) return {};
    const std::string_view wanted = expected->wrap == hsm::key_wrap::thales_block ? "key_block" : "variant";
    bool any = false;
    for (const auto& field : describe_answer(engine, *command, values, reveal::all)) {
        for (const auto& row : field.rows) {
            for (const auto& each : row) {
                if (each.name != "lmk_scheme") continue;
                any = true;
                if (dialect.name_of("lmk_scheme", each.value) == wanted) return {};
            }
        }
    }
    if (!any) return {};
    return wanted == "variant" ? "its local master keys wrap key blocks: --profile payshield-kb"
                               : "its local master keys are variant ones: --profile payshield";
}

/// Health of a unit: what it says of itself, or, where it has no such command, that it works.
void diagnose(const hsm_options& to) {
    hsm::client unit(to.settings());
    const auto& dialect = unit.dialect();
    const bool as_text = to.form() == output_form::text;
    nlohmann::ordered_json made{{"unit", to.at}, {"profile", dialect.name}, {"title", printable_text(dialect.title)}};
    if (as_text) {
        std::cout << "unit " << to.at << ", profile " << printable_text(dialect.name) << " ("
                  << printable_text(dialect.title) << ")\n";
    }
    if (auto linked = unit.connect(to.bounds()); !linked) give_up(linked.error());
    const auto note = [&](const char* key, const char* words, const std::string& value) {
        if (as_text) std::cout << "  " << words << ": " << value << "\n";
        made[key] = value;
    };
    const auto start = std::chrono::steady_clock::now();
    if (dialect.supports(hsm::operation::diagnose)) {
        const auto said = unit.diagnose(hsm::diagnose_request(), to.bounds());
        if (!said) give_up(said.error(), &dialect);
        note("lmk_check", "check of the local master key", to_hex(said->lmk_check.view()));
        note("firmware", "firmware", escaped_text(said->firmware));
        if (!said->serial.empty()) note("serial", "serial number", escaped_text(said->serial));
    } else {
        note("diagnose", "diagnose", "unsupported (" + printable_text(dialect.unsupported.at("diagnose")) + ")");
        const auto alive = unit.execute(build_command(dialect, dialect.health, {}), to.bounds());
        if (!alive) give_up(alive.error(), &dialect);
        const auto words = "health by " + dialect.health;
        note("health", words.c_str(), "status " + escaped_text(alive->status.view()));
        made["command"] = dialect.health;
        if (alive->status != "00") {
            if (!as_text) std::cout << made.dump(2) << "\n";
            throw CLI::RuntimeError(static_cast<int>(ending::refused));
        }
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    if (const auto words = other_kind_of_keys(unit, to.bounds()); !words.empty()) note("hint", "hint", words);
    made["microseconds"] = took.count();
    if (as_text) {
        std::cout << "  answered in " << took.count() << " us\n";
    } else {
        std::cout << made.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
    }
}

void add_load_commands(CLI::App& command) {
    struct describing {
        std::string profile = "payshield";
        std::vector<std::string> code;
        bool json = false;
        [[nodiscard]] output_form form() const { return json ? output_form::json : output_form::text; }
    };
    auto what = std::make_shared<describing>();
    auto* fields = command.add_subcommand("describe", "The commands of a dialect, or the fields of one");
    fields->add_option("code", what->code, "BU, D1 06; none: all commands by name")->expected(0, 2);
    fields->add_flag("--json", what->json, "For scripts");
    fields->add_option("--profile", what->profile, "Its dialect: a name or FILE.toml")->capture_default_str();
    fields->callback([what] {
        std::string code;
        for (const auto& part : what->code)
            code += (code.empty() ? "" : " ") + part;
        describe_commands(what->profile, code, what->form());
    });

    auto unknown = std::make_shared<probe_options>();
    auto* find = command.add_subcommand("probe", "Find out how a unit is set up, with harmless commands");
    find->add_option("unit", unknown->at, "HOST:PORT")->required();
    find->add_option("--write", unknown->file, "Profile file to write; default: standard output");
    find->add_flag_callback(
        "--json", [unknown] { unknown->form = output_form::json; }, "What was found, for scripts");
    unknown->tls.add_to(*find);
    find->callback([unknown] { probe(*unknown); });

    auto between = std::make_shared<tap_options>();
    auto* listen = command.add_subcommand("tap", "Pass on and decode what another application says to a unit");
    auto* port = listen->add_option_function<std::uint16_t>(
        "--listen",
        [between](std::uint16_t wanted) {
            between->listen = wanted;
            between->listens = true;
        },
        "Port on 127.0.0.1; 0: any free one");
    listen->add_option("--to", between->to, "The unit, HOST:PORT; of a capture its port alone counts")->required();
    auto* read = listen->add_option(
        "--read", between->read, "Decode a capture file (pcap, pcapng; -: standard input) instead of listening");
    read->excludes(port);
    listen->add_option("--record", between->record,
        "Also to this file, masked likewise: a capture if it ends in .pcapng, else lines of JSON");
    listen->add_flag_callback(
        "--json", [between] { between->form = output_form::json; }, "Lines of JSON, for scripts");
    listen->add_option("--profile", between->profile, "Its dialect: a name or FILE.toml")->capture_default_str();
    listen
        ->add_option("--test-card", between->test_cards,
            "Card (12 to 19 digits) whose messages may be shown whole; repeatable")
        ->check([](const std::string& text) {
            return test_cards::is_card(text) ? std::string() : std::string("12 to 19 digits expected");
        });
    listen
        ->add_option_function<std::string>(
            "--user", [between](const std::string& name) { between->user = *tap_user::find(name); },
            "Whose applications are served; default: who runs the tap")
        ->check([](const std::string& name) {
            return tap_user::find(name) ? std::string() : std::string("no such user: ") + printable_text(name);
        });
    listen->add_option("--connections", between->connections, "How many are served at a time")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    listen->footer("RISK: what reaches the tap is obeyed by the unit, with the tap's own certificate where TLS is "
                   "used. It serves "
                   "one user of this machine, --connections at a time, and ends an HTTP request at once; still, "
                   "whatever that user "
                   "runs can command the unit while the tap is open. Close it when you have seen what you wanted.");
    between->tls.add_to(*listen);
    listen->callback([between] {
        if (!between->read.empty()) return replay(*between);
        if (!between->listens) throw tool_complaint(ending::wrong_use, "--listen PORT or --read FILE is needed");
        tap(*between);
    });

    auto load = std::make_shared<bench_options>();
    auto* press = command.add_subcommand("bench", "Load a unit; rate and latency; exit code 1 if a call failed");
    load->to.add_to(*press);
    press->add_option("--connections", load->connections, "Connections")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    press->add_option("--in-flight", load->in_flight, "Calls under way on each, where the dialect can")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    press->add_option("--seconds", load->seconds, "How long")->check(CLI::Range(1, 86'400))->capture_default_str();
    press->add_option("--operation", load->operation, "mac, or translate-pin: a test unit with clear-PIN commands on")
        ->check(CLI::IsMember({"mac", "translate-pin"}))
        ->capture_default_str();
    press->add_option(
        "--metrics", load->metrics, "File for the pool's figures as Prometheus text; -: standard output");
    press->callback([load] { bench(*load); });
}

} // namespace

void add_hsm_command(CLI::App& tool) {
    auto* command = tool.add_subcommand("hsm", "Speak to a cipher machine");
    command->require_subcommand(1);
    add_hsm_ceremony_command(*command);

    auto diag_to = std::make_shared<hsm_options>();
    auto* diag = command->add_subcommand("diag", "Health, firmware, check of the local master key");
    diag_to->add_to(*diag);
    diag->callback([diag_to] { diagnose(*diag_to); });

    auto out = std::make_shared<send_options>();
    auto* one = command->add_subcommand("send", "One command in, the parsed answer out; exit code 3 if refused");
    out->to.add_to(*one);
    auto* text = one->add_option(
        "command", out->text, "\"BU0200406…\", \"hex:D10610\", or a code of the profile as \"D1 06\"");
    one->add_option("fields", out->pairs,
        "FIELD=VALUE for a code of the profile: a name of its table, or bytes as hex; FIELD=@FILE (mode 0600) or "
        "FIELD=@- (standard input, asked for at a terminal) for what others must not see in the list of processes");
    one->add_option("--from", out->file,
           "A file of lines, -: standard input: a code and FIELD=VALUE, hex:… or a command as it is; # begins a "
           "comment")
        ->excludes(text);
    one->add_flag_callback(
        "--show-all", [out] { out->how = reveal::all; }, "Show PINs, accounts and data too: test cards only");
    add_load_commands(*command);
    one->callback([out] {
        if (out->text.empty() && out->file.empty())
            throw tool_complaint(ending::wrong_use, "a command or --from FILE is needed");
        send(*out);
    });
}

} // namespace cipherlane::cli
