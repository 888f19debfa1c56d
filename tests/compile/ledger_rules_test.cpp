// Reads the sources: what a trade or a state of a record means is asked of the
// ledger and decided nowhere else.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;

/// A file that may do what the others may not, and why.
using exceptions = std::map<std::string, std::string>;

/// Where a name may stand in a condition.
const exceptions& of_names() {
    static const exceptions table{
        {"sdk/src/ports/journal_record.cpp", "the words of the enumerations"},
        {"sdk/src/ports/terminal.cpp", "likewise, and which capability a verb asks for"},
        {"drivers/src/terminal/ecr17/ecr17_messages.cpp", "which message of that protocol asks for what"},
        {"drivers/src/terminal/ecr17/ecr17_terminal.cpp", "what that protocol's last result says of which request"},
        {"sdk/src/store/schema.cpp", "what earlier versions wrote: a step of the schema never changes"},
        {"sdk/src/store/postgres_schema.cpp",
            "likewise: the index serves the set as it was; the questions come from the ledger"},
        {"drivers/src/terminal/mispos/mispos_description.cpp", "that protocol's own words, in the driver's own type"},
        {"sdk/src/acquiring/outcome/payment.cpp", "the caller's word for each outcome: all of them, one by one"},
        {"tools/acquirer-sim/host_books.cpp",
            "the simulated host adds up for itself: with the till's rules it would agree with every fault of theirs"},
        {"tools/acquirer-sim/host_follow_ups.cpp", "likewise: what it lets a trade take of an earlier one"},
        {"tools/lane/working_day.cpp", "what the day must have come to: an expectation, as of a test"},
    };
    return table;
}

/// Who reads the columns of the table of trades that say what money does: its role, its side, where it is counted and
/// how it goes up. Which road a trade takes and what it needs (channel, delivery, needs) is the flow's own business.
const exceptions& of_columns() {
    static const exceptions table{
        {"sdk/src/acquiring/flow/advice.cpp", "what moves no money is booked whole, and nobody is told of it"},
        {"sdk/src/acquiring/flow/order_outcome.cpp", "what the flow gives back by itself has a code of its own"},
        {"sdk/src/acquiring/flow/ready.cpp", "sums are read for what needs room in them alone"},
        {"sdk/src/acquiring/flow/trade.cpp",
            "payments alone say which device they come from, or are approved in part"},
        {"sdk/src/acquiring/flow/unwanted.cpp", "which open records the flow gives back by itself"},
        {"sdk/src/acquiring/receipt/receipt.cpp", "the title of each side"},
        {"sdk/src/reconcile/entry.cpp", "which way money went, as statements say it"},
        {"till/src/duty_desk.cpp", "which right a trade wants"},
        {"till/src/routed_terminal.cpp", "what begins something may choose among hosts, what follows it may not"},
        {"till/src/rule_desk.cpp", "limits are of payments; what undoes one or gives back makes room again"},
        {"till/src/till_json.cpp", "the word of each side"},
        {"till/src/watch.cpp", "risk is judged of payments"},
        {"tools/acquirer-sim/host_core.cpp", "what the simulated host does with each role"},
        {"tools/acquirer-sim/host_faults.cpp", "which messages a fault can hit"},
        {"tools/acquirer-sim/serial_check.cpp", "payments alone say which device they come from"},
        {"tools/cipherlane/journal_words.cpp", "until when a payment by code may be paid"},
        {"tools/cipherlane/till_trade_rows.hpp", "voids and refunds are asked for by their role"},
        {"tools/lane/books.cpp", "the demo's own sums, held against the till's"},
    };
    return table;
}

/// Where a field of a record that is a state of its own may be asked.
const exceptions& of_fields() {
    static const exceptions table{
        {"sdk/src/acquiring/lane.cpp", "takes the mark of an earlier process away, whatever the record's state"},
        {"sdk/src/acquiring/outcome/payment.cpp", "prints the host's code where there is one"},
        {"sdk/src/store/record_table.cpp", "how a record is stored"},
        {"sdk/src/store/sql_journal.hpp", "stores what the ledger's verdict has made of a mark"},
        {"sdk/src/store/sql_list.hpp", "makes a set of the ledger's into SQL, field by field"},
        {"tools/cipherlane/journal_words.cpp", "prints the host's code where there is one"},
        {"tools/lane/working_day.cpp", "what the day must have come to: an expectation, as of a test"},
    };
    return table;
}

