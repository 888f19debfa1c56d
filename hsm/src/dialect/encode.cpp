#include "dialect/encode.hpp"

#include "dialect/byte_writer.hpp"
#include "dialect/der_extent.hpp"
#include "dialect/field_size.hpp"
#include "dialect/key_text.hpp"
#include "dialect/text_checks.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

/// Walks a layout and appends each field.
class layout_writer {
  public:
    layout_writer(const profile& dialect, std::string_view operation, const layout_source& from, bytes& out)
        : dialect_(&dialect)
        , operation_(operation)
        , from_(from)
        , items_(*from.own)
        , placed_(*from.placed)
        , out_(out) {}

    result<void> write() {
        if (write_range(0, items_.size())) return {};
        return *std::move(why_);
    }

  private:
    bool write_range(std::size_t from, std::size_t to) {
        for (auto i = from; i < to; ++i) {
            const auto& item = items_[i];
            if (item.kind == field_kind::group) {
                if (is_present(i) && !write_range(i + 1, i + 1 + item.children)) return false;
                i += item.children;
            } else {
                if (!write_item(i)) return false;
            }
        }
        return true;
    }

    [[nodiscard]] bool is_present(std::size_t index) const {
        const auto& group = items_[index];
        if (group.when != presence::given) return holds(group, subject_of(group));
        for (std::size_t i = index + 1; i <= index + group.children; ++i) {
            if (placed_.has(i)) return true;
        }
        return false;
    }

    /// The value that a group's condition asks for: the message's own or its default, then the request's.
    [[nodiscard]] byte_view subject_of(const field_spec& group) const {
        if (group.place >= 0) {
            const auto place = static_cast<std::size_t>(group.place);
            return placed_.has(place) ? placed_[place] : byte_view(items_[place].preset);
        }
        if (from_.named == nullptr) return {};
        return condition_scope{&items_, from_.named, from_.request, from_.asked}.find(group.subject);
    }

    /// What is known of a field that sizes another.
    [[nodiscard]] byte_view known(const size_link& by) const {
        if (by.own >= 0 && placed_.has(static_cast<std::size_t>(by.own))) {
            return placed_[static_cast<std::size_t>(by.own)];
        }
        if (by.own < 0 && from_.named != nullptr) {
            if (const auto value = from_.named->get(by.name)) return *value;
        }
        return from_.asked == nullptr ? byte_view() : from_.asked->value(by.name);
    }

    [[nodiscard]] size_choice size_of(const field_spec& item) const {
        return choose_size(*dialect_, item, [this](const size_link& by) { return known(by); });
    }

    bool write_item(std::size_t place) {
        const auto& item = items_[place];
        if (item.kind == field_kind::literal) {
            out_.put(as_bytes(item.label));
            return true;
        }
        if (item.kind == field_kind::length) return write_count(place);
        auto value = placed_[place];
        if (!placed_.has(place)) {
            if (!item.has_preset) return wrong(hsm_errc::missing_field, item);
            value = preset_of(item);
        }
        if (!check(item, value)) return false;
        const bool prefixed = item.rule == length_rule::prefixed;
        if (prefixed && !write_number(item, wire_size(item, value) / item.unit)) return false;
        append_value(item, value);
        if (item.rule == length_rule::ended) out_.put(item.stop);
        return true;
    }

    /// The default, filled up with zeros where the field is wide.
    [[nodiscard]] byte_view preset_of(const field_spec& item) {
        const std::size_t wide = item.kind == field_kind::hex ? item.wide / 2U : 0U;
        if (wide > filled_.size() || item.preset.size() >= wide) return item.preset;
        if (size_of(item) != size_choice::wide) return item.preset;
        filled_.fill(0);
        std::copy(item.preset.begin(), item.preset.end(), filled_.begin());
        return byte_view(filled_).first(wide);
    }

    /// Whether a size is the one, or one of the two, that the field may have.
    [[nodiscard]] bool fits(const field_spec& item, std::size_t size) const {
        if (item.wide == 0) return size >= item.least && size <= item.most;
        switch (size_of(item)) {
        case size_choice::usual: return size == item.least;
        case size_choice::wide: return size == item.wide;
        case size_choice::open: return size == item.least || size == item.wide;
        }
        return false;
    }

    [[nodiscard]] std::size_t wire_size(const field_spec& item, byte_view value) const {
        if (item.kind == field_kind::hex) return value.size() * 2;
        if (item.kind == field_kind::key && item.rule != length_rule::self) return value.size() / 2;
        return value.size();
    }

    [[nodiscard]] bool check(const field_spec& item, byte_view value) {
        const auto size = wire_size(item, value);
        if (item.kind == field_kind::key) return check_key_field(item, value);
        if (item.rule == length_rule::self && der_extent(value) != size) return wrong(hsm_errc::bad_length, item);
        if (item.rule == length_rule::ended && std::find(value.begin(), value.end(), item.stop) != value.end()) {
            return wrong(hsm_errc::bad_value, item);
        }
        if (!fits(item, size) || (item.unit != 1 && size % item.unit != 0)) return wrong(hsm_errc::bad_length, item);
        if (item.kind == field_kind::digits && !only_digits(without_fill(item, value))) {
            return wrong(hsm_errc::bad_value, item);
        }
        const bool plain = item.kind == field_kind::text && item.rule != length_rule::ended;
        if (plain && !only_printable(value)) return wrong(hsm_errc::bad_value, item);
        return true;
    }

