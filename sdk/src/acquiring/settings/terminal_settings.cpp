#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/settlement_reminder.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tag_dictionary.hpp>
#include <cipherlane/iso8583/sign_in_keys.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <algorithm>
#include <sstream>

namespace cipherlane::acquiring {
namespace {

bool digits(std::string_view text, std::size_t count) {
    return text.size() == count && all_digits(text);
}

bool letters_and_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
        [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

bool tag_list(const std::string& text) {
    std::istringstream words(text);
    for (std::string tag; words >> tag;) {
        if (tag.size() < 2 || tag.size() > 8 || tag.size() % 2 != 0) return false;
        if (std::any_of(tag.begin(), tag.end(), [](char c) { return hex_value(c) < 0; })) return false;
    }
    return true;
}

constexpr std::size_t longest_serial = 50;

/// Field 62 has one use at a time, and a PIN under SM4 is one.
bool carrier_fits(const terminal_settings& all) {
    return all.serial_block.carrier != serial_carrier::field62 || all.keys.algorithm != key_algorithm::sm4;
}

/// Keys of SM4 have one length.
bool division_fits(const key_settings& keys) {
    if (keys.sign_in_division.empty()) return true;
    const auto layout = iso8583::sign_in_layout::parse(keys.sign_in_division);
    constexpr std::uint8_t sm4_key = 16;
    return layout && (keys.algorithm != key_algorithm::sm4 || (layout->tpk == sm4_key && layout->tak == sm4_key));
}

constexpr std::size_t factor_digits = 6;

/// With the factor behind it.
bool input_fits(const terminal_settings& all) {
    const auto most = all.serial_block.longest_input;
    return most == 0 || all.block_serial().size() + factor_digits <= most;
}

bool carries_licence(serial_carrier carrier) {
    return carrier == serial_carrier::field57 || carrier == serial_carrier::field62;
}

bool serial_fits(const terminal_settings& all) {
    const auto size = all.block_serial().size();
    return all.serial_block.carrier == serial_carrier::none || (size > 0 && size <= longest_serial);
}

/// Beginnings of card numbers.
bool prefixes(const std::string& text) {
    std::istringstream words(text);
    for (std::string one; words >> one;) {
        if (one.size() > 12 || !all_digits(one)) return false;
    }
    return true;
}

bool own_tag(const std::string& tag) {
    const bool taken = tag.size() == 2 && tag.front() == 'A' && tag.back() >= '1' && tag.back() <= '5';
    return tag.size() == 2 && letters_and_digits(tag) && !taken;
}

/// Whether none of the tags brings card data into the journal, by itself or inside a template.
bool open_tags(const std::string& text) {
    constexpr int constructed = 0x2; // of the first byte's high half: bit 6
    std::istringstream words(text);
    for (std::string tag; words >> tag;) {
        emv::tag_number number = 0;
        for (const char digit : tag)
            number = number << 4U | static_cast<unsigned>(hex_value(digit));
        const auto* known = emv::find_tag(number);
        if (known != nullptr && known->privacy != emv::tag_privacy::open) return false;
        if ((hex_value(tag.front()) & constructed) != 0) return false;
    }
    return true;
}

bool positive(std::chrono::milliseconds span) {
    return span.count() > 0 && span <= std::chrono::hours(1);
}

struct rule {
    std::string_view path;
    bool kept;
    std::string_view expected; ///< in words
};

bool money(std::int64_t minor) {
    return minor >= 0 && minor <= amount::max_minor;
}

/// What may stand in an EMV code without another language.
bool fits(std::string_view text, std::size_t longest) {
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool unionpay(const qr_settings& of) {
    return of.account_tag == 15 || of.account_tag == 16;
}

bool account_tag_fits(const qr_settings& of) {
    return unionpay(of) || (of.account_tag >= 26 && of.account_tag <= 51);
}

bool scheme_fits(const qr_settings& of) {
    return unionpay(of) ? of.account_scheme.empty() : fits(of.account_scheme, 32);
}

bool account_fits(const qr_settings& of) {
    constexpr std::size_t unionpay_size = 31;
    if (unionpay(of)) return of.account.size() == unionpay_size && letters_and_digits(of.account);
    return fits(of.account, 50);
}

constexpr std::string_view money_words = "0 to 999999999999 minor units";
constexpr std::string_view no_block = "nothing, as serial_block.carrier is none";
constexpr std::string_view no_field = "nothing, unless a field of the host's messages carries the serial block";
constexpr std::string_view span = "1 ms to an hour";
constexpr std::string_view unless_emv = "nothing, as qr.codes is not emv";
constexpr std::string_view unless_offered = "nothing, unless conversion.offered";

} // namespace

result<void> terminal_settings::validate() const {
    const terminal_settings usual;
    const bool carries = serial_block.carrier != serial_carrier::none;
    const bool in_field = carries && !is_json(serial_block.carrier);
    const bool of_gateway = qr.codes == code_source::gateway;
    const rule rules[] = {
        // Letters and digits alone: the number is part of the orders at the gateway.
        {"terminal.id", terminal_id.size() == 8 && letters_and_digits(terminal_id), "8 letters and digits"},
        {"terminal.merchant", merchant_id.size() == 15 && letters_and_digits(merchant_id), "15 letters and digits"},
        {"terminal.name", merchant_name.size() <= 100, "at most 100 bytes"},
        {"terminal.short_name", merchant_short_name.size() <= 60, "at most 60 bytes"},
        {"settlement.remind_at", settlement.remind_at.empty() || time_of_day(settlement.remind_at).has_value(),
            "HH:MM, or nothing"},
        {"terminal.operator", !operator_id.empty() && operator_id.size() <= 3, "1 to 3 characters"},
        {"terminal.serial", serial_number.size() <= 64, "at most 64 bytes"},
        {"terminal.reader", std::string_view("0256").find(reader_capability) != std::string_view::npos,
            "0, 2, 5 or 6"},
        {"terminal.currency", find_currency(unit.number).has_value(), "a number of ISO 4217"},
        {"terminal.currency_decimals", find_currency(unit.number) == unit, "as many as ISO 4217 says, or nothing"},
        {"keys.master_slot", ports::is_master_slot(keys.master_slot), "0 to 99"},
        {"keys.sm4_mac_ascii", !keys.sm4_mac_ascii || keys.algorithm == key_algorithm::sm4,
            "false, as keys.algorithm is tdes"},
        {"keys.sign_in_code", digits(keys.sign_in_code, 3), "3 digits"},
        {"keys.sign_in_division", division_fits(keys),
            "nothing, or sizes of keys and check values as \"16+8 16+8\"; keys of 16 under SM4"},
        {"serial_block.carrier", carrier_fits(*this), "none, field57 or field59, as field 62 carries the SM4 PIN"},
        {"serial_block.serial", serial_fits(*this), "1 to 50 characters, here or as terminal.serial"},
        {"serial_block.device_type", digits(serial_block.device_type, 2), "2 digits"},
        {"serial_block.licence", serial_block.licence.empty() || serial_block.licence.size() == 5,
            "nothing, or 5 characters"},
        {"serial_block.licence", serial_block.licence.empty() || carries_licence(serial_block.carrier),
            "nothing, unless serial_block.carrier is field57 or field62"},
        {"serial_block.longest_input", carries || serial_block.longest_input == 0, no_block},
        {"serial_block.longest_input", !carries || input_fits(*this),
            "0, or as many as the serial number and the six digits behind it have"},
        {"serial_block.version_fill", carries || serial_block.filled_with == usual.serial_block.filled_with,
            no_block},
        {"serial_block.serial", carries || serial_block.serial.empty(), no_block},
        {"serial_block.device_type", in_field || serial_block.device_type == usual.serial_block.device_type,
            no_field},
        {"serial_block.version", carries || serial_block.version.empty(), no_block},
        {"serial_block.without_key", carries || serial_block.without_key == usual.serial_block.without_key, no_block},
        {"serial_block.in_reversals", in_field || serial_block.in_reversals, no_field},
        {"host.tpdu", digits(host.tpdu, 10) && host.tpdu.starts_with("60"), "10 digits that begin with 60"},
        {"host.header", digits(host.header, 12), "12 digits"},
        {"timers.card_ms", positive(timers.card), span},
        {"timers.pin_ms", positive(timers.pin), span},
        {"timers.device_ms", positive(timers.device), span},
        {"timers.journal_ms", positive(timers.journal), span},
        {"reversal.sends", reversal.sends >= 1 && reversal.sends <= 10, "1 to 10"},
        {"reversal.longest_processing_ms", positive(reversal.longest_processing), span},
        {"reversal.emv_tags", tag_list(reversal.emv_tags), "EMV tags in hex, spaces between"},
        {"reversal.emv_tags", !tag_list(reversal.emv_tags) || open_tags(reversal.emv_tags),
            "no card number, track, name or template: it would stand in the journal in clear"},
        {"settlement.erase_cards_after_days", settlement.erase_cards_after_days <= 3650, "0 to 3650"},
        {"settlement.emv_tags", tag_list(settlement.emv_tags), "EMV tags in hex, spaces between"},
        {"settlement.emv_tags", !tag_list(settlement.emv_tags) || open_tags(settlement.emv_tags),
            "no card number, track, name or template: it would stand in the journal in clear"},
        {"small_amounts.most_minor", money(small_amounts.most_minor), money_words},
        {"offline.most_each_minor", money(offline.most_each_minor), money_words},
        {"offline.most_together_minor", money(offline.most_together_minor), money_words},
        {"offline.most_records", offline.most_records <= 500, "0 to 500"},
        // Else no offline sale would ever be taken, and nobody told why.
        {"offline.most_together_minor", offline.most_together_minor >= offline.most_each_minor,
            "at least offline.most_each_minor"},
        {"offline.most_records", offline.most_each_minor == 0 || offline.most_records > 0,
            "1 to 500, as there are offline sales"},
        {"offline.most_added_percent", offline.most_added_percent <= 100, "0 to 100"},
        {"pre_auth.most_percent", pre_auth.most_percent >= 100 && pre_auth.most_percent <= 200, "100 to 200"},
        {"pre_auth.valid_days", pre_auth.valid_days <= 366, "0 to 366"},
        {"conversion.own_cards", prefixes(conversion.own_cards), "beginnings of card numbers, spaces between"},
        {"conversion.tag", own_tag(conversion.tag), "two letters or digits, none of A1 to A5"},
        {"conversion.tag", conversion.form == conversion_form::tag59 || conversion.tag == usual.conversion.tag,
            "nothing, unless conversion.form is tag59"},
        {"conversion.choice_ms", positive(conversion.choice), span},
        {"conversion.own_cards", conversion.offered || conversion.own_cards.empty(), unless_offered},
        {"conversion.form", conversion.offered || conversion.form == usual.conversion.form, unless_offered},
        {"conversion.choice_ms", conversion.offered || conversion.choice == usual.conversion.choice, unless_offered},
        {"gateway.code_valid_seconds", gateway.code_valid.count() >= 30 && gateway.code_valid.count() <= 7200,
            "30 to 7200"},
        {"gateway.poll_ms", positive(gateway.poll), span},
        {"gateway.response_time_ms", positive(gateway.response_time), span},
        {"gateway.longest_way_seconds", gateway.longest_way.count() >= 1 && gateway.longest_way.count() <= 3600,
            "1 to 3600"},
        {"qr.most_codes", qr.most_codes >= 1 && qr.most_codes <= ledger::most_renewals + 1, "1 to 99"},
        {"qr.renew_before_seconds", qr.renew_before.count() >= 1 && 2 * qr.renew_before <= gateway.code_valid,
            "1 to half of gateway.code_valid_seconds"},
        {"qr.longest_poll_ms", positive(qr.longest_poll), span},
        {"qr.closing_tries", qr.closing_tries >= 1 && qr.closing_tries <= 10, "1 to 10"},
        {"qr.password_seconds", qr.password.count() >= 5 && qr.password.count() <= 300, "5 to 300"},
        {"scanner.code_fresh_seconds", qr.code_fresh.count() >= 1 && qr.code_fresh.count() <= 600, "1 to 600"},
        {"qr.account_tag", account_tag_fits(qr), "15, 16, or 26 to 51"},
        {"qr.account_tag", !of_gateway || qr.account_tag == usual.qr.account_tag, unless_emv},
        {"qr.account_scheme", of_gateway ? qr.account_scheme.empty() : scheme_fits(qr),
            "1 to 32 characters; nothing with tags 15 and 16, and where qr.codes is not emv"},
        {"qr.account", of_gateway ? qr.account.empty() : account_fits(qr),
            "1 to 50 characters, or 31 letters and digits with tags 15 and 16; nothing where qr.codes is not emv"},
        {"qr.category", digits(qr.category, 4), "4 digits"},
        {"qr.category", !of_gateway || qr.category == usual.qr.category, unless_emv},
        {"qr.country", fits(qr.country, 2) && qr.country.size() == 2, "2 letters"},
        {"qr.country", !of_gateway || qr.country == usual.qr.country, unless_emv},
        {"qr.name", of_gateway ? qr.name.empty() : fits(qr.name, 25),
            "1 to 25 characters of ASCII; nothing where qr.codes is not emv"},
        {"qr.city", of_gateway ? qr.city.empty() : fits(qr.city, 15),
            "1 to 15 characters of ASCII; nothing where qr.codes is not emv"},
    };
    for (const auto& one : rules) {
        if (!one.kept) {
            return error(acquiring_errc::bad_settings, layer::acquiring)
                .during("settings")
                .in_field(one.path)
                .with_hint("expected " + std::string(one.expected));
        }
    }
    return {};
}

} // namespace cipherlane::acquiring
