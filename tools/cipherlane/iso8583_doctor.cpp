#include "cipherlane/iso8583_doctor.hpp"

#include "cipherlane/iso8583_front.hpp"
#include "cipherlane/iso8583_variants.hpp"
#include "cipherlane/strangers.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_ascii.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace cipherlane::cli {
namespace {

using doctor::front;
using doctor::front_of;
using doctor::length_guesses;
using doctor::look_around;
using doctor::number_in_front;
using doctor::places;
using doctor::wrong_length;
using iso8583::dialect;
using iso8583::frame_length;

constexpr std::size_t most_in_front = 96; ///< bytes of length and headers that are looked through
constexpr std::size_t most_trailer = 8;
constexpr std::size_t most_messages = 64;

/// A message at a place under a dialect, and how well it fits.
struct attempt {
    const dialect* format = nullptr;
    std::string name;
    std::string toml;
    std::size_t at = 0; ///< of the message type
    iso8583::partial_message read;
    std::size_t behind = 0; ///< bytes behind the last field
    bool whole = false;
    int fields = 0;
    bool filler_alone = false; ///< but for fillers that are none it is whole
    bool by_chance = false;    ///< few fields behind bytes that nothing explains
    bool surely = false;       ///< it stands where a message must begin, and its bits are the usual ones
    const dialect_variant* by = nullptr;
    std::size_t score = 0; ///< see `score_of`
};

/// Whether four digits can stand here, without the cost of reading on.
bool may_begin(const dialect& format, byte_view data) {
    const bool packed = format.mti == iso8583::encoding::bcd;
    if (data.size() < (packed ? 2U : 4U)) return false;
    const auto digit = [&](std::size_t i) -> unsigned {
        if (packed) return i % 2 == 0 ? data[i / 2] >> 4U : data[i / 2] & 15U;
        const unsigned zero = format.mti == iso8583::encoding::ebcdic ? 0xF0U : '0';
        return data[i] - zero;
    };
    if (digit(0) != static_cast<unsigned>(format.mti_version - '0')) return false;
    return digit(1) >= 1 && digit(1) <= 8 && digit(2) <= 4 && digit(3) <= 5;
}

/// Whether the bitmap of a message in characters is hex digits, some in small letters.
bool has_small_letters(const dialect& format, byte_view body) {
    constexpr std::size_t type = 4;
    constexpr std::size_t size = 16;
    const bool characters = format.mti == iso8583::encoding::ascii && format.bitmap != iso8583::encoding::binary;
    if (!characters || body.size() < type + size) return false;
    const auto bitmap = as_text(body.subspan(type, size));
    return std::all_of(bitmap.begin(), bitmap.end(), [](char c) { return hex_value(c) >= 0; }) &&
           std::any_of(bitmap.begin(), bitmap.end(), [](char c) { return c >= 'a'; });
}

std::optional<attempt> try_at(const dialect& format, byte_view data, std::size_t at) {
    const auto body = data.subspan(at);
    if (!may_begin(format, body)) return {};
    attempt made;
    made.format = &format;
    made.at = at;
    made.read = iso8583::decode_partly(format, body);
    // They are told like any fault, and all behind them can be read.
    const auto& why = made.read.failure;
    if (why && why->field() == "bitmap" && has_small_letters(format, body))
        made.read = iso8583::decode_partly(format, body, iso8583::reading::tolerant);
    else if (why && why->code() == iso8583_errc::bad_padding)
        made.filler_alone = !iso8583::decode_partly(format, body, iso8583::reading::tolerant).failure;
    made.fields = made.read.view.fields().size();
    made.whole = !made.read.failure;
    if (made.read.failure && made.read.failure->code() == iso8583_errc::trailing_bytes) {
        made.behind = body.size() - made.read.stopped_at;
        made.whole = made.behind <= most_trailer && made.fields > 0;
    }
    return made;
}

/// How much speaks for a message here. Bits that are set by chance are spread over all fields; those of messages are
/// mostly the usual ones.
std::size_t score_of(attempt& made, byte_view data, places& known) {
    const auto usual =
        iso8583::field_set::of(2, 3, 4, 7, 11, 12, 13, 14, 22, 25, 32, 35, 37, 38, 39, 41, 42, 49, 60, 64, 70);
    const auto& announced = made.read.announced;
    const auto all = static_cast<std::size_t>(announced.size());
    const auto strange = static_cast<std::size_t>(announced.without(usual).size());
    const std::size_t likeness = all == 0 ? 0 : 2000 * (all - strange) / all;
    const auto& around = known.around(made.at, made.behind);
    std::size_t outside = around.score;
    const auto fields = static_cast<std::size_t>(made.fields);
    // A few fields behind much that nothing explains come about by chance, the sooner the more it is.
    const auto& length = around.before.length;
    const bool right_length = length.has_value();
    const std::size_t least = outside < 700 && !right_length   ? fields + 1
                              : outside < 800                  ? 6
                              : outside < 900 && !right_length ? 5
                              : outside < 1400                 ? 3
                                                               : 0;
    made.by_chance = fields < least;
    // The header of the dialect itself says more than fields that others could read, too.
    if (made.name.starts_with("cup-pos") && around.has_piece("pos-header")) outside += 1500;
    if (made.whole && !made.by_chance) {
        const std::size_t odd = (made.behind != 0 ? 300U : 0U) + (made.read.inside ? 200U : 0U);
        return 1'000'000 + 20 * fields + likeness + outside - odd;
    }
    // No file of a dialect could name it.
    if (around.header.rest.size() > iso8583::max_piece_bytes) return 0;
    // A message type and a bitmap alone are found in any bytes; where a message must begin, and with nothing but
    // usual bits, they are one, whatever its first field says.
    const bool cut = made.read.failure && made.read.failure->code() == iso8583_errc::truncated;
    constexpr std::size_t fewest_bits = 2;
    const bool usual_bits = strange == 0 && all >= fewest_bits;
    // So are fields behind a length that is right and headers that are known.
    const bool framed = length && length->length.bytes >= 2 && !around.header.known.empty() && fields >= fewest_bits;
    made.surely = around.in_place && (usual_bits || framed);
    const bool known_front = outside >= 1700 || (made.at == 0 && cut && strange == 0);
    const bool known_headers = outside >= 2300; // of a message that was cut in its first field they are all there is
    if (fields < (known_headers || made.surely ? 0U : known_front ? 1U : 2U)) return 0;
    // Of tables that stumble at the same field the plain one is meant.
    const bool plain = made.name.find(',') == std::string::npos;
    // A length that is right says more than one that is meant and wrong.
    const bool in_frame = length && length->length.bytes >= 2;
    // What only ends too early is right as far as it goes.
    return (plain ? 100U : 0U) + 300 * std::min<std::size_t>(fields, 10) + likeness + 2 * outside +
           (cut && !right_length ? 200U : 0U) + (made.surely ? 1500U : 0U) + (in_frame ? 700U : 0U) +
           (made.filler_alone ? 500U : 0U) + 1000 * made.read.stopped_at / std::max<std::size_t>(data.size(), 1);
}

/// Whether nothing stands for a message here but a number in front that is not its length.
bool by_wrong_length_alone(const attempt& made, byte_view data) {
    if (made.at == 0 || (made.whole && !made.by_chance)) return false;
    const auto around = look_around(data, made.at, made.behind);
    return around.wrong && around.header.known.empty();
}

/// Whether the first byte begins what is known: the message type itself, or a header in front of it.
bool begins_at_front(const attempt& made, byte_view data) {
    return made.at == 0 || doctor::begins_with_piece(data.first(made.at));
}

/// Hex digits that are read as a bitmap of bytes: then they are one of characters.
bool takes_digits_for_bitmap(const attempt& made, byte_view data) {
    constexpr std::size_t type = 4;
    constexpr std::size_t size = 8;
    const auto characters = made.format->mti;
    if (characters != iso8583::encoding::ascii && characters != iso8583::encoding::ebcdic) return false;
    if (made.format->bitmap != iso8583::encoding::binary || data.size() < made.at + type + size) return false;
    const auto bitmap = data.subspan(made.at + type, size);
    return std::all_of(bitmap.begin(), bitmap.end(), [&](std::uint8_t byte) {
        if (characters == iso8583::encoding::ascii) return hex_value(static_cast<char>(byte)) >= 0;
        return (byte >= 0xF0 && byte <= 0xF9) || (byte >= 0xC1 && byte <= 0xC6);
    });
}

/// A message of a variant at a place, with its score; nothing where none is.
std::optional<attempt> tried(const dialect_variant& variant, byte_view data, std::size_t at, places& known) {
    if (at >= data.size()) return {};
    auto made = try_at(variant.table, data, at);
    // Messages of 2003 are rare: one that breaks off is more likely anything else.
    if (!made || (variant.table.mti_version == '2' && !made->whole)) return {};
    if (!made->whole && takes_digits_for_bitmap(*made, data)) return {};
    made->name = variant.name;
    made->by = &variant;
    made->score = score_of(*made, data, known);
    if (made->score == 0) return {};
    return made;
}

/// The best message in these bytes, wherever it begins.
std::optional<attempt> best_in(byte_view data, std::span<const dialect_variant> more, places& known) {
    std::optional<attempt> best;
    std::optional<attempt> at_front; // the best that begins there: no wrong length explains more
    const auto keep = [](std::optional<attempt>& in, const attempt& made, const dialect_variant& variant) {
        if (in && in->score >= made.score) return;
        in = made;
        in->toml = variant.toml;
    };
    // Most tables begin alike: where a type may stand is looked for once for each way to write one.
    std::map<std::pair<iso8583::encoding, char>, std::vector<std::size_t>> begins;
    const auto consider = [&](const dialect_variant& variant) {
        const auto [found, first] = begins.try_emplace({variant.table.mti, variant.table.mti_version});
        for (std::size_t at = 0; first && at <= most_in_front && at < data.size(); ++at) {
            if (may_begin(variant.table, data.subspan(at))) found->second.push_back(at);
        }
        for (const auto at : found->second) {
            const auto made = tried(variant, data, at, known);
            if (!made) continue;
            keep(best, *made, variant);
            if (begins_at_front(*made, data)) keep(at_front, *made, variant);
        }
    };
    for (const auto& each : more)
        consider(each);
    for (const auto& each : dialect_variants())
        consider(each);
    return at_front && by_wrong_length_alone(*best, data) ? at_front : best;
}

/// How the messages of a capture were read so far. Every table at every place is a long search: those of one
/// conversation are mostly alike, and the later ones are read as the earlier were.
class conversation {
  public:
    [[nodiscard]] std::optional<attempt> best(byte_view data, std::span<const dialect_variant> more) {
        std::optional<attempt> known;
        places around(data);
        for (const auto& [by, at] : habits_) {
            if (searches_ < first_searches) break;
            auto made = tried(*by, data, at, around);
            if (made && (!known || made->score > known->score)) known = std::move(made);
        }
        if (known) known->toml = known->by->toml;
        if (known && ((known->whole && !known->by_chance) || searches_ >= most_searches)) return known;
        if (searches_ >= most_searches) return {};
        ++searches_;
        auto found = best_in(data, more, around);
        if (!found) return {};
        const std::pair habit{found->by, found->at};
        if (std::find(habits_.begin(), habits_.end(), habit) == habits_.end()) habits_.push_back(habit);
        return found;
    }

