// The manual, from the tree of commands itself: one page for the tool and one for each of its families.
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "manual/command_tree.hpp"
#include "manual/man_page.hpp"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

namespace cipherlane::cli {
namespace {

struct man_options {
    std::string page;
    std::string folder;
    output_form output = output_form::text;
};

/// The table of `ending`, for people.
const std::vector<std::string> endings{"0 done", "1 a check failed, or two sides differ",
    "2 wrong use, or input that cannot be read", "3 the peer said no",
    "4 the peer could not be reached, or did not answer", "5 whether money moved is not known",
    "6 a fault of this machine: a file, the disk"};

/// Page name and text.
using man_pages = std::map<std::string, std::string>;

man_pages all_pages(const CLI::App& tool) {
    const auto root = tool.get_name();
    const auto families = manual::commands_below(tool);
    man_pages made;
    manual::page_facts whole{root, root, endings, {}};
    for (const auto* family : families) {
        const auto name = root + "-" + family->get_name();
        whole.see_also.push_back(name);
        made[name] = manual::man_page(*family, {name, root + " " + family->get_name(), endings, {root}});
    }
    made[root] = manual::index_page(tool, whole);
    return made;
}

void write_pages(const man_pages& made, const std::string& folder) {
    std::error_code none;
    std::filesystem::create_directories(folder, none);
    for (const auto& [name, text] : made) {
        const auto file = folder + "/" + name + ".1";
        if (!(std::ofstream(file) << text).flush())
            throw tool_complaint(ending::own_fault, file + ": cannot be written");
    }
}

void run_man(const CLI::App& tool, const man_options& chosen) {
    const auto made = all_pages(tool);
    if (!chosen.folder.empty()) return write_pages(made, chosen.folder);
    if (chosen.output == output_form::json && chosen.page.empty()) {
        std::cout << nlohmann::json{{"pages", made}}.dump(2) << "\n";
        return;
    }
    const auto name = chosen.page.empty() ? tool.get_name() : tool.get_name() + "-" + chosen.page;
    const auto found = made.find(name);
    if (found == made.end()) throw tool_complaint(ending::wrong_use, "no page of \"" + chosen.page + "\"");
    if (chosen.output == output_form::json)
        std::cout << nlohmann::json{{"pages", {{name, found->second}}}}.dump(2) << "\n";
    else
        std::cout << found->second;
}

} // namespace

void add_man_command(CLI::App& tool) {
    auto chosen = std::make_shared<man_options>();
    auto* command = tool.add_subcommand("man", "A manual page: cipherlane man hsm | man -l -");
    command->add_option("page", chosen->page, "hsm, till …; none: the page of the tool itself");
    command->add_option("--folder", chosen->folder, "All pages as files of this folder, for MANPATH/man1");
    add_json_flag(*command, chosen->output);
    command->callback([chosen, &tool] { run_man(tool, *chosen); });
}

} // namespace cipherlane::cli
