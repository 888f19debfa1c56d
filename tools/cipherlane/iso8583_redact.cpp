#include "cipherlane/iso8583_redact.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/emv/tlv.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <algorithm>
#include <optional>

namespace cipherlane::cli {
namespace {

constexpr std::size_t kept_first = 6;
constexpr std::size_t kept_last = 4;
constexpr std::size_t shortest_kept = 13;
constexpr std::string_view expiry = "4912";
constexpr std::string_view chip_expiry = "\x49\x12\x31";
constexpr emv::tag_number tag_expiry = 0x5F24;

/// The first six and last four digits, zeros between; the last zero becomes what keeps the check digit right.
std::string redacted_pan(std::string_view digits) {
    if (digits.size() < shortest_kept || !std::all_of(digits.begin(), digits.end(), is_digit)) {
        return std::string(digits.size(), '0');
    }
    std::string made(digits);
    std::fill(made.begin() + kept_first, made.end() - kept_last, '0');
    const auto right = [](std::string_view text) {
        return luhn_digit(text.substr(0, text.size() - 1)) == text.back();
    };
    if (!right(digits)) return made;
    auto& free = made[made.size() - kept_last - 1];
    while (!right(made) && free < '9')
        ++free;
    return made;
}

/// A PAN, its separator, an expiry date, and zeros; an encrypted track is zeros alone.
std::string redacted_track(std::string_view track) {
    const auto separator = track.find_first_of("D=");
    if (separator == std::string_view::npos || separator > 19) return std::string(track.size(), '0');
    auto made = redacted_pan(track.substr(0, separator)) + track[separator] + std::string(expiry);
    made.resize(track.size(), '0');
    return made;
}

/// Letters and digits give way, what stands between them stays.
std::string redacted_text(std::string_view text) {
    std::string made(text);
    for (auto& c : made) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_digit(c))
            c = '0';
        else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || byte >= 0x80)
            c = 'X';
    }
    return made;
}

/// Bytes that are letters of hex stay such; a value that is hidden is all ones, so that no zeros get a meaning.
std::string redacted_bytes(std::string_view data) {
    const bool letters = std::all_of(data.begin(), data.end(), [](char c) { return hex_value(c) >= 0; });
    return std::string(data.size(), letters ? '0' : '\xFF');
}

/// Puts the digits of `safe` where digits are.
void put_digits(std::string& text, std::size_t begin, std::size_t end, std::string_view safe) {
    std::size_t next = 0;
    for (auto at = begin; at < end; ++at) {
        if (is_digit(text[at])) text[at] = safe[next++];
    }
}

std::string digits_of(std::string_view text) {
    std::string digits(text);
    std::erase_if(digits, [](char c) { return !is_digit(c); });
    return digits;
}

/// One number: a card keeps its first and last digits, a stripe an expiry date, a person's number its length alone.
void redact_number(std::string& text, const personal_number& number) {
    using kind = personal_number::kind;
    const auto end = number.at + number.size;
    const auto whole = std::string_view(text).substr(number.at, number.size);
    const auto separator = number.is == kind::track ? whole.find_first_of("Dd=^") : std::string_view::npos;
    const auto card = number.at + std::min(separator, whole.size());
    auto digits = digits_of(whole.substr(0, card - number.at));
    const bool person = number.is == kind::mobile || number.is == kind::identity;
    put_digits(text, number.at, card, person ? std::string(digits.size(), '0') : redacted_pan(digits));
    if (card == end) return;
    if (text[card] == '^') {
        text.replace(card, end - card, redacted_text(std::string_view(text).substr(card, end - card)));
        return;
    }
    auto behind = std::string(expiry);
    behind.resize(std::max(end - card, behind.size()), '0');
    put_digits(text, card, end, behind);
}

/// Where a number is that has the form of a card's, a mobile's or a person's identity; all of a mail address but its
/// domain, and a phone number with its country.
std::string without_numbers(std::string text) {
    const auto shown = masked_personal(text).value_or(std::string());
    for (std::size_t i = 0; i < text.size() && shown.size() == text.size(); ++i) {
        if (shown[i] != text[i]) text[i] = is_digit(text[i]) ? '0' : 'X';
    }
    for (const auto& each : personal_numbers_in(text))
        redact_number(text, each);
    return text;
}

class redaction {
  public:
    explicit redaction(const iso8583::message_view& what)
        : what_(what) {
        for (const int number : what.fields()) {
            const auto& spec = what.format().field(number);
            if (spec.mask == iso8583::mask::pan || is_account(number)) note_pan(what.value(number));
            if (spec.kind == iso8583::kind::track) note_track(what.value(number));
            if (spec.mask == iso8583::mask::tlv)
                note_chip(as_bytes(what.value(number)));
            else if (spec.inside != nullptr)
                note_parts(*spec.inside, what.value(number));
        }
    }

