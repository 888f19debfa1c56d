#include "cipherlane/commands.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/kat/kat.hpp"
#include "cipherlane/kat/kat_report.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/core/printable_text.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace cipherlane::cli {
namespace {

/// A reason may hold the row's own cells: keys, messages.
constexpr std::size_t longest_reason = 4096;

/// Every part's table of runners.
std::span<const std::span<const kat_entry>> tables() {
    static const std::vector<std::span<const kat_entry>> all{card_kats(), crypto_kats(), crypto_keys_kats(),
        crypto_sm_kats(), ff1_kats(), hsm_kats(), iso8583_kats(), qr_kats()};
    return all;
}

kat_runner find_runner(std::string_view file) {
    for (const auto table : tables()) {
        for (const auto& entry : table) {
            if (entry.file == file) return entry.run;
        }
    }
    return nullptr;
}

/// A file that cannot be read counts as one failed row: the files behind it are still run.
std::vector<kat_row> rows_of(const std::filesystem::path& path, kat_file_report& report) {
    try {
        return read_kat_file(path.string());
    } catch (const std::runtime_error& fault) {
        report.rows.push_back({"file", printable_text(fault.what(), longest_reason)});
        return {};
    }
}

/// Runs a file; `told` hears what fails, as it does.
template <class Told>
kat_file_report run_file(const std::filesystem::path& path, const kat_target& target, const Told& told) {
    const auto runner = find_runner(path.stem().string());
    kat_file_report report{printable_text(path.filename().string()), {}, 0};
    const auto rows = rows_of(path, report);
    if (rows.empty() && report.rows.empty())
        report.rows.push_back(
            {"file", report.file + ": no rows; expected a line of names and a row for each answer"});
    if (!report.rows.empty()) told(report.rows.back().why);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        const auto why = runner != nullptr ? runner(row, target) : "no operation for files of this name";
        report.rows.push_back({printable_text(row["id"]), why ? printable_text(*why, longest_reason) : ""});
        if (!why) continue;
        // An empty reason would be taken for none.
        if (report.rows.back().why.empty()) report.rows.back().why = "wrong";
        told(report.file + " " + report.rows.back().id + ": " + report.rows.back().why);
        if (!std::exchange(target.unreachable, false)) continue;
        report.not_run = rows.size() - i - 1;
        told(report.file + ": the unit cannot be reached, " + std::to_string(report.not_run) + " rows not run");
        break;
    }
    told(report.file + ": " + std::to_string(report.passed()) + " passed, " + std::to_string(report.failed()) +
         " failed");
    return report;
}

std::vector<std::filesystem::path> files_of(const std::vector<std::string>& arguments) {
    std::vector<std::filesystem::path> files;
    for (const auto& argument : arguments) {
        if (!std::filesystem::is_directory(argument)) {
            files.emplace_back(argument);
            continue;
        }
        std::vector<std::filesystem::path> inside;
        for (const auto& item : std::filesystem::directory_iterator(argument)) {
            if (item.path().extension() == ".csv") inside.push_back(item.path());
        }
        if (inside.empty())
            throw tool_complaint(ending::wrong_use, printable_text(argument) + ": no file in it ends in .csv");
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

struct kat_options {
    std::vector<std::string> paths;
    kat_target target;
    tls_options tls;
    std::string junit;
    output_form output = output_form::text;
};

void write_report(const std::string& file, const std::vector<kat_file_report>& reports) {
    std::ofstream out(file);
    write_junit(out, reports);
    if (!out.flush()) throw tool_complaint(ending::own_fault, printable_text(file) + ": cannot be written");
}

void run(const kat_options& chosen) {
    keep_secrets();
    const bool as_text = chosen.output == output_form::text;
    std::vector<kat_file_report> reports;
    for (const auto& file : files_of(chosen.paths)) {
        reports.push_back(run_file(file, chosen.target, [&](const std::string& line) {
            if (as_text) std::cout << line << "\n";
        }));
    }
    if (!chosen.junit.empty()) write_report(chosen.junit, reports);
    auto made = cli::to_json(reports);
    const auto passed = made["passed"].get<std::size_t>();
    const auto failed = made["failed"].get<std::size_t>();
    const auto ends = failed != 0 || passed == 0 ? ending::difference : ending::done;
    made["exit"] = static_cast<int>(ends);
    if (as_text)
        std::cout << passed << " passed, " << failed << " failed\n";
    else
        std::cout << made.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
    if (ends != ending::done) throw CLI::RuntimeError(static_cast<int>(ends));
}

} // namespace

void add_kat_command(CLI::App& tool) {
    auto chosen = std::make_shared<kat_options>();
    auto* command = tool.add_subcommand("kat", "Run known-answer files; exit code 1 if a row fails");
    command->add_option("paths", chosen->paths, "CSV files, or folders of them")
        ->required()
        ->check(CLI::ExistingPath);
    command->add_option("--hsm", chosen->target.hsm, "Cipher machine for host-command files, HOST:PORT");
    command->add_option("--profile", chosen->target.profile, "Its profile: a name or FILE.toml")
        ->default_val("payshield");
    command->add_option("--timeout", chosen->target.seconds, "Seconds for each answer of the cipher machine")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    command->add_option("--junit", chosen->junit, "File to write: the rows as JUnit's XML, for build servers");
    add_json_flag(*command, chosen->output);
    chosen->tls.add_to(*command);
    chosen->target.tls = &chosen->tls;
    command->callback([chosen] { run(*chosen); });
}

} // namespace cipherlane::cli
