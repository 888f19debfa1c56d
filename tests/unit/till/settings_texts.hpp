// Pieces of settings files that several tests put together.
#pragma once

#include <cipherlane/till/till_settings.hpp>

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

namespace cipherlane::tests {

/// What a file gives that says nothing but who the terminal is.
inline till_settings bare() {
    return parse_till("[terminal]\nid = \"TEST0001\"\nmerchant = \"TESTMERCH000001\"\n").value();
}

} // namespace cipherlane::tests
