#include "hsm-sim/profile/table_commands.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/account.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

using hsm::field_kind;
using hsm::field_name;
using hsm::field_set;
using hsm::field_spec;
using hsm::profile;
using hsm::literals::operator""_f;

constexpr std::string_view source_parity = "10";
constexpr std::string_view input_data = "15";
constexpr std::string_view not_authorised = "17";
constexpr std::string_view key_scheme = "26";
constexpr std::string_view disabled = "68";
constexpr std::string_view no_answer = "41"; ///< what was computed does not fit the file's answer

const field_spec* find_field(const hsm::layout& in, field_name name) {
    const auto at =
        std::ranges::find_if(in, [&](const field_spec& f) { return f.kind != field_kind::group && f.name == name; });
    return at == in.end() ? nullptr : &*at;
}

/// One side of the conversation: a table and a layout of it.
struct side {
    const profile& table;
    const hsm::layout& fields;
};

/// The tag in `to` that means what `tag` means in `from`; 0 if there is none.
char same_scheme(const profile& from, char tag, const profile& to) {
    const auto* known = from.scheme(tag);
    if (known == nullptr) return 0;
    if (const auto* there = to.scheme(tag); there != nullptr && there->digits == known->digits) return tag;
    for (const auto& each : to.schemes) {
        const bool same = each.digits == known->digits && each.wrap == known->wrap && each.cipher == known->cipher;
        if (same && each.tag != 0) return each.tag;
    }
    return 0;
}

/// A value of one side as the other writes it: a code by its name, a key by its scheme, a number by its width.
std::string translate(
    const side& from, const field_spec& source, const side& to, const field_spec& target, byte_view value) {
    std::string text(as_text(value));
    if (source.kind == field_kind::key && !text.empty() && hex_value(text[0]) < 0 && text[0] != 'K') {
        if (const char tag = same_scheme(from.table, text[0], to.table)) text[0] = tag;
    }
    // PIN formats are the unit's own: it reads them by the file's codes already.
    if (!source.domain.empty() && !target.domain.empty() && source.domain != "pin_format") {
        const bool is_bytes = source.kind == field_kind::binary || source.kind == field_kind::hex;
        const auto name = from.table.name_of(source.domain, is_bytes ? to_hex(value) : text);
        const auto* code = to.table.code(target.domain, name);
        if (!name.empty() && code != nullptr) {
            const bool as_bytes_there = target.kind == field_kind::binary || target.kind == field_kind::hex;
            const auto raw = from_hex(*code);
            text = as_bytes_there && raw ? std::string(as_text(*raw)) : *code;
        }
    }
    const bool wide = target.wide != 0 && text.size() == target.wide;
    if (target.kind == field_kind::digits && target.rule == hsm::length_rule::fixed && !wide) {
        while (text.size() > target.least && text.front() == '0')
            text.erase(0, 1);
        if (text.size() < target.least) text.insert(0, target.least - text.size(), '0');
    }
    return text;
}

/// The account of a field that PLUS makes wider.
std::string wide_account(std::string_view card, std::size_t digits) {
    std::string filled(digits, '\0');
    hsm::fill_wide_account(as_bytes(card.substr(0, card.empty() ? 0 : card.size() - 1)),
        {reinterpret_cast<std::uint8_t*>(filled.data()), filled.size()});
    return filled;
}

/// Whether one of the formats that a field is sized by is PLUS.
bool wants_wide(const profile& table, const field_spec& field, const field_set& so_far) {
    const auto* plus = table.code("pin_format", "plus");
    return plus != nullptr && field.wide != 0 &&
           std::ranges::any_of(field.sized_by, [&](field_name format) { return so_far.text(format) == *plus; });
}

/// What the file's request says for a field of the built-in command that it does not have by name.
std::string derived_value(const side& file, const field_set& given, const side& builtin, const field_spec& wanted,
    const field_set& so_far) {
    const auto text = [&](field_name name) { return given.text(name); };
    if (wanted.name == "account"_f) {
        const auto card = given.has("pan"_f) ? text("pan"_f) : text("card"_f);
        if (wants_wide(builtin.table, wanted, so_far)) return wide_account(card, wanted.wide);
        return std::string(as_text(hsm::account_of(as_bytes(card), wanted.least)));
    }
    if (wanted.name == "target_account"_f) return std::string(text("account"_f));
    if (wanted.name == "source_mode"_f || wanted.name == "target_mode"_f) return std::string(text("cipher_mode"_f));
    if (wanted.name == "length_flag"_f && given.has("key"_f))
        return std::to_string(hsm::length_flag_of(file.table, text("key"_f)));
    return {};
}

