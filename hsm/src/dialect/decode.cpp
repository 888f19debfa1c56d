#include "dialect/der_extent.hpp"
#include "dialect/encode.hpp"
#include "dialect/field_size.hpp"
#include "dialect/key_text.hpp"
#include "dialect/text_checks.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::hsm {
namespace {

/// Walks a layout along the input and sets each value.
///
/// Where nothing in front says whether an optional field is there, or which of two sizes one has, the way that uses
/// up the whole input is the right one.
class layout_reader {
  public:
    layout_reader(const profile& dialect, std::string_view operation, const condition_scope& scope, byte_view input,
        std::size_t base, field_set& values)
        : dialect_(&dialect)
        , operation_(operation)
        , scope_(scope)
        , input_(input)
        , base_(base)
        , values_(&values) {}

    result<std::size_t> read() {
        auto first = read_once(0);
        const auto forks = std::min<unsigned>(forks_, most_forks);
        if (forks == 0 || is_whole(first) || dialect_->frame.length == framing::prefix::none) return first;
        for (unsigned other = 1; other < 1U << forks; ++other) {
            auto next = read_once(other);
            if (is_whole(next)) return next;
        }
        return read_once(0);
    }

  private:
    static constexpr unsigned most_forks = 4;

    /// `ways`: a bit for each fork met; set where the second way is to be taken.
    result<std::size_t> read_once(unsigned ways) {
        if (forks_ != 0) values_->clear();
        ways_ = ways;
        forks_ = 0;
        at_ = 0;
        counts_used_ = 0;
        CIPHERLANE_CHECK(read_range(0, scope_.own->size()));
        return at_;
    }

    [[nodiscard]] bool is_whole(const result<std::size_t>& used) const {
        if (!used) return false;
        if (left().empty()) return true;
        const auto& frame = dialect_->frame;
        return left()[0] == static_cast<std::uint8_t>(frame.lmk_selector) || left()[0] == frame.message_end;
    }

    [[nodiscard]] bool takes_second_way() {
        const auto bit = forks_++;
        return bit < most_forks && ((ways_ >> bit) & 1U) != 0;
    }

    result<void> read_range(std::size_t from, std::size_t to) {
        const auto& items = *scope_.own;
        for (auto i = from; i < to; ++i) {
            const auto& item = items[i];
            if (item.kind == field_kind::group) {
                if (is_present(i)) CIPHERLANE_CHECK(read_range(i + 1, i + 1 + item.children));
                i += item.children;
            } else {
                CIPHERLANE_CHECK(read_item(item));
            }
        }
        return {};
    }

    [[nodiscard]] byte_view left() const { return input_.subspan(at_); }

    [[nodiscard]] bool is_present(std::size_t index) {
        const auto& group = (*scope_.own)[index];
        if (group.when != presence::given) return holds(group, scope_.find(group.subject));
        if (left().empty() || group.children == 0) return false;
        const auto& first = (*scope_.own)[index + 1];
        if (first.kind == field_kind::literal) return as_text(left()).starts_with(first.label);
        if (first.kind == field_kind::digits && (left()[0] < '0' || left()[0] > '9')) return false;
        const bool more_follows = index + 1 + group.children < scope_.own->size();
        return !more_follows || !takes_second_way();
    }

    result<void> read_item(const field_spec& item) {
        switch (item.kind) {
        case field_kind::literal: return read_literal(item);
        case field_kind::length: return read_count(item);
        default: break;
        }
        CIPHERLANE_TRY(const auto size, extent(item));
        if (size > left().size()) return wrong(hsm_errc::incomplete, item);
        const auto data = left().first(size);
        CIPHERLANE_CHECK(store(item, data));
        at_ += size;
        if (item.rule == length_rule::ended && !left().empty()) ++at_; // what ended it
        return {};
    }

    result<void> read_literal(const field_spec& item) {
        const auto size = std::min(left().size(), item.label.size());
        if (as_text(left().first(size)) != std::string_view(item.label).substr(0, size)) {
            return wrong(hsm_errc::bad_value, item);
        }
        if (size < item.label.size()) return wrong(hsm_errc::incomplete, item);
        at_ += size;
        return {};
    }

