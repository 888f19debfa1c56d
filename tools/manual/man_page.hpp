#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cipherlane::manual {

/// What a page says beyond the command's own table of options.
struct page_facts {
    std::string name;                    ///< of the page: "cipherlane-hsm"
    std::string command;                 ///< as it is typed: "cipherlane hsm"
    std::vector<std::string> exit_codes; ///< "0 done", one an entry: the code, a blank, words
    std::vector<std::string> see_also;   ///< names of other pages of section 1
};

/// A manual page in the language of man(7), made of a program's own table of commands and options: `--help` and the
/// page cannot differ.
[[nodiscard]] std::string man_page(const CLI::App& command, const page_facts& facts);

/// The same of a tool whose commands have pages of their own: they are listed alone.
[[nodiscard]] std::string index_page(const CLI::App& tool, const page_facts& facts);

/// `--man`, with which a program prints its page and ends; `exit_codes` as in the facts. `program` has a name, and
/// lives as long as it is parsed.
void add_man_option(CLI::App& program, std::vector<std::string> exit_codes);

} // namespace cipherlane::manual
