#include "simulation/wire.hpp"

#include <utility>

namespace cipherlane::simulation {
namespace {

enum class form : std::uint8_t { absent, digits, left_padded, text };

struct field_form {
    form what = form::absent;
    std::size_t length_digits = 0; ///< 0: of fixed length
    std::size_t size = 0;          ///< digits or bytes, if fixed
};

/// Fact sheet of the POS dialect, 1.3.
constexpr auto table = [] {
    std::array<field_form, 65> made{};
    const auto fixed = [&](std::size_t field, form what, std::size_t size) { made[field] = {what, 0, size}; };
    const auto variable = [&](std::size_t field, form what, std::size_t digits) { made[field] = {what, digits, 0}; };
    variable(2, form::digits, 2);
    fixed(3, form::digits, 6);
    fixed(4, form::digits, 12);
    fixed(6, form::digits, 12);
    fixed(10, form::digits, 8);
    fixed(11, form::digits, 6);
    fixed(12, form::digits, 6);
    fixed(13, form::digits, 4);
    fixed(14, form::digits, 4);
    fixed(15, form::digits, 4);
    fixed(22, form::digits, 3);
    fixed(23, form::left_padded, 3);
    fixed(25, form::digits, 2);
    fixed(26, form::digits, 2);
    variable(32, form::digits, 2);
    variable(35, form::digits, 2);
    variable(36, form::digits, 3);
    fixed(37, form::text, 12);
    fixed(38, form::text, 6);
    fixed(39, form::text, 2);
    fixed(41, form::text, 8);
    fixed(42, form::text, 15);
    variable(44, form::text, 2);
    variable(48, form::digits, 3);
    fixed(49, form::text, 3);
    fixed(51, form::text, 3);
    fixed(52, form::text, 8);
    fixed(53, form::digits, 16);
    variable(54, form::text, 3);
    variable(55, form::text, 3);
    variable(59, form::text, 3);
    variable(60, form::digits, 3);
    variable(61, form::digits, 3);
    variable(62, form::text, 3);
    variable(63, form::text, 3);
    fixed(64, form::text, 8);
    return made;
}();

/// Track data has a separator beside its digits.
constexpr std::string_view half_bytes = "0123456789ABCDEF";

class reader {
  public:
    explicit reader(byte_view data) noexcept
        : data_(data) {}
    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool done() const noexcept { return good_ && at_ == data_.size(); }

    byte_view raw(std::size_t size) {
        if (!good_ || data_.size() - at_ < size) {
            good_ = false;
            return {};
        }
        at_ += size;
        return data_.subspan(at_ - size, size);
    }
    std::string digits(std::size_t count, bool left_padded = false) {
        std::string text;
        for (const auto one : raw((count + 1) / 2)) {
            text += half_bytes[one >> 4U];
            text += half_bytes[one & 0x0FU];
        }
        if (text.size() > count) text.erase(left_padded ? 0 : count, text.size() - count);
        return text;
    }
    std::size_t number(std::size_t count) {
        std::size_t value = 0;
        for (const char digit : digits(count % 2 == 0 ? count : count + 1, true))
            value = value * 10 + static_cast<std::size_t>(digit - '0');
        return value;
    }

  private:
    byte_view data_;
    std::size_t at_ = 0;
    bool good_ = true;
};

std::uint8_t half(char digit) {
    return static_cast<std::uint8_t>(half_bytes.find(digit) & 0x0FU);
}

void put_digits(bytes& to, std::string text, bool left_padded = false) {
    if (text.size() % 2 != 0) text.insert(left_padded ? text.begin() : text.end(), '0');
    for (std::size_t i = 0; i < text.size(); i += 2)
        to.push_back(static_cast<std::uint8_t>(half(text[i]) << 4U | half(text[i + 1])));
}

void put_length(bytes& to, std::size_t length, std::size_t digits) {
    auto text = std::to_string(length);
    text.insert(0, digits + digits % 2 - text.size(), '0');
    put_digits(to, text);
}

void put_field(bytes& to, const field_form& how, const std::string& value) {
    if (how.length_digits != 0) put_length(to, value.size(), how.length_digits);
    if (how.what == form::text) {
        to.insert(to.end(), value.begin(), value.end());
    } else {
        put_digits(to, value, how.what == form::left_padded);
    }
}

} // namespace

std::optional<wire_message> read_wire(byte_view data, sealed_part* seal) {
    reader from(data);
    wire_message made;
    made.tpdu = from.digits(10);
    made.header = from.digits(12);
    const auto begin = from.at();
    made.mti = from.digits(4);
    const auto map = from.raw(8);
    if (!from.good()) return std::nullopt;
    for (std::size_t field = 1; field <= 64; ++field) {
        if ((map[(field - 1) / 8] >> (7U - (field - 1) % 8) & 1U) == 0) continue;
        const auto& how = table[field];
        if (how.what == form::absent) return std::nullopt;
        if (field == 64 && seal != nullptr) seal->covered = data.subspan(begin, from.at() - begin);
        const auto size = how.length_digits == 0 ? how.size : from.number(how.length_digits);
        if (how.what == form::text) {
            const auto raw = from.raw(size);
            made.fields[field].emplace(raw.begin(), raw.end());
            if (field == 64 && seal != nullptr) seal->mac = raw;
        } else {
            auto digits = from.digits(size, how.what == form::left_padded);
            const bool track = field == 35 || field == 36;
            if (!track && digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
            made.fields[field] = std::move(digits);
        }
    }
    if (!from.done()) return std::nullopt;
    return made;
}

bytes write_wire(const wire_message& value) {
    bytes made;
    put_digits(made, value.tpdu);
    put_digits(made, value.header);
    put_digits(made, value.mti);
    const auto map = made.size();
    made.resize(map + 8);
    for (std::size_t field = 1; field <= 64; ++field) {
        if (!value.fields[field]) continue;
        made[map + (field - 1) / 8] |= static_cast<std::uint8_t>(0x80U >> (field - 1) % 8);
        put_field(made, table[field], *value.fields[field]);
    }
    return made;
}

} // namespace cipherlane::simulation