/// Where a script or a binding may ask by the word of a trade or of an outcome.
const exceptions& of_words() {
    static const exceptions table{
        {"bindings/java/samples/TillSample.java", "what an application does of each outcome"},
        {"samples/python/02_till.py", "what an application does of each outcome"},
        {"samples/with_code_plate.sh", "what the plate must show: an expectation, as of a test"},
    };
    return table;
}

// Names of trades, their messages and verbs, states, phases and outcomes are written, never asked by. So a name may
// stand where it is assigned, where it goes into a record, verdict or request that is made, where it looks up its
// row, or where it is returned as the translation of a foreign word. Anywhere else it decides.

bool of_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
}

/// The text without comments, and without what stands in quotes.
std::string code_of(const std::string& text) {
    std::string code = text;
    const auto blank = [&](std::size_t from, std::size_t to) {
        for (auto i = from; i < std::min(to, code.size()); ++i)
            if (code[i] != '\n') code[i] = ' ';
    };
    const auto end_of = [&](std::string_view mark, std::size_t from) {
        const auto at = text.find(mark, from);
        return at == std::string::npos ? text.size() : at + mark.size();
    };
    for (std::size_t i = 0; i < text.size();) {
        i = text.find_first_of("/R\"'", i); // most characters begin nothing
        if (i == std::string::npos) break;
        const auto begin = i;
        if (text.compare(i, 2, "//") == 0) {
            i = std::min(text.find('\n', i), text.size());
        } else if (text.compare(i, 2, "/*") == 0) {
            i = end_of("*/", i + 2);
        } else if (text.compare(i, 2, "R\"") == 0 && (i == 0 || !of_word(text[i - 1]))) {
            const auto open = std::min(text.find('(', i), text.size());
            i = end_of(")" + text.substr(i + 2, open - i - 2) + "\"", open);
        } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !of_word(text[i - 1])))) {
            for (++i; i < text.size() && text[i] != text[begin] && text[i] != '\n'; ++i)
                if (text[i] == '\\') ++i;
            ++i;
            blank(begin + 1, i - 1);
            continue;
        } else {
            ++i;
            continue;
        }
        blank(begin, i);
    }
    return code;
}

/// The requests of trades among the messages, as the table has them.
const std::set<std::string>& trade_messages() {
    static const auto found = [] {
        std::set<std::string> names;
        const auto text = cipherlane::tests::whole_file(source_folder() / "sdk/include/cipherlane/ledger/trades.hpp");
        static const std::regex row(R"(\btransaction::(\w+))");
        for (std::sregex_iterator one(text.begin(), text.end(), row), end; one != end; ++one)
            names.insert((*one)[1]);
        return names;
    }();
    return found;
}

/// A name with what qualifies it, "ports::trade::sale".
struct named {
    std::size_t begin;
    std::size_t end;
};

constexpr auto kinds_of_names = std::to_array<std::string_view>({"trade::", "record_state::", "order_phase::",
    "outcome::", "transaction::", "terminal_verb::", "gateway_verb::"});
constexpr auto kinds_of_columns =
    std::to_array<std::string_view>({"trade_role::", "money_side::", "counted_in::", "batch_upload::"});

std::vector<named> names_in(const std::string& code, std::span<const std::string_view> kinds) {
    std::vector<named> found;
    for (const auto kind : kinds) {
        for (auto at = code.find(kind); at != std::string::npos; at = code.find(kind, at + 1)) {
            named one{at, at + kind.size()};
            if (at > 0 && of_word(code[at - 1]) && code[at - 1] != ':') continue;
            while (one.begin > 0 && of_word(code[one.begin - 1]))
                --one.begin;
            while (one.end < code.size() && code[one.end] != ':' && of_word(code[one.end]))
                ++one.end;
            const auto name = code.substr(at + kind.size(), one.end - at - kind.size());
            const bool calls = one.end < code.size() && code[one.end] == '(';
            if (name.empty() || calls || code.compare(one.end, 2, "::") == 0) continue;
            if (kind == "transaction::" && !trade_messages().contains(name)) continue;
            found.push_back(one);
        }
    }
    return found;
}

