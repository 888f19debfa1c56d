#include "support/doc_blocks.hpp"

#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>
#include <vector>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

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
constexpr auto with_serial_block = "[serial_block]\ncarrier = \"field59\"\nserial = \"SN1\"\n";

#define WECHAT_ADDRESS "address = \"127.0.0.1:8080\"\n"
#define WECHAT_KIND "kind = \"wechat\"\n"
#define WECHAT_MCHID "mchid = \"1999000001\"\n"
#define WECHAT_APPID "appid = \"wx0123456789abcdef\"\n"
#define WECHAT_SERIAL "serial = \"5AF1\"\n"
#define WECHAT_KEY "merchant_key_file = \"merchant.pem\"\n"
#define WECHAT_API_KEY "api_key_file = \"api.key\""
#define WECHAT WECHAT_ADDRESS WECHAT_KIND WECHAT_MCHID WECHAT_APPID WECHAT_SERIAL WECHAT_KEY WECHAT_API_KEY

#define WECHAT_LIVE                                                                                                  \
    "address = \"192.0.2.1:443\"\ntls = true\n" WECHAT_KIND WECHAT_MCHID WECHAT_APPID WECHAT_SERIAL WECHAT_KEY       \
        WECHAT_API_KEY

#define ALIPAY "address = \"127.0.0.1:8080\"\nkind = \"alipay\"\nmerchant_key_file = \"app.pem\"\n"
#define ALIPAY_KEY "public_key_file = \"alipay.pem\"\n"
#define ALIPAY_APP "app_id = \"2026000000000001\"\n"
#define ALIPAY_SELLER "seller_id = \"2088000000000009\"\n"
#define ALIPAY_CERTIFICATE(name) name " = \"" name ".crt\"\n"

#define UNIONPAY_PLACE "address = \"127.0.0.1:8080\"\nkind = \"unionpay\"\nmerchant_key_file = \"acp.pem\"\n"
#define UNIONPAY_MERCHANT "mer_id = \"777290058110048\"\n"
#define UNIONPAY_CERTIFICATE "sign_certificate_file = \"acp.crt\"\n"
#define UNIONPAY_ROOT "acp_root_file = \"root.pem\"\n"
#define UNIONPAY UNIONPAY_PLACE UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE UNIONPAY_ROOT

#define NETPAY_PLACE "address = \"127.0.0.1:8080\"\nkind = \"netpay\"\n"
#define NETPAY_APP "netpay_app_id = \"app\"\n"
#define NETPAY_KEY "netpay_app_key_file = \"app.key\"\n"
#define NETPAY_MID "mid = \"898340149000005\"\n"
#define NETPAY_TID "tid = \"88880001\"\n"
#define NETPAY_SOURCE "source = \"3194\"\n"
#define NETPAY_NOTICES "notice_key_file = \"notice.key\"\n"
#define NETPAY NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES

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
    {"gateway", "takes", "[\"unionpay\"]", "[\"paypal\"]", AT(gateway.takes), "address = \"127.0.0.1:8080\""},
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

till_settings bare() {
    return parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n").value();
}

