#include "dialect/profile_builder.hpp"

#include "dialect/command_reader.hpp"
#include "dialect/layout_parser.hpp"
#include "dialect/profile_check.hpp"
#include "dialect/profile_words.hpp"
#include "fail.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::hsm {
namespace {

using namespace std::string_view_literals;

/// The tables that are read apart from the profile's own values.
constexpr std::array tables{"frame"sv, "scheme"sv, "key_marks"sv, "key_type"sv, "codes"sv, "command"sv, "operation"sv,
    "source"sv, "status_group"sv};

/// What a profile may say about itself that no other entry has a place for.
constexpr std::array quirks{"form_key_type"sv, "import_checks_parity"sv, "import_key_type"sv, "key_index_digits"sv,
    "lmk_check"sv, "mq_double_key"sv, "wide_kcv"sv, "zmk_length"sv};

/// Reads one profile, table by table; the first fault is in the report.
class builder {
  public:
    builder(const toml_value& root, toml_report& report)
        : root_(&root)
        , top_(root, {}, report)
        , report_(&report) {}

    result<std::shared_ptr<const profile>> build(const known_work& is_known) {
        for (const auto name : tables)
            (void)top_.table(name);
        read_values();
        read_frame();
        read_schemes();
        read_key_marks();
        read_key_types();
        read_codes();
        CIPHERLANE_CHECK(report_->outcome());
        CIPHERLANE_CHECK(read_commands(*root_, *made_, is_known, *report_));
        if (!made_->health.empty() && made_->command(made_->health) == nullptr) {
            top_.fail("health", "the profile has no such command");
        }
        read_sources();
        read_status_groups();
        CIPHERLANE_CHECK(report_->outcome());
        CIPHERLANE_CHECK(read_bindings());
        CIPHERLANE_CHECK(check_profile(*root_, *made_));
        made_->link();
        return std::shared_ptr<const profile>(std::move(made_));
    }

