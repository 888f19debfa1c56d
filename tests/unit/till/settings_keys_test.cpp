// Each key of a settings file: where its value goes, and what it may not be.
#include "support/whole_file.hpp"
#include "unit/till/settings_texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <type_traits>
#include <vector>

namespace cipherlane::tests {
namespace {

std::string shown(const std::string& value) {
    return value;
}
std::string shown(const std::vector<std::string>& values) {
    std::string all;
    for (const auto& one : values)
        all += one + "|";
    return all;
}
template <class Number>
requires std::is_arithmetic_v<Number> std::string shown(Number value) {
    return std::to_string(value);
}
template <class Choice>
requires std::is_enum_v<Choice> std::string shown(Choice value) {
    return std::to_string(static_cast<int>(value));
}
template <class Rep, class Period>
std::string shown(std::chrono::duration<Rep, Period> value) {
    return std::to_string(value.count());
}

/// A key of a settings file, a value that it may have and that is not its default, one that it may not, where the
/// value is in the settings, and what the good one needs beside and above it.
struct key_row {
    const char* table;
    const char* key;
    const char* good;
    const char* wrong;
    std::string (*at)(const till_settings&);
    const char* beside = "";
    const char* above = "";

    [[nodiscard]] std::string name() const { return std::string(table) + "." + key; }
};

constexpr auto machine_without_address = "kind = \"cipher-machine\"\nprofile = \"payshield\"";
constexpr auto machine = "kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"";
constexpr auto secured_machine =
    "kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"\ntls = true";
constexpr auto relayed_terminal =
    "[card_terminal]\ndriver = \"mispos\"\npath = \"/dev/ttyS0\"\ndescription_file = \"ums.toml\"\n";
constexpr auto with_rules = "[rules]\nfile = \"rules.toml\"\n";
constexpr auto with_serial_block = "[serial_block]\ncarrier = \"field59\"\nserial = \"SN1\"\n";

#define AT(member) [](const till_settings& of) { return shown(of.member); }

constexpr auto emv_codes =
    "codes = \"emv\"\naccount_scheme = \"cn.example\"\naccount = \"1\"\nname = \"SHOP\"\ncity = \"BEIJING\"";
constexpr auto emv_merchant = "account_scheme = \"cn.example\"\naccount = \"1\"\nname = \"SHOP\"\ncity = \"BEIJING\"";

const key_row keys[] = {
    {"terminal", "id", "\"TEST0002\"", "\"SHORT\"", AT(terminals.front().terminal_id)},
    {"terminal", "merchant", "\"TESTMERCH000002\"", "\"TESTMERCH\"", AT(terminals.front().merchant_id)},
    {"terminal", "name", "\"茶馆\"", "5", AT(terminals.front().merchant_name)},
    {"terminal", "short_name", "\"茶馆\"", "5", AT(terminals.front().merchant_short_name)},
    {"terminal", "operator", "\"02\"", "\"1234\"", AT(terminals.front().operator_id)},
    {"terminal", "serial", "\"S1\"", "1", AT(terminals.front().serial_number)},
    {"terminal", "reader", "\"6\"", "\"7\"", AT(terminals.front().reader_capability)},
    {"terminal", "currency", "840", "1000", AT(terminals.front().unit.number)},
    {"terminal", "currency_decimals", "0", "9", AT(terminals.front().unit.decimals), "currency = 392"},
    {"terminal", "queue", "true", "1", AT(terminals.front().queue)},
    {"terminal", "key_file", "\"own.key\"", "true", AT(terminals.front().key_file)},
    {"terminal", "card_terminal", "\"one\"\n[card_terminal]\nname = \"one\"\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"",
        "1", AT(terminals.front().card_terminal)},
    {"terminal", "master_slot", "7", "100", AT(terminals.front().keys.master_slot)},
    {"keys", "algorithm", "\"sm4\"", "\"rot13\"", AT(terminals.front().keys.algorithm)},
    {"keys", "master_slot", "99", "-1", AT(terminals.front().keys.master_slot)},
    {"keys", "sign_in_code", "\"004\"", "\"4\"", AT(terminals.front().keys.sign_in_code)},
    {"keys", "sign_in_division", "\"16+8 16+8\"", "\"16+8\"", AT(terminals.front().keys.sign_in_division)},
    {"keys", "sm4_mac_ascii", "true", "\"yes\"", AT(terminals.front().keys.sm4_mac_ascii), "algorithm = \"sm4\""},
    {"serial_block", "carrier", "\"field59\"", "\"field60\"", AT(terminals.front().serial_block.carrier),
        "serial = \"SN1\""},
    {"serial_block", "serial", "\"00000304N7NL01933217\"", "1", AT(terminals.front().serial_block.serial),
        "carrier = \"field59\""},
    {"serial_block", "device_type", "\"02\"", "\"2\"", AT(terminals.front().serial_block.device_type),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"serial_block", "version", "\"310001\"", "1", AT(terminals.front().serial_block.version),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"serial_block", "version_fill", "\"zeros\"", "\"blank\"", AT(terminals.front().serial_block.filled_with),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"serial_block", "longest_input", "32", "61", AT(terminals.front().serial_block.longest_input),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"serial_block", "licence", "\"P3100\"", "\"P310\"", AT(terminals.front().serial_block.licence),
        "carrier = \"field62\"\nserial = \"SN1\""},
    {"serial_block", "without_key", "\"refuses\"", "\"refuse\"", AT(terminals.front().serial_block.without_key),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"serial_block", "in_reversals", "false", "0", AT(terminals.front().serial_block.in_reversals),
        "carrier = \"field59\"\nserial = \"SN1\""},
    {"sealer", "kind", "\"cipher-machine\"", "\"hardware\"", AT(sealer.kind),
        "profile = \"payshield\"\naddress = \"127.0.0.1:1500\""},
    {"sealer", "key_file", "\"tmk.key\"", "0", AT(sealer.key_file)},
    {"sealer", "serial_key_file", "\"serial.key\"", "0", AT(sealer.serial_key_file), "", with_serial_block},
    {"sealer", "test_keys", "true", "\"yes\"", AT(sealer.test_keys)},
    {"sealer", "address", "\"127.0.0.1:1500\"", "\"127.0.0.1\"", AT(sealer.address), machine_without_address},
    {"sealer", "profile", "\"sjj1312\"", "7", AT(sealer.profile),
        "kind = \"cipher-machine\"\naddress = \"127.0.0.1:1500\""},
    {"sealer", "tls", "true", "1", AT(sealer.tls.on), machine},
    {"sealer", "ca_file", "\"ca.pem\"", "1", AT(sealer.tls.ca_file), secured_machine},
    {"sealer", "crl_file", "\"crl.pem\"", "1", AT(sealer.tls.crl_file), secured_machine},
    {"sealer", "certificate_file", "\"till.pem\"", "1", AT(sealer.tls.certificate_file), secured_machine},
    {"sealer", "tls_key_file", "\"till.key.pem\"", "1", AT(sealer.tls.key_file), secured_machine},
    {"sealer", "tls_name", "\"unit\"", "1", AT(sealer.tls.name), secured_machine},
    {"host", "address", "\"127.0.0.1:5000\"", "\"127.0.0.1\"", AT(host.address)},
    {"host", "name", "\"the acquirer\"", "5", AT(host.name), "address = \"127.0.0.1:5000\""},
    {"host", "earlier_addresses", "[\"127.0.0.1:4000\"]", "\"127.0.0.1:4000\"", AT(host.earlier_addresses),
        "address = \"127.0.0.1:5000\""},
    {"host", "tls", "true", "1", AT(host.tls.on), "address = \"127.0.0.1:5000\""},
    {"host", "ca_file", "\"ca.pem\"", "1", AT(host.tls.ca_file), "address = \"127.0.0.1:5000\"\ntls = true"},
    {"host", "crl_file", "\"crl.pem\"", "1", AT(host.tls.crl_file), "address = \"127.0.0.1:5000\"\ntls = true"},
    {"host", "certificate_file", "\"till.pem\"", "1", AT(host.tls.certificate_file),
        "address = \"127.0.0.1:5000\"\ntls = true"},
    {"host", "tls_key_file", "\"till.key.pem\"", "1", AT(host.tls.key_file),
        "address = \"127.0.0.1:5000\"\ntls = true"},
    {"host", "tls_name", "\"host.example\"", "1", AT(host.tls.name), "address = \"127.0.0.1:5000\"\ntls = true"},
    {"host", "tpdu", "\"6000050000\"", "\"7000050000\"", AT(terminals.front().host.tpdu)},
    {"host", "header", "\"603100310731\"", "\"6031\"", AT(terminals.front().host.header)},
    {"host", "connect_timeout_ms", "1", "0", AT(host.connect_timeout), "address = \"127.0.0.1:5000\""},
    {"host", "response_time_ms", "3600000", "3600001", AT(host.response_time), "address = \"127.0.0.1:5000\""},
    {"host", "keep_connection", "true", "\"true\"", AT(host.keep_connection), "address = \"127.0.0.1:5000\""},
    {"host", "echo_polls", "true", "\"true\"", AT(host.echo_polls), "address = \"127.0.0.1:5000\""},
    {"host", "connect_ahead", "true", "1", AT(host.connect_ahead), "address = \"127.0.0.1:5000\""},
    {"host", "http_path", "\"/pos\"", "\"pos\"", AT(host.http_path), "address = \"127.0.0.1:5000\""},
    {"host", "length", "\"digits4\"", "\"digits\"", AT(host.length), "address = \"127.0.0.1:5000\""},
    {"gateway", "address", "\"127.0.0.1:8080\"", "\"127.0.0.1:0\"", AT(gateway.address)},
    {"gateway", "kind", "\"wechat\"", "\"paypal\"", AT(gateway.kind),
        WECHAT_ADDRESS WECHAT_MCHID WECHAT_APPID WECHAT_SERIAL WECHAT_KEY WECHAT_API_KEY},
    {"gateway", "name", "\"second\"", "1", AT(gateway.name), "address = \"127.0.0.1:8080\""},
    {"gateway", "earlier_addresses", "[\"127.0.0.1:7080\"]", "[1]", AT(gateway.earlier_addresses),
        "address = \"127.0.0.1:8080\""},
    {"gateway", "takes", "[\"unionpay\"]", "[\"paypal\"]", AT(gateway.takes), "address = \"127.0.0.1:8080\""},
    {"gateway", "pays", "\"prepaid\"", "\"cash\"", AT(gateway.pays), "address = \"127.0.0.1:8080\"", with_rules},
    {"gateway", "payer_grade", "\"B\"", "\"E\"", AT(gateway.payer_grade), "address = \"127.0.0.1:8080\"", with_rules},
    {"gateway", "takes_credit", "false", "0", AT(gateway.takes_credit), "address = \"127.0.0.1:8080\"", with_rules},
    {"gateway", "mchid", "\"1900000109\"", "1", AT(gateway.wechat.mchid),
        WECHAT_ADDRESS WECHAT_KIND WECHAT_APPID WECHAT_SERIAL WECHAT_KEY WECHAT_API_KEY},
    {"gateway", "appid", "\"wx1\"", "1", AT(gateway.wechat.appid),
        WECHAT_ADDRESS WECHAT_KIND WECHAT_MCHID WECHAT_SERIAL WECHAT_KEY WECHAT_API_KEY},
    {"gateway", "serial", "\"5AF2\"", "1", AT(gateway.wechat.serial),
        WECHAT_ADDRESS WECHAT_KIND WECHAT_MCHID WECHAT_APPID WECHAT_KEY WECHAT_API_KEY},
    {"gateway", "merchant_key_file", "\"m.pem\"", "1", AT(gateway.merchant_key_file),
        WECHAT_ADDRESS WECHAT_KIND WECHAT_MCHID WECHAT_APPID WECHAT_SERIAL WECHAT_API_KEY},
    {"gateway", "api_key_file", "\"a.key\"", "1", AT(gateway.wechat.api_key_file),
        WECHAT_ADDRESS WECHAT_KIND WECHAT_MCHID WECHAT_APPID WECHAT_SERIAL WECHAT_KEY},
    {"gateway", "second_address", "\"127.0.0.1:8081\"", "\"there\"", AT(gateway.wechat.second_address), WECHAT},
    {"gateway", "sub_mchid", "\"1900000110\"", "1", AT(gateway.wechat.sub_mchid), WECHAT},
    {"gateway", "sub_appid", "\"wx2\"", "1", AT(gateway.wechat.sub_appid), WECHAT},
    {"gateway", "public_key_id", "\"PUB_KEY_ID_1\"", "1", AT(gateway.wechat.public_key_id),
        WECHAT "\npublic_key_file = \"platform.pem\""},
    {"gateway", "certificates_file", "\"platform.pem\"", "1", AT(gateway.wechat.certificates_file), WECHAT},
    {"gateway", "platform_roots_file", "\"roots.pem\"", "1", AT(gateway.wechat.platform_roots_file), WECHAT},
    {"gateway", "kept_certificates_file", "\"kept.pem\"", "1", AT(gateway.wechat.kept_certificates_file), WECHAT},
    {"gateway", "notify_url", "\"https://till.example/n\"", "1", AT(gateway.notify_url), WECHAT},
    {"gateway", "app_id", "\"2026000000000002\"", "1", AT(gateway.alipay.app_id), ALIPAY ALIPAY_KEY ALIPAY_SELLER},
    {"gateway", "seller_id", "\"2088000000000008\"", "1", AT(gateway.alipay.seller_id), ALIPAY ALIPAY_KEY ALIPAY_APP},
    {"gateway", "app_auth_token", "\"t\"", "1", AT(gateway.alipay.app_auth_token),
        ALIPAY ALIPAY_KEY ALIPAY_APP ALIPAY_SELLER},
    {"gateway", "app_certificate_file", "\"a.crt\"", "1", AT(gateway.alipay.app_certificate_file),
        ALIPAY ALIPAY_APP ALIPAY_SELLER ALIPAY_CERTIFICATE("alipay_certificate_file")
            ALIPAY_CERTIFICATE("root_certificates_file")},
    {"gateway", "alipay_certificate_file", "\"a.crt\"", "1", AT(gateway.alipay.alipay_certificate_file),
        ALIPAY ALIPAY_APP ALIPAY_SELLER ALIPAY_CERTIFICATE("app_certificate_file")
            ALIPAY_CERTIFICATE("root_certificates_file")},
    {"gateway", "root_certificates_file", "\"a.crt\"", "1", AT(gateway.alipay.root_certificates_file),
        ALIPAY ALIPAY_APP ALIPAY_SELLER ALIPAY_CERTIFICATE("alipay_certificate_file")
            ALIPAY_CERTIFICATE("app_certificate_file")},
    {"gateway", "mer_id", "\"777290058110049\"", "1", AT(gateway.unionpay.mer_id),
        UNIONPAY_PLACE UNIONPAY_CERTIFICATE UNIONPAY_ROOT},
    {"gateway", "sign_certificate_file", "\"s.crt\"", "1", AT(gateway.unionpay.sign_certificate_file),
        UNIONPAY_PLACE UNIONPAY_MERCHANT UNIONPAY_ROOT},
    {"gateway", "acp_root_file", "\"r.pem\"", "1", AT(gateway.unionpay.acp_root_file),
        UNIONPAY_PLACE UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE},
    {"gateway", "acp_middle_file", "\"m.pem\"", "1", AT(gateway.unionpay.acp_middle_file), UNIONPAY},
    {"gateway", "acp_owner", "\"00040000:SIGN\"", "\"\"", AT(gateway.unionpay.acp_owner), UNIONPAY},
    {"gateway", "sub_mer_id", "\"1\"", "1", AT(gateway.unionpay.sub_mer_id),
        UNIONPAY "sub_mer_name = \"n\"\nsub_mer_abbr = \"a\""},
    {"gateway", "sub_mer_name", "\"n\"", "1", AT(gateway.unionpay.sub_mer_name),
        UNIONPAY "sub_mer_id = \"1\"\nsub_mer_abbr = \"a\""},
    {"gateway", "sub_mer_abbr", "\"a\"", "1", AT(gateway.unionpay.sub_mer_abbr),
        UNIONPAY "sub_mer_id = \"1\"\nsub_mer_name = \"n\""},
    {"gateway", "netpay_app_id", "\"a\"", "1", AT(gateway.netpay.app_id),
        NETPAY_PLACE NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES},
    {"gateway", "netpay_app_key_file", "\"a.key\"", "1", AT(gateway.netpay.app_key_file),
        NETPAY_PLACE NETPAY_APP NETPAY_MID NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES},
    {"gateway", "mid", "\"898201612345678\"", "1", AT(gateway.netpay.mid),
        NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES},
    {"gateway", "tid", "\"88880002\"", "1", AT(gateway.netpay.tid),
        NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_SOURCE NETPAY_NOTICES},
    {"gateway", "source", "\"1017\"", "\"101\"", AT(gateway.netpay.source),
        NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_NOTICES},
    {"gateway", "notice_key_file", "\"n.key\"", "1", AT(gateway.netpay.notice_key_file),
        NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_SOURCE},
    {"gateway", "notice_digest", "\"md5\"", "\"sha1\"", AT(gateway.netpay.notices), NETPAY},
    {"gateway", "no_charge_code", "\"NO_ORDER\"", "\"00\"", AT(gateway.netpay.no_charge_code), NETPAY},
    {"gateway", "tls", "true", "\"on\"", AT(gateway.tls.on), "address = \"127.0.0.1:8080\""},
    {"gateway", "plain_anywhere", "true", "0", AT(gateway.plain_anywhere), "address = \"127.0.0.1:8080\""},
    {"gateway", "ca_file", "\"ca.pem\"", "1", AT(gateway.tls.ca_file), "address = \"127.0.0.1:8080\"\ntls = true"},
    {"gateway", "crl_file", "\"crl.pem\"", "1", AT(gateway.tls.crl_file), "address = \"127.0.0.1:8080\"\ntls = true"},
    {"gateway", "certificate_file", "\"till.pem\"", "1", AT(gateway.tls.certificate_file),
        "address = \"127.0.0.1:8080\"\ntls = true"},
    {"gateway", "tls_key_file", "\"till.key.pem\"", "1", AT(gateway.tls.key_file),
        "address = \"127.0.0.1:8080\"\ntls = true"},
    {"gateway", "tls_name", "\"pay.example\"", "1", AT(gateway.tls.name), "address = \"127.0.0.1:8080\"\ntls = true"},
    {"gateway", "notify_address", "\"0.0.0.0:8081\"", "\"8081\"", AT(gateway.notify_address),
        "address = \"127.0.0.1:8080\"\npublic_key_file = \"gateway.pem\""},
    {"gateway", "public_key_file", "\"gateway.pem\"", "[]", AT(gateway.public_key_file),
        "address = \"127.0.0.1:8080\""},
    {"gateway", "code_valid_seconds", "30", "29", AT(terminals.front().gateway.code_valid)},
    {"gateway", "poll_ms", "500", "0", AT(terminals.front().gateway.poll)},
    {"gateway", "response_time_ms", "9000", "\"10 s\"", AT(terminals.front().gateway.response_time)},
    {"gateway", "longest_way_seconds", "120", "0", AT(terminals.front().gateway.longest_way)},
    {"qr", "codes", "\"emv\"", "\"EMV\"", AT(terminals.front().qr.codes), emv_merchant},
    {"qr", "most_codes", "1", "0", AT(terminals.front().qr.most_codes)},
    {"qr", "renew_before_seconds", "90", "91", AT(terminals.front().qr.renew_before)},
    {"qr", "longest_poll_ms", "1", "0", AT(terminals.front().qr.longest_poll)},
    {"qr", "closing_tries", "10", "11", AT(terminals.front().qr.closing_tries)},
    {"qr", "unwanted_payments", "\"are-asked\"", "\"ask\"", AT(terminals.front().qr.unwanted)},
    {"qr", "password_seconds", "300", "4", AT(terminals.front().qr.password)},
    {"qr", "account_tag", "51", "25", AT(terminals.front().qr.account_tag), emv_codes},
    {"qr", "account_scheme", "\"cn.example\"", "\"\"", AT(terminals.front().qr.account_scheme),
        "codes = \"emv\"\naccount = \"1\"\nname = \"SHOP\"\ncity = \"BEIJING\""},
    {"qr", "account", "\"1234\"", "\"\"", AT(terminals.front().qr.account),
        "codes = \"emv\"\naccount_scheme = \"cn.example\"\nname = \"SHOP\"\ncity = \"BEIJING\""},
    {"qr", "account", "\"0123456789012345678901234567890\"", "\"1234\"", AT(terminals.front().qr.account),
        "codes = \"emv\"\naccount_tag = 15\nname = \"SHOP\"\ncity = \"BEIJING\""},
    {"qr", "name", "\"TEA HOUSE\"", "\"茶馆\"", AT(terminals.front().qr.name),
        "codes = \"emv\"\naccount_scheme = \"cn.example\"\naccount = \"1\"\ncity = \"BEIJING\""},
    {"qr", "category", "\"5411\"", "\"541\"", AT(terminals.front().qr.category), emv_codes},
    {"qr", "country", "\"HK\"", "\"CHN\"", AT(terminals.front().qr.country), emv_codes},
    {"qr", "city", "\"BEIJING\"", "\"\"", AT(terminals.front().qr.city),
        "codes = \"emv\"\naccount_scheme = \"cn.example\"\naccount = \"1\"\nname = \"SHOP\""},
    {"pinpad", "driver", "\"abecs\"", "\"abecss\"", AT(pinpad.driver), "path = \"/dev/ttyACM0\""},
    {"pinpad", "path", "\"/dev/ttyACM0\"", "7", AT(pinpad.path), "driver = \"abecs\""},
    {"pinpad", "keeper", "false", "0", AT(pinpad.keeper), "driver = \"abecs\"\npath = \"/dev/ttyACM0\""},
    {"pinpad", "description_file", "\"pad.toml\"", "1", AT(pinpad.description_file),
        "driver = \"described\"\npath = \"/dev/ttyS0\""},
    {"pinpad", "ca_file", "\"ca.pem\"", "1", AT(pinpad.tls.ca_file),
        "driver = \"abecs\"\npath = \"tls:127.0.0.1:9\""},
    {"pinpad", "crl_file", "\"crl.pem\"", "1", AT(pinpad.tls.crl_file),
        "driver = \"abecs\"\npath = \"tls:127.0.0.1:9\""},
    {"pinpad", "certificate_file", "\"till.pem\"", "1", AT(pinpad.tls.certificate_file),
        "driver = \"abecs\"\npath = \"tls:127.0.0.1:9\""},
    {"pinpad", "tls_key_file", "\"till.key.pem\"", "1", AT(pinpad.tls.key_file),
        "driver = \"abecs\"\npath = \"tls:127.0.0.1:9\""},
    {"pinpad", "tls_name", "\"pad\"", "1", AT(pinpad.tls.name), "driver = \"abecs\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "driver", "\"zvt\"", "\"zvtt\"", AT(card_terminal.driver), "path = \"tcp:127.0.0.1:20007\""},
    {"card_terminal", "path", "\"/dev/ttyS0?stop=1\"", "\"hid:1209:5a02\"", AT(card_terminal.path),
        "driver = \"zvt\""},
    {"card_terminal", "password", "\"123456\"", "123456", AT(card_terminal.password),
        "driver = \"zvt\"\npath = \"/dev/ttyS0\""},
    {"card_terminal", "ca_file", "\"ca.pem\"", "1", AT(card_terminal.tls.ca_file),
        "driver = \"zvt\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "crl_file", "\"crl.pem\"", "1", AT(card_terminal.tls.crl_file),
        "driver = \"zvt\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "certificate_file", "\"till.pem\"", "1", AT(card_terminal.tls.certificate_file),
        "driver = \"zvt\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "tls_key_file", "\"till.key.pem\"", "1", AT(card_terminal.tls.key_file),
        "driver = \"zvt\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "tls_name", "\"terminal\"", "1", AT(card_terminal.tls.name),
        "driver = \"zvt\"\npath = \"tls:127.0.0.1:9\""},
    {"card_terminal", "description_file", "\"ums.toml\"", "1", AT(card_terminal.description_file),
        "driver = \"mispos\"\npath = \"/dev/ttyS0\""},
    {"card_terminal", "name", "\"one\"", "1", AT(card_terminal.name), "driver = \"zvt\"\npath = \"/dev/ttyS0\""},
    {"card_terminal", "plain_payment", "true", "1", AT(card_terminal.plain_payment),
        "driver = \"ecr17\"\npath = \"tcp:127.0.0.1:9\""},
    {"card_terminal.host", "address", "\"10.1.2.3:5000\"", "\"10.1.2.3\"", AT(card_terminal.host.address), "",
        relayed_terminal},
    {"card_terminal.host", "tls", "true", "1", AT(card_terminal.host.tls.on), "address = \"10.1.2.3:5000\"",
        relayed_terminal},
    {"card_terminal.host", "ca_file", "\"ca.pem\"", "1", AT(card_terminal.host.tls.ca_file),
        "address = \"10.1.2.3:5000\"\ntls = true", relayed_terminal},
    {"card_terminal.host", "crl_file", "\"crl.pem\"", "1", AT(card_terminal.host.tls.crl_file),
        "address = \"10.1.2.3:5000\"\ntls = true", relayed_terminal},
    {"card_terminal.host", "certificate_file", "\"till.pem\"", "1", AT(card_terminal.host.tls.certificate_file),
        "address = \"10.1.2.3:5000\"\ntls = true", relayed_terminal},
    {"card_terminal.host", "tls_key_file", "\"till.key.pem\"", "1", AT(card_terminal.host.tls.key_file),
        "address = \"10.1.2.3:5000\"\ntls = true", relayed_terminal},
    {"card_terminal.host", "tls_name", "\"host.example\"", "1", AT(card_terminal.host.tls.name),
        "address = \"10.1.2.3:5000\"\ntls = true", relayed_terminal},
    {"card_terminal.host", "connect_timeout_ms", "1", "0", AT(card_terminal.host.connect_timeout),
        "address = \"10.1.2.3:5000\"", relayed_terminal},
    {"card_terminal.host", "response_time_ms", "3600000", "3600001", AT(card_terminal.host.response_time),
        "address = \"10.1.2.3:5000\"", relayed_terminal},
    {"card_terminal.host", "http_path", "\"/pos\"", "\"pos\"", AT(card_terminal.host.http_path),
        "address = \"10.1.2.3:5000\"", relayed_terminal},
    {"card_terminal.host", "length", "\"digits4\"", "\"digits\"", AT(card_terminal.host.length),
        "address = \"10.1.2.3:5000\"", relayed_terminal},
    {"display", "driver", "\"weact\"", "\"weactt\"", AT(display.driver), "path = \"/dev/ttyACM1\""},
    {"display", "path", "\"tcp:127.0.0.1:9100\"", "7", AT(display.path), "driver = \"escpos\""},
    {"display", "keeper", "false", "\"no\"", AT(display.keeper), "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "description_file", "\"plate.toml\"", "1", AT(display.description_file),
        "driver = \"described\"\npath = \"/dev/hidraw0\""},
    {"display", "font_file", "\"font.ttf\"", "1", AT(display.font_file),
        "driver = \"weact\"\npath = \"/dev/ttyACM1\""},
    {"display", "language", "\"english\"", "\"latin\"", AT(display.language),
        "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "printer", "\"pos-58\"", "\"epsonn\"", AT(display.printer),
        "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "code_page", "\"cp858\"", "\"cp9\"", AT(display.code_page),
        "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "transliterate", "true", "1", AT(display.transliterate),
        "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "code", "\"raster\"", "\"vector\"", AT(display.code), "driver = \"escpos\"\npath = \"/dev/ttyACM1\""},
    {"display", "plates", "[\"862000000000001\"]", "[]", AT(display.plates),
        "driver = \"code-plate\"\npath = \"127.0.0.1:8090\""},
    {"display", "plate_base", "\"/pay\"", "\"pay\"", AT(display.plate_base),
        "driver = \"code-plate\"\npath = \"127.0.0.1:8090\"\nplates = [\"1\"]"},
    {"display", "plate_code_path", "\"code\"", "1", AT(display.plate_code_path),
        "driver = \"code-plate\"\npath = \"127.0.0.1:8090\"\nplates = [\"1\"]"},
    {"display", "plate_fixed_path", "\"fixed\"", "1", AT(display.plate_fixed_path),
        "driver = \"code-plate\"\npath = \"127.0.0.1:8090\"\nplates = [\"1\"]"},
    {"display", "plate_fixed_code", "\"https://qr.example\"", "1", AT(display.plate_fixed_code),
        "driver = \"code-plate\"\npath = \"127.0.0.1:8090\"\nplates = [\"1\"]"},
    {"display", "topic", "\"862000000000001\"", "\"\"", AT(display.topic),
        "driver = \"mqtt-speaker\"\npath = \"tcp:127.0.0.1:1883\""},
    {"display", "client_id", "\"till-2\"", "1", AT(display.client_id),
        "driver = \"mqtt-speaker\"\npath = \"tcp:127.0.0.1:1883\"\ntopic = \"t\""},
    {"display", "user", "\"till\"", "1", AT(display.user),
        "driver = \"mqtt-speaker\"\npath = \"tcp:127.0.0.1:1883\"\ntopic = \"t\""},
    {"display", "password_file", "\"broker.password\"", "1", AT(display.password_file),
        "driver = \"mqtt-speaker\"\npath = \"tcp:127.0.0.1:1883\"\ntopic = \"t\""},
    {"display", "ca_file", "\"ca.pem\"", "1", AT(display.tls.ca_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"display", "crl_file", "\"crl.pem\"", "1", AT(display.tls.crl_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"display", "certificate_file", "\"till.pem\"", "1", AT(display.tls.certificate_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"display", "tls_key_file", "\"till.key.pem\"", "1", AT(display.tls.key_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"display", "tls_name", "\"panel\"", "1", AT(display.tls.name),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"scanner", "driver", "\"hid-pos\"", "\"hidpos\"", AT(scanner.driver), "path = \"hid:1209:5a31\""},
    {"scanner", "path", "\"/dev/ttyACM3\"", "7", AT(scanner.path), "driver = \"serial\""},
    {"scanner", "keeper", "false", "0", AT(scanner.keeper), "driver = \"serial\"\npath = \"/dev/ttyACM3\""},
    {"scanner", "end", "\"none\"", "\"crlf\"", AT(scanner.end), "driver = \"serial\"\npath = \"/dev/ttyACM3\""},
    {"scanner", "aim", "\"must-come\"", "\"never\"", AT(scanner.aim), "driver = \"serial\"\npath = \"/dev/ttyACM3\""},
    {"scanner", "characters", "\"gbk\"", "\"big5\"", AT(scanner.characters),
        "driver = \"serial\"\npath = \"/dev/ttyACM3\""},
    {"scanner", "code_fresh_seconds", "30", "601", AT(terminals.front().qr.code_fresh),
        "driver = \"serial\"\npath = \"/dev/ttyACM3\""},
    {"scanner", "ca_file", "\"ca.pem\"", "1", AT(scanner.tls.ca_file),
        "driver = \"serial\"\npath = \"tls:127.0.0.1:9\""},
    {"scanner", "crl_file", "\"crl.pem\"", "1", AT(scanner.tls.crl_file),
        "driver = \"serial\"\npath = \"tls:127.0.0.1:9\""},
    {"scanner", "certificate_file", "\"till.pem\"", "1", AT(scanner.tls.certificate_file),
        "driver = \"serial\"\npath = \"tls:127.0.0.1:9\""},
    {"scanner", "tls_key_file", "\"till.key.pem\"", "1", AT(scanner.tls.key_file),
        "driver = \"serial\"\npath = \"tls:127.0.0.1:9\""},
    {"scanner", "tls_name", "\"scanner\"", "1", AT(scanner.tls.name),
        "driver = \"serial\"\npath = \"tls:127.0.0.1:9\""},
    {"printer", "driver", "\"escpos\"", "\"escposs\"", AT(printer.driver), "path = \"/dev/ttyACM2\""},
    {"printer", "path", "\"tcp:127.0.0.1:9100\"", "7", AT(printer.path), "driver = \"escpos\""},
    {"printer", "printer", "\"pos-58\"", "\"epsonn\"", AT(printer.printer),
        "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "code_page", "\"cp858\"", "\"cp9\"", AT(printer.code_page),
        "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "confirms", "\"state\"", "\"paper\"", AT(printer.confirms),
        "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "cut", "\"full\"", "\"half\"", AT(printer.cut), "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "drawer_pin", "5", "3", AT(printer.drawer_pin), "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "columns", "42", "201", AT(printer.columns), "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "queue_file", "\"slips.db\"", "1", AT(printer.queue_file),
        "driver = \"escpos\"\npath = \"/dev/ttyACM2\""},
    {"printer", "ca_file", "\"ca.pem\"", "1", AT(printer.tls.ca_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"printer", "crl_file", "\"crl.pem\"", "1", AT(printer.tls.crl_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"printer", "certificate_file", "\"till.pem\"", "1", AT(printer.tls.certificate_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"printer", "tls_key_file", "\"till.key.pem\"", "1", AT(printer.tls.key_file),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"printer", "tls_name", "\"printer\"", "1", AT(printer.tls.name),
        "driver = \"escpos\"\npath = \"tls:127.0.0.1:9\""},
    {"wording", "pinpad", "\"chinese\"", "\"latin\"", AT(terminals.front().wording.pinpad)},
    {"wording", "receipt", "\"english\"", "\"none\"", AT(terminals.front().wording.receipt)},
    {"timers", "card_ms", "1000", "0", AT(terminals.front().timers.card)},
    {"timers", "pin_ms", "1000", "0", AT(terminals.front().timers.pin)},
    {"timers", "device_ms", "1000", "0", AT(terminals.front().timers.device)},
    {"timers", "journal_ms", "1000", "3600001", AT(terminals.front().timers.journal)},
    {"reversal", "when", "\"before-next-trade\"", "\"later\"", AT(terminals.front().reversal.when)},
    {"reversal", "sends", "10", "11", AT(terminals.front().reversal.sends)},
    {"reversal", "unexpected_code", "\"keeps-pending\"", "\"keep\"", AT(terminals.front().reversal.unexpected)},
    {"reversal", "longest_processing_ms", "300000", "0", AT(terminals.front().reversal.longest_processing)},
    {"reversal", "emv_tags", "\"95 9F36\"", "\"9\"", AT(terminals.front().reversal.emv_tags)},
    {"reversal", "emv_tags", "\"9F26 9F27\"", "\"95 57\"", AT(terminals.front().reversal.emv_tags)},
    {"reversal", "emv_tags", "\"95\"", "\"5A\"", AT(terminals.front().reversal.emv_tags)},
    {"reversal", "emv_tags", "\"95\"", "\"5F20 95\"", AT(terminals.front().reversal.emv_tags)},
    {"reversal", "emv_tags", "\"95\"", "\"77\"", AT(terminals.front().reversal.emv_tags)},
    {"settlement", "end_when_balanced", "false", "0", AT(terminals.front().settlement.end_when_balanced)},
    {"settlement", "erase_cards_after_days", "0", "3651", AT(terminals.front().settlement.erase_cards_after_days)},
    {"settlement", "chip_records_when_balanced", "true", "1",
        AT(terminals.front().settlement.chip_records_when_balanced)},
    {"settlement", "emv_tags", "\"9F26 95\"", "\"9F26 5A\"", AT(terminals.front().settlement.emv_tags)},
    {"settlement", "remind_at", "\"23:00\"", "\"24:00\"", AT(terminals.front().settlement.remind_at)},
    {"settlement", "by_itself", "true", "1", AT(settlement.by_itself), "remind_at = \"23:00\""},
    {"clerks", "file", "\"clerks.toml\"", "7", AT(clerks.file)},
    {"clerks", "shift_file", "\"shifts.db\"", "7", AT(clerks.shift_file), "file = \"clerks.toml\""},
    {"rules", "file", "\"rules.toml\"", "7", AT(rules.file)},
    {"rules", "totals_file", "\"totals.db\"", "7", AT(rules.totals_file), "file = \"rules.toml\""},
    {"rules", "category", "\"5812\"", "\"581\"", AT(rules.category), "file = \"rules.toml\""},
    {"rules", "micro_identity", "\"A1\"", "7", AT(rules.micro_identity), "file = \"rules.toml\""},
    {"rules", "code_funding", "\"credit\"", "\"cash\"", AT(rules.code_funding), "file = \"rules.toml\""},
    {"rules", "payer_grade", "\"C\"", "\"c\"", AT(rules.payer_grade), "file = \"rules.toml\""},
    {"rules", "order_allows_credit", "false", "0", AT(rules.order_allows_credit), "file = \"rules.toml\""},
    {"risk", "deadline_ms", "500", "0", AT(risk.deadline)},
    {"risk", "address", "\"127.0.0.1:8070\"", "\"127.0.0.1\"", AT(risk.address)},
    {"risk", "path", "\"/judge\"", "\"judge\"", AT(risk.path), "address = \"127.0.0.1:8070\""},
    {"risk", "plain_anywhere", "true", "1", AT(risk.plain_anywhere), "address = \"127.0.0.1:8070\""},
    {"risk", "tls", "true", "1", AT(risk.tls.on), "address = \"127.0.0.1:8070\""},
    {"risk", "ca_file", "\"ca.pem\"", "1", AT(risk.tls.ca_file), "address = \"127.0.0.1:8070\"\ntls = true"},
    {"risk", "crl_file", "\"crl.pem\"", "1", AT(risk.tls.crl_file), "address = \"127.0.0.1:8070\"\ntls = true"},
    {"risk", "certificate_file", "\"till.pem\"", "1", AT(risk.tls.certificate_file),
        "address = \"127.0.0.1:8070\"\ntls = true"},
    {"risk", "tls_key_file", "\"till.key.pem\"", "1", AT(risk.tls.key_file),
        "address = \"127.0.0.1:8070\"\ntls = true"},
    {"risk", "tls_name", "\"risk.example\"", "1", AT(risk.tls.name), "address = \"127.0.0.1:8070\"\ntls = true"},
    {"risk", "otherwise", "\"reject\"", "\"maybe\"", AT(risk.otherwise)},
    {"small_amounts", "most_minor", "100000", "-1", AT(terminals.front().small_amounts.most_minor)},
    {"small_amounts", "contactless_only", "false", "0", AT(terminals.front().small_amounts.contactless_only)},
    {"offline", "most_each_minor", "5000", "-1", AT(terminals.front().offline.most_each_minor),
        "most_together_minor = 5000\nmost_records = 1"},
    {"offline", "most_together_minor", "50000", "\"500\"", AT(terminals.front().offline.most_together_minor)},
    {"offline", "most_records", "500", "501", AT(terminals.front().offline.most_records)},
    {"offline", "most_added_percent", "20", "101", AT(terminals.front().offline.most_added_percent)},
    {"offline", "duplicate", "\"proves-nothing\"", "\"taken\"", AT(terminals.front().offline.duplicate)},
    {"pre_auth", "most_percent", "100", "99", AT(terminals.front().pre_auth.most_percent)},
    {"pre_auth", "valid_days", "30", "367", AT(terminals.front().pre_auth.valid_days)},
    {"conversion", "offered", "true", "1", AT(terminals.front().conversion.offered)},
    {"conversion", "own_cards", "\"62 9\"", "\"62,9\"", AT(terminals.front().conversion.own_cards), "offered = true"},
    {"conversion", "form", "\"tag59\"", "\"tag60\"", AT(terminals.front().conversion.form), "offered = true"},
    {"conversion", "tag", "\"D1\"", "\"A3\"", AT(terminals.front().conversion.tag),
        "offered = true\nform = \"tag59\""},
    {"conversion", "choice_ms", "30000", "0", AT(terminals.front().conversion.choice), "offered = true"},
    {"journal", "store", "\"postgresql://till@db1,db2/books?sslmode=verify-full\"", "\"till.db\"", AT(journal.store)},
    {"journal", "file", "\"/srv/till.db\"", "\"\"", AT(journal.file)},
    {"journal", "key_file", "\"/etc/till.key\"", "\"\"", AT(journal.key_file)},
    {"journal", "mark_file", "\"/var/till.mark\"", "true", AT(journal.mark_file)},
    {"journal", "create", "false", "\"never\"", AT(journal.create)},
    {"trace", "file", "\"trace.txt\"", "true", AT(trace.file)},
    {"trace", "test_cards", "[\"6222000000000017\"]", "[\"6222\"]", AT(trace.test_cards), "file = \"trace.txt\""},
};

#undef AT

std::string file_with(const key_row& row, const std::string& value) {
    const std::string table = row.table;
    const std::string key = row.key;
    std::string text = "[terminal]\n";
    if (table != "terminal" || key != "id") text += "id = \"TEST0001\"\n";
    if (table != "terminal" || key != "merchant") text += "merchant = \"TESTMERCH000001\"\n";
    text += row.above;
    if (table != "terminal") text += "[" + table + "]\n";
    return text + row.beside + "\n" + key + " = " + value + "\n";
}

/// "table.key" of each line.
std::set<std::string> keys_in(const std::string& toml) {
    std::set<std::string> found;
    std::string section;
    std::istringstream lines(toml);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
        if (const auto equals = line.find(" = "); !line.starts_with('#') && equals != std::string::npos)
            found.insert(section + "." + line.substr(0, equals));
    }
    return found;
}

/// Into its own place, and into no other.
TEST(TillSettings, TakeEveryKey) {
    const auto usual = bare();
    for (const auto& row : keys) {
        const auto text = file_with(row, row.good);
        const auto read = parse_till(text, "till.toml");
        ASSERT_TRUE(read) << row.name() << ": " << read.error();
        EXPECT_NE(row.at(*read), row.at(usual)) << row.name() << " does not reach its place";
        const auto given = keys_in(text);
        for (const auto& other : keys) {
            const bool same_place =
                std::string_view(row.key) == "master_slot" && std::string_view(other.key) == row.key;
            if (given.count(other.name()) == 0 && !same_place) {
                EXPECT_EQ(other.at(*read), other.at(usual)) << row.name() << " changes " << other.name();
            }
        }
    }
}

TEST(TillSettings, RefuseAWrongValueOfEveryKeyByFileLineAndKey) {
    for (const auto& row : keys) {
        const auto text = file_with(row, row.wrong);
        const auto read = parse_till(text, "till.toml");
        ASSERT_FALSE(read) << row.name();
        const auto& why = read.error();
        EXPECT_EQ(why.field(), row.name());
        EXPECT_EQ(why.endpoint(), "till.toml");
        EXPECT_TRUE(why.is(condition::misuse)) << why;
        const auto last_line = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        EXPECT_EQ(why.offset(), last_line) << why;
        EXPECT_TRUE(why.counts_lines());
        const bool says_what = why.hint().find("expected") != std::string_view::npos ||
                               why.hint().find("allowed") != std::string_view::npos ||
                               why.hint().find("did you mean") != std::string_view::npos;
        EXPECT_TRUE(says_what) << why;
    }
}

TEST(TillSettings, AreAllInTheExampleAndInTheTableAbove) {
    std::set<std::string> tried;
    for (const auto& row : keys)
        tried.insert(row.name());
    EXPECT_EQ(keys_in(source_file("docs/examples/till.toml")), tried);
}

/// A file that says nothing else gives what the struct has.
TEST(TillSettings, OfTheExampleAreTheDefaults) {
    const auto example = parse_till(source_file("docs/examples/till.toml"));
    ASSERT_TRUE(example) << example.error();
    const auto usual = bare();
    for (const auto& row : keys)
        EXPECT_EQ(row.at(*example), row.at(usual)) << row.name();
}

} // namespace
} // namespace cipherlane::tests