std::string source_file(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    std::ifstream file(std::string(root != nullptr ? root : ".") + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
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

TEST(TillSettings, ShowNoPasswordOfAnAddress) {
    const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[journal]\n"
                                 "store = \"postgresql://u:sEcret@h/d?wrong_word=1\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().to_string().find("sEcret"), std::string::npos) << read.error();
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

TEST(TillSettings, OfTheDocsAreRead) {
    const auto blocks = doc_blocks("02-till.md", "till");
    EXPECT_EQ(blocks.size(), 1U);
    for (const auto& block : blocks) {
        const auto read = parse_till(block, "02-till.md");
        EXPECT_TRUE(read) << read.error();
    }
}

TEST(TillSettings, SayWhichKeyWasProbablyMeant) {
    const auto read = parse_till(
        "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[host]\nadress = \"x:1\"\n", "till.toml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "host.adress");
    EXPECT_EQ(read.error().offset(), 5U);
    EXPECT_NE(read.error().hint().find("did you mean \"address\""), std::string_view::npos) << read.error();
    const auto table = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[hots]\n");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().field(), "hots");
}

TEST(TillSettings, LeaveTheApplicationsTableAlone) {
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                           "[app]\nfloor = 2\n[app.printer]\npath = \"/dev/usb/lp0\"\n"));
    const auto other =
        parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[shop]\nfloor = 2\n");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().field(), "shop");
}

TEST(TillSettings, TakeSeveralTerminals) {
    const auto read = parse_till(R"([[terminal]]
id = "TEST0001"
merchant = "TESTMERCH000001"
[[terminal]]
id = "TEST0002"
merchant = "TESTMERCH000002"
master_slot = 3
key_file = "second.key"
[keys]
master_slot = 1
[timers]
card_ms = 1234
)");
    ASSERT_TRUE(read) << read.error();
    ASSERT_EQ(read->terminals.size(), 2U);
    EXPECT_EQ(read->terminals[0].keys.master_slot, 1);
    EXPECT_EQ(read->terminals[1].keys.master_slot, 3);
    EXPECT_EQ(read->terminals[1].key_file, "second.key");
    for (const auto& one : read->terminals)
        EXPECT_EQ(one.timers.card, 1234ms);
}

TEST(TillSettings, RefuseTheSameTerminalTwice) {
    const std::string one = "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n";
    const auto read = parse_till(one + one);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "terminal.id");
    EXPECT_EQ(read.error().offset(), 5U) << "the second one's line";
    EXPECT_TRUE(read.error().hint().starts_with("found \"TEST0001\", expected a name")) << read.error();
    EXPECT_FALSE(parse_till("terminal = []"));
}

constexpr auto two_gateways = R"([terminal]
id = "TEST0001"
merchant = "TESTMERCH000001"
[[gateway]]
address = "127.0.0.1:8080"
poll_ms = 500
[[gateway]]
address = "127.0.0.1:8081"
kind = "alipay"
app_id = "2026000000000001"
seller_id = "2088000000000009"
merchant_key_file = "app.pem"
public_key_file = "alipay.pem"
)";

TEST(TillSettings, TakeSeveralGateways) {
    const auto read = parse_till(two_gateways);
    ASSERT_TRUE(read) << read.error();
    const auto all = read->gateways();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "cipherlane");
    EXPECT_TRUE(all[0].takes.empty()) << "what nobody else takes";
    EXPECT_EQ(all[1].name, "alipay");
    EXPECT_EQ(all[1].takes, std::vector<std::string>{"alipay"});
    EXPECT_EQ(all[1].alipay.app_id, "2026000000000001");
    EXPECT_EQ(read->terminals.front().gateway.poll, 500ms);
    EXPECT_TRUE(bare().gateways().empty());
}

