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

/// `origin` is empty for the caller's own text: only there a line means something to who reads the error.
result<toml::table> parse_toml(std::string_view text, std::string_view origin) {
    try {
        return toml::parse(text, origin);
    } catch (const toml::parse_error& why) {
        constexpr std::string_view known = "Error while parsing ";
        auto words = why.description();
        if (words.starts_with(known)) words.remove_prefix(known.size());
        return fail(hsm_errc::profile_syntax)
            .during("load profile")
            .at_line(why.source().begin.line)
            .with_peer_text(words);
    } catch (const std::exception&) {
        return fail(hsm_errc::profile_syntax).during("load profile");
    }
}

/// Lays `over` on `under`: tables merge, everything else replaces. A command with `remove = true` goes away. Nodes
/// are moved, since only so they keep their lines.
void merge(toml::table& under, toml::table&& over) {
    for (auto&& [key, node] : over) {
        auto* below = under.get(key);
        auto* table = node.as_table();
        if (table != nullptr && (*table)["remove"].value_or(false)) {
            under.erase(key);
        } else if (table != nullptr && below != nullptr && below->is_table()) {
            merge(*below->as_table(), std::move(*table));
        } else {
            // clang 14 captures no structured binding by itself.
            std::move(node).visit([&under, &name = key](auto&& moved) {
                under.insert_or_assign(name, std::forward<decltype(moved)>(moved));
            });
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
result<toml::table> resolve(std::string_view text, std::string_view origin, int depth) {
    CIPHERLANE_TRY(auto own, parse_toml(text, origin));
    const auto* wanted = own.get("base");
    if (wanted == nullptr) return own;
    const auto base = wanted->value<std::string>();
    if (!base) return profile_fault("base", wanted);
    const auto* below = find_builtin_text(*base);
    if (below == nullptr || depth > 4) {
        return fail(hsm_errc::no_profile).during("load profile").in_field(*base).at_line(wanted->source().begin.line);
    }
    CIPHERLANE_TRY(auto under, resolve(below->toml, below->name, depth + 1));
    // Another profile does not answer to its base's other names.
    under.erase("aliases");
    under.erase("note");
    merge(under, std::move(own));
    return under;
}

result<std::shared_ptr<const profile>> parse_text(
    std::string_view text, std::string_view origin, const known_work& is_known) {
    try {
        CIPHERLANE_TRY(auto table, resolve(text, origin, 0));
        return build_profile(table, is_known);
    } catch (const std::exception&) {
        return fail(hsm_errc::profile_value).during("load profile");
    }
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
            auto one = parse_text(each.toml, each.name, [](const auto&) { return true; });
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

result<std::string> read_text(const std::filesystem::path& file) {
    const auto unreadable = [&](boost::system::errc::errc_t why) {
        return error(make_error_code(why), layer::hsm).during("load profile").at_endpoint(file.filename().string());
    };
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) return unreadable(boost::system::errc::is_a_directory);
    try {
        std::ifstream in(file, std::ios::binary);
        if (!in) return unreadable(boost::system::errc::no_such_file_or_directory);
        std::string text(std::istreambuf_iterator<char>(in), {});
        return text;
    } catch (const std::exception&) {
        return unreadable(boost::system::errc::permission_denied);
    }
}

} // namespace

result<std::shared_ptr<const profile>> profile::parse(std::string_view text) {
    return parse_text(text, {}, is_known_work);
}

result<std::shared_ptr<const profile>> profile::load(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto text, read_text(file));
    auto made = parse(text);
    if (!made) return error(made.error()).at_endpoint(file.filename().string());
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