/// The name of a key type or role that the request states, in whatever field it does so.
std::string_view stated_name(const side& file, const field_set& given, field_name wanted) {
    for (const auto& field : file.fields) {
        const bool role = wanted == "source_type"_f && field.name == "source_role"_f;
        if (field.kind == field_kind::group || (field.name != wanted && !role)) continue;
        const auto value = given.get(field.name);
        if (!value) return {};
        const auto name =
            field.domain.empty() ? std::string_view() : file.table.name_of(field.domain, as_text(*value));
        return name.empty() ? as_text(*value) : name;
    }
    return {};
}

/// Whether the request says that another command of the operation is meant.
bool is_ruled_out(const builtin_command& by, const side& file, const field_set& given) {
    if (by.how == nullptr) return false;
    return std::ranges::any_of(by.how->when, [&](const auto& pair) {
        const auto stated = stated_name(file, given, pair.first);
        return !stated.empty() && stated != as_text(pair.second);
    });
}

/// The values of the built-in request out of those of the file's.
void fill_builtin(const builtin_command& by, const side& file, const field_set& given, field_set& into) {
    const side builtin{*by.table, by.command->request};
    if (by.how != nullptr) {
        for (const auto& [name, value] : by.how->preset)
            into.set(name, value);
    }
    for (const auto& field : builtin.fields) {
        const bool counts = field.kind == field_kind::length && find_field(builtin.fields, field.counts) != nullptr;
        const bool computed = counts && field.prefix != hsm::number_form::ksn;
        if (field.kind == field_kind::group || field.kind == field_kind::literal || computed) continue;
        if (into.has(field.name)) continue;
        const auto* source = find_field(file.fields, field.name);
        const auto value = given.get(field.name);
        if (source != nullptr && value) {
            into.set(field.name, translate(file, *source, builtin, field, *value));
        } else if (const auto made = derived_value(file, given, builtin, field, into); !made.empty()) {
            into.set(field.name, made);
        } else if (const auto* type = find_field(file.fields, "key_type"_f);
                   type != nullptr && given.has("key_type"_f) && field.domain.starts_with("key_type")) {
            into.set(field.name, translate(file, *type, builtin, field, given.value("key_type"_f)));
        }
    }
}

std::string status_in_file(const hsm::command_spec& command, std::string_view status) {
    const auto at = command.statuses.find(status);
    return at == command.statuses.end() ? std::string(status) : at->second;
}

} // namespace

table_commands::table_commands(unit& of, std::shared_ptr<const profile_tables> tables)
    : unit_(of)
    , tables_(std::move(tables))
    , codec_(tables_->dialect) {
    for (const auto& each : tables_->own) {
        for (const auto& by : each.by) {
            if (by.dialect == family::westone) {
                if (westone_ == nullptr) westone_ = std::make_unique<westone_processor>(of);
            } else {
                racal_.try_emplace(by.dialect, of, by.dialect);
            }
        }
    }
}

const file_command* table_commands::find(std::string_view request) const noexcept {
    if (request.size() < 2) return nullptr;
    for (const auto& each : tables_->own) {
        if (std::equal(each.layout->wire.begin(), each.layout->wire.end(), as_bytes(request).begin())) return &each;
    }
    return nullptr;
}

bool table_commands::removes(std::string_view request) const noexcept {
    if (request.size() < 2) return false;
    const auto code = as_bytes(request).first(2);
    return std::ranges::any_of(tables_->removed, [&](const std::string& each) {
        return each == request.substr(0, 2) ||
               (each.size() == 5 && each == to_hex(code.first(1)) + " " + to_hex(code.last(1)));
    });
}