TEST(TillSettings, TellGatewaysApart) {
    const std::string both = two_gateways;
    const struct {
        std::string more;
        const char* field;
        std::size_t line;
    } cases[] = {{"name = \"cipherlane\"", "gateway.name", 14},
        {"takes = [\"none\", \"alipay\"]", "gateway.takes", 14}, {"poll_ms = 500", "gateway.poll_ms", 14},
        {"tls_name = \"x\"", "gateway.tls", 7}, {"mchid = \"1\"", "gateway.kind", 9},
        {"[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"\ntakes = [\"alipay\"]", "gateway.takes", 17},
        {"[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"", "gateway.takes", 14},
        {"[[gateway]]\nname = \"c\"", "gateway.address", 14}};
    for (const auto& [more, field, line] : cases) {
        const auto read = parse_till(both + more + "\n");
        ASSERT_FALSE(read) << more;
        EXPECT_EQ(read.error().field(), field) << read.error();
        EXPECT_EQ(read.error().offset(), line) << read.error();
    }
    EXPECT_TRUE(parse_till(both + "[[gateway]]\naddress = \"127.0.0.1:8082\"\nname = \"c\"\ntakes = [\"none\"]\n"));
}

TEST(TillSettings, TakeSeveralCardTerminals) {
    const auto file = [](const std::string& first, const std::string& second, const std::string& names) {
        return parse_till("[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n" + first +
                          "\n[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n" + second +
                          "\n[[card_terminal]]\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:1\"\nname = \"bar\"\n"
                          "[[card_terminal]]\ndriver = \"ecr17\"\npath = \"tcp:127.0.0.1:2\"\n" +
                          names + "\n");
    };
    const auto both = file("card_terminal = \"hall\"", "card_terminal = \"bar\"", "name = \"hall\"");
    ASSERT_TRUE(both) << both.error();
    ASSERT_EQ(both->card_terminals().size(), 2U);
    EXPECT_EQ(both->card_terminal_of(both->terminals[0])->driver, "ecr17");
    EXPECT_EQ(both->card_terminal_of(both->terminals[1])->driver, "zvt");
    EXPECT_EQ(bare().card_terminal_of(bare().terminals[0]), nullptr);
    const struct {
        const char* first;
        const char* second;
        const char* names;
        const char* field;
        std::size_t line;
    } cases[] = {
        {"card_terminal = \"bar\"", "card_terminal = \"bar\"", "name = \"hall\"", "terminal.card_terminal", 8},
        {"card_terminal = \"bar\"", "card_terminal = \"attic\"", "name = \"hall\"", "terminal.card_terminal", 8},
        {"card_terminal = \"bar\"", "", "name = \"hall\"", "terminal.card_terminal", 5},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "name = \"bar\"", "card_terminal.name", 16},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "", "card_terminal.name", 0},
        {"card_terminal = \"bar\"", "card_terminal = \"hall\"", "name = \"hall\"\ndescription_file = \"x\"",
            "card_terminal.description_file", 17}};
    for (const auto& [first, second, names, field, line] : cases) {
        const auto read = file(first, second, names);
        ASSERT_FALSE(read) << field << " " << names;
        EXPECT_EQ(read.error().field(), field) << read.error();
        if (line != 0) {
            EXPECT_EQ(read.error().offset(), line) << read.error();
        }
    }
    const auto shared = parse_till("[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                   "[[terminal]]\nid = \"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n"
                                   "[card_terminal]\ndriver = \"zvt\"\npath = \"tcp:127.0.0.1:1\"\n");
    ASSERT_FALSE(shared) << "two terminals at one";
    EXPECT_EQ(shared.error().field(), "terminal.card_terminal");
}

TEST(TillSettings, SayHowAnAddressIsWritten) {
    const struct {
        const char* path;
        const char* says;
    } cases[] = {{"tcp:nohost", "HOST:PORT"}, {"usb:zzzz", "VENDOR:PRODUCT in hexadecimal"},
        {"hid:1209:5a02", "abecs is not reached by hid, allowed: line, usb, tcp, tls"}};
    for (const auto& [path, says] : cases) {
        const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                     "[pinpad]\ndriver = \"abecs\"\npath = \"" +
                                     std::string(path) + "\"\n");
        ASSERT_FALSE(read) << path;
        EXPECT_EQ(read.error().field(), "pinpad.path");
        EXPECT_NE(read.error().hint().find(says), std::string_view::npos) << read.error();
    }
}

constexpr auto pad_as_sealer =
    "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[pinpad]\npath = \"/dev/ttyS0\"\ndriver = ";

