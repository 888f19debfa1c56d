#include "dialect/builtin_profiles.hpp"
#include "dialect/profile_builder.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace cipherlane::hsm {
namespace {

result<toml::table> parse_toml(std::string_view text) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& why) {
        return fail(hsm_errc::profile_syntax).during("load profile").at_offset(why.source().begin.line);
    } catch (const std::exception&) {
        return fail(hsm_errc::profile_syntax).during("load profile");
    }
}

/// Lays `over` on `under`: tables merge, everything else replaces. A command with `remove = true` goes away.
void merge(toml::table& under, const toml::table& over) {
    for (const auto& [key, node] : over) {
        auto* below = under.get(key);
        const auto* table = node.as_table();
        if (table != nullptr && (*table)["remove"].value_or(false)) {
            under.erase(key);
        } else if (table != nullptr && below != nullptr && below->is_table()) {
            merge(*below->as_table(), *table);
        } else {
            under.insert_or_assign(key, node);
        }
    }
}

const builtin_profile* find_builtin_text(std::string_view name) {
    for (const auto& each : builtin_profiles()) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

/// The table with all its bases under it.
result<toml::table> resolve(std::string_view text, int depth) {
    CIPHERLANE_TRY(auto own, parse_toml(text));
    auto base = own["base"].value<std::string>();
    if (!base) return own;
    const auto* below = find_builtin_text(*base);
    if (below == nullptr || depth > 4) return fail(hsm_errc::no_profile).during("load profile").in_field(*base);
    CIPHERLANE_TRY(auto under, resolve(below->toml, depth + 1));
    // Another profile does not answer to its base's other names.
    under.erase("aliases");
    under.erase("note");
    merge(under, own);
    return under;
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
            auto one = profile::parse(each.toml);
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

} // namespace

result<std::shared_ptr<const profile>> profile::parse(std::string_view text) {
    try {
        CIPHERLANE_TRY(auto table, resolve(text, 0));
        return build_profile(table);
    } catch (const std::exception&) {
        return fail(hsm_errc::profile_value).during("load profile");
    }
}

result<std::shared_ptr<const profile>> profile::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return error(make_error_code(boost::system::errc::no_such_file_or_directory), layer::hsm)
            .during("load profile")
            .in_field(file.filename().string());
    }
    const std::string text(std::istreambuf_iterator<char>(in), {});
    return parse(text);
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
    return name_or_file.ends_with(".toml") ? load(name_or_file) : builtin(name_or_file);
}

std::vector<std::string> profile::builtin_names() {
    std::vector<std::string> names;
    for (const auto& each : builtins().all) {
        names.push_back(each->name);
    }
    return names;
}

} // namespace cipherlane::hsm
