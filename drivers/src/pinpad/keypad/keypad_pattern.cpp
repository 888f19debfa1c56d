#include "../../description/pattern_text.hpp"
#include "../../refusals.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_pattern.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace cipherlane::drivers {
namespace {

using form = keypad_pattern::form;
using item = keypad_pattern::item;

constexpr std::array<std::string_view, keypad_values> value_words{"key", "check", "account", "account12", "amount",
    "line1", "line2", "serial", "factor", "cryptogram", "data", "block", "mac", "track2", "digits", "status", "skip",
    "master", "slot", "blocks", "size", "least", "most", "seconds"};

constexpr std::array<std::string_view, 9> form_words{
    "bytes", "hex", "nibbles", "text", "u8", "nibble", "digit1", "digit2", "digit3"};

constexpr std::size_t largest_value = 2'048;
constexpr std::uint8_t spread = 0x30; ///< of a half byte on the line

bool is_number(keypad_value value) noexcept {
    return value >= keypad_value::master;
}

/// Characters rather than bytes: what fills a place that is longer.
bool is_text(keypad_value value) noexcept {
    return value >= keypad_value::account && value <= keypad_value::cryptogram;
}

form usual_form(keypad_value value) noexcept {
    if (is_number(value)) return form::u8;
    return is_text(value) || value == keypad_value::track2 || value == keypad_value::digits ? form::text
                                                                                            : form::bytes;
}

std::size_t size_of_number(form as) noexcept {
    return as == form::digit3 ? 3 : as == form::digit2 ? 2 : 1;
}

/// What stands between braces: "master:nibble", "block:hex:16".
std::optional<item> parse_value(std::string_view text) {
    const auto first = text.find(':');
    const auto word = std::ranges::find(value_words, text.substr(0, first));
    if (word == value_words.end()) return std::nullopt;
    item made;
    made.value = static_cast<keypad_value>(word - value_words.begin());
    made.as = usual_form(made.value);
    if (first == std::string_view::npos) return made;
    const auto rest = text.substr(first + 1);
    const auto second = rest.find(':');
    const auto named = std::ranges::find(form_words, rest.substr(0, second));
    if (named == form_words.end()) return std::nullopt;
    made.as = static_cast<form>(named - form_words.begin());
    if (is_number(made.value) != (made.as >= form::u8)) return std::nullopt;
    if (second == std::string_view::npos) return made;
    const auto size = rest.substr(second + 1);
    const auto read = std::from_chars(size.data(), size.data() + size.size(), made.size);
    const bool good = read.ec == std::errc() && read.ptr == size.data() + size.size() && made.size > 0 &&
                      made.size <= largest_value && !is_number(made.value);
    if (!good) return std::nullopt;
    return made;
}

/// Writes at the end of a buffer that is large enough for any command.
class line_writer {
  public:
    line_writer()
        : room_(largest_value) {}
    [[nodiscard]] bool put(std::uint8_t one) {
        if (size_ == room_.size()) return false;
        room_.expose()[size_++] = one;
        return true;
    }
    [[nodiscard]] bool put(byte_view data) {
        return std::ranges::all_of(data, [this](std::uint8_t one) { return put(one); });
    }
    [[nodiscard]] secret_bytes take() const { return secret_bytes(room_.expose().first(size_)); }

  private:
    secret_bytes room_;
    std::size_t size_ = 0;
};

bool put_number(line_writer& to, unsigned number, form as) {
    if (as == form::u8) return number <= 0xFF && to.put(static_cast<std::uint8_t>(number));
    if (as == form::nibble) return number <= 0x0F && to.put(static_cast<std::uint8_t>(spread | number));
    unsigned unit = as == form::digit3 ? 100 : as == form::digit2 ? 10 : 1;
    if (number >= unit * 10) return false;
    for (; unit > 0; unit /= 10) {
        if (!to.put(static_cast<std::uint8_t>('0' + number / unit % 10))) return false;
    }
    return true;
}

/// Two characters on the line for each byte.
bool put_halves(line_writer& to, byte_view data, form as) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const auto one : data) {
        for (const unsigned half : {unsigned{one} >> 4U, unsigned{one} & 0x0FU}) {
            const auto shown =
                as == form::hex ? static_cast<std::uint8_t>(digits[half]) : static_cast<std::uint8_t>(spread | half);
            if (!to.put(shown)) return false;
        }
    }
    return true;
}

