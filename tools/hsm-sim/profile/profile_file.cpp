#include "hsm-sim/profile/profile_tables.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>

#include <toml++/toml.h>

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

template <class Number>
result<void> take_number(const toml::table& from, std::string_view field, Number& into) {
    if (!from.contains(field)) return {};
    const auto value = from[field].value<std::int64_t>();
    if (!value || *value < 0 || *value > 65'535) return misuse(field);
    into = static_cast<Number>(*value);
    return {};
}

result<void> take_frame(const toml::table& frame, unit_settings& into) {
    CIPHERLANE_CHECK(take_number(frame, "header_length", into.frame.header_length));
    CIPHERLANE_CHECK(take_number(frame, "largest", into.frame.largest));
    if (const auto length = frame["length"].value<std::string>()) {
        if (*length != "none" && *length != "be16") return misuse("frame.length");
        into.frame.length_prefix = *length == "be16";
    }
    if (!into.frame.length_prefix && into.dialect != family::westone) return misuse("frame.length");
    if (const auto closes = frame["closes_after_unknown"].value<bool>()) into.frame.closes_after_unknown = *closes;
    if (const auto order = frame["byte_order"].value<std::string>()) into.little_endian = *order == "little";
    return {};
}

/// Every format that the file names, by its code on the wire; formats it does not name keep theirs.
result<void> take_formats(const toml::table& codes, unit_settings& into) {
    for (const auto& [name, node] : codes) {
        const auto code = node.value<std::string>();
        if (!code) continue; // { remove = true } concerns the client
        for (const auto& row : format_names) {
            if (row.name != name.str()) continue;
            std::erase_if(into.pin_formats, [&](const auto& known) { return known.second == row.format; });
            into.pin_formats[*code] = row.format;
        }
    }
    return {};
}

/// Key types that say where they live; others keep the unit's own places.
result<void> take_types(const toml::table& types, unit_settings& into) {
    for (const auto& [name, node] : types) {
        const auto* type = node.as_table();
        if (type == nullptr || !type->contains("pair")) continue;
        const auto code = (*type)["code"].value<std::string>();
        const auto pair = (*type)["pair"].value<int>();
        const int variant = (*type)["variant"].value_or(0);
        if (!code || !pair || *pair < 0 || *pair > 38 || *pair % 2 != 0 || variant < 0 || variant > 9) {
            return misuse(name.str());
        }
        into.raw_key_types[*code] = {static_cast<std::uint8_t>(*pair / 2), static_cast<std::uint8_t>(variant)};
    }
    return {};
}

/// The file's commands that differ from the built-in ones in more than words.
result<void> take_commands(
    const toml::table& parsed, std::shared_ptr<const hsm::profile> dialect, unit_settings& into) {
    const auto* commands = parsed["command"].as_table();
    if (commands == nullptr) return {};
    const auto base = hsm::profile::builtin(parsed["base"].value_or(std::string("payshield")));
    std::vector<std::string> own;
    std::vector<std::string> removed;
    for (const auto& [code, node] : *commands) {
        const auto* row = node.as_table();
        if (row == nullptr) continue;
        const bool known = base && (*base)->command(code.str()) != nullptr;
        const bool laid_out = row->contains("request") || row->contains("answer") || row->contains("operation") ||
                              row->contains("statuses") || row->contains("answer_code");
        if ((*row)["remove"].value_or(false))
            removed.emplace_back(code.str());
        else if (laid_out || !known)
            own.emplace_back(code.str());
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
    const toml::table& parsed, const std::string& file, std::shared_ptr<const hsm::profile> dialect) {
    const bool flags = parsed["frame"]["answers"].value_or(std::string()) == "flag";
    auto settings = settings_of(parsed["base"].value_or(std::string(flags ? "sjj1312" : "payshield")));
    if (!settings) return misuse("base");
    settings->profile = parsed["name"].value_or(file);
    settings->note = parsed["note"].value_or(settings->note);
    CIPHERLANE_CHECK(take_number(parsed, "account_digits", settings->account_digits));
    CIPHERLANE_CHECK(take_number(parsed, "kcv_digits", settings->kcv_digits));
    if (settings->account_digits < 12 || settings->account_digits > 19) return misuse("account_digits");
    settings->lower_case_hex = parsed["lower_case_hex"].value_or(false);
    settings->pin_separator = parsed["account_separator"].value_or(settings->pin_separator);
    if (const auto* frame = parsed["frame"].as_table()) CIPHERLANE_CHECK(take_frame(*frame, *settings));
    if (const auto* codes = parsed["codes"]["pin_format"].as_table()) {
        CIPHERLANE_CHECK(take_formats(*codes, *settings));
    }
    const auto* types = parsed["key_type"].as_table();
    if (types != nullptr && settings->dialect == family::westone) CIPHERLANE_CHECK(take_types(*types, *settings));
    CIPHERLANE_CHECK(take_quirks(*dialect, *settings));
    CIPHERLANE_CHECK(take_commands(parsed, std::move(dialect), *settings));
    return *std::move(settings);
}

/// What the client does not accept the simulator does not either, and says so in the same words.
result<unit_settings> read_file(const std::string& file) {
    CIPHERLANE_TRY(auto dialect, hsm::profile::load(file));
    const auto name = std::filesystem::path(file).filename().string();
    toml::table parsed;
    try {
        parsed = toml::parse_file(file);
    } catch (const std::exception&) {
        // It was there a moment ago.
        return error(make_error_code(boost::system::errc::no_such_file_or_directory), layer::tools)
            .during("profile")
            .at_endpoint(name);
    }
    auto settings = read_settings(parsed, file, std::move(dialect));
    if (!settings) return error(settings.error()).at_endpoint(name);
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