/// The bracket that is open at a place; `npos` where none is in its statement.
std::size_t bracket_around(const std::string& code, std::size_t at) {
    int closed = 0;
    while (at-- > 0) {
        const char c = code[at];
        if (c == ';' && closed == 0) return std::string::npos;
        if (c == ')' || c == '}' || c == ']') ++closed;
        if (c == '(' || c == '{' || c == '[') {
            if (closed == 0) return at;
            --closed;
        }
    }
    return std::string::npos;
}

std::size_t last_before(const std::string& code, std::size_t at) {
    return at == 0 ? std::string::npos : code.find_last_not_of(" \n", at - 1);
}

/// The word that ends in front of a place.
std::string word_before(const std::string& code, std::size_t at) {
    const auto last = last_before(code, at);
    if (last == std::string::npos) return {};
    auto first = last + 1;
    while (first > 0 && of_word(code[first - 1]))
        --first;
    return code.substr(first, last + 1 - first);
}

/// Whether what is called makes a record, verdict or request, writes a state, or looks up a row.
bool takes_names(const std::string& code, std::size_t open) {
    static const std::set<std::string> takers{"row_of", "journal_verdict", "qr_verdict", "add", "set_state", "paid",
        "trade_request", "follower", "kind_for"};
    const auto callee = word_before(code, open);
    const auto colon = callee.rfind(':');
    if (takers.contains(colon == std::string::npos ? callee : callee.substr(colon + 1))) return true;
    // "journal_verdict lost(": a variable that is made.
    static const std::set<std::string> no_types{
        "return", "else", "not", "and", "or", "co_return", "co_yield", "throw"};
    const auto type = word_before(code, last_before(code, open) + 1 - callee.size());
    return !callee.empty() && !type.empty() && !no_types.contains(type);
}

/// Whether one list has other names beside this one: a set by hand.
bool has_others(const std::string& code, std::size_t open, const named& one, const std::vector<named>& all) {
    return std::any_of(all.begin(), all.end(), [&](const named& other) {
        return other.begin != one.begin && other.begin > open && bracket_around(code, other.begin) == open;
    });
}

/// Whether what begins a statement there gives a value another name: "const", or "auto", which only a variable has.
bool renames(const std::string& code, std::size_t last) {
    const auto begin = code.find_last_of(";{}(", last) + 1; // npos becomes 0
    static const std::regex fixed(R"(\b(const|constexpr|auto)\b)");
    return std::regex_search(code.substr(begin, last - begin), fixed);
}

bool decides_by(const std::string& code, const named& one, const std::vector<named>& all) {
    const auto last = last_before(code, one.begin);
    const auto next = code.find_first_not_of(" \n", one.end);
    const char before = last == std::string::npos ? ';' : code[last];
    const char behind = next == std::string::npos ? ';' : code[next];
    const bool ends = std::string_view(";,)}").find(behind) != std::string_view::npos;
    if (before == '<' && last > 0 && code[last - 1] == '<') return false; // it is printed
    if (!ends) return true;
    if (word_before(code, one.begin) == "return") return false;
    if (before == '=') {
        if (std::string_view("=!<>").find(code[last - 1]) != std::string_view::npos) return true;
        return renames(code, last);
    }
    if (before != '(' && before != ',' && before != '{') return true;
    const auto open = bracket_around(code, one.begin);
    if (open == std::string::npos || code[open] == '[') return true;
    if (code[open] == '(') return !takes_names(code, open);
    static const std::set<std::string> enums{
        "trade", "record_state", "order_phase", "outcome", "terminal_verb", "gateway_verb"};
    const bool alone = before == '{' && behind == '}';
    const auto callee = word_before(code, open);
    const auto type = word_before(code, last_before(code, open) + 1 - callee.size());
    if (alone && enums.contains(type.substr(type.rfind(':') + 1)) && renames(code, open - 1)) return true;
    return has_others(code, open, one, all);
}