/// Text to a size: digits on the right of zeros, lines on the left of blanks.
bool put_sized_text(line_writer& to, byte_view data, const item& place) {
    const bool digits = place.value == keypad_value::account || place.value == keypad_value::account12;
    const auto shown =
        digits ? data.last(std::min(data.size(), place.size)) : data.first(std::min(data.size(), place.size));
    const auto fill = static_cast<std::uint8_t>(digits ? '0' : ' ');
    for (auto missing = place.size - shown.size(); digits && missing > 0; --missing) {
        if (!to.put(fill)) return false;
    }
    if (!to.put(shown)) return false;
    for (auto missing = place.size - shown.size(); !digits && missing > 0; --missing) {
        if (!to.put(fill)) return false;
    }
    return true;
}

bool put_text(line_writer& to, byte_view data, const item& place) {
    const bool halves = place.as == form::hex || place.as == form::nibbles;
    if (place.size == 0) return halves ? put_halves(to, data, place.as) : to.put(data);
    if (is_text(place.value)) return put_sized_text(to, data, place);
    const auto wanted = halves ? place.size / 2 : place.size;
    // A check value may be sent shorter than it is, a key may not.
    if (data.size() < wanted || (data.size() > wanted && place.value != keypad_value::check)) return false;
    return halves ? put_halves(to, data.first(wanted), place.as) : to.put(data.first(wanted));
}

/// The value behind what stands on the line.
std::optional<secret_bytes> read_value(byte_view shown, form as) {
    if (as == form::bytes || as == form::text) return secret_bytes(shown);
    if (shown.size() % 2 != 0) return std::nullopt;
    secret_bytes value(shown.size() / 2);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        int half = as == form::hex ? hex_value(static_cast<char>(shown[i])) : -1;
        if (as == form::nibbles && (shown[i] & 0xF0U) == spread) half = shown[i] & 0x0F;
        if (half < 0) return std::nullopt;
        auto& to = value.expose()[i / 2];
        to = static_cast<std::uint8_t>((to << 4U) | half);
    }
    return value;
}

} // namespace

std::string_view to_string(keypad_value value) noexcept {
    return value_words[static_cast<std::size_t>(value)];
}

std::optional<keypad_pattern> keypad_pattern::parse(std::string_view text) {
    auto pieces = split_pattern(text);
    if (!pieces) return std::nullopt;
    keypad_pattern made;
    for (auto& piece : *pieces) {
        auto next = piece.literal.empty() ? parse_value(piece.value) : item{std::move(piece.literal)};
        if (!next) return std::nullopt;
        made.items_.push_back(*std::move(next));
    }
    return made;
}

bool keypad_pattern::uses(keypad_value what) const noexcept {
    return std::ranges::any_of(items_, [what](const item& one) { return one.literal.empty() && one.value == what; });
}

std::size_t keypad_pattern::fixed_size() const noexcept {
    std::size_t size = 0;
    for (const auto& one : items_) {
        if (!one.literal.empty()) {
            size += one.literal.size();
        } else if (is_number(one.value)) {
            size += size_of_number(one.as);
        } else if (one.size > 0) {
            size += one.size;
        } else {
            return 0;
        }
    }
    return size;
}

result<secret_bytes> keypad_pattern::fill_in(const keypad_data& values) const {
    line_writer to;
    for (const auto& one : items_) {
        const bool fits = !one.literal.empty()   ? to.put(one.literal)
                          : is_number(one.value) ? put_number(to, values.number(one.value), one.as)
                                                 : put_text(to, values.text(one.value), one);
        if (!fits) return bad_setting(to_string(one.value));
    }
    return to.take();
}

bool keypad_pattern::match(byte_view text, extent how, keypad_data& values) const {
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto& one = items_[i];
        auto size = one.literal.empty() ? one.size : one.literal.size();
        if (size == 0) {
            size = text.size();
            if (i + 1 < items_.size()) { // up to the literal that follows
                const auto& next = items_[i + 1].literal;
                const auto end = std::search(text.begin(), text.end(), next.begin(), next.end());
                if (next.empty() || end == text.end()) return false;
                size = static_cast<std::size_t>(end - text.begin());
            }
        }
        if (text.size() < size) return false;
        const auto shown = text.first(size);
        text = text.subspan(size);
        if (!one.literal.empty()) {
            if (!std::ranges::equal(shown, one.literal)) return false;
            continue;
        }
        auto value = read_value(shown, one.as);
        if (!value) return false;
        values.set(one.value, value->expose());
    }
    return text.empty() || how == extent::front;
}

} // namespace cipherlane::drivers
