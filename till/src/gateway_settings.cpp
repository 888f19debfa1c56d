#include "idle_settings.hpp"
#include "payment_codes.hpp"
#include "settings_checks.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace cipherlane {
namespace {

struct wanted_key {
    std::string_view key;
    bool there;
    std::string_view expected;
};

template <std::size_t Size>
result<void> check_wanted(const std::array<wanted_key, Size>& all) {
    for (const auto& one : all)
        if (!one.there) return broken(till_errc::missing_setting, one.key, one.expected);
    return {};
}

/// What WeChat Pay cannot do without.
result<void> check_wechat(const till_settings::gateway_place& place) {
    const auto& of = place.wechat;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 6>{{
        {"gateway.mchid", !of.mchid.empty(), "the merchant's number at WeChat Pay"},
        {"gateway.appid", !of.appid.empty(), "the application that the merchant's number is bound to"},
        {"gateway.serial", !of.serial.empty(), "the serial number of the merchant's certificate"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the merchant's private key"},
        {"gateway.api_key_file", !of.api_key_file.empty(), "the APIv3 key"},
        {"gateway.public_key_id", of.public_key_id.empty() == place.public_key_file.empty(),
            "the name of gateway.public_key_file, and neither without the other"},
    }}));
    if (!of.public_key_id.empty() && !of.public_key_id.starts_with("PUB_KEY_ID_"))
        return broken(till_errc::bad_setting, "gateway.public_key_id", "PUB_KEY_ID_…, whole");
    const auto peer = net::parse_endpoint(place.address);
    const bool live = peer && !net::is_loopback(peer->host); // a simulator takes any
    if (live && place.notify_url.empty() && !place.notify_address.empty())
        return broken(till_errc::missing_setting, "gateway.notify_url", "https://…, or notify_address = \"\"");
    if (live && !place.notify_url.empty() && !place.notify_url.starts_with("https://"))
        return broken(till_errc::bad_setting, "gateway.notify_url", "https://…, as WeChat Pay takes no other");
    if (of.second_address.empty() || is_peer(of.second_address)) return {};
    return broken(till_errc::bad_setting, "gateway.second_address", "HOST:PORT");
}

/// What Alipay cannot do without.
result<void> check_alipay(const till_settings::gateway_place& place) {
    const auto& of = place.alipay;
    const bool any =
        !of.app_certificate_file.empty() || !of.alipay_certificate_file.empty() || !of.root_certificates_file.empty();
    const bool all =
        !of.app_certificate_file.empty() && !of.alipay_certificate_file.empty() && !of.root_certificates_file.empty();
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 4>{{
        {"gateway.app_id", !of.app_id.empty(), "the application's number at Alipay"},
        {"gateway.seller_id", !of.seller_id.empty(), "the seller's number, 2088…"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the application's private key"},
        {"gateway.public_key_file", any || !place.public_key_file.empty(), "Alipay's key, or all three certificates"},
    }}));
    if (any != all)
        return broken(till_errc::missing_setting, "gateway.app_certificate_file", "all three certificates, or none");
    if (!any || place.public_key_file.empty()) return {};
    return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as there are certificates");
}

/// Notices that a gateway on the network shall send need an address of which it is told.
result<void> check_notify_url(const till_settings::gateway_place& place) {
    const auto peer = net::parse_endpoint(place.address);
    const bool live = peer && !net::is_loopback(peer->host); // a simulator takes any
    if (!live || place.notify_address.empty() || !place.notify_url.empty()) return {};
    return broken(till_errc::missing_setting, "gateway.notify_url", "http(s)://…, or notify_address = \"\"");
}

/// What UnionPay cannot do without.
result<void> check_unionpay(const till_settings::gateway_place& place) {
    const auto& of = place.unionpay;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 7>{{
        {"gateway.mer_id", !of.mer_id.empty(), "the merchant's number at UnionPay"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the key out of the signing certificate"},
        {"gateway.sign_certificate_file", !of.sign_certificate_file.empty(), "the signing certificate (签名证书)"},
        {"gateway.acp_root_file", !of.acp_root_file.empty(), "UnionPay's root certificate"},
        {"gateway.acp_owner", !of.acp_owner.empty(), "whose certificate answers come with"},
        {"gateway.sub_mer_name", of.sub_mer_name.empty() == of.sub_mer_id.empty(), "all three of sub_mer_…, or none"},
        {"gateway.sub_mer_abbr", of.sub_mer_abbr.empty() == of.sub_mer_id.empty(), "all three of sub_mer_…, or none"},
    }}));
    if (!place.public_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as there are certificates");
    return check_notify_url(place);
}