/// What a name hides behind: a number, a word, a shorter name, a list in SQL.
bool hides(const std::string& line) {
    static const std::string kinds = R"((?:trade|record_state|order_phase|outcome|terminal_verb|gateway_verb))";
    struct pattern {
        const char* word; ///< without which there is nothing to search for, as the search is slow
        std::regex is;
    };
    static const pattern patterns[] = {
        {"_set::of", std::regex(R"(\b(?:trade|state|phase)_set::of\()")},
        {"enum", std::regex(R"(\busing\s+enum\s+(?:\w+::)*)" + kinds + R"(\s*;)")},
        {"using", std::regex(R"(\busing\s+(?:\w+\s*=\s*)?(?:\w+::)*)" + kinds + R"(::\w+\s*;)")},
        {"using", std::regex(R"(\busing\s+\w+\s*=\s*(?:\w+::)+)" + kinds + R"(\s*;)")},
        {"to_string", std::regex(R"(\bto_string\([^()]*\b(?:state|phase|kind)\)\s*[=!]=\s*")")},
        {"at(\"", std::regex(R"re(\bat\("(?:state|kind|phase|outcome)"\)\s*[=!]=\s*")re")},
        {"name", std::regex(R"re(\brow(?:_of\([^()]*\))?(?:\.|->)name\s*[=!]=\s*")re"
                            R"re((?:sale|void|refund|QR |pre-|compl|tip|adjust|offline|bal|inst)[^"]*")re")},
        {"static_cast", std::regex(R"(\bstatic_cast<[^<>]*>\([^()]*\b(?:state|kind|phase)\)\s*[=!<>]=?\s*\d)")},
        {"static_cast", std::regex(R"(\bstatic_cast<(?:\w+::)*(?:trade|record_state|order_phase)>\(\s*\d)")},
        {"", std::regex(R"(\b(?:trade|record_state|order_phase)\s*[{(]\s*\d)")},
        {"", std::regex(R"(\b(?:int|unsigned|u?int\d+_t|size_t)\([^()]*\b(?:state|kind|phase)\)\s*[=!<>]=?\s*\d)")},
        {"", std::regex(R"(\b(?:state|kind)\s+(?:NOT\s+)?IN\s*\(\s*['\d])", std::regex::icase)},
        {"", std::regex(R"(\b(?:state|kind)\s+(?:NOT\s+)?BETWEEN\b)")},
        {"CASE", std::regex(R"(\bCASE\s+(?:state|kind)\s+WHEN\b)")},
        {"", std::regex(R"(\b(?:SELECT|WHERE|AND|OR)\b.*\b(?:state|kind)\s*(?:=|!=|<>)\s*['\d])", std::regex::icase)},
        // A word of our own among the codes of the host would be a state in hiding.
        {"host_code", std::regex(R"re(\bhost_code\s*[=!]?=\s*(?:[\w:]+\()?(?:"[a-z]|[\w:]+_mark\b))re")},
    };
    return std::any_of(std::begin(patterns), std::end(patterns), [&](const pattern& one) {
        return line.find(one.word) != std::string::npos && std::regex_search(line, one.is);
    });
}

struct finding {
    std::size_t line;
    std::string text;
};

finding line_at(const std::string& text, std::size_t at) {
    const auto begin = text.rfind('\n', at) + 1; // npos becomes 0
    const auto number =
        static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
    return {number, text.substr(begin, text.find('\n', at) - begin)};
}

std::vector<finding> decided_by(const std::string& text, std::span<const std::string_view> kinds) {
    std::vector<finding> found;
    const auto has = [&](std::string_view kind) { return text.find(kind) != std::string::npos; };
    if (std::none_of(kinds.begin(), kinds.end(), has)) return found;
    const auto code = code_of(text);
    const auto names = names_in(code, kinds);
    for (const auto& one : names)
        if (decides_by(code, one, names)) found.push_back(line_at(text, one.begin));
    return found;
}

/// The lines that have one of the words and are what is looked for. Expressions are slow, and most lines have none.
template <class Is>
std::vector<finding> lines_with(const std::string& text, std::span<const std::string_view> words, Is is) {
    std::set<std::size_t> begins;
    for (const auto word : words)
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
            begins.insert(text.rfind('\n', at) + 1); // npos becomes 0
    std::vector<finding> found;
    for (const auto begin : begins)
        if (is(text.substr(begin, text.find('\n', begin) - begin))) found.push_back(line_at(text, begin));
    return found;
}