    result<redacted_message> run() {
        auto made = what_.to_message();
        for (const int number : what_.fields()) {
            const auto& spec = what_.format().field(number);
            const auto value = what_.value(number);
            path_ = std::to_string(number);
            auto safe = field(spec, value);
            if (what_.format().mac_fields.contains(number)) safe = redacted_bytes(value);
            if (safe == value) continue;
            if (changed_.empty() || !changed_.back().starts_with(path_ + "/")) changed_.push_back(path_);
            made.set(number, std::string_view(safe));
        }
        redacted_message done{{}, std::move(changed_)};
        CIPHERLANE_TRY(done.frame, iso8583::encode(what_.format(), made));
        if (shows_a_pan(done.frame)) {
            return error(iso8583_errc::bad_dialect, layer::tools)
                .during("redact")
                .with_hint("the card number stands in a place that the dialect does not know: give its field a mask");
        }
        return done;
    }

  private:
    /// Extended primary account number, accounts.
    static bool is_account(int number) { return number == 34 || number == 102 || number == 103; }

    void note_pan(std::string digits) {
        const bool number = digits.size() >= shortest_kept && digits.size() <= pan::max_digits &&
                            std::all_of(digits.begin(), digits.end(), is_digit);
        if (number) pans_.push_back(std::move(digits));
    }

    /// Parts have masks of their own, whatever the field's is.
    void note_parts(const iso8583::composite_spec& spec, const std::string& value) {
        iso8583::composite_reader reader(spec, std::string_view(value));
        while (true) {
            const auto part = reader.next();
            if (!part || !*part) return;
            const auto& found = **part;
            if (found.spec == nullptr) continue;
            if (found.spec->inside != nullptr)
                note_parts(*found.spec->inside, std::string(as_text(found.value)));
            else if (found.spec->mask == iso8583::mask::pan)
                note_pan(iso8583::subfield_text(found));
        }
    }

    void note_chip(byte_view value) {
        emv::tlv_reader reader(value);
        note_level(reader);
    }

    void note_level(emv::tlv_reader& reader) {
        while (reader.next()) {
            const auto& object = reader.object();
            if (emv::is_template(object.tag)) {
                auto below = reader.inside();
                note_level(below);
                continue;
            }
            const auto* row = emv::find_tag(object.tag);
            if (row == nullptr) continue;
            auto digits = to_hex(object.value);
            if (row->format == emv::tag_format::track2) note_track(digits);
            digits.erase(std::min(digits.find('F'), digits.size()));
            if (row->privacy == emv::tag_privacy::pan) note_pan(digits);
        }
    }

    void note_track(std::string_view track) {
        const auto separator = track.find_first_of("D=");
        if (separator != std::string_view::npos && separator >= shortest_kept) {
            pans_.emplace_back(track.substr(0, separator));
        }
    }

    std::string field(const iso8583::field_spec& spec, const std::string& value) {
        if (spec.kind == iso8583::kind::track) return redacted_track(value);
        switch (spec.mask) {
        case iso8583::mask::pan: return redacted_pan(value);
        case iso8583::mask::tlv: return chip(value);
        case iso8583::mask::secret: return hidden(spec, value);
        default: break;
        }
        if (spec.inside != nullptr)
            return inside(*spec.inside, value, spec.mask).value_or(without_structure(spec, value));
        if (spec.number == 14 && value.size() == 4) return std::string(expiry);
        if (spec.kind == iso8583::kind::binary) return open_bytes(value);
        return without_numbers(without_pans(value));
    }

    /// Bytes that no table hides, and that may hold a number as text or packed. Words of a label would often look
    /// like packed digits.
    [[nodiscard]] std::string open_bytes(const std::string& value) const {
        const auto packed = packed_numbers_in(as_bytes(value));
        const auto safe = without_numbers(without_pans(value));
        if (reads_as_words(value)) return safe;
        auto hex = to_hex(as_bytes(safe));
        for (const auto& each : packed)
            redact_number(hex, each);
        const auto made = from_hex(without_pans(std::move(hex))).value();
        return without_pans(std::string(as_text(made)));
    }

    std::string hidden(const iso8583::field_spec& spec, const std::string& value) {
        if (spec.inside != nullptr && spec.kind != iso8583::kind::digits) {
            if (auto made = inside(*spec.inside, value, spec.mask)) return *std::move(made);
        }
        return without_structure(spec, value);
    }

    /// All of it, by its kind.
    static std::string without_structure(const iso8583::field_spec& spec, const std::string& value) {
        switch (spec.kind) {
        case iso8583::kind::digits: return std::string(value.size(), '0');
        case iso8583::kind::signed_digits: return value.substr(0, 1) + std::string(value.size() - 1, '0');
        case iso8583::kind::binary: return redacted_bytes(value);
        default: return redacted_text(value);
        }
    }