table_commands::outcome table_commands::answer(std::string_view request, std::string& out) {
    const auto& asked = *find(request);
    field_set values;
    const auto read = codec_.decode_request(as_bytes(request), values);
    told found;
    std::size_t consumed = request.size();
    if (!read) {
        if (read.error().code() == make_error_code(hsm::hsm_errc::incomplete) &&
            tables_->dialect->frame.length == hsm::framing::prefix::none) {
            return {};
        }
        const bool scheme = read.error().code() == make_error_code(hsm::hsm_errc::bad_scheme);
        const bool westone = unit_.settings().dialect == family::westone;
        found.status = scheme && !westone ? key_scheme
                       : westone          ? disabled
                                          : input_data; // Westone: 68 is input length
    } else {
        consumed = read->consumed;
        found = compute(asked, values);
    }
    auto result = put_answer(asked, values, found, out);
    result.consumed = consumed;
    return result;
}

table_commands::told table_commands::compute(const file_command& asked, const field_set& values) {
    told first;
    first.status = disabled;
    if (asked.layout->needs_authorised && !unit_.authorised()) {
        first.status = not_authorised;
        return first;
    }
    if (asked.answers_alone) {
        first.status = "00";
        first.refused = false;
        return first;
    }
    const side file{*tables_->dialect, asked.layout->request};
    bool tried = false;
    for (const auto& by : asked.by) {
        if (is_ruled_out(by, file, values)) continue;
        auto found = ask(by, asked, values);
        if (!found.refused) return found;
        if (!tried || (first.wrong_key && !found.wrong_key)) first = std::move(found);
        tried = true;
    }
    return first;
}

std::string table_commands::run(const builtin_command& by, std::string_view request, std::size_t& second_at) {
    std::string answer;
    if (by.dialect == family::westone) {
        westone_->answer(request, answer);
    } else {
        second_at = racal_.at(by.dialect).answer(request, answer).second_answer_at;
    }
    return answer;
}

table_commands::told table_commands::ask(
    const builtin_command& by, const file_command& asked, const field_set& values) {
    told found;
    found.status = status_in_file(*asked.layout, input_data);
    field_set given;
    fill_builtin(by, {*tables_->dialect, asked.layout->request}, values, given);
    const hsm::codec builtin(by.table);
    bytes request;
    if (!builtin.encode_request(*by.command, given, request)) return found;
    std::size_t second_at = 0;
    const std::string answer = run(by, as_text(request), second_at);
    wipe(request);
    found.twice = second_at != 0;
    const auto body = as_bytes(answer).first(second_at != 0 ? second_at : answer.size());
    const auto read = builtin.decode_answer(*by.command, body, given, found.values);
    if (!read) {
        found.status = no_answer;
        return found;
    }
    found.status = status_in_file(*asked.layout, read->code.view());
    found.refused = read->what == hsm::answer_status::kind::refused;
    found.wrong_key = found.refused && read->code.view() == source_parity;
    found.by = &by;
    return found;
}

table_commands::outcome table_commands::put_answer(
    const file_command& asked, const field_set& request, const told& found, std::string& out) {
    const auto& command = *asked.layout;
    field_set values;
    const side file{*tables_->dialect, command.answer};
    for (const auto& field : command.answer) {
        if (field.kind == field_kind::group || field.kind == field_kind::literal) continue;
        const auto* computed = found.by == nullptr ? nullptr : find_field(found.by->command->answer, field.name);
        if (computed != nullptr && found.values.has(field.name)) {
            const side builtin{*found.by->table, found.by->command->answer};
            values.set(field.name, translate(builtin, *computed, file, field, found.values.value(field.name)));
        } else if (const auto* sent = find_field(command.request, field.name);
                   sent != nullptr && request.has(field.name)) {
            values.set(field.name,
                translate({*tables_->dialect, command.request}, *sent, file, field, request.value(field.name)));
        }
    }
    outcome result;
    result.command = command.code;
    result.status = found.status;
    result.refused = found.status != "00";
    bytes body;
    if (!codec_.encode_answer(command, result.status, request, values, body)) {
        result.status = no_answer;
        result.refused = true;
        body.clear();
        (void)codec_.encode_answer(command, result.status, request, values, body);
    }
    out.append(as_text(body));
    wipe(body);
    if (found.twice && !result.refused && !command.second_answer_wire.empty()) {
        result.second_answer_at = out.size();
        bytes second;
        (void)codec_.encode_second_answer(command, "00", request, values, second);
        out.append(as_text(second));
    }
    return result;
}

} // namespace cipherlane::hsm_sim
