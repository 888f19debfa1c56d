#include "command/prepared.hpp"

#include "command/bind.hpp"
#include "dialect/condition.hpp"
#include "dialect/encode.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <cstring>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

/// What is called often enough, and whose results read nothing of the request.
constexpr std::array prepared_operations{operation::translate_pin, operation::dukpt_translate_pin,
    operation::make_mac, operation::make_cvv, operation::encrypt, operation::decrypt};

/// Fields that the binder fills in a way of its own.
constexpr std::array own_ways{"length_flag"_f, "size"_f, "mac"_f, "check_value"_f, "lmk_id"_f, "trailer"_f};

constexpr std::size_t most_key = 128;
constexpr std::size_t most_bounded = 256;

template <class List, class Value>
bool among(const List& list, const Value& what) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

// Without branches and in bytes, so that the compiler makes vectors of them.
bool only_digits(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text)
        bad = static_cast<std::uint8_t>(bad | (static_cast<std::uint8_t>(c - '0') > 9));
    return bad == 0;
}
bool only_hex(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text) {
        const bool digit = static_cast<std::uint8_t>(c - '0') <= 9;
        const bool letter = static_cast<std::uint8_t>((c | 0x20) - 'a') <= 5;
        bad = static_cast<std::uint8_t>(bad | !(digit | letter));
    }
    return bad == 0;
}
bool only_printable(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text)
        bad = static_cast<std::uint8_t>(bad | (static_cast<std::uint8_t>(c - 0x20) > 0x5E));
    return bad == 0;
}

constexpr auto hex_pairs = [] {
    std::array<std::array<std::uint8_t, 2>, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = {static_cast<std::uint8_t>("0123456789ABCDEF"[i >> 4]),
            static_cast<std::uint8_t>("0123456789ABCDEF"[i & 0xF])};
    }
    return table;
}();
constexpr auto nibbles = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const int value = hex_value(static_cast<char>(i));
        table[i] = value < 0 ? std::uint8_t{0xFF} : static_cast<std::uint8_t>(value);
    }
    return table;
}();

/// False where a character is no hex digit. `to` has half the size of `text`.
bool read_hex(byte_view text, std::uint8_t* to) noexcept {
    unsigned seen = 0;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const unsigned high = nibbles[text[i]];
        const unsigned low = nibbles[text[i + 1]];
        seen |= high | low;
        *to++ = static_cast<std::uint8_t>((high << 4) | low);
    }
    return seen <= 0xF;
}

} // namespace

/// Reads a binding's layouts; gives up at whatever the good case does not know.
class prepared_command::maker {
  public:
    maker(const profile& dialect, const binding& how)
        : dialect_(&dialect)
        , how_(&how) {}

    std::unique_ptr<prepared_command> make() {
        made_->how_ = how_;
        made_->command_ = &dialect_->commands[how_->index];
        made_->stream_ = dialect_->frame.length == framing::prefix::none;
        const auto& command = *made_->command_;
        if (!among(prepared_operations, how_->what) || !how_->method.empty()) return nullptr;
        if (!command.second_answer_wire.empty() || dialect_->lower_case_hex) return nullptr;
        for (const auto& [name, value] : how_->preset) {
            if (find_field(command.request, name) == nullptr) return nullptr;
        }
        add_wire(command.wire);
        for (const auto& field : command.request) {
            if (!add(field)) return nullptr;
        }
        if (made_->steps_.size() > most_steps) return nullptr;
        measure();
        return read_answer(command) ? std::move(made_) : nullptr;
    }

  private:
    void add_wire(const bytes& what) {
        step made;
        made.wire = what;
        made_->steps_.push_back(std::move(made));
    }

    /// How the tables write one value of one field; nothing where they would not.
    [[nodiscard]] std::optional<bytes> wire_of(const field_spec& field, std::optional<byte_view> value) const {
        const layout alone{field};
        field_set values;
        if (value) values.set(field.name, *value);
        bytes out;
        if (!encode_layout(*dialect_, made_->command_->code, {&alone, &values}, out)) return std::nullopt;
        return out;
    }

    bool add(const field_spec& field) {
        if (field.kind == field_kind::literal) {
            const auto text = as_bytes(field.label);
            add_wire(bytes(text.begin(), text.end()));
            return true;
        }
        if (field.kind == field_kind::group || field.kind == field_kind::length || among(own_ways, field.name))
            return false;
        const auto preset = std::find_if(
            how_->preset.begin(), how_->preset.end(), [&](const auto& pair) { return pair.first == field.name; });
        if (preset != how_->preset.end()) {
            const auto wire = wire_of(field, byte_view(preset->second));
            if (wire) add_wire(*wire);
            return wire.has_value();
        }
        step made;
        if (field.has_preset) made.wire = wire_of(field, std::nullopt);
        add_sources(field, made);
        if (!field.domain.empty()) return add_codes(field, std::move(made));
        return add_value(field, std::move(made));
    }

