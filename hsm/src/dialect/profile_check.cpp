#include "dialect/profile_check.hpp"

#include "dialect/layout_parser.hpp"
#include "dialect/operation_values.hpp"
#include "dialect/profile_words.hpp"
#include "dialect/text_checks.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Tables whose codes may be the same for several names: sizes of keys that share a tag, types that share a place.
constexpr std::string_view shared_codes = "scheme export_scheme algorithm key_type key_type1 key_type2 key_usage";

bool is_code_pair(std::string_view status, const profile& of) {
    if (status.size() != 2) return false;
    return of.frame.answers == framing::style::racal ? only_printable(as_bytes(status)) : only_hex(as_bytes(status));
}

/// A code as its field wants it.
bool fits(const field_spec& field, std::string_view code) {
    const auto value = parse_field_value(field, code);
    if (!value) return false;
    const auto size = field.kind == field_kind::hex ? 2 * value->size() : value->size();
    const std::size_t most = field.rule == length_rule::fixed ? field.least : field.most;
    if (size < field.least || size > most) return false;
    if (field.kind == field_kind::digits) return only_digits(*value);
    return field.kind != field_kind::text || only_printable(*value);
}

/// "of 2 digits"
std::string width_of(const field_spec& field) {
    const char* unit = field.kind == field_kind::digits ? " digits"
                       : field.kind == field_kind::text ? " characters"
                       : field.kind == field_kind::hex  ? " hex digits"
                                                        : " bytes in hex";
    std::string text = "of " + std::to_string(field.least);
    if (field.rule != length_rule::fixed && field.most != field.least) text += " to " + std::to_string(field.most);
    return text + unit;
}

/// The word, what was probably meant, and all that is allowed.
std::string unknown(std::string_view word, std::string_view known) {
    const auto list = words_of(known);
    return unknown_word(word, list, "found \"" + printable_text(word, 60) + "\"");
}

std::string allowed(std::string_view what) {
    return "allowed: " + std::string(what);
}

/// Digits of the keys that a name of a scheme speaks of; 0: it says nothing of them.
std::size_t digits_of(std::string_view name) {
    if (name.starts_with("single")) return 16;
    if (name.starts_with("double")) return 32;
    return name.starts_with("triple") ? 48 : 0;
}

class checker {
  public:
    checker(const toml_value& root, const profile& of)
        : root_(&root)
        , of_(&of) {}

    result<void> check() const {
        CIPHERLANE_CHECK(check_key_types());
        CIPHERLANE_CHECK(check_places());
        CIPHERLANE_CHECK(check_tables_of_types());
        CIPHERLANE_CHECK(check_tables());
        CIPHERLANE_CHECK(check_statuses());
        for (const auto& command : of_->commands) {
            CIPHERLANE_CHECK(check_command(command));
        }
        CIPHERLANE_CHECK(check_sources());
        CIPHERLANE_CHECK(check_quirks());
        return check_bindings();
    }

  private:
    static const toml_value* find_in(const toml_value* table, std::string_view key) {
        return table != nullptr ? table->find(key) : nullptr;
    }
    template <class... Keys>
    [[nodiscard]] const toml_value* at(Keys... keys) const {
        const toml_value* found = root_;
        ((found = find_in(found, keys)), ...);
        return found;
    }
    /// Whether an entry stands in the caller's own text: those of a base have no line.
    static bool is_own(const toml_value* entry) { return entry != nullptr && entry->line() != 0; }

    /// Where a code stands: a key type's codes stand in rows of their own.
    [[nodiscard]] const toml_value* node_of(std::string_view table, std::string_view name) const {
        if (table == "key_type") return at("key_type", name, "code");
        if (table == "key_type2") return at("key_type", name, "short");
        if (table == "key_usage" && at("codes", table, name) == nullptr) {
            return at("key_type", name, "usage");
        }
        return at("codes", table, name);
    }
    static std::string path_of(std::string_view table, std::string_view name) {
        if (table == "key_type") return "key_type." + std::string(name) + ".code";
        if (table == "key_type2") return "key_type." + std::string(name) + ".short";
        return "codes." + std::string(table) + "." + std::string(name);
    }
    [[nodiscard]] error fault(std::string_view table, std::string_view name, std::string_view right) const {
        return profile_fault(path_of(table, name), node_of(table, name), right);
    }

    [[nodiscard]] result<void> check_key_types() const {
        const auto known = known_words("key_type");
        for (const auto& type : of_->key_types) {
            if (type.extra || has_word(known, type.name)) continue;
            return profile_fault("key_type." + type.name, at("key_type", type.name),
                allowed("with extra = true any, else " + std::string(known)));
        }
        return {};
    }

