#include <cipherlane/core/business_calendar.hpp>
#include <cipherlane/core/currency_setting.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/rules/payment_rules.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <limits>

namespace cipherlane::rules {
namespace {

using rule = payment_rules::rule;

toml_faults rule_faults() {
    return {layer::core, "load rules", core_errc::no_file, core_errc::file_content, core_errc::file_content};
}

constexpr std::array<std::string_view, 5> funding_names{"unknown", "debit", "credit", "prepaid", "balance"};

std::string_view word(funding pays) {
    return funding_names[static_cast<std::size_t>(pays)];
}

std::string list_of(const std::vector<funding>& allowed) {
    std::string made;
    for (const auto one : allowed)
        made.append(made.empty() ? "" : ", ").append(word(one));
    return made;
}

std::vector<funding> read_funding(toml_reader& at) {
    at.need("funding");
    std::vector<std::string> names;
    at.texts("funding", names);
    if (at.has("funding") && names.empty())
        at.fail("funding", "expected one of debit, credit, prepaid, balance, or more");
    std::vector<funding> made;
    for (const auto& name : names) {
        const auto found = std::find(funding_names.begin() + 1, funding_names.end(), name);
        if (found == funding_names.end()) at.fail("funding", "allowed: debit, credit, prepaid, balance");
        made.push_back(static_cast<funding>(found - funding_names.begin()));
    }
    return made;
}

void read_limit(toml_reader& at, std::string_view key, std::int64_t& to) {
    at.need(key);
    at.number(key, to, 1, amount::max_minor);
}

/// Whether a rule has a running total.
bool counts(const rule& one) {
    return one.kind == rule_kind::static_code || one.kind == rule_kind::micro_credit ||
           one.kind == rule_kind::payer_grade;
}

/// Of grade A payer and institution agree on a limit, which nobody else need know.
void read_grade(toml_reader& at, rule& one) {
    at.need("grade");
    at.choice("grade", one.grade,
        {{"A", payer_grade::a}, {"B", payer_grade::b}, {"C", payer_grade::c}, {"D", payer_grade::d}});
}

payer_grade grade_of(const payment_facts& facts) {
    return facts.code == code_kind::static_code ? payer_grade::d : facts.grade;
}

rule read_rule(toml_reader& at) {
    rule one;
    for (const std::string_view key : {"name", "source", "since", "kind", "action"})
        at.need(key);
    if (auto text = at.text("name", 60)) one.name = *std::move(text);
    if (auto text = at.text("source", 300)) one.source = *std::move(text);
    at.text("since", one.since);
    if (at.has("since") && !parse_calendar_day(one.since)) at.fail("since", "expected a day such as 2018-04-01");
    at.choice("kind", one.kind,
        {{"code funding", rule_kind::code_funding}, {"order credit", rule_kind::order_credit},
            {"static code", rule_kind::static_code}, {"micro credit", rule_kind::micro_credit},
            {"payer grade", rule_kind::payer_grade}, {"category", rule_kind::category},
            {"small amount", rule_kind::small_amount}});
    at.choice("action", one.action,
        {{"off", rule_action::off}, {"advise", rule_action::advise}, {"refuse", rule_action::refuse}});
    if (one.kind == rule_kind::code_funding || one.kind == rule_kind::category) one.allowed = read_funding(at);
    if (one.kind == rule_kind::category) {
        at.need("mcc");
        at.texts("mcc", one.categories);
        const auto four = [](const std::string& code) { return code.size() == 4 && all_digits(code); };
        if (one.categories.empty() || !std::all_of(one.categories.begin(), one.categories.end(), four))
            at.fail("mcc", "expected codes of four digits, as \"5812\"");
    }
    if (one.kind == rule_kind::payer_grade) read_grade(at, one);
    if (counts(one)) {
        if (one.grade != payer_grade::a) at.need("day");
        at.number("day", one.day_minor, 1, amount::max_minor);
        read_currency(at, one.unit);
    }
    if (one.kind == rule_kind::micro_credit) read_limit(at, "month", one.month_minor);
    if (one.kind == rule_kind::small_amount) {
        read_limit(at, "most", one.most_minor);
        read_currency(at, one.unit);
    }
    at.finish();
    return one;
}

payment_rules::card_range read_card_range(toml_reader& at) {
    payment_rules::card_range one;
    for (const std::string_view key : {"begins", "pays"})
        at.need(key);
    at.text("begins", one.begins);
    const bool fits = one.begins.size() <= 6 && !one.begins.empty() && all_digits(one.begins);
    if (at.has("begins") && !fits) at.fail("begins", "expected 1 to 6 digits");
    at.choice(
        "pays", one.pays, {{"debit", funding::debit}, {"credit", funding::credit}, {"prepaid", funding::prepaid}});
    at.finish();
    return one;
}

/// A file that was cut between two rules is right in each that is left.
void check_whole(toml_reader& top, std::size_t found) {
    if (!top.has("entries")) return;
    auto told = static_cast<std::int64_t>(found);
    top.number("entries", told, 1, 100'000);
    if (static_cast<std::size_t>(told) == found) return;
    top.fail("entries", "found " + std::to_string(told) + ", the file has " + std::to_string(found) +
                            " of [[rule]] and [[card]]: was it cut?");
}

bool in_force(const rule& one, const std::string& day) {
    if (one.action == rule_action::off) return false;
    std::string since;
    std::copy_if(one.since.begin(), one.since.end(), std::back_inserter(since), [](char c) { return c != '-'; });
    return since <= day;
}

rule_finding finding(const rule& one, std::string found, std::string allowed) {
    return {one.name, one.source, one.action, std::move(found), std::move(allowed)};
}

bool pays_by_code(const payment_facts& facts) {
    return facts.code != code_kind::none;
}

/// What needs no total.
std::optional<rule_finding> plain(const rule& one, const payment_facts& facts) {
    const bool known = facts.pays != funding::unknown;
    const bool listed = std::find(one.allowed.begin(), one.allowed.end(), facts.pays) != one.allowed.end();
    switch (one.kind) {
    case rule_kind::code_funding:
        if (!pays_by_code(facts) || !known || listed) return std::nullopt;
        return finding(one, std::string(word(facts.pays)) + " by code", "by code: " + list_of(one.allowed));
    case rule_kind::order_credit:
        if (facts.order_allows_credit) return std::nullopt;
        if (facts.pays == funding::credit)
            return finding(one, "credit, and the order allows none", "debit, prepaid or balance");
        if (known || facts.credit_is_kept_out) return std::nullopt;
        return finding(one, "what pays is not known, and the order allows no credit",
            "what is known to be debit, prepaid or balance");
    case rule_kind::category: {
        const bool concerned =
            std::find(one.categories.begin(), one.categories.end(), facts.category) != one.categories.end();
        if (!concerned || !known || listed) return std::nullopt;
        return finding(
            one, std::string(word(facts.pays)) + " at category " + facts.category, "there: " + list_of(one.allowed));
    }
    case rule_kind::small_amount:
        // Of another currency it says nothing.
        if (!facts.without_pin || facts.total.unit() != one.unit || facts.total.minor() <= one.most_minor)
            return std::nullopt;
        return finding(one, facts.total.to_string() + " with neither PIN nor signature",
            "without them at most " + amount(one.most_minor, one.unit).to_string());
    case rule_kind::static_code:
    case rule_kind::micro_credit:
    case rule_kind::payer_grade: break;
    }
    return std::nullopt;
}

/// Of a payer who is not known no total is kept; but what alone is more than a day's is too much for anybody.
std::optional<rule_finding> too_much_alone(const rule& one, const payment_facts& facts) {
    const bool at_static = one.kind == rule_kind::static_code && facts.code == code_kind::static_code;
    const bool of_grade = one.kind == rule_kind::payer_grade && pays_by_code(facts) && grade_of(facts) == one.grade;
    const bool concerned = (at_static || of_grade) && facts.payer.empty() && one.day_minor > 0;
    if (!concerned || facts.total.unit() != one.unit || facts.total.minor() <= one.day_minor) return std::nullopt;
    return finding(one, facts.total.to_string() + " in one payment, of a payer who is not known",
        "at most " + amount(one.day_minor, one.unit).to_string() + " a day");
}

struct counted {
    std::string subject;
    std::vector<ports::period_limit> limits;
};

/// Which total a rule counts for a payment; nothing if it is not concerned. Each rule has totals of its own, and who
/// is not known has none: all such payers together are nobody.
std::optional<counted> total_of(const rule& one, const payment_facts& facts) {
    if (one.kind == rule_kind::static_code) {
        if (facts.code != code_kind::static_code || facts.payer.empty()) return std::nullopt;
        return counted{one.name + "/static:" + facts.payer, {{facts.day, one.day_minor}}};
    }
    if (one.kind == rule_kind::payer_grade) {
        const bool concerned = pays_by_code(facts) && grade_of(facts) == one.grade && one.day_minor > 0;
        if (!concerned || facts.payer.empty()) return std::nullopt;
        return counted{one.name + "/grade:" + facts.payer, {{facts.day, one.day_minor}}};
    }
    if (one.kind != rule_kind::micro_credit) return std::nullopt;
    if (facts.micro_identity.empty() || facts.pays != funding::credit || !pays_by_code(facts)) return std::nullopt;
    return counted{one.name + "/micro:" + facts.micro_identity,
        {{facts.day, one.day_minor}, {facts.day.substr(0, 6), one.month_minor}}};
}

std::string told(const currency& unit) {
    const auto letters = letters_of(unit);
    return (letters.empty() ? std::to_string(unit.number) : std::string(letters)) + " with " +
           std::to_string(unit.decimals) + " decimals";
}

/// Whether an amount can be added to a rule's totals.
result<void> check_total(const rule& one, const amount& total) {
    const auto wrong = [](std::string hint) {
        return error(core_errc::out_of_range, layer::core).during("judge").in_field("total").with_hint(hint);
    };
    if (total.minor() <= 0) return wrong("found " + std::to_string(total.minor()) + ", expected 1 or more");
    if (total.unit() == one.unit) return {};
    return wrong("found " + told(total.unit()) + ", expected " + told(one.unit));
}

rule_finding over(const rule& one, const ports::limit_reached& what, const amount& total) {
    const auto text = [&](std::int64_t minor) {
        return amount(std::max<std::int64_t>(minor, 0), total.unit()).to_string();
    };
    return finding(one,
        total.to_string() + ", with " + text(what.taken_minor) + " taken in " + what.limit.period + " already",
        "at most " + text(what.limit.most_minor) + " in " + what.limit.period + ": " +
            text(what.limit.most_minor - what.taken_minor) + " is left");
}

/// The same total under the name of one rule, so that one payment counts once in each.
std::string taking(const rule& one, std::string_view payment) {
    return (one.name + "/").append(payment);
}

struct taken_by {
    bool anew = false;
    std::optional<rule_finding> over;
};

/// Whether a payment can still be refused.
enum class moment : std::uint8_t { before_it, after_it };

/// Counts a payment in a rule's total, beyond its limit too where the rule only advises, or nobody can refuse.
result<taken_by> take(const rule& one, const std::string& name, counted what, const amount& total,
    ports::limit_totals& totals, const call& bounds, moment when = moment::before_it) {
    CIPHERLANE_CHECK(check_total(one, total));
    CIPHERLANE_TRY(const auto first, totals.take(name, what.subject, total.minor(), what.limits, bounds));
    if (!first.reached) return taken_by{first.anew, std::nullopt};
    auto said = over(one, *first.reached, total);
    if (one.action == rule_action::refuse && when == moment::before_it) return taken_by{false, std::move(said)};
    for (auto& limit : what.limits)
        limit.most_minor = std::numeric_limits<std::int64_t>::max();
    CIPHERLANE_TRY(const auto second, totals.take(name, what.subject, total.minor(), what.limits, bounds));
    return taken_by{second.anew, std::move(said)};
}

result<void> check_facts(const payment_facts& facts) {
    const auto wrong = [](std::string_view field) {
        return error(core_errc::out_of_range, layer::core).during("judge").in_field(field);
    };
    if (facts.day.size() != 8 || !all_digits(facts.day)) return wrong("day");
    if (facts.payment.empty()) return wrong("payment");
    return {};
}

/// Refusals first.
std::vector<rule_finding> by_weight(std::vector<rule_finding> found) {
    std::stable_sort(found.begin(), found.end(),
        [](const auto& a, const auto& b) { return static_cast<int>(a.action) > static_cast<int>(b.action); });
    return found;
}

constexpr std::chrono::seconds time_to_give_back{2};

/// Gives back what this judgement took, also where the caller's time is over. What cannot be given back stays
/// counted: too much, never too little.
void give_back_all(
    const std::vector<std::string>& anew, std::int64_t minor, ports::limit_totals& totals, const call& bounds) {
    for (const auto& name : anew) {
        if (totals.give_back(name, minor, bounds)) continue;
        (void)totals.give_back(name, minor, call(time_to_give_back)).has_value(); // all of it: twice is once
    }
}

} // namespace

result<payment_rules> payment_rules::read(const toml_value& root, std::string_view file) {
    toml_report report(rule_faults(), file);
    toml_reader top(root, "", report);
    payment_rules made;
    top.need("rule");
    for (auto& at : top.sections("rule")) {
        auto one = read_rule(at);
        for (const auto& other : made.rules_) {
            if (other.name == one.name) at.fail("name", "two rules of this name");
        }
        made.rules_.push_back(std::move(one));
    }
    for (auto& at : top.sections("card"))
        made.cards_.push_back(read_card_range(at));
    check_whole(top, made.rules_.size() + made.cards_.size());
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

funding payment_rules::funding_of_card(std::string_view number) const noexcept {
    const card_range* best = nullptr;
    for (const auto& one : cards_) {
        const bool longer = best == nullptr || one.begins.size() > best->begins.size();
        if (longer && number.starts_with(one.begins)) best = &one;
    }
    return best == nullptr ? funding::unknown : best->pays;
}

result<payment_rules> payment_rules::parse(std::string_view text, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, rule_faults(), file));
    return read(root, file);
}

result<payment_rules> payment_rules::load(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, rule_faults()));
    return read(root, file.string());
}

