// The rules of a file, and what they say of a payment: for whoever writes such a file, before a till reads it.
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/ports/clock.hpp>
#include <cipherlane/reconcile/entry.hpp>
#include <cipherlane/rules/payment_rules.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

namespace cipherlane::cli {
namespace {

using namespace cipherlane::rules; // NOLINT(google-build-using-namespace): this file is about nothing else
using json = nlohmann::ordered_json;

/// The words of the file, in the order of the values.
constexpr std::array<std::string_view, 4> code_words{"none", "static", "dynamic", "payment"};
constexpr std::array<std::string_view, 5> funding_words{"unknown", "debit", "credit", "prepaid", "balance"};
constexpr std::array<std::string_view, 5> grade_words{"unknown", "A", "B", "C", "D"};
constexpr std::array<std::string_view, 3> action_words{"off", "advise", "refuse"};
constexpr std::array<std::string_view, 7> kind_words{
    "code funding", "order credit", "static code", "micro credit", "payer grade", "category", "small amount"};

template <class Choice, std::size_t Size>
std::string word(Choice value, const std::array<std::string_view, Size>& words) {
    return std::string(words.at(static_cast<std::size_t>(value)));
}

template <class Choice, std::size_t Size>
void add_choice(
    CLI::App& app, const char* name, Choice& to, const std::array<std::string_view, Size>& words, const char* help) {
    const std::vector<std::string> allowed(words.begin(), words.end());
    app.add_option_function<std::string>(
           name,
           [&to, &words](const std::string& said) {
               to = static_cast<Choice>(std::find(words.begin(), words.end(), said) - words.begin());
           },
           help)
        ->check(CLI::IsMember(allowed));
}

struct rules_options {
    std::string file;
    std::string total;
    std::string taken;
    std::string day;
    payment_facts facts;
    bool no_credit = false;
    output_form output = output_form::text;
};

/// What a payer, or an identity, has taken already, by the caller's own word. Keeps nothing.
class told_totals final : public ports::limit_totals {
  public:
    explicit told_totals(std::int64_t taken)
        : taken_(taken) {}
    result<ports::total_taking> take(std::string_view /*payment*/, std::string_view /*subject*/, std::int64_t minor,
        std::span<const ports::period_limit> limits, const call& /*bounds*/) override {
        for (const auto& one : limits)
            if (minor > one.most_minor - std::min(taken_, one.most_minor))
                return ports::total_taking{false, ports::limit_reached{one, taken_}};
        return ports::total_taking{true, std::nullopt};
    }
    result<void> give_back(std::string_view /*payment*/, std::int64_t /*minor*/, const call& /*bounds*/) override {
        return {};
    }
    result<bool> take_again(std::string_view /*payment*/, std::int64_t /*minor*/, const call& /*bounds*/) override {
        return false;
    }
    result<std::int64_t> taken(
        std::string_view /*subject*/, std::string_view /*period*/, const call& /*bounds*/) override {
        return taken_;
    }