template <std::size_t Size>
auto any_of_these(const std::array<std::regex, Size>& patterns) {
    return [&](const std::string& line) {
        return std::any_of(
            patterns.begin(), patterns.end(), [&](const std::regex& one) { return std::regex_search(line, one); });
    };
}

std::vector<finding> decided_by_names(const std::string& text) {
    static constexpr auto words = std::to_array<std::string_view>(
        {"trade", "state", "order_phase", "outcome", "kind", "host_code", "_set::of", "name", "_verb"});
    auto found = decided_by(text, kinds_of_names);
    for (auto& one :
        lines_with(text, words, [](const auto& line) { return hides(line.substr(0, line.find("// "))); }))
        found.push_back(std::move(one));
    return found;
}

std::vector<finding> decided_by_columns(const std::string& text) {
    return decided_by(text, kinds_of_columns);
}

/// Marks of a record that say as much as a state, and the host's code where it stands for one.
std::vector<finding> decided_by_fields(const std::string& text) {
    static constexpr auto words =
        std::to_array<std::string_view>({"at_card", "device_unsure", "closed", "settled", "host_code"});
    static const std::string mark = R"((?:(?:\.|->)(?:at_card|device_unsure)|\brecord(?:\.|->)(?:closed|settled))\b)";
    const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (std::none_of(words.begin(), words.end(), has)) return {};
    static const std::array patterns{
        std::regex(R"((?:\bif\s*\(|\bwhile\s*\(|&&|\|\||!|\b(?:not|and|or|return)\b|\?|[=!]=)\s*[\w.>()*-]*)" + mark +
                   R"((?!\s*=[^=]))"),
        std::regex(mark + R"(\s*(?:&&|\|\||\?|[=!]=))"),
        std::regex(R"((?:\.|->)host_code(?:\.empty\(\)|\s*[=!]=))"),
    };
    return lines_with(code_of(text), words, any_of_these(patterns));
}

/// The same in another language, or in JSON that a script reads: there a trade and an outcome have words.
std::vector<finding> decided_by_words(const std::string& text) {
    static constexpr auto words = std::to_array<std::string_view>(
        {"trade", "state", "phase", "utcome", "erdict", "host_code", "hostCode", "instanceof", "case"});
    static const std::string field = "(?:trade|state|phase|outcome|verdict|host_code|hostCode)";
    static const std::string ends = "(?:Approved|Declined|Reversed|Unknown|NotSent|Voided|Refunded|Stored)";
    static const std::array patterns{
        std::regex(R"((?:[=!]=|\bis|\bis\s+not|\bin)\s*\(?\s*(?:\w+\.)*(?:Outcome|Verdict)\.[A-Z])"),
        std::regex(R"(\b(?:Outcome|Verdict)\.[A-Z_]+\s*[=!]=)"),
        std::regex(R"((?:\.|\[["']))" + field + R"((?:["']\]|\(\))?\s*(?:[=!]=|\bin\b|\.equals\(|\.isEmpty\())"),
        std::regex(R"(\b(?:instanceof|case)\s+(?:Payment\.)?)" + ends + R"(\b)"),
        std::regex(R"re(\\?"(?:trade|state|phase|outcome|verdict)\\?"\s*:\s*\\?"[a-z])re"),
    };
    return lines_with(text, words, any_of_these(patterns));
}

bool decides(const std::string& text) {
    return !decided_by_names(text).empty();
}

bool of_the_ledger(const std::string& file) {
    return file.starts_with("sdk/src/ledger/") || file.starts_with("sdk/include/cipherlane/ledger/");
}

bool has_ending(const fs::path& file, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view one) { return file.extension() == one; });
}

bool is_cpp(const fs::path& file) {
    return has_ending(file, {".hpp", ".cpp", ".h", ".c"});
}

/// Python, Java and shell; programs of the shell have no ending.
bool is_script(const fs::path& file) {
    if (has_ending(file, {".py", ".java", ".sh"})) return true;
    return !file.has_extension() && cipherlane::tests::whole_file(file).starts_with("#!");
}

