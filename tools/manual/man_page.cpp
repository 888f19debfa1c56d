#include "manual/man_page.hpp"

#include "manual/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <cctype>
#include <iostream>
#include <string_view>
#include <utility>

namespace cipherlane::manual {
namespace {

/// Text that man takes for text: no escapes, no line that begins as a request, dashes that can be copied.
std::string plain(std::string_view text) {
    std::string made;
    bool begins_line = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (begins_line && (c == '.' || c == '\'')) made += "\\&";
        if (begins_line && c == ' ') continue;
        begins_line = c == '\n';
        if (c == '\\') {
            made += "\\e";
        } else if (c == '-') {
            made += "\\-";
        } else {
            made += c;
        }
        // Long lists of words have no blanks at which a line could end.
        const bool list = c == ',' && at + 1 < text.size() && text[at + 1] != ' ';
        if (list) made += "\\:";
    }
    return made;
}

std::string upper(std::string_view text) {
    std::string made;
    for (const char c : text)
        made += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return made;
}

std::string bold(std::string_view text) {
    return "\\fB" + plain(text) + "\\fR";
}

void add_paragraph(std::string& page, std::string_view text) {
    if (!text.empty()) page.append(".PP\n").append(plain(text)).append("\n");
}

/// "-h, --help" and what it takes.
std::string tag_of(const CLI::Option& option, const CLI::Formatter& words) {
    auto names = option.get_name(option.get_positional(), !option.get_positional());
    for (auto at = names.find(','); at != std::string::npos; at = names.find(',', at + 2))
        names.replace(at, 1, ", ");
    const auto takes = plain(words.make_option_opts(&option));
    return bold(names) + (takes.empty() ? "" : " ") + takes;
}

void add_options(std::string& page, const CLI::App& command) {
    const CLI::Formatter words;
    auto all = positionals_of(command);
    const auto named = options_of(command);
    all.insert(all.end(), named.begin(), named.end());
    for (const auto* option : all) {
        page += ".TP\n" + tag_of(*option, words) + "\n";
        const auto about = plain(option->get_description());
        page += (about.empty() ? "\\&" : about) + "\n";
    }
}

/// "cipherlane hsm send [OPTIONS] [command] [fields...]".
std::string synopsis(const CLI::App& command, const std::string& typed) {
    const CLI::Formatter words;
    std::string line = bold(typed) + " [\\fIOPTIONS\\fR]";
    for (const auto* option : positionals_of(command))
        line += " " + plain(words.make_option_usage(option));
    if (!commands_below(command).empty()) line += " \\fICOMMAND\\fR";
    return line;
}

void add_commands(std::string& page, const CLI::App& command, const std::string& typed) {
    for (const auto* each : commands_below(command)) {
        const auto longer = typed + " " + each->get_name();
        page += ".SS " + plain(longer) + "\n";
        page += ".PP\n" + synopsis(*each, longer) + "\n";
        add_paragraph(page, each->get_description());
        add_options(page, *each);
        add_paragraph(page, each->get_footer());
        add_commands(page, *each, longer);
    }
}

void add_exit_codes(std::string& page, const std::vector<std::string>& codes) {
    if (codes.empty()) return;
    page += ".SH EXIT STATUS\n";
    for (const auto& row : codes) {
        const auto blank = row.find(' ');
        page += ".TP\n" + bold(row.substr(0, blank)) + "\n" + plain(row.substr(blank + 1)) + "\n";
    }
}

void add_see_also(std::string& page, const std::vector<std::string>& names) {
    if (names.empty()) return;
    page += ".SH SEE ALSO\n";
    for (std::size_t i = 0; i < names.size(); ++i)
        page += ".BR " + plain(names[i]) + " (1)" + (i + 1 < names.size() ? "," : "") + "\n";
}

/// Down to the options of the command itself.
std::string beginning(const CLI::App& command, const page_facts& facts) {
    std::string page = ".TH \"" + plain(upper(facts.name)) +
                       "\" 1 \"\" \"Cipherlane " CIPHERLANE_VERSION "\" \"Cipherlane\"\n"
                       ".nh\n.ad l\n"; // addresses and codes are not hyphenated
    page += ".SH NAME\n" + plain(facts.name) + " \\- " + plain(command.get_description()) + "\n";
    page += ".SH SYNOPSIS\n" + synopsis(command, facts.command) + "\n";
    page += ".SH OPTIONS\n";
    add_options(page, command);
    if (!commands_below(command).empty()) page += ".SH COMMANDS\n";
    return page;
}

void add_end(std::string& page, const CLI::App& command, const page_facts& facts) {
    if (!command.get_footer().empty()) page += ".SH NOTES\n" + plain(command.get_footer()) + "\n";
    add_exit_codes(page, facts.exit_codes);
    add_see_also(page, facts.see_also);
}

} // namespace

std::string man_page(const CLI::App& command, const page_facts& facts) {
    auto page = beginning(command, facts);
    add_commands(page, command, facts.command);
    add_end(page, command, facts);
    return page;
}

std::string index_page(const CLI::App& tool, const page_facts& facts) {
    auto page = beginning(tool, facts);
    for (const auto* each : commands_below(tool))
        page += ".TP\n" + bold(each->get_name()) + "\n" + plain(each->get_description()) + "\n";
    add_end(page, tool, facts);
    return page;
}

void add_man_option(CLI::App& program, std::vector<std::string> exit_codes) {
    const auto print = [&program, codes = std::move(exit_codes)] {
        std::cout << man_page(program, {program.get_name(), program.get_name(), codes, {"cipherlane"}});
        throw CLI::Success();
    };
    program.add_flag_callback("--man", print, "print the manual page and end: --man | man -l -")->trigger_on_parse();
}

} // namespace cipherlane::manual