    static bool same_place(const key_type_spec& one, const key_type_spec& other) {
        return one.lmk_pair == other.lmk_pair && one.lmk_variant == other.lmk_variant;
    }

    /// Types of one code are one to the unit: then they live in one place. Codes of a key block's unit say nothing of
    /// a place, and many types have them.
    [[nodiscard]] result<void> check_places() const {
        for (const auto& type : of_->key_types) {
            if (!is_own(node_of("key_type", type.name))) continue;
            const key_type_spec* other = nullptr;
            bool several = false;
            for (const auto& each : of_->key_types) {
                if (&each == &type || each.code != type.code || is_own(node_of("key_type", each.name))) continue;
                several = several || (other != nullptr && !same_place(*other, each));
                other = &each;
            }
            if (other == nullptr || several || same_place(*other, type)) continue;
            return fault("key_type", type.name,
                type.code + " is " + other->name + " already; allowed: another code, or its place: pair = " +
                    std::to_string(other->lmk_pair) + ", variant = " + std::to_string(other->lmk_variant));
        }
        return {};
    }

    /// Codes of key types stand in [key_type]: beside it they would be of names that nobody knows, or other codes of
    /// names that have one.
    [[nodiscard]] result<void> check_tables_of_types() const {
        for (const std::string_view table : {"key_type", "key_type2", "key_usage"}) {
            const auto* rows = at("codes", table);
            if (rows == nullptr || rows->table() == nullptr) continue;
            for (const auto& row : rows->items()) {
                if (!is_own(&row)) continue;
                const std::string key = table == "key_type" ? "code" : table == "key_type2" ? "short" : "usage";
                return profile_fault("codes." + std::string(table) + "." + row.key(), &row,
                    allowed("[key_type] " + row.key() + " = { " + key +
                            " = \"...\" }, with extra = true for a name of your own"));
            }
        }
        return {};
    }

    [[nodiscard]] result<void> check_tables() const {
        for (const auto& [table, codes] : of_->codes) {
            const auto known = known_words(table);
            const bool of_types = table == "key_type" || table == "key_type2" || table == "key_usage";
            for (const auto& [name, code] : codes) {
                if (!of_types && !known.empty() && !has_word(known, name)) {
                    return fault(table, name, unknown(name, known));
                }
            }
            if (!has_word(shared_codes, table)) CIPHERLANE_CHECK(check_unique(table, codes));
            if (table == "scheme" || table == "export_scheme") CIPHERLANE_CHECK(check_tags(table, codes));
        }
        return {};
    }

    /// The later one in the caller's own text is the one that is wrong.
    [[nodiscard]] result<void> check_unique(const std::string& table, const text_map& codes) const {
        for (auto one = codes.begin(); one != codes.end(); ++one) {
            for (auto other = std::next(one); other != codes.end(); ++other) {
                if (one->second != other->second) continue;
                const auto* first = node_of(table, one->first);
                const bool own = is_own(first);
                const auto& wrong = own ? *one : *other;
                const auto& right = own ? *other : *one;
                return fault(table, wrong.first, wrong.second + " is " + right.first + " already");
            }
        }
        return {};
    }

    [[nodiscard]] result<void> check_tags(const std::string& table, const text_map& codes) const {
        if (of_->schemes.empty()) return {};
        for (const auto& [name, tag] : codes) {
            const auto* scheme = tag.size() == 1 ? of_->scheme(tag[0]) : nullptr;
            if (scheme == nullptr) return fault(table, name, allowed("the tag of a [scheme]"));
            const auto wanted = digits_of(name);
            if (wanted == 0 || scheme->digits == 0 || scheme->digits == wanted) continue;
            return fault(table, name,
                tag + " has " + std::to_string(scheme->digits) + " digits; allowed: a scheme of " +
                    std::to_string(wanted));
        }
        return {};
    }

    [[nodiscard]] result<void> check_list(
        std::string_view path, const toml_value* node, const std::vector<std::string>& statuses, bool any) const {
        for (const auto& each : statuses) {
            if (is_code_pair(each, *of_) || (any && each == "*")) continue;
            return profile_fault(path, node, allowed("statuses of two characters"));
        }
        return {};
    }

