#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/till/till_json.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>

namespace cipherlane::cli {
namespace {

/// How a subcommand ends that an error of this condition has stopped.
constexpr std::array endings{
    std::pair{condition::timed_out, ending::unreachable},
    std::pair{condition::cancelled, ending::refused},
    std::pair{condition::link_lost, ending::unreachable},
    std::pair{condition::bad_message, ending::unreachable},
    std::pair{condition::rejected_by_peer, ending::refused},
    std::pair{condition::misuse, ending::wrong_use},
    std::pair{condition::outcome_unknown, ending::unknown},
    std::pair{condition::unsupported, ending::wrong_use},
    std::pair{condition::local_fault, ending::own_fault},
};

/// Bytes of a peer may be no UTF-8, which JSON wants.
std::string safe(std::string_view text) {
    std::string made(text);
    for (auto& c : made) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
    }
    return made;
}

} // namespace

ending ending_of(const error& why) noexcept {
    // What cannot be read here came from the user, not from a peer.
    const bool of_a_file = why.where() == layer::till || why.where() == layer::core;
    if (of_a_file && why.is(condition::bad_message)) return ending::wrong_use;
    // So did a file that is no journal, or none of this version.
    if (why.code() == store_errc::not_a_journal || why.code() == store_errc::newer_schema) return ending::wrong_use;
    for (const auto& [met, ends] : endings)
        if (why.is(met)) return ends;
    return ending::own_fault;
}

nlohmann::ordered_json to_json(const error& why) {
    return nlohmann::ordered_json::parse(json_line(why));
}

ending tell(std::string_view subcommand, const error& why, std::string_view advice, output_form form,
    std::optional<ending> wanted) {
    const auto ends = wanted.value_or(ending_of(why));
    if (form == output_form::json) {
        nlohmann::ordered_json made{{"error", to_json(why)}, {"exit", static_cast<int>(ends)}};
        if (!advice.empty()) made["error"]["advice"] = advice;
        // In ASCII: what names a file or a peer may steer a terminal.
        std::cout << made.dump(2, ' ', true) << "\n";
    } else {
        std::cerr << "cipherlane " << subcommand << ": " << why;
        if (!advice.empty()) std::cerr << "; " << advice;
        std::cerr << "\n";
    }
    return ends;
}

namespace {

/// What an ending says where no error does.
std::string_view condition_of(ending ends) noexcept {
    switch (ends) {
    case ending::own_fault: return "local_fault";
    case ending::wrong_use: return "misuse";
    case ending::refused: return "rejected_by_peer";
    case ending::unreachable: return "link_lost";
    case ending::unknown: return "outcome_unknown";
    default: return "bad_message";
    }
}

/// Words of our own, as `tell` tells an error.
ending tell_words(std::string_view subcommand, std::string_view words, ending ends, output_form form) {
    const auto code = static_cast<int>(ends);
    if (form == output_form::json) {
        const std::string_view is = condition_of(ends);
        const nlohmann::ordered_json made{
            {"error", {{"text", safe(words)}, {"condition", is}, {"code", code}}}, {"exit", code}};
        std::cout << made.dump(2) << "\n";
    } else {
        // A file's name may steer a terminal.
        std::cerr << "cipherlane" << (subcommand.empty() ? "" : " ") << subcommand << ":";
        for (auto rest = words; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            std::cerr << (line.data() == words.data() ? " " : "\n") << printable_text(line, std::string::npos);
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        }
        std::cerr << "\n";
    }
    return ends;
}

/// The subcommand that the command line names, "hsm send", and its place in the tree.
const CLI::App* chosen_command(const CLI::App& tool, std::string& name) {
    const auto* at = &tool;
    for (auto below = at->get_subcommands(); !below.empty(); below = at->get_subcommands()) {
        at = below.front();
        name.append(name.empty() ? "" : " ").append(at->get_name());
    }
    return at;
}

bool is_option(std::string_view word) noexcept {
    return word.size() > 1 && word[0] == '-' && !is_digit(word[1]);
}

/// From a single DES key on, however few of its digits are decimal.
bool may_be_key(std::string_view word) noexcept {
    constexpr std::size_t shortest = 16;
    return word.size() >= shortest && word.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

/// A word that somebody typed: an option by its name, a plain word as it is. What has digits may be a card or a key.
std::string shown_word(const std::string& word) {
    if (is_option(word)) return word.substr(0, word.find('='));
    constexpr std::size_t longest = 40;
    const bool plain =
        word.size() <= longest && !may_be_key(word) && std::none_of(word.begin(), word.end(), is_digit);
    return plain ? "\"" + word + "\"" : "a value of " + std::to_string(word.size()) + " characters";
}

std::string words_for_rest(const std::vector<std::string>& rest) {
    std::string words = "not expected:";
    for (const auto& each : rest)
        if (each != "--") words.append(words.back() == ':' ? " " : ", ").append(shown_word(each));
    return words;
}

/// What is wrong with a command line, and what there is.
std::string words_for(const CLI::ParseError& why, const CLI::App& at) {
    // Groups of options are subcommands without a name.
    const auto below = at.get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); });
    const auto rest = at.remaining();
    std::string words = why.what();
    const bool extra = dynamic_cast<const CLI::ExtrasError*>(&why) != nullptr;
    if (!below.empty()) {
        const auto word = std::find_if(rest.begin(), rest.end(), [](const auto& one) { return !is_option(one); });
        words = word != rest.end() ? "no " + shown_word(*word) + "; there are"
                : rest.empty()     ? "a subcommand is missing; there are"
                                   : words_for_rest(rest) + "; a subcommand is missing; there are";
        for (const auto* each : below)
            words.append(" ").append(each->get_name());
    } else if (!rest.empty()) {
        words = words_for_rest(rest) + (extra ? std::string() : "; " + words);
    }
    std::replace(words.begin(), words.end(), '\n', ' ');
    return words;
}