std::vector<std::string> sources(bool (*wanted)(const fs::path& file)) {
    std::vector<std::string> found;
    for (const char* folder : {"sdk", "hsm", "drivers", "till", "bindings", "tools", "samples"}) {
        if (!fs::exists(source_folder() / folder)) continue;
        for (const auto& item : fs::recursive_directory_iterator(source_folder() / folder))
            if (item.is_regular_file() && wanted(item.path()))
                found.push_back(fs::relative(item.path(), source_folder()).generic_string());
    }
    return found;
}

/// One way to decide what the ledger decides.
struct search {
    std::string_view by;
    std::vector<finding> (*in)(const std::string& text);
    bool (*looks_at)(const fs::path& file);
    std::size_t least; ///< files there are at least
    const exceptions& excepted;
};

std::vector<search> searches() {
    return {
        {"a name that the ledger's sets and rows should answer", decided_by_names, is_cpp, 400, of_names()},
        {"what money does, which the ledger says", decided_by_columns, is_cpp, 400, of_columns()},
        {"a mark of a record that the ledger's sets know", decided_by_fields, is_cpp, 400, of_fields()},
        {"a word that the library's own answers should spare it", decided_by_words, is_script, 50, of_words()},
    };
}

std::string text_of(const std::string& file) {
    return cipherlane::tests::whole_file(source_folder() / file);
}

TEST(LedgerRules, TheSearchKnowsAConditionWhenItSeesOne) {
    for (const char* line : {"if (record.kind == ports::trade::sale) {", "x = trade::refund != what;",
             "case ports::record_state::unknown: break;",
             "case record_state::approved:", "using enum cipherlane::ports::record_state;", "\"AND state IN (1, 5)\"",
             "WHERE kind = 4", "AND state NOT IN ('approved')", "if (end.phase == order_phase::expired) return;",
             "return phase < ports::order_phase::paid;", "record_state::sent >= state", "trade::sale > kind",
             "constexpr auto mine = ports::trade::sale;", "static const record_state last = record_state::returned;",
             "if (record.host_code == ledger::never_left_mark) return;",
             "back.host_code = std::string(never_left_mark);", "if (told.host_code != \"issued\") return;",
             "constexpr auto paying = ledger::trade_set::of(sale, tip);", "case order_phase::paid: break;",
             "if (state ==\n        record_state::approved)", "using ports::trade::sale;",
             "using kind = ports::trade;", "x.state = paid ? record_state::approved : record_state::declined;",
             "if (one_of(state, record_state::approved)) return;", "if (mine.contains(record_state::approved)) {",
             "for (const auto one : {trade::sale, trade::tip})",
             "std::array mine{record_state::sent, record_state::stored};",
             "if (to_string(record.state) == \"approved\")", "if (row.name == \"sale\") return;",
             "if (host.at(\"state\") == \"approved\")", "if (static_cast<int>(record.state) == 3)",
             "if (now == ledger::outcome::declined)", "return row.what == iso8583::transaction::sale;",
             "return this->take(x->kind, trade::sale);", "auto mine = record_state::approved;",
             "constexpr ports::record_state mine{ports::record_state::approved};",
             "if (not one_of(record_state::sent))", "co_return is(trade::sale);",
             "if (record.kind == ports::trade{4})", "auto sale = static_cast<trade>(0);",
             "if (int(record.state) == 3)", "if (row.name == \"completion\")",
             "if (told.at(\"outcome\") == \"paid\")", "\"CASE state WHEN 3 THEN\"", "\"WHERE state BETWEEN 2 AND 4\"",
             "case ports::terminal_verb::refund: return total_bound::at_most;",
             "if (row.verb == ledger::gateway_verb::charge)", "using enum ports::terminal_verb;"}) {
        EXPECT_TRUE(decides(line)) << line;
    }
    for (const char* line : {"fresh.kind = ports::trade::sale;", "journal_verdict v(record_state::approved, by);",
             "// state == record_state::approved", "\"UPDATE records SET state = ? WHERE id = ?\"",
             "row_of(ports::trade::sale)", "int kind = 0;", "out << trade::sale << kind;",
             "verdict.phase = order_phase::issued;", "const auto& row = ledger::row_of(trade::sale);",
             "std::map<ports::trade, std::string> names;", "return row.what == transaction::batch_settle;",
             "journal_verdict lost(\n    record_state::unknown, decider::till);", "run({ports::trade::sale, key});",
             "/* trade::sale == */ x();", "log(\"x == trade::sale\");", "return ports::trade::sale;",
             "CHECK(end.host_code == \"55\")", "verdict.host_code = code;", "verdict.host_code = std::string(told);",
             "{terminal_verb::authorise, zvt_code::authorisation, false},",
             "device.run({ports::terminal_verb::authorise, amount(1234)}, call(20s));"}) {
        EXPECT_FALSE(decides(line)) << line;
    }
}