TEST(TillSettings, RefuseASealerThatIsNotBuilt) {
    const auto read = parse_till(std::string(pad_as_sealer) + "\"h002\"\n[sealer]\nkind = \"pinpad\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), till_errc::not_built);
    EXPECT_TRUE(read.error().is(condition::unsupported));
    EXPECT_EQ(read.error().field(), "sealer.kind");
}

TEST(TillSettings, TakeAPinPadThatMakesMacsForSealer) {
    const auto with = [](const std::string& driver, const std::string& more) {
        return parse_till(std::string(pad_as_sealer) + driver + "\n[sealer]\nkind = \"pinpad\"\n" + more);
    };
    const auto read = with("\"psbc\"", "");
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->sealer.kind, sealer_kind::pinpad);
    EXPECT_TRUE(with("\"described\"\ndescription_file = \"pad.toml\"", "")) << "judged when it is opened";
    EXPECT_EQ(with("\"described\"", "").error().field(), "pinpad.description_file");
    EXPECT_EQ(with("\"psbc\"\ndescription_file = \"pad.toml\"", "").error().field(), "pinpad.description_file");
    EXPECT_EQ(with("\"psbc\"", "key_file = \"tmk.key\"\n").error().field(), "sealer.key_file");
    EXPECT_EQ(with("\"psbc\"", "address = \"127.0.0.1:1500\"\n").error().field(), "sealer.address");
    const std::string two = "[[terminal]]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[[terminal]]\nid = "
                            "\"TEST0002\"\nmerchant = \"TESTMERCH000001\"\n[pinpad]\ndriver = \"psbc\"\npath = "
                            "\"/dev/ttyS0\"\n[sealer]\nkind = \"pinpad\"\n";
    EXPECT_EQ(parse_till(two).error().field(), "sealer.kind") << "each would take the other's keys";
    auto without_driver = two;
    without_driver.erase(
        without_driver.find("[pinpad]"), without_driver.find("[sealer]") - without_driver.find("[pinpad]"));
    EXPECT_EQ(parse_till(without_driver).error().field(), "sealer.kind") << "a PIN pad that is given is one, too";
}

TEST(TillSettings, RefuseWhatDoesNotGoWithTheKindOfSealer) {
    const struct {
        const char* lines;
        const char* field;
        till_errc why;
    } cases[] = {
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"", "sealer.address", till_errc::missing_setting},
        {"kind = \"cipher-machine\"\naddress = \"127.0.0.1:1500\"", "sealer.profile", till_errc::missing_setting},
        {"address = \"127.0.0.1:1500\"", "sealer.address", till_errc::bad_setting},
        {"profile = \"payshield\"", "sealer.profile", till_errc::bad_setting},
        {"tls = true", "sealer.tls", till_errc::bad_setting},
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"\nca_file = \"x\"",
            "sealer.tls", till_errc::bad_setting},
        {"kind = \"cipher-machine\"\nprofile = \"payshield\"\naddress = \"127.0.0.1:1500\"\n[keys]\nalgorithm = "
         "\"sm4\"",
            "keys.algorithm", till_errc::not_built},
    };
    for (const auto& each : cases) {
        const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[sealer]\n" +
                                     std::string(each.lines) + "\n");
        ASSERT_FALSE(read) << each.lines;
        EXPECT_EQ(read.error().field(), each.field) << each.lines;
        EXPECT_EQ(read.error().code(), each.why) << each.lines;
    }
}