    /// The field's size on the wire.
    result<std::size_t> extent(const field_spec& item) {
        std::size_t size = 0;
        switch (item.rule) {
        case length_rule::fixed: return static_cast<std::size_t>(is_wide(item) ? item.wide : item.least);
        case length_rule::rest: return left().size();
        case length_rule::range: size = greedy(item); break;
        case length_rule::prefixed: {
            CIPHERLANE_TRY(const auto count, read_number(item));
            size = count * item.unit;
            break;
        }
        case length_rule::counted: size = counted(item); break;
        case length_rule::self: return item.kind == field_kind::binary ? der_size(item) : key_size(item);
        case length_rule::ended: return ended(item);
        }
        const bool short_input = item.rule == length_rule::range && size < item.least && size == left().size();
        if (short_input) return wrong(hsm_errc::incomplete, item);
        if (size < item.least || size > item.most) return wrong(hsm_errc::bad_length, item);
        return size;
    }

    /// Tag, length and content of one DER value.
    result<std::size_t> der_size(const field_spec& item) const {
        const auto size = der_extent(left());
        if (!size) return wrong(hsm_errc::bad_length, item);
        return *size == 0 ? result<std::size_t>(wrong(hsm_errc::incomplete, item)) : result<std::size_t>(*size);
    }

    result<std::size_t> ended(const field_spec& item) const {
        const auto stop = std::find(left().begin(), left().end(), item.stop);
        const bool whole = stop != left().end() || dialect_->frame.length != framing::prefix::none;
        if (!whole) return wrong(hsm_errc::incomplete, item);
        return static_cast<std::size_t>(stop - left().begin());
    }

    [[nodiscard]] bool is_wide(const field_spec& item) {
        if (item.wide == 0) return false;
        const auto choice = choose_size(*dialect_, item, [&](const size_link& by) { return scope_.known(by.name); });
        return choice == size_choice::wide || (choice == size_choice::open && takes_second_way());
    }

    /// As many characters as fit the kind.
    [[nodiscard]] std::size_t greedy(const field_spec& item) const {
        const auto most = std::min<std::size_t>(left().size(), item.most);
        std::size_t size = 0;
        auto fits = [&](std::uint8_t c) {
            if (item.kind == field_kind::digits) return c >= '0' && c <= '9';
            return item.kind != field_kind::hex || hex_value(static_cast<char>(c)) >= 0;
        };
        while (size < most && fits(left()[size])) {
            ++size;
        }
        return item.kind == field_kind::hex ? size & ~std::size_t{1} : size;
    }

    [[nodiscard]] std::size_t counted(const field_spec& item) const {
        for (auto i = counts_used_; i-- > 0;) {
            if (counts_[i].of == item.counts) return counts_[i].size;
        }
        return 0;
    }

    result<std::size_t> key_size(const field_spec& item) {
        std::size_t untagged = item.least;
        if (const auto flag = values_->text(field_name("length_flag")); flag.size() == 1 && flag[0] <= '2') {
            untagged = 16 * (static_cast<std::size_t>(flag[0] - '0') + 1);
        }
        auto size = item.takes_serial ? dukpt_key_extent(*dialect_, as_text(left()), untagged)
                                      : key_extent(*dialect_, as_text(left()), untagged);
        if (size) return *size;
        return fail(static_cast<hsm_errc>(size.error().code().value()), operation_, item.label,
            base_ + at_ + size.error().offset().value_or(0));
    }

    result<void> read_count(const field_spec& item) {
        if (item.prefix == number_form::ksn) return read_descriptor(item);
        CIPHERLANE_TRY(const auto number, read_number(item));
        if (item.counts != field_name()) remember(item.counts, number * item.unit);
        std::array<std::uint8_t, 8> figures{};
        std::size_t used = 0;
        for (auto rest = number; used == 0 || rest != 0; rest /= 10) {
            figures[used++] = static_cast<std::uint8_t>('0' + rest % 10);
        }
        std::reverse(figures.begin(), figures.begin() + static_cast<std::ptrdiff_t>(used));
        values_->set(item.name, byte_view(figures).first(used));
        return {};
    }

