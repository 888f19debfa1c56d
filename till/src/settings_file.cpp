#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <map>
#include <string>
#include <utility>

namespace cipherlane {
namespace {

using namespace acquiring;

constexpr std::string_view application = "app";

toml_faults till_faults() {
    return {layer::till, "settings", till_errc::no_file, till_errc::not_toml, till_errc::bad_setting};
}

void read_tls(toml_reader& from, till_tls_files& to) {
    from.text("ca_file", to.ca_file);
    from.text("crl_file", to.crl_file);
    from.text("certificate_file", to.certificate_file);
    from.text("tls_key_file", to.key_file);
    from.text("tls_name", to.name);
}

/// How a host is reached, whoever speaks to it.
void read_link(toml_reader& from, till_settings::host_place& to) {
    from.text("address", to.address);
    from.flag("tls", to.tls.on);
    read_tls(from, to.tls);
    from.span("connect_timeout_ms", to.connect_timeout);
    from.span("response_time_ms", to.response_time);
    from.text("http_path", to.http_path);
    from.choice(
        "length", to.length, {{"bytes2", net::frame_prefix::binary2}, {"digits4", net::frame_prefix::digits4}});
}

void read_funds(toml_reader& from, std::string_view key, payment_funds& to) {
    using funds = payment_funds;
    from.choice(key, to,
        {{"unknown", funds::unknown}, {"debit", funds::debit}, {"credit", funds::credit}, {"prepaid", funds::prepaid},
            {"balance", funds::balance}});
}

void read_grade(toml_reader& from, payer_grades& to) {
    using grades = payer_grades;
    from.choice("payer_grade", to,
        {{"unknown", grades::unknown}, {"A", grades::a}, {"B", grades::b}, {"C", grades::c}, {"D", grades::d}});
}

/// What it costs, and what pays there.
void read_terms(toml_reader& from, till_settings::gateway_place& to) {
    from.number("fee_ppm", to.fee_ppm, 0, 1'000'000);
    from.number("fee_minor", to.fee_minor);
    read_funds(from, "pays", to.pays);
    read_grade(from, to.payer_grade);
    from.flag("takes_credit", to.takes_credit);
}

void read_gateway(toml_reader& from, till_settings::gateway_place& to) {
    from.choice("kind", to.kind,
        {{"cipherlane", gateway_kind::cipherlane}, {"wechat", gateway_kind::wechat}, {"alipay", gateway_kind::alipay},
            {"unionpay", gateway_kind::unionpay}, {"netpay", gateway_kind::netpay}});
    from.text("name", to.name);
    from.texts("earlier_addresses", to.earlier_addresses);
    from.texts("takes", to.takes);
    read_terms(from, to);
    auto& wechat = to.wechat;
    from.text("second_address", wechat.second_address);
    from.text("mchid", wechat.mchid);
    from.text("appid", wechat.appid);
    from.text("sub_mchid", wechat.sub_mchid);
    from.text("sub_appid", wechat.sub_appid);
    from.text("serial", wechat.serial);
    from.text("merchant_key_file", to.merchant_key_file);
    from.text("api_key_file", wechat.api_key_file);
    from.text("public_key_id", wechat.public_key_id);
    from.text("certificates_file", wechat.certificates_file);
    from.text("platform_roots_file", wechat.platform_roots_file);
    from.text("kept_certificates_file", wechat.kept_certificates_file);
    from.text("notify_url", to.notify_url);
    auto& alipay = to.alipay;
    from.text("app_id", alipay.app_id);
    from.text("seller_id", alipay.seller_id);
    from.text("app_auth_token", alipay.app_auth_token);
    from.text("app_certificate_file", alipay.app_certificate_file);
    from.text("alipay_certificate_file", alipay.alipay_certificate_file);
    from.text("root_certificates_file", alipay.root_certificates_file);
    auto& unionpay = to.unionpay;
    from.text("mer_id", unionpay.mer_id);
    from.text("sign_certificate_file", unionpay.sign_certificate_file);
    from.text("acp_root_file", unionpay.acp_root_file);
    from.text("acp_middle_file", unionpay.acp_middle_file);
    from.text("acp_owner", unionpay.acp_owner);
    from.text("sub_mer_id", unionpay.sub_mer_id);
    from.text("sub_mer_name", unionpay.sub_mer_name);
    from.text("sub_mer_abbr", unionpay.sub_mer_abbr);
    auto& netpay = to.netpay;
    from.text("netpay_app_id", netpay.app_id);
    from.text("netpay_app_key_file", netpay.app_key_file);
    from.text("mid", netpay.mid);
    from.text("tid", netpay.tid);
    from.text("source", netpay.source);
    from.text("notice_key_file", netpay.notice_key_file);
    from.text("no_charge_code", netpay.no_charge_code);
    from.choice("notice_digest", netpay.notices,
        {{"sha256", hostlink::netpay::notice_digest::sha256}, {"md5", hostlink::netpay::notice_digest::md5}});
    from.text("address", to.address);
    from.flag("tls", to.tls.on);
    read_tls(from, to.tls);
    from.flag("plain_anywhere", to.plain_anywhere);
    from.text("notify_address", to.notify_address);
    from.text("public_key_file", to.public_key_file);
}

/// Readers of `[NAME]` or of each `[[NAME]]`.
std::vector<toml_reader> tables_of(const toml_value& root, toml_reader& top, std::string_view name) {
    const auto* node = root.find(name);
    if (node != nullptr && node->list() != nullptr) return top.sections(name);
    std::vector<toml_reader> one;
    one.push_back(top.section(name));
    return one;
}

/// How long a code lives, and how long anybody waits, is the till's, whatever the gateway: it stands in the first.
void read_gateways(const toml_value& root, toml_reader& top, till_settings& all, till_settings::terminal& to) {
    bool first = true;
    for (auto& from : tables_of(root, top, "gateway")) {
        read_gateway(from, first ? all.gateway : all.more_gateways.emplace_back());
        if (first) {
            from.span("code_valid_seconds", to.gateway.code_valid);
            from.span("poll_ms", to.gateway.poll);
            from.span("response_time_ms", to.gateway.response_time);
            from.span("longest_way_seconds", to.gateway.longest_way);
        }
        from.finish();
        first = false;
    }
}

void read_host(toml_reader& from, till_settings::host_place& to, acquiring::host_settings& envelope) {
    read_link(from, to);
    from.text("name", to.name);
    from.texts("earlier_addresses", to.earlier_addresses);
    from.text("tpdu", envelope.tpdu);
    from.text("header", envelope.header);
    from.flag("keep_connection", to.keep_connection);
    from.flag("echo_polls", to.echo_polls);
    from.flag("connect_ahead", to.connect_ahead);
    from.number("fee_ppm", to.fee_ppm, 0, 1'000'000);
    from.number("fee_minor", to.fee_minor);
    from.finish();
}

/// What is around the messages of each of several hosts, by its name.
using envelopes = std::map<std::string, acquiring::host_settings, std::less<>>;

/// `[host]`, or each `[[host]]`: the first is the one of all terminals that name none.
envelopes read_hosts(const toml_value& root, toml_reader& top, till_settings& all, acquiring::host_settings& usual) {
    envelopes made;
    const auto* node = root.find("host");
    if (node == nullptr || node->list() == nullptr) {
        auto one = top.section("host");
        read_host(one, all.host, usual);
        return made;
    }
    bool first = true;
    for (auto& from : top.sections("host")) {
        auto& place = first ? all.host : all.other_hosts.emplace_back();
        acquiring::host_settings envelope;
        read_host(from, place, envelope);
        if (std::exchange(first, false)) usual = envelope;
        made.emplace(place.name, std::move(envelope));
    }
    return made;
}

void read_routing(toml_reader& top, till_settings::routing_place& to) {
    auto from = top.section("routing");
    from.texts("terminals", to.terminals);
    from.texts("gateways", to.gateways);
    from.text("state_file", to.state_file);
    from.span("window_ms", to.how.window, 1);
    from.number("prior_weight", to.how.prior_weight);
    std::int64_t expected_ppm = static_cast<std::int64_t>(to.how.expected_success * 1'000'000);
    from.number("expected_success_ppm", expected_ppm, 0, 1'000'000);
    to.how.expected_success = static_cast<double>(expected_ppm) / 1'000'000;
    from.number("failure_ppm", to.how.failure_ppm);
    from.number("second_minor", to.how.second_minor);
    from.number("better_percent", to.how.better_percent, 0, 100);
    from.span("stay_ms", to.how.stay);
    from.number("failures_down", to.how.failures_down, 1, 1000);
    from.span("first_trial_ms", to.how.first_trial, 1);
    from.span("longest_trial_ms", to.how.longest_trial, 1);
    from.number("trials_up", to.how.trials_up, 1, 1000);
    from.finish();
}

/// What all terminals of a file have in common.
void read_shared(const toml_value& root, toml_reader& top, till_settings& all, till_settings::terminal& to) {
    auto keys = top.section("keys");
    keys.choice("algorithm", to.keys.algorithm, {{"tdes", key_algorithm::tdes}, {"sm4", key_algorithm::sm4}});
    keys.number("master_slot", to.keys.master_slot, 0, 99);
    keys.text("sign_in_code", to.keys.sign_in_code);
    keys.text("sign_in_division", to.keys.sign_in_division);
    keys.flag("sm4_mac_ascii", to.keys.sm4_mac_ascii);
    keys.finish();

    auto block = top.section("serial_block");
    block.choice("carrier", to.serial_block.carrier,
        {{"none", serial_carrier::none}, {"field59", serial_carrier::field59}, {"field62", serial_carrier::field62},
            {"field57", serial_carrier::field57}, {"json", serial_carrier::json},
            {"json-base64", serial_carrier::json_base64}});
    block.text("serial", to.serial_block.serial);
    block.text("device_type", to.serial_block.device_type);
    block.text("version", to.serial_block.version);
    block.choice("version_fill", to.serial_block.filled_with,
        {{"blanks", acquiring::version_fill::blanks}, {"zeros", acquiring::version_fill::zeros}});
    block.number("longest_input", to.serial_block.longest_input, 0, 60);
    block.text("licence", to.serial_block.licence);
    block.choice("without_key", to.serial_block.without_key,
        {{"omits", without_serial_key::omits}, {"blanks", without_serial_key::blanks},
            {"refuses", without_serial_key::refuses}});
    block.flag("in_reversals", to.serial_block.in_reversals);
    block.finish();

    read_gateways(root, top, all, to);
}

void read_rules(toml_reader& top, terminal_settings& to, till_settings& all) {
    auto timers = top.section("timers");
    timers.span("card_ms", to.timers.card);
    timers.span("pin_ms", to.timers.pin);
    timers.span("device_ms", to.timers.device);
    timers.span("journal_ms", to.timers.journal);
    timers.finish();

    auto reversal = top.section("reversal");
    reversal.choice("when", to.reversal.when,
        {{"at-once", reversal_time::at_once}, {"before-next-trade", reversal_time::before_next_trade}});
    reversal.number("sends", to.reversal.sends);
    reversal.span("longest_processing_ms", to.reversal.longest_processing);
    reversal.choice("unexpected_code", to.reversal.unexpected,
        {{"ends-it", unexpected_reversal_code::ends_it}, {"keeps-pending", unexpected_reversal_code::keeps_pending}});
    reversal.text("emv_tags", to.reversal.emv_tags);
    reversal.finish();

    auto settlement = top.section("settlement");
    settlement.flag("end_when_balanced", to.settlement.end_when_balanced);
    settlement.flag("chip_records_when_balanced", to.settlement.chip_records_when_balanced);
    settlement.text("emv_tags", to.settlement.emv_tags);
    settlement.number("erase_cards_after_days", to.settlement.erase_cards_after_days);
    settlement.text("remind_at", to.settlement.remind_at);
    settlement.flag("by_itself", all.settlement.by_itself);
    settlement.finish();

    auto small = top.section("small_amounts");
    small.number("most_minor", to.small_amounts.most_minor);
    small.flag("contactless_only", to.small_amounts.contactless_only);
    small.finish();

    auto offline = top.section("offline");
    offline.number("most_each_minor", to.offline.most_each_minor);
    offline.number("most_together_minor", to.offline.most_together_minor);
    offline.number("most_records", to.offline.most_records);
    offline.number("most_added_percent", to.offline.most_added_percent);
    offline.choice("duplicate", to.offline.duplicate,
        {{"is-taken", ledger::seen_before::is_taken}, {"proves-nothing", ledger::seen_before::proves_nothing}});
    offline.finish();

    auto pre_auth = top.section("pre_auth");
    pre_auth.number("most_percent", to.pre_auth.most_percent);
    pre_auth.number("valid_days", to.pre_auth.valid_days);
    pre_auth.finish();

    auto codes = top.section("qr");
    codes.choice("codes", to.qr.codes, {{"gateway", code_source::gateway}, {"emv", code_source::emv}});
    codes.number("most_codes", to.qr.most_codes);
    codes.span("renew_before_seconds", to.qr.renew_before);
    codes.span("longest_poll_ms", to.qr.longest_poll);
    codes.number("closing_tries", to.qr.closing_tries);
    codes.choice("unwanted_payments", to.qr.unwanted,
        {{"go-back", unwanted_payment::goes_back}, {"are-asked", unwanted_payment::is_asked}});
    codes.span("password_seconds", to.qr.password);
    codes.number("account_tag", to.qr.account_tag, 0, 99);
    codes.text("account_scheme", to.qr.account_scheme);
    codes.text("account", to.qr.account);
    codes.text("category", to.qr.category);
    codes.text("country", to.qr.country);
    codes.text("name", to.qr.name);
    codes.text("city", to.qr.city);
    codes.finish();

    auto conversion = top.section("conversion");
    conversion.flag("offered", to.conversion.offered);
    conversion.text("own_cards", to.conversion.own_cards);
    conversion.choice(
        "form", to.conversion.form, {{"fields", conversion_form::fields}, {"tag59", conversion_form::tag59}});
    conversion.text("tag", to.conversion.tag);
    conversion.span("choice_ms", to.conversion.choice);
    conversion.finish();

    auto wording = top.section("wording");
    wording.choice("pinpad", to.wording.pinpad, {{"english", language::english}, {"chinese", language::chinese}});
    wording.choice("receipt", to.wording.receipt,
        {{"both", receipt_language::both}, {"english", receipt_language::english},
            {"chinese", receipt_language::chinese}});
    wording.finish();
}

void read_device(toml_reader& from, till_settings::device_place& to) {
    from.text("driver", to.driver);
    from.text("path", to.path);
    read_tls(from, to.tls);
}

/// Who may do what, and what may be taken.
void read_shop(toml_reader& top, till_settings& to) {
    auto clerks = top.section("clerks");
    clerks.text("file", to.clerks.file);
    clerks.text("shift_file", to.clerks.shift_file);
    clerks.finish();

    auto rules = top.section("rules");
    rules.text("file", to.rules.file);
    rules.text("totals_file", to.rules.totals_file);
    rules.text("category", to.rules.category);
    rules.text("micro_identity", to.rules.micro_identity);
    read_funds(rules, "code_funding", to.rules.code_funding);
    read_grade(rules, to.rules.payer_grade);
    rules.flag("order_allows_credit", to.rules.order_allows_credit);
    rules.finish();

    using word = till_settings::risk_place::word;
    auto risk = top.section("risk");
    risk.span("deadline_ms", to.risk.deadline);
    risk.text("address", to.risk.address);
    risk.text("path", to.risk.path);
    risk.flag("tls", to.risk.tls.on);
    read_tls(risk, to.risk.tls);
    risk.flag("plain_anywhere", to.risk.plain_anywhere);
    risk.choice("otherwise", to.risk.otherwise,
        {{"accept", word::accept}, {"review", word::review}, {"reject", word::reject}});
    risk.finish();
}

void read_card_terminal(toml_reader& from, till_settings::card_terminal_place& to) {
    from.text("name", to.name);
    read_device(from, to);
    from.text("password", to.password);
    from.text("description_file", to.description_file);
    from.flag("plain_payment", to.plain_payment);
    auto its_host = from.section("host");
    read_link(its_host, to.host);
    its_host.finish();
    from.finish();
}

void read_card_terminals(const toml_value& root, toml_reader& top, till_settings& to) {
    bool first = true;
    for (auto& from : tables_of(root, top, "card_terminal"))
        read_card_terminal(
            from, std::exchange(first, false) ? to.card_terminal : to.more_card_terminals.emplace_back());
}

void read_places(toml_reader& top, till_settings& to, terminal_settings& common) {
    auto pinpad = top.section("pinpad");
    read_device(pinpad, to.pinpad);
    pinpad.flag("keeper", to.pinpad.keeper);
    pinpad.text("description_file", to.pinpad.description_file);
    pinpad.finish();

    auto display = top.section("display");
    read_device(display, to.display);
    display.flag("keeper", to.display.keeper);
    display.text("description_file", to.display.description_file);
    display.text("font_file", to.display.font_file);
    using words = till_settings::display_place::words;
    using drawing = till_settings::display_place::drawing;
    display.choice("language", to.display.language,
        {{"by-code-page", words::by_code_page}, {"chinese", words::chinese}, {"english", words::english}});
    display.text("printer", to.display.printer);
    display.text("code_page", to.display.code_page);
    display.flag("transliterate", to.display.transliterate);
    display.texts("plates", to.display.plates);
    display.text("plate_base", to.display.plate_base);
    display.text("plate_code_path", to.display.plate_code_path);
    display.text("plate_fixed_path", to.display.plate_fixed_path);
    display.text("plate_fixed_code", to.display.plate_fixed_code);
    display.text("topic", to.display.topic);
    display.text("client_id", to.display.client_id);
    display.text("user", to.display.user);
    display.text("password_file", to.display.password_file);
    display.choice("code", to.display.code,
        {{"by-printer", drawing::by_printer}, {"native", drawing::native}, {"raster", drawing::raster}});
    display.finish();

    auto printer = top.section("printer");
    read_device(printer, to.printer);
    printer.text("printer", to.printer.printer);
    printer.text("code_page", to.printer.code_page);
    using proof = till_settings::printer_place::proof;
    using cutting = till_settings::printer_place::cutting;
    printer.choice("confirms", to.printer.confirms,
        {{"printed", proof::printed}, {"state", proof::state}, {"none", proof::none}});
    printer.choice(
        "cut", to.printer.cut, {{"partial", cutting::partial}, {"full", cutting::full}, {"none", cutting::none}});
    printer.number("drawer_pin", to.printer.drawer_pin, 2, 5);
    printer.number("columns", to.printer.columns, 0, 200);
    printer.text("queue_file", to.printer.queue_file);
    printer.finish();

    auto scanner = top.section("scanner");
    read_device(scanner, to.scanner);
    scanner.flag("keeper", to.scanner.keeper);
    scanner.choice("end", to.scanner.end, drivers::scan_end_words);
    scanner.choice("aim", to.scanner.aim, drivers::aim_identifier_words);
    scanner.choice("characters", to.scanner.characters, drivers::scan_text_words);
    scanner.span("code_fresh_seconds", common.qr.code_fresh);
    scanner.finish();

    auto sealer = top.section("sealer");
    sealer.choice("kind", to.sealer.kind,
        {{"software", sealer_kind::software}, {"pinpad", sealer_kind::pinpad},
            {"cipher-machine", sealer_kind::cipher_machine}});
    sealer.text("key_file", to.sealer.key_file);
    sealer.text("serial_key_file", to.sealer.serial_key_file);
    sealer.flag("test_keys", to.sealer.test_keys);
    sealer.text("address", to.sealer.address);
    sealer.text("profile", to.sealer.profile);
    sealer.flag("tls", to.sealer.tls.on);
    read_tls(sealer, to.sealer.tls);
    sealer.finish();

    auto journal = top.section("journal");
    journal.text("store", to.journal.store);
    journal.text("file", to.journal.file);
    journal.text("key_file", to.journal.key_file);
    journal.text("mark_file", to.journal.mark_file);
    journal.flag("create", to.journal.create);
    journal.finish();

    read_shop(top, to);

    auto trace = top.section("trace");
    trace.text("file", to.trace.file);
    trace.texts("test_cards", to.trace.test_cards);
    trace.finish();
}

/// What a terminal has of its own; what it leaves out is as for all.
void read_terminal(toml_reader& from, till_settings::terminal& to) {
    from.text("id", to.terminal_id);
    from.text("merchant", to.merchant_id);
    from.text("name", to.merchant_name);
    from.text("short_name", to.merchant_short_name);
    from.text("operator", to.operator_id);
    from.text("serial", to.serial_number);
    from.character("reader", to.reader_capability);
    from.number("currency", to.unit.number, 1, 999);
    to.unit = find_currency(to.unit.number).value_or(to.unit);
    from.number("currency_decimals", to.unit.decimals, 0, 4);
    from.flag("queue", to.queue);
    from.text("key_file", to.key_file);
    from.text("card_terminal", to.card_terminal);
    from.text("host", to.host_name);
    from.number("master_slot", to.keys.master_slot, 0, 99);
    from.finish();
}

/// A value as the file has it, short enough for a line.
std::string shown(const toml_value& value) {
    constexpr std::size_t longest = 24;
    if (const auto* text = value.text()) return "\"" + printable_text(*text, longest) + "\"";
    if (const auto whole = value.whole()) return std::to_string(*whole);
    if (const auto flag = value.flag()) return *flag ? "true" : "false";
    return std::string(to_string(value.what()));
}

/// Where a key stands: its value and the innermost table of its path; null what is not there.
struct place {
    const toml_value* table = nullptr;
    const toml_value* value = nullptr;
};
/// Which of several tables of one name is concerned; null where the file has none.
struct concerned {
    const toml_value* terminal = nullptr;
    const toml_value* gateway = nullptr;
    const toml_value* card_terminal = nullptr;
    const toml_value* host = nullptr;