    void add_sources(const field_spec& field, step& into) const {
        const bool target = field.name == "target_account"_f;
        if (target) {
            into.from.push_back({"target_account"_f});
            into.from.push_back({"target_card"_f, dialect_->account_digits});
        }
        if (target || field.name == "account"_f) {
            into.from.push_back({"account"_f});
            into.from.push_back({"card"_f, dialect_->account_digits});
            into.wire.reset(); // a card that is too short is an error, not a field without value
            return;
        }
        into.from.push_back({field.name});
        if (const auto other = stand_in_for(field); other != field_name()) into.from.push_back({other});
    }

    bool add_codes(const field_spec& field, step made) {
        const auto table = dialect_->codes.find(field.domain);
        if (table == dialect_->codes.end()) return false;
        made.what = step::kind::code;
        for (const auto& [word, code] : table->second) {
            // Their blocks and accounts have sizes of their own, which the tables know; so for keys of wide ciphers.
            if (field.domain == "pin_format" && (word == "iso4" || word == "plus")) continue;
            const auto value = parse_field_value(field, code);
            const auto wire = value ? wire_of(field, byte_view(*value)) : std::nullopt;
            if (wire) made.codes.push_back({word, *wire});
        }
        made_->steps_.push_back(std::move(made));
        return true;
    }

    bool add_value(const field_spec& field, step made) {
        made.least = field.least;
        made.most = field.most;
        made.unit = field.unit;
        switch (field.rule) {
        case length_rule::fixed: made.most = made.least; break;
        case length_rule::range:
        case length_rule::rest: break;
        case length_rule::prefixed:
            if (field.prefix == number_form::ksn || field.prefix == number_form::none) return false;
            if (field.prefix == number_form::word && dialect_->frame.little_endian) return false;
            made.prefix = field.prefix;
            made.prefix_width = field.prefix_width;
            break;
        case length_rule::self:
            if (field.kind != field_kind::key) return false;
            break;
        case length_rule::counted: return false;
        }
        switch (field.kind) {
        case field_kind::digits: made.what = step::kind::digits; break;
        case field_kind::text: made.what = step::kind::text; break;
        case field_kind::hex: made.what = step::kind::hex; break;
        case field_kind::binary: made.what = step::kind::binary; break;
        case field_kind::key:
            made.what = field.rule == length_rule::self ? step::kind::key : step::kind::raw_key;
            break;
        default: return false;
        }
        made.padded = field.kind == field_kind::digits && field.rule == length_rule::fixed;
        made_->steps_.push_back(std::move(made));
        return true;
    }

    void measure() {
        for (std::size_t i = 0; i < made_->steps_.size(); ++i) {
            const auto& each = made_->steps_[i];
            auto most = each.what == step::kind::key ? most_key : each.most;
            if (most > most_bounded) made_->large_.push_back(i);
            if (most > most_bounded) most = 0;
            if (each.wire) most = std::max(most, each.wire->size());
            for (const auto& row : each.codes) {
                most = std::max(most, row.wire.size());
            }
            made_->room_ += most + 8; // and a prefix
        }
        for (const auto& scheme : dialect_->schemes) {
            if (scheme.tag == 0 || scheme.tag == 'K' || scheme.digits > most_key - 1) continue;
            if (scheme.cipher != key_cipher::des && scheme.cipher != key_cipher::tdes) continue;
            made_->key_digits_[static_cast<std::uint8_t>(scheme.tag)] = scheme.digits;
        }
    }

    bool read_answer(const command_spec& command) {
        const bool flag = dialect_->frame.answers == framing::style::flag;
        made_->start_ = flag ? bytes{'A'} : command.answer_wire;
        if (!flag) made_->start_.insert(made_->start_.end(), 2, '0');
        made_->answer_size_ = made_->start_.size();
        for (const auto& field : command.answer) {
            const bool plain = field.kind == field_kind::digits || field.kind == field_kind::text ||
                               field.kind == field_kind::binary || field.kind == field_kind::hex;
            if (!plain || field.rule != length_rule::fixed) return false;
            if (field.kind == field_kind::hex && field.least % 2 != 0) return false;
            made_->answer_size_ += field.least;
        }
        return true;
    }

    const profile* dialect_;
    const binding* how_;
    std::unique_ptr<prepared_command> made_{new prepared_command};
};

std::unique_ptr<prepared_command> prepared_command::make(const profile& dialect, const binding& how) {
    return maker(dialect, how).make();
}

byte_view prepared_command::find(std::size_t index, const field_set& given) const {
    auto& hint = hints_[index];
    for (const auto& each : steps_[index].from) {
        const std::size_t before = hint.load(std::memory_order_relaxed);
        auto near = before;
        const auto value = given.get_near(each.name, near);
        if (value.data() == nullptr) continue;
        if (near != before) hint.store(static_cast<std::uint8_t>(near), std::memory_order_relaxed);
        if (each.card_digits == 0) return value;
        if (value.size() < each.card_digits + 1) return {};
        return value.subspan(value.size() - 1 - each.card_digits, each.card_digits);
    }
    return {};
}

bool prepared_command::fits_key(byte_view text) const {
    if (text.empty()) return false;
    const bool tagged = nibbles[text[0]] > 0xF;
    const auto size = text.size();
    if (!tagged) return (size == 16 || size == 32 || size == 48) && only_hex(text);
    const std::size_t digits = key_digits_[text[0]];
    return digits != 0 && size == 1 + digits && only_hex(text.subspan(1));
}

