#pragma once

#include "manual/man_page.hpp"
#include "simkit/control_address.hpp"
#include "simkit/program.hpp"

#include <cipherlane/core/printable_text.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// What every simulator's command line has. Header only, so that the library needs no parser.
class common_options {
  public:
    explicit common_options(CLI::App& app) {
        app.option_defaults()->always_capture_default();
        app.add_flag("--die-with-parent", die_with_parent_, "end when the process that started it ends");
        manual::add_man_option(app, {"0 ended by SIGTERM or SIGINT", "2 could not start; why is on standard error"});
    }

    /// `--idle SECONDS`, of the programs that others connect to.
    static void take_idle_time(CLI::App& app, std::chrono::milliseconds& idle) {
        constexpr unsigned most = 86'400;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(idle).count();
        app.add_option_function<unsigned>(
               "--idle", [&idle](unsigned given) { idle = std::chrono::seconds(given); },
               "seconds after which a silent connection is closed")
            ->default_str(std::to_string(seconds))
            ->check(CLI::Range(1U, most));
    }

    /// `--control PORT|unix:PATH`.
    static void take_control(CLI::App& app, control_address& control) {
        app.add_option_function<std::string>(
               "--control", [&control](const std::string& given) { control = control_of(given); },
               "the rig's channel, JSON lines: a port on 127.0.0.1 (0: any free one), or unix:PATH, a Unix socket of "
               "mode 0600")
            ->type_name("PORT|unix:PATH")
            ->default_str("0");
    }
    /// Throws `CLI::ValidationError` where it is no address.
    static control_address control_of(const std::string& given) {
        auto read = control_address::parse(given);
        if (!read) throw CLI::ValidationError("--control", "expected a port of 0 to 65535, or unix:PATH");
        return *std::move(read);
    }

    /// `--fault KIND[:MATCH]`, as often as wanted; see `plan_at_start`.
    static void take_faults(CLI::App& app, std::vector<std::string>& faults) {
        app.add_option("--fault", faults, "KIND[:MATCH] or {JSON}, as the control command faults has it (repeatable)")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
            ->default_str("");
    }

    /// Reads the command line. The exit code if there is nothing more to do: 0 after help, 2 for what is wrong.
    [[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, char** argv) {
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& why) {
            if (why.get_exit_code() == 0) return app.exit(why); // help and version
            const auto name = std::filesystem::path(argv[0]).filename().string();
            std::cerr << name << ": " << words_for(why, app) << "; " << name << " --help says more\n";
            return 2;
        }
        if (die_with_parent_) sim::die_with_parent();
        return std::nullopt;
    }

  private:
    /// What was not expected by its names: values may be keys.
    static std::string words_for(const CLI::ParseError& why, const CLI::App& app) {
        if (dynamic_cast<const CLI::ExtrasError*>(&why) == nullptr) return printable_text(why.what());
        std::string words = "not expected:";
        for (const auto& word : app.remaining())
            if (word.starts_with('-')) words += " " + word.substr(0, word.find('='));
        return words.ends_with(':') ? "an argument more than expected" : words;
    }

    bool die_with_parent_ = false;
};

} // namespace cipherlane::sim
