#include "cipherlane/iso8583_options.hpp"

#include "cipherlane/key_input.hpp"
#include "cipherlane/strangers.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <deque>
#include <iostream>

namespace cipherlane::cli {

void iso8583_options::stop(const error& why, std::string_view advice) const {
    std::cout.flush();
    // Whatever is wrong here was given by the user: bytes, a file, a name.
    throw tool_stop(why, std::string(advice), ending::wrong_use);
}

void iso8583_options::stop(const std::string& why) const {
    std::cout.flush();
    throw tool_complaint(ending::wrong_use, why);
}

const iso8583::dialect& iso8583_options::dialect_named(const std::string& name) const {
    static std::deque<iso8583::loaded_dialect> loaded;
    static std::deque<iso8583::dialect> changed;
    const iso8583::dialect* found = nullptr;
    if (name.ends_with(".toml")) {
        loaded.push_back(value_or_stop(iso8583::loaded_dialect::load(name)));
        found = &loaded.back().table();
    } else {
        found = iso8583::find_dialect(name);
    }
    if (found == nullptr) {
        std::string all;
        for (const auto* one : iso8583::built_in_dialects())
            all.append(" ").append(one->name);
        stop("no dialect \"" + printable_text(name) + "\"; there are" + all + ", or a file that ends in .toml");
    }
    if (!no_length) return *found;
    changed.push_back(*found);
    changed.back().envelope.length = iso8583::frame_length::none;
    return changed.back();
}

std::vector<secret_bytes> iso8583_options::read_keys(std::string_view option) const {
    std::vector<secret_bytes> all;
    for (const auto& each : keys)
        all.push_back(read_key(subcommand, option, each));
    return all;
}

std::string iso8583_options::given(std::size_t index) const {
    return value_or_stop(take_input(index < inputs.size() ? inputs[index] : std::string()));
}

namespace {

/// Of what is neither hex nor a message of this dialect in characters.
std::string advice_on(std::string_view text, const iso8583::dialect& format) {
    if (const auto other = other_protocol_in(text); !other.empty()) return "it looks like " + other;
    return "a message in characters is none of " + std::string(format.name) +
           ", as which it was read: give --dialect, or ask `iso8583 doctor`";
}

/// Whether a text is characters of a dialect that has them, and not the hex of such.
bool is_text_for(const iso8583::dialect& format, std::string_view text) {
    constexpr std::size_t digits_of_type = 8;
    if (format.mti != iso8583::encoding::ascii || text.size() < digits_of_type) return false;
    return text[0] != '3' || text[2] != '3' || text[4] != '3' || text[6] != '3';
}

} // namespace

found_messages iso8583_options::messages(const iso8583::dialect& format, std::size_t index) const {
    const auto text = given(index);
    auto found = messages_of(format, value_or_stop(readings_of(text, form)));
    // What is neither hex nor a message in characters is told as the slip in hex that it probably is.
    const bool only_text = found.form == input_form::text || found.form == input_form::log;
    if (form == input_form::automatic && only_text && !found.read_any && !is_text_for(format, text)) {
        const auto as_hex = readings_of(text, input_form::hex);
        if (!as_hex) stop(as_hex.error(), advice_on(text, format));
    }
    if (!found.read_any) found.stranger = other_protocol_in(text);
    if (!found.note.empty()) std::cerr << "cipherlane " << subcommand << ": NOTE: " << found.note << '\n';
    return found;
}

std::string advice_on(const found_messages& found) {
    if (!found.stranger.empty()) return "it looks like " + found.stranger;
    const std::string doctor = "cipherlane iso8583 doctor looks for what it is";
    return !found.read_any && found.form == input_form::base64
               ? "it was read as base64; of a message in characters give --dialect; " + doctor
               : doctor;
}

} // namespace cipherlane::cli