    [[nodiscard]] result<void> check_statuses() const {
        CIPHERLANE_CHECK(check_list("out_of_service", root_->find("out_of_service"), of_->out_of_service, false));
        CIPHERLANE_CHECK(check_list("key_parity", root_->find("key_parity"), of_->key_parity, false));
        const std::pair<const char*, const std::vector<std::string>*> groups[] = {
            {"first_key", &of_->about.first_key}, {"last_key", &of_->about.last_key},
            {"key_scheme", &of_->about.key_scheme}, {"clear_parity", &of_->about.clear_parity}};
        for (const auto& [name, group] : groups) {
            CIPHERLANE_CHECK(check_list("status_group." + std::string(name), at("status_group", name), *group, true));
        }
        for (const auto& [status, text] : of_->errors) {
            if (!is_code_pair(status, *of_)) {
                return profile_fault("errors." + status, at("errors", status), allowed("a status of two characters"));
            }
        }
        return {};
    }

    [[nodiscard]] result<void> check_command(const command_spec& command) const {
        const auto entry = [&](std::string_view key) { return at("command", command.code, key); };
        const auto path = "command." + command.code;
        CIPHERLANE_CHECK(check_list(path + ".warnings", entry("warnings"), command.warnings, false));
        CIPHERLANE_CHECK(check_list(path + ".mismatch", entry("mismatch"), command.mismatch, true));
        CIPHERLANE_CHECK(check_list(path + ".diagnostic_on", entry("diagnostic_on"), command.diagnostic_on, false));
        for (const auto& [status, text] : command.errors) {
            if (!is_code_pair(status, *of_)) {
                return profile_fault(path + ".errors." + status, find_in(entry("errors"), status),
                    allowed("a status of two characters"));
            }
        }
        CIPHERLANE_CHECK(check_layout(path + ".request ", entry("request"), command.request));
        CIPHERLANE_CHECK(check_layout(path + ".answer ", entry("answer"), command.answer));
        for (const auto& [field, record] : command.records) {
            CIPHERLANE_CHECK(
                check_layout(path + ".records." + field + " ", find_in(entry("records"), field), record));
        }
        CIPHERLANE_CHECK(check_layout(path + ".second_answer ", entry("second_answer"), command.second_answer));
        return check_layout(path + ".diagnostic ", entry("diagnostic"), command.diagnostic);
    }

    [[nodiscard]] result<void> check_layout(
        const std::string& path, const toml_value* node, const layout& fields) const {
        for (const auto& field : fields) {
            if (field.takes_serial && of_->marks.serial.empty()) {
                return profile_fault(path + field.label, node, allowed("K~ with key_marks.serial"));
            }
            if (field.domain.empty()) continue;
            const auto& codes = of_->codes.at(field.domain);
            for (const auto& [name, code] : codes) {
                if (fits(field, code)) continue;
                // The fault is the code's where it stands in the caller's text, else the field's.
                const auto* place = node_of(field.domain, name);
                const bool own = is_own(place);
                if (own || !is_own(node)) {
                    return fault(field.domain, name, allowed("a code " + width_of(field)));
                }
                return profile_fault(path + field.label, node, name + " is " + code);
            }
            // A base's defaults may be of codes that the profile has given up.
            const bool foreign = !is_own(node);
            if (!field.has_preset || foreign || has_word(shared_codes, field.domain)) continue;
            const bool among = std::any_of(codes.begin(), codes.end(), [&](const auto& pair) {
                const auto value = parse_field_value(field, pair.second);
                return value && *value == field.preset;
            });
            if (!among)
                return profile_fault(path + field.label, node, allowed("a default that is one of the table's codes"));
        }
        return {};
    }

    [[nodiscard]] bool has_place_for(std::string_view source) const {
        if (source.starts_with('@')) return of_->codes.contains(source.substr(1));
        return std::any_of(of_->commands.begin(), of_->commands.end(),
            [&](const auto& each) { return find_field(each.request, field_name(source)) != nullptr; });
    }

    [[nodiscard]] result<void> check_sources() const {
        for (const auto& [field, source] : of_->sources) {
            const auto* row = at("source", field);
            // A base speaks for its whole family, of which not every member has each field.
            if (is_own(row) && !has_place_for(field))
                return profile_fault("source." + field, row, allowed("a field of a command, or @ and a table"));
            for (const auto& name : source.from) {
                if (is_request_value(name)) continue;
                return profile_fault("source." + field + ".from", find_in(row, "from"),
                    allowed("names of values that typed calls hold"));
            }
        }
        return {};
    }