  private:
    std::int64_t taken_;
};

amount amount_or_stop(std::string_view name, const std::string& text) {
    const auto made = amount::parse(text);
    if (made && made->minor() >= 0) return *made;
    throw tool_complaint(
        ending::wrong_use, std::string(name) + ": found \"" + text + "\", expected an amount such as 12.34");
}

std::string day_or_stop(const std::string& text) {
    if (text.empty()) return ports::to_civil(std::chrono::system_clock::now()).yyyymmdd();
    if (reconcile::parse_day(text)) return text;
    throw tool_complaint(ending::wrong_use, "--day: found \"" + text + "\", expected YYYYMMDD");
}

/// What it looks at, in the words of its file.
std::string terms_of(const payment_rules::rule& one) {
    const auto money = [&](std::int64_t minor) { return amount(minor, one.unit).to_string(); };
    std::string text = word(one.kind, kind_words);
    if (one.grade != payer_grade::unknown) text += " " + word(one.grade, grade_words);
    for (const auto& code : one.categories)
        text += " " + code;
    for (const auto& pays : one.allowed)
        text += (&pays == &one.allowed.front() ? ": " : ", ") + word(pays, funding_words);
    if (one.day_minor > 0) text += ", " + money(one.day_minor) + " a day";
    if (one.month_minor > 0) text += ", " + money(one.month_minor) + " a month";
    if (one.most_minor > 0) text += ", at most " + money(one.most_minor);
    return text;
}

int list_rules(const payment_rules& all, output_form output) {
    auto rows = json::array();
    for (const auto& one : all.rules()) {
        const auto terms = terms_of(one);
        const auto action = word(one.action, action_words);
        rows.push_back(
            {{"rule", one.name}, {"action", action}, {"since", one.since}, {"terms", terms}, {"source", one.source}});
        if (output == output_form::text)
            std::cout << action << "  " << one.name << ": " << terms << "; since " << one.since << "; " << one.source
                      << "\n";
    }
    if (output == output_form::json) std::cout << json{{"exit", 0}, {"rules", std::move(rows)}}.dump() << "\n";
    return static_cast<int>(ending::done);
}

int judge(const payment_rules& all, const rules_options& options) {
    auto facts = options.facts;
    facts.payment = "asked";
    facts.total = amount_or_stop("--amount", options.total);
    facts.day = day_or_stop(options.day);
    facts.order_allows_credit = !options.no_credit;
    const auto taken = options.taken.empty() ? amount(0) : amount_or_stop("--taken", options.taken);
    if (!options.taken.empty()) facts.payer = "somebody";
    told_totals totals(taken.minor());
    const auto found = value_or_stop(all.judge(facts, totals, call(std::chrono::seconds(10))),
        "docs/25-rules.md says what a rule looks at", ending::wrong_use);
    const auto ends = refuses(found) ? ending::difference : ending::done;
    auto rows = json::array();
    for (const auto& one : found) {
        const auto action = word(one.action, action_words);
        rows.push_back({{"rule", one.rule}, {"action", action}, {"found", one.found}, {"allowed", one.allowed},
            {"source", one.source}});
        if (options.output == output_form::text)
            std::cout << action << "  " << one.rule << ": found " << one.found << "; allowed: " << one.allowed << "; "
                      << one.source << "\n";
    }
    if (options.output == output_form::json) {
        std::cout << json{{"exit", static_cast<int>(ends)}, {"found", std::move(rows)}}.dump() << "\n";
    } else if (found.empty()) {
        std::cout << "no rule says anything\n";
    }
    return static_cast<int>(ends);
}

void run_rules(const rules_options& options) {
    const auto all = value_or_stop(
        payment_rules::load(options.file), "docs/25-rules.md says what such a file holds", ending::wrong_use);
    const auto code = options.total.empty() ? list_rules(all, options.output) : judge(all, options);
    if (code != 0) throw CLI::RuntimeError(code);
}

} // namespace

void add_rules_command(CLI::App& tool) {
    const auto options = std::make_shared<rules_options>();
    auto* app = tool.add_subcommand(
        "rules", "The rules of a file, looked through; with --amount what they say of a payment (exit 1: refused)");
    auto& facts = options->facts;
    app->add_option("file", options->file, "The rules (TOML), as a till's rules.file")->required();
    auto* total = app->add_option("--amount", options->total, "Of a payment, in yuan: 12.34");
    add_choice(*app, "--code", facts.code, code_words, "How it is paid: none (by card), static, dynamic, payment");
    add_choice(*app, "--pays", facts.pays, funding_words, "What pays: debit, credit, prepaid, balance");
    add_choice(*app, "--grade", facts.grade, grade_words, "Of the payer, as the payer's side tells it: A to D");
    app->add_option("--taken", options->taken, "What this payer, or this merchant's owner, has in the period already")
        ->needs(total);
    app->add_option("--mcc", facts.category, "Category of the merchant")->needs(total);
    app->add_flag("--no-credit", options->no_credit, "The order allows no credit")->needs(total);
    app->add_flag("--without-pin", facts.without_pin, "Taken with neither PIN nor signature")->needs(total);
    app->add_option("--micro", facts.micro_identity, "Of a micro merchant: what stands for its owner")->needs(total);
    app->add_option("--day", options->day, "YYYYMMDD; default: today")->needs(total);
    add_json_flag(*app, options->output);
    app->callback([options] { run_rules(*options); });
}

} // namespace cipherlane::cli
