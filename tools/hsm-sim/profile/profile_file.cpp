#include "hsm-sim/profile/profile_tables.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/toml_report.hpp>

#include <filesystem>

namespace cipherlane::hsm_sim {
namespace {

using boost::system::errc::make_error_code;

error misuse(std::string_view field) {
    return error(make_error_code(boost::system::errc::invalid_argument), layer::tools)
        .during("profile")
        .in_field(field);
}

/// The names that profiles give the formats in `codes.pin_format`.
struct format_name {
    std::string_view name;
    pin_format format;
};
constexpr format_name format_names[] = {
    {"iso0", pin_format::iso0},
    {"iso1", pin_format::iso1},
    {"iso2", pin_format::iso2},
    {"iso3", pin_format::iso3},
    {"iso4", pin_format::iso4},
    {"docutel", pin_format::docutel},
    {"diebold", pin_format::diebold},
    {"plus", pin_format::plus},
    {"mastercard", pin_format::mastercard},
};

/// What stands under the names; null where one of them is no table or not there.
const toml_value* at(const toml_value& root, std::initializer_list<std::string_view> names) {
    const toml_value* found = &root;
    for (const auto name : names) {
        if (found == nullptr || found->table() == nullptr) return nullptr;
        found = found->find(name);
    }
    return found;
}

bool is_set(const toml_value& flag) {
    return flag.flag().value_or(false);
}

/// The client has judged every value; the simulator takes those that the file names and keeps its own for the rest.
result<void> take_frame(const toml_value& file, const hsm::profile& dialect, unit_settings& into) {
    const auto named = [&](std::string_view key) { return at(file, {"frame", key}) != nullptr; };
    if (named("header_length")) into.frame.header_length = dialect.frame.header_length;
    if (named("largest")) into.frame.largest = dialect.frame.largest;
    if (named("length")) into.frame.length_prefix = dialect.frame.length == hsm::framing::prefix::be16;
    if (!into.frame.length_prefix && into.dialect != family::westone) return misuse("frame.length");
    if (named("closes_after_unknown")) into.frame.closes_after_unknown = dialect.frame.closes_after_unknown;
    if (named("byte_order")) into.little_endian = dialect.frame.little_endian;
    return {};
}

/// Every format that the file names, by its code on the wire; formats it does not name keep theirs, and so does one
/// that it removes: that concerns the client.
void take_formats(const toml_value& file, const hsm::profile& dialect, unit_settings& into) {
    for (const auto& row : format_names) {
        const auto* code = dialect.code("pin_format", row.name);
        if (code == nullptr || at(file, {"codes", "pin_format", row.name}) == nullptr) continue;
        std::erase_if(into.pin_formats, [&](const auto& known) { return known.second == row.format; });
        into.pin_formats[*code] = row.format;
    }
}

/// Key types that say where they live; others keep the unit's own places.
result<void> take_types(const toml_value& file, const hsm::profile& dialect, unit_settings& into) {
    constexpr int last_pair = 38;
    for (const auto& type : dialect.key_types) {
        if (at(file, {"key_type", type.name, "pair"}) == nullptr) continue;
        const bool wrong = type.lmk_pair < 0 || type.lmk_pair > last_pair || type.lmk_pair % 2 != 0;
        if (wrong || type.lmk_variant < 0 || type.lmk_variant > 9) return misuse(type.name);
        into.raw_key_types[type.code] = {
            static_cast<std::uint8_t>(type.lmk_pair / 2), static_cast<std::uint8_t>(type.lmk_variant)};
    }
    return {};
}

/// The file's commands that differ from the built-in ones in more than words.
result<void> take_commands(
    const toml_value& file, std::string_view base, std::shared_ptr<const hsm::profile> dialect, unit_settings& into) {
    const auto* commands = file.find("command");
    if (commands == nullptr) return {};
    const auto known = hsm::profile::builtin(base);
    std::vector<std::string> own;
    std::vector<std::string> removed;
    for (const auto& row : commands->items()) {
        const auto has = [&](std::string_view key) { return row.find(key) != nullptr; };
        const bool laid_out =
            has("request") || has("answer") || has("operation") || has("statuses") || has("answer_code");
        if (has("remove") && is_set(*row.find("remove"))) {
            removed.emplace_back(row.key());
        } else if (laid_out || !known || (*known)->command(row.key()) == nullptr) {
            own.emplace_back(row.key());
        }
    }
    CIPHERLANE_TRY(into.tables, profile_tables::create(std::move(dialect), into.dialect, own, removed));
    return {};
}

/// A quirk that is one of a few words.
template <class Enum>
result<void> take_word(const hsm::profile& dialect, std::string_view name, Enum& into,
    std::initializer_list<std::pair<std::string_view, Enum>> words) {
    const auto word = dialect.quirk(name);
    if (word.empty()) return {};
    for (const auto& [known, value] : words) {
        if (known != word) continue;
        into = value;
        return {};
    }
    return misuse("quirks." + std::string(name));
}

/// What a profile says of the unit beside its layouts.
result<void> take_quirks(const hsm::profile& dialect, unit_settings& into) {
    const auto take_type = [&](const char* name, std::string& code) -> result<void> {
        const auto type = dialect.quirk(name);
        const auto* found = type.empty() ? nullptr : dialect.code("key_type", type);
        if (!type.empty() && found == nullptr) return misuse("quirks." + std::string(name));
        if (found != nullptr && into.dialect == family::westone) code = *found;
        return {};
    };
    CIPHERLANE_CHECK(take_type("import_key_type", into.import_type));
    CIPHERLANE_CHECK(take_type("form_key_type", into.untyped));
    CIPHERLANE_CHECK(
        take_word(dialect, "import_checks_parity", into.check_import_parity, {{"yes", true}, {"no", false}}));
    CIPHERLANE_CHECK(take_word(dialect, "zmk_length", into.zmk,
        {{"by_fit", zmk_length::by_fit}, {"single", zmk_length::single_length},
            {"double", zmk_length::double_length}}));
    CIPHERLANE_CHECK(take_word(dialect, "mq_double_key", into.mq,
        {{"as_published", mq_double_key::as_published}, {"x919", mq_double_key::retail},
            {"tdes_cbc", mq_double_key::tdes_cbc}}));
    CIPHERLANE_CHECK(
        take_word(dialect, "wide_kcv", into.wide_kcv, {{"ecb", wide_check::ecb}, {"cmac", wide_check::cmac}}));
    if (const auto shown = dialect.quirk("lmk_check"); !shown.empty()) {
        if (shown.size() != 16 || !from_hex(shown)) return misuse("quirks.lmk_check");
        into.test_check = shown;
    }
    return {};
}

result<unit_settings> read_settings(
    const toml_value& file, const std::string& path, std::shared_ptr<const hsm::profile> dialect) {
    const bool flags = dialect->frame.answers == hsm::framing::style::flag;
    const auto* named = file.find("base");
    const std::string base = named != nullptr && named->text() != nullptr ? *named->text()
                             : flags                                      ? "sjj1312"
                                                                          : "payshield";
    auto settings = settings_of(base);
    if (!settings) return misuse("base");
    const auto has = [&](std::string_view key) { return file.find(key) != nullptr; };
    settings->profile = has("name") ? dialect->name : path;
    if (has("note")) settings->note = dialect->note;
    if (has("account_digits")) settings->account_digits = dialect->account_digits;
    if (has("kcv_digits")) settings->kcv_digits = dialect->kcv_digits;
    if (settings->account_digits < 12 || settings->account_digits > 19) return misuse("account_digits");
    settings->lower_case_hex = has("lower_case_hex") && dialect->lower_case_hex;
    if (has("account_separator")) settings->pin_separator = dialect->account_separator;
    CIPHERLANE_CHECK(take_frame(file, *dialect, *settings));
    take_formats(file, *dialect, *settings);
    if (settings->dialect == family::westone) CIPHERLANE_CHECK(take_types(file, *dialect, *settings));
    CIPHERLANE_CHECK(take_quirks(*dialect, *settings));
    CIPHERLANE_CHECK(take_commands(file, base, std::move(dialect), *settings));
    return *std::move(settings);
}

/// What the client does not accept the simulator does not either, and says so in the same words. It has read the file
/// already: here it is only looked up which keys stand in it.
result<unit_settings> read_file(const std::string& path) {
    CIPHERLANE_TRY(auto dialect, hsm::profile::load(path));
    const auto unreadable = make_error_code(boost::system::errc::no_such_file_or_directory);
    const auto wrong = make_error_code(boost::system::errc::invalid_argument);
    CIPHERLANE_TRY(const auto file, load_toml(path, {layer::tools, "profile", unreadable, wrong, wrong}));
    auto settings = read_settings(file, path, std::move(dialect));
    if (!settings) return error(settings.error()).at_endpoint(path);
    return settings;
}

} // namespace

result<unit_settings> find_settings(const std::string& name_or_file) {
    if (auto known = settings_of(name_or_file)) return *std::move(known);
    std::error_code ignored;
    const bool is_file = name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".toml") ||
                         std::filesystem::exists(name_or_file, ignored);
    if (is_file) return read_file(name_or_file);
    return misuse(name_or_file);
}

} // namespace cipherlane::hsm_sim