result<std::vector<rule_finding>> payment_rules::judge(
    const payment_facts& facts, ports::limit_totals& totals, const call& bounds) const {
    CIPHERLANE_CHECK(check_facts(facts));
    std::vector<rule_finding> found;
    for (const auto& one : rules_) {
        if (!in_force(one, facts.day)) continue;
        if (auto what = plain(one, facts)) found.push_back(*std::move(what));
        if (auto what = too_much_alone(one, facts)) found.push_back(*std::move(what));
    }
    std::vector<std::string> anew;
    std::optional<error> failed;
    for (const auto& one : rules_) {
        if (refuses(found)) break; // what is refused takes nothing
        const auto total = in_force(one, facts.day) ? total_of(one, facts) : std::nullopt;
        if (!total) continue;
        const auto name = taking(one, facts.payment);
        auto took = take(one, name, *total, facts.total, totals, bounds);
        if (!took) {
            if (!failed) failed = std::move(took).error();
            continue; // another rule may refuse all the same
        }
        if (took->anew) anew.push_back(name);
        if (took->over) found.push_back(*std::move(took->over));
    }
    if (refuses(found) || failed) give_back_all(anew, facts.total.minor(), totals, bounds);
    if (failed && !refuses(found)) return *failed;
    return by_weight(std::move(found));
}