    [[nodiscard]] const toml_value* table(std::string_view name) const {
        return name == "terminal"        ? terminal
               : name == "gateway"       ? gateway
               : name == "card_terminal" ? card_terminal
               : name == "host"          ? host
                                         : nullptr;
    }
};
/// Of a path such as "card_terminal.host.address".
place place_of(std::string_view path, const toml_value& root, const concerned& which) {
    place found;
    const auto* within = &root;
    while (within != nullptr) {
        const auto dot = std::min(path.find('.'), path.size());
        const auto name = path.substr(0, dot);
        const bool top = within == &root;
        const auto* const chosen = top ? which.table(name) : nullptr;
        const auto* const item = chosen != nullptr ? chosen : within->find(name);
        const bool last = dot == path.size();
        if (last && !top) {
            found.value = item;
        } else if (item != nullptr) {
            found.table = item;
        }
        within = last ? nullptr : item;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return found;
}

/// Reports a rule that does not hold, at the line of its key.
void report_broken(toml_report& to, const error& why, const toml_value& root, const concerned& which) {
    const auto path = why.field();
    const auto [table, value] = place_of(path, root, which);
    // There may be a password in an address.
    std::string hint(value == nullptr          ? "missing, "
                     : path == "journal.store" ? "found what is no address of a database, "
                                               : "found " + shown(*value) + ", ");
    hint += why.hint();
    const auto line = value != nullptr ? value->line() : table != nullptr ? table->line() : 0;
    const auto code = why.where() == layer::till ? why.code() : make_error_code(till_errc::bad_setting);
    to.fail(code, path, line, hint);
}

/// `[NAME]`, or one of several; null where the file has none.
const toml_value* table_of(const toml_value& root, std::string_view name, std::size_t which) {
    const auto* node = root.find(name);
    if (node == nullptr || node->list() == nullptr) return node;
    return which < node->items().size() ? &node->items()[which] : nullptr;
}

/// The last terminal of a name, which what is wrong with all of them may give; the first where none has it.
std::size_t last_named(const till_settings& all, std::string_view name) {
    for (auto i = all.terminals.size(); i-- > 0;) {
        if (all.terminals[i].terminal_id == name) return i;
    }
    return 0;
}

/// The same of gateways.
std::size_t last_gateway(const till_settings& all, std::string_view name) {
    const auto gateways = all.gateways();
    for (auto i = gateways.size(); i-- > 0;) {
        if (gateways[i].name == name) return i;
    }
    return 0;
}

/// The same of card terminals.
std::size_t last_card_terminal(const till_settings& all, std::string_view name) {
    for (auto i = all.more_card_terminals.size(); i-- > 0;) {
        if (all.more_card_terminals[i].name == name) return i + 1;
    }
    return 0;
}

/// The same of hosts.
std::size_t last_host(const till_settings& all, std::string_view name) {
    for (auto i = all.other_hosts.size(); i-- > 0;) {
        if (all.other_hosts[i].name == name) return i + 1;
    }
    return 0;
}

result<till_settings> read_till(const toml_value& root, std::string_view file) {
    toml_report report(till_faults(), file);
    toml_reader top(root, {}, report);
    till_settings settings;
    till_settings::terminal common;
    (void)top.take(application);
    auto terminals = tables_of(root, top, "terminal");
    read_shared(root, top, settings, common);
    const auto around = read_hosts(root, top, settings, common.host);
    read_routing(top, settings.routing);
    read_rules(top, common, settings);
    read_card_terminals(root, top, settings);
    read_places(top, settings, common);
    for (auto& from : terminals) {
        auto& made = settings.terminals.emplace_back(common);
        read_terminal(from, made);
        if (const auto own = around.find(made.host_name); own != around.end()) made.host = own->second;
    }
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    for (std::size_t i = 0; i < settings.terminals.size(); ++i) {
        if (const auto kept = settings.terminals[i].validate(); !kept) {
            const auto host = last_host(settings, settings.terminals[i].host_name);
            report_broken(report, kept.error(), root,
                {table_of(root, "terminal", i), table_of(root, "gateway", 0), table_of(root, "card_terminal", 0),
                    table_of(root, "host", host)});
        }
    }
    if (const auto kept = settings.validate(); !kept) {
        const error why = kept.error(); // `error()` gives a copy, and the name is a view of it
        const auto named = why.endpoint();
        report_broken(report, why, root,
            {table_of(root, "terminal", last_named(settings, named)),
                table_of(root, "gateway", last_gateway(settings, named)),
                table_of(root, "card_terminal", last_card_terminal(settings, named)),
                table_of(root, "host", last_host(settings, named))});
    }
    CIPHERLANE_CHECK(report.outcome());
    return settings;
}

} // namespace

result<till_settings> parse_till(std::string_view toml, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(toml, till_faults(), file));
    return read_till(root, file);
}

result<till_settings> load_till(const std::string& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, till_faults()));
    return read_till(root, file);
}

} // namespace cipherlane