/// What 银联商务 cannot do without.
result<void> check_netpay(const till_settings::gateway_place& place) {
    const auto& of = place.netpay;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 6>{{
        {"gateway.netpay_app_id", !of.app_id.empty(), "the application's number at 银联商务"},
        {"gateway.netpay_app_key_file", !of.app_key_file.empty(), "the application's key"},
        {"gateway.mid", !of.mid.empty(), "the merchant's number"},
        {"gateway.tid", !of.tid.empty(), "the terminal's number"},
        {"gateway.source", !of.source.empty(), "the source in front of each number (来源编号)"},
        {"gateway.notice_key_file", !of.notice_key_file.empty() || place.notify_address.empty(),
            "the key of notices (通讯密钥), or notify_address = \"\""},
    }}));
    if (of.source.size() != 4) return broken(till_errc::bad_setting, "gateway.source", "4 characters");
    if (of.no_charge_code == "00" || of.no_charge_code.size() > 32)
        return broken(till_errc::bad_setting, "gateway.no_charge_code",
            "what the test system answers about a charge that nobody has made, at most 32 characters, never 00");
    if (!place.merchant_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.merchant_key_file", "nothing, as netpay_app_key_file signs");
    if (!place.public_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as answers are not signed");
    const auto peer = net::parse_endpoint(place.address);
    if (!place.tls.on && peer && !net::is_loopback(peer->host))
        return broken(till_errc::bad_setting, "gateway.tls", "true, as nothing else proves an answer");
    return check_notify_url(place);
}

result<void> check_kind(const till_settings::gateway_place& place) {
    switch (place.kind) {
    case gateway_kind::wechat: return check_wechat(place);
    case gateway_kind::alipay: return check_alipay(place);
    case gateway_kind::unionpay: return check_unionpay(place);
    case gateway_kind::netpay: return check_netpay(place);
    case gateway_kind::cipherlane: break;
    }
    return {};
}

/// UnionPay closes no code: one that another shall follow has to be over by itself, which it is so long before the
/// till's own waiting for it ends.
result<void> check_renewals(const till_settings& all, const till_settings::gateway_place& place) {
    if (place.kind != gateway_kind::unionpay) return {};
    for (const auto& one : all.terminals) {
        const auto most = std::min<std::chrono::seconds>(std::chrono::seconds(30), one.gateway.code_valid / 4) / 3;
        if (one.qr.most_codes > 1 && one.qr.renew_before > most)
            return broken(till_errc::bad_setting, "qr.renew_before_seconds",
                "at most " + std::to_string(most.count()) + ", as UnionPay closes no code, or most_codes = 1");
    }
    return {};
}

result<void> check_gateway(const till_settings& all, const till_settings::gateway_place& place) {
    CIPHERLANE_CHECK(refuse_idle(place));
    const auto bad = [](std::string_view key, std::string_view expected) {
        return broken(till_errc::bad_setting, key, expected);
    };
    if (!place.tls.on && has_files(place.tls)) return bad("gateway.tls", "true, as there are files for it");
    if (!place.address.empty() && !is_peer(place.address)) return bad("gateway.address", "HOST:PORT");
    if (!place.notify_address.empty() && !net::parse_endpoint(place.notify_address))
        return bad("gateway.notify_address", "HOST:PORT");
    for (const auto& word : place.takes)
        if (!payment_code_of(word) && (word != no_payment_codes || place.takes.size() != 1))
            return bad("gateway.takes", "words of wechat, alipay, unionpay, or none alone");
    if (place.kind == gateway_kind::cipherlane || place.address.empty()) return {};
    CIPHERLANE_CHECK(check_kind(place));
    CIPHERLANE_CHECK(check_renewals(all, place));
    for (const auto& one : all.terminals)
        if (one.qr.codes == acquiring::code_source::emv)
            return bad("qr.codes", "gateway, as this gateway makes its own codes");
    return {};
}

/// Those of the SDK's own interface, which alone are known by their addresses.
result<void> check_earlier_gateways(const till_settings& all) {
    std::vector<addresses_of> peers;
    const auto add = [&](const till_settings::gateway_place& one) {
        if (one.kind == gateway_kind::cipherlane) peers.push_back({one.name, one.address, one.earlier_addresses});
    };
    add(all.gateway);
    for (const auto& one : all.more_gateways)
        add(one);
    return check_earlier(peers, "gateway.earlier_addresses");
}

} // namespace

result<void> check_gateways(const till_settings& all) {
    CIPHERLANE_CHECK(check_gateway(all, all.gateway));
    CIPHERLANE_CHECK(check_earlier_gateways(all));
    if (all.more_gateways.empty()) return {};
    if (all.gateway.address.empty())
        return broken(till_errc::missing_setting, "gateway.address", "HOST:PORT of each gateway");
    std::set<std::string> names;
    std::set<std::string> doors;
    std::set<std::string> codes;
    bool takes_the_rest = false;
    const auto& chosen = all.routing.gateways;
    for (const auto& one : all.gateways()) {
        const auto bad = [&](std::string_view key, std::string_view expected) {
            return broken(till_errc::bad_setting, key, expected).at_endpoint(one.name);
        };
        if (const auto fits = check_gateway(all, one); !fits) return error(fits.error()).at_endpoint(one.name);
        if (one.address.empty())
            return broken(till_errc::missing_setting, "gateway.address", "HOST:PORT").at_endpoint(one.name);
        if (!names.insert(one.name).second)
            return bad("gateway.name", "a name that no other gateway of the file has");
        const auto door = net::parse_endpoint(one.notify_address);
        if (door && door->port != 0 && !doors.insert(one.notify_address).second)
            return bad("gateway.notify_address", "an address that no other gateway of the file has");
        // Those that stand for one another take the same.
        if (std::find(chosen.begin(), chosen.end(), one.name) != chosen.end()) continue;
        for (const auto& word : one.takes)
            if (word != no_payment_codes && !codes.insert(word).second)
                return bad("gateway.takes", "codes that no other gateway of the file takes");
        if (one.takes.empty() && std::exchange(takes_the_rest, true))
            return bad("gateway.takes", "words of its own or none, as another gateway takes all the rest");
    }
    return {};
}

} // namespace cipherlane