  private:
    void read_values() {
        auto& into = *made_;
        (void)top_.take("base");
        top_.text("name", into.name);
        if (into.name.empty()) top_.need("name");
        top_.texts("aliases", into.aliases);
        top_.text("title", into.title);
        top_.text("note", into.note);
        top_.flag("raw_keys", into.raw_keys);
        top_.flag("lower_case_hex", into.lower_case_hex);
        top_.character("account_separator", into.account_separator);
        top_.text("health", into.health);
        top_.texts("out_of_service", into.out_of_service);
        top_.texts("key_parity", into.key_parity);
        read_words(top_, "errors", into.errors);
        read_words(top_, "quirks", into.quirks);
        read_words(top_, "unsupported", into.unsupported);
        top_.number("port", into.port, 1, 65'535);
        top_.number("account_digits", into.account_digits, 1, 19);
        top_.number("pin_field", into.pin_field, 1, 32);
        top_.number("kcv_digits", into.kcv_digits, 4, 16);
        if (into.kcv_digits % 2 != 0) top_.fail("kcv_digits", "expected an even number");
        top_.span("timeout_ms", into.timeout, 1, 600'000);
        top_.finish();
        check_names("quirks", [](std::string_view name) { return std::ranges::count(quirks, name) != 0; });
        check_names("unsupported", [](std::string_view name) { return parse_operation(name).has_value(); });
    }

    /// Keys that must be one of a set: others would do nothing.
    void check_names(std::string_view table, bool (*is_known)(std::string_view)) {
        const auto* from = root_->find(table);
        if (from == nullptr) return;
        for (const auto& item : from->items()) {
            if (is_known(item.key())) continue;
            const auto hint = table == "quirks" ? unknown_word(item.key(), quirks) : std::string("no such operation");
            report_->unknown(std::string(table) + "." + item.key(), item.line(), hint);
        }
    }

    void read_frame() {
        auto in = top_.section("frame");
        auto& frame = made_->frame;
        in.choice("length", frame.length, {{"none", framing::prefix::none}, {"be16", framing::prefix::be16}});
        in.choice("answers", frame.answers, {{"racal", framing::style::racal}, {"flag", framing::style::flag}});
        in.choice("byte_order", frame.little_endian, {{"big", false}, {"little", true}});
        in.number("header_length", frame.header_length, 0, 255);
        in.number("largest", frame.largest, 64, 65'535);
        in.character("header_fill", frame.header_fill);
        in.character("good", frame.good);
        in.character("refused", frame.refused);
        if (frame.good == frame.refused) in.fail("refused", "expected another character than that of good answers");
        in.character("lmk_selector", frame.lmk_selector);
        in.number("message_end", frame.message_end, 1, 255);
        in.flag("correlates", frame.correlates);
        in.flag("closes_after_unknown", frame.closes_after_unknown);
        in.text("trailer", frame.trailer);
        if (frame.correlates && frame.header_length < 2) {
            in.fail("correlates", "a header of less than 2 characters can carry no number");
        }
        if (frame.trailer.size() > 32) in.fail("trailer", "expected at most 32 characters");
        in.finish();
    }

    /// Each row of a table of tables.
    template <class Row>
    void each_row(std::string_view table, Row read) {
        const auto* from = top_.table(table);
        if (from == nullptr) return;
        auto rows = top_.section(table);
        for (const auto& row : from->items()) {
            auto in = rows.section(row.key());
            read(row.key(), in);
            in.finish();
        }
    }

    void read_schemes() {
        each_row("scheme", [this](const std::string& tag, toml_reader& in) {
            if (tag.size() > 1) report_->fail(profile_faults().value, in.path(), in.line(), "a tag is one character");
            key_scheme made;
            made.tag = tag.empty() ? '\0' : tag[0];
            in.number("digits", made.digits, 0, 4096);
            // A key of one, two or three DES parts, of 32 bytes, or a block that says its own length.
            if (made.digits != 0 && made.digits != 16 && made.digits != 32 && made.digits != 48 &&
                made.digits != 64) {
                report_->fail(profile_faults().value, in.path() + ".digits", in.line(),
                    "found " + std::to_string(made.digits) + ", allowed: 16, 32, 48, 64, or 0 for a key block");
            }
            in.choice("wrap", made.wrap,
                {{"ecb", key_wrap::ecb}, {"variant", key_wrap::variant}, {"thales", key_wrap::thales_block},
                    {"tr31", key_wrap::tr31_block}});
            in.choice("cipher", made.cipher,
                {{"des", key_cipher::des}, {"tdes", key_cipher::tdes}, {"aes", key_cipher::aes},
                    {"sm1", key_cipher::sm1}, {"sm4", key_cipher::sm4}, {"any", key_cipher::any}});
            made_->schemes.push_back(made);
        });
    }

    void read_key_marks() {
        auto in = top_.section("key_marks");
        auto& marks = made_->marks;
        in.character("stored", marks.stored);
        in.text("serial", marks.serial);
        in.number("description", marks.description, 0, 9);
        in.number("serial_least", marks.serial_least, 0, 48);
        if (!marks.serial.empty() && marks.description == 0) {
            in.fail("description", "a serial number needs digits that describe it");
        }
        in.finish();
    }

    void read_key_types() {
        each_row("key_type", [this](const std::string& name, toml_reader& in) {
            key_type_spec made;
            made.name = name;
            in.text("code", made.code);
            in.text("short", made.short_code);
            in.text("usage", made.block_usage);
            in.number("pair", made.lmk_pair, -1, 98);
            if (made.lmk_pair > 0 && made.lmk_pair % 2 != 0) {
                report_->fail(profile_faults().value, in.path() + ".pair", in.line(),
                    "found " + std::to_string(made.lmk_pair) + ", allowed: even numbers, 4 is the pair 04-05");
            }
            in.number("variant", made.lmk_variant, 0, 9);
            in.flag("dukpt", made.dukpt);
            in.flag("extra", made.extra);
            auto& codes = made_->codes;
            codes["key_type"].insert_or_assign(made.name, made.code);
            if (!made.short_code.empty()) codes["key_type2"].insert_or_assign(made.name, made.short_code);
            if (!made.block_usage.empty()) codes["key_usage"].insert_or_assign(made.name, made.block_usage);
            made_->key_types.push_back(std::move(made));
        });
    }

    void read_codes() {
        const auto* from = top_.table("codes");
        if (from == nullptr) return;
        auto in = top_.section("codes");
        for (const auto& table : from->items()) {
            read_words(in, table.key(), made_->codes[table.key()]);
        }
    }

    /// `[source]`: where fields find their values in typed calls.
    void read_sources() {
        each_row("source", [this](const std::string& field, toml_reader& in) {
            field_source made;
            in.texts("from", made.from);
            in.choice("part", made.part,
                {{"whole", field_part::whole}, {"account", field_part::account},
                    {"key_length", field_part::key_length}, {"mac_length", field_part::mac_length},
                    {"front", field_part::front}});
            made_->sources.insert_or_assign(field, std::move(made));
        });
    }

    void read_status_groups() {
        auto in = top_.section("status_group");
        in.texts("first_key", made_->about.first_key);
        in.texts("last_key", made_->about.last_key);
        in.texts("key_scheme", made_->about.key_scheme);
        in.texts("clear_parity", made_->about.clear_parity);
        in.finish();
    }

    using field_pairs = std::vector<std::pair<field_name, bytes>>;

    /// `field = "value"` pairs, in the form of the field if the command has it.
    static result<field_pairs> read_pairs(const toml_value* from, const std::string& path, const command_spec* of) {
        field_pairs pairs;
        if (from == nullptr) return pairs;
        if (from->table() == nullptr) return profile_fault(path, from, "expected a table");
        for (const auto& item : from->items()) {
            const auto here = path + "." + item.key();
            const auto* value = item.text();
            if (value == nullptr) {
                return profile_fault(here, &item, "found " + std::string(to_string(item.what())) + ", expected text");
            }
            const auto key = field_name(item.key());
            const auto* field = of == nullptr ? nullptr : find_field(of->request, key);
            if (of != nullptr && field == nullptr) return profile_fault(here, &item, of->code + " has no such field");
            if (field == nullptr) {
                pairs.emplace_back(key, bytes(value->begin(), value->end()));
                continue;
            }
            auto parsed = parse_field_value(*field, *value);
            if (!parsed) return profile_fault(here, &item, "expected hex digits, two a byte");
            pairs.emplace_back(key, *std::move(parsed));
        }
        return pairs;
    }

    [[nodiscard]] result<binding> read_binding(operation what, const std::string& path, const toml_value& row) {
        binding made;
        made.what = what;
        toml_reader in(row, path, *report_);
        in.text("command", made.command);
        in.text("method", made.method);
        (void)in.take("when");
        (void)in.take("set");
        in.finish();
        CIPHERLANE_CHECK(report_->outcome());
        const auto* command = made_->command(made.command);
        if (command == nullptr) return profile_fault(path + ".command", &row, "the profile has no such command");
        made.index = static_cast<std::size_t>(command - made_->commands.data());
        CIPHERLANE_TRY(made.when, read_pairs(row.find("when"), path + ".when", nullptr));
        CIPHERLANE_TRY(made.preset, read_pairs(row.find("set"), path + ".set", command));
        return made;
    }

    [[nodiscard]] result<void> read_bindings() {
        const auto* from = root_->find("operation");
        if (from == nullptr) return {};
        for (const auto& list : from->items()) {
            const auto path = "operation." + list.key();
            const auto what = parse_operation(list.key());
            if (!what) return profile_fault(path, &list, "no such operation");
            if (list.list() == nullptr) return profile_fault(path, &list, "expected [[" + path + "]]");
            for (const auto& row : list.items()) {
                if (row.table() == nullptr) return profile_fault(path, &row, "expected a table");
                CIPHERLANE_TRY(auto made, read_binding(*what, path, row));
                made_->bindings.push_back(std::move(made));
            }
        }
        return {};
    }

    const toml_value* root_;
    toml_reader top_;
    toml_report* report_;
    std::shared_ptr<profile> made_ = std::make_shared<profile>();
};

} // namespace

result<std::shared_ptr<const profile>> build_profile(const toml_value& root, const known_work& is_known) {
    toml_report report(profile_faults());
    return builder(root, report).build(is_known);
}

} // namespace cipherlane::hsm