    [[nodiscard]] bool check_key_field(const field_spec& item, byte_view value) {
        const auto text = as_text(value);
        if (item.rule == length_rule::self) {
            auto good = check_key(*dialect_, text, item.takes_serial);
            if (good) return true;
            return wrong(static_cast<hsm_errc>(good.error().code().value()), item, good.error().offset().value_or(0));
        }
        const auto size = text.size() / 2;
        if (text.size() % 2 != 0 || size < item.least || size > item.most) return wrong(hsm_errc::key_length, item);
        return only_hex(value) || wrong(hsm_errc::bad_value, item);
    }

    /// A `length` item: of the field it counts, or its own number.
    bool write_count(std::size_t place) {
        const auto& item = items_[place];
        std::optional<byte_view> own;
        if (placed_.has(place)) {
            own = placed_[place];
        } else if (item.has_preset) {
            own = item.preset;
        }
        const bool counts = item.place >= 0;
        const auto target = static_cast<std::size_t>(item.place);
        if (counts && placed_.has(target)) {
            const auto size = wire_size(items_[target], placed_[target]);
            if (item.prefix == number_form::ksn) return write_descriptor(item, own, size);
            if (size % item.unit != 0) return wrong(hsm_errc::bad_length, item);
            return write_number(item, size / item.unit);
        }
        if (!own && counts) return write_number(item, 0);
        if (!own) return wrong(hsm_errc::missing_field, item);
        const auto number = to_number(as_text(*own));
        return number ? write_number(item, *number) : wrong(hsm_errc::bad_value, item);
    }

    /// The lengths of three parts of a key serial number; with five digits of counter they are the whole.
    bool write_descriptor(const field_spec& item, std::optional<byte_view> given, std::size_t size) {
        std::array<std::uint8_t, 3> made{'0', '0', '5'};
        if (given) {
            if (given->size() != 3) return wrong(hsm_errc::bad_length, item);
            std::copy(given->begin(), given->end(), made.begin());
        } else {
            if (size < 10 || size > 25) return wrong(hsm_errc::bad_length, item);
            made[0] = static_cast<std::uint8_t>("0123456789ABCDEF"[size - 10]);
        }
        std::size_t sum = 5;
        for (auto digit : made) {
            const int part = hex_value(static_cast<char>(digit));
            if (part < 0) return wrong(hsm_errc::bad_value, item);
            sum += static_cast<std::size_t>(part);
        }
        if (sum != size) return wrong(hsm_errc::bad_length, item);
        out_.put(made);
        return true;
    }

    bool write_number(const field_spec& item, std::size_t number) {
        switch (item.prefix) {
        case number_form::byte:
            if (number > 0xFF) return wrong(hsm_errc::bad_length, item);
            out_.put(static_cast<std::uint8_t>(number));
            return true;
        case number_form::word: return write_word(item, number);
        case number_form::decimal: return write_figures(item, number, 10);
        case number_form::hexadecimal: return write_figures(item, number, 16);
        default: return wrong(hsm_errc::bad_value, item);
        }
    }

    bool write_word(const field_spec& item, std::size_t number) {
        if (number > 0xFFFF) return wrong(hsm_errc::bad_length, item);
        std::array<std::uint8_t, 2> word{};
        store_be16(word.data(), static_cast<std::uint16_t>(number));
        if (dialect_->frame.little_endian) std::swap(word[0], word[1]);
        out_.put(word);
        return true;
    }

    bool write_figures(const field_spec& item, std::size_t number, unsigned base) {
        std::array<std::uint8_t, 8> figures{};
        for (std::size_t i = item.prefix_width; i-- > 0;) {
            figures[i] = static_cast<std::uint8_t>("0123456789ABCDEF"[number % base]);
            number /= base;
        }
        if (number != 0) return wrong(hsm_errc::bad_length, item);
        out_.put(byte_view(figures).first(item.prefix_width));
        return true;
    }

    void append_value(const field_spec& item, byte_view value) {
        if (item.kind == field_kind::hex) {
            const auto size = 2 * value.size();
            auto* to = out_.take(size);
            to_hex(value, std::span<char>(reinterpret_cast<char*>(to), size));
            if (!dialect_->lower_case_hex) return;
            std::transform(
                to, to + size, to, [](std::uint8_t c) { return static_cast<std::uint8_t>(c >= 'A' ? c + 32 : c); });
        } else if (item.kind == field_kind::key && item.rule != length_rule::self) {
            const auto size = value.size() / 2;
            // Checked by check_key_field.
            (void)from_hex(as_text(value), byte_span(out_.take(size), size));
        } else {
            out_.put(value);
        }
    }

    /// Notes what is wrong with a field, `behind` bytes behind its start; false. The error with all its context is
    /// made where there is one: it is large, and no step of a good message makes room for it.
    [[gnu::cold, gnu::noinline]] bool wrong(hsm_errc why, const field_spec& item, std::size_t behind = 0) {
        why_.emplace(fail(why, operation_, item.label, out_.size() + behind));
        return false;
    }

    const profile* dialect_;
    std::string_view operation_;
    const layout_source& from_;
    const layout& items_;
    const placed_values& placed_;
    byte_writer out_;
    std::optional<error> why_;
    std::array<std::uint8_t, 64> filled_; ///< a default made wide; left as it comes
};

} // namespace

result<void> encode_layout(
    const profile& dialect, std::string_view operation, const layout_source& from, bytes& out) {
    return layout_writer(dialect, operation, from, out).write();
}

} // namespace cipherlane::hsm
