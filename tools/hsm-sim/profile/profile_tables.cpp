#include "hsm-sim/profile/profile_tables.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::hsm_sim {
namespace {

struct table_name {
    family dialect;
    const char* name;
};
/// Where arithmetic is looked for when the file's own base has none of it.
constexpr std::array racal_tables{table_name{family::payshield, "payshield"}, table_name{family::sjj1310, "sjj1310"},
    table_name{family::sjl06, "sjl06"}, table_name{family::sjl05, "sjl05"},
    table_name{family::payshield_kb, "payshield-kb"}};

const char* name_of(family dialect) {
    for (const auto& row : racal_tables) {
        if (row.dialect == dialect) return row.name;
    }
    return "sjj1312";
}

error misuse(const std::string& field) {
    return error(make_error_code(boost::system::errc::invalid_argument), layer::tools)
        .during("profile")
        .in_field(field);
}

/// The tables that may compute for a unit of this family, its own first. A unit has one set of PIN format codes: the
/// file's.
std::vector<builtin_command> tables_for(family base, const hsm::profile& file) {
    std::vector<builtin_command> all;
    const auto add = [&](family dialect) {
        const auto table = hsm::profile::builtin(name_of(dialect));
        if (!table) return;
        const auto own = std::make_shared<hsm::profile>(**table);
        if (const auto formats = file.codes.find("pin_format"); formats != file.codes.end()) {
            own->codes["pin_format"] = formats->second;
            own->link();
        }
        all.push_back({dialect, own, nullptr, nullptr});
    };
    add(base);
    if (base == family::westone) return all;
    for (const auto& row : racal_tables) {
        if (row.dialect != base) add(row.dialect);
    }
    return all;
}

/// Two sets of conditions of one operation exclude each other if they want different values of one name.
bool excludes(const hsm::binding& one, const hsm::binding& other) {
    return std::ranges::any_of(one.when, [&](const auto& pair) {
        return std::ranges::any_of(other.when,
            [&](const auto& second) { return second.first == pair.first && second.second != pair.second; });
    });
}

/// The commands of a table that carry an operation out.
void add_bound(
    std::vector<builtin_command>& into, const builtin_command& table, hsm::operation what, const hsm::binding* like) {
    for (const auto& each : table.table->bindings) {
        if (each.what != what || (like != nullptr && excludes(*like, each))) continue;
        auto found = table;
        found.command = &table.table->commands[each.index];
        found.how = &each;
        into.push_back(std::move(found));
    }
}

/// By a name: the code of a built-in command, or a typed operation.
std::vector<builtin_command> find_named(const std::vector<builtin_command>& tables, const std::string& name) {
    std::vector<builtin_command> found;
    const auto what = hsm::parse_operation(name);
    for (const auto& table : tables) {
        if (const auto* command = table.table->command(name)) {
            found.push_back(table);
            found.back().command = command;
        } else if (what) {
            add_bound(found, table, *what, nullptr);
        }
        if (!found.empty()) break;
    }
    return found;
}

/// By what the file binds to the command.
std::vector<builtin_command> find_bound(
    const std::vector<builtin_command>& tables, const hsm::profile& file, const hsm::command_spec& command) {
    std::vector<builtin_command> found;
    for (const auto& each : file.bindings) {
        if (&file.commands[each.index] != &command) continue;
        for (const auto& table : tables) {
            const auto before = found.size();
            add_bound(found, table, each.what, &each);
            if (found.size() != before) break;
        }
    }
    return found;
}

bool has_field(const hsm::layout& in, hsm::field_name name) {
    return std::ranges::any_of(in, [&](const hsm::field_spec& f) { return f.name == name; });
}

/// The first field of an answer, outside of groups, that nothing gives a value; empty if there is none.
std::string without_source(const file_command& of) {
    const auto& answer = of.layout->answer;
    for (std::size_t i = 0; i < answer.size(); ++i) {
        const auto& field = answer[i];
        if (field.kind == hsm::field_kind::group) {
            i += field.children;
            continue;
        }
        const bool counts = field.kind == hsm::field_kind::length && field.counts != hsm::field_name();
        if (field.kind == hsm::field_kind::literal || field.has_preset || counts) continue;
        if (has_field(of.layout->request, field.name)) continue;
        const bool computed = std::ranges::any_of(
            of.by, [&](const builtin_command& by) { return has_field(by.command->answer, field.name); });
        if (!computed) return field.label;
    }
    return {};
}

/// Whether a field of the file's request serves for one of the built-in command, by name or as `table_commands`
/// derives it.
bool serves(const hsm::layout& given, const hsm::field_spec& wanted) {
    const auto has = [&](std::string_view name) { return has_field(given, hsm::field_name(name)); };
    if (has(wanted.label)) return true;
    if (wanted.label == "account") return has("pan") || has("card");
    if (wanted.label == "target_account") return has("account");
    if (wanted.label == "source_mode" || wanted.label == "target_mode") return has("cipher_mode");
    if (wanted.label == "length_flag") return has("key");
    return wanted.domain.starts_with("key_type") && has("key_type");
}

/// The first field of a built-in request, outside of groups, that nothing in the file's request gives a value.
std::string unasked(const hsm::layout& given, const builtin_command& by) {
    const auto& request = by.command->request;
    for (std::size_t i = 0; i < request.size(); ++i) {
        const auto& field = request[i];
        if (field.kind == hsm::field_kind::group) {
            i += field.children;
            continue;
        }
        const bool counts = field.kind == hsm::field_kind::length && field.counts != hsm::field_name();
        if (field.kind == hsm::field_kind::literal || field.has_preset || counts || serves(given, field)) continue;
        const bool set = by.how != nullptr && std::ranges::any_of(by.how->preset,
                                                  [&](const auto& pair) { return pair.first == field.name; });
        if (!set) return field.label;
    }
    return {};
}

/// What the file's request lacks for each command that could compute it; empty where one has all.
std::string without_request(const file_command& of) {
    std::string first;
    for (const auto& by : of.by) {
        const auto lacking = unasked(of.layout->request, by);
        if (lacking.empty()) return {};
        if (first.empty()) first = lacking;
    }
    return first;
}

} // namespace

result<std::shared_ptr<const profile_tables>> profile_tables::create(std::shared_ptr<const hsm::profile> file,
    family base, const std::vector<std::string>& own, const std::vector<std::string>& removed) {
    if (own.empty() && removed.empty()) return std::shared_ptr<const profile_tables>();
    auto made = std::make_shared<profile_tables>();
    const auto tables = tables_for(base, *file);
    for (const auto& code : own) {
        file_command one;
        one.layout = file->command(code);
        if (one.layout == nullptr) continue;
        if (!one.layout->operation.empty()) {
            one.by = find_named(tables, one.layout->operation);
            if (one.by.empty()) return misuse("command." + code + ".operation");
        }
        if (one.by.empty()) one.by = find_bound(tables, *file, *one.layout);
        if (one.by.empty()) one.by = find_named({tables.front()}, code);
        const auto lacking = without_source(one);
        one.answers_alone = one.by.empty() && lacking.empty();
        if (!one.by.empty() && !lacking.empty()) return misuse("command." + code + ".answer " + lacking);
        if (const auto unknown = without_request(one); !unknown.empty()) {
            return misuse("command." + code + ".request " + unknown);
        }
        made->own.push_back(std::move(one));
    }
    made->removed = removed;
    made->dialect = std::move(file);
    return std::shared_ptr<const profile_tables>(std::move(made));
}

} // namespace cipherlane::hsm_sim