  private:
    static constexpr std::size_t first_searches = 4;
    static constexpr std::size_t most_searches = 32;

    std::vector<std::pair<const dialect_variant*, std::size_t>> habits_; ///< table, place of the type
    std::size_t searches_ = 0;
};

std::string numbers_of(const iso8583::field_set& fields) {
    std::string text;
    for (const int number : fields)
        text.append(text.empty() ? "" : " ").append(std::to_string(number));
    return text;
}

/// Whether what stands behind the last field is a trailer. Digits and letters that no length leaves out are more of
/// the message than its bitmap says.
bool has_trailer(const attempt& made, byte_view frame) {
    return made.whole && made.behind != 0 &&
           (doctor::ends_a_frame(frame.last(made.behind)) || doctor::leaves_out(frame, made.at, made.behind));
}

message_finding finding_of(const attempt& made, std::size_t base, byte_view frame) {
    message_finding found;
    found.at = base;
    found.bytes = frame.size();
    found.mti = std::string(made.read.view.mti());
    found.fields = numbers_of(made.read.announced);
    if (made.whole && made.by_chance) {
        found.fault = "it stands behind bytes that nothing explains: perhaps it is no message";
        return found;
    }
    if (made.whole && !made.read.inside && made.read.deviations.empty()) {
        if (made.behind == 0 || has_trailer(made, frame)) return found;
        found.fault = std::to_string(made.behind) + (made.behind == 1 ? " byte stands" : " bytes stand") +
                      " behind the last field, and no bit announces more, byte " +
                      std::to_string(base + frame.size() - made.behind);
        return found;
    }
    if (made.whole && !made.read.deviations.empty()) {
        const auto& first = made.read.deviations.front();
        found.fault = "field " + std::string(first.field.view()) + ": " + make_error_code(first.what).message() +
                      ", byte " + std::to_string(base + made.at + first.offset) + "; " +
                      std::string(first.found.view());
        return found;
    }
    if (!made.whole && !made.read.failure) return found;
    const auto& why = made.whole ? *made.read.inside : *made.read.failure;
    std::string text = why.code().message();
    if (!why.field().empty()) text = "field " + std::string(why.field()) + ": " + text;
    if (why.offset()) text += ", byte " + std::to_string(base + made.at + *why.offset());
    if (!why.hint().empty()) text += "; " + std::string(why.hint());
    found.fault = std::move(text);
    return found;
}

/// Where frames begin and end.
using spans = std::vector<std::pair<std::size_t, std::size_t>>;

/// Whether a file may have line ends between its frames.
enum class line_ends : std::uint8_t { none, between };

/// A stream of several frames, if a length leads from the first byte to the last.
spans chain(byte_view data, const frame_length& length, std::ptrdiff_t adjust, line_ends may_have) {
    spans frames;
    std::size_t at = 0;
    while (at < data.size()) {
        const auto says = number_in_front(length, data.subspan(at));
        if (!says) return {};
        // A length that counts itself is nought in a poll all the same.
        const auto body = *says == 0 ? 0 : static_cast<std::ptrdiff_t>(*says) - adjust;
        if (body < 0 || frames.size() == most_messages) return {};
        const auto begin = at;
        at += length.prefix_bytes() + static_cast<std::size_t>(body);
        frames.emplace_back(begin, std::min(at, data.size()));
        if (may_have == line_ends::none || at >= data.size()) continue;
        const auto rest = as_text(data.subspan(at));
        const std::size_t end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
        if (end == 0) return {};
        at += end;
    }
    // The last may be cut: what is read of it tells whether it is one.
    constexpr std::size_t longest = 4096;
    const bool cut = at > data.size() && frames.size() > 1 && at - frames.back().first <= longest;
    if (at != data.size() && !cut) return {};
    return frames;
}

/// Messages one behind the other without a length: where each begins, if a dialect reads all of them from the first
/// byte on.
spans run_of(const dialect& format, byte_view data) {
    constexpr int least_fields = 3;
    spans frames;
    std::size_t at = 0;
    while (at < data.size() && frames.size() < most_messages) {
        const auto made = try_at(format, data, at);
        if (!made || made->fields < least_fields) return {};
        frames.emplace_back(at, data.size());
        const auto& why = made->read.failure;
        if (!why) return frames;
        if (why->code() != iso8583_errc::trailing_bytes) return frames.size() > 1 ? frames : spans();
        at += made->read.stopped_at;
        frames.back().second = at;
    }
    return {};
}

/// One way to cut an input into messages.
struct cutting {
    std::vector<byte_view> frames;
    std::vector<std::size_t> starts;
};

cutting cut_at(byte_view whole, const spans& frames, std::size_t skip) {
    cutting made;
    for (const auto& [begin, end] : frames) {
        made.frames.push_back(whole.subspan(begin, end - begin));
        made.starts.push_back(skip + begin);
    }
    return made;
}

std::vector<cutting> cuttings_of(const input_reading& given, const doctor::carried& inside) {
    std::vector<cutting> all;
    const auto skip = inside.at;
    const auto whole = byte_view(given.whole).subspan(skip, inside.size);
    all.push_back({{whole}, {skip}});
    if (inside.by.empty() && !given.parts.empty()) {
        cutting made;
        std::size_t at = 0;
        for (const auto& part : given.parts) {
            const auto payload = doctor::carried_in(part).value_or(doctor::carried{0, part.size(), {}});
            if (payload.size != 0) {
                made.frames.emplace_back(byte_view(part).subspan(payload.at, payload.size));
                made.starts.push_back(at + payload.at);
            }
            at += part.size();
        }
        if (!made.frames.empty()) all.push_back(std::move(made));
    }
    for (const auto& guess : length_guesses()) {
        for (const std::ptrdiff_t adjust : {std::ptrdiff_t{0}, static_cast<std::ptrdiff_t>(guess.length.bytes)}) {
            if (guess.length.bytes < 2) continue;
            spans frames;
            if (given.form == input_form::raw) frames = chain(whole, guess.length, adjust, line_ends::between);
            if (frames.size() < 2) frames = chain(whole, guess.length, adjust, line_ends::none);
            if (frames.size() >= 2) all.push_back(cut_at(whole, frames, skip));
        }
    }
    for (const auto& variant : dialect_variants()) {
        const auto frames = run_of(variant.table, whole);
        if (frames.size() >= 2) all.push_back(cut_at(whole, frames, skip));
    }
    return all;
}

/// Everything about one way to cut: the best of each message and a judgement of the whole.
struct examined {
    const cutting* way = nullptr;
    std::vector<std::optional<attempt>> best;
    std::size_t score = 0;
    bool polls_alone = false; ///< lengths of zero and nothing else
};

/// Nothing but a length of zero, in bytes or in characters.
bool is_poll(byte_view frame) {
    const auto all = [&](std::uint8_t zero) {
        return std::all_of(frame.begin(), frame.end(), [zero](auto byte) { return byte == zero; });
    };
    constexpr std::size_t most_bytes = 4;
    constexpr std::size_t fewest_digits = 3;
    constexpr std::size_t most_digits = 8;
    if (frame.size() <= most_bytes && all(0)) return true;
    return frame.size() >= fewest_digits && frame.size() <= most_digits && all('0');
}

examined look_at(const cutting& way, std::span<const dialect_variant> more) {
    examined made{&way, {}, 0};
    conversation heard;
    std::size_t polls = 0;
    for (const auto frame : way.frames) {
        const bool poll = is_poll(frame);
        made.best.push_back(poll ? std::nullopt : heard.best(frame, more));
        polls += poll ? 1 : 0;
        if (made.best.back())
            made.score += made.best.back()->score;
        else if (!poll)
            return {&way, {}, 0};
    }
    const std::size_t messages = way.frames.size() - polls;
    made.polls_alone = messages == 0 && polls != 0;
    made.score = messages != 0 ? made.score / messages : 0;
    return made;
}

/// Whether nothing is left over: each message whole, or behind headers that are known.
bool explains_all(const examined& seen) {
    for (std::size_t i = 0; i < seen.best.size(); ++i) {
        const auto& one = seen.best[i];
        if (!one || one->whole) continue;
        const auto frame = seen.way->frames[i];
        if (look_around(frame, one->at, one->behind).score < 1400 || by_wrong_length_alone(*one, frame)) return false;
    }
    return true;
}

/// Whether one message begins with its type at the first byte of the whole input, and has a fault.
bool is_faulty_from_front(const examined& seen) {
    return seen.best.size() == 1 && seen.best.front() && seen.best.front()->at == 0 &&
           seen.best.front()->read.failure.has_value();
}

/// The same where it lacks its end or has no blank in it that would be a log's.
bool is_broken_from_front(const examined& seen) {
    if (!is_faulty_from_front(seen)) return false;
    const auto& one = *seen.best.front();
    const auto frame = as_text(seen.way->frames.front());
    const bool words = frame.find(' ') != std::string_view::npos && all_printable_ascii(frame);
    return one.read.failure->code() == iso8583_errc::truncated ||
           (one.read.failure->code() != iso8583_errc::trailing_bytes && !words);
}

bool is_cut_from_front(const examined& seen) {
    return is_faulty_from_front(seen) && seen.best.front()->read.failure->code() == iso8583_errc::truncated;
}

/// Whether every message is read to its end.
bool is_whole(const examined& seen) {
    return std::all_of(seen.best.begin(), seen.best.end(), [](const auto& one) { return !one || one->whole; });
}

/// Whether a reading explains the input better than the best so far.
bool is_better(const examined& seen, const input_reading& by, const examined& best, const input_reading* best_by) {
    const auto covers_all = [](const input_reading& each) {
        return !each.half_a_byte && (each.form == input_form::text || each.form == input_form::hex);
    };
    constexpr std::size_t whole = 1'000'000;
    const bool other = best_by != nullptr && best_by != &by && seen.score < whole && best.score < whole;
    // What leaves characters out is right where all fits; a fault that is found so may come of that.
    const bool stands = std::any_of(
        best.best.begin(), best.best.end(), [](const auto& one) { return one && one->surely && one->fields > 0; });
    if (other && by.leaves_out && !best_by->leaves_out && stands && !is_whole(seen)) return false;
    // Digits of which one is left over are characters; what takes all of them goes before what takes a run of them.
    if (other && best_by->half_a_byte && covers_all(by) && is_broken_from_front(seen)) return true;
    if (other && covers_all(*best_by) && is_broken_from_front(best) && !covers_all(by)) return false;
    // A run of digits that lacks its end where blanks begin is the front of a text with blanks in it.
    const bool front_alone = best_by != nullptr && best_by->form == input_form::text && by.form == input_form::log;
    if (other && front_alone && is_faulty_from_front(best) && is_cut_from_front(seen)) return false;
    return seen.score > best.score;
}

/// Whether one message stands right behind a length that says more than there is, and lacks its end.
bool is_cut_behind_length(const examined& seen) {
    if (seen.best.size() != 1 || !seen.best.front()) return false;
    const auto& one = *seen.best.front();
    if (!one.read.failure || one.read.failure->code() != iso8583_errc::truncated) return false;
    const auto around = look_around(seen.way->frames.front(), one.at, one.behind);
    return around.wrong && around.header.known.empty() && around.header.rest.empty();
}

/// What is cut may be read as digits and as the characters that they are written with: nothing in it tells which.
void tell_other_form(std::span<const input_reading> readings, const input_reading& chosen, const examined& best,
    std::span<const dialect_variant> more, diagnosis& to) {
    if (chosen.form != input_form::hex || (!is_broken_from_front(best) && !is_cut_behind_length(best))) return;
    for (const auto& each : readings) {
        if (each.form != input_form::text || each.whole.size() < 2 * chosen.whole.size()) continue;
        const cutting whole{{each.whole}, {0}};
        const auto seen = look_at(whole, more);
        constexpr std::size_t clearly = 500;
        const bool broken = is_broken_from_front(seen) || is_cut_behind_length(seen);
        if (!broken || seen.score + clearly < best.score) continue;
        const bool cut = seen.best.front()->read.failure->code() == iso8583_errc::truncated;
        to.notes.push_back("the digits may be characters: then it is " + seen.best.front()->name +
                           (cut ? ", cut as well" : ", with a fault as well"));
        return;
    }
}

void tell_damage(const input_reading& given, diagnosis& to) {
    if (!given.note.empty()) to.notes.push_back(given.note);
    const auto text = as_text(given.whole);
    if (text.find("\xEF\xBF\xBD") != std::string_view::npos) {
        to.notes.emplace_back(
            "EF BF BD stands in the bytes: the capture went through a text conversion and has lost bytes");
    }
}

/// Whether no message of these is whole or stands where one must begin.
bool is_doubtful(const examined& seen) {
    return std::none_of(seen.best.begin(), seen.best.end(),
        [](const auto& one) { return one && ((one->whole && !one->by_chance) || one->surely); });
}

/// What speaks in the input instead of ISO 8583; empty: nothing that is known.
std::string stranger_among(std::span<const input_reading> readings) {
    for (const auto& each : readings) {
        if (auto other = other_protocol(each.whole); !other.empty()) return other;
        const auto inside = doctor::carried_in(each.whole);
        if (!inside || inside->by.find("serial") != std::string::npos) continue;
        if (auto other = other_protocol(byte_view(each.whole).subspan(inside->at, inside->size)); !other.empty())
            return other;
    }
    return {};
}

} // namespace

