#include "gateway_door.hpp"

#include "key_file.hpp"
#include "part_makers.hpp"

#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/till/errc.hpp>

#include <fstream>
#include <iterator>
#include <utility>

namespace cipherlane::assembly {
namespace {

constexpr std::size_t longest_key_file = 16'384;

/// A file that is not secret: a public key, certificates.
result<std::string> read_public_file(const std::string& path, std::string_view field) {
    std::ifstream file(path);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (file) return text;
    return error(till_errc::no_file, layer::till).during("gateway").at_endpoint(path).in_field(field);
}

error about_key(const error& why, const std::string& path, std::string_view field, std::string_view expected) {
    return error(why).at_endpoint(path).in_field(field).with_hint("expected " + std::string(expected));
}

template <class Link>
result<void> fill_link(
    Link& link, const till_settings::gateway_place& place, const till_settings::terminal& of, const logger& log) {
    link.address = place.address;
    link.merchant_id = of.merchant_id;
    link.response_time = of.gateway.response_time;
    CIPHERLANE_TRY(link.tls, make_tls(place.tls, place.tls.on, "gateway", log));
    if (place.plain_anywhere) link.plain = hostlink::plain_http::anywhere;
    return {};
}

} // namespace

gateway_door::gateway_door(till_settings::gateway_place place, logger log)
    : place_(std::move(place))
    , log_(std::move(log)) {}

gateway_door::~gateway_door() = default;

result<std::unique_ptr<gateway_door>> gateway_door::open(
    const till_settings::gateway_place& place, const ports::clock& clock, const logger& log) {
    std::unique_ptr<gateway_door> made(new gateway_door(place, log));
    switch (place.kind) {
    case gateway_kind::cipherlane: CIPHERLANE_CHECK(made->open_own(clock)); break;
    case gateway_kind::wechat: CIPHERLANE_CHECK(made->open_wechat(clock)); break;
    }
    return made;
}

result<void> gateway_door::open_own(const ports::clock& clock) {
    if (place_.notify_address.empty() || place_.public_key_file.empty()) return {};
    CIPHERLANE_TRY(const auto pem, read_public_file(place_.public_key_file, "gateway.public_key_file"));
    auto verifier = hostlink::notification_verifier::create(pem, clock);
    if (!verifier) {
        return about_key(verifier.error(), place_.public_key_file, "gateway.public_key_file", "a public key in PEM");
    }
    CIPHERLANE_TRY(
        listener_, hostlink::notification_listener::listen(place_.notify_address, *std::move(verifier), log_));
    return {};
}

result<void> gateway_door::open_wechat(const ports::clock& clock) {
    const auto& of = place_.wechat;
    CIPHERLANE_CHECK(check_key_file(of.merchant_key_file, "gateway.merchant_key_file"));
    CIPHERLANE_TRY(auto file, secret_file::open(of.merchant_key_file));
    CIPHERLANE_TRY(const auto pem, file.read(longest_key_file));
    auto signer = hostlink::key_signer::create(as_text(pem.expose()));
    if (!signer) {
        return about_key(signer.error(), of.merchant_key_file, "gateway.merchant_key_file", "a private key in PEM");
    }
    signer_ = *std::move(signer);
    CIPHERLANE_TRY(const auto api_key, read_password(of.api_key_file, "gateway.api_key_file"));
    hostlink::wechat::merchant who{of.mchid, of.appid, of.sub_mchid, of.sub_appid, of.serial};
    auto known = hostlink::wechat::platform::create(std::move(who), secret_bytes(as_bytes(api_key.expose())), clock);
    if (!known) {
        const error fault = known.error(); // by value: what its field views is its own
        const bool key = fault.field() == "api_v3_key";
        return error(fault).in_field(key ? "gateway.api_key_file" : "gateway." + std::string(fault.field()));
    }
    wechat_ = *std::move(known);
    if (!place_.public_key_file.empty()) {
        CIPHERLANE_TRY(const auto key, read_public_file(place_.public_key_file, "gateway.public_key_file"));
        if (const auto taken = wechat_->add_key(of.public_key_id, key); !taken)
            return about_key(taken.error(), place_.public_key_file, "gateway.public_key_file", "the platform's key");
    }
    if (!of.certificates_file.empty()) {
        CIPHERLANE_TRY(const auto text, read_public_file(of.certificates_file, "gateway.certificates_file"));
        for (auto at = text.find("-----BEGIN"); at != std::string::npos; at = text.find("-----BEGIN", at + 1)) {
            const auto taken = wechat_->add_certificate(std::string_view(text).substr(at));
            if (!taken)
                return about_key(
                    taken.error(), of.certificates_file, "gateway.certificates_file", "the platform's certificates");
        }
    }
    if (place_.notify_address.empty()) return {};
    CIPHERLANE_TRY(listener_, hostlink::notification_listener::listen(
                                  place_.notify_address, hostlink::wechat::make_notice_reader(wechat_), log_));
    return {};
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect(const till_settings::terminal& of) const {
    return place_.kind == gateway_kind::wechat ? connect_wechat(of) : connect_own(of);
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_own(const till_settings::terminal& of) const {
    hostlink::http_gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    CIPHERLANE_TRY(auto made, hostlink::http_gateway::create(where, listener_.get(), log_));
    return std::unique_ptr<ports::qr_gateway>(std::move(made));
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_wechat(const till_settings::terminal& of) const {
    hostlink::wechat::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.second_address = place_.wechat.second_address;
    where.second_tls = where.tls;
    where.notify_url = place_.wechat.notify_url;
    CIPHERLANE_TRY(auto made, hostlink::wechat::gateway::create(where, wechat_, signer_, listener_.get(), log_));
    return std::unique_ptr<ports::qr_gateway>(std::move(made));
}

} // namespace cipherlane::assembly
