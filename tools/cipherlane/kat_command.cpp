#include "cipherlane/commands.hpp"
#include "cipherlane/hsm_link.hpp"
#include "cipherlane/kat/kat.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/core/printable_text.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
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

struct kat_counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
};

/// A file that cannot be read counts as one failed row: the files behind it are still run.
std::vector<kat_row> rows_of(const std::filesystem::path& path, kat_counts& counts) {
    try {
        return read_kat_file(path.string());
    } catch (const std::runtime_error& fault) {
        ++counts.failed;
        std::cout << printable_text(fault.what(), longest_reason) << "\n";
        return {};
    }
}

void run_file(const std::filesystem::path& path, const kat_target& target, kat_counts& total) {
    const auto runner = find_runner(path.stem().string());
    kat_counts here;
    const auto name = printable_text(path.filename().string());
    const auto rows = rows_of(path, here);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        const auto why = runner != nullptr ? runner(row, target) : "no operation for files of this name";
        if (!why) {
            ++here.passed;
            continue;
        }
        ++here.failed;
        std::cout << name << " " << printable_text(row["id"]) << ": " << printable_text(*why, longest_reason) << "\n";
        if (!std::exchange(target.unreachable, false)) continue;
        const auto left = rows.size() - i - 1;
        here.failed += left;
        std::cout << name << ": the unit cannot be reached, " << left << " rows not run\n";
        break;
    }
    std::cout << name << ": " << here.passed << " passed, " << here.failed << " failed\n";
    total.passed += here.passed;
    total.failed += here.failed;
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
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

} // namespace

void add_kat_command(CLI::App& tool) {
    struct options {
        std::vector<std::string> paths;
        kat_target target;
        tls_options tls;
    };
    auto chosen = std::make_shared<options>();
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
    chosen->tls.add_to(*command);
    chosen->target.tls = &chosen->tls;
    command->callback([chosen] {
        behind_door("kat", output_form::text, [&] {
            keep_secrets("kat");
            kat_counts total;
            for (const auto& file : files_of(chosen->paths))
                run_file(file, chosen->target, total);
            std::cout << total.passed << " passed, " << total.failed << " failed\n";
            if (total.failed != 0 || total.passed == 0) throw CLI::RuntimeError(1);
        });
    });
}

} // namespace cipherlane::cli