/// The words without what somebody typed as a value, where that may be a card or a key.
std::string without_values(std::string words, int argc, const char* const* argv) {
    constexpr std::size_t longest = 40;
    constexpr std::ptrdiff_t most_digits = 7;
    for (int i = 1; i < argc; ++i) {
        std::string_view word = argv[i];
        if (is_option(word)) word.remove_prefix(std::min(word.find('='), word.size() - 1) + 1);
        const bool path = word.find('/') != std::string_view::npos;
        const bool few = word.size() <= longest && std::count_if(word.begin(), word.end(), is_digit) <= most_digits;
        if (path || (few && !may_be_key(word))) continue;
        const auto hidden = "a value of " + std::to_string(word.size()) + " characters";
        for (auto at = words.find(word); at != std::string::npos; at = words.find(word, at + hidden.size()))
            words.replace(at, word.size(), hidden);
    }
    return words;
}

output_form form_of(int argc, const char* const* argv) {
    const bool json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    return json ? output_form::json : output_form::text;
}

int run_chosen(CLI::App& tool, int argc, const char* const* argv) {
    const auto form = form_of(argc, argv);
    const auto name = [&] {
        std::string words;
        (void)chosen_command(tool, words);
        return words;
    };
    try {
        tool.parse(argc, argv);
        return 0;
    } catch (const CLI::RuntimeError& ended) {
        return ended.get_exit_code();
    } catch (const CLI::ParseError& why) {
        if (why.get_exit_code() == 0) return tool.exit(why); // help and version
        std::string words;
        const auto* at = chosen_command(tool, words);
        const auto wrong = without_values(words_for(why, *at), argc, argv);
        if (form == output_form::text) {
            const auto help = "cipherlane " + words + (words.empty() ? "" : " ") + "--help";
            return static_cast<int>(tell_words(words, wrong + "; " + help + " says more", ending::wrong_use, form));
        }
        return static_cast<int>(tell_words(words, wrong, ending::wrong_use, form));
    } catch (const tool_stop& stopped) {
        return static_cast<int>(tell(name(), stopped.why(), stopped.advice(), form, stopped.ends()));
    } catch (const tool_complaint& stopped) {
        return static_cast<int>(tell_words(name(), stopped.what(), stopped.ends(), form));
    } catch (const error_exception& why) {
        return static_cast<int>(tell(name(), why.why(), {}, form));
    } catch (const std::exception& why) {
        return static_cast<int>(tell_words(name(), why.what(), ending::wrong_use, form));
    }
}

} // namespace

void add_json_flag(CLI::App& command, output_form& output) {
    command.add_flag_callback(
        "--json", [&output] { output = output_form::json; }, "As JSON, errors too");
}

int run_tool(CLI::App& tool, int argc, const char* const* argv) {
    const int code = run_chosen(tool, argc, argv);
    // A result that nobody got is none: a full disk, a reader that has gone.
    if (!std::cout.flush() && code == 0) {
        std::cerr << "cipherlane: standard output cannot be written\n";
        return static_cast<int>(ending::own_fault);
    }
    return code;
}

} // namespace cipherlane::cli