TEST(TillSettings, RefuseWhatWouldHaveNoEffect) {
    const struct {
        const char* lines;
        const char* field;
    } cases[] = {
        {"[pinpad]\npath = \"/dev/ttyS0\"", "pinpad.driver"},
        {"[pinpad]\nkeeper = false", "pinpad.driver"},
        {"[card_terminal]\npassword = \"123456\"", "card_terminal.driver"},
        {"[card_terminal.host]\naddress = \"10.1.2.3:5000\"", "card_terminal.driver"},
        {"[card_terminal]\ndriver = \"mispos\"\npath = \"/dev/ttyS0\"\ndescription_file = \"x\"\n"
         "[card_terminal.host]\nhttp_path = \"/pos\"",
            "card_terminal.host.address"},
        {"[display]\npath = \"/dev/ttyS0\"", "display.driver"},
        {"[display]\nlanguage = \"english\"", "display.driver"},
        {"[printer]\ncolumns = 42", "printer.driver"},
        {"[scanner]\nend = \"cr\"", "scanner.driver"},
        {"[host]\ntls = true", "host.address"},
        {"[host]\nname = \"the acquirer\"", "host.address"},
        {"[gateway]\npublic_key_file = \"key.pem\"", "gateway.address"},
        {"[gateway]\nplain_anywhere = true", "gateway.address"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nmchid = \"1\"", "gateway.kind"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nkind = \"wechat\"", "gateway.mchid"},
        {"[gateway]\n" ALIPAY ALIPAY_KEY ALIPAY_APP, "gateway.seller_id"},
        {"[gateway]\n" ALIPAY ALIPAY_APP ALIPAY_SELLER, "gateway.public_key_file"},
        {"[gateway]\n" ALIPAY ALIPAY_APP ALIPAY_SELLER "root_certificates_file = \"r\"",
            "gateway.app_certificate_file"},
        {"[gateway]\n" ALIPAY ALIPAY_KEY ALIPAY_APP ALIPAY_SELLER "mchid = \"1\"", "gateway.kind"},
        {"[gateway]\n" NETPAY_PLACE NETPAY_APP NETPAY_KEY NETPAY_MID NETPAY_TID NETPAY_NOTICES, "gateway.source"},
        {"[gateway]\n" NETPAY "merchant_key_file = \"m.pem\"", "gateway.merchant_key_file"},
        {"[gateway]\n" NETPAY "mer_id = \"1\"", "gateway.kind"},
        {"[gateway]\naddress = \"192.0.2.1:443\"\nkind = \"netpay\"\nplain_anywhere = true\n" NETPAY_APP NETPAY_KEY
                NETPAY_MID NETPAY_TID NETPAY_SOURCE NETPAY_NOTICES,
            "gateway.tls"},
        {"[gateway]\n" UNIONPAY "[qr]\nrenew_before_seconds = 11", "qr.renew_before_seconds"},
        {"[gateway]\n" UNIONPAY "code_valid_seconds = 60", "qr.renew_before_seconds"},
        {"[gateway]\n" UNIONPAY "sub_mer_id = \"1\"", "gateway.sub_mer_name"},
        {"[gateway]\n" UNIONPAY "public_key_file = \"p.pem\"", "gateway.public_key_file"},
        {"[gateway]\n" UNIONPAY "mchid = \"1\"", "gateway.kind"},
        {"[gateway]\n" UNIONPAY_PLACE UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE, "gateway.acp_root_file"},
        {"[gateway]\naddress = \"192.0.2.1:443\"\ntls = true\nkind = \"unionpay\"\nmerchant_key_file = "
         "\"acp.pem\"\n" UNIONPAY_MERCHANT UNIONPAY_CERTIFICATE UNIONPAY_ROOT,
            "gateway.notify_url"},
        {"[gateway]\n" WECHAT "\npublic_key_file = \"p.pem\"", "gateway.public_key_id"},
        {"[gateway]\n" WECHAT "\npublic_key_file = \"p.pem\"\npublic_key_id = \"0119\"", "gateway.public_key_id"},
        {"[gateway]\n" WECHAT_LIVE, "gateway.notify_url"},
        {"[gateway]\n" WECHAT_LIVE "\nnotify_url = \"http://till.example/n\"", "gateway.notify_url"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\ntls = true\nplain_anywhere = true", "gateway.plain_anywhere"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nnotify_address = \"0.0.0.0:8081\"", "gateway.public_key_file"},
        {"[gateway]\naddress = \"127.0.0.1:1\"\nnotify_address = \"\"\npublic_key_file = \"key.pem\"",
            "gateway.public_key_file"},
        {"[conversion]\ntag = \"D1\"", "conversion.tag"},
        {"[conversion]\nown_cards = \"62\"", "conversion.own_cards"},
        {"[conversion]\nform = \"tag59\"", "conversion.form"},
        {"[conversion]\nchoice_ms = 5000", "conversion.choice_ms"},
        {"[qr]\ncategory = \"5411\"", "qr.category"},
        {"[qr]\ncountry = \"HK\"", "qr.country"},
        {"[qr]\naccount_tag = 51", "qr.account_tag"},
        {"[journal]\nstore = \"postgresql://till@db/books\"\nmark_file = \"x.mark\"", "journal.mark_file"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\n"
         "[pinpad]\ndriver = \"abecs\"\npath = \"/dev/ttyS1\"",
            "pinpad.driver"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\n[sealer]\nkey_file = \"x.key\"",
            "sealer.key_file"},
        {"[card_terminal]\ndriver = \"zvt\"\npath = \"/dev/ttyS0\"\nplain_payment = true",
            "card_terminal.plain_payment"},
        {"[keys]\nsm4_mac_ascii = true", "keys.sm4_mac_ascii"},
        {"[serial_block]\nserial = \"SN1\"", "serial_block.serial"},
        {"[serial_block]\ndevice_type = \"02\"", "serial_block.device_type"},
        {"[serial_block]\nversion = \"1\"", "serial_block.version"},
        {"[serial_block]\nwithout_key = \"refuses\"", "serial_block.without_key"},
        {"[serial_block]\nin_reversals = false", "serial_block.in_reversals"},
        {"[serial_block]\ncarrier = \"field59\"\nserial = \"SN1\"\nlicence = \"P3100\"", "serial_block.licence"},
        {"[sealer]\nserial_key_file = \"serial.key\"", "sealer.serial_key_file"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nfont_file = \"x.ttf\"", "display.font_file"},
        {"[display]\ndriver = \"escpos\"\npath = \"/dev/ttyS0\"\nfont_file = \"x.ttf\"", "display.font_file"},
        {"[display]\ndriver = \"weact\"\npath = \"/dev/ttyS0\"\nprinter = \"pos-58\"", "display.printer"},
        {"[display]\ndriver = \"epson\"\npath = \"/dev/ttyS0\"\ncode_page = \"ascii\"", "display.code_page"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ntransliterate = true", "display.transliterate"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ncode = \"raster\"", "display.code"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nplates = [\"1\"]", "display.plates"},
        {"[display]\ndriver = \"escpos\"\npath = \"/dev/ttyS0\"\nplate_base = \"/x\"", "display.plate_base"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\ntopic = \"t\"", "display.topic"},
        {"[display]\ndriver = \"rcall\"\npath = \"/dev/ttyS0\"\nuser = \"u\"", "display.user"},
        {"[scanner]\ndriver = \"hid-pos\"\npath = \"hid:1209:5a31\"\nend = \"tab\"", "scanner.end"},
        {"[offline]\nmost_each_minor = 100\nmost_records = 5", "offline.most_together_minor"},
        {"[offline]\nmost_each_minor = 100\nmost_together_minor = 100", "offline.most_records"},
    };
    for (const auto& each : cases) {
        const auto read = parse_till(
            "[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n" + std::string(each.lines) + "\n");
        ASSERT_FALSE(read) << each.lines;
        EXPECT_EQ(read.error().field(), each.field) << read.error();
    }
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[gateway]\n"
                           "address = \"127.0.0.1:1\"\ntls = true\nnotify_address = \"127.0.0.1:0\"\n"))
        << "the usual address needs no key: the till asks";
    EXPECT_TRUE(parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n[display]\n"
                           "driver = \"escpos\"\npath = \"/dev/ttyS0\"\nprinter = \"pos-58\"\ncode = \"raster\"\n"));
}

TEST(TillSettings, RefuseFilesForATlsThatIsOff) {
    const auto read = parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n"
                                 "[host]\naddress = \"127.0.0.1:5000\"\nca_file = \"ca.pem\"\n");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().field(), "host.tls");
}

TEST(TillSettings, WantATerminal) {
    const auto none = parse_till("");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().field(), "terminal.id");
    const auto broken = parse_till("[terminal]\nid = ", "till.toml");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), till_errc::not_toml);
    EXPECT_EQ(broken.error().offset(), 2U);
    const auto absent = load_till("/nonexistent/till.toml");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code(), till_errc::no_file);
    EXPECT_EQ(absent.error().endpoint(), "/nonexistent/till.toml");
}

} // namespace
} // namespace cipherlane::tests
