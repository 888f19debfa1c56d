#include "dialect/profile_builder.hpp"

#include "dialect/layout_parser.hpp"
#include "dialect/profile_check.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using text_map = std::map<std::string, std::string, std::less<>>;

/// Reads typed values out of one table and remembers the first that has the wrong type or range. What nobody asked
/// for is a fault too: a misspelt key would do nothing.
class table_reader {
  public:
    table_reader(const toml::table& from, std::string path)
        : from_(&from)
        , path_(std::move(path)) {}

    void known(std::string_view key) { (void)find(key); } ///< read elsewhere
    void read(std::string_view key, std::string& into) {
        if (const auto* node = find(key)) {
            auto value = node->value_exact<std::string>();
            if (value) {
                into = *value;
            } else {
                wrong(key, node);
            }
        }
    }
    void read(std::string_view key, bool& into) {
        if (const auto* node = find(key)) {
            auto value = node->value_exact<bool>();
            if (value) {
                into = *value;
            } else {
                wrong(key, node);
            }
        }
    }
    void read(std::string_view key, char& into) {
        std::string text(1, into);
        read(key, text);
        if (text.size() == 1) {
            into = text[0];
        } else {
            wrong(key, find(key));
        }
    }
    template <class Number>
    void read_number(std::string_view key, Number& into, std::int64_t least, std::int64_t most) {
        if (const auto* node = find(key)) {
            auto value = node->value_exact<std::int64_t>();
            if (value && *value >= least && *value <= most) {
                into = static_cast<Number>(*value);
            } else {
                wrong(key, node);
            }
        }
    }
    void read(std::string_view key, std::vector<std::string>& into) {
        const auto* node = find(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) return wrong(key, node);
        into.clear();
        for (const auto& each : *list) {
            auto value = each.value_exact<std::string>();
            if (!value) return wrong(key, &each);
            into.push_back(*value);
        }
    }
    void read(std::string_view key, text_map& into) {
        const auto* node = find(key);
        if (node == nullptr) return;
        const auto* table = node->as_table();
        if (table == nullptr) return wrong(key, node);
        for (const auto& [name, each] : *table) {
            auto value = each.value_exact<std::string>();
            if (!value) return wrong(std::string(key) + "." + std::string(name.str()), &each);
            into.insert_or_assign(std::string(name.str()), *value);
        }
    }
    template <class Enum>
    void read_word(std::string_view key, Enum& into, std::initializer_list<std::pair<std::string_view, Enum>> words) {
        std::string text;
        read(key, text);
        if (text.empty()) return;
        for (const auto& [word, value] : words) {
            if (word == text) {
                into = value;
                return;
            }
        }
        wrong(key, find(key));
    }

    void wrong(std::string_view key, const toml::node* node) {
        if (!why_.code()) why_ = profile_fault(path_ + std::string(key), node);
    }
    [[nodiscard]] result<void> done() {
        for (const auto& [key, node] : *from_) {
            if (std::find(asked_.begin(), asked_.end(), key.str()) == asked_.end()) wrong(key.str(), &node);
        }
        return why_.code() ? result<void>(why_) : result<void>();
    }

  private:
    const toml::node* find(std::string_view key) {
        asked_.emplace_back(key);
        return from_->get(key);
    }

    const toml::table* from_;
    std::vector<std::string> asked_;
    std::string path_;
    error why_;
};

/// "009|609": the codes of key types that keys are derived from, none of which another type has; "none" without any.
std::string dukpt_codes(const profile& from) {
    std::string all;
    for (const auto& type : from.key_types) {
        const bool shared = std::any_of(from.key_types.begin(), from.key_types.end(),
            [&](const key_type_spec& other) { return !other.dukpt && other.code == type.code; });
        if (type.dukpt && !shared) all += (all.empty() ? "" : "|") + type.code;
    }
    return all.empty() ? "none" : all;
}