namespace {

/// A length in front; null where the form cannot hold it.
std::uint8_t* write_prefix(number_form form, std::size_t width, std::size_t number, std::uint8_t* to) {
    const unsigned base = form == number_form::decimal ? 10 : form == number_form::hexadecimal ? 16 : 256;
    for (auto i = width; i-- > 0; number /= base) {
        to[i] = static_cast<std::uint8_t>(base == 256 ? number % 256 : hex_pairs[number % base][1]);
    }
    return number == 0 ? to + width : nullptr;
}

std::size_t width_of(number_form form, std::size_t digits) {
    if (form == number_form::none) return 0;
    if (form == number_form::byte) return 1;
    return form == number_form::word ? 2 : digits;
}

std::uint8_t* write_hex(byte_view value, std::uint8_t* to) {
    for (auto byte : value) {
        to[0] = hex_pairs[byte][0];
        to[1] = hex_pairs[byte][1];
        to += 2;
    }
    return to;
}

std::uint8_t* copy(byte_view value, std::uint8_t* to) {
    std::memcpy(to, value.data(), value.size());
    return to + value.size();
}

} // namespace

/// One field; null where the tables must look at it. There is room for `most`, or for what is given.
std::uint8_t* prepared_command::put(std::size_t index, const field_set& given, std::uint8_t* to) const {
    const auto& what = steps_[index];
    if (what.what == step::kind::fixed) return copy(*what.wire, to);
    const auto value = find(index, given);
    if (value.data() == nullptr) return what.wire ? copy(*what.wire, to) : nullptr;
    if (what.what == step::kind::code) {
        for (const auto& row : what.codes) {
            if (as_text(value) == row.word) return copy(row.wire, to);
        }
        return nullptr;
    }
    if (what.what == step::kind::key) return fits_key(value) && value.size() <= most_key ? copy(value, to) : nullptr;

    auto size = value.size();
    if (what.what == step::kind::hex) size *= 2;
    if (what.what == step::kind::raw_key) {
        if (size % 2 != 0) return nullptr;
        size /= 2;
    }
    const std::size_t zeros = what.padded && size != 0 && size < what.least ? what.least - size : 0;
    size += zeros;
    if (size < what.least || size > what.most || (what.unit != 1 && size % what.unit != 0)) return nullptr;
    if (what.prefix != number_form::none) {
        to = write_prefix(what.prefix, width_of(what.prefix, what.prefix_width), size / what.unit, to);
        if (to == nullptr) return nullptr;
    }
    switch (what.what) {
    case step::kind::hex: return write_hex(value, to);
    case step::kind::raw_key: return only_hex(value) && read_hex(value, to) ? to + size : nullptr;
    case step::kind::digits:
        return only_digits(value) ? copy(value, std::fill_n(to, zeros, std::uint8_t{'0'})) : nullptr;
    case step::kind::text: return only_printable(value) ? copy(value, to) : nullptr;
    default: return copy(value, to);
    }
}

/// What the request may need on the wire, at most.
std::size_t prepared_command::room_for(const field_set& given) const {
    auto size = room_;
    for (auto index : large_) {
        size += 2 * find(index, given).size() + steps_[index].least;
    }
    return size;
}

bool prepared_command::encode(const field_set& given, bytes& out) const {
    const auto start = out.size();
    out.resize(start + room_for(given));
    auto* to = out.data() + start;
    for (std::size_t i = 0; i < steps_.size() && to != nullptr; ++i) {
        to = put(i, given, to);
    }
    out.resize(to == nullptr ? start : static_cast<std::size_t>(to - out.data()));
    return to != nullptr;
}

std::size_t prepared_command::decode(byte_view body, field_set& values) const {
    const bool whole = stream_ ? body.size() >= answer_size_ : body.size() == answer_size_;
    if (!whole || !std::equal(start_.begin(), start_.end(), body.begin())) return 0;
    auto at = start_.size();
    for (const auto& field : command_->answer) {
        const auto data = body.subspan(at, field.least);
        at += field.least;
        if (field.kind == field_kind::hex) {
            if (read_hex(data, values.add(field.name, data.size() / 2).data())) continue;
        } else if (field.kind != field_kind::digits || only_digits(data)) {
            values.set(field.name, data);
            continue;
        }
        values.clear();
        return 0;
    }
    return at;
}

prepared_commands::prepared_commands(const profile& dialect) {
    for (const auto& each : dialect.bindings) {
        by_operation_[static_cast<std::size_t>(each.what)].push_back({&each, prepared_command::make(dialect, each)});
    }
}

const prepared_command* prepared_commands::find(const operation_request& request) const noexcept {
    for (const auto& each : by_operation_[static_cast<std::size_t>(request.what())]) {
        const bool chosen = std::all_of(each.how->when.begin(), each.how->when.end(),
            [&](const auto& pair) { return as_text(pair.second) == request.values().text(pair.first); });
        if (chosen) return each.made.get();
    }
    return nullptr;
}

} // namespace cipherlane::hsm