TEST(LedgerRules, TheSearchKnowsWhoReadsWhatMoneyDoes) {
    for (const char* line :
        {"if (row.role == ledger::trade_role::adding) return 0;",
            "const bool debit = row->side != money_side::credit;", "case trade_role::undoing: return original.whole;",
            "if (row_of(kind).totals == counted_in::host_totals)",
            "return row.upload != ledger::batch_upload::nothing;", "if (one_of(row.role, trade_role::returning))"})
        EXPECT_FALSE(decided_by_columns(line).empty()) << line;
    for (const char* line : {"if (const auto tip = ledger::follower(kind, trade_role::adding))",
             "difference.side = money_side::debit;", "const auto kind = kind_for(on, trade_role::undoing, handle);",
             "if (row.through == channel::gateway)", "if (row.sends == delivery::stored)"})
        EXPECT_TRUE(decided_by_columns(line).empty()) << line;
}

TEST(LedgerRules, TheSearchKnowsAMarkThatIsAsked) {
    for (const char* line : {"if (record.at_card) return;", "return !found->device_unsure && paid;",
             "while (!record->closed)", "const auto text = record.settled ? \"settled\" : \"open\";",
             "if (record.host_code.empty()) return doubt;", "if (end.host_code == code)",
             "return paid && one.device_unsure;", "if (record.closed == told)"})
        EXPECT_FALSE(decided_by_fields(line).empty()) << line;
    for (const char* line : {"record.at_card = true;", "doubt.unsure = record.device_unsure;",
             "if (ledger::records::at_card.contains(record))", "verdict.device_unsure = true;",
             "// if (record.at_card)", "{\"told\", record.closed}", "router.closed = record.closed;",
             "verdict.host_code = code;"})
        EXPECT_TRUE(decided_by_fields(line).empty()) << line;
}

TEST(LedgerRules, TheSearchKnowsAWordThatIsAsked) {
    for (const char* line : {"if paid.outcome == Outcome.APPROVED:", "if paid.outcome in (Outcome.VOIDED,",
             "if (payment.trade().equals(\"sale\")) {", "if answer[\"state\"] == \"approved\":",
             "while one.trade != 'sale':", "if (paid instanceof Payment.Approved) {",
             "case Payment.Unknown unknown -> ask();", "if (details.hostCode().isEmpty())",
             "grep -q '\"outcome\":\"approved\"' \"$said\"", "[ \"$(jq .outcome == said)\" ]"})
        EXPECT_FALSE(decided_by_words(line).empty()) << line;
    for (const char* line :
        {"till.pay(Trade.sale(\"tea\", 1234), customer);", "values[\"outcome\"] = Outcome(of.outcome)",
            "outcome: Outcome", "case 0 -> new Approved(all);", "trade = \"sale\"",
            "rig '{\"cmd\":\"faults\",\"set\":[{\"kind\":\"cut\"}]}'", "raise ValueError(state)"})
        EXPECT_TRUE(decided_by_words(line).empty()) << line;
}

TEST(LedgerRules, NoConditionOutsideDecidesWhatTheLedgerDoes) {
    for (const auto& one : searches()) {
        const auto files = sources(one.looks_at);
        EXPECT_GT(files.size(), one.least);
        for (const auto& file : files) {
            if (of_the_ledger(file) || one.excepted.contains(file)) continue;
            for (const auto& [number, line] : one.in(text_of(file)))
                ADD_FAILURE() << file << ":" << number << " decides by " << one.by << ":\n" << line;
        }
    }
}

TEST(LedgerRules, EveryExceptionIsNeeded) {
    for (const auto& one : searches()) {
        for (const auto& [file, reason] : one.excepted)
            EXPECT_FALSE(one.in(text_of(file)).empty())
                << file << " (" << reason << ") needs no exception any more: it decides by nothing of " << one.by;
    }
}

} // namespace
