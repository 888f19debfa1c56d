#include "../../charset/gbk_text.hpp"
#include "../../refusals.hpp"
#include "../masked_number.hpp"

#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_frame.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_messages.hpp>
#include <cipherlane/drivers/terminal/mispos/mispos_tags.hpp>

#include <algorithm>

namespace cipherlane::drivers::mispos {
namespace {

using value = mispos_value;
using form = mispos_form;

/// Digits with zeros in front, into the tag that the description gives them. @return `bad_setting`.
result<void> put_digits(
    mispos_tag_writer& to, const std::optional<mispos_field>& place, std::string_view digits, value what) {
    if (!place) return {};
    if (!all_digits(digits) || digits.size() > place->size) return bad_setting(to_string(what));
    const auto whole = std::string(place->size - digits.size(), '0').append(digits);
    CIPHERLANE_TRY(const auto packed, pack_bcd(whole, bcd_pad::left));
    to.put(place->tag, packed);
    return {};
}

/// Text in GBK, with blanks up to a fixed size.
result<void> put_text(
    mispos_tag_writer& to, const std::optional<mispos_field>& place, std::string_view text, value what) {
    if (!place) return {};
    if (place->form == form::digits) return put_digits(to, place, text, what);
    CIPHERLANE_TRY(auto data, to_gbk(text, to_string(what)));
    if (place->size != 0) {
        if (data.size() > place->size) return bad_setting(to_string(what));
        data.resize(place->size, ' ');
    }
    to.put(place->tag, data);
    return {};
}

std::string trimmed(std::string text) {
    const auto blank = [](char c) { return c == ' ' || c == '\0'; };
    while (!text.empty() && blank(text.back()))
        text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
    return text;
}

std::string text_of(byte_view data) {
    auto text = gbk_to_utf8(data);
    return text ? trimmed(*std::move(text)) : to_hex(data);
}

/// A code of two characters is the host's, another the terminal's own, packed.
std::string code_of(byte_view data) {
    const auto printable = [](std::uint8_t byte) { return byte > 0x20 && byte < 0x7F; };
    const bool text = data.size() == 2 && std::all_of(data.begin(), data.end(), printable);
    return text ? std::string(as_text(data)) : to_hex(data);
}

/// "RMB  -0.20": without its sign. Nothing where it is no amount of this currency.
std::optional<std::int64_t> money_of(std::string_view text, const currency& unit) {
    constexpr std::string_view digits = "0123456789";
    const auto from = text.find_first_of(digits);
    if (from == std::string_view::npos) return std::nullopt;
    const auto last = text.find_last_of(digits);
    const auto number = text.substr(from, last + 1 - from);
    const auto point = std::min(number.find('.'), number.size());
    const auto whole = number.substr(0, point);
    const auto part = point < number.size() ? number.substr(point + 1) : std::string_view();
    constexpr std::size_t most = 12;
    if (part.size() != static_cast<std::size_t>(unit.decimals) || !all_digits(whole) || !all_digits(part))
        return std::nullopt;
    if (whole.size() + part.size() > most) return std::nullopt;
    return std::stoll(std::string(whole).append(part));
}

std::string told_text(const mispos_field& place, byte_view data) {
    if (place.form != form::digits) return text_of(data);
    return to_hex(data);
}

result<void> take_value(
    mispos_message& into, value what, const mispos_field& place, const mispos_tag& from, const currency& unit) {
    const auto wrong = [&] {
        return refused(drivers_errc::bad_content).in_field(mispos_tag_text(from.tag)).at_offset(from.offset);
    };
    switch (what) {
    case value::trade: into.trade = to_hex(from.value); break;
    case value::number: into.number = to_hex(from.value); break;
    case value::code: into.code = code_of(from.value); break;
    case value::amount: {
        if (place.form == form::money && trimmed(std::string(as_text(from.value))).empty()) break; // it tells none
        const auto text = place.form == form::money ? std::string(as_text(from.value)) : to_hex(from.value);
        constexpr std::size_t most = 12;
        if (place.form == form::money) {
            into.minor = money_of(text, unit);
            into.negative = text.substr(0, text.find_first_of("0123456789")).find('-') != std::string::npos;
        } else if (all_digits(text) && !text.empty() && text.size() <= most) {
            into.minor = std::stoll(text);
        }
        if (!into.minor) return wrong();
        break;
    }
    case value::receipt: into.receipt = told_text(place, from.value); break;
    case value::trace: into.trace = told_text(place, from.value); break;
    case value::batch: into.batch = told_text(place, from.value); break;
    case value::reference: into.reference = told_text(place, from.value); break;
    case value::authorization: into.authorization = told_text(place, from.value); break;
    case value::date: into.date = told_text(place, from.value); break;
    case value::time: into.time = told_text(place, from.value); break;
    case value::terminal_id: into.terminal_id = told_text(place, from.value); break;
    case value::card_number: {
        auto number = told_text(place, from.value);
        into.masked_pan = masked_number(number);
        wipe({reinterpret_cast<std::uint8_t*>(number.data()), number.size()});
        break;
    }
    case value::card_name: into.card_name = told_text(place, from.value); break;
    case value::text: into.text = told_text(place, from.value); break;
    case value::kind:
    case value::payload:
    case value::original:
    case value::till:
    case value::cashier: break;
    }
    return {};
}

/// "0012" "00" data: the length counts the data alone.
result<void> take_block(mispos_message& into, const mispos_tag& from) {
    constexpr std::size_t head = 6;
    const auto text = as_text(from.value);
    const bool whole = text.size() >= head && all_digits(text.substr(0, 4)) &&
                       std::stoul(std::string(text.substr(0, 4))) == text.size() - head;
    if (!whole) return refused(drivers_errc::bad_content).in_field(mispos_tag_text(from.tag)).at_offset(from.offset);
    into.code = code_of(from.value.subspan(4, 2));
    return {};
}

/// Where an element of a result stands in the description: nothing says that it must be there.
std::optional<value> value_of(const mispos_description::fields& told, std::uint16_t tag) {
    for (std::size_t at = 0; at < told.size(); ++at) {
        if (told[at] && told[at]->tag == tag) return static_cast<value>(at);
    }
    return std::nullopt;
}

const std::optional<mispos_field>& told(const mispos_description& by, value what) {
    return by.told[static_cast<std::size_t>(what)];
}

result<void> take_elements(mispos_message& into, const mispos_description& by, byte_view content,
    const currency& unit, bool within_payload = false) {
    mispos_tag_reader elements(content);
    for (;;) {
        CIPHERLANE_TRY(const auto next, elements.next());
        if (!next) return {};
        const auto what = value_of(by.told, next->tag);
        if (!what) continue;
        const auto& place = *told(by, *what);
        if (*what != value::payload) {
            CIPHERLANE_CHECK(take_value(into, *what, place, *next, unit));
        } else if (place.form == form::block) {
            CIPHERLANE_CHECK(take_block(into, *next));
        } else if (!within_payload) {
            CIPHERLANE_CHECK(take_elements(into, by, next->value, unit, true));
        }
    }
}

/// What stands in one element of a message; nothing where it is not there.
result<std::optional<byte_view>> find(byte_view content, const std::optional<mispos_field>& place) {
    mispos_tag_reader elements(content);
    for (;;) {
        CIPHERLANE_TRY(const auto next, elements.next());
        if (!next) return std::optional<byte_view>();
        if (place && next->tag == place->tag) return std::optional<byte_view>(next->value);
    }
}

secret_bytes copy_of(byte_view data) {
    return secret_bytes(data);
}

} // namespace

result<secret_bytes> request(
    const mispos_description& by, mispos_trade what, std::string_view number, const ports::terminal_request* wish) {
    const auto& trade = by.of(what);
    if (!trade) return cannot(to_string(what));
    mispos_tag_writer to;
    CIPHERLANE_CHECK(put_digits(to, by.asked(value::kind), by.request_kind, value::kind));
    CIPHERLANE_CHECK(put_digits(to, by.asked(value::trade), trade->code, value::trade));
    if (wish != nullptr) {
        if (wish->total.minor() <= 0) return bad_setting("amount");
        CIPHERLANE_CHECK(put_digits(to, by.asked(value::amount), std::to_string(wish->total.minor()), value::amount));
    }
    CIPHERLANE_CHECK(put_digits(to, by.asked(value::number), number, value::number));
    const bool has_original =
        what == mispos_trade::sale_void || what == mispos_trade::pre_auth_void || what == mispos_trade::completion;
    if (wish != nullptr && has_original) {
        if (wish->original.empty()) return bad_setting("original");
        CIPHERLANE_CHECK(put_digits(to, by.asked(value::original), wish->original, value::original));
    }
    CIPHERLANE_CHECK(put_text(to, by.asked(value::till), by.till, value::till));
    CIPHERLANE_CHECK(put_text(to, by.asked(value::cashier), by.cashier, value::cashier));
    for (const auto* constants : {&by.constants, &trade->constants}) {
        for (const auto& [tag, data] : *constants)
            to.put(tag, data);
    }
    return to.data();
}

result<secret_bytes> pass_back(const mispos_description& by, std::string_view number, byte_view answer) {
    constexpr std::size_t heads = 64; // of the elements around it
    if (answer.size() + heads > mispos_largest) return refused(drivers_errc::too_long).in_field("host's answer");
    mispos_tag_writer to;
    CIPHERLANE_CHECK(put_digits(to, by.asked(value::kind), by.host_kind, value::kind));
    CIPHERLANE_CHECK(put_digits(to, by.asked(value::number), number, value::number));
    if (const auto& place = by.asked(value::payload)) to.put(place->tag, answer);
    return to.data();
}

result<mispos_message> parse(const mispos_description& by, byte_view content, const currency& unit) {
    mispos_message made;
    CIPHERLANE_TRY(const auto kind, find(content, by.asked(value::kind)));
    const auto kind_text = kind ? to_hex(*kind) : std::string();
    if (!by.host_kind.empty() && kind_text == by.host_kind) {
        CIPHERLANE_TRY(const auto message, find(content, by.asked(value::payload)));
        if (!message) return refused(drivers_errc::bad_content).in_field("payload").at_offset(content.size());
        made.what = mispos_message::kind::for_host;
        made.payload = copy_of(*message);
        const auto& place = by.asked(value::number);
        CIPHERLANE_TRY(const auto number, find(content, place));
        if (number && place && number->size() * 2 == place->size && all_digits(to_hex(*number)))
            made.number = to_hex(*number);
        return made;
    }
    if (kind_text != by.result_kind) return made;
    made.what = mispos_message::kind::result;
    CIPHERLANE_CHECK(take_elements(made, by, content, unit));
    if (made.code.empty()) return refused(drivers_errc::bad_content).in_field("code").at_offset(content.size());
    return made;
}

} // namespace cipherlane::drivers::mispos