/// "${account_digits}" and the like; "${plus}" is what the dialect calls that PIN format, or no code at all.
std::string fill_in(std::string text, const profile& from) {
    const auto* plus = from.code("pin_format", "plus");
    const std::pair<std::string_view, std::string> words[] = {
        {"${plus}", plus == nullptr ? "none" : *plus},
        {"${dukpt}", dukpt_codes(from)},
        {"${account_digits}", std::to_string(from.account_digits)},
        {"${account_separator}", std::string(1, from.account_separator)},
        {"${pin_field}", std::to_string(from.pin_field)},
    };
    for (const auto& [word, value] : words) {
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
            text.replace(at, word.size(), value);
        }
    }
    return text;
}

/// "CA" as two characters, "D1 24" as two bytes.
std::optional<bytes> parse_code(std::string_view code) {
    if (code.size() == 2) return bytes(code.begin(), code.end());
    if (code.size() != 5 || code[2] != ' ') return std::nullopt;
    auto both = from_hex(std::string(code.substr(0, 2)) + std::string(code.substr(3)));
    return both ? std::optional<bytes>(*std::move(both)) : std::nullopt;
}

/// The first character stays, the second is the next one, with Z followed by A.
bytes answer_code_of(const bytes& wire) {
    auto code = wire;
    code[1] = code[1] == 'Z' ? 'A' : static_cast<std::uint8_t>(code[1] + 1);
    return code;
}

/// One command's table, read piece by piece.
class command_reader {
  public:
    command_reader(const std::string& code, const toml::table& from, const profile& of)
        : from_(&from)
        , of_(&of)
        , path_("command." + code)
        , in_(from, path_ + ".") {
        made_.code = code;
    }

    result<command_spec> read(const known_work& is_known) {
        auto wire = parse_code(made_.code);
        if (!wire) return profile_fault(path_, from_);
        made_.wire = *std::move(wire);
        read_values();
        if (!is_known(made_.operation)) in_.wrong("operation", from_->get("operation"));
        if (of_->frame.answers == framing::style::racal) {
            made_.answer_wire = answer_code_of(made_.wire);
            read_code("answer_code", made_.answer_wire);
            read_code("second_answer_code", made_.second_answer_wire);
        }
        CIPHERLANE_TRY(made_.request, read_layout("request", {}));
        CIPHERLANE_TRY(made_.answer, read_layout("answer", made_.request));
        CIPHERLANE_TRY(made_.second_answer, read_layout("second_answer", made_.request));
        CIPHERLANE_TRY(made_.diagnostic, read_layout("diagnostic", made_.request));
        CIPHERLANE_CHECK(in_.done());
        return std::move(made_);
    }

  private:
    void read_values() {
        in_.read("title", made_.title);
        in_.read("warnings", made_.warnings);
        in_.read("mismatch", made_.mismatch);
        in_.read("diagnostic_on", made_.diagnostic_on);
        in_.read("errors", made_.errors);
        in_.read("operation", made_.operation);
        in_.read("statuses", made_.statuses);
        in_.read("authorised", made_.needs_authorised);
        in_.read("prints", made_.prints);
        in_.known("remove"); // of a command that stays: false
        in_.read_word("repeat", made_.repeat, {{"never", repetition::never}, {"safe", repetition::safe}});
    }

    void read_code(std::string_view key, bytes& into) {
        std::string text;
        in_.read(key, text);
        if (text.empty()) return;
        auto code = parse_code(text);
        if (!code) return in_.wrong(key, from_->get(key));
        into = *std::move(code);
    }

    result<layout> read_layout(std::string_view key, const layout& known) {
        std::string text;
        in_.read(key, text);
        const auto path = path_ + "." + std::string(key) + " ";
        auto parsed = parse_layout(fill_in(text, *of_), known);
        if (!parsed) return profile_fault(path + std::string(parsed.error().field()), from_->get(key));
        for (const auto& field : *parsed) {
            if (field.domain.empty() || of_->codes.contains(field.domain)) continue;
            return profile_fault(path + field.label + ":@" + field.domain, from_->get(key));
        }
        return parsed;
    }

    const toml::table* from_;
    const profile* of_;
    std::string path_;
    table_reader in_;
    command_spec made_;
};

