#include "dialect/bound_fields.hpp"

#include "dialect/field_size.hpp"
#include "dialect/layout_parser.hpp"
#include "dialect/text_checks.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/account.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

/// The profile's word on where a field finds its value: by its name, else by its code table.
const field_source* find_source(const profile& dialect, const field_spec& field) {
    auto at = dialect.sources.find(field.label);
    if (at == dialect.sources.end() && !field.domain.empty()) at = dialect.sources.find("@" + field.domain);
    return at == dialect.sources.end() ? nullptr : &at->second;
}

} // namespace

byte_span bound_fields::scratch::take(std::size_t size) noexcept {
    if (size > room_.size() - used_) return {};
    const auto taken = byte_span(room_).subspan(used_, size);
    used_ += size;
    return taken;
}

bound_fields::bound_fields(const profile& dialect, const binding& how)
    : what_(how.what)
    , command_(how.index) {
    const auto& command = dialect.commands[command_];
    flat_ = command.flat_answer && command.second_answer_wire.empty() && how.method.empty();
    for (std::size_t i = 0; i < command.request.size(); ++i) {
        const auto& item = command.request[i];
        if (item.kind == field_kind::group || item.kind == field_kind::literal) continue;
        field made;
        made.place = i;
        const auto preset = std::find_if(
            how.preset.begin(), how.preset.end(), [&](const auto& pair) { return pair.first == item.name; });
        if (preset != how.preset.end()) made.fixed = preset->second;
        const auto* said = find_source(dialect, item);
        // A number that is given as such is taken as it is.
        const bool counts =
            said == nullptr || said->part == field_part::key_length || said->part == field_part::mac_length;
        made.from.push_back({item.name, counts ? field_part::whole : said->part});
        if (said != nullptr) {
            for (const auto& name : said->from) {
                made.from.push_back({field_name(name), said->part, name == "card" || name == "target_card"});
            }
            made.is_late = said->part == field_part::account && item.wide != 0;
        }
        made.has_codes = !item.domain.empty();
        if (const auto table = dialect.codes.find(item.domain); made.has_codes && table != dialect.codes.end()) {
            for (const auto& [word, code] : table->second) {
                if (auto value = parse_field_value(item, code)) {
                    made.codes.push_back({field_name(word), word, *std::move(value)});
                }
            }
        }
        const bool may_be_short = item.kind == field_kind::digits && item.rule == length_rule::fixed;
        made.is_plain = made.from.size() == 1 && made.from.front().part == field_part::whole && !made.has_codes &&
                        !made.fixed && !may_be_short;
        fields_.push_back(std::move(made));
    }
    std::stable_partition(fields_.begin(), fields_.end(), [](const field& each) { return !each.is_late; });
}

result<void> bound_fields::place(
    const profile& dialect, const field_set& given, placed_values& into, scratch& room) const {
    for (const auto& each : fields_) {
        if (each.is_plain) {
            into.put(each.place, given.view(each.from.front().name));
        } else {
            CIPHERLANE_CHECK(fill(dialect, each, given, into, room));
        }
    }
    return {};
}

result<void> bound_fields::fill(
    const profile& dialect, const field& what, const field_set& given, placed_values& into, scratch& room) const {
    if (what.fixed) {
        into.put(what.place, byte_view(what.fixed->data(), what.fixed->size()));
        return {};
    }
    for (const auto& from : what.from) {
        const auto value = given.view(from.name);
        // An account that was taken back again is empty.
        const bool none = value.data() == nullptr || (value.empty() && from.part == field_part::account);
        if (none) continue;
        if (what.has_codes) {
            const auto row = std::find_if(
                what.codes.begin(), what.codes.end(), [&, name = field_name(as_text(value))](const code_row& each) {
                    return each.name == name && is_same(as_bytes(each.word), value);
                });
            if (row == what.codes.end()) {
                const auto& item = dialect.commands[command_].request[what.place];
                return lacks(item.domain + " " + std::string(as_text(value)));
            }
            into.put(what.place, row->value);
            return {};
        }
        CIPHERLANE_TRY(const auto taken, part_of(dialect, what, from, value, into, room));
        into.put(what.place, taken);
        return {};
    }
    return {};
}

/// What a field takes of a value; short numbers get leading zeros.
result<byte_view> bound_fields::part_of(const profile& dialect, const field& what, const source& from,
    byte_view value, const placed_values& placed, scratch& room) const {
    const auto& command = dialect.commands[command_];
    const auto& item = command.request[what.place];
    const auto number = [&](std::size_t digit) {
        const auto made = room.take(1);
        if (!made.empty()) made[0] = static_cast<std::uint8_t>('0' + digit);
        return byte_view(made);
    };
    switch (from.part) {
    case field_part::whole: break;
    case field_part::account: {
        const auto known = [&](const size_link& by) {
            const bool there = by.own >= 0 && placed.has(static_cast<std::size_t>(by.own));
            return there ? placed[static_cast<std::size_t>(by.own)] : byte_view();
        };
        if (item.wide != 0 && choose_size(dialect, item, known) == size_choice::wide) {
            const auto made = room.take(item.wide);
            fill_wide_account(from.is_card ? value.first(value.size() - 1) : value, made);
            return byte_view(made);
        }
        if (!from.is_card) break;
        value = account_of(value, dialect.account_digits);
        if (value.empty()) return fail(hsm_errc::bad_length).during(command.code).in_field("account");
        break;
    }
    case field_part::key_length: value = number(length_flag_of(dialect, as_text(value))); break;
    case field_part::mac_length: value = number(value.size() > 4 ? 1 : 0); break;
    case field_part::front:
        if (item.kind == field_kind::binary) value = value.first(std::min<std::size_t>(value.size(), item.most));
        break;
    }
    const bool is_short = item.kind == field_kind::digits && item.rule == length_rule::fixed && !value.empty() &&
                          value.size() < item.least;
    if (!is_short) return value;
    const auto padded = room.take(item.least);
    if (padded.empty()) return fail(hsm_errc::bad_length).during(command.code).in_field(item.label);
    const auto zeros = padded.size() - value.size();
    std::fill_n(padded.begin(), zeros, std::uint8_t{'0'});
    std::copy(value.begin(), value.end(), padded.begin() + static_cast<std::ptrdiff_t>(zeros));
    return byte_view(padded);
}

bool bound_fields::reads_flat(
    const profile& dialect, const field_set& given, const placed_values& placed) const noexcept {
    if (!flat_ || given.has("mac"_f) || given.has("check_value"_f)) return false;
    const auto& answer = dialect.commands[command_].answer;
    return std::all_of(answer.begin(), answer.end(), [&](const field_spec& each) {
        if (each.wide == 0) return true;
        const auto known = [&](const size_link& by) {
            const bool there = by.request >= 0 && placed.has(static_cast<std::size_t>(by.request));
            return there ? placed[static_cast<std::size_t>(by.request)] : byte_view();
        };
        return choose_size(dialect, each, known) == size_choice::usual;
    });
}

error bound_fields::lacks(std::string_view what) const {
    return fail(hsm_errc::unsupported).during(to_string(what_)).in_field(what);
}

} // namespace cipherlane::hsm