    [[nodiscard]] result<void> check_quirks() const {
        const std::pair<std::string_view, std::string_view> known[] = {
            {"import_checks_parity", "yes no"}, {"zmk_length", "by_fit single double"}};
        for (const auto& [quirk, words] : known) {
            const auto value = of_->quirk(quirk);
            if (!value.empty() && !has_word(words, value)) return quirk_fault(quirk, words);
        }
        for (const std::string_view quirk : {"import_key_type", "form_key_type"}) {
            const auto value = of_->quirk(quirk);
            if (!value.empty() && of_->key_type(value) == nullptr) return quirk_fault(quirk, "a name of [key_type]");
        }
        const auto digits = of_->quirk("key_index_digits");
        const bool is_digit = digits.empty() || (digits.size() == 1 && digits[0] >= '1' && digits[0] <= '9');
        if (!is_digit) return quirk_fault("key_index_digits", "1 to 9");
        if (digits.empty() || of_->marks.stored != 0) return {};
        return quirk_fault("key_index_digits", "with key_marks.stored");
    }
    [[nodiscard]] error quirk_fault(std::string_view quirk, std::string_view words) const {
        return profile_fault("quirks." + std::string(quirk), at("quirks", quirk), allowed(words));
    }

    [[nodiscard]] result<void> check_bindings() const {
        operation last{};
        std::size_t index = 0;
        for (const auto& each : of_->bindings) {
            index = each.what == last ? index : 0;
            last = each.what;
            const auto name = std::string(to_string(each.what));
            const auto& row = at("operation", name)->items()[index++];
            CIPHERLANE_CHECK(check_binding(each, "operation." + name, row));
        }
        return {};
    }

    [[nodiscard]] result<void> check_binding(
        const binding& each, const std::string& path, const toml_value& row) const {
        const auto& values = values_of(each.what);
        if (!each.method.empty() && (each.method != "compare" || each.what != operation::verify_mac)) {
            return profile_fault(path + ".method", row.find("method"), allowed("compare, of verify_mac"));
        }
        if (const auto* when = row.find("when")) {
            for (const auto& item : when->items()) {
                const auto here = path + ".when." + item.key();
                if (!has_word(values.holds, item.key())) {
                    return profile_fault(here, &item, unknown(item.key(), values.holds));
                }
                const auto known = known_words(item.key());
                if (known.empty() || has_word(known, *item.text())) continue;
                return profile_fault(here, &item, unknown(*item.text(), known));
            }
        }
        return check_needs(each, path, &row);
    }

    /// Whether a field takes its value from the typed call's.
    [[nodiscard]] bool takes(const field_spec& field, std::string_view value) const {
        if (field.label == value) return true;
        auto at = of_->sources.find(field.label);
        if (at == of_->sources.end() && !field.domain.empty()) at = of_->sources.find("@" + field.domain);
        if (at == of_->sources.end()) return false;
        return std::find(at->second.from.begin(), at->second.from.end(), value) != at->second.from.end();
    }
    [[nodiscard]] bool has_source(const field_spec& field, const binding& by) const {
        const bool set = std::any_of(
            by.preset.begin(), by.preset.end(), [&](const auto& pair) { return pair.first == field.name; });
        if (set) return true;
        const auto held = words_of(values_of(by.what).holds);
        return std::any_of(held.begin(), held.end(), [&](std::string_view value) { return takes(field, value); });
    }

    [[nodiscard]] result<void> check_needs(
        const binding& each, const std::string& path, const toml_value* row) const {
        const auto& command = of_->commands[each.index];
        const auto& values = values_of(each.what);
        const auto at = path + ".command";
        for (std::size_t i = 0; i < command.request.size(); ++i) {
            const auto& field = command.request[i];
            if (field.kind == field_kind::group) {
                i += field.children;
                continue;
            }
            const bool counts = field.kind == field_kind::length && field.counts != field_name();
            if (field.kind == field_kind::literal || field.has_preset || counts || has_source(field, each)) continue;
            return profile_fault(at, row, command.code + ": " + field.label + " has no value: a default or set");
        }
        for (const auto need : words_of(values.needs)) {
            const bool there = std::any_of(command.request.begin(), command.request.end(), [&](const auto& field) {
                return field.kind != field_kind::group && field.kind != field_kind::literal && takes(field, need);
            });
            if (!there) return profile_fault(at, row, command.code + " has no field for " + std::string(need));
        }
        for (const auto give : words_of(each.method.empty() ? values.gives : std::string_view("mac"))) {
            if (find_field(command.answer, field_name(give)) != nullptr) continue;
            return profile_fault(at, row, command.code + " answers without " + std::string(give));
        }
        return {};
    }

    const toml_value* root_;
    const profile* of_;
};

} // namespace

result<void> check_profile(const toml_value& root, const profile& of) {
    return checker(root, of).check();
}

} // namespace cipherlane::hsm
