#include "dialect/command_reader.hpp"

#include "dialect/layout_parser.hpp"
#include "dialect/profile_words.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

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
    command_reader(const toml_value& from, const profile& of, toml_report& report)
        : from_(&from)
        , of_(&of)
        , report_(&report)
        , path_("command." + from.key())
        , in_(from, path_, report) {
        made_.code = from.key();
    }

    result<command_spec> read(const known_work& is_known) {
        auto wire = parse_code(made_.code);
        if (!wire) return profile_fault(path_, from_, "a code is two characters, or two bytes as \"D1 24\"");
        made_.wire = *std::move(wire);
        read_values();
        if (!is_known(made_.operation)) {
            in_.fail("operation", "neither a typed operation nor a command of a built-in profile");
        }
        if (of_->frame.answers == framing::style::racal) {
            made_.answer_wire = answer_code_of(made_.wire);
            read_code("answer_code", made_.answer_wire);
            read_code("second_answer_code", made_.second_answer_wire);
        }
        CIPHERLANE_TRY(made_.request, read_layout("request", {}));
        CIPHERLANE_TRY(made_.answer, read_layout("answer", made_.request));
        CIPHERLANE_CHECK(read_records());
        CIPHERLANE_TRY(made_.second_answer, read_layout("second_answer", made_.request));
        CIPHERLANE_TRY(made_.diagnostic, read_layout("diagnostic", made_.request));
        in_.finish();
        CIPHERLANE_CHECK(report_->outcome());
        return std::move(made_);
    }

  private:
    void read_values() {
        in_.text("title", made_.title);
        in_.texts("warnings", made_.warnings);
        in_.texts("mismatch", made_.mismatch);
        in_.texts("diagnostic_on", made_.diagnostic_on);
        read_words(in_, "errors", made_.errors);
        in_.text("operation", made_.operation);
        read_words(in_, "statuses", made_.statuses);
        in_.flag("authorised", made_.needs_authorised);
        in_.flag("prints", made_.prints);
        (void)in_.take("remove"); // of a command that stays: false
        in_.choice("repeat", made_.repeat, {{"never", repetition::never}, {"safe", repetition::safe}});
    }

    void read_code(std::string_view key, bytes& into) {
        std::string text;
        in_.text(key, text);
        if (text.empty()) return;
        auto code = parse_code(text);
        if (!code) return in_.fail(key, "a code is two characters, or two bytes as \"D1 24\"");
        into = *std::move(code);
    }

    result<layout> read_layout(std::string_view key, const layout& known) {
        std::string text;
        in_.text(key, text);
        return parse(text, path_ + "." + std::string(key), from_->find(key), known);
    }

    /// `records = { FIELD = "layout" }`: each of a text field of the answer.
    result<void> read_records() {
        std::map<std::string, std::string, std::less<>> texts;
        read_words(in_, "records", texts);
        CIPHERLANE_CHECK(report_->outcome());
        const auto* table = from_->find("records");
        for (const auto& [name, text] : texts) {
            const auto* row = table->find(name);
            const auto path = path_ + ".records." + name;
            const auto* holder = find_field(made_.answer, field_name(name));
            if (holder == nullptr || holder->kind != field_kind::text) {
                return profile_fault(path, row, "the answer has no text field of this name");
            }
            CIPHERLANE_TRY(auto record, parse(text, path, row, made_.answer));
            if (record.empty()) return profile_fault(path, row, "expected a layout");
            made_.records.emplace(name, std::move(record));
        }
        return {};
    }

    result<layout> parse(
        const std::string& text, const std::string& path, const toml_value* at, const layout& known) const {
        auto parsed = parse_layout(fill_in(text, *of_), known);
        if (!parsed) {
            return profile_fault(path + " " + std::string(parsed.error().field()), at, parsed.error().hint());
        }
        for (const auto& field : *parsed) {
            if (field.domain.empty() || of_->codes.contains(field.domain)) continue;
            return profile_fault(path + " " + field.label + ":@" + field.domain, at,
                unknown_word(field.domain, names_of(of_->codes), "no such table of codes"));
        }
        return parsed;
    }

    const toml_value* from_;
    const profile* of_;
    toml_report* report_;
    std::string path_;
    toml_reader in_;
    command_spec made_;
};

} // namespace

result<void> read_commands(const toml_value& root, profile& into, const known_work& is_known, toml_report& report) {
    const auto* commands = root.find("command");
    if (commands == nullptr) return {};
    for (const auto& row : commands->items()) {
        if (row.table() == nullptr) return profile_fault("command." + row.key(), &row, "expected a table");
        CIPHERLANE_TRY(auto one, command_reader(row, into, report).read(is_known));
        into.wire_index.emplace_back(load_be16(one.wire.data()), static_cast<std::uint16_t>(into.commands.size()));
        into.commands.push_back(std::move(one));
    }
    std::sort(into.wire_index.begin(), into.wire_index.end());
    return {};
}

} // namespace cipherlane::hsm