    /// Values inside a structure whose whole has the mask `outer`; nothing where it cannot be read to its end.
    std::optional<std::string> inside(
        const iso8583::composite_spec& spec, const std::string& value, iso8583::mask outer) {
        std::string made = value;
        iso8583::composite_reader reader(spec, std::string_view(value));
        while (true) {
            const auto part = reader.next();
            if (!part) return {};
            if (!*part) return made;
            const auto& found = **part;
            const auto mask = found.spec != nullptr ? found.spec->mask : outer;
            std::string safe(as_text(found.value));
            if (mask == iso8583::mask::none && (found.spec == nullptr || found.spec->inside == nullptr)) {
                const bool text = found.spec != nullptr && found.spec->kind != iso8583::kind::binary;
                safe = text ? without_numbers(without_pans(safe)) : open_bytes(safe);
                if (safe == as_text(found.value)) continue;
                changed_.push_back(path_ + "/" + std::string(found.tag.view()));
                made.replace(found.offset, safe.size(), safe);
                continue;
            }
            const bool packed = found.spec != nullptr && found.spec->encoding == iso8583::encoding::bcd;
            if (found.spec != nullptr && found.spec->inside != nullptr) {
                safe = inside(*found.spec->inside, safe, mask).value_or(redacted_text(safe));
            } else if (mask == iso8583::mask::pan && std::all_of(safe.begin(), safe.end(), is_digit)) {
                safe = redacted_pan(safe);
            } else if (packed) {
                safe.assign(safe.size(), '\0');
            } else {
                const bool text = all_printable_ascii(safe);
                safe = text ? redacted_text(safe) : redacted_bytes(safe);
            }
            if (safe == as_text(found.value)) continue;
            changed_.push_back(path_ + "/" + std::string(found.tag.view()));
            made.replace(found.offset, safe.size(), safe);
        }
    }

    std::string chip(const std::string& value) {
        // What cannot be read to its end, inside a template too, may be anything.
        if (!emv::check_tlv(as_bytes(value))) return redacted_bytes(value);
        std::string made = value;
        emv::tlv_reader reader(as_bytes(value));
        level(reader, value, made);
        return made;
    }

    void level(emv::tlv_reader& reader, const std::string& value, std::string& made) {
        while (reader.next()) {
            const auto& object = reader.object();
            if (emv::is_template(object.tag)) {
                auto below = reader.inside();
                level(below, value, made);
                continue;
            }
            const auto* row = emv::find_tag(object.tag);
            const auto before = as_text(object.value);
            const bool open = row == nullptr || row->privacy == emv::tag_privacy::open;
            auto safe = open ? open_chip(object.tag, std::string(before)) : chip_value(object.value, *row);
            if (safe == before) continue;
            made.replace(static_cast<std::size_t>(before.data() - value.data()), safe.size(), safe);
            changed_.push_back(path_ + "/" + emv::tag_text(object.tag));
        }
    }

    /// What has its tag's form and can hold no number of a person stays: a cryptogram, a counter, an amount.
    [[nodiscard]] std::string open_chip(emv::tag_number tag, const std::string& value) const {
        if (tag == tag_expiry && value.size() == chip_expiry.size()) return std::string(chip_expiry);
        return emv::may_be_personal(tag, as_bytes(value)) ? open_bytes(value) : value;
    }

    static bool is_text(emv::tag_format format) {
        return format == emv::tag_format::a || format == emv::tag_format::an || format == emv::tag_format::ans;
    }

    static std::string chip_value(byte_view value, const emv::tag_entry& row) {
        const bool packed = row.format == emv::tag_format::cn || row.format == emv::tag_format::track2;
        if (!packed) {
            const bool text = is_text(row.format) || all_printable_ascii(as_text(value));
            return text ? redacted_text(as_text(value)) : redacted_bytes(as_text(value));
        }
        auto digits = to_hex(value);
        const auto filler = digits.size() - (digits.ends_with('F') ? 1 : 0);
        const auto body = digits.substr(0, filler);
        digits.replace(0, filler, row.format == emv::tag_format::cn ? redacted_pan(body) : redacted_track(body));
        return std::string(as_text(from_hex(digits).value()));
    }

    /// Text in which a card number stands that is known from another field.
    [[nodiscard]] std::string without_pans(std::string value) const {
        for (const auto& each : pans_) {
            for (auto at = value.find(each); at != std::string::npos; at = value.find(each, at + each.size()))
                value.replace(at, each.size(), redacted_pan(each));
        }
        return value;
    }

    /// Whether a card number stands in the bytes, as characters or packed.
    [[nodiscard]] bool shows_a_pan(byte_view frame) const {
        const auto hex = to_hex(frame);
        return std::any_of(pans_.begin(), pans_.end(), [&](const std::string& each) {
            if (each.size() < shortest_kept || each == redacted_pan(each)) return false;
            return as_text(frame).find(each) != std::string_view::npos || hex.find(each) != std::string::npos;
        });
    }

    const iso8583::message_view& what_;
    std::vector<std::string> pans_;
    std::vector<std::string> changed_;
    std::string path_;
};

} // namespace

result<redacted_message> redact(const iso8583::message_view& what) {
    return redaction(what).run();
}

} // namespace cipherlane::cli
