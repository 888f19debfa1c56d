#include "dialect/profile_builder.hpp"

#include "dialect/layout_parser.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using text_map = std::map<std::string, std::string, std::less<>>;

error bad(std::string_view path, const toml::node* node = nullptr) {
    auto why = fail(hsm_errc::profile_value).during("load profile").in_field(path);
    return node != nullptr ? std::move(why).at_offset(node->source().begin.line) : why;
}

/// Reads typed values out of one table and remembers the first that has the wrong type or range.
class table_reader {
  public:
    table_reader(const toml::table& from, std::string path)
        : from_(&from)
        , path_(std::move(path)) {}

    void read(std::string_view key, std::string& into) {
        if (const auto* node = from_->get(key)) {
            auto value = node->value_exact<std::string>();
            if (value) {
                into = *value;
            } else {
                wrong(key, node);
            }
        }
    }
    void read(std::string_view key, bool& into) {
        if (const auto* node = from_->get(key)) {
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
            wrong(key, from_->get(key));
        }
    }
    template <class Number>
    void read_number(std::string_view key, Number& into, std::int64_t least, std::int64_t most) {
        if (const auto* node = from_->get(key)) {
            auto value = node->value_exact<std::int64_t>();
            if (value && *value >= least && *value <= most) {
                into = static_cast<Number>(*value);
            } else {
                wrong(key, node);
            }
        }
    }
    void read(std::string_view key, std::vector<std::string>& into) {
        const auto* node = from_->get(key);
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
        const auto* node = from_->get(key);
        if (node == nullptr) return;
        const auto* table = node->as_table();
        if (table == nullptr) return wrong(key, node);
        for (const auto& [name, each] : *table) {
            auto value = each.value_exact<std::string>();
            if (!value) return wrong(key, &each);
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
        wrong(key, from_->get(key));
    }

    void wrong(std::string_view key, const toml::node* node) {
        if (!why_.code()) why_ = bad(path_ + std::string(key), node);
    }
    [[nodiscard]] result<void> done() const { return why_.code() ? result<void>(why_) : result<void>(); }

  private:
    const toml::table* from_;
    std::string path_;
    error why_;
};

/// "${account_digits}" and the like; "${plus}" is what the dialect calls that PIN format, or no code at all.
std::string fill_in(std::string text, const profile& from) {
    const auto* plus = from.code("pin_format", "plus");
    const std::pair<std::string_view, std::string> words[] = {
        {"${plus}", plus == nullptr ? "none" : *plus},
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
result<bytes> parse_code(std::string_view code) {
    if (code.size() == 2) return bytes(code.begin(), code.end());
    if (code.size() == 5 && code[2] == ' ')
        return from_hex(std::string(code.substr(0, 2)) + std::string(code.substr(3)));
    return fail(hsm_errc::profile_value).during("load profile").in_field(code);
}

/// The first character stays, the second is the next one, with Z followed by A.
bytes answer_code_of(const bytes& wire) {
    auto code = wire;
    code[1] = code[1] == 'Z' ? 'A' : static_cast<std::uint8_t>(code[1] + 1);
    return code;
}

result<layout> read_layout(
    table_reader& in, std::string_view key, const profile& of, const layout& known, const std::string& command) {
    std::string text;
    in.read(key, text);
    auto parsed = parse_layout(fill_in(text, of), known);
    if (parsed) return *std::move(parsed);
    const auto& why = parsed.error();
    return fail(hsm_errc::profile_value).during("load " + command).in_field(why.field()).at_offset(*why.offset());
}

result<command_spec> read_command(const std::string& code, const toml::table& from, const profile& of) {
    command_spec made;
    made.code = code;
    CIPHERLANE_TRY(made.wire, parse_code(code));
    table_reader in(from, "command." + code + ".");
    in.read("title", made.title);
    in.read("warnings", made.warnings);
    in.read("mismatch", made.mismatch);
    in.read("diagnostic_on", made.diagnostic_on);
    in.read("errors", made.errors);
    in.read("operation", made.operation);
    in.read("statuses", made.statuses);
    in.read("authorised", made.needs_authorised);
    in.read("prints", made.prints);
    in.read_word("repeat", made.repeat, {{"never", repetition::never}, {"safe", repetition::safe}});
    if (of.frame.answers == framing::style::racal) {
        made.answer_wire = answer_code_of(made.wire);
        std::string other;
        in.read("answer_code", other);
        if (!other.empty()) {
            CIPHERLANE_TRY(made.answer_wire, parse_code(other));
        }
        std::string second;
        in.read("second_answer_code", second);
        if (!second.empty()) {
            CIPHERLANE_TRY(made.second_answer_wire, parse_code(second));
        }
    }
    CIPHERLANE_TRY(made.request, read_layout(in, "request", of, {}, code));
    CIPHERLANE_TRY(made.answer, read_layout(in, "answer", of, made.request, code));
    CIPHERLANE_TRY(made.second_answer, read_layout(in, "second_answer", of, made.request, code));
    CIPHERLANE_TRY(made.diagnostic, read_layout(in, "diagnostic", of, made.request, code));
    CIPHERLANE_CHECK(in.done());
    return made;
}

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
    if (frame.correlates && frame.header_length < 2) return bad("frame.correlates", from);
    return frame.trailer.size() > 32 ? result<void>(bad("frame.trailer", from)) : result<void>();
}

result<void> read_schemes(const toml::table& root, profile& into) {
    const auto* from = root["scheme"].as_table();
    if (from == nullptr) return {};
    for (const auto& [tag, node] : *from) {
        const auto* row = node.as_table();
        if (row == nullptr || tag.str().size() > 1) return bad("scheme", &node);
        key_scheme made;
        made.tag = tag.str().empty() ? '\0' : tag.str()[0];
        table_reader in(*row, "scheme.");
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
        if (row == nullptr) return bad("key_type", &node);
        key_type_spec made;
        made.name = name.str();
        table_reader in(*row, "key_type." + made.name + ".");
        in.read("code", made.code);
        in.read("short", made.short_code);
        in.read("usage", made.block_usage);
        in.read_number("pair", made.lmk_pair, -1, 99);
        in.read_number("variant", made.lmk_variant, 0, 9);
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

/// `field = "value"` pairs, in the form of the field if the command has it.
result<std::vector<std::pair<field_name, bytes>>> read_pairs(const toml::table& from, const command_spec* of) {
    std::vector<std::pair<field_name, bytes>> pairs;
    for (const auto& [name, node] : from) {
        auto value = node.value_exact<std::string>();
        if (!value) return bad(name.str(), &node);
        const auto key = field_name(name.str());
        const auto* field = of == nullptr ? nullptr : find_field(of->request, key);
        if (of != nullptr && field == nullptr) return bad(name.str(), &node);
        if (field == nullptr) {
            pairs.emplace_back(key, bytes(value->begin(), value->end()));
            continue;
        }
        auto parsed = parse_field_value(*field, *value);
        if (!parsed) return bad(name.str(), &node);
        pairs.emplace_back(key, *std::move(parsed));
    }
    return pairs;
}

result<void> read_bindings(const toml::table& root, profile& into) {
    const auto* from = root["operation"].as_table();
    if (from == nullptr) return {};
    for (const auto& [name, node] : *from) {
        const auto what = parse_operation(name.str());
        const auto* list = node.as_array();
        if (!what || list == nullptr) return bad("operation." + std::string(name.str()), &node);
        for (const auto& each : *list) {
            const auto* row = each.as_table();
            if (row == nullptr) return bad("operation." + std::string(name.str()), &each);
            binding made;
            made.what = *what;
            table_reader in(*row, "operation." + std::string(name.str()) + ".");
            in.read("command", made.command);
            in.read("method", made.method);
            CIPHERLANE_CHECK(in.done());
            const auto* command = into.command(made.command);
            if (command == nullptr) return bad("operation." + std::string(name.str()) + ".command", &each);
            made.index = static_cast<std::size_t>(command - into.commands.data());
            if (const auto* when = (*row)["when"].as_table()) {
                CIPHERLANE_TRY(made.when, read_pairs(*when, nullptr));
            }
            if (const auto* set = (*row)["set"].as_table()) {
                CIPHERLANE_TRY(made.preset, read_pairs(*set, command));
            }
            into.bindings.push_back(std::move(made));
        }
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
    in.read_number("kcv_digits", into.kcv_digits, 4, 32);
    auto milliseconds = into.timeout.count();
    in.read_number("timeout_ms", milliseconds, 1, 600'000);
    into.timeout = std::chrono::milliseconds(milliseconds);
    if (into.name.empty()) in.wrong("name", nullptr);
    return in.done();
}

} // namespace

result<std::shared_ptr<const profile>> build_profile(const toml::table& root) {
    auto made = std::make_shared<profile>();
    CIPHERLANE_CHECK(read_values(root, *made));
    CIPHERLANE_CHECK(read_frame(root, *made));
    CIPHERLANE_CHECK(read_schemes(root, *made));
    CIPHERLANE_CHECK(read_key_types(root, *made));
    CIPHERLANE_CHECK(read_codes(root, *made));
    if (const auto* commands = root["command"].as_table()) {
        for (const auto& [code, node] : *commands) {
            const auto* row = node.as_table();
            if (row == nullptr) return bad("command", &node);
            CIPHERLANE_TRY(auto one, read_command(std::string(code.str()), *row, *made));
            made->wire_index.emplace_back(
                load_be16(one.wire.data()), static_cast<std::uint16_t>(made->commands.size()));
            made->commands.push_back(std::move(one));
        }
    }
    std::sort(made->wire_index.begin(), made->wire_index.end());
    if (!made->health.empty() && made->command(made->health) == nullptr) return bad("health");
    CIPHERLANE_CHECK(read_bindings(root, *made));
    return std::shared_ptr<const profile>(std::move(made));
}

} // namespace cipherlane::hsm
