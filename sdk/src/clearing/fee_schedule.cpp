#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/clearing/fee_schedule.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/strict_toml.hpp>

#include <algorithm>

namespace cipherlane::clearing {
namespace {

constexpr std::int64_t millionths = 1'000'000;

toml_faults fee_faults() {
    return {layer::core, "load fees", clearing_errc::cannot_read, clearing_errc::bad_fees, clearing_errc::bad_fees};
}

/// "0.38%" in millionths; four decimals of a percent at most.
std::optional<std::int64_t> parse_rate(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const auto scanned = detail::scan_amount(text, 4);
    if (scanned.fault != detail::amount_fault::none || scanned.minor > millionths) return std::nullopt;
    return scanned.minor;
}

void read_rate(toml_reader& at, std::int64_t& to) {
    at.need("rate");
    std::string text;
    at.text("rate", text);
    if (const auto rate = parse_rate(text)) {
        to = *rate;
    } else if (at.has("rate")) {
        at.fail("rate", "expected a text such as \"0.38%\", at most 100%");
    }
}

void read_tiers(toml_reader& at, fee_rule& rule) {
    auto tiers = at.sections("tier");
    if (tiers.empty()) {
        fee_tier all;
        read_rate(at, all.rate);
        rule.tiers.push_back(all);
        return;
    }
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        fee_tier one;
        read_rate(tiers[i], one.rate);
        if (i + 1 < tiers.size()) tiers[i].need("up_to");
        tiers[i].number("up_to", one.up_to, 1, amount::max_minor);
        const bool last = i + 1 == tiers.size();
        if (last && tiers[i].has("up_to")) tiers[i].fail("up_to", "the last tier has no end");
        if (!rule.tiers.empty() && one.up_to <= rule.tiers.back().up_to) {
            tiers[i].fail("up_to", "expected more than in the tier before");
        }
        tiers[i].finish();
        rule.tiers.push_back(one);
    }
}

fee_rule read_rule(toml_reader& at) {
    fee_rule rule;
    at.need("name");
    if (auto text = at.text("name", 60)) rule.name = *std::move(text);
    at.texts("mcc", rule.categories);
    for (const auto& code : rule.categories) {
        if (code.size() != 4 || !all_digits(code)) at.fail("mcc", "expected four digits, as \"5812\"");
    }
    read_tiers(at, rule);
    at.number("floor", rule.floor, 0, amount::max_minor);
    at.number("cap", rule.cap, 0, amount::max_minor);
    if (rule.cap < rule.floor) at.fail("cap", "less than the floor");
    at.choice("give_back", rule.returned, {{"kept", false}, {"returned", true}});
    at.finish();
    return rule;
}

/// The part of `minor` by the rate of the tier in which `whole` falls, rounded half up.
std::int64_t by_rate(const std::vector<fee_tier>& tiers, std::int64_t whole, std::int64_t minor) noexcept {
    auto tier = tiers.begin();
    while (tier + 1 != tiers.end() && whole > tier->up_to)
        ++tier;
    // Two amounts together have thirteen digits and a rate seven, at most 1,000,000: the product fits.
    return (minor * tier->rate + millionths / 2) / millionths;
}

} // namespace

std::int64_t fee_rule::fee_back(std::int64_t paid, std::int64_t before, std::int64_t minor) const noexcept {
    if (minor <= 0 || !returned) return 0;
    const auto taken = fee(reconcile::direction::payment, paid);
    const auto back = [&](std::int64_t all) { return std::min(by_rate(tiers, paid, all), taken); };
    return back(before + minor) - back(before);
}

std::int64_t fee_rule::fee(reconcile::direction way, std::int64_t minor) const noexcept {
    const bool payment = way == reconcile::direction::payment;
    if (minor <= 0 || (!payment && !returned)) return 0;
    auto sum = by_rate(tiers, minor, minor);
    if (payment) sum = std::max(sum, floor);
    return std::min({sum, cap, minor});
}

result<fee_schedule> fee_schedule::read(const toml_value& root, std::string_view file) {
    toml_report report(fee_faults(), file);
    toml_reader top(root, "", report);
    fee_schedule made;
    static_cast<void>(top.text("source", 200));
    top.need("fee");
    for (auto& at : top.sections("fee")) {
        auto rule = read_rule(at);
        for (const auto& other : made.rules_) {
            const bool both_all = rule.categories.empty() && other.categories.empty();
            const bool shared = std::any_of(rule.categories.begin(), rule.categories.end(), [&](const auto& code) {
                return std::find(other.categories.begin(), other.categories.end(), code) != other.categories.end();
            });
            if (both_all || shared) at.fail("mcc", "the rule \"" + other.name + "\" is for the same");
        }
        made.rules_.push_back(std::move(rule));
    }
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

result<fee_schedule> fee_schedule::parse(std::string_view text, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, fee_faults(), file));
    return read(root, file);
}

result<fee_schedule> fee_schedule::load(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, fee_faults()));
    return read(root, file.string());
}

result<const fee_rule*> fee_schedule::rule(std::string_view category) const {
    const fee_rule* for_all = nullptr;
    for (const auto& one : rules_) {
        if (one.categories.empty()) for_all = &one;
        if (std::find(one.categories.begin(), one.categories.end(), category) != one.categories.end()) return &one;
    }
    if (for_all != nullptr) return for_all;
    return error(clearing_errc::no_fee, layer::core)
        .during("find fee")
        .in_field(category)
        .with_hint("add a rule with this mcc, or one without mcc for all");
}

} // namespace cipherlane::clearing