result<void> read_frame(const toml::table& root, profile& into) {
    const auto* from = root["frame"].as_table();
    if (from == nullptr) return {};
    table_reader in(*from, "frame.");
    auto& frame = into.frame;
    in.read_word("length", frame.length, {{"none", framing::prefix::none}, {"be16", framing::prefix::be16}});
    in.read_word("answers", frame.answers, {{"racal", framing::style::racal}, {"flag", framing::style::flag}});
    in.read_word("byte_order", frame.little_endian, {{"big", false}, {"little", true}});
    in.read_number("header_length", frame.header_length, 0, 255);
    in.read_number("largest", frame.largest, 64, 65'535);
    in.read("header_fill", frame.header_fill);
    in.read("correlates", frame.correlates);
    in.read("closes_after_unknown", frame.closes_after_unknown);
    in.read("trailer", frame.trailer);
    CIPHERLANE_CHECK(in.done());
    if (frame.correlates && frame.header_length < 2)
        return profile_fault("frame.correlates", from->get("correlates"));
    if (frame.trailer.size() > 32) return profile_fault("frame.trailer", from->get("trailer"));
    return {};
}

result<void> read_schemes(const toml::table& root, profile& into) {
    const auto* from = root["scheme"].as_table();
    if (from == nullptr) return {};
    for (const auto& [tag, node] : *from) {
        const auto* row = node.as_table();
        const auto path = "scheme." + std::string(tag.str());
        if (row == nullptr || tag.str().size() > 1) return profile_fault(path, &node);
        key_scheme made;
        made.tag = tag.str().empty() ? '\0' : tag.str()[0];
        table_reader in(*row, path + ".");
        in.read_number("digits", made.digits, 0, 4096);
        in.read_word("wrap", made.wrap,
            {{"ecb", key_wrap::ecb}, {"variant", key_wrap::variant}, {"thales", key_wrap::thales_block},
                {"tr31", key_wrap::tr31_block}});
        in.read_word("cipher", made.cipher,
            {{"des", key_cipher::des}, {"tdes", key_cipher::tdes}, {"aes", key_cipher::aes}, {"sm1", key_cipher::sm1},
                {"sm4", key_cipher::sm4}, {"any", key_cipher::any}});
        CIPHERLANE_CHECK(in.done());
        into.schemes.push_back(made);
    }
    return {};
}

result<void> read_key_types(const toml::table& root, profile& into) {
    const auto* from = root["key_type"].as_table();
    if (from == nullptr) return {};
    for (const auto& [name, node] : *from) {
        const auto* row = node.as_table();
        const auto path = "key_type." + std::string(name.str());
        if (row == nullptr) return profile_fault(path, &node);
        key_type_spec made;
        made.name = name.str();
        table_reader in(*row, path + ".");
        in.read("code", made.code);
        in.read("short", made.short_code);
        in.read("usage", made.block_usage);
        in.read_number("pair", made.lmk_pair, -1, 99);
        in.read_number("variant", made.lmk_variant, 0, 9);
        in.read("dukpt", made.dukpt);
        in.read("extra", made.extra);
        CIPHERLANE_CHECK(in.done());
        into.codes["key_type"].insert_or_assign(made.name, made.code);
        if (!made.short_code.empty()) into.codes["key_type2"].insert_or_assign(made.name, made.short_code);
        if (!made.block_usage.empty()) into.codes["key_usage"].insert_or_assign(made.name, made.block_usage);
        into.key_types.push_back(std::move(made));
    }
    return {};
}

result<void> read_codes(const toml::table& root, profile& into) {
    const auto* from = root["codes"].as_table();
    if (from == nullptr) return {};
    table_reader in(*from, "codes.");
    for (const auto& [domain, node] : *from) {
        in.read(domain.str(), into.codes[std::string(domain.str())]);
    }
    return in.done();
}

/// `[source]`: where fields find their values in typed calls.
result<void> read_sources(const toml::table& root, profile& into) {
    const auto* from = root["source"].as_table();
    if (from == nullptr) return {};
    for (const auto& [name, node] : *from) {
        const auto* row = node.as_table();
        const auto path = "source." + std::string(name.str());
        if (row == nullptr) return profile_fault(path, &node);
        field_source made;
        table_reader in(*row, path + ".");
        in.read("from", made.from);
        in.read_word("part", made.part,
            {{"whole", field_part::whole}, {"account", field_part::account}, {"key_length", field_part::key_length},
                {"mac_length", field_part::mac_length}, {"front", field_part::front}});
        CIPHERLANE_CHECK(in.done());
        into.sources.insert_or_assign(std::string(name.str()), std::move(made));
    }
    return {};
}

result<void> read_status_groups(const toml::table& root, profile& into) {
    const auto* from = root["status_group"].as_table();
    if (from == nullptr) return {};
    table_reader in(*from, "status_group.");
    in.read("first_key", into.about.first_key);
    in.read("last_key", into.about.last_key);
    in.read("key_scheme", into.about.key_scheme);
    in.read("clear_parity", into.about.clear_parity);
    return in.done();
}

using field_pairs = std::vector<std::pair<field_name, bytes>>;

/// `field = "value"` pairs, in the form of the field if the command has it.
result<field_pairs> read_pairs(const toml::table& from, const std::string& path, const command_spec* of) {
    field_pairs pairs;
    for (const auto& [name, node] : from) {
        const auto here = path + "." + std::string(name.str());
        auto value = node.value_exact<std::string>();
        if (!value) return profile_fault(here, &node);
        const auto key = field_name(name.str());
        const auto* field = of == nullptr ? nullptr : find_field(of->request, key);
        if (of != nullptr && field == nullptr) return profile_fault(here, &node);
        if (field == nullptr) {
            pairs.emplace_back(key, bytes(value->begin(), value->end()));
            continue;
        }
        auto parsed = parse_field_value(*field, *value);
        if (!parsed) return profile_fault(here, &node);
        pairs.emplace_back(key, *std::move(parsed));
    }
    return pairs;
}

result<binding> read_binding(operation what, const std::string& path, const toml::table& row, const profile& of) {
    binding made;
    made.what = what;
    table_reader in(row, path + ".");
    in.read("command", made.command);
    in.read("method", made.method);
    in.known("when");
    in.known("set");
    CIPHERLANE_CHECK(in.done());
    const auto* command = of.command(made.command);
    if (command == nullptr) return profile_fault(path + ".command", &row);
    made.index = static_cast<std::size_t>(command - of.commands.data());
    if (const auto* when = row["when"].as_table()) {
        CIPHERLANE_TRY(made.when, read_pairs(*when, path + ".when", nullptr));
    }
    if (const auto* set = row["set"].as_table()) {
        CIPHERLANE_TRY(made.preset, read_pairs(*set, path + ".set", command));
    }
    return made;
}

result<void> read_bindings(const toml::table& root, profile& into) {
    const auto* from = root["operation"].as_table();
    if (from == nullptr) return {};
    for (const auto& [name, node] : *from) {
        const auto path = "operation." + std::string(name.str());
        const auto what = parse_operation(name.str());
        const auto* list = node.as_array();
        if (!what || list == nullptr) return profile_fault(path, &node);
        for (const auto& each : *list) {
            const auto* row = each.as_table();
            if (row == nullptr) return profile_fault(path, &each);
            CIPHERLANE_TRY(auto made, read_binding(*what, path, *row, into));
            into.bindings.push_back(std::move(made));
        }
    }
    return {};
}

/// What a profile may say about itself that no other entry has a place for.
constexpr std::string_view known_quirks[] = {"form_key_type", "import_checks_parity", "import_key_type",
    "key_index_digits", "lmk_check", "mq_double_key", "wide_kcv", "zmk_length"};

/// Keys that must be one of a set: others would do nothing.
result<void> check_names(const toml::table& root, std::string_view table, bool (*is_known)(std::string_view)) {
    const auto* from = root[table].as_table();
    if (from == nullptr) return {};
    for (const auto& [name, node] : *from) {
        if (!is_known(name.str())) return profile_fault(std::string(table) + "." + std::string(name.str()), &node);
    }
    return {};
}

result<void> read_values(const toml::table& root, profile& into) {
    table_reader in(root, "");
    in.read("name", into.name);
    in.read("aliases", into.aliases);
    in.read("title", into.title);
    in.read("note", into.note);
    in.read("raw_keys", into.raw_keys);
    in.read("lower_case_hex", into.lower_case_hex);
    in.read("account_separator", into.account_separator);
    in.read("health", into.health);
    in.read("out_of_service", into.out_of_service);
    in.read("key_parity", into.key_parity);
    in.read("errors", into.errors);
    in.read("quirks", into.quirks);
    in.read("unsupported", into.unsupported);
    in.read_number("port", into.port, 1, 65'535);
    in.read_number("account_digits", into.account_digits, 1, 19);
    in.read_number("pin_field", into.pin_field, 1, 32);
    in.read_number("kcv_digits", into.kcv_digits, 4, 16);
    if (into.kcv_digits % 2 != 0) in.wrong("kcv_digits", root.get("kcv_digits"));
    auto milliseconds = into.timeout.count();
    in.read_number("timeout_ms", milliseconds, 1, 600'000);
    into.timeout = std::chrono::milliseconds(milliseconds);
    if (into.name.empty()) in.wrong("name", root.get("name"));
    for (const char* elsewhere :
        {"base", "frame", "scheme", "key_type", "codes", "command", "operation", "source", "status_group"}) {
        in.known(elsewhere);
    }
    CIPHERLANE_CHECK(in.done());
    CIPHERLANE_CHECK(check_names(root, "quirks", [](std::string_view name) {
        return std::find(std::begin(known_quirks), std::end(known_quirks), name) != std::end(known_quirks);
    }));
    return check_names(root, "unsupported", [](std::string_view name) { return parse_operation(name).has_value(); });
}

/// Tables that are something else would be passed over.
result<void> check_tables(const toml::table& root) {
    for (const char* name :
        {"frame", "scheme", "key_type", "codes", "command", "operation", "source", "status_group"}) {
        const auto* node = root.get(name);
        if (node != nullptr && !node->is_table()) return profile_fault(name, node);
    }
    return {};
}

result<void> read_commands(const toml::table& root, profile& into, const known_work& is_known) {
    const auto* commands = root["command"].as_table();
    if (commands == nullptr) return {};
    for (const auto& [code, node] : *commands) {
        const auto* row = node.as_table();
        if (row == nullptr) return profile_fault("command." + std::string(code.str()), &node);
        CIPHERLANE_TRY(auto one, command_reader(std::string(code.str()), *row, into).read(is_known));
        into.wire_index.emplace_back(load_be16(one.wire.data()), static_cast<std::uint16_t>(into.commands.size()));
        into.commands.push_back(std::move(one));
    }
    std::sort(into.wire_index.begin(), into.wire_index.end());
    return {};
}

} // namespace

error profile_fault(std::string_view path, const toml::node* node) {
    auto why = fail(hsm_errc::profile_value).during("load profile").in_field(path);
    // Nodes of a base bear its name.
    if (node == nullptr || node->source().path != nullptr || node->source().begin.line == 0) return why;
    return std::move(why).at_line(node->source().begin.line);
}

error profile_fault(std::string_view path, const toml::node* node, std::string_view words) {
    return profile_fault(path, node).with_peer_text(words);
}

result<std::shared_ptr<const profile>> build_profile(const toml::table& root, const known_work& is_known) {
    auto made = std::make_shared<profile>();
    CIPHERLANE_CHECK(check_tables(root));
    CIPHERLANE_CHECK(read_values(root, *made));
    CIPHERLANE_CHECK(read_frame(root, *made));
    CIPHERLANE_CHECK(read_schemes(root, *made));
    CIPHERLANE_CHECK(read_key_types(root, *made));
    CIPHERLANE_CHECK(read_codes(root, *made));
    CIPHERLANE_CHECK(read_commands(root, *made, is_known));
    if (!made->health.empty() && made->command(made->health) == nullptr)
        return profile_fault("health", root.get("health"));
    CIPHERLANE_CHECK(read_sources(root, *made));
    CIPHERLANE_CHECK(read_status_groups(root, *made));
    CIPHERLANE_CHECK(read_bindings(root, *made));
    CIPHERLANE_CHECK(check_profile(root, *made));
    made->link();
    return std::shared_ptr<const profile>(std::move(made));
}

} // namespace cipherlane::hsm
