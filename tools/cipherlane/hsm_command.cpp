#include "cipherlane/commands.hpp"
#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/hsm_test_cards.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <chrono>
#include <iostream>

namespace cipherlane::cli {
namespace {

/// Text as it is; "hex:…" as bytes; "FIELD=VALUE" pairs behind a known command code are put together by the table.
hsm::raw_command parse_command(const std::string& text) {
    if (!text.starts_with("hex:")) return hsm::raw_command(text);
    auto body = from_hex(text.substr(4));
    if (!body) give_up(body.error());
    return hsm::raw_command(*std::move(body));
}

/// A request by the dialect's table: `send "D1 06" key_length=16 key_type=11`.
hsm::raw_command build_command(
    const hsm::profile& dialect, const std::string& code, const std::vector<std::string>& pairs) {
    const auto* command = dialect.command(code);
    if (command == nullptr) {
        std::cerr << "cipherlane: profile " << dialect.name << " has no command " << code
                  << "; `cipherlane hsm describe` shows those it has\n";
        throw CLI::RuntimeError(1);
    }
    hsm::field_set values;
    for (const auto& pair : pairs) {
        const auto cut = pair.find('=');
        if (cut == std::string::npos) throw CLI::ValidationError(pair, "FIELD=VALUE expected");
        const auto name = hsm::field_name(std::string_view(pair).substr(0, cut));
        const auto text = std::string_view(pair).substr(cut + 1);
        for (const auto& field : command->request) {
            const bool bytes_field = field.kind == hsm::field_kind::hex || field.kind == hsm::field_kind::binary;
            if (field.name != name) continue;
            if (!bytes_field) {
                values.set(name, text);
            } else if (auto decoded = from_hex(text)) {
                values.set(name, *decoded);
            } else {
                give_up(decoded.error());
            }
        }
        if (!values.has(name)) {
            throw CLI::ValidationError(pair, "no such field in " + code + "; `cipherlane hsm describe` shows them");
        }
    }
    bytes body;
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    if (auto made = engine.encode_request(*engine.dialect().command(code), values, body); !made) {
        std::cerr << "`cipherlane hsm describe " << code << "` with the same --profile shows its fields\n";
        const auto& why = made.error();
        // Nothing was written yet: the place in the message would tell nothing.
        const bool missing = why.code() == hsm::make_error_code(hsm::hsm_errc::missing_field);
        give_up(missing ? error(why.code(), why.where()).during(why.operation()).in_field(why.field()) : why);
    }
    return hsm::raw_command(std::move(body));
}

void print_fields(const hsm::layout& fields, const hsm::field_set& values, reveal how) {
    for (const auto& field : describe(fields, values, how)) {
        std::cout << "  " << field.name << ": " << field.value << "\n";
    }
}

/// Status in words, then the fields by the table.
void print_answer(
    const hsm::profile& dialect, const hsm::raw_command& asked, const hsm::raw_answer& got, reveal how) {
    std::cout << "status " << printable(got.status.view());
    if (!got.meaning.empty() && got.status != "00") std::cout << " (" << printable_text(got.meaning) << ")";
    std::cout << "\n";
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    hsm::field_set request;
    auto known = engine.decode_request(asked.body(), request);
    hsm::field_set values;
    if (known) {
        const auto answer = engine.decode_answer(*known->command, got.body, request, values);
        if (answer) {
            print_fields(known->command->answer, values, how);
            // A body behind a status that carries none is no secret of the tool.
            const bool dropped = answer->what == hsm::answer_status::verdict::refused && values.size() == 0;
            if (!dropped) return;
        }
    }
    // A refusal has no body as a rule.
    const std::size_t bare = dialect.frame.answers == hsm::framing::style::racal ? 4 : 2;
    if (got.status != "00" && got.body.size() <= bare) return;
    std::cout << "  not understood by the table, as it came: "
              << (how == reveal::all ? to_hex(got.body) : std::to_string(got.body.size()) + " bytes (--show-all)")
              << "\n";
}

void send(const hsm_options& to, const std::string& text, const std::vector<std::string>& pairs, reveal how) {
    hsm::client unit(to.settings());
    const auto command = pairs.empty() && unit.dialect().command(text) == nullptr
                             ? parse_command(text)
                             : build_command(unit.dialect(), text, pairs);
    auto answer = unit.execute(command, to.bounds());
    if (!answer) give_up(answer.error(), &unit.dialect());
    print_answer(unit.dialect(), command, *answer, how);
    if (answer->status != "00") throw CLI::RuntimeError(3);
}

/// Health of a unit: what it says of itself, or, where it has no such command, that it works.
void diagnose(const hsm_options& to) {
    hsm::client unit(to.settings());
    const auto& dialect = unit.dialect();
    std::cout << "unit " << to.at << ", profile " << printable_text(dialect.name) << " ("
              << printable_text(dialect.title) << ")\n";
    if (auto linked = unit.connect(to.bounds()); !linked) give_up(linked.error());
    const auto start = std::chrono::steady_clock::now();
    if (dialect.supports(hsm::operation::diagnose)) {
        auto said = unit.diagnose(hsm::diagnose_request(), to.bounds());
        if (!said) give_up(said.error(), &dialect);
        std::cout << "  check of the local master key: " << to_hex(said->lmk_check.view()) << "\n";
        std::cout << "  firmware: " << printable(said->firmware) << "\n";
        if (!said->serial.empty()) std::cout << "  serial number: " << printable(said->serial) << "\n";
    } else {
        std::cout << "  diagnose: unsupported (" << printable_text(dialect.unsupported.at("diagnose")) << ")\n";
        auto alive = unit.execute(build_command(dialect, dialect.health, {}), to.bounds());
        if (!alive) give_up(alive.error(), &dialect);
        std::cout << "  health by " << dialect.health << ": status " << alive->status.view() << "\n";
        if (alive->status != "00") throw CLI::RuntimeError(3);
    }
    const auto took = std::chrono::steady_clock::now() - start;
    std::cout << "  answered in " << std::chrono::duration_cast<std::chrono::microseconds>(took).count() << " us\n";
}

void add_load_commands(CLI::App& command) {
    struct describing {
        std::string profile = "payshield";
        std::string code;
    };
    auto what = std::make_shared<describing>();
    auto* fields = command.add_subcommand("describe", "The commands of a dialect, or the fields of one");
    fields->add_option("code", what->code, "\"BU\", \"D1 06\"; none: all commands by name");
    fields->add_option("--profile", what->profile, "Its dialect: a name or FILE.toml")->capture_default_str();
    fields->callback([what] { describe_commands(what->profile, what->code); });

    auto unknown = std::make_shared<probe_options>();
    auto* find = command.add_subcommand("probe", "Find out how a unit is set up, with harmless commands");
    find->add_option("unit", unknown->at, "HOST:PORT")->required();
    find->add_option("--write", unknown->file, "Profile file to write; default: standard output");
    unknown->tls.add_to(*find);
    find->callback([unknown] { probe(*unknown); });

    auto between = std::make_shared<tap_options>();
    auto* listen = command.add_subcommand("tap", "Pass on and decode what another application says to a unit");
    listen->add_option("--listen", between->listen, "Port on 127.0.0.1; 0: any free one")->required();
    listen->add_option("--to", between->to, "The unit, HOST:PORT")->required();
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
    listen->callback([between] { tap(*between); });

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

    struct sending {
        hsm_options to;
        std::string text;
        std::vector<std::string> pairs;
        bool all = false;
    };
    auto out = std::make_shared<sending>();
    auto* one = command->add_subcommand("send", "One command in, the parsed answer out; exit code 3 if refused");
    out->to.add_to(*one);
    one->add_option("command", out->text, "\"BU0200406…\", \"hex:D10610\", or a code of the profile as \"D1 06\"")
        ->required();
    one->add_option("fields", out->pairs, "FIELD=VALUE for a code of the profile; bytes as hex");
    one->add_flag("--show-all", out->all, "Show PINs, accounts and data too: test cards only");
    add_load_commands(*command);
    one->callback([out] { send(out->to, out->text, out->pairs, out->all ? reveal::all : reveal::masked); });
}

} // namespace cipherlane::cli