diagnosis examine(std::span<const input_reading> readings, std::span<const dialect* const> more) {
    std::vector<dialect_variant> own;
    for (const auto* each : more) {
        own.push_back({std::string(each->name), "# your own file reads it\n", *each});
        own.back().table.envelope = {};
    }
    diagnosis made;
    const input_reading* reading = nullptr;
    std::vector<std::vector<cutting>> kept; // what the best one points into
    examined best;
    doctor::carried around;
    // A message that is whole, behind a length that fits and headers that are known: nothing explains more.
    constexpr std::size_t certain = 1'003'900;
    for (const auto& each : readings) {
        if (best.score >= certain) break;
        std::vector<doctor::carried> insides{{0, each.whole.size(), {}}};
        if (auto inside = doctor::carried_in(each.whole); inside && inside->size != 0) {
            insides.insert(insides.begin(), *std::move(inside));
        }
        for (const auto& inside : insides) {
            kept.push_back(cuttings_of(each, inside));
            for (const auto& way : kept.back()) {
                auto seen = look_at(way, own);
                if (seen.polls_alone && best.score == 0) made.notes = {"a length of zero alone: a poll, no message"};
                if (!is_better(seen, each, best, reading)) continue;
                // Digits read as another form than their plainest find something nearly everywhere.
                if (&each != &readings.front() && !explains_all(seen)) continue;
                best = std::move(seen);
                reading = &each;
                around = inside;
            }
        }
    }
    const auto other = is_doubtful(best) ? stranger_among(readings) : std::string();
    if (best.score != 0) made.notes.clear();
    if (best.score == 0 || !other.empty()) {
        if (!readings.empty() && made.notes.empty()) {
            made.input = std::string(to_string(readings.front().form));
            tell_damage(readings.front(), made);
            if (!other.empty()) made.notes.push_back("it looks like " + other);
            constexpr std::size_t shortest = 10; // packed
            const auto size = readings.front().whole.size();
            if (other.empty() && size < shortest) {
                made.notes.push_back("found " + std::to_string(size) + (size == 1 ? " byte" : " bytes") +
                                     ", expected 10 at the least: a message type and a bitmap");
            }
        }
        return made;
    }
    made.found = true;
    made.input = std::string(to_string(reading->form));
    if (!reading->without.empty()) made.input += ", " + reading->without;
    if (!around.by.empty()) made.input += ", " + around.by;
    tell_damage(*reading, made);
    std::optional<front> shown;
    for (std::size_t i = 0; i < best.way->frames.size(); ++i) {
        const auto frame = best.way->frames[i];
        const auto base = best.way->starts[i];
        if (!best.best[i]) {
            made.messages.push_back({base, "", "", "", frame.size()});
            continue;
        }
        const auto& one = *best.best[i];
        made.messages.push_back(finding_of(one, base, frame));
        if (shown) continue;
        made.dialect = one.name;
        const auto trailer = has_trailer(one, frame) ? one.behind : 0;
        auto before = front_of(frame, one.at, one.whole ? trailer : one.behind);
        made.toml = one.toml + "name = \"mine\"\n[envelope]\n";
        made.framing = doctor::told(before, trailer);
        if (before.length) {
            made.toml += "length = \"" + std::string(before.length->word) + "\"\n";
            if (before.length->length.gap != 0) made.toml += "length_gap = 2\n";
            if (before.adjust != 0) made.toml += "length_adjust = " + std::to_string(before.adjust) + "\n";
        } else if (const auto wrong = wrong_length(frame, one.at)) {
            before = *wrong;
            made.framing = std::string(wrong->length->text) + "; WRONG: says " +
                           std::to_string(number_in_front(wrong->length->length, frame).value_or(0)) + ", " +
                           std::to_string(frame.size() - wrong->header_at) + " bytes follow";
            made.toml += "length = \"" + std::string(wrong->length->word) + "\"\n";
        } else {
            made.toml += "length = \"none\"\n"; // the base may have one
        }
        doctor::name_header(frame.subspan(before.header_at, one.at - before.header_at), made);
        // Bytes that no message explains are shown only where they are few.
        if (trailer != 0) {
            const auto tail = frame.last(trailer);
            const bool shown_whole = doctor::may_be_shown(tail);
            made.trailer = shown_whole ? to_hex(tail) : std::to_string(tail.size()) + " bytes";
            made.toml += shown_whole ? "trailer = \"" + made.trailer + "\"\n"
                                     : "trailer = " + std::to_string(tail.size()) + "\n";
        }
        shown = before;
    }
    tell_other_form(readings, *reading, best, own, made);
    return made;
}

} // namespace cipherlane::cli