result<std::vector<rule_finding>> payment_rules::settle(
    const payment_facts& judged, const payment_facts& known, ports::limit_totals& totals, const call& bounds) const {
    CIPHERLANE_CHECK(check_facts(known));
    std::vector<rule_finding> found;
    std::optional<error> failed;
    for (const auto& one : rules_) {
        if (!in_force(one, known.day)) continue;
        if (auto what = plain(one, known); what && !plain(one, judged)) found.push_back(*std::move(what));
        auto total = total_of(one, known);
        // In no period any more. What is given back can be taken again, and this must not be.
        if (!total && total_of(one, judged)) total = counted{one.name, {}};
        if (!total) continue;
        auto took = take(one, taking(one, known.payment), *total, known.total, totals, bounds, moment::after_it);
        if (!took && !failed) failed = std::move(took).error();
        if (took && took->over) found.push_back(*std::move(took->over));
    }
    if (failed) return *failed;
    return by_weight(std::move(found));
}

result<void> payment_rules::give_back(
    std::string_view payment, std::int64_t minor, ports::limit_totals& totals, const call& bounds) const {
    for (const auto& one : rules_) {
        if (!counts(one)) continue;
        CIPHERLANE_CHECK(totals.give_back(taking(one, payment), minor, bounds));
    }
    return {};
}

result<bool> payment_rules::take_again(
    std::string_view payment, std::int64_t minor, ports::limit_totals& totals, const call& bounds) const {
    bool any = false;
    for (const auto& one : rules_) {
        if (!counts(one)) continue;
        CIPHERLANE_TRY(const bool taken, totals.take_again(taking(one, payment), minor, bounds));
        any = any || taken;
    }
    return any;
}

bool refuses(const std::vector<rule_finding>& findings) noexcept {
    return std::any_of(
        findings.begin(), findings.end(), [](const auto& one) { return one.action == rule_action::refuse; });
}

} // namespace cipherlane::rules
