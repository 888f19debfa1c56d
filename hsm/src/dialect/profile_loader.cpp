#include "dialect/builtin_profiles.hpp"
#include "dialect/profile_builder.hpp"
#include "dialect/profile_words.hpp"
#include "fail.hpp"

#include <cipherlane/core/toml_report.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

const builtin_profile* find_builtin_text(std::string_view name) {
    for (const auto& each : builtin_profiles()) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

constexpr int most_bases = 4;

/// The table with all its bases under it.
result<toml_value> resolve(toml_value own, int depth) {
    const auto* wanted = own.find("base");
    if (wanted == nullptr) return own;
    const auto* base = wanted->text();
    if (base == nullptr) return profile_fault("base", wanted, "expected the name of a built-in profile");
    const auto* below = find_builtin_text(*base);
    if (below == nullptr || depth > most_bases) {
        auto why = fail(hsm_errc::no_profile).during(profile_faults().operation).in_field(*base);
        return wanted->line() == 0 ? why : std::move(why).at_line(wanted->line());
    }
    CIPHERLANE_TRY(auto text, parse_toml(below->toml, profile_faults()));
    text.forget_lines();
    CIPHERLANE_TRY(auto under, resolve(std::move(text), depth + 1));
    // Another profile does not answer to its base's other names.
    under.erase("aliases");
    under.erase("note");
    under.lay(std::move(own));
    return under;
}

result<std::shared_ptr<const profile>> build(toml_value text, const known_work& is_known) {
    CIPHERLANE_TRY(const auto table, resolve(std::move(text), 0));
    return build_profile(table, is_known);
}

struct loaded_builtins {
    std::vector<std::shared_ptr<const profile>> all;
    error why;
};

/// All built-in profiles, read once. "racal" is a base only.
const loaded_builtins& builtins() {
    static const loaded_builtins loaded = [] {
        loaded_builtins made;
        for (const auto& each : builtin_profiles()) {
            if (each.name == "racal") continue;
            auto text = parse_toml(each.toml, profile_faults());
            const auto one = text ? build(*std::move(text), [](const auto&) { return true; }) : text.error();
            if (!one) {
                made.why = one.error();
                break;
            }
            made.all.push_back(*one);
        }
        return made;
    }();
    return loaded;
}

/// A command of a file says what a simulated unit does: an operation, or a command that some built-in profile has.
bool is_known_work(const std::string& named) {
    if (named.empty() || parse_operation(named)) return true;
    const auto& all = builtins().all;
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each->command(named) != nullptr; });
}

} // namespace

result<std::shared_ptr<const profile>> profile::parse(std::string_view text) {
    CIPHERLANE_TRY(auto own, parse_toml(text, profile_faults()));
    return build(std::move(own), is_known_work);
}

result<std::shared_ptr<const profile>> profile::load(const std::filesystem::path& file) {
    auto own = load_toml(file, profile_faults());
    if (!own) return own.error();
    auto made = build(*std::move(own), is_known_work);
    if (!made) return error(made.error()).at_endpoint(file.string());
    return made;
}

result<std::shared_ptr<const profile>> profile::builtin(std::string_view wanted) {
    const auto& known = builtins();
    for (const auto& each : known.all) {
        const bool alias = std::find(each->aliases.begin(), each->aliases.end(), wanted) != each->aliases.end();
        if (each->name == wanted || alias) return each;
    }
    if (known.why.code()) return known.why;
    return fail(hsm_errc::no_profile).in_field(wanted);
}

result<std::shared_ptr<const profile>> profile::find(const std::string& name_or_file) {
    auto known = builtin(name_or_file);
    if (known) return known;
    std::error_code ignored;
    const bool is_file = name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".toml") ||
                         std::filesystem::exists(name_or_file, ignored);
    return is_file ? load(name_or_file) : known;
}

std::vector<std::string> profile::builtin_names() {
    std::vector<std::string> names;
    for (const auto& each : builtins().all) {
        names.push_back(each->name);
    }
    return names;
}

} // namespace cipherlane::hsm