    result<void> read_descriptor(const field_spec& item) {
        if (left().size() < 3) return wrong(hsm_errc::incomplete, item);
        std::size_t sum = 5;
        for (auto digit : left().first(3)) {
            const int part = hex_value(static_cast<char>(digit));
            if (part < 0) return wrong(hsm_errc::bad_value, item);
            sum += static_cast<std::size_t>(part);
        }
        values_->set(item.name, left().first(3));
        remember(item.counts, sum);
        at_ += 3;
        return {};
    }

    void remember(field_name of, std::size_t size) {
        if (counts_used_ < counts_.size()) counts_[counts_used_++] = {of, size};
    }

    /// A number in the item's form; moves past it.
    result<std::size_t> read_number(const field_spec& item) {
        if (item.prefix == number_form::byte || item.prefix == number_form::word) {
            const std::size_t width = item.prefix == number_form::byte ? 1 : 2;
            if (left().size() < width) return wrong(hsm_errc::incomplete, item);
            std::size_t number = width == 1 ? left()[0] : load_be16(left().data());
            if (width == 2 && dialect_->frame.little_endian) number = ((number & 0xFF) << 8) | (number >> 8);
            at_ += width;
            return number;
        }
        const unsigned base = item.prefix == number_form::decimal ? 10 : 16;
        if (left().size() < item.prefix_width) return wrong(hsm_errc::incomplete, item);
        std::size_t number = 0;
        for (auto c : left().first(item.prefix_width)) {
            const int digit = hex_value(static_cast<char>(c));
            if (digit < 0 || digit >= static_cast<int>(base)) return wrong(hsm_errc::bad_value, item);
            number = number * base + static_cast<std::size_t>(digit);
        }
        at_ += item.prefix_width;
        return number;
    }

    result<void> store(const field_spec& item, byte_view data) {
        if (item.kind == field_kind::hex) {
            if (data.size() % 2 != 0) return wrong(hsm_errc::bad_length, item);
            auto good = from_hex(as_text(data), values_->add(item.name, data.size() / 2));
            return good ? result<void>() : result<void>(wrong(hsm_errc::bad_value, item));
        }
        if (item.kind == field_kind::key && item.rule != length_rule::self) {
            auto room = values_->add(item.name, data.size() * 2);
            to_hex(data, std::span<char>(reinterpret_cast<char*>(room.data()), room.size()));
            return {};
        }
        const auto figures = without_fill(item, data);
        if (item.kind == field_kind::digits && !only_digits(figures)) return wrong(hsm_errc::bad_value, item);
        values_->set(item.name, data);
        return {};
    }

    [[nodiscard]] error wrong(hsm_errc why, const field_spec& item) const {
        return fail(why, operation_, item.label, base_ + at_);
    }

    struct field_count {
        field_name of;
        std::size_t size = 0;
    };

    const profile* dialect_;
    std::string_view operation_;
    condition_scope scope_;
    byte_view input_;
    std::size_t base_;
    field_set* values_;
    std::size_t at_ = 0;
    unsigned ways_ = 0;
    unsigned forks_ = 0;
    std::array<field_count, 24> counts_{};
    std::size_t counts_used_ = 0;
};

} // namespace

result<std::size_t> decode_layout(const profile& dialect, std::string_view operation, const condition_scope& scope,
    byte_view input, std::size_t base, field_set& values) {
    return layout_reader(dialect, operation, scope, input, base, values).read();
}

std::size_t good_answer_start(const framing& frame, byte_view code, byte_view body) {
    if (frame.answers == framing::style::flag) {
        return !body.empty() && body[0] == static_cast<std::uint8_t>(frame.good) ? 1 : 0;
    }
    const auto start = code.size() + good_status.size();
    if (body.size() < start || as_text(body.first(start)).substr(code.size()) != good_status) return 0;
    return std::equal(code.begin(), code.end(), body.begin()) ? start : 0;
}

bool decode_flat(const layout& fields, byte_view input, field_set& values) {
    std::size_t at = 0;
    for (const auto& field : fields) {
        const auto data = input.subspan(at, field.least);
        at += field.least;
        if (field.kind == field_kind::hex) {
            if (from_hex(as_text(data), values.add(field.name, data.size() / 2))) continue;
        } else if (field.kind != field_kind::digits || only_digits(data)) {
            values.set(field.name, data);
            continue;
        }
        values.clear();
        return false;
    }
    return true;
}

} // namespace cipherlane::hsm
